/** How the features of a model come from the columns of a table. */

/** A column of numbers; of dates, as days since 1970-01-01; or of booleans, as 1 and 0: one feature, of the column's name. */
export interface NumberColumn {
  /** Dates are days since 1970-01-01, booleans 1 and 0. */
  kind: "number" | "date" | "boolean";
  /** What it is called. */
  name: string;
  /** What stands for a missing cell, learnt from the training rows; null: a missing cell is an error. */
  fill: number | null;
}

/** A column of text: one feature for each level, named `column=level`, which is 1 where the cell is that level, else 0. */
export interface CategoryColumn {
  /** Text, of which each level is an indicator. */
  kind: "category";
  /** What it is called. */
  name: string;
  /** The levels that have a feature, in order. */
  levels: readonly string[];
  /** The level without a feature (for λ = 0, where all of them and the bias would be dependent); null if every level has one. */
  reference: string | null;
}

/**
 * A column of a table that features come from, with what was learnt of it: one feature of a number,
 * a date or a boolean; a feature for each level of a text.
 */
export type Column = NumberColumn | CategoryColumn;

/**
 * Columns of numbers without missing cells, one feature each.
 * @param names of the features, n of them
 * Source: docs/files.md.
 */
export const numberColumns = (names: readonly string[]): Column[] =>
  names.map((name) => ({ kind: "number", name, fill: null }));

/**
 * The names of the features that columns make, in order.
 * @param columns of a table, c of them
 * @returns n ≥ c names: a column's own, or `column=level`
 * Source: docs/files.md.
 */
export const featureNames = (columns: readonly Column[]): string[] =>
  columns.flatMap((column) =>
    column.kind === "category" ? column.levels.map((level) => `${column.name}=${level}`) : [column.name],
  );

/** The columns in order, each with the index of its first feature. */
export function firstFeatures(columns: readonly Column[]): [column: Column, first: number][] {
  let next = 0;
  return columns.map((column) => {
    const first = next;
    next += column.kind === "category" ? column.levels.length : 1;
    return [column, first];
  });
}
