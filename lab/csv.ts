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

/** The parts of a parser's answer that are used. */
export interface Parsed {
  data: string[][];
  errors: { type: string; message: string; row?: number | undefined }[];
}

/**
 * Rows of cells as a table, the first row its header.
 * @throws a message with row and column for what cannot be used
 */
export function tableOf(name: string, { data, errors }: Parsed): OwnTable {
  const [error] = errors.filter(({ type }) => type !== "Delimiter"); // a guess that is fine
  if (error) throw new Error(`${name}, row ${(error.row ?? 0) + 1}: ${error.message}`);
  const [header, ...cells] = data;
  if (header === undefined || cells.length < 3)
    throw new Error(`${name}: a header and at least three rows are needed`);
  const names = header.map((cell, j) => cell.trim() || `column ${j + 1}`);
  const twice = names.find((column, j) => names.indexOf(column) !== j);
  if (twice !== undefined) throw new Error(`${name}: the column ${JSON.stringify(twice)} is there twice`);
  cells.forEach((row, i) => {
    if (row.length !== names.length)
      throw new Error(`${name}, row ${i + 2}: ${row.length} cells, and the header has ${names.length}`);
  });
  const numeric: string[] = [];
  const text: string[] = [];
  names.forEach((column, j) => {
    const wrong = cells.findIndex((row) => !isNumber(row[j]!));
    if (wrong < 0) numeric.push(column);
    else if (cells.some((row) => isNumber(row[j]!))) {
      throw new Error(
        `${name}, row ${wrong + 2}, column ${JSON.stringify(column)}: ${JSON.stringify(cells[wrong]![j])} is no number, and other cells of the column are`,
      );
    } else text.push(column);
  });
  if (numeric.length < 2)
    throw new Error(`${name}: at least two columns of numbers are needed, got ${numeric.length}`);
  return { name, header: names, numeric, text, cells };
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
