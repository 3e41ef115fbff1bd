import { Dataset } from "../data/dataset.js";
import { Moments } from "../data/moments.js";
import { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";
import { type FlatMoments, flatten, momentSquares } from "../model/momentSums.js";
import { checkInteger, checkNonNegative, checkOptions } from "../numbers/check.js";
import { exp } from "../numbers/elementary.js";
import { degreesOfFreedom, rankOf, type Spectrum, solutionAt, spectrum } from "./spectrum.js";

export interface PathOptions {
  /** The λ to solve for, each ≥ 0; 100 from where every weight is nearly 0 down to 1e-4 of that by default. */
  lambdas?: readonly number[];
  /** The number of folds, taken from the rows in order (5 by default for rows); or with moments none, since each part is a fold. */
  folds?: number;
}

/** What is known of one λ. */
export interface PathPoint {
  lambda: number;
  /** [n×k] */
  w: Matrix;
  /** [1×k] */
  b: Matrix;
  /** The training MSE of each target [k]. */
  mse: number[];
  /** Effective degrees of freedom df = Σd²/(d² + α), the bias not counted. */
  df: number;
  /** (RSS/W)/(1 − (1 + df)/W)² of each target [k] (Golub, Heath and Wahba 1979). */
  gcv: number[];
  /** The mean over the folds of the held-out MSE of each target [k], and its standard error; null without folds. */
  folds: { mse: number[]; standardError: number[] } | null;
  /** The leave-one-out MSE of each target [k], α held (scikit-learn's RidgeCV); null without rows. */
  loo: number[] | null;
}

export interface Path {
  /** In the order of the λ given, or from large to small. */
  points: PathPoint[];
}

/** An error of a path by which a λ can be chosen. */
export type Criterion = "folds" | "loo" | "gcv";

/**
 * Ridge regression for many λ from one eigendecomposition of the centred moments, with what is
 * needed to choose among them: GCV, k-fold errors (each fold's complement merged from the other
 * folds, λ held, so that α = λ·W_fold·k/2) and, with the rows, leave-one-out errors.
 *
 * @param data rows; their moments; or the moments of each fold
 * @param options see `PathOptions`
 * @throws NOT_POSITIVE_DEFINITE for a λ whose α is below n·ε·d₁² where there are no rows; SHAPE, VALUE, OPTION
 */
export function ridgePath(data: Dataset | Moments | readonly Moments[], options: PathOptions = {}): Path {
  const where = "ridgePath";
  checkOptions(where, options, ["lambdas", "folds"]);
  const parts = foldsOf(where, data, options.folds);
  const whole = flatten(Moments.merge(parts));
  if (!(whole.weight > 0)) throw new Ell2Error("SHAPE", { where, expected: "at least one row", got: "none" });
  const all = spectrum(whole);
  const lambdas = options.lambdas ?? defaultLambdas(all);
  for (const lambda of lambdas) {
    checkNonNegative(where, "lambda", lambda);
    if (!(data instanceof Dataset)) checkDetermined(where, all, lambda);
  }
  const held = parts.length > 1 ? foldErrors(parts, lambdas) : null;
  const loo = data instanceof Dataset ? looErrors(data, all, lambdas) : null;
  const points = lambdas.map((lambda, i): PathPoint => {
    const alpha = alphaOf(lambda, whole);
    const { w, b } = solutionAt(all, alpha);
    const df = degreesOfFreedom(all, alpha);
    const mse = Array.from(targetErrors(whole, w, b));
    const rest = 1 - (1 + df) / whole.weight;
    return {
      lambda,
      w: new Matrix(whole.n, whole.k, w),
      b: new Matrix(1, whole.k, b),
      mse,
      df,
      gcv: mse.map((error) => error / (rest * rest)),
      folds: held?.[i] ?? null,
      loo: loo?.[i] ?? null,
    };
  });
  return { points };
}

/**
 * The λ of a path with the least error.
 * @param path from `ridgePath`
 * @param variance of each target [k]: errors are divided by it before they are averaged; ones to pool them raw, as RidgeCV does
 * @param options.by which error; "folds" by default
 * @param options.oneStandardError the largest λ whose error is within one standard error of the least; folds only
 * @returns for each target its best λ, and one in common
 * @throws OPTION where the path does not have that error
 */
export function bestLambda(
  path: Path,
  variance: readonly number[],
  options: { by?: Criterion; oneStandardError?: boolean } = {},
): { perTarget: number[]; common: number } {
  const where = "bestLambda";
  checkOptions(where, options, ["by", "oneStandardError"]);
  const { by = "folds", oneStandardError = false } = options;
  const errors = path.points.map((point) => {
    const error = by === "folds" ? point.folds?.mse : point[by];
    if (error && (by === "folds" || !oneStandardError)) return error;
    throw new Ell2Error("OPTION", {
      where,
      expected: oneStandardError ? "a path with folds for one standard error" : `a path with ${by}`,
      got: "a path without",
    });
  });
  const pick = (error: (i: number) => number, spread: (i: number) => number): number => {
    let best = 0;
    for (let i = 1; i < errors.length; i++) if (error(i) < error(best)) best = i;
    if (!oneStandardError) return path.points[best]!.lambda;
    const limit = error(best) + spread(best);
    const within = path.points.filter((_, i) => error(i) <= limit).map(({ lambda }) => lambda);
    return Math.max(...within);
  };
  const k = variance.length;
  const share = (values: readonly number[]) =>
    values.reduce((sum, value, l) => sum + value / variance[l]!, 0) / k;
  return {
    perTarget: variance.map((_, l) =>
      pick(
        (i) => errors[i]![l]!,
        (i) => path.points[i]!.folds!.standardError[l]!,
      ),
    ),
    common: pick(
      (i) => share(errors[i]!),
      (i) => share(path.points[i]!.folds!.standardError),
    ),
  };
}

const alphaOf = (lambda: number, { weight, k }: FlatMoments): number => (lambda * weight * k) / 2;

/** The parts of the data: folds of the rows in order, or the moments that were given. */
function foldsOf(
  where: string,
  data: Dataset | Moments | readonly Moments[],
  folds: number | undefined,
): readonly Moments[] {
  if (data instanceof Dataset) {
    const count = checkInteger(where, "folds", folds ?? Math.min(5, data.rows), 1);
    if (count > data.rows) {
      throw new Ell2Error("VALUE", {
        where,
        expected: `at most ${data.rows} folds, one a row`,
        got: `${count}`,
      });
    }
    const cut = (fold: number) => Math.floor((fold * data.rows) / count);
    return Array.from({ length: count }, (_, fold) => Moments.of(data.slice(cut(fold), cut(fold + 1))));
  }
  if (folds !== undefined) {
    throw new Ell2Error("OPTION", {
      where,
      expected: "folds for rows only",
      got: "moments",
      remedy: "give the moments of each fold",
    });
  }
  return data instanceof Moments ? [data] : data;
}

/** 100 λ, evenly on a log scale, from α = 10·d₁² down by six decades. */
function defaultLambdas({ squares, flat }: Spectrum): number[] {
  const most = (20 * (squares[0] || 1)) / (flat.weight * flat.k);
  return Array.from({ length: 100 }, (_, i) => most * exp((-i / 99) * 7 * Math.LN10));
}

/** Without rows, directions that are rounding must not decide: α has to be well above them. */
function checkDetermined(where: string, of: Spectrum, lambda: number): void {
  const { squares, flat } = of;
  if (rankOf(of) === flat.n || alphaOf(lambda, flat) > flat.n * Number.EPSILON * (squares[0] ?? 0)) return;
  throw new Ell2Error("NOT_POSITIVE_DEFINITE", {
    where,
    expected: "a λ that decides along every direction that the moments leave open",
    got: `λ = ${lambda}`,
    remedy: "give the rows, or a larger λ",
    data: { lambda },
  });
}

/** The MSE of each target from moments [k]. */
function targetErrors(moments: FlatMoments, w: Float64Array, b: Float64Array): Float64Array {
  return momentSquares(moments, w, b).squares.map((sum) => sum / moments.weight);
}

/** Held-out errors: fit on the other folds merged, evaluate on this one's moments. */
function foldErrors(parts: readonly Moments[], lambdas: readonly number[]) {
  const k = parts[0]!.outputs.length;
  const complements = parts.map((_, fold) =>
    spectrum(flatten(Moments.merge(parts.filter((_, i) => i !== fold)))),
  );
  const heldOut = parts.map(flatten);
  return lambdas.map((lambda) => {
    const errors = complements.map((complement, fold) => {
      const { w, b } = solutionAt(complement, alphaOf(lambda, complement.flat));
      return targetErrors(heldOut[fold]!, w, b);
    });
    const mse = Array.from(
      { length: k },
      (_, l) => errors.reduce((sum, error) => sum + error[l]!, 0) / errors.length,
    );
    const standardError = mse.map((mean, l) => {
      const squares = errors.reduce((sum, error) => sum + (error[l]! - mean) * (error[l]! - mean), 0);
      return Math.sqrt(squares / (errors.length - 1) / errors.length);
    });
    return { mse, standardError };
  });
}

/** Leave-one-out errors by leverage: the residual of row i over 1 − hᵢ, hᵢ = ωᵢ(1/W + Σ(xᵢ − x̄)·V)²/(d² + α)). */
function looErrors({ X, Y, weights }: Dataset, of: Spectrum, lambdas: readonly number[]): number[][] {
  const { squares, V, flat } = of;
  const { n, k, weight, meanX } = flat;
  const rotated = X.minus(new Matrix(1, n, meanX)).matmul(new Matrix(n, n, V));
  return lambdas.map((lambda) => {
    const alpha = alphaOf(lambda, flat);
    const { w, b } = solutionAt(of, alpha);
    const r = alpha > 0 ? n : rankOf(of);
    const prediction = X.matmul(new Matrix(n, k, w)).plus(new Matrix(1, k, b));
    const sums = new Array<number>(k).fill(0);
    for (let i = 0; i < X.rows; i++) {
      const omega = weights?.[i] ?? 1;
      let leverage = 1 / weight;
      for (let c = 0; c < r; c++)
        leverage += (rotated.data[i * n + c]! * rotated.data[i * n + c]!) / (squares[c]! + alpha);
      for (let l = 0; l < k; l++) {
        const error = (prediction.data[i * k + l]! - Y.data[i * k + l]!) / (1 - omega * leverage);
        sums[l]! += omega * error * error;
      }
    }
    return sums.map((sum) => sum / weight);
  });
}
