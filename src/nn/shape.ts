import { Ell2Error } from "../errors.js";
import { checkInteger, show } from "../numbers/check.js";

/** The sizes of a tensor: none for a number, [n] for a vector, [rows, cols] for a matrix. */
export type Shape = readonly number[];

/** The shape in words: `[]`, `[3]`, `[120×4]`. */
export const showShape = (shape: Shape): string => `[${shape.join("×")}]`;

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i]);

/** Rows when seen as a matrix; 1 for a number and a vector. */
export const rowsOf = (shape: Shape): number => (shape.length === 2 ? shape[0]! : 1);

/** Columns when seen as a matrix; 1 for a number. */
export const colsOf = (shape: Shape): number => shape.at(-1) ?? 1;

/**
 * Returns a copy of `shape` if it is one.
 * @throws VALUE unless it is an array of at most two whole numbers ≥ 0
 */
export function checkShape(where: string, shape: unknown): Shape {
  if (!Array.isArray(shape) || shape.length > 2) {
    throw new Ell2Error("VALUE", {
      where,
      expected: "a shape of at most two sizes, such as [], [3] or [120, 4]",
      got: show(shape),
    });
  }
  return shape.map((size, i) => checkInteger(where, `size ${i} of the shape`, size, 0));
}

/**
 * The shape that two operands have together: aligned at the last dimension, where sizes are equal
 * or one of them is 1.
 * @throws SHAPE where neither holds
 */
export function broadcastShape(where: string, a: Shape, b: Shape): Shape {
  const size = (x: number, y: number): number => {
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw new Ell2Error("SHAPE", {
      where,
      expected: "shapes that are equal, or 1, in each dimension from the last",
      got: `${showShape(a)} and ${showShape(b)}`,
    });
  };
  const full = [size(rowsOf(a), rowsOf(b)), size(colsOf(a), colsOf(b))];
  return full.slice(2 - Math.max(a.length, b.length));
}
