import type { Dataset } from "../data/dataset.js";
import type { Moments } from "../data/moments.js";
import { matmul } from "../kernels/index.js";
import { Matrix } from "../linalg/matrix.js";
import { qr } from "../linalg/qr.js";
import { svd } from "../linalg/svd.js";
import { DenseSolution } from "./denseSolution.js";
import { wholeDigits } from "./digits.js";
import { Factored, type Factorisation, inUnits } from "./factored.js";
import { residualSums, transposed } from "./rowResiduals.js";
import type { Solution, Solver, Spread } from "./solution.js";
import { alphaOf, type Means, type System } from "./system.js";

/** √α beside the largest rounding of a singular value from which λ decides between dependent columns. */
const LEAST_TO_DECIDE = 1e3;
/** Beyond, a condition number is that of rounding. */
const MOST_KNOWN_CONDITION = 1e14;

/** The rows in the coordinates in which weights are penalised: √ω(x − c)/s and √ω(y − ȳ). */
function scaledRows(
  { flat, scaler, constant, intercept }: System,
  moments: Means,
  { X, Y, weights }: Dataset,
) {
  const { n, k } = flat;
  const centre = intercept ? moments.meanX : new Float64Array(n);
  const unit = Float64Array.from({ length: n }, (_, j) => (constant[j] ? 0 : 1 / (scaler?.scale[j] ?? 1)));
  const meanY = intercept ? moments.meanY : new Float64Array(k);
  const root = weights === null ? null : new Matrix(X.rows, 1, weights.map(Math.sqrt));
  const weighted = (A: Matrix) => (root === null ? A : A.times(root));
  return {
    Xs: weighted(X.minus(new Matrix(1, n, centre)).times(new Matrix(1, n, unit))),
    Ys: weighted(Y.minus(new Matrix(1, k, meanY))),
  };
}

/** A solution in doubles, in the system's coordinates, in the data's units. */
function solutionOf(
  system: System,
  moments: Means,
  rows: Dataset,
  lambda: number,
  found: {
    solver: Solver;
    x: Float64Array;
    rank: number;
    dependent: boolean;
    condition: number | null;
    /** The condition number of the rows. */
    kappa: number;
    error: number;
    spread: ((rss: Float64Array) => Spread) | null;
    factor: Matrix;
  },
): Solution {
  const { flat, scaler, intercept } = system;
  const { n, k } = flat;
  const w = found.x.map((value, at) => value / (scaler?.scale[Math.floor(at / k)] ?? 1));
  const b = intercept ? moments.meanY.slice() : new Float64Array(k);
  const meanX = moments.meanX;
  for (let l = 0; l < k && intercept; l++) for (let j = 0; j < n; j++) b[l]! -= meanX[j]! * w[j * k + l]!;
  const [wLow, bLow] = [new Float64Array(n * k), new Float64Array(k)];
  const { squares } = residualSums(rows, intercept ? meanX : new Float64Array(n), { w, wLow, b, bLow });
  const most = (l: number) =>
    found.x.reduce((size, x, at) => (at % k === l ? Math.max(size, Math.abs(x)) : size), 0);
  return {
    solver: found.solver,
    lambda,
    w,
    wLow,
    b,
    bLow,
    rss: Array.from(squares),
    rank: found.rank,
    dependent: found.dependent,
    digits: Array.from({ length: k }, (_, l) => {
      const errors: number[] = [];
      // a target far from 0 was rounded when it was centred; what is not explained counts with κ², as for any rounding of rows
      const far = Math.abs(moments.meanY[l]!) * Math.sqrt(flat.weight / flat.syy[l]!);
      const left = squares[l]! / Math.max(flat.syy[l]! - squares[l]!, Number.MIN_VALUE);
      const error = found.error * (1 + far + found.kappa * Math.sqrt(left));
      for (let j = 0; j < n; j++) {
        const size = Math.abs(found.x[j * k + l]!);
        if (size > 0) errors.push((error * most(l)) / size);
      }
      if (!intercept || b[l] === 0) return wholeDigits(errors);
      let bias = Number.EPSILON * Math.abs(moments.meanY[l]!);
      for (let j = 0; j < n; j++) bias += (Math.abs(meanX[j]!) * error * most(l)) / (scaler?.scale[j] ?? 1);
      errors.push(bias / Math.abs(b[l]!));
      return wholeDigits(errors);
    }),
    condition: found.condition,
    spread: found.spread?.(squares) ?? null,
    factor: found.factor,
  };
}

/** S + αD = RᵀR by Householder QR of the scaled rows and √αD: its error counts with κ, not κ². */
class FactoredRows implements Factorisation {
  readonly solver = "qr";
  readonly n: number;
  readonly alpha: number;
  readonly scale: Float64Array;
  readonly condition: number;
  /** Whether columns are independent as far as R can tell. */
  readonly isFull: boolean;
  /** R of the rows alone, and R⁻¹, columns scaled [n×n]. */
  readonly #ofRows: Float64Array;
  readonly #inverse: Float64Array;

  constructor(
    readonly system: System,
    moments: Means,
    rows: Dataset,
    readonly lambda: number,
  ) {
    const { Xs } = scaledRows(system, moments, rows);
    const [m, n] = [Math.max(Xs.rows, Xs.cols), Xs.cols];
    this.n = n;
    this.alpha = alphaOf(lambda, system.flat);
    const squares = new Float64Array(n);
    for (const [at, x] of Xs.data.entries()) squares[at % n]! += x * x;
    this.scale = squares.map((sum, j) => (system.constant[j] ? 0 : 1 / Math.sqrt(sum + this.alpha)));
    const A = new Float64Array(m * n);
    for (const [at, x] of Xs.data.entries()) A[at] = x * this.scale[at % n]!;
    this.#ofRows = upperTriangle(A, m, n);
    const stacked = new Float64Array(2 * n * n);
    stacked.set(this.#ofRows);
    // of a constant column nothing is in the rows: its weight is 0
    for (let j = 0; j < n; j++)
      stacked[(n + j) * n + j] = this.scale[j] === 0 ? 1 : Math.sqrt(this.alpha) * this.scale[j]!;
    const R = upperTriangle(stacked, 2 * n, n);
    const { s } = svd(R, n, n);
    this.isFull = s.every((value) => value > m * Number.EPSILON * s[0]!);
    this.condition = this.isFull ? (s[0]! / s[n - 1]!) * (s[0]! / s[n - 1]!) : Number.POSITIVE_INFINITY;
    this.#inverse = inverseOfUpper(R, n);
  }

  solve(B: Float64Array, k: number): void {
    const { n, scale } = this;
    const once = new Float64Array(n * k);
    const M = this.#inverse;
    for (let at = 0; at < B.length; at++) B[at]! *= scale[Math.floor(at / k)]!;
    matmul(transposed(M, n, n), B, n, n, k, once);
    matmul(M, once, n, n, k, B);
    for (let at = 0; at < B.length; at++) B[at]! *= scale[Math.floor(at / k)]!;
  }

  factor(): Matrix {
    const { n, scale } = this;
    const unit = this.system.scaler?.scale;
    const M = transposed(this.#inverse, n, n);
    return new Matrix(
      n,
      n,
      M.map((value, at) => (value * scale[at % n]!) / (unit?.[at % n] ?? 1)),
    );
  }

  covariance(): { C: Float64Array; df: number } {
    const { n, scale } = this;
    const M = this.#inverse;
    // R₁R⁻¹ has the cosines of the angles between rows and penalty: no difference of large terms
    const [share, root, C] = [new Float64Array(n * n), new Float64Array(n * n), new Float64Array(n * n)];
    matmul(this.#ofRows, M, n, n, n, share);
    matmul(share, transposed(M, n, n), n, n, n, root);
    matmul(transposed(root, n, n), root, n, n, n, C);
    for (let at = 0; at < C.length; at++) C[at]! *= scale[Math.floor(at / n)]! * scale[at % n]!;
    const independent = n - this.system.constant.filter(Boolean).length;
    return {
      C: inUnits(C, this.system.scaler?.scale, n),
      df: this.alpha === 0 ? independent : share.reduce((sum, value) => sum + value * value, 0),
    };
  }
}

/** R of a matrix [m×n] [n×n]. */
function upperTriangle(A: Float64Array, m: number, n: number): Float64Array {
  const R = qr(A, m, n).factors.slice(0, n * n);
  for (let i = 0; i < n; i++) R.fill(0, i * n, i * n + i);
  return R;
}

/** R⁻¹ [n×n] */
function inverseOfUpper(R: Float64Array, n: number): Float64Array {
  const M = new Float64Array(n * n);
  for (let c = 0; c < n; c++) {
    M[c * n + c] = 1 / R[c * n + c]!;
    for (let i = c - 1; i >= 0; i--) {
      let sum = 0;
      for (let j = i + 1; j <= c; j++) sum -= R[i * n + j]! * M[j * n + c]!;
      M[i * n + c] = sum / R[i * n + i]!;
    }
  }
  return M;
}

/**
 * Least squares of the rows and the penalty by QR, corrected with the residuals of the rows in double-double: for
 * rows of which Cholesky of the sums gets no digit. Of dependent columns, and where
 * corrections get nowhere, `leastNorm`.
 */
export function refinedQR(system: System, moments: Moments, rows: Dataset, lambda: number): Solution {
  const factored = new FactoredRows(system, moments, rows, lambda);
  if (factored.isFull) {
    const solution = new DenseSolution(factored, moments, rows);
    if (solution.stands) return solution;
  }
  return leastNorm(system, moments, rows, lambda);
}

/** V·diag(s/(s² + α))·Uᵀ·Y over the singular values that are not rounding: at α = 0 the least norm. */
export function leastNorm(system: System, moments: Means, rows: Dataset, lambda: number): Solution {
  const alpha = alphaOf(lambda, system.flat);
  const { Xs, Ys } = scaledRows(system, moments, rows);
  const wide = Xs.cols > Xs.rows;
  const tall = wide ? Xs.T : Xs;
  const { U, s, V } = svd(tall.data, tall.rows, tall.cols);
  const q = tall.cols;
  // centring has rounded the rows, and takes a direction
  const rounded = Math.sqrt(moments.weight) * largestMean(system, moments);
  const tolerance = Math.max(Xs.rows, Xs.cols) * Number.EPSILON * ((s[0] ?? 0) + rounded);
  const left = new Matrix(tall.rows, q, U);
  const right = new Matrix(q, q, V);
  const [rowSide, columnSide] = wide ? [right, left] : [left, right];
  const z = rowSide.T.matmul(Ys);
  const kept = s.filter((value) => value > tolerance);
  for (let i = 0; i < q; i++) {
    const value = s[i]!;
    const filter = value > tolerance ? value / (value * value + alpha) : 0;
    for (let l = 0; l < z.cols; l++) z.data[i * z.cols + l]! *= filter;
  }
  const x = columnSide.matmul(z).data;
  const kappa = kept.length === 0 ? 1 : kept[0]! / kept.at(-1)!;
  const error = kappa * q * 64 * Number.EPSILON;
  const independent = system.constant.filter((is) => !is).length;
  const dependent = kept.length < independent && !(Math.sqrt(alpha) > LEAST_TO_DECIDE * tolerance);
  const directions = { s: kept, V: columnSide, alpha };
  const { condition } = new Factored(system, lambda);
  return solutionOf(system, moments, rows, lambda, {
    solver: "least norm",
    x,
    rank: kept.length,
    dependent,
    condition: dependent || !(condition < MOST_KNOWN_CONDITION) ? null : condition,
    kappa,
    error,
    spread: dependent ? null : (rss) => spreadOf(system, moments, directions, rss),
    factor: new Matrix(
      kept.length,
      system.flat.n,
      rowsOf(system, directions, (d) => 1 / Math.sqrt(d * d + alpha)),
    ),
  });
}

/** The largest mean in the coordinates in which weights are penalised; 0 without a bias. */
function largestMean({ constant, scaler, intercept }: System, { meanX }: Means): number {
  if (!intercept) return 0;
  return meanX.reduce(
    (most, mean, j) => (constant[j] ? most : Math.max(most, Math.abs(mean) / (scaler?.scale[j] ?? 1))),
    0,
  );
}

/** Directions of the rows in the penalised coordinates: singular values, and vectors in the columns of V [n×q]. */
interface Directions {
  s: Float64Array;
  V: Matrix;
  alpha: number;
}

/** factor(dᵢ)·vᵢ in the data's units for each direction [r×n]. */
function rowsOf(
  { scaler, flat: { n } }: System,
  { s, V }: Directions,
  factor: (d: number) => number,
): Float64Array {
  return Float64Array.from({ length: s.length * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return (factor(s[i]!) * V.data[j * V.cols + i]!) / (scaler?.scale[j] ?? 1);
  });
}

/** df = Σd²/(d² + α), V = Σ(d/(d² + α))²·vvᵀ */
function spreadOf(system: System, moments: Means, directions: Directions, rss: Float64Array): Spread {
  const { s, alpha } = directions;
  const { n } = system.flat;
  const M = rowsOf(system, directions, (d) => d / (d * d + alpha));
  const squares = new Float64Array(n);
  let bias = system.intercept ? 1 / moments.weight : 0;
  for (let i = 0; i < s.length; i++) {
    let along = 0;
    for (let j = 0; j < n; j++) {
      const value = M[i * n + j]!;
      squares[j]! += value * value;
      if (system.intercept) along += value * moments.meanX[j]!;
    }
    bias += along * along;
  }
  return {
    df: s.reduce((sum, d) => sum + (d * d) / (d * d + alpha), 0),
    standardError: (j, l, degrees) => Math.sqrt((rss[l]! / degrees) * squares[j]!),
    biasStandardError: (l, degrees) => Math.sqrt((rss[l]! / degrees) * bias),
  };
}
