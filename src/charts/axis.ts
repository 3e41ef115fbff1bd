import { tickStep } from "d3-array";
import { scaleLinear, scaleLog } from "d3-scale";
import { tickText } from "./text.js";

/** What one direction of a chart shows. */
export interface Axis {
  /** What the values are. */
  label: string;
  /** The unit of the values, shown behind the label. */
  unit?: string;
  /** "linear" by default. On a "log" axis only values above 0 can be shown. */
  scale?: "linear" | "log";
  /** Large values first. */
  reverse?: boolean;
}

interface Tick {
  value: number;
  text: string;
}

/** Where the values of an axis stand. */
export interface Scale {
  /** The position of a value that the axis can show. */
  at: (value: number) => number;
  domain: [number, number];
  ticks: Tick[];
}

/** Beyond this the difference of two values may overflow. */
const LARGEST = 1e300;

/** Whether an axis can show a value. */
export const canShow = ({ scale }: Axis, value: number): boolean =>
  Math.abs(value) <= LARGEST && (scale !== "log" || value >= 1 / LARGEST);

/**
 * The scale of an axis: linear ones end at round numbers, logarithmic ones at the least and the largest value.
 * @param values that it must reach; those that it cannot show are passed over
 * @param range the positions of its two ends
 * @param count about how many ticks it gets
 */
export function scaleOf(axis: Axis, values: Iterable<number>, range: [number, number], count: number): Scale {
  const domain = domainOf(axis, values);
  const ends: [number, number] = axis.reverse ? [range[1], range[0]] : range;
  const scale = axis.scale === "log" ? scaleLog(domain, ends) : scaleLinear(domain, ends).nice(count);
  const [low, high] = scale.domain() as [number, number];
  return { at: scale, domain: [low, high], ticks: ticksOf(axis, scale.ticks(count), low, high, count) };
}

function domainOf(axis: Axis, values: Iterable<number>): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!canShow(axis, value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const log = axis.scale === "log";
  if (low > high) return log ? [1, 10] : [0, 1];
  // values that are all but equal are shown in the middle
  if (high - low > 1e-9 * Math.max(Math.abs(low), Math.abs(high)) && high - low > 1 / LARGEST)
    return [low, high];
  if (log) return [low / 2, high * 2];
  const margin = Math.abs(low) > 1 / LARGEST ? Math.abs(low) / 10 : 1;
  return [low - margin, high + margin];
}

/** Of a log axis those with a leading 1, 2 or 5, and where these are too many, 1. */
function ticksOf(axis: Axis, values: number[], low: number, high: number, count: number): Tick[] {
  if (axis.scale !== "log") {
    const step = tickStep(low, high, count);
    return values.map((value) => ({ value, text: tickText(value, step) }));
  }
  const leading = (value: number) => value.toExponential(0)[0]!;
  const some = values.filter((value) => "125".includes(leading(value)));
  const few = some.length <= count ? some : some.filter((value) => leading(value) === "1");
  return few.map((value) => ({ value, text: tickText(value, value, 4) }));
}
