import { Ell2Error } from "../errors.js";
import { augmentedGram } from "../kernels/reference.js";
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

/** More features than this make the curvature slow to compute where a bound will do. */
const MANY_FEATURES = 256;

/**
 * The largest curvature of J over some rows: λmax of 2/(mk)·[X 1]ᵀ[X 1] + λ·diag(1, …, 1, 0). With
 * many features and no more rows, the bound 2/(mk)·λmax([X 1][X 1]ᵀ) + λ, which is at most λ above it.
 * Gradient descent on these rows converges for every rate below 2 over it.
 * @param X features; the rows in [start, stop) are taken, at least one
 */
export function curvature(X: Matrix, start: number, stop: number, k: number, lambda: number): number {
  const n = X.cols;
  const scale = 2 / ((stop - start) * k);
  if (n > MANY_FEATURES && stop - start <= n) return scale * largestOfRows(X, start, stop) + lambda;
  const hessian = new Float64Array((n + 1) * (n + 1));
  augmentedGram(X.data, start, stop, n, hessian);
  for (let i = 0; i < hessian.length; i++) hessian[i]! *= scale;
  for (let j = 0; j < n; j++) hessian[j * (n + 1) + j]! += lambda;
  return hessian.every(Number.isFinite) ? largestEigenvalue(hessian, n + 1) : Number.POSITIVE_INFINITY;
}

/** λmax of [X 1][X 1]ᵀ, which is that of [X 1]ᵀ[X 1]: the smaller matrix where there are fewer rows than features. */
function largestOfRows(X: Matrix, start: number, stop: number): number {
  const rows = X.slice(start, stop);
  const gram = rows.matmul(rows.T).plus(1);
  return gram.data.every(Number.isFinite)
    ? largestEigenvalue(gram.data, rows.rows)
    : Number.POSITIVE_INFINITY;
}

/**
 * A rate at which no step of plain gradient descent moves away from where it is going:
 * 2/max L over the batches, L being the curvature of one. Shuffled batches are bounded by their
 * steepest row, L ≤ 2/k·max(‖x‖² + 1) + λ.
 *
 * For one batch this is the edge itself; for several the true edge may lie higher.
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
      most = Math.max(most, curvature(X, start, Math.min(start + batchSize, X.rows), k, lambda));
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
    remedy: `a rate of at most ${safe} is safe for plain gradient descent on these batches; the model keeps its last finite parameters`,
    data: at,
  });
}
