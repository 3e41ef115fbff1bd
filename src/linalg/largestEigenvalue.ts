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
  const scale = A.reduce((most, a) => Math.max(most, Math.abs(a)), 0);
  if (scale === 0) return 0;
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
    if (middle <= low || middle >= high) return high * scale;
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

/** Householder reduction of a symmetric matrix, which is overwritten. */
function tridiagonalise(a: Float64Array, n: number): { diagonal: Float64Array; offDiagonal: Float64Array } {
  const v = new Float64Array(n);
  const p = new Float64Array(n);
  const offDiagonal = new Float64Array(Math.max(0, n - 1));
  for (let j = 0; j < n - 1; j++) {
    let squares = 0;
    for (let i = j + 1; i < n; i++) squares += a[i * n + j]! * a[i * n + j]!;
    const norm = Math.sqrt(squares);
    const alpha = a[(j + 1) * n + j]!;
    const beta = alpha >= 0 ? -norm : norm;
    // what is that small beside entries near 1 is rounding, and its products would vanish
    if (squares < 2 ** -900) continue;
    offDiagonal[j] = beta;
    // v maps the column below the diagonal to (beta, 0, …); H = I − v·vᵀ/h
    for (let i = j + 1; i < n; i++) v[i] = a[i * n + j]!;
    v[j + 1]! -= beta;
    const h = beta * (beta - alpha);
    let vp = 0;
    for (let i = j + 1; i < n; i++) {
      let sum = 0;
      for (let l = j + 1; l < n; l++) sum += a[i * n + l]! * v[l]!;
      p[i] = sum / h;
      vp += v[i]! * p[i]!;
    }
    const correction = vp / (2 * h);
    for (let i = j + 1; i < n; i++) p[i]! -= correction * v[i]!;
    for (let i = j + 1; i < n; i++) {
      for (let l = j + 1; l < n; l++) a[i * n + l]! -= v[i]! * p[l]! + p[i]! * v[l]!;
    }
  }
  return { diagonal: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), offDiagonal };
}
