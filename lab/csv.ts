import type { OwnData } from "./problem.js";

/** A table as it was read: which columns hold numbers throughout, and which hold none. */
export interface OwnTable {
  name: string;
  header: string[];
  /** Columns of numbers, by name. */
  numeric: string[];
  /** Columns without any number, which are left out. */
  text: string[];
  cells: string[][];
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const isNumber = (cell: string) => NUMBER.test(cell.trim()) && Number.isFinite(Number(cell));

const DELIMITERS = [",", ";", "\t", "|"];

/**
 * A text as a table, the first row its header; empty rows are passed over.
 * @param rowsOf reads the rows of a text whose cells are parted by a delimiter
 * @throws a message with row and column for what cannot be used
 */
export function tableOf(
  name: string,
  text: string,
  rowsOf: (text: string, delimiter: string) => string[][],
): OwnTable {
  const plain = text.replace(/^\ufeff/, "");
  const [headline = ""] = plain.replace(/"[^"]*"/g, "").split(/\r?\n/, 1);
  const counts = DELIMITERS.map((delimiter) => headline.split(delimiter).length);
  const read = rowsOf(plain, DELIMITERS[counts.indexOf(Math.max(...counts))]!);
  // what a quote opens and none closes is read to the end of the text
  const open = plain.split('"').length % 2 === 0 && read.at(-1)?.at(-1)?.includes("\n");
  if (open) throw new Error(`${name}, row ${read.length}: a quote is opened and never closed`);
  const filled = read
    .map((row, i) => ({ row, at: i + 1 }))
    .filter(({ row }) => row.length > 1 || row[0] !== "");
  const [header, ...cells] = filled.map(({ row }) => row);
  const at = filled.slice(1).map((one) => one.at);
  if (header === undefined || cells.length < 3)
    throw new Error(`${name}: a header and at least three rows are needed`);
  const names = header.map((cell, j) => cell.trim() || `column ${j + 1}`);
  const twice = names.find((column, j) => names.indexOf(column) !== j);
  if (twice !== undefined) throw new Error(`${name}: the column ${JSON.stringify(twice)} is there twice`);
  cells.forEach((row, i) => {
    if (row.length !== names.length)
      throw new Error(`${name}, row ${at[i]}: ${row.length} cells, and the header has ${names.length}`);
  });
  const comma = cells.some((row) => row.some((cell) => /^\s*[+-]?\d+,\d+\s*$/.test(cell)));
  const hint = comma ? "; decimals need a point, not a comma" : "";
  const numeric: string[] = [];
  const words: string[] = [];
  names.forEach((column, j) => {
    const wrong = cells.findIndex((row) => !isNumber(row[j]!));
    if (wrong < 0) numeric.push(column);
    else if (cells.some((row) => isNumber(row[j]!))) {
      throw new Error(
        `${name}, row ${at[wrong]}, column ${JSON.stringify(column)}: ${JSON.stringify(cells[wrong]![j])} is no number, and other cells of the column are${hint}`,
      );
    } else words.push(column);
  });
  if (numeric.length < 2)
    throw new Error(`${name}: at least two columns of numbers are needed, got ${numeric.length}${hint}`);
  return { name, header: names, numeric, text: words, cells };
}

/** The targets after one is ticked or not; of two columns the other one is, and where none or all would be nothing changes. */
export function targetsAfter(
  numeric: readonly string[],
  targets: readonly string[],
  name: string,
  on: boolean,
): readonly string[] {
  if (numeric.length === 2) return numeric.filter((column) => (column === name) === on);
  const next = numeric.filter((column) => (column === name ? on : targets.includes(column)));
  return next.length === 0 || next.length === numeric.length ? targets : next;
}

/**
 * The rows to train on.
 * @param targets at least one of the numeric columns, and not all
 */
export function ownData({ name, header, numeric, cells }: OwnTable, targets: readonly string[]): OwnData {
  const inputs = numeric.filter((column) => !targets.includes(column));
  const take = (columns: readonly string[]) => {
    const at = columns.map((column) => header.indexOf(column));
    return cells.map((row) => at.map((j) => Number(row[j])));
  };
  return { name, inputs, outputs: [...targets], X: take(inputs), Y: take(targets) };
}
