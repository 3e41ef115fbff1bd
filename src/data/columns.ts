/** How the features of a model come from the columns of a table. */

/** A column of numbers; of dates, as days since 1970-01-01; or of booleans, as 1 and 0: one feature, of the column's name. */
export interface NumberColumn {
  kind: "number" | "date" | "boolean";
  name: string;
  /** What stands for a missing cell, learnt from the training rows; null: a missing cell is an error. */
  fill: number | null;
}

/** A column of text: one feature for each level, named `column=level`, which is 1 where the cell is that level, else 0. */
export interface CategoryColumn {
  kind: "category";
  name: string;
  /** The levels that have a feature, in order. */
  levels: readonly string[];
  /** The level without a feature (for λ = 0, where all of them and the bias would be dependent); null if every level has one. */
  reference: string | null;
}

export type Column = NumberColumn | CategoryColumn;

/** Columns of numbers without missing cells, one feature each. */
export const numberColumns = (names: readonly string[]): Column[] =>
  names.map((name) => ({ kind: "number", name, fill: null }));

/** The names of the features that columns make, in order. */
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
