import { Ell2Error } from "../errors.js";
import { augmentedGram } from "../kernels/index.js";
import { largestEigenvalue } from "../linalg/largestEigenvalue.js";
import type { Matrix } from "../linalg/matrix.js";

/*
 * The objective, once:
 *
 *   J(w, b) = L + ℓ₂ = 1/(mk)·‖Xw + 1bᵀ − Y‖²_F + (λ/2)·‖w‖²_F
 *
 *   ∂J/∂w = 2/(mk)·Xᵀr + λw        r = Xw + 1bᵀ − Y  [m×k]
 *   ∂J/∂b = 2/(mk)·1ᵀr             the bias is not decayed
 *
 * λ is PyTorch's `weight_decay` of the group that holds the weight.
 */

/**
 * L = Σr²/(mk), from the sums of squares of each target.
 * @param sums holds k sums from position `at` on
 * @param rows m ≥ 1
 */
export function meanSquaredError(sums: Float64Array, at: number, rows: number, k: number): number {
  let total = 0;
  for (let l = 0; l < k; l++) total += sums[at + l]!;
  return total / (rows * k);
}

/** Puts `meanSquaredError` into out[0]: a number that is returned may be boxed, and the batch loop allocates nothing. */
export function putLoss(sums: Float64Array, at: number, rows: number, k: number, out: Float64Array): void {
  out[0] = meanSquaredError(sums, at, rows, k);
}

/** ℓ₂ = (λ/2)·Σw² */
export function penalty(w: Matrix, lambda: number): number {
  return (lambda / 2) * w.data.reduce((sum, x) => sum + x * x, 0);
}

/**
 * The gradient of J from the sums Xᵀr and 1ᵀr.
 * @param sums Xᵀr [n×k], then 1ᵀr [k]
 * @param rows m ≥ 1, the rows that were summed
 * @param out ∂J/∂w [n×k], then ∂J/∂b [k]
 */
export function gradient(
  sums: Float64Array,
  w: Float64Array,
  lambda: number,
  rows: number,
  k: number,
  out: Float64Array,
): void {
  const scale = 2 / (rows * k);
  for (let i = 0; i < w.length; i++) out[i] = scale * sums[i]! + lambda * w[i]!;
  for (let i = w.length; i < w.length + k; i++) out[i] = scale * sums[i]!;
}

/**
 * The Hessian of J in (w, b) of one target, in place of [X 1]ᵀ[X 1]:
 * 2/(mk)·[X 1]ᵀ[X 1] + λ·diag(1, …, 1, 0).
 * @param gram [(n + 1)×(n + 1)]
 * @param rows m ≥ 1, or the sum of the row weights
 */
export function scaleToHessian(gram: Float64Array, n: number, rows: number, k: number, lambda: number): void {
  const scale = 2 / (rows * k);
  for (let i = 0; i < gram.length; i++) gram[i]! *= scale;
  for (let j = 0; j < n; j++) gram[j * (n + 1) + j]! += lambda;
}

/** L = λmax of a Hessian: gradient descent converges for every rate below 2/L. Infinite if the Hessian is. */
export function largestCurvature(hessian: Float64Array, n: number): number {
  return hessian.every(Number.isFinite) ? largestEigenvalue(hessian, n + 1) : Number.POSITIVE_INFINITY;
}

/** The curvature of J over the rows in [start, stop), at least one. */
export function curvature(X: Matrix, start: number, stop: number, k: number, lambda: number): number {
  const n = X.cols;
  const hessian = new Float64Array((n + 1) * (n + 1));
  augmentedGram(X.data, start, stop, n, hessian);
  scaleToHessian(hessian, n, stop - start, k, lambda);
  return largestCurvature(hessian, n);
}

/** More features than this make the curvature slow to compute where a bound will do. */
const MANY_FEATURES = 256;

/**
 * The curvature, or for many features and no more rows the bound 2/(mk)·λmax([X 1][X 1]ᵀ) + λ, which
 * is at most λ above it and needs a matrix of the rows alone.
 */
function curvatureBound(X: Matrix, start: number, stop: number, k: number, lambda: number): number {
  if (X.cols <= MANY_FEATURES || stop - start > X.cols) return curvature(X, start, stop, k, lambda);
  const rows = X.slice(start, stop);
  const gram = rows.matmul(rows.T).plus(1);
  if (!gram.data.every(Number.isFinite)) return Number.POSITIVE_INFINITY;
  return (2 / (rows.rows * k)) * largestEigenvalue(gram.data, rows.rows) + lambda;
}

/**
 * A rate at which no step of plain gradient descent moves away from where it is going:
 * 2/max L over the batches, L being the curvature of one. Shuffled batches are bounded by their
 * steepest row, L ≤ 2/k·max(‖x‖² + 1) + λ.
 *
 * For one batch this is the edge itself (with more than 256 features and no more rows, a bound of
 * it); for several the true edge may lie higher.
 * @param X features [m×n], m ≥ 1
 * @param batchSize rows a batch, ≥ 1
 * @param shuffled whether rows meet in other batches every epoch
 */
export function safeLearningRate(
  X: Matrix,
  k: number,
  batchSize: number,
  lambda: number,
  shuffled: boolean,
): number {
  let most = 0;
  if (shuffled && batchSize < X.rows) {
    for (let i = 0; i < X.rows; i++) {
      let square = 1;
      for (let j = 0; j < X.cols; j++) square += X.data[i * X.cols + j]! * X.data[i * X.cols + j]!;
      most = Math.max(most, (2 / k) * square + lambda);
    }
  } else {
    for (let start = 0; start < X.rows; start += batchSize) {
      most = Math.max(most, curvatureBound(X, start, Math.min(start + batchSize, X.rows), k, lambda));
    }
  }
  return 2 / most;
}

/** What `DIVERGED` says: where training left the finite numbers, and which rate would not have. */
export function diverged(
  where: string,
  at: { epoch: number; batch: number; loss: number; lr: number; safeLearningRate: number },
): Ell2Error {
  const { epoch, batch, loss, lr, safeLearningRate } = at;
  const rounded = Number(safeLearningRate.toPrecision(3));
  const safe = rounded <= safeLearningRate ? rounded : Number((0.995 * safeLearningRate).toPrecision(3));
  return new Ell2Error("DIVERGED", {
    where,
    expected: "finite losses and parameters",
    got: `loss ${loss} in epoch ${epoch}, batch ${batch}, at learning rate ${lr}`,
    remedy: `a rate of at most ${safe} is safe for plain gradient descent on these batches; the model keeps its last finite parameters, from which it is best to start anew`,
    data: at,
  });
}
