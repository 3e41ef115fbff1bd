import type { Moments } from "../data/moments.js";
import { matmul } from "../kernels/index.js";
import { meanSquaredError } from "./objective.js";

/** Moments laid out for arithmetic: what `Moments` hands out as copies, taken once. */
export interface FlatMoments {
  /** W */
  weight: number;
  n: number;
  k: number;
  meanX: Float64Array;
  meanY: Float64Array;
  /** [n×n] */
  sxx: Float64Array;
  /** [n×k] */
  sxy: Float64Array;
  /** The diagonal of Syy [k]. */
  syy: Float64Array;
}

export function flatten(moments: Moments): FlatMoments {
  const { inputs, outputs, weight, meanX, meanY, sxx, sxy, syy } = moments;
  const k = outputs.length;
  return {
    weight,
    n: inputs.length,
    k,
    meanX,
    meanY,
    sxx: sxx.data,
    sxy: sxy.data,
    syy: Float64Array.from({ length: k }, (_, l) => syy.data[l * k + l]!),
  };
}

/**
 * The sums of a descent step from moments, laid out as the kernels lay them out:
 *
 *   Xᵀr = Sxx·w − Sxy + W·x̄ρᵀ      1ᵀr = Wρ      Σr² = Σⱼ wⱼ(Sxx·w − 2Sxy)ⱼ + Syy + Wρ²
 *
 * with ρ = x̄ᵀw + b − ȳ, the mean residual [k].
 *
 * @param sums Xᵀr [n×k], 1ᵀr [k], Σr² [k]
 * @param products room for Sxx·w [n×k]
 * @returns an absolute bound of the rounding error of ΣΣr²: it is a difference of larger sums
 */
export function momentSums(
  { weight, n, k, meanX, meanY, sxx, sxy, syy }: FlatMoments,
  w: Float64Array,
  b: Float64Array,
  sums: Float64Array,
  products: Float64Array,
): number {
  matmul(sxx, w, n, n, k, products);
  const [gradient, mean, squares] = [0, n * k, (n + 1) * k];
  // ρ, while it is needed, stands where Wρ goes
  for (let l = 0; l < k; l++) sums[mean + l] = b[l]! - meanY[l]!;
  for (let j = 0; j < n; j++) for (let l = 0; l < k; l++) sums[mean + l]! += meanX[j]! * w[j * k + l]!;
  let size = 0;
  for (let l = 0; l < k; l++) {
    const rho = sums[mean + l]!;
    sums[squares + l] = syy[l]! + weight * rho * rho;
    size += sums[squares + l]!;
  }
  for (let j = 0; j < n; j++) {
    const shift = weight * meanX[j]!;
    for (let l = 0; l < k; l++) {
      const at = j * k + l;
      const product = products[at]!;
      const cross = sxy[at]!;
      const weightJL = w[at]!;
      sums[squares + l] = sums[squares + l]! + weightJL * (product - cross) - weightJL * cross;
      size += Math.abs(weightJL) * (Math.abs(product) + 2 * Math.abs(cross));
      sums[gradient + at] = product - cross + shift * sums[mean + l]!;
    }
  }
  for (let l = 0; l < k; l++) sums[mean + l]! *= weight;
  return (n + 32) * Number.EPSILON * size;
}

/** Σr² of each target [k] of the rows behind some moments, with an absolute bound of the rounding error of their sum. */
export function momentSquares(
  moments: FlatMoments,
  w: Float64Array,
  b: Float64Array,
): { squares: Float64Array; bound: number } {
  const { n, k } = moments;
  const sums = new Float64Array((n + 2) * k);
  const bound = momentSums(moments, w, b, sums, new Float64Array(n * k));
  return { squares: sums.subarray((n + 1) * k), bound };
}

/** L of the rows behind some moments, with an absolute bound of its rounding error. */
export function momentLoss(
  moments: FlatMoments,
  w: Float64Array,
  b: Float64Array,
): { mse: number; bound: number } {
  const { k, weight } = moments;
  const { squares, bound } = momentSquares(moments, w, b);
  return { mse: meanSquaredError(squares, 0, weight, k), bound: bound / (weight * k) };
}

/** [X 1]ᵀ[X 1] of the rows behind some moments [(n + 1)×(n + 1)]. */
export function momentGram({ weight, n, meanX, sxx }: FlatMoments): Float64Array {
  const size = n + 1;
  const out = new Float64Array(size * size);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) out[j * size + i] = sxx[j * n + i]! + weight * meanX[j]! * meanX[i]!;
    out[j * size + n] = out[n * size + j] = weight * meanX[j]!;
  }
  out[n * size + n] = weight;
  return out;
}
