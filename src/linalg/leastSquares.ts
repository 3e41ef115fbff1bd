import { log } from "../numbers/elementary.js";
import { powerOfTwoBelow, scaleOf } from "../numbers/powerOfTwo.js";
import { multiplyQT, type QR, qr } from "./qr.js";
import { augmentedResidual, largest, norm, type Refined, refine, UNIT } from "./refine.js";
import { svd } from "./svd.js";

/** −log₁₀ of the rounding to float64 */
const MOST_DIGITS = -log(UNIT) / Math.LN10;

/** A solution of min‖B − A·x‖, and what its digits are worth. */
export interface LeastSquares {
  /** [n×k] */
  x: Float64Array;
  /** B − A·x [m×k] */
  residual: Float64Array;
  /** Columns that are independent: singular values of the scaled A above max(m, n)·ε of the largest. */
  rank: number;
  /** κ₂ of A with its columns scaled to about norm 1; where the rank is not full, of what was kept. */
  condition: number;
  /** Refinements that were made; the most of any target. */
  steps: number;
  /**
   * The largest entry of (B − r − A·x, Aᵀr), relative to ‖A‖·‖(r, x)‖ + ‖B‖ in largest entries, columns
   * scaled; the worst of any target.
   */
  backwardError: number;
  /**
   * Decimal digits of x's largest entry that can be trusted, given that A and B are exact: 0 to 15.9, the
   * worst of any target. Where the rank is not full, given also that the small singular values are 0.
   */
  digits: number;
}

/**
 * Least squares, min‖B − A·x‖ for each column of B.
 *
 * Columns are scaled by powers of two, which is exact. With full rank: Householder QR, refined with
 * residuals in double-double (refine.ts), which gives every digit up to a condition number of about
 * 1e13. Otherwise the x of least norm, from the singular value decomposition of R.
 *
 * A ridge penalty α‖x‖² is n more rows √α·I in A, with zeros in B.
 *
 * @param A row-major [m×n], finite; not changed
 * @param B [m×k], finite; not changed
 */
export function leastSquares(
  A: Float64Array,
  m: number,
  n: number,
  B: Float64Array,
  k: number,
): LeastSquares {
  if (m < n) return withZeroRows(A, m, n, B, k);
  const scales = Float64Array.from({ length: n }, (_, j) => columnScale(A, m, n, j));
  const smallest = scales.reduce((least, scale) => Math.min(least, scale), Number.POSITIVE_INFINITY);
  // beyond 2⁵⁰⁰ a column's coefficient counts for nothing in a norm, and must not become 0
  const units = scales.map((scale) => Math.max(smallest / scale, 2 ** -500));
  const scaled = A.map((a, at) => a / scales[at % n]!);
  const targetScales = Float64Array.from({ length: k }, (_, c) => scaleOf(B, c, m, k));
  const targets = B.map((b, at) => b / targetScales[at % k]!);

  const factored = qr(scaled, m, n);
  const decomposed = svd(upperTriangle(factored), n, n);
  const { s } = decomposed;
  const rank = s.filter((value) => !(value <= Math.max(m, n) * Number.EPSILON * s[0]!)).length;
  const condition = rank === 0 ? 1 : s[0]! / s[rank - 1]!;
  const full = rank === n && n > 0;
  const X = full ? null : leastNorm(factored, decomposed, rank, units, targets, k);

  const out: LeastSquares = {
    x: new Float64Array(n * k),
    residual: new Float64Array(m * k),
    rank,
    condition,
    steps: 0,
    backwardError: 0,
    digits: MOST_DIGITS,
  };
  for (let c = 0; c < k; c++) {
    const b = column(targets, m, k, c);
    const solved =
      X === null
        ? refine(scaled, factored, b, s, units)
        : judged(scaled, m, n, b, column(X, n, k, c), units, s[0]!, condition);
    for (let j = 0; j < n; j++) out.x[j * k + c] = (solved.x[j]! / scales[j]!) * targetScales[c]!;
    for (let i = 0; i < m; i++) out.residual[i * k + c] = solved.r[i]! * targetScales[c]!;
    out.steps = Math.max(out.steps, solved.steps);
    out.digits = Math.min(out.digits, Math.max(0, -log(solved.error) / Math.LN10));
    out.backwardError = Math.max(out.backwardError, backwardError(scaled, m, n, b, solved));
  }
  return out;
}

/** As many rows as columns, so that R is square. */
function withZeroRows(A: Float64Array, m: number, n: number, B: Float64Array, k: number): LeastSquares {
  const square = new Float64Array(n * n);
  square.set(A);
  const targets = new Float64Array(n * k);
  targets.set(B);
  const solved = leastSquares(square, n, n, targets, k);
  return { ...solved, residual: solved.residual.slice(0, m * k) };
}

/** The power of two by which a column's norm comes into [1, 2); 1 for a column of zeros. */
function columnScale(A: Float64Array, m: number, n: number, j: number): number {
  const unit = scaleOf(A, j, m, n);
  let squares = 0;
  for (let i = 0; i < m; i++) squares += (A[i * n + j]! / unit) * (A[i * n + j]! / unit);
  return unit * powerOfTwoBelow(Math.sqrt(squares));
}

function upperTriangle({ n, factors }: QR): Float64Array {
  const R = factors.slice(0, n * n);
  for (let i = 0; i < n; i++) R.fill(0, i * n, i * n + i);
  return R;
}

const column = (values: Float64Array, rows: number, cols: number, c: number): Float64Array =>
  Float64Array.from({ length: rows }, (_, i) => values[i * cols + c]!);

/**
 * The X [n×k] for which ‖A·X − B‖, then ‖units·X‖ is least, from R = U·diag(s)·Vᵀ: V₁·S₁⁻¹·U₁ᵀ·(QᵀB), and
 * from it, in units, its part in the null space units·V₂ taken away.
 */
function leastNorm(
  factored: QR,
  { U, s, V }: { U: Float64Array; s: Float64Array; V: Float64Array },
  rank: number,
  units: Float64Array,
  B: Float64Array,
  k: number,
): Float64Array {
  const { n } = factored;
  if (rank === 0) return new Float64Array(n * k);
  const rotated = B.slice();
  multiplyQT(factored, rotated, k);
  const X = new Float64Array(n * k);
  for (let l = 0; l < rank; l++) {
    for (let c = 0; c < k; c++) {
      let z = 0;
      for (let i = 0; i < n; i++) z += U[i * n + l]! * rotated[i * k + c]!;
      for (let j = 0; j < n; j++) X[j * k + c]! += V[j * n + l]! * (z / s[l]!) * units[j]!;
    }
  }
  const free = n - rank;
  const N = Float64Array.from({ length: n * free }, (_, at) => {
    const j = Math.floor(at / free);
    return V[j * n + rank + (at % free)]! * units[j]!;
  });
  return leastSquares(N, n, free, X, k).residual.map((x, at) => x / units[Math.floor(at / k)]!);
}

/** x of a matrix without full rank, with b − A·x and a usual bound of its error, 10·max(m, n)·ε·(κ + κ²‖r‖/(‖A‖‖x‖)). */
function judged(
  A: Float64Array,
  m: number,
  n: number,
  b: Float64Array,
  x: Float64Array,
  units: Float64Array,
  normA: number,
  condition: number,
): Refined {
  const zeros = new Float64Array(m);
  const solution = { high: x, low: new Float64Array(n) };
  const r = augmentedResidual(A, m, n, b, solution, { high: zeros, low: zeros }).f;
  const spread = largest(x) === 0 ? 0 : largest(x) / largest(x.map((value, j) => value * units[j]!));
  const steep = spread === 0 ? 0 : condition * (1 + (condition * norm(r)) / (normA * norm(x)));
  return { x, r, steps: 0, error: UNIT + 10 * Math.max(m, n) * Number.EPSILON * steep * spread };
}

function backwardError(A: Float64Array, m: number, n: number, b: Float64Array, { x, r }: Refined): number {
  const [lowX, lowR] = [new Float64Array(n), new Float64Array(m)];
  const { f, g } = augmentedResidual(A, m, n, b, { high: x, low: lowX }, { high: r, low: lowR });
  const size = Math.max(1, largest(A)) * Math.max(largest(x), largest(r)) + largest(b);
  return size === 0 ? 0 : Math.max(largest(f), largest(g)) / size;
}
