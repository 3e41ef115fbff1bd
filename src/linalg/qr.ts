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
  const a = A.data.slice();
  const taus = new Float64Array(n);
  for (let j = 0; j < n; j++) taus[j] = reflectColumn(a, m, n, j);

  const Q = new Matrix(m, n);
  for (let j = 0; j < n; j++) Q.data[j * n + j] = 1;
  for (let j = n - 1; j >= 0; j--) applyReflection(a, taus[j]!, m, n, j, Q.data, j);
  return Q;
}

/** Makes the reflection of column j, leaves its vector below the diagonal, and applies it to the columns behind. */
function reflectColumn(a: Float64Array, m: number, n: number, j: number): number {
  let tail = 0;
  for (let i = j + 1; i < m; i++) tail += a[i * n + j]! * a[i * n + j]!;
  if (tail === 0) return 0;
  const alpha = a[j * n + j]!;
  const norm = Math.sqrt(alpha * alpha + tail);
  const beta = alpha >= 0 ? -norm : norm;
  for (let i = j + 1; i < m; i++) a[i * n + j]! /= alpha - beta;
  a[j * n + j] = beta;
  const tau = (beta - alpha) / beta;
  applyReflection(a, tau, m, n, j, a, j + 1);
  return tau;
}

/** target ← (I − τ·vvᵀ)·target on the columns from `first` on, where v = (1, a[j+1…, j]). */
function applyReflection(
  a: Float64Array,
  tau: number,
  m: number,
  n: number,
  j: number,
  target: Float64Array,
  first: number,
): void {
  for (let c = first; c < n; c++) {
    let dot = target[j * n + c]!;
    for (let i = j + 1; i < m; i++) dot += a[i * n + j]! * target[i * n + c]!;
    target[j * n + c]! -= tau * dot;
    for (let i = j + 1; i < m; i++) target[i * n + c]! -= tau * dot * a[i * n + j]!;
  }
}
