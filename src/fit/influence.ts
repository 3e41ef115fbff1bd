import type { Dataset } from "../data/dataset.js";
import { Matrix } from "../linalg/matrix.js";
import { leverages, rotatedRows } from "./leaveOneOut.js";
import type { Spectrum } from "./spectrum.js";
import type { System } from "./system.js";
import { rowWeights, type WeightKind } from "./weightKind.js";

/** What single rows do to the fit. */
export interface Influence {
  /** hᵢ, how much the prediction of a row moves with its own target [m×k]; for precisions with the row's weight. */
  leverage: Matrix;
  /** Internally studentised residuals, (y − ŷ)/(σ̂√(1 − h)) [m×k]; null where σ̂ has no degrees of freedom. */
  studentized: Matrix | null;
  /** Cook's distance, t²·h/((1 − h)·p) with the studentised residual t and p parameters [m×k]; null with it. */
  cooksDistance: Matrix | null;
  /** The rows of the largest Cook's distance of any target, at most ten, the most influential first. */
  influential: number[];
}

const MOST_INFLUENTIAL = 10;

/**
 * Leverage, studentised residuals and Cook's distance of each row, for a λ of each target. Exact for
 * λ = 0; for λ > 0 the usual quantities with the leverage of ridge regression, which leave its bias out.
 * @param residual y − ŷ [m×k]
 * @param alphas α of each target
 * @param parameters effective degrees of freedom with the bias, of each target
 * @param degrees what is left of the rows for σ̂², of each target
 */
export function influence(
  data: Dataset,
  system: System,
  of: Spectrum,
  residual: Matrix,
  alphas: readonly number[],
  parameters: readonly number[],
  degrees: readonly number[],
  weightKind: WeightKind,
): Influence {
  const { rows: m, cols: k } = residual;
  const rotated = rotatedRows(data.X, system, of);
  const { count, size } = rowWeights(data, weightKind);
  const byAlpha = new Map(
    [...new Set(alphas)].map((alpha) => [alpha, leverages(rotated, of, alpha, system.intercept)]),
  );
  const rss = new Array<number>(k).fill(0);
  for (let at = 0; at < m * k; at++) {
    const i = Math.floor(at / k);
    rss[at % k]! += count(i) * size(i) * residual.data[at]! * residual.data[at]!;
  }
  const sigma = rss.map((sum, l) => Math.sqrt(sum / degrees[l]!));
  const leverage = new Matrix(m, k);
  const studentized = new Matrix(m, k);
  const cooksDistance = new Matrix(m, k);
  for (let at = 0; at < m * k; at++) {
    const [i, l] = [Math.floor(at / k), at % k];
    const h = size(i) * byAlpha.get(alphas[l]!)![i]!;
    const t = (Math.sqrt(size(i)) * residual.data[at]!) / (sigma[l]! * Math.sqrt(1 - h));
    leverage.data[at] = h;
    studentized.data[at] = t;
    cooksDistance.data[at] = (t * t * h) / ((1 - h) * parameters[l]!);
  }
  if (!degrees.every((rest) => rest > 0)) {
    return { leverage, studentized: null, cooksDistance: null, influential: [] };
  }
  const farthest = (i: number) =>
    cooksDistance.data.subarray(i * k, (i + 1) * k).reduce((most, d) => Math.max(most, d), 0);
  // a row that determines its own prediction alone (h = 1) has no distance: NaN, and comes first
  const distances = Float64Array.from({ length: m }, (_, i) => {
    const distance = farthest(i);
    return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
  });
  const order = Array.from(distances.keys()).sort((a, b) => distances[b]! - distances[a]! || a - b);
  return { leverage, studentized, cooksDistance, influential: order.slice(0, MOST_INFLUENTIAL) };
}
