import type { Matrix } from "../linalg/matrix.js";
import { takeRows } from "./dataset.js";

/** A column as it is read: numbers, or text as places in a list of levels. */
export type RawColumn =
  | { kind: "number" | "date" | "boolean"; name: string }
  | { kind: "category"; name: string; levels: readonly string[] };

/** Rows as they are read, before anything is learnt of them. */
export interface Table {
  /** The c columns that features come from. */
  columns: readonly RawColumn[];
  /**
   * [m×c]: numbers; dates as days since 1970-01-01; booleans as 1 and 0; of text the index of its
   * level, −1 for one that is not among the levels. NaN is a missing cell.
   */
  cells: Matrix;
  /** The k names of the targets. */
  outputs: readonly string[];
  /** [m×k] */
  Y: Matrix;
  /** m row weights, or null. */
  weights: Float64Array | null;
  /** For each of the m rows its number in the source, from 1. */
  rowOf(i: number): number;
}

/** The given rows of a table, copied. */
export function takeTable(table: Table, indices: ArrayLike<number>): Table {
  const { weights } = table;
  return {
    ...table,
    cells: takeRows(table.cells, indices),
    Y: takeRows(table.Y, indices),
    weights: weights && Float64Array.from(indices, (i) => weights[i]!),
    rowOf: (i) => table.rowOf(indices[i]!),
  };
}
