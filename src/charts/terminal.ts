import { checkInteger, checkOptions } from "../numbers/check.js";
import { canShow, type Scale, scaleOf } from "./axis.js";
import { checkChart } from "./check.js";
import type { LineChartOptions } from "./lineChart.js";
import { plainText } from "./markup.js";
import { largest, reach, spread } from "./series.js";
import { withUnit } from "./text.js";

/** How a chart fills a terminal. */
export interface TerminalSize {
  /** Characters in a line, 80 by default; of fewer than 40, 40 are used. */
  width?: number;
  /** Lines of the plot itself, 14 by default; of fewer than 4, 4 are used. */
  height?: number;
  /** Letters and dashes alone, for terminals without braille patterns. */
  ascii?: boolean;
}

/** The dots of a braille pattern, by row and column; U+2800 is the empty one. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
];
const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const LONGEST_NAME = 16;

/**
 * The chart that `lineChart` draws, as lines of text: braille patterns, or in ASCII a letter for each
 * line, with the names at the ends.
 * @param options as `lineChart` takes
 * @param size see `TerminalSize`
 * @throws OPTION for an option that does not exist, SHAPE for lists of different lengths, VALUE for a size that is no whole number above 0
 */
export function terminalChart(options: LineChartOptions, size: TerminalSize = {}): string {
  const where = "terminalChart";
  const { x, y, series, marks = [] } = options;
  checkChart(where, options, ["x", "y", "series", "marks"], { axes: [x, y], series, marks });
  checkOptions(where, size, ["width", "height", "ascii"]);
  const { ascii = false } = size;
  const width = Math.max(40, checkInteger(where, "width", size.width ?? 80, 1));
  const rows = Math.max(4, checkInteger(where, "height", size.height ?? 14, 1));
  const { drawn, notes } = largest(series, reach);
  const lines = drawn.map((series) =>
    series.y.map((value, i) =>
      canShow(x, series.x[i]!) && canShow(y, value) ? ([series.x[i]!, value] as const) : null,
    ),
  );
  const points = lines.flat().filter((point) => point !== null);
  const title = [plainText(options.title), ...notes.map((note) => `(${note})`)].join(" ");
  if (points.length === 0) return `${title}\n  no data`;

  const letterOf = (i: number) => (drawn.length === 1 ? "*" : LETTERS[i]!);
  const names = drawn.map(
    ({ name }, i) =>
      `${ascii && drawn.length > 1 ? `${letterOf(i)} ` : ""}${[...plainText(name)].slice(0, LONGEST_NAME).join("")}`,
  );
  const nameWidth = Math.max(...names.map((name) => [...name].length));
  const [across, down] = ascii ? [1, 1] : [2, 4];
  const vertical = scaleOf(y, errorEnds(drawn, points), [rows * down - 1, 0], 5);
  const tickWidth = Math.max(...vertical.ticks.map(({ text }) => text.length));
  const columns = Math.max(10, width - tickWidth - nameWidth - 4);
  const crossing = marks.filter((mark) => canShow(x, mark.x));
  const horizontal = scaleOf(
    x,
    [...points.map(([at]) => at), ...crossing.map((mark) => mark.x)],
    [0, columns * across - 1],
    6,
  );

  const canvas = Array.from({ length: rows }, () => new Uint8Array(columns));
  const letters = Array.from({ length: rows }, () => new Array<string>(columns).fill(" "));
  const put = (left: number, top: number, letter: string) => {
    const [column, row] = [Math.floor(left / across), Math.floor(top / down)];
    if (ascii) letters[row]![column] = letter;
    else canvas[row]![column]! |= DOTS[top % down]![left % across]!;
  };
  for (const mark of crossing) {
    const column = Math.floor(Math.round(horizontal.at(mark.x)) / across);
    for (const row of letters) row[column] = ascii ? "|" : "┊";
  }
  const ends = lines.map((line, i) =>
    drawLine(line, horizontal, vertical, (left, top) => put(left, top, letterOf(i))),
  );
  if (!ascii) {
    for (const [i, series] of drawn.entries()) drawErrors(series.error, lines[i]!, horizontal, vertical, put);
  }

  const body = letters.map((row, i) =>
    row
      .map((letter, j) => (canvas[i]![j] === 0 ? letter : String.fromCodePoint(0x2800 + canvas[i]![j]!)))
      .join(""),
  );
  const labels = new Map(
    vertical.ticks.map(({ value, text }) => [Math.floor(Math.round(vertical.at(value)) / down), text]),
  );
  const present = ends.flatMap((end, i) =>
    end === null ? [] : [{ row: Math.floor(end / down), name: names[i]! }],
  );
  const places = spread(
    present.map(({ row }) => row),
    1,
    0,
    rows - 1,
  );
  const named = new Map(present.map(({ name }, i) => [places[i]!, name]));
  const side = ascii ? "|" : "│";
  const indent = " ".repeat(tickWidth + 3);
  return [
    title,
    `  ${plainText(withUnit(y))}`,
    ...crossing.map((mark) => indent + labelled(horizontal.at(mark.x) / across, columns, mark.label, ascii)),
    ...body.map(
      (text, i) => `${(labels.get(i) ?? "").padStart(tickWidth + 1)} ${side}${text} ${named.get(i) ?? ""}`,
    ),
    `${" ".repeat(tickWidth + 2)}${(ascii ? "+" : "└") + (ascii ? "-" : "─").repeat(columns)}`,
    indent + tickLine(horizontal, across, columns),
    indent + plainText(withUnit(x)),
  ]
    .map((text) => (ascii ? toAscii(text) : text).trimEnd())
    .join("\n");
}

type Points = readonly (readonly [number, number] | null)[];

function errorEnds(
  drawn: LineChartOptions["series"],
  points: readonly (readonly [number, number])[],
): number[] {
  const bars = drawn.flatMap(({ y, error }) =>
    error ? y.flatMap((value, i) => [value - error[i]!, value + error[i]!]) : [],
  );
  return [...points.map(([, value]) => value), ...bars];
}

/** Dots from each point to the next; returns the height at which the line ends on the right, or null. */
function drawLine(line: Points, x: Scale, y: Scale, put: (left: number, top: number) => void): number | null {
  let before: [number, number] | null = null;
  let end: [number, number] | null = null;
  for (const point of line) {
    const here: [number, number] | null = point && [Math.round(x.at(point[0])), Math.round(y.at(point[1]))];
    if (here) {
      const [fromX, fromY] = before ?? here;
      const steps = Math.max(Math.abs(here[0] - fromX), Math.abs(here[1] - fromY), 1);
      for (let step = 0; step <= steps; step++) {
        const share = step / steps;
        put(Math.round(fromX + share * (here[0] - fromX)), Math.round(fromY + share * (here[1] - fromY)));
      }
      if (end === null || here[0] >= end[0]) end = here;
    }
    before = here;
  }
  return end?.[1] ?? null;
}

/** A column of dots for each error bar, apart from one another. */
function drawErrors(
  error: readonly number[] | undefined,
  line: Points,
  x: Scale,
  y: Scale,
  put: (left: number, top: number, letter: string) => void,
): void {
  let last = Number.NEGATIVE_INFINITY;
  for (const [i, point] of line.entries()) {
    const bar = error?.[i];
    if (point === null || !(bar! >= 0) || !Number.isFinite(bar)) continue;
    const left = Math.round(x.at(point[0]));
    if (Math.abs(left - last) < 8) continue;
    last = left;
    const [low, high] = [Math.round(y.at(point[1] - bar!)), Math.round(y.at(point[1] + bar!))];
    for (let top = high; top <= low; top += 2) put(left, top, ":");
  }
}

/** A label with its mark below it, on the side on which there is room. */
function labelled(at: number, columns: number, label: string, ascii: boolean): string {
  const column = Math.floor(at);
  const text = plainText(label);
  const sign = ascii ? "|" : "┊";
  if (column < columns / 2) return `${" ".repeat(column)}${sign} ${text}`;
  return `${" ".repeat(Math.max(0, column - text.length - 1))}${text} ${sign}`;
}

function tickLine(x: Scale, across: number, columns: number): string {
  let out = "";
  const ticks = x.ticks.map(({ value, text }) => ({ middle: x.at(value) / across, text }));
  for (const { middle, text } of ticks.sort((a, b) => a.middle - b.middle)) {
    const start = Math.round(middle - (text.length - 1) / 2);
    if (start < 0 || start + text.length > columns + 2 || (out !== "" && start < out.length + 1)) continue;
    out = out.padEnd(start) + text;
  }
  return out;
}

const ASCII: Record<string, string> = { "−": "-", "×": "x", λ: "lambda", "⁻": "-", "…": "~" };

/** Powers as 10^-3; ? for what has no letter. */
const toAscii = (text: string): string =>
  text
    .replace(
      /[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+/g,
      (power) => `^${[...power].map((c) => (c === "⁻" ? "-" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c))).join("")}`,
    )
    .replace(/[^ -~]/gu, (character) => ASCII[character] ?? "?");
