import { type Axis, canShow, scaleOf } from "./axis.js";
import { checkChart } from "./check.js";
import { type ChartOptions, drawing, droppedNote, GRID, MUTED, noData, seriesStyle, WIDTH } from "./frame.js";
import { markup } from "./markup.js";
import { largest } from "./series.js";
import { FONT_SIZE, fitText, readable, textWidth, withUnit } from "./text.js";

/** A bar of a chart. */
export interface Bar {
  /** What it is called. */
  name: string;
  /** Its length, from 0. */
  value: number;
  /** The lower end of the interval of the value, if it has one. */
  low?: number;
  /** Its upper end. */
  high?: number;
}

/** What `barChart` draws. */
export interface BarChartOptions extends ChartOptions {
  /** What the values are; linear. */
  x: Omit<Axis, "scale" | "reverse">;
  /** Of more than twelve the largest are drawn, and the chart says so. */
  bars: readonly Bar[];
}

const ROW = 20;
const NAME_WIDTH = 100;

/**
 * Bars from 0, one below the other, with their names, and their intervals or else their values, as the
 * text of an `<svg>`.
 * @param options see `BarChartOptions`
 * @throws OPTION for an option that does not exist
 * @returns the text of an `<svg>`
 */
export function barChart(options: BarChartOptions): string {
  checkChart("barChart", options, ["x", "bars"], { axes: [options.x] });
  const finite = options.bars.filter((bar) => canShow(options.x, bar.value));
  const { drawn, notes } = largest(finite, ({ value }) => Math.abs(value));
  notes.push(...droppedNote(options.bars.length - finite.length));
  if (drawn.length === 0) return drawing(options, noData(), notes);
  const hasInterval = (bar: Bar) =>
    canShow(options.x, bar.low ?? Number.NaN) && canShow(options.x, bar.high ?? Number.NaN);
  const ends = (bar: Bar) => (hasInterval(bar) ? [bar.low!, bar.high!] : []);
  const valueWidth = Math.max(
    ...drawn.map((bar) => (hasInterval(bar) ? 0 : textWidth(readable(bar.value)) + 6)),
  );
  const left = 12 + Math.min(NAME_WIDTH, Math.max(...drawn.map(({ name }) => textWidth(name))));
  const negative = drawn.some(({ value }) => value < 0);
  const range: [number, number] = [left + (negative ? valueWidth : 0), WIDTH - 14 - valueWidth];
  const scale = scaleOf(options.x, [0, ...drawn.flatMap((bar) => [bar.value, ...ends(bar)])], range, 4);
  const [top, bottom] = [28, 28 + drawn.length * ROW + 4];
  const { colour } = seriesStyle(0);
  const rows = drawn.map((bar, i) => {
    const middle = top + 2 + (i + 0.5) * ROW;
    const [zero, at] = [scale.at(0), scale.at(bar.value)];
    const interval = ends(bar).map(scale.at);
    const outside = bar.value < 0 ? markup`x="${at - 4}" text-anchor="end"` : markup`x="${at + 4}"`;
    return markup`<text x="${left - 6}" y="${middle + 4}" text-anchor="end">${fitText(bar.name, NAME_WIDTH)}</text><rect x="${Math.min(zero, at)}" y="${middle - 6}" width="${Math.abs(at - zero)}" height="12" fill="${colour}" fill-opacity="${interval.length > 0 ? 0.55 : 1}"/>${
      interval.length > 0
        ? markup`<path d="M${interval[0]!},${middle}H${interval[1]!}M${interval[0]!},${middle - 4}v8M${interval[1]!},${middle - 4}v8" stroke="currentColor" stroke-width="1.5" fill="none"/>`
        : markup`<text ${outside} y="${middle + 4}" fill="${MUTED}">${readable(bar.value)}</text>`
    }`;
  });
  const body = markup`<g fill="${MUTED}">${scale.ticks.map(
    ({ value, text }) =>
      markup`<line x1="${scale.at(value)}" x2="${scale.at(value)}" y1="${top}" y2="${bottom}" stroke="${GRID}"/><text x="${scale.at(value)}" y="${bottom + 15}" text-anchor="middle">${text}</text>`,
  )}<text x="${(left + WIDTH) / 2}" y="${bottom + 31}" text-anchor="middle">${fitText(withUnit(options.x), WIDTH - left)}</text></g>${rows}<line x1="${scale.at(0)}" x2="${scale.at(0)}" y1="${top}" y2="${bottom}" stroke="currentColor"/>`;
  return drawing(options, body, notes, bottom + 34 + (notes.length > 0 ? FONT_SIZE + 2 : 0));
}
