import { Dataset } from "../data/dataset.js";
import { Moments } from "../data/moments.js";
import { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";
import { flatten, momentSquares } from "../model/momentSums.js";
import { checkNonNegative, checkNumber, checkOptions } from "../numbers/check.js";
import { studentTQuantile } from "../numbers/studentT.js";
import { degreesOfFreedom, rankOf, type Spectrum, solutionAt, spectrum } from "./spectrum.js";

/** How far the weights of ridge regression scatter from sample to sample. */
export interface Inference {
  /**
   * "confidence" for λ = 0. For λ > 0 "sampling": the covariance σ̂²(S + αI)⁻¹S(S + αI)⁻¹ says how
   * the shrunken weights scatter, and leaves out their bias: an interval is not one of confidence.
   */
  kind: "confidence" | "sampling";
  /** W − 1 − df. */
  degreesOfFreedom: number;
  /** σ̂² = RSS/(W − 1 − df) of each target [k]. */
  variance: number[];
  /** Of each weight [n×k]. */
  standardError: Matrix;
  /** Of each bias [k]. */
  biasStandardError: number[];
  /** w over its standard error [n×k]. */
  t: Matrix;
  /** w ± t-quantile · standard error [n×k]. */
  interval: { low: Matrix; high: Matrix };
  /** Standard errors that hold for errors of unequal variance (HC3, MacKinnon and White 1985) [n×k]; null without rows. */
  hc3: Matrix | null;
}

/**
 * Standard errors, t values and intervals of the weights of ridge regression.
 * @param data rows (weights as frequencies), or their moments
 * @param options.lambda λ ≥ 0
 * @param options.level of the intervals, in (0, 1); 0.95 by default
 * @throws DATA where there are no degrees of freedom, NOT_POSITIVE_DEFINITE for λ = 0 and dependent
 *   columns (no weight is determined by itself); VALUE, OPTION
 */
export function inference(data: Dataset | Moments, options: { lambda: number; level?: number }): Inference {
  const where = "inference";
  checkOptions(where, options, ["lambda", "level"]);
  const lambda = checkNonNegative(where, "lambda", options.lambda);
  const level = checkNumber(where, "level", options.level ?? 0.95, "in (0, 1)", (x) => x > 0 && x < 1);
  const flat = flatten(data instanceof Dataset ? Moments.of(data) : data);
  const { n, k, weight, meanX } = flat;
  const of = spectrum(flat);
  const alpha = (lambda * weight * k) / 2;
  if (alpha === 0 && rankOf(of) < n) {
    throw new Ell2Error("NOT_POSITIVE_DEFINITE", {
      where,
      expected: "columns that are not dependent",
      got: `${rankOf(of)} directions for ${n} features`,
      remedy: "leave a column out, or take a larger λ",
    });
  }
  const degrees = weight - 1 - degreesOfFreedom(of, alpha);
  if (!(degrees > 0)) {
    throw new Ell2Error("DATA", {
      where,
      expected: "more rows than effective degrees of freedom",
      got: `${weight} rows for ${weight - degrees}`,
    });
  }
  const { w, b } = solutionAt(of, alpha);
  const variance = Array.from(momentSquares(flat, w, b).squares, (rss) => rss / degrees);
  const C = covarianceFactor(of, alpha);
  const matrix = (f: (j: number, l: number) => number) =>
    new Matrix(
      n,
      k,
      Float64Array.from({ length: n * k }, (_, at) => f(Math.floor(at / k), at % k)),
    );
  const standardError = matrix((j, l) => Math.sqrt(variance[l]! * C[j * n + j]!));
  let meanSpread = 1 / weight;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) meanSpread += meanX[i]! * C[i * n + j]! * meanX[j]!;
  const quantile = studentTQuantile(0.5 + level / 2, degrees);
  const at = (j: number, l: number) => j * k + l;
  return {
    kind: lambda === 0 ? "confidence" : "sampling",
    degreesOfFreedom: degrees,
    variance,
    standardError,
    biasStandardError: variance.map((s2) => Math.sqrt(s2 * meanSpread)),
    t: matrix((j, l) => w[at(j, l)]! / standardError.data[at(j, l)]!),
    interval: {
      low: matrix((j, l) => w[at(j, l)]! - quantile * standardError.data[at(j, l)]!),
      high: matrix((j, l) => w[at(j, l)]! + quantile * standardError.data[at(j, l)]!),
    },
    hc3: data instanceof Dataset ? robustErrors(data, of, alpha, w, b) : null,
  };
}

/** (S + αI)⁻¹S(S + αI)⁻¹ [n×n] */
function covarianceFactor({ squares, V, flat: { n } }: Spectrum, alpha: number): Float64Array {
  const C = new Float64Array(n * n);
  for (let c = 0; c < n; c++) {
    const denominator = squares[c]! + alpha;
    const factor = squares[c]! / denominator / denominator;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) C[i * n + j]! += factor * V[i * n + c]! * V[j * n + c]!;
    }
  }
  return C;
}

/** √diag(Σᵢ ωᵢ pᵢpᵢᵀ(eᵢ/(1 − hᵢ))²) with pᵢ = (S + αI)⁻¹(xᵢ − x̄) [n×k] */
function robustErrors(
  { X, Y, weights }: Dataset,
  { squares, V, flat }: Spectrum,
  alpha: number,
  w: Float64Array,
  b: Float64Array,
): Matrix {
  const { n, k, weight, meanX } = flat;
  const rotated = X.minus(new Matrix(1, n, meanX)).matmul(new Matrix(n, n, V));
  const inverse = Float64Array.from(squares, (square) => 1 / (square + alpha));
  const P = rotated.times(new Matrix(1, n, inverse)).matmul(new Matrix(n, n, V).T);
  const residual = X.matmul(new Matrix(n, k, w))
    .plus(new Matrix(1, k, b))
    .minus(Y);
  const out = new Matrix(n, k);
  for (let i = 0; i < X.rows; i++) {
    const omega = weights?.[i] ?? 1;
    let leverage = 1 / weight;
    for (let c = 0; c < n; c++) leverage += rotated.data[i * n + c]! * rotated.data[i * n + c]! * inverse[c]!;
    for (let l = 0; l < k; l++) {
      const error = residual.data[i * k + l]! / (1 - leverage);
      for (let j = 0; j < n; j++)
        out.data[j * k + l]! += omega * P.data[i * n + j]! * P.data[i * n + j]! * error * error;
    }
  }
  return new Matrix(n, k, out.data.map(Math.sqrt));
}
