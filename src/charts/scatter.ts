import { type Axis, canShow } from "./axis.js";
import { checkChart, checkLengths } from "./check.js";
import {
  type ChartOptions,
  drawAxes,
  drawing,
  droppedNote,
  type Frame,
  frameOf,
  noData,
  seriesStyle,
} from "./frame.js";
import { type Markup, markup } from "./markup.js";
import { thinPoints } from "./thin.js";

/** What `scatter` draws. */
export interface ScatterOptions extends ChartOptions {
  /** The axis to the right. */
  x: Axis;
  /** The axis upwards. */
  y: Axis;
  /** The coordinates of the points, as many x as y. */
  points: { x: readonly number[]; y: readonly number[] };
  /** "diagonal": y = x, with the same scale on both sides; "zero": y = 0. None by default. */
  line?: "diagonal" | "zero";
}

/** More points are thinned. */
const MOST_POINTS = 2000;

/**
 * Points, as the text of an `<svg>`. Of more than 2000 as many are drawn as show the same picture: the
 * same number at most of each cell of a grid; the chart says so.
 * @param options see `ScatterOptions`
 * @throws OPTION for an option that does not exist, SHAPE for lists of different lengths
 * @returns the text of an `<svg>`
 */
export function scatter(options: ScatterOptions): string {
  const where = "scatter";
  const { x, y, points, line } = options;
  checkChart(where, options, ["x", "y", "points", "line"], { axes: [x, y] });
  checkLengths(where, points.x, points.y);
  const shown = points.x.flatMap((value, i) => (canShow(x, value) && canShow(y, points.y[i]!) ? [i] : []));
  const notes = droppedNote(points.x.length - shown.length);
  if (shown.length === 0) return drawing(options, noData(), notes);
  const [xs, ys] = [shown.map((i) => points.x[i]!), shown.map((i) => points.y[i]!)];
  const both = [...xs, ...ys];
  const frame = frameOf(
    options,
    line === "diagonal" ? { x: both, y: both } : { x: xs, y: line === "zero" ? [...ys, 0] : ys },
    0,
    0,
  );
  const [left, top] = [xs.map(frame.x.at), ys.map(frame.y.at)];
  const kept = thinPoints(left, top, MOST_POINTS);
  if (kept.length < shown.length) notes.unshift(`${kept.length} of ${shown.length} points drawn`);
  const dots = kept.map((i) => markup`M${left[i]!},${top[i]!}h0`);
  const size = kept.length < 200 ? 5 : 3.4;
  const body = markup`${drawAxes(frame, options)}${drawLine(frame, line)}<path d="${dots}" fill="none" stroke="${seriesStyle(0).colour}" stroke-width="${size}" stroke-linecap="round" stroke-opacity="0.7"/>`;
  return drawing(options, body, notes);
}

function drawLine({ y, left, right, top, bottom }: Frame, line: ScatterOptions["line"]): Markup | null {
  if (line === undefined) return null;
  const [from, to] = line === "zero" ? [y.at(0), y.at(0)] : [bottom, top];
  return markup`<line x1="${left}" x2="${right}" y1="${from}" y2="${to}" stroke="currentColor" stroke-dasharray="4 3"/>`;
}

/** What `residuals` takes. */
export interface ResidualsOptions extends ChartOptions {
  /** True values [m]. */
  observed: readonly number[];
  /** Predictions [m]. */
  predicted: readonly number[];
  /** The target's unit. */
  unit?: string;
}

const unitOf = (unit: string | undefined) => (unit === undefined ? {} : { unit });

/**
 * Residuals (observed − predicted) over predictions, with the line at 0, as the text of an `<svg>`.
 * @param options see `ResidualsOptions`
 * @throws OPTION for an option that does not exist, SHAPE for lists of different lengths
 * @returns the text of an `<svg>`
 */
export function residuals({ observed, predicted, unit, ...chart }: ResidualsOptions): string {
  checkChart("residuals", chart, []);
  checkLengths("residuals", observed, predicted);
  return scatter({
    ...chart,
    x: { label: "predicted", ...unitOf(unit) },
    y: { label: "observed − predicted", ...unitOf(unit) },
    points: { x: predicted, y: observed.map((value, i) => value - predicted[i]!) },
    line: "zero",
  });
}

/**
 * Predictions over what was observed, with the diagonal on which both are equal, as the text of an `<svg>`.
 * @param options see `ResidualsOptions`
 * @throws OPTION for an option that does not exist, SHAPE for lists of different lengths
 */
export function predictedObserved({ observed, predicted, unit, ...chart }: ResidualsOptions): string {
  checkChart("predictedObserved", chart, []);
  return scatter({
    ...chart,
    x: { label: "observed", ...unitOf(unit) },
    y: { label: "predicted", ...unitOf(unit) },
    points: { x: observed, y: predicted },
    line: "diagonal",
  });
}
