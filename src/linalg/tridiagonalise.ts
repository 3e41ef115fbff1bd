import { matmul, tridiagonalise as reduce } from "../kernels/index.js";
import { transpose } from "./blocks.js";

/** A = Q·T·Qᵀ with T tridiagonal and Q = Hₙ₋₁·…·H₁, Hᵢ = I − vᵢvᵢᵀ/hᵢ. */
export interface Tridiagonal {
  n: number;
  /** [n] */
  diagonal: Float64Array;
  /** [n−1] */
  offDiagonal: Float64Array;
  /** The lower triangle of a matrix, row by row [n(n+1)/2]: vᵢ is row i left of the diagonal. */
  reflectors: Float64Array;
  /** [n]: hᵢ = ‖vᵢ‖²/2, or 0 where Hᵢ = I. */
  h: Float64Array;
}

/** Where row i of a lower triangle begins that is kept row by row. */
export const packedRow = (i: number): number => (i * (i + 1)) / 2;

/**
 * Householder reduction of a symmetric matrix to tridiagonal form (Golub and Van Loan, Matrix
 * Computations, §8.3.1). Rows are scaled by powers of two, so that no square underflows.
 *
 * @param A symmetric, row-major [n×n], its largest entry near 1; only the lower triangle is read; not changed
 */
export function tridiagonalise(A: Float64Array, n: number): Tridiagonal {
  const reflectors = new Float64Array(packedRow(n));
  for (let i = 0; i < n; i++) reflectors.set(A.subarray(i * n, i * n + i + 1), packedRow(i));
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(Math.max(0, n - 1));
  const h = new Float64Array(n);
  reduce(reflectors, n, diagonal, offDiagonal, h);
  return { n, diagonal, offDiagonal, reflectors, h };
}

/** B ← Qᵀ·B, for B [n×k] */
export function multiplyTransposed(T: Tridiagonal, B: Float64Array, k: number): void {
  const dots = new Float64Array(k);
  for (let i = T.n - 1; i > 0; i--) reflect(T, i, B, k, dots);
}

/** Reflections that are applied together, and the columns of B from which on they are. */
const BLOCK = 32;
const LEAST_COLUMNS = 8;

/** B ← Q·B, for B [n×k] */
export function multiply(T: Tridiagonal, B: Float64Array, k: number): void {
  const dots = new Float64Array(k);
  for (let first = 1; first < T.n; first += BLOCK) {
    const count = Math.min(BLOCK, T.n - first);
    if (k >= LEAST_COLUMNS) reflectTogether(T, first, count, B, k);
    else for (let i = first; i < first + count; i++) reflect(T, i, B, k, dots);
  }
}

/**
 * B ← Hₗ·…·Hⱼ·B for rows j to l of the reflectors, as B − V·(S·(VᵀB)) with V = (vⱼ … vₗ) and a lower
 * triangular S, row by row S ← (−τvᵀV·S, τ), τ = 1/h (Schreiber and Van Loan 1989).
 */
function reflectTogether(
  { reflectors, h }: Tridiagonal,
  first: number,
  count: number,
  B: Float64Array,
  k: number,
): void {
  const length = first + count - 1;
  const Vt = new Float64Array(count * length);
  for (let r = 0; r < count; r++) {
    const row = packedRow(first + r);
    if (h[first + r]! > 0) Vt.set(reflectors.subarray(row, row + first + r), r * length);
  }
  const V = transpose(Vt, count, length);
  const products = new Float64Array(count * count);
  matmul(Vt, V, count, length, count, products);
  const S = new Float64Array(count * count);
  for (let r = 0; r < count; r++) {
    const tau = h[first + r]! > 0 ? 1 / h[first + r]! : 0;
    S[r * count + r] = tau;
    for (let c = 0; c < r; c++) {
      let sum = 0;
      for (let t = c; t < r; t++) sum += products[r * count + t]! * S[t * count + c]!;
      S[r * count + c] = -tau * sum;
    }
  }
  const [along, shares, change] = [count * k, count * k, length * k].map((size) => new Float64Array(size));
  matmul(Vt, B.subarray(0, length * k), count, length, k, along!);
  matmul(S, along!, count, count, k, shares!);
  matmul(V, shares!, length, count, k, change!);
  for (let at = 0; at < change!.length; at++) B[at]! -= change![at]!;
}

/** B ← Hᵢ·B */
function reflect(
  { reflectors, h }: Tridiagonal,
  i: number,
  B: Float64Array,
  k: number,
  dots: Float64Array,
): void {
  if (h[i] === 0) return;
  const row = packedRow(i);
  dots.fill(0);
  for (let l = 0; l < i; l++) {
    const v = reflectors[row + l]!;
    for (let c = 0; c < k; c++) dots[c]! += v * B[l * k + c]!;
  }
  for (let c = 0; c < k; c++) dots[c]! /= h[i]!;
  for (let l = 0; l < i; l++) {
    const v = reflectors[row + l]!;
    for (let c = 0; c < k; c++) B[l * k + c]! -= v * dots[c]!;
  }
}
