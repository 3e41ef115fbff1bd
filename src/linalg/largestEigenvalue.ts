import { scaleOf } from "../numbers/powerOfTwo.js";
import { tridiagonalise } from "./tridiagonalise.js";

/**
 * The largest eigenvalue of a symmetric matrix, to about n·ε of its largest entry: Householder
 * reduction to tridiagonal form, then bisection on the count of eigenvalues above a bound
 * (Golub and Van Loan, Matrix Computations, §8.3.1 and §8.4.1).
 *
 * Unlike power iteration it cannot stop early at a smaller eigenvalue, so a learning rate that is
 * derived from it is safe.
 *
 * @param A symmetric, row-major [n×n], finite; not changed
 * @param n ≥ 1
 */
export function largestEigenvalue(A: Float64Array, n: number): number {
  const scale = scaleOf(A);
  const { diagonal, offDiagonal } = tridiagonalise(
    A.map((a) => a / scale),
    n,
  );
  let high = Number.NEGATIVE_INFINITY;
  let low = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    const radius = Math.abs(offDiagonal[i - 1] ?? 0) + Math.abs(offDiagonal[i] ?? 0);
    high = Math.max(high, diagonal[i]! + radius); // Gershgorin
    low = Math.max(low, diagonal[i]!); // Rayleigh quotients of the unit vectors
  }
  for (;;) {
    const middle = low + (high - low) / 2;
    if (!(middle > low && middle < high)) return high * scale; // of NaN too: it must not loop
    if (anyAbove(diagonal, offDiagonal, middle)) low = middle;
    else high = middle;
  }
}

/** Whether T − bound·I has a positive eigenvalue: whether a pivot of its LDLᵀ is positive. */
function anyAbove(diagonal: Float64Array, offDiagonal: Float64Array, bound: number): boolean {
  let pivot = 1;
  for (let i = 0; i < diagonal.length; i++) {
    const e = i === 0 ? 0 : offDiagonal[i - 1]!;
    pivot = diagonal[i]! - bound - (e * e) / pivot;
    if (pivot > 0) return true;
    if (pivot === 0) pivot = -(2 ** -104); // a pivot of zero counts as below
  }
  return false;
}
