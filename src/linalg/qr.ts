import { Matrix } from "./matrix.js";

/**
 * The orthogonal factor of A = QR, by Householder reflections.
 *
 * Signs are LAPACK's (dgeqrf, dorgqr): each reflection maps its column to −sign(first entry)·norm,
 * and a last column of a single entry is left as it is.
 *
 * @param A [m×n] with m ≥ n, entries whose squares neither overflow nor vanish; not changed
 * @returns Q [m×n] with orthonormal columns
 */
export function orthogonalFactor(A: Matrix): Matrix {
  const { rows: m, cols: n } = A;
  const Q = new Matrix(m, n);
  for (let j = 0; j < n; j++) Q.data[j * n + j] = 1;
  multiplyQ(qr(A.data, m, n), Q.data, n, true);
  return Q;
}

/** A = QR with Q = H₀·H₁·…, Hⱼ = I − τⱼ·vⱼvⱼᵀ, vⱼ = (0, …, 0, 1, factors[j+1…, j]). */
export interface QR {
  m: number;
  n: number;
  /** [m×n]: R on and above the diagonal, the reflections' vectors below it. */
  factors: Float64Array;
  /** [n] */
  taus: Float64Array;
}

/**
 * Householder QR, keeping the reflections (Golub and Van Loan, Matrix Computations, §5.2.2), with LAPACK's signs.
 *
 * @param A row-major [m×n] with m ≥ n, entries whose squares neither overflow nor vanish; not changed
 */
export function qr(A: Float64Array, m: number, n: number): QR {
  const factors = A.slice();
  const taus = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    taus[j] = reflectColumn(factors, m, n, j);
    reflect(factors, taus[j]!, m, n, j, factors, n, j + 1);
  }
  return { m, n, factors, taus };
}

/**
 * target ← Q·target, or Qᵀ·target; Q is the whole orthogonal matrix [m×m].
 * @param target [m×k], changed
 * @param unit whether `target` is a unit matrix [m×n], in which reflection j need not touch the columns before j
 */
export function multiplyQ({ m, n, factors, taus }: QR, target: Float64Array, k: number, unit = false): void {
  for (let j = n - 1; j >= 0; j--) reflect(factors, taus[j]!, m, n, j, target, k, unit ? j : 0);
}

/** Makes the reflection of column j and leaves its vector below the diagonal; returns τ. */
function reflectColumn(a: Float64Array, m: number, n: number, j: number): number {
  let tail = 0;
  for (let i = j + 1; i < m; i++) tail += a[i * n + j]! * a[i * n + j]!;
  if (tail === 0) return 0;
  const alpha = a[j * n + j]!;
  const norm = Math.sqrt(alpha * alpha + tail);
  const beta = alpha >= 0 ? -norm : norm;
  for (let i = j + 1; i < m; i++) a[i * n + j]! /= alpha - beta;
  a[j * n + j] = beta;
  return (beta - alpha) / beta;
}

/** target ← (I − τ·vvᵀ)·target on its columns from `first` on, row by row. */
function reflect(
  a: Float64Array,
  tau: number,
  m: number,
  n: number,
  j: number,
  target: Float64Array,
  k: number,
  first: number,
): void {
  if (tau === 0) return;
  const dots = target.slice(j * k, (j + 1) * k);
  for (let i = j + 1; i < m; i++) {
    const v = a[i * n + j]!;
    for (let c = first; c < k; c++) dots[c]! += v * target[i * k + c]!;
  }
  for (let c = first; c < k; c++) {
    dots[c]! *= tau;
    target[j * k + c]! -= dots[c]!;
  }
  for (let i = j + 1; i < m; i++) {
    const v = a[i * n + j]!;
    for (let c = first; c < k; c++) target[i * k + c]! -= dots[c]! * v;
  }
}
