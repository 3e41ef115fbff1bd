import { scaleOf } from "./powerOfTwo.js";

/** A = Q·T·Qᵀ with T tridiagonal and Q = H₀·H₁·…, Hⱼ = I − vⱼvⱼᵀ/hⱼ. */
export interface Tridiagonal {
  /** [n] */
  diagonal: Float64Array;
  /** [n−1] */
  offDiagonal: Float64Array;
  /** [n×n]: vⱼ stands in row j, right of the diagonal. */
  reflectors: Float64Array;
  /** [n−1]: hⱼ = ‖vⱼ‖²/2, or 0 where Hⱼ = I. */
  h: Float64Array;
}

/**
 * Householder reduction of a symmetric matrix to tridiagonal form (Golub and Van Loan, Matrix
 * Computations, §8.3.1). Columns are scaled by powers of two, so that no square underflows.
 *
 * @param a symmetric, row-major [n×n], its largest entry near 1; overwritten
 */
export function tridiagonalise(a: Float64Array, n: number): Tridiagonal {
  const p = new Float64Array(n);
  const offDiagonal = new Float64Array(Math.max(0, n - 1));
  const h = new Float64Array(Math.max(0, n - 1));
  for (let j = 0; j < n - 1; j++) {
    const v = a.subarray(j * n, (j + 1) * n);
    const scale = scaleOf(v, j + 1, n - j - 1);
    let squares = 0;
    for (let i = j + 1; i < n; i++) {
      v[i]! /= scale;
      squares += v[i]! * v[i]!;
    }
    // v maps the row right of the diagonal to (beta, 0, …)
    const norm = Math.sqrt(squares);
    const alpha = v[j + 1]!;
    const beta = alpha >= 0 ? -norm : norm;
    offDiagonal[j] = beta * scale;
    if (norm === 0) continue;
    v[j + 1]! -= beta;
    h[j] = beta * (beta - alpha);
    reflectBothSides(a, n, j + 1, v, h[j]!, p);
  }
  return {
    diagonal: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!),
    offDiagonal,
    reflectors: a,
    h,
  };
}

/** The block of rows and columns from `first` on: a ← H·a·H, as a − v·pᵀ − p·vᵀ. */
function reflectBothSides(
  a: Float64Array,
  n: number,
  first: number,
  v: Float64Array,
  h: number,
  p: Float64Array,
): void {
  let vp = 0;
  for (let i = first; i < n; i++) {
    let sum = 0;
    for (let l = first; l < n; l++) sum += a[i * n + l]! * v[l]!;
    p[i] = sum / h;
    vp += v[i]! * p[i]!;
  }
  const correction = vp / (2 * h);
  for (let i = first; i < n; i++) p[i]! -= correction * v[i]!;
  for (let i = first; i < n; i++) {
    const vi = v[i]!;
    const pi = p[i]!;
    for (let l = first; l < n; l++) a[i * n + l]! -= vi * p[l]! + pi * v[l]!;
  }
}
