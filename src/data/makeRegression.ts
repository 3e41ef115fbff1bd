import { Matrix } from "../linalg/matrix.js";
import { checkBoolean, checkInteger, checkNonNegative, checkNumber, checkOptions } from "../numbers/check.js";
import { fma } from "../numbers/fma.js";
import { NumPy } from "../random/numpy.js";
import { takeRows } from "./dataset.js";
import { makeLowRankMatrix } from "./lowRank.js";

/** The options of `makeRegression`, with scikit-learn's names and defaults. */
export interface MakeRegressionOptions {
  nSamples?: number;
  nFeatures?: number;
  nInformative?: number;
  nTargets?: number;
  bias?: number;
  effectiveRank?: number | null;
  tailStrength?: number;
  noise?: number;
  shuffle?: boolean;
  coef?: boolean;
  randomState?: number | readonly number[] | NumPy;
}

/** A regression problem: features X [m×n] and targets Y [m×k]. */
export interface Regression {
  /** [m×n] */
  X: Matrix;
  /** [m×k] */
  Y: Matrix;
}

const OPTIONS = [
  "nSamples",
  "nFeatures",
  "nInformative",
  "nTargets",
  "bias",
  "effectiveRank",
  "tailStrength",
  "noise",
  "shuffle",
  "coef",
  "randomState",
] as const;

/**
 * A random regression problem Y = X·coef + bias + noise, with scikit-learn's numbers for the same
 * `randomState`: X and coef as exact as `random.NumPy`, Y to 1e-15·(Σ|x·w| + |bias| + |noise|).
 *
 * Drawn in this order: X (standard normal), the coefficients (100·uniform for the first
 * `nInformative` features, 0 for the rest), the noise, the order of the rows, the order of the
 * columns. Source: scikit-learn's `make_regression`.
 *
 * @param options.nSamples m ≥ 1, 100 by default
 * @param options.nFeatures n ≥ 1, 100 by default
 * @param options.nInformative features with a coefficient, ≥ 0, 10 by default; above n it is n
 * @param options.nTargets k ≥ 1, 1 by default
 * @param options.bias added to every target, finite, 0 by default
 * @param options.effectiveRank null (the default) for independent columns, otherwise ≥ 1: about how
 *   many singular vectors explain X (which agrees with scikit-learn to 1e-12 then)
 * @param options.tailStrength in [0, 1], 0.5 by default: how fat the tail of the singular values is
 * @param options.noise the standard deviation of the noise, ≥ 0, 0 by default
 * @param options.shuffle whether rows and columns are put in random order, true by default
 * @param options.coef whether to return the coefficients too, false by default
 * @param options.randomState a seed, or a generator to go on from; a fresh random seed if left out
 * @returns X [m×n], Y [m×k], and with `coef` the true coefficients [n×k]
 * @throws VALUE for a value out of its range, OPTION for an option that does not exist, SEED for a seed that NumPy refuses
 */
export function makeRegression(
  options: MakeRegressionOptions & { coef: true },
): Regression & { coef: Matrix };
export function makeRegression(options?: MakeRegressionOptions): Regression & { coef?: Matrix };
export function makeRegression(options: MakeRegressionOptions = {}): Regression & { coef?: Matrix } {
  const where = "makeRegression";
  checkOptions(where, options, OPTIONS);
  const m = checkInteger(where, "nSamples", options.nSamples ?? 100, 1);
  const n = checkInteger(where, "nFeatures", options.nFeatures ?? 100, 1);
  const informative = Math.min(n, checkInteger(where, "nInformative", options.nInformative ?? 10, 0));
  const k = checkInteger(where, "nTargets", options.nTargets ?? 1, 1);
  const bias = checkNumber(where, "bias", options.bias ?? 0, "", () => true);
  const tailStrength = checkNumber(
    where,
    "tailStrength",
    options.tailStrength ?? 0.5,
    "in [0, 1]",
    (x) => x >= 0 && x <= 1,
  );
  const noise = checkNonNegative(where, "noise", options.noise ?? 0);
  const shuffle = checkBoolean(where, "shuffle", options.shuffle ?? true);
  const withCoef = checkBoolean(where, "coef", options.coef ?? false);
  const effectiveRank = options.effectiveRank ?? null;
  if (effectiveRank !== null) checkNumber(where, "effectiveRank", effectiveRank, "≥ 1", (x) => x >= 1);
  checkNumber(
    where,
    "nSamples·(nFeatures + nTargets)",
    m * (n + k),
    "that memory can hold (at most 2³¹)",
    (x) => x <= 2 ** 31,
  );
  const generator = asGenerator(options.randomState);

  let X =
    effectiveRank === null
      ? new Matrix(m, n, generator.standardNormal(m * n))
      : makeLowRankMatrix(m, n, effectiveRank, tailStrength, generator);
  let coef = new Matrix(n, k);
  coef.data.set(generator.uniform(0, 1, informative * k).map((u) => 100 * u));
  let Y = targets(X, coef, informative, bias);
  if (noise > 0) {
    const errors = generator.normal(0, noise, m * k);
    for (let i = 0; i < m * k; i++) Y.data[i]! += errors[i]!;
  }
  if (shuffle) {
    const rows = generator.permutation(m);
    X = takeRows(X, rows);
    Y = takeRows(Y, rows);
    const columns = generator.permutation(n);
    X = takeColumns(X, columns);
    coef = takeRows(coef, columns);
  }
  return withCoef ? { X, Y, coef } : { X, Y };
}

/** X·coef + bias, features from left to right with fused multiply-adds, as BLAS sums them. */
function targets(X: Matrix, coef: Matrix, informative: number, bias: number): Matrix {
  const { rows: m, cols: n } = X;
  const k = coef.cols;
  const Y = new Matrix(m, k);
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      let sum = 0;
      for (let j = 0; j < informative; j++) sum = fma(X.data[i * n + j]!, coef.data[j * k + l]!, sum);
      Y.data[i * k + l] = sum + bias;
    }
  }
  return Y;
}

function takeColumns(A: Matrix, indices: ArrayLike<number>): Matrix {
  const out = new Matrix(A.rows, indices.length);
  for (let i = 0; i < A.rows; i++) {
    for (let j = 0; j < indices.length; j++) {
      out.data[i * indices.length + j] = A.data[i * A.cols + indices[j]!]!;
    }
  }
  return out;
}

/** What a `randomState` stands for: a generator, a seed, or (undefined) a seed from the system's entropy. */
export function asGenerator(randomState: number | readonly number[] | NumPy | undefined): NumPy {
  if (randomState instanceof NumPy) return randomState;
  return new NumPy(randomState ?? Array.from(crypto.getRandomValues(new Uint32Array(4))));
}
