/** Parts and products of row-major matrices. */
import { augmentedGram } from "../kernels/index.js";

/** Rows and columns of A [·×n] from `top` and `left` on, copied [rows×cols]. */
export function submatrix(
  A: Float64Array,
  n: number,
  top: number,
  rows: number,
  left: number,
  cols: number,
): Float64Array {
  const out = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    const from = (top + i) * n + left;
    out.set(A.subarray(from, from + cols), i * cols);
  }
  return out;
}

/** Copies part [rows×cols] into A [·×n] at `top` and `left`. */
export function place(
  part: Float64Array,
  rows: number,
  cols: number,
  A: Float64Array,
  n: number,
  top: number,
  left: number,
): void {
  for (let i = 0; i < rows; i++) A.set(part.subarray(i * cols, (i + 1) * cols), (top + i) * n + left);
}

/** The transpose of A [rows×cols]. */
export function transpose(A: Float64Array, rows: number, cols: number): Float64Array {
  const out = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = A[i * cols + j]!;
  return out;
}

/** AᵀA of A [rows×cols]. */
export function gram(A: Float64Array, rows: number, cols: number): Float64Array {
  const augmented = new Float64Array((cols + 1) * (cols + 1));
  augmentedGram(A, 0, rows, cols, augmented);
  return submatrix(augmented, cols + 1, 0, cols, 0, cols);
}

/** xᵀ·A·x */
export function quadratic(A: Float64Array, x: Float64Array): number {
  const n = x.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let row = 0;
    for (let j = 0; j < n; j++) row += A[i * n + j]! * x[j]!;
    sum += row * x[i]!;
  }
  return sum;
}
