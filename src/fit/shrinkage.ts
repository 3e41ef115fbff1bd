import type { Dataset } from "../data/dataset.js";
import type { Moments } from "../data/moments.js";
import { checkNonNegative, checkOptions } from "../numbers/check.js";
import { Problem } from "./problem.js";
import { degreesOfFreedom } from "./spectrum.js";
import { alphaOf } from "./system.js";

/** What a λ leaves of the least-squares solution along each direction of the features. */
export interface Shrinkage {
  /** The singular values d of the centred features, descending [n]. */
  singularValues: number[];
  /** d²/(d² + α) of each, in [0, 1] [n]; 0 where d is 0. */
  factors: number[];
  /** 2d²/(mk): the curvature of the loss along each direction [n]. */
  curvatures: number[];
  /** Effective degrees of freedom Σd²/(d² + α), the bias not counted. */
  df: number;
}

/**
 * How much ridge regression shrinks: along the right singular vector of the centred features with
 * singular value d it keeps the share d²/(d² + α) of least squares, α = λWk/2.
 *
 * @param data rows, or their moments
 * @param options.lambda λ ≥ 0
 * @throws SHAPE without rows; VALUE, OPTION
 * Source: Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 3.4.1.
 */
export function shrinkage(data: Dataset | Moments, options: { lambda: number }): Shrinkage {
  const where = "shrinkage";
  checkOptions(where, options, ["lambda"]);
  const lambda = checkNonNegative(where, "lambda", options.lambda);
  const { spectrum } = new Problem(where, data, { standardize: false, intercept: true });
  const { flat } = spectrum;
  const alpha = alphaOf(lambda, flat);
  const squares = Array.from(spectrum.squares);
  return {
    singularValues: squares.map(Math.sqrt),
    factors: squares.map((square) => (square === 0 ? 0 : square / (square + alpha))),
    curvatures: squares.map((square) => (2 * square) / (flat.weight * flat.k)),
    df: degreesOfFreedom(spectrum, alpha),
  };
}
