import { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";
import { checkOptions, show } from "../numbers/check.js";
import { type Column, featureNames, firstFeatures } from "./columns.js";
import { Dataset } from "./dataset.js";
import { LEAST_LEVELS, LevelDataset } from "./levelDataset.js";
import type { RawColumn, Table } from "./table.js";

/**
 * The features of a table: numbers as they are or filled in, text as indicators.
 * @param table m rows; its columns stand in the order of `columns`
 * @param columns what `learnColumns` found, or those of a model
 * @param options.unknown what becomes of a level that `columns` do not have: "error" (the default), or
 *   "ignore", by which all of the column's indicators are 0
 * @param options.keepLevels whether the largest category, if it has 300 levels or more, is kept as levels in a
 *   `LevelDataset`; false by default, so that every level is a column
 * @returns the rows (which share the table's memory where every cell is a feature), and how many cells
 *   were filled in and how many levels unknown
 * @throws DATA, naming the row of the source, for a missing cell that is not filled in or an unknown
 *   level; NOT_FINITE for an infinite number; SHAPE for other columns than the
 *   table's; OPTION for an option that does not exist
 * Source: docs/files.md.
 */
export function encode(
  table: Table,
  columns: readonly Column[],
  options: { unknown?: "error" | "ignore"; keepLevels?: boolean } = {},
): { dataset: Dataset; filled: number; unknown: number } {
  checkOptions("encode", options, ["unknown", "keepLevels"]);
  checkColumns(table.columns, columns);
  const largest = options.keepLevels ? largestCategory(columns) : null;
  if (largest !== null) return keepLevels(table, columns, largest, options.unknown ?? "error");
  const { cells, Y, outputs, weights } = table;
  const inputs = featureNames(columns);
  const plain = columns.every((column) => column.kind !== "category" && column.fill === null);
  const counts = { filled: 0, unknown: 0 };
  let X = cells;
  if (!plain) {
    X = new Matrix(cells.rows, inputs.length);
    let at = 0;
    for (const [j, column] of columns.entries()) {
      if (column.kind !== "category") counts.filled += copyNumbers(table, j, column.fill, X, at++);
      else {
        counts.unknown += indicate(table, j, column, options.unknown ?? "error", X, at);
        at += column.levels.length;
      }
    }
  }
  const dataset = new Dataset({ X, Y, inputs, outputs, ...(weights ? { weights } : {}) });
  return { dataset, ...counts };
}

/** The place of the category with the most levels, if it has enough to be kept as levels. */
function largestCategory(columns: readonly Column[]): number | null {
  const count = (column: Column) => (column.kind === "category" ? column.levels.length : 0);
  const most = columns.reduce((best, column, j) => (count(column) > count(columns[best]!) ? j : best), 0);
  return columns.length > 0 && count(columns[most]!) >= LEAST_LEVELS ? most : null;
}

/** The rows with one category as levels, the other columns as `encode` makes them. */
function keepLevels(table: Table, columns: readonly Column[], at: number, unknown: "error" | "ignore") {
  const { cells } = table;
  const column = columns[at] as Column & { kind: "category" };
  const others = columns.filter((_, j) => j !== at);
  const part = new Matrix(cells.rows, cells.cols - 1);
  for (let i = 0, to = 0; i < cells.rows; i++)
    for (let j = 0; j < cells.cols; j++) if (j !== at) part.data[to++] = cells.data[i * cells.cols + j]!;
  const rest = { ...table, cells: part, columns: table.columns.filter((_, j) => j !== at) };
  const encoded = encode(rest, others, { unknown });
  const { levels } = table.columns[at] as RawColumn & { kind: "category" };
  const places = new Map(column.levels.map((level, l) => [level, l]));
  const feature = levels.map((level) => places.get(level) ?? -1);
  let missed = 0;
  const level = Int32Array.from({ length: cells.rows }, (_, i) => {
    const value = cells.data[i * cells.cols + at]!;
    if (Number.isNaN(value)) throw missingCell(table, i, at);
    const found = feature[value] ?? -1;
    if (found < 0 && levels[value] !== column.reference) {
      if (unknown === "error") throw unknownLevel(column, table.rowOf(i), levels[value]);
      missed++;
    }
    return found;
  });
  const [, first] = firstFeatures(columns)[at]!;
  const dataset = new LevelDataset(
    encoded.dataset,
    { level, levels: column.levels.length, first },
    featureNames(columns),
  );
  return { dataset, filled: encoded.filled, unknown: encoded.unknown + missed };
}

function copyNumbers(table: Table, j: number, fill: number | null, X: Matrix, at: number): number {
  const { cells } = table;
  let filled = 0;
  for (let i = 0; i < cells.rows; i++) {
    let value = cells.data[i * cells.cols + j]!;
    if (Number.isNaN(value)) {
      if (fill === null) throw missingCell(table, i, j);
      value = fill;
      filled++;
    }
    X.data[i * X.cols + at] = value;
  }
  return filled;
}

function indicate(
  table: Table,
  j: number,
  column: Column & { kind: "category" },
  unknown: "error" | "ignore",
  X: Matrix,
  at: number,
): number {
  const { cells } = table;
  const { levels } = table.columns[j] as RawColumn & { kind: "category" };
  const feature = levels.map((level) => column.levels.indexOf(level));
  const known = levels.map((level, l) => feature[l]! >= 0 || level === column.reference);
  let count = 0;
  for (let i = 0; i < cells.rows; i++) {
    const level = cells.data[i * cells.cols + j]!;
    if (Number.isNaN(level)) throw missingCell(table, i, j);
    if (known[level] !== true) {
      if (unknown === "error") throw unknownLevel(column, table.rowOf(i), levels[level]);
      count++;
    } else if (feature[level]! >= 0) X.data[i * X.cols + at + feature[level]!] = 1;
  }
  return count;
}

/** The error for a cell whose level a column does not have. */
function unknownLevel(
  column: Column & { kind: "category" },
  row: number,
  level: string | undefined,
): Ell2Error {
  const levels = column.reference === null ? column.levels : [column.reference, ...column.levels];
  const shown = levels.length > 12 ? [...levels.slice(0, 12).map(show), "…"] : levels.map(show);
  return new Ell2Error("DATA", {
    where: "encode",
    expected: `a level that column ${show(column.name)} had in training (${shown.join(", ")}) in row ${row}`,
    got: level === undefined ? "another" : show(level),
    remedy: "mend the cell, or ignore unknown levels (all indicators of the column are then 0)",
    data: { row, column: column.name },
  });
}

const missingCell = (table: Table, i: number, j: number): Ell2Error =>
  new Ell2Error("DATA", {
    where: "encode",
    expected: `a value in column ${show(table.columns[j]!.name)}, row ${table.rowOf(i)}`,
    got: "an empty cell",
    remedy: "remove the row, or learn what to fill in",
    data: { row: table.rowOf(i), column: table.columns[j]!.name },
  });

function checkColumns(raw: readonly RawColumn[], columns: readonly Column[]): void {
  const names = (list: readonly { name: string; kind: string }[]) =>
    list.map(({ name, kind }) => `${name} (${kind === "category" ? "text" : "numbers"})`).join(", ");
  if (names(raw) === names(columns)) return;
  throw new Ell2Error("SHAPE", {
    where: "encode",
    expected: `the columns ${names(columns)}`,
    got: names(raw),
  });
}
