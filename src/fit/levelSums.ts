import type { Levels } from "../data/levelDataset.js";
import type { Matrix } from "../linalg/matrix.js";

/** Rows with levels, as `LevelDataset` has them. */
export interface LevelRows extends Levels {
  /** The other features in order [m×p]. */
  rest: Matrix;
  Y: Matrix;
  weights: Float64Array | null;
}

/** What rows with levels add up to: with it ridge regression takes O(Lp² + p³) for a λ, whatever the number of rows. */
export interface LevelSums {
  levels: number;
  p: number;
  k: number;
  /** W */
  weight: number;
  /** Means of the other features and of the targets; 0 without a bias. */
  meanX: Float64Array;
  meanY: Float64Array;
  /** Σω of each level, last of the rows without one [L+1]. */
  counts: Float64Array;
  /** Rows with a weight above 0 of each level [L+1]. */
  present: Uint32Array;
  /** The mean of z = [x y] in each level, less that of all [L+1 × p+k]; 0 for a level without rows. */
  means: Float64Array;
  /** Σω(z − its level's mean)(…)ᵀ [p+k × p+k] */
  within: Float64Array;
  /** Population variances of the p other features. */
  variance: Float64Array;
  /** Which of the other features are of one value. */
  constant: boolean[];
}

/**
 * Adds rows up.
 * @param rows which of them; all by default
 * @param intercept whether means are taken away, as a bias allows
 */
export function levelSums(
  data: LevelRows,
  intercept: boolean,
  rows: ArrayLike<number> | null = null,
): LevelSums {
  const { level, levels, rest, Y, weights } = data;
  const [p, k] = [rest.cols, Y.cols];
  const width = p + k;
  const count = rows?.length ?? level.length;
  const rowAt = (at: number) => (rows === null ? at : rows[at]!);
  const value = (i: number, c: number) => (c < p ? rest.data[i * p + c]! : Y.data[i * k + c - p]!);
  const groups = levels + 1;
  const counts = new Float64Array(groups);
  const present = new Uint32Array(groups);
  const groupOf = (i: number) => (level[i]! < 0 ? levels : level[i]!);
  let weight = 0;
  let origin = -1;
  const constant = new Array<boolean>(width).fill(true);
  const mean = new Float64Array(width);
  for (let at = 0; at < count; at++) {
    const i = rowAt(at);
    const omega = weights?.[i] ?? 1;
    if (!(omega > 0)) continue;
    if (origin < 0) origin = i;
    weight += omega;
    counts[groupOf(i)]! += omega;
    present[groupOf(i)]!++;
    for (let c = 0; c < width; c++) {
      // about the first row, so that offsets do no harm
      const deviation = value(i, c) - value(origin, c);
      if (deviation !== 0) constant[c] = false;
      mean[c]! += omega * deviation;
    }
  }
  for (let c = 0; c < width; c++) mean[c] = (origin < 0 ? 0 : value(origin, c)) + mean[c]! / weight;
  const shift = intercept ? mean : new Float64Array(width);
  const means = new Float64Array(groups * width);
  for (let at = 0; at < count; at++) {
    const i = rowAt(at);
    const omega = weights?.[i] ?? 1;
    const group = groupOf(i) * width;
    for (let c = 0; c < width; c++) means[group + c]! += omega * (value(i, c) - shift[c]!);
  }
  for (let at = 0; at < means.length; at++) {
    const own = counts[Math.floor(at / width)]!;
    means[at] = own > 0 ? means[at]! / own : 0;
  }
  const within = new Float64Array(width * width);
  const deviation = new Float64Array(width);
  for (let at = 0; at < count; at++) {
    const i = rowAt(at);
    const omega = weights?.[i] ?? 1;
    const group = groupOf(i) * width;
    for (let c = 0; c < width; c++) deviation[c] = value(i, c) - shift[c]! - means[group + c]!;
    for (let c = 0; c < width; c++) {
      const scaled = omega * deviation[c]!;
      for (let d = c; d < width; d++) within[c * width + d]! += scaled * deviation[d]!;
    }
  }
  for (let c = 0; c < width; c++) for (let d = 0; d < c; d++) within[c * width + d] = within[d * width + c]!;
  const variance = Float64Array.from({ length: p }, (_, j) => {
    let sum = within[j * width + j]!;
    for (let g = 0; g < groups; g++) {
      const distance = means[g * width + j]! + (shift[j]! - mean[j]!);
      sum += counts[g]! * distance * distance;
    }
    return sum / weight;
  });
  return {
    levels,
    p,
    k,
    weight,
    meanX: shift.slice(0, p),
    meanY: shift.slice(p),
    counts,
    present,
    means,
    within,
    variance,
    constant: constant.slice(0, p),
  };
}
