import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import { figure } from "./numbers.js";

interface LiveSeries {
  label: string;
  /** Which of the eight colours, from 1. */
  colour: number;
  dash?: number[];
}

const HEIGHT = 240;

/**
 * Curves that move, on a canvas, with the values under the cursor beside their names.
 * @param x shared by all
 * @param ys a column a series; undefined where there is no value, which the line passes over
 */
export function LiveChart({
  label,
  x,
  ys,
  series,
  log,
  sync,
}: {
  label: string;
  x: readonly number[];
  ys: readonly (readonly (number | null | undefined)[])[];
  series: readonly LiveSeries[];
  log: boolean;
  sync: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const data = [x, ...ys] as unknown as UPlot.AlignedData;
  const shape = series.map(({ label, colour }) => `${label} ${colour}`).join("\n");

  // built anew for other series, and fed below
  useEffect(() => {
    const element = box.current!;
    const build = () => {
      plot.current?.destroy();
      plot.current = new UPlot(optionsOf(element, series, log, sync), data, element);
    };
    build();
    const resized = new ResizeObserver(() => {
      plot.current!.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    resized.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", build);
    return () => {
      scheme.removeEventListener("change", build);
      resized.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape, log]);
  useEffect(() => {
    plot.current?.setData(data);
  });
  return <div class="live" role="img" aria-label={label} ref={box} />;
}

function optionsOf(
  element: HTMLElement,
  series: readonly LiveSeries[],
  log: boolean,
  sync: string,
): UPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--ell2-muted"),
    grid: { stroke: colour("--ell2-grid"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  const value = (_: UPlot, x: number | null) => (typeof x === "number" ? String(x) : "–");
  return {
    width: element.clientWidth || 320,
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    cursor: { sync: { key: sync } },
    scales: { x: { time: false }, y: log ? { distr: 3 } : {} },
    axes: [
      { ...axis, label: "epoch", labelFont: "12px system-ui, sans-serif", labelSize: 18, size: 30 },
      {
        ...axis,
        size: 64,
        values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : figure(tick))),
      },
    ],
    series: [
      { label: "epoch" },
      ...series.map(({ label, colour: at, dash }) => ({
        label,
        stroke: colour(`--ell2-${at}`),
        width: 2,
        value,
        ...(dash ? { dash } : {}),
        points: { show: false },
      })),
    ],
  };
}
