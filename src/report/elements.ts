import { Markup, markup } from "../charts/markup.js";
import { isAbsent, type OrAbsent } from "./report.js";

/** A cell: text, or a number with six significant digits. */
export type Cell = string | number | null;

/** Longer tables show their first rows, and say so. */
const MOST_ROWS = 500;

/** A number for a table: as it can be copied from there. */
const figure6 = (x: number): string =>
  Number.isFinite(x) ? String(Number(x.toPrecision(6))) : x > 0 ? "∞" : String(x);

const write = (cell: Cell): string => (typeof cell === "number" ? figure6(cell) : (cell ?? "–"));

/**
 * A table in a box of its own that scrolls sideways. The first cell of a row is its heading.
 * @param caption what it holds; also the name of the box
 */
export function table(caption: string, head: readonly string[], rows: readonly (readonly Cell[])[]): Markup {
  const shown = rows.slice(0, MOST_ROWS);
  const title =
    shown.length < rows.length ? `${caption} (the first ${MOST_ROWS} of ${rows.length} rows)` : caption;
  const number = (cell: Cell) => (typeof cell === "number" || cell === null ? markup` class="n"` : null);
  const headNumber = head.map(
    (_, j) => shown.length > 0 && shown.every((row) => number(row[j] ?? null) !== null),
  );
  return markup`<div class="scroll" role="group" tabindex="0" aria-label="${title}"><table><caption>${title}</caption><thead><tr>${head.map(
    (text, j) => markup`<th scope="col"${headNumber[j] ? markup` class="n"` : null}>${text}</th>`,
  )}</tr></thead><tbody>${shown.map(
    ([first, ...rest]) =>
      markup`<tr><th scope="row"${number(first ?? null)}>${write(first ?? null)}</th>${rest.map((cell) => markup`<td${number(cell)}>${write(cell)}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

/** A chart with what it means, and behind it the table of its numbers. */
export const figure = (svg: string, caption: string, ...numbers: Parameters<typeof table>): Markup =>
  markup`<figure>${new Markup(svg)}<figcaption>${caption}${details(markup`Table<span class="hidden">: ${numbers[0]}</span>`, table(...numbers))}</figcaption></figure>`;

export const details = (summary: string | Markup, content: Markup): Markup =>
  markup`<details><summary>${summary}</summary>${content}</details>`;

export const figures = (all: readonly Markup[]): Markup => markup`<div class="figures">${all}</div>`;

export const paragraph = (text: string): Markup => markup`<p>${text}</p>`;

/** A part of the page: its heading, and its content or why there is none. */
export interface Section {
  id: string;
  heading: string;
  content: Markup;
}

/** A section of something that may be absent. */
export const section = <T extends object>(
  id: string,
  heading: string,
  value: OrAbsent<T>,
  content: (value: T) => Markup,
): Section => ({
  id,
  heading,
  content: isAbsent(value) ? markup`<p class="absent">Not here: ${value.absent}</p>` : content(value),
});
