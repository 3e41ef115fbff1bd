/**
 * What tensors do, on flat row-major arrays. In broadcasting a number counts as [1×1] and a vector
 * of n as one row [1×n].
 */
import { colsOf, rowsOf, type Shape, sameShape } from "./shape.js";

/** f(a, b, at) entry by entry, each operand repeated to `shape`; `at` is the entry's place in the result. */
export function combine(
  a: Float64Array,
  aShape: Shape,
  b: Float64Array,
  bShape: Shape,
  shape: Shape,
  f: (a: number, b: number, at: number) => number,
): Float64Array {
  const rows = rowsOf(shape);
  const cols = colsOf(shape);
  const [aRow, aCol] = steps(aShape);
  const [bRow, bCol] = steps(bShape);
  const out = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const at = i * cols + j;
      out[at] = f(a[i * aRow + j * aCol]!, b[i * bRow + j * bCol]!, at);
    }
  }
  return out;
}

/**
 * The other way round: entries at `from` that are one entry repeated, at `to`, are added up, rows
 * in order. Where the shapes are the same that is `values` itself.
 */
export function reduce(values: Float64Array, from: Shape, to: Shape): Float64Array {
  if (sameShape(from, to)) return values;
  const rows = rowsOf(from);
  const cols = colsOf(from);
  const [rowStep, colStep] = steps(to);
  const out = new Float64Array(rowsOf(to) * colsOf(to));
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) out[i * rowStep + j * colStep]! += values[i * cols + j]!;
  }
  return out;
}

/** How far the next row and the next column are; 0 along a size of 1, which repeats. */
function steps(shape: Shape): [row: number, col: number] {
  return [rowsOf(shape) === 1 ? 0 : colsOf(shape), colsOf(shape) === 1 ? 0 : 1];
}

/** out[i, l] = Σⱼ a[i, j]·b[j, l], j from left to right, starting at 0. a [m×n], b [n×k]. */
export function product(a: Float64Array, b: Float64Array, m: number, n: number, k: number): Float64Array {
  const out = new Float64Array(m * k);
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += a[i * n + j]! * b[j * k + l]!;
      out[i * k + l] = sum;
    }
  }
  return out;
}

/** The transpose [n×m] of a [m×n], copied. */
export function transpose(a: Float64Array, m: number, n: number): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j * m + i] = a[i * n + j]!;
  return out;
}
