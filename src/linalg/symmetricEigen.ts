import { scaleOf } from "../numbers/powerOfTwo.js";
import { packedRow, type Tridiagonal, tridiagonalise } from "./tridiagonalise.js";

/** Sweeps for one eigenvalue after which what is left of an off-diagonal entry is dropped; 2 or 3 are usual. */
const MOST_SWEEPS = 60;

/**
 * All eigenvalues and eigenvectors of a symmetric matrix, A = V·diag(λ)·Vᵀ, to about n·ε of its
 * largest eigenvalue: Householder reduction to tridiagonal form, then implicit QR with Wilkinson's
 * shift, each block swept from its larger end (Golub and Van Loan, Matrix Computations, §8.3;
 * Dubrulle, Martin and Wilkinson, Numer. Math. 12, 1968).
 *
 * @param A symmetric, row-major [n×n], finite; not changed
 * @param n ≥ 0
 * @returns values [n] in descending order; vectors [n×n], orthonormal, column j belongs to values[j]
 */
export function symmetricEigen(A: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const scale = scaleOf(A);
  const T = tridiagonalise(
    A.map((a) => a / scale),
    n,
  );
  const rows = transposedFactor(T, n); // row j becomes the j-th eigenvector
  diagonalise(T.diagonal, T.offDiagonal, rows, n);

  const order = Array.from({ length: n }, (_, j) => j);
  order.sort((i, j) => T.diagonal[j]! - T.diagonal[i]!);
  const vectors = new Float64Array(n * n);
  for (const [j, from] of order.entries()) {
    for (let i = 0; i < n; i++) vectors[i * n + j] = rows[from * n + i]!;
  }
  return { values: Float64Array.from(order, (from) => T.diagonal[from]! * scale), vectors };
}

/** Qᵀ = H₁·…·Hₙ₋₁, built from its first reflection to its last, which leaves the zeros alone. */
function transposedFactor({ reflectors, h }: Tridiagonal, n: number): Float64Array {
  const W = new Float64Array(n * n);
  for (let i = 0; i < n; i++) W[i * n + i] = 1;
  for (let i = 1; i < n; i++) {
    if (h[i] === 0) continue;
    const row = packedRow(i);
    for (let r = 0; r < i; r++) {
      let dot = 0;
      for (let l = 0; l < i; l++) dot += W[r * n + l]! * reflectors[row + l]!;
      dot /= h[i]!;
      for (let l = 0; l < i; l++) W[r * n + l]! -= dot * reflectors[row + l]!;
    }
  }
  return W;
}

/**
 * All eigenvalues of a tridiagonal matrix, descending, in O(n²).
 * @param diagonal [n], offDiagonal [n−1]; not changed
 */
export function tridiagonalEigenvalues({ n, diagonal, offDiagonal }: Tridiagonal): Float64Array {
  const values = diagonal.slice();
  diagonalise(values, offDiagonal.slice(), null, n);
  return values.sort().reverse();
}

/** Brings the off-diagonal e of a tridiagonal matrix to zero, in blocks from the last row up, and turns the rows with it. */
function diagonalise(d: Float64Array, e: Float64Array, rows: Float64Array | null, n: number): void {
  const size =
    d.reduce((most, x) => Math.max(most, Math.abs(x)), 0) +
    e.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  let sweeps = 0;
  let before = 0;
  for (let last = n - 1; last > 0; ) {
    // an entry that is small beside its neighbours is dropped; after some sweeps, beside the whole
    const negligible = (i: number) =>
      !(
        Math.abs(e[i]!) >
        Number.EPSILON * (sweeps < 12 ? 0.5 * (Math.abs(d[i]!) + Math.abs(d[i + 1]!)) : size)
      );
    if (negligible(last - 1) || sweeps === MOST_SWEEPS) {
      e[last - 1] = 0;
      last--;
      sweeps = 0;
      continue;
    }
    let first = last - 1;
    while (first > 0 && !negligible(first - 1)) first--;
    if (first > 0) e[first - 1] = 0;
    if (first !== before) sweeps = 0; // an eigenvalue was found at the other end
    before = first;
    if (Math.abs(d[first]!) >= Math.abs(d[last]!)) sweep(d, e, rows, n, first, last);
    else sweep(d, e, rows, n, last, first);
    sweeps++;
  }
}

/** One implicit QR step on the block between two ends; the shift is the eigenvalue nearest to the entry at `to`. */
function sweep(
  d: Float64Array,
  e: Float64Array,
  rows: Float64Array | null,
  n: number,
  from: number,
  to: number,
): void {
  const step = from < to ? 1 : -1;
  const edge = step > 0 ? 0 : -1; // e[k + edge] lies between k and k + step
  const half = (d[to - step]! - d[to]!) / 2;
  const corner = e[to - step + edge]!;
  const root = length(half, corner);
  const shift = d[to]! - corner * (corner / (half + (half >= 0 ? root : -root)));
  let x = d[from]! - shift;
  let z = e[from + edge]!;
  for (let k = from; k !== to; k += step) {
    // the rotation that brings (x, z) to (r, 0), from their ratio: it keeps its digits where x and z are subnormal
    const steep = Math.abs(z) > Math.abs(x);
    const ratio = steep ? x / z : z === 0 ? 0 : z / x;
    const secant = Math.sqrt(1 + ratio * ratio);
    const c = (steep ? ratio : 1) / secant;
    const s = (steep ? 1 : ratio) / secant;
    if (k !== from) e[k - step + edge] = (steep ? z : x) * secant;
    // the 2×2 block [p q; q t] ← G·[p q; q t]·Gᵀ with G = [c s; −s c]
    const p = d[k]!;
    const q = e[k + edge]!;
    const t = d[k + step]!;
    const move = s * (s * (t - p) + 2 * c * q);
    d[k] = p + move;
    d[k + step] = t - move;
    e[k + edge] = c * (s * (t - p) + c * q) - s * s * q;
    x = e[k + edge]!;
    if (k + step !== to) {
      z = s * e[k + step + edge]!;
      e[k + step + edge]! *= c;
    }
    if (rows !== null) rotateRows(rows, n, k, k + step, c, s);
  }
}

/** √(x² + y²) without underflow */
function length(x: number, y: number): number {
  const most = Math.max(Math.abs(x), Math.abs(y));
  if (most === 0) return 0;
  const ratio = Math.min(Math.abs(x), Math.abs(y)) / most;
  return most * Math.sqrt(1 + ratio * ratio);
}

function rotateRows(W: Float64Array, n: number, i: number, j: number, c: number, s: number): void {
  const [atI, atJ] = [i * n, j * n];
  for (let l = 0; l < n; l++) {
    const a = W[atI + l]!;
    const b = W[atJ + l]!;
    W[atI + l] = c * a + s * b;
    W[atJ + l] = c * b - s * a;
  }
}
