import { Dataset } from "../data/dataset.js";
import { Moments } from "../data/moments.js";
import { Ell2Error } from "../errors.js";
import { cholesky, choleskySolve, reciprocalCondition1 } from "../linalg/cholesky.js";
import { leastSquares } from "../linalg/leastSquares.js";
import { Matrix } from "../linalg/matrix.js";
import { svd } from "../linalg/svd.js";
import { LinearRegression } from "../model/linearRegression.js";
import type { FlatMoments } from "../model/momentSums.js";
import { checkBoolean, checkNonNegative, checkOptions } from "../numbers/check.js";
import { log } from "../numbers/elementary.js";
import { Torch } from "../random/torch.js";
import { alphaOf, systemOf } from "./system.js";

/** How a closed form was reached, and what its digits are worth. */
export interface Receipt {
  /** Cholesky of the centred, scaled, penalised moments; refined QR of the rows; Cholesky of the dual system; least norm by SVD. */
  solver: "cholesky" | "qr" | "dual" | "least norm";
  /** An estimate of the condition number of the system that was solved. */
  condition: number;
  /** ‖residual of the solved system‖/(‖system‖·‖solution‖ + ‖right-hand side‖), largest entries. */
  backwardError: number;
  /** Decimal digits of the largest weight of a target that can be trusted, given that the data are exact. */
  digits: number;
}

/** A regression in closed form, with how it was reached. */
export type Ridge = LinearRegression & { receipt: Receipt };

/** Cholesky accepts systems of which it gets no digit right: beyond this it is not asked. */
const WORST_CONDITION = 1e8;

/**
 * The limit of full-batch training, in closed form: ridge regression with a free bias,
 *
 *   (Sxx + αI)·w = Sxy,   b = ȳ − wᵀx̄,   α = λWk/2
 *
 * By Cholesky on the centred moments, scaled to a diagonal of 1. Where their condition number
 * exceeds 1e8 the rows are needed: QR with iterative refinement, residuals in double-double; with
 * more features than rows the dual system; for λ = 0 and dependent columns the least norm. Source:
 * scikit-learn's `Ridge(alpha=λmk/2)`.
 *
 * Without a bias the sums are taken about 0, and b = 0.
 *
 * @param data rows, with their weights if they have any; or their moments
 * @param options.lambda λ ≥ 0
 * @param options.intercept whether there is a bias; true by default
 * @returns the model and its receipt
 * @throws NOT_POSITIVE_DEFINITE where moments alone cannot tell the weights; SHAPE without rows; VALUE, OPTION
 */
export function ridge(data: Dataset | Moments, options: { lambda: number; intercept?: boolean }): Ridge {
  const where = "ridge";
  checkOptions(where, options, ["lambda", "intercept"]);
  const lambda = checkNonNegative(where, "lambda", options.lambda);
  const intercept = checkBoolean(where, "intercept", options.intercept ?? true);
  const { flat } = systemOf(someRows(where, data), { standardize: false, intercept });
  return solveRidge(where, data instanceof Dataset ? data : null, flat, lambda, intercept);
}

/** The moments of rows that there are. @throws SHAPE where there are none, or none that counts */
export function someRows(where: string, data: Dataset | Moments): Moments {
  const moments = data instanceof Dataset ? Moments.of(data) : data;
  if (moments.weight > 0) return moments;
  throw new Ell2Error("SHAPE", { where, expected: "at least one row", got: "none" });
}

/**
 * Ridge regression in the coordinates of a system.
 * @param rows in those coordinates, or null
 * @param flat the moments of the system
 */
export function solveRidge(
  where: string,
  rows: Dataset | null,
  flat: FlatMoments,
  lambda: number,
  intercept: boolean,
): Ridge {
  const alpha = alphaOf(lambda, flat);
  if (rows !== null && rows.X.cols >= rows.rows) return fromDual(rows, flat, lambda);
  const solved = fromMoments(flat, alpha);
  if (solved !== null) return asModel(flat, lambda, solved.w, solved.receipt);
  if (rows === null) {
    throw new Ell2Error("NOT_POSITIVE_DEFINITE", {
      where,
      expected: `moments with a condition number of at most ${WORST_CONDITION}`,
      got: "columns that are (nearly) dependent",
      remedy: "give the rows, or a larger λ",
      data: { lambda },
    });
  }
  return fromRows(rows, flat, lambda, intercept);
}

/** Solves the penalised normal equations; null where Cholesky is not to be trusted with them. */
function fromMoments(flat: FlatMoments, alpha: number): { w: Float64Array; receipt: Receipt } | null {
  const { n, k, sxx, sxy, weight, meanX } = flat;
  const scale = Float64Array.from({ length: n }, (_, j) => {
    const spread = sxx[j * n + j]!;
    const mean = meanX[j]!;
    const tolerance = 10 * weight * Number.EPSILON * mean;
    const constant = spread <= weight * tolerance * tolerance;
    const diagonal = constant ? 0 : spread + alpha;
    return diagonal > 0 ? 1 / Math.sqrt(diagonal) : 0;
  });
  // a constant column keeps a diagonal of 1 and nothing else: its weight is 0
  const A = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++)
      A[i * n + j] = scale[i]! * (sxx[i * n + j]! + (i === j ? alpha : 0)) * scale[j]!;
    if (scale[i] === 0) A[i * n + i] = 1;
  }
  const { L, failedAt } = cholesky(A, n);
  if (failedAt !== null) return null;
  const condition = n === 0 ? 1 : 1 / reciprocalCondition1(A, L, n);
  if (!(condition <= WORST_CONDITION)) return null;
  const B = sxy.map((s, at) => s * scale[Math.floor(at / k)]!);
  const w = B.slice();
  choleskySolve(L, n, w, k);
  const backwardError = relativeResidual(A, n, n, w, B, k);
  for (let at = 0; at < w.length; at++) w[at]! *= scale[Math.floor(at / k)]!;
  return {
    w,
    receipt: { solver: "cholesky", condition, backwardError, digits: digitsLeft(condition, 1e-15) },
  };
}

/** [X−c 1; √α 0]·[w; β] ≈ [Y; 0] by refined QR; the shift c is exact, or left out. Without a bias its column is left out. */
function fromRows(rows: Dataset, flat: FlatMoments, lambda: number, intercept: boolean): Ridge {
  const { X, Y, weights } = rows;
  const [m, n, k] = [X.rows, X.cols, Y.cols];
  const alpha = alphaOf(lambda, flat);
  const shift = exactShift(X, flat.meanX);
  const p = n + (intercept ? 1 : 0);
  const penaltyRows = alpha > 0 ? n : 0;
  const A = new Float64Array((m + penaltyRows) * p);
  const B = new Float64Array((m + penaltyRows) * k);
  for (let i = 0; i < m; i++) {
    const root = weights === null ? 1 : Math.sqrt(weights[i]!);
    if (intercept) A[i * p + n] = root;
    for (let j = 0; j < n; j++) A[i * p + j] = root * (X.data[i * n + j]! - shift[j]!);
    for (let l = 0; l < k; l++) B[i * k + l] = root * Y.data[i * k + l]!;
  }
  for (let j = 0; j < penaltyRows; j++) A[(m + j) * p + j] = Math.sqrt(alpha);
  const { x, rank, condition, backwardError, digits } = leastSquares(A, m + penaltyRows, p, B, k);
  if (rank < p) return leastNorm(rows, flat, lambda);
  const w = x.slice(0, n * k);
  const model = asModel(flat, lambda, w, { solver: "qr", condition, backwardError, digits });
  for (let l = 0; l < k && intercept; l++) {
    let bias = x[n * k + l]!;
    for (let j = 0; j < n; j++) bias -= shift[j]! * w[j * k + l]!;
    model.b.data[l] = bias;
  }
  return model;
}

/** A shift near the means for which no X − c is rounded; zeros where there is none. */
function exactShift(X: Matrix, mean: Float64Array): Float64Array {
  const shift = mean.map((c) => Math.round(c));
  for (let at = 0; at < X.numel; at++) {
    const j = at % X.cols;
    const moved = X.data[at]! - shift[j]!;
    if (moved + shift[j]! !== X.data[at]! || X.data[at]! - moved !== shift[j]!) shift[j] = 0;
  }
  return shift;
}

/** As many features as rows or more: w = Xcᵀ(XcXcᵀ + αI)⁻¹Yc, from m equations. */
function fromDual(rows: Dataset, flat: FlatMoments, lambda: number): Ridge {
  const alpha = alphaOf(lambda, flat);
  const { Xc, Yc } = centred(rows, flat);
  const [m, n, k] = [Xc.rows, Xc.cols, Yc.cols];
  const K = Xc.matmul(Xc.T).data;
  for (let i = 0; i < m; i++) K[i * m + i]! += alpha;
  const { L, failedAt } = cholesky(K, m);
  const condition = failedAt === null ? 1 / reciprocalCondition1(K, L, m) : Number.POSITIVE_INFINITY;
  if (!(alpha > 0) || !(condition <= WORST_CONDITION)) return leastNorm(rows, flat, lambda);
  const dual = Yc.data.slice();
  choleskySolve(L, m, dual, k);
  const backwardError = relativeResidual(K, m, m, dual, Yc.data, k);
  const w = Xc.T.matmul(new Matrix(m, k, dual)).data;
  const receipt: Receipt = {
    solver: "dual",
    condition,
    backwardError,
    digits: digitsLeft(condition, n * 1e-16),
  };
  return asModel(flat, lambda, w, receipt);
}

/** w = V·diag(s/(s² + α))·Uᵀ·Yc over the singular values that are not rounding: at α = 0 the least norm. */
function leastNorm(rows: Dataset, flat: FlatMoments, lambda: number): Ridge {
  const alpha = alphaOf(lambda, flat);
  const { Xc, Yc } = centred(rows, flat);
  const wide = Xc.cols > Xc.rows;
  const tall = wide ? Xc.T : Xc;
  const { U, s, V } = svd(tall.data, tall.rows, tall.cols);
  const q = tall.cols;
  const tolerance = Math.max(Xc.rows, Xc.cols) * Number.EPSILON * (s[0] ?? 0);
  const left = new Matrix(tall.rows, q, U);
  const right = new Matrix(q, q, V);
  const [rowSide, columnSide] = wide ? [right, left] : [left, right];
  const z = rowSide.T.matmul(Yc);
  const kept = s.filter((value) => value > tolerance);
  for (let i = 0; i < q; i++) {
    const value = s[i]!;
    const filter = value > tolerance ? value / (value * value + alpha) : 0;
    for (let l = 0; l < z.cols; l++) z.data[i * z.cols + l]! *= filter;
  }
  const w = columnSide.matmul(z).data;
  const condition = kept.length === 0 ? 1 : kept[0]! / kept.at(-1)!;
  const receipt: Receipt = {
    solver: "least norm",
    condition,
    backwardError: 0,
    digits: digitsLeft(condition, q * 1e-15),
  };
  return asModel(flat, lambda, w, receipt);
}

/** √ω(X − x̄) and √ω(Y − ȳ), with the means that the system has */
function centred({ X, Y, weights }: Dataset, { meanX, meanY }: FlatMoments): { Xc: Matrix; Yc: Matrix } {
  const center = (A: Matrix, mean: Float64Array) => {
    const out = A.minus(new Matrix(1, A.cols, mean));
    return weights === null ? out : out.times(new Matrix(A.rows, 1, weights.map(Math.sqrt)));
  };
  return { Xc: center(X, meanX), Yc: center(Y, meanY) };
}

/** A model with these weights, and the bias ȳ − wᵀx̄. */
function asModel(flat: FlatMoments, lambda: number, w: Float64Array, receipt: Receipt): Ridge {
  const { n, k, meanX, meanY } = flat;
  const model = new LinearRegression(n, k, { lambda, generator: new Torch(0) });
  model.w.data.set(w);
  for (let l = 0; l < k; l++) {
    let bias = meanY[l]!;
    for (let j = 0; j < n; j++) bias -= meanX[j]! * w[j * k + l]!;
    model.b.data[l] = bias;
  }
  return Object.assign(model, { receipt });
}

/** max|A·x − B|/(max|A|·max|x|·n + max|B|) */
function relativeResidual(
  A: Float64Array,
  m: number,
  n: number,
  x: Float64Array,
  B: Float64Array,
  k: number,
): number {
  const largest = (values: Float64Array) =>
    values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let worst = 0;
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      let sum = -B[i * k + l]!;
      for (let j = 0; j < n; j++) sum += A[i * n + j]! * x[j * k + l]!;
      worst = Math.max(worst, Math.abs(sum));
    }
  }
  const size = largest(A) * largest(x) * n + largest(B);
  return size === 0 ? 0 : worst / size;
}

/** Digits that are left of a relative error of `error` behind a condition number. */
const digitsLeft = (condition: number, error: number): number =>
  Math.max(0, Math.floor(-log(Math.max(condition, 1) * Math.max(error, 1e-16)) / Math.LN10 - 0.5));
