/** A model on columns of every kind, rows of raw cells for it, and the features that they make. */
import { type Column, featureNames } from "../../src/data/columns.js";
import { Matrix } from "../../src/linalg/matrix.js";
import type { FittedModel } from "../../src/model/fitted.js";
import { normalMatrix } from "../linalg/random.js";

/** A cell: a number (of days for a date), a boolean, a level, or null where it is missing. */
export type Cell = number | boolean | string | null;

/** Names that quoting must survive. */
export const AWKWARD = `a"b'c\\ \u2028 </script> \u{1f600} -- ; \${x} \n`;

/** A model of these columns with `k` targets and weights that need all their digits. */
export function modelOf(columns: readonly Column[], outputs: readonly string[], seed = 3): FittedModel {
  const inputs = featureNames(columns);
  const weight = normalMatrix(outputs.length, inputs.length, seed);
  const bias = [...normalMatrix(1, outputs.length, seed + 1).data];
  return { inputs, outputs, columns, lambda: 0.1, standardized: null, weight, bias, training: null };
}

export const numbers = (names: readonly string[], fill: number | null = null): Column[] =>
  names.map((name) => ({ kind: "number", name, fill }));

/** Every kind of column, each with and without what stands for a missing cell. */
export const everyKind: readonly Column[] = [
  { kind: "number", name: "Size", fill: 0.1 },
  { kind: "category", name: AWKWARD, levels: ["", "x'y", 'z"', "é"], reference: null },
  { kind: "date", name: "day", fill: null },
  { kind: "boolean", name: "is it", fill: 0.25 },
  { kind: "category", name: "colour", levels: ["red"], reference: "green" },
  { kind: "date", name: "time", fill: 19_000.5 },
  { kind: "boolean", name: "Y", fill: null },
  { kind: "number", name: "order", fill: null },
];

export const everyModel = modelOf(everyKind, ["y", AWKWARD, "__proto__"]);

/** Rows that the model predicts. */
export const rows: readonly (readonly Cell[])[] = [
  [1.5, "", 0, true, "red", 19_782.5, false, 3],
  [null, "x'y", 19_782, false, "green", null, true, -1e-7],
  [0.1 + 0.2, 'z"', -25_567, null, "red", 0.25, true, 12_345.678],
  [-4, "é", 20_000, null, "green", -1.75, false, 0],
];

/** Rows that it does not: a level it does not know, or a cell missing that nothing stands for. */
export const hopeless: readonly (readonly Cell[])[] = [
  [1, "unknown", 0, true, "red", 1, false, 3],
  [1, "é", null, true, "red", 1, false, 3],
  [1, "é", 1, true, "blue", 1, false, 3],
  [1, "é", 1, true, "red", 1, null, 3],
  [1, "é", 1, true, "red", 1, true, null],
];

/** The features of rows of raw cells, as the documents say they are made. */
export function featuresOf(columns: readonly Column[], cells: readonly (readonly Cell[])[]): Matrix {
  return Matrix.from(
    cells.map((row) =>
      row.flatMap((cell, j) => {
        const column = columns[j]!;
        if (column.kind === "category") return column.levels.map((level) => Number(level === cell));
        return [Number(cell ?? column.fill)];
      }),
    ),
  );
}

/** The largest distance of two predictions, beside the largest entry of the first column's size. */
export function relativeDistance(a: Matrix, b: Matrix): number {
  const largest = Math.max(...b.data.map(Math.abs));
  return Math.max(...a.data.map((x, i) => Math.abs(x - b.data[i]!))) / largest;
}

/** A date as ISO text, UTC. */
export const isoText = (days: number): string => new Date(days * 86_400_000).toISOString();
