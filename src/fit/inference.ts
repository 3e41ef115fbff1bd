import { Dataset } from "../data/dataset.js";
import type { Moments } from "../data/moments.js";
import { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";
import { flatten, momentSquares } from "../model/momentSums.js";
import { checkBoolean, checkNumber, checkOptions } from "../numbers/check.js";
import { studentTQuantile } from "../numbers/studentT.js";
import { perTargetLambda } from "./fitRidge.js";
import { leverages, rotatedRows } from "./leaveOneOut.js";
import { someRows } from "./ridge.js";
import { degreesOfFreedom, rankOf, type Spectrum, solutionAt, spectrum } from "./spectrum.js";
import { alphaOf, type Coordinates, inDataUnits, type System, systemOf } from "./system.js";
import { checkWeightKind, countedRows, rowWeights, type WeightKind } from "./weightKind.js";

/** How far the weights of ridge regression scatter from sample to sample. */
export interface Inference {
  /**
   * "confidence" for λ = 0. For λ > 0 "sampling": the covariance σ̂²(S + αI)⁻¹S(S + αI)⁻¹ says how
   * the shrunken weights scatter, and leaves out their bias: an interval is not one of confidence.
   */
  kind: "confidence" | "sampling";
  /** N − 1 − df of each target [k]; N is the sum of the weights, or for precisions the number of rows; N − df without a bias. */
  degreesOfFreedom: number[];
  /** σ̂² = RSS/degreesOfFreedom of each target [k]; for precisions, of a row of weight 1. */
  variance: number[];
  /** Of each weight, in the data's units [n×k]; 0 for a constant column that was standardised. */
  standardError: Matrix;
  /** Of each bias [k]; 0 where there is none. */
  biasStandardError: number[];
  /** w over its standard error [n×k]. */
  t: Matrix;
  /** w ± t-quantile · standard error [n×k]. */
  interval: { low: Matrix; high: Matrix };
  /** Standard errors that hold for errors of unequal variance (HC3, MacKinnon and White 1985) [n×k]; null without rows. */
  hc3: Matrix | null;
}

/** The options of `inference`. */
export interface InferenceOptions extends Partial<Coordinates> {
  lambda: number | readonly number[];
  level?: number;
  weightKind?: WeightKind;
}

/**
 * Standard errors, t values and intervals of the weights of ridge regression, in the data's units.
 *
 * With V = (S + αI)⁻¹S(S + αI)⁻¹ in the coordinates that are penalised, the covariance of a target's
 * weights is σ̂²V, and the variance of its bias σ̂²(1/W + x̄ᵀVx̄); the features count as given, as does λ.
 *
 * @param data rows, or their moments
 * @param options.lambda λ ≥ 0, or one for each of the k targets
 * @param options.level of the intervals, in (0, 1); 0.95 by default
 * @param options.standardize whether the penalty is on the standardised weights; false by default
 * @param options.intercept whether there is a bias; true by default
 * @param options.weightKind what row weights mean: "frequency" (the default), how often a row was
 *   seen; or "precision", the inverse of its error's variance up to a factor, so that rows are what is
 *   counted (of a data set those with a weight above 0; of moments all)
 * @throws DATA where there are no degrees of freedom, NOT_POSITIVE_DEFINITE for λ = 0 and dependent
 *   columns (no weight is determined by itself); SHAPE, VALUE, OPTION
 * Source: docs/choosing.md; MacKinnon and White 1985 for HC3.
 */
export function inference(data: Dataset | Moments, options: InferenceOptions): Inference {
  const where = "inference";
  checkOptions(where, options, ["lambda", "level", "standardize", "intercept", "weightKind"]);
  const level = checkNumber(where, "level", options.level ?? 0.95, "in (0, 1)", (x) => x > 0 && x < 1);
  const intercept = checkBoolean(where, "intercept", options.intercept ?? true);
  const standardize = checkBoolean(where, "standardize", options.standardize ?? false);
  const weightKind = checkWeightKind(where, options.weightKind);
  const lambdas = perTargetLambda(where, options.lambda, data.outputs.length);
  const moments = someRows(where, data);
  const system = systemOf(moments, { standardize, intercept });
  const of = spectrum(system.flat);
  const counted = countedRows(data, moments, weightKind);
  const byLambda = new Map(
    lambdas.map((lambda) => [
      lambda,
      atLambda(where, data, moments, system, of, lambda, counted, weightKind),
    ]),
  );
  const targets = lambdas.map((lambda) => byLambda.get(lambda)!);
  const [n, k] = [data.inputs.length, lambdas.length];
  const quantiles = targets.map(({ degrees }) => studentTQuantile(0.5 + level / 2, degrees));
  const matrix = (f: (at: number, l: number) => number) =>
    new Matrix(
      n,
      k,
      Float64Array.from({ length: n * k }, (_, at) => f(at, at % k)),
    );
  const error = (at: number, l: number) =>
    Math.sqrt(targets[l]!.variance[l]! * targets[l]!.spread[Math.floor(at / k)]!);
  const weight = (at: number, l: number) => targets[l]!.w[at]!;
  return {
    kind: lambdas.every((lambda) => lambda === 0) ? "confidence" : "sampling",
    degreesOfFreedom: targets.map(({ degrees }) => degrees),
    variance: targets.map(({ variance }, l) => variance[l]!),
    standardError: matrix(error),
    biasStandardError: targets.map(({ variance, biasSpread }, l) => Math.sqrt(variance[l]! * biasSpread)),
    t: matrix((at, l) => weight(at, l) / error(at, l)),
    interval: {
      low: matrix((at, l) => weight(at, l) - quantiles[l]! * error(at, l)),
      high: matrix((at, l) => weight(at, l) + quantiles[l]! * error(at, l)),
    },
    hc3: data instanceof Dataset ? matrix((at, l) => targets[l]!.hc3!.data[at]!) : null,
  };
}

/** What one λ makes of all targets. */
function atLambda(
  where: string,
  data: Dataset | Moments,
  moments: Moments,
  system: System,
  of: Spectrum,
  lambda: number,
  counted: number,
  weightKind: WeightKind,
) {
  const { flat, intercept, scaler } = system;
  const { n, weight, meanX } = flat;
  const alpha = alphaOf(lambda, flat);
  const free = n - (scaler?.constant.length ?? 0);
  if (alpha === 0 && rankOf(of) < free) {
    throw new Ell2Error("NOT_POSITIVE_DEFINITE", {
      where,
      expected: "columns that are not dependent",
      got: `${rankOf(of)} directions for ${free} features`,
      remedy: "leave a column out, or take a larger λ",
    });
  }
  const used = degreesOfFreedom(of, alpha) + (intercept ? 1 : 0);
  const degrees = counted - used;
  if (!(degrees > 0)) {
    throw new Ell2Error("DATA", {
      where,
      expected: "more rows than effective degrees of freedom",
      got: `${counted} rows for ${used}`,
    });
  }
  const { w, b } = inDataUnits(system, solutionAt(of, alpha));
  const variance = Array.from(momentSquares(flatten(moments), w, b).squares, (rss) => rss / degrees);
  const C = covarianceFactor(of, alpha);
  for (let at = 0; at < C.length && scaler !== null; at++)
    C[at]! /= scaler.scale[Math.floor(at / n)]! * scaler.scale[at % n]!;
  const center = scaler === null ? meanX : scaler.mean; // both are 0 without a bias
  let biasSpread = intercept ? 1 / weight : 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) biasSpread += center[i]! * C[i * n + j]! * center[j]!;
  return {
    degrees,
    w,
    variance,
    spread: Float64Array.from({ length: n }, (_, j) => C[j * n + j]!),
    biasSpread,
    hc3: data instanceof Dataset ? robustErrors(data, system, of, alpha, w, b, weightKind) : null,
  };
}

/** (S + αI)⁻¹S(S + αI)⁻¹ [n×n], over the directions that are not rounding at α = 0. */
function covarianceFactor(of: Spectrum, alpha: number): Float64Array {
  const { squares, V } = of;
  const { n } = of.flat;
  const C = new Float64Array(n * n);
  const r = alpha > 0 ? n : rankOf(of);
  for (let c = 0; c < r; c++) {
    const denominator = squares[c]! + alpha;
    const factor = squares[c]! / denominator / denominator;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) C[i * n + j]! += factor * V[i * n + c]! * V[j * n + c]!;
    }
  }
  return C;
}

/** √diag(Σᵢ ωᵢ pᵢpᵢᵀ(eᵢ/(1 − hᵢ))²) with pᵢ = (S + αI)⁻¹(xᵢ − x̄); for precisions ωᵢ² and ωᵢhᵢ [n×k] */
function robustErrors(
  data: Dataset,
  system: System,
  of: Spectrum,
  alpha: number,
  w: Float64Array,
  b: Float64Array,
  weightKind: WeightKind,
): Matrix {
  const { X, Y } = data;
  const { flat, scaler, intercept } = system;
  const { n, k } = flat;
  const rotated = rotatedRows(X, system, of);
  const r = alpha > 0 ? n : rankOf(of);
  const inverse = Float64Array.from(of.squares, (square, c) => (c < r ? 1 / (square + alpha) : 0));
  const P = rotated.times(new Matrix(1, n, inverse)).matmul(new Matrix(n, n, of.V).T);
  const residual = X.matmul(new Matrix(n, k, w))
    .plus(new Matrix(1, k, b))
    .minus(Y);
  const h = leverages(rotated, of, alpha, intercept);
  const { count, size } = rowWeights(data, weightKind);
  const out = new Matrix(n, k);
  for (let i = 0; i < X.rows; i++) {
    for (let l = 0; l < k; l++) {
      const error = (size(i) * residual.data[i * k + l]!) / (1 - size(i) * h[i]!);
      for (let j = 0; j < n; j++) {
        const p = P.data[i * n + j]! / (scaler?.scale[j] ?? 1);
        out.data[j * k + l]! += count(i) * p * p * error * error;
      }
    }
  }
  return new Matrix(n, k, out.data.map(Math.sqrt));
}
