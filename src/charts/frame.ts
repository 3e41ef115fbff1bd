import { type Axis, type Scale, scaleOf } from "./axis.js";
import { type Markup, markup } from "./markup.js";
import { FONT_SIZE, fitText, textWidth, withUnit } from "./text.js";

/** What every chart takes. */
export interface ChartOptions {
  /** What it shows, as a heading and as the chart's accessible name. */
  title: string;
  /** What one sees in it, for those who do not see it. */
  description?: string;
}

/** Every chart is this wide: at 360 pixels of a phone its letters are still some 10 high. */
export const WIDTH = 360;
const HEIGHT = 256;

/** The colours are the page's, by CSS variables; these hold where it has none. */
const COLOURS = ["#2a78c4", "#cc5a13", "#2c8a4b", "#9a55d4", "#cf3f5d", "#16857c", "#a8780d", "#75808c"];
export const GRID = "var(--ell2-grid, #88888855)";
export const MUTED = "var(--ell2-muted, currentColor)";

/** The colour and the dashes of the series i = 0, 1, …: eight colours, then the same ones dashed. */
export function seriesStyle(i: number): { colour: string; dash: string } {
  const at = i % COLOURS.length;
  return {
    colour: `var(--ell2-${at + 1}, ${COLOURS[at]})`,
    dash: ["none", "6 3", "2 3"][Math.floor(i / COLOURS.length) % 3]!,
  };
}

/** The rectangle in which values stand, with the scales of its sides. */
export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
  x: Scale;
  y: Scale;
}

/**
 * The rectangle for a chart of two axes.
 * @param rightMargin for labels at the ends of lines
 * @param topMargin for labels above the rectangle
 */
export function frameOf(
  axes: { x: Axis; y: Axis },
  values: { x: readonly number[]; y: readonly number[] },
  rightMargin: number,
  topMargin: number,
): Frame {
  const [top, bottom] = [46 + topMargin, HEIGHT - 46];
  const y = scaleOf(axes.y, values.y, [bottom, top], 5);
  const left = 10 + Math.max(...y.ticks.map(({ text }) => textWidth(text)), 14);
  const right = WIDTH - Math.max(rightMargin, 12);
  return {
    left,
    right,
    top,
    bottom,
    x: scaleOf(axes.x, values.x, [left, right], axes.x.scale === "log" ? 7 : 5),
    y,
  };
}

/** The two axes: their ticks, labels and grid. */
export function drawAxes({ left, right, bottom, x, y }: Frame, axes: { x: Axis; y: Axis }): Markup {
  const baseline = FONT_SIZE * 0.35;
  return markup`<g fill="${MUTED}" stroke="none">${y.ticks.map(
    ({ value, text }) =>
      markup`<line x1="${left}" x2="${right}" y1="${y.at(value)}" y2="${y.at(value)}" stroke="${value === 0 && y.domain[0] < 0 ? MUTED : GRID}"/><text x="${left - 5}" y="${y.at(value) + baseline}" text-anchor="end">${text}</text>`,
  )}${apart(x.ticks, x.at).map(
    ({ value, text }) =>
      markup`<line x1="${x.at(value)}" x2="${x.at(value)}" y1="${bottom}" y2="${bottom + 4}" stroke="currentColor"/><text x="${x.at(value)}" y="${bottom + 17}" text-anchor="middle">${text}</text>`,
  )}<line x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}" stroke="currentColor"/><text x="4" y="36">${fitText(withUnit(axes.y), WIDTH - 8)}</text><text x="${(left + right) / 2}" y="${bottom + 33}" text-anchor="middle">${fitText(withUnit(axes.x), WIDTH - left)}</text></g>`;

  /** Ticks whose texts do not touch, and stay within the picture. */
  function apart(ticks: Scale["ticks"], at: Scale["at"]): Scale["ticks"] {
    const taken: [number, number][] = [];
    return ticks.filter(({ value, text }) => {
      const half = textWidth(text) / 2 + 3;
      const [from, to] = [at(value) - half, at(value) + half];
      if (from < 0 || to > WIDTH || taken.some(([a, b]) => from < b && to > a)) return false;
      taken.push([from, to]);
      return true;
    });
  }
}

/**
 * The chart as the text of an `<svg>`: with a title for the eye and one for those who do not see it.
 * @param notes what the picture leaves out
 */
export function drawing(
  { title, description }: ChartOptions,
  body: Markup,
  notes: readonly string[],
  height: number = HEIGHT,
): string {
  const note = notes.join("; ");
  const described = [description, note].filter(Boolean).join(". ");
  return markup`<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="${FONT_SIZE}" fill="currentColor"><title>${title}</title>${
    described === "" ? null : markup`<desc>${described}</desc>`
  }<text x="4" y="16" font-size="14" font-weight="600">${fitText(title, WIDTH - 8, 14)}</text>${body}${
    note === ""
      ? null
      : markup`<text x="${WIDTH - 4}" y="${height - 3}" text-anchor="end" font-size="11" fill="${MUTED}">${fitText(note, WIDTH - 8, 11)}</text>`
  }</svg>`.text;
}

/** A note on values that could not be shown, or none. */
export const droppedNote = (dropped: number): string[] =>
  dropped === 0 ? [] : [`${dropped} value${dropped === 1 ? "" : "s"} that cannot be shown here left out`];

/** In place of values, where there are none. */
export const noData = (): Markup =>
  markup`<text x="${WIDTH / 2}" y="${HEIGHT / 2}" text-anchor="middle" fill="${MUTED}">no data</text>`;
