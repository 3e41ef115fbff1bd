import { Matrix } from "../../src/linalg/matrix.js";
import { NumPy } from "../../src/random/numpy.js";

/** A matrix of normal numbers, always the same one for a seed. */
export function normalMatrix(rows: number, cols: number, seed: number): Matrix {
  return new Matrix(rows, cols, new NumPy(seed).standardNormal(rows * cols));
}

/** The largest |a − b| of two matrices of the same shape. */
export function farthest(A: Matrix, B: Matrix): number {
  return A.minus(B).data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

/** The identity [n×n] */
export function identity(n: number): Matrix {
  const out = new Matrix(n, n);
  for (let i = 0; i < n; i++) out.data[i * n + i] = 1;
  return out;
}
