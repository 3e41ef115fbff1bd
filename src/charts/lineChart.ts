import { type Axis, canShow } from "./axis.js";
import { checkChart } from "./check.js";
import {
  type ChartOptions,
  drawAxes,
  drawing,
  droppedNote,
  type Frame,
  frameOf,
  MUTED,
  noData,
  seriesStyle,
  WIDTH,
} from "./frame.js";
import { type Markup, markup } from "./markup.js";
import { largest, type Mark, reach, type Series, spread } from "./series.js";
import { FONT_SIZE, fitText, textWidth } from "./text.js";
import { thinLine } from "./thin.js";

/** What `lineChart` draws. */
export interface LineChartOptions extends ChartOptions {
  /** The axis to the right. */
  x: Axis;
  /** The axis upwards. */
  y: Axis;
  /** Of more than twelve the largest are drawn, and the chart says so. */
  series: readonly Series[];
  /** Lines across the chart, such as at the chosen λ. */
  marks?: readonly Mark[];
}

/** A line of many points is drawn by four of each of so many stretches. */
const BINS = 300;
/** Error bars stand at least this far apart. */
const BAR_GAP = 9;
const LABEL_WIDTH = 80;

/**
 * Lines over an axis, as the text of an `<svg>`: each with its name at its end, error bars if it has
 * any, and marks across. What cannot be shown (NaN, infinity, values of at most 0 on a log axis) is left
 * out, and the chart says so.
 * @param options see `LineChartOptions`
 * @throws OPTION for an option that does not exist, SHAPE for lists of different lengths
 * @returns the text of an `<svg>`
 */
export function lineChart(options: LineChartOptions): string {
  const { x, y, series, marks = [] } = options;
  checkChart("lineChart", options, ["x", "y", "series", "marks"], { axes: [x, y], series, marks });
  const { drawn, notes } = largest(series, reach);
  const shown = drawn.map((series) => visiblePoints(series, x, y));
  const dropped = drawn.reduce((sum, { x: all }, i) => sum + all.length - shown[i]!.count, 0);
  if (shown.every(({ count }) => count === 0))
    return drawing(options, noData(), [...notes, ...droppedNote(dropped)]);
  const named = drawn.some(({ name }) => name !== "");
  const margin = Math.min(LABEL_WIDTH, Math.max(...drawn.map(({ name }) => textWidth(name)))) + 18;
  const visibleMarks = marks.filter((mark) => canShow(x, mark.x));
  const frame = frameOf(
    { x, y },
    {
      x: [...shown.flatMap((of) => of.points.map((point) => point.x)), ...visibleMarks.map((mark) => mark.x)],
      y: [
        ...shown.flatMap((of) =>
          of.points.flatMap((point) => [point.y, point.y - point.error, point.y + point.error]),
        ),
        ...drawn.flatMap(({ level }) => (level !== undefined && canShow(y, level) ? [level] : [])),
      ],
    },
    named ? margin : 0,
    14 * visibleMarks.length,
  );
  const body = markup`${drawAxes(frame, options)}${drawMarks(frame, visibleMarks)}${drawLevels(frame, drawn, y)}${shown.map(
    (of, i) => drawLine(frame, of.points, i),
  )}${named ? drawNames(frame, drawn, shown) : null}`;
  return drawing(options, body, [...notes, ...droppedNote(dropped)]);
}

interface Point {
  x: number;
  y: number;
  error: number;
  /** False where the line is interrupted. */
  defined: boolean;
}

interface Shown {
  points: Point[];
  count: number;
}

/** The points that can be shown, thinned, with an interruption in place of each run of others. */
function visiblePoints(series: Series, x: Axis, y: Axis): Shown {
  const points: Point[] = [];
  let count = 0;
  const shows = (i: number) => canShow(x, series.x[i]!) && canShow(y, series.y[i]!);
  for (const [i, value] of series.y.entries()) {
    if (shows(i)) {
      count++;
      const bar = series.error?.[i] ?? 0;
      points.push({
        x: series.x[i]!,
        y: value,
        error: canShow(y, value - bar) && canShow(y, bar + value) ? bar : 0,
        defined: true,
      });
    } else if (points.at(-1)?.defined) {
      points.push({ ...points.at(-1)!, error: 0, defined: false });
    }
  }
  const heights = points.map((point) => point.y);
  const kept = new Set(thinLine(heights, BINS));
  return { points: points.filter((point, i) => kept.has(i) || !point.defined), count };
}

function drawLine({ x, y }: Frame, points: readonly Point[], i: number): Markup {
  const { colour, dash } = seriesStyle(i);
  const path = points.map((point, at) => {
    if (!point.defined) return null;
    return markup`${points[at - 1]?.defined ? "L" : "M"}${x.at(point.x)},${y.at(point.y)}${points[at + 1]?.defined ? null : "h0"}`;
  });
  let last = Number.NEGATIVE_INFINITY;
  const bars = points.filter((point) => {
    if (!(point.error > 0) || Math.abs(x.at(point.x) - last) < BAR_GAP) return false;
    last = x.at(point.x);
    return true;
  });
  return markup`<g stroke="${colour}" fill="none">${bars.map((point) => {
    const [at, low, high] = [x.at(point.x), y.at(point.y - point.error), y.at(point.y + point.error)];
    return markup`<path d="M${at},${low}V${high}M${at - 2.5},${low}h5M${at - 2.5},${high}h5" stroke-opacity="0.6"/>`;
  })}<path d="${path}" stroke-width="2" stroke-dasharray="${dash}" stroke-linecap="round" stroke-linejoin="round"/></g>`;
}

/** The values that lines are held against. */
const drawLevels = ({ y, left, right }: Frame, drawn: readonly Series[], axis: Axis): Markup =>
  markup`${drawn.map(({ level }, i) =>
    level === undefined || !canShow(axis, level)
      ? null
      : markup`<path d="M${left},${y.at(level)}H${right}" stroke="${seriesStyle(i).colour}" stroke-width="1" stroke-dasharray="2 4"/>`,
  )}`;

/** Names at the ends of the lines, moved apart, with a line of their colour between. */
function drawNames(
  { y, x, right, top, bottom }: Frame,
  drawn: readonly Series[],
  shown: readonly Shown[],
): Markup {
  const ends = shown.map(({ points }) =>
    points.reduce<Point | undefined>(
      (end, point) => (end && x.at(end.x) >= x.at(point.x) ? end : point),
      undefined,
    ),
  );
  const present = drawn.flatMap((series, i) => (ends[i] ? [{ name: series.name, end: ends[i], i }] : []));
  const heights = spread(
    present.map(({ end }) => y.at(end.y)),
    FONT_SIZE + 1,
    top,
    bottom,
  );
  return markup`${present.map(({ name, end, i }, at) => {
    const { colour, dash } = seriesStyle(i);
    return markup`<path d="M${x.at(end.x) + 2},${y.at(end.y)}L${right + 12},${heights[at]!}" stroke="${colour}" stroke-dasharray="${dash}" fill="none"/><text x="${right + 15}" y="${heights[at]! + 4}">${fitText(name, WIDTH - right - 15)}</text>`;
  })}`;
}

/** Lines from top to bottom, each with its label above, on the side on which there is more room; outer ones reach higher, so that no line crosses a label. */
function drawMarks({ x, left, right, top, bottom }: Frame, marks: readonly Mark[]): Markup {
  const fromCentre = ({ x: at }: Mark) => Math.abs(x.at(at) - (left + right) / 2);
  const rows = [...marks].sort((a, b) => fromCentre(b) - fromCentre(a));
  return markup`${marks.map((mark, i) => {
    const at = x.at(mark.x);
    const from = top - 14 * (marks.length - rows.indexOf(mark));
    const before = at - left > right - at;
    return markup`<line x1="${at}" x2="${at}" y1="${from}" y2="${bottom}" stroke="currentColor" stroke-dasharray="${i === 0 ? "none" : "3 3"}"/><text x="${before ? at - 4 : at + 4}" y="${from + 9}" text-anchor="${before ? "end" : "start"}" fill="${MUTED}">${mark.label}</text>`;
  })}`;
}
