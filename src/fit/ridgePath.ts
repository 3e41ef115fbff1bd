import { Dataset } from "../data/dataset.js";
import { kFold } from "../data/folds.js";
import { Moments } from "../data/moments.js";
import type { Standardization } from "../data/standardizer.js";
import { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";
import { flatten } from "../model/momentSums.js";
import { checkBoolean, checkNonNegative, checkOptions } from "../numbers/check.js";
import { exp } from "../numbers/elementary.js";
import { type Fold, type FoldErrors, foldsOf, heldOutErrors, targetErrors } from "./heldOut.js";
import { leaveOneOutErrors } from "./leaveOneOut.js";
import { someRows } from "./ridge.js";
import { degreesOfFreedom, type Spectrum, solutionAt, spectrumOf } from "./spectrum.js";
import { alphaOf, type Coordinates, inDataUnits, type System, systemOf } from "./system.js";

/** The options of `ridgePath`. */
export interface PathOptions extends Partial<Coordinates> {
  /** The λ to solve for, each ≥ 0; by default 100 of three significant digits, evenly on a log scale, over seven decades down from where every weight is nearly 0. */
  lambdas?: readonly number[];
  /**
   * The number of folds, taken from the rows in order (5 by default for rows), or the fold of each row
   * (`kFold`, or a label a row); with moments none, since each part is a fold.
   */
  folds?: number | ArrayLike<number | string>;
}

/** What is known of one λ. */
export interface PathPoint {
  /** λ ≥ 0. */
  lambda: number;
  /** In the coordinates that are penalised: standardised, where that was asked for [n×k]. */
  w: Matrix;
  /** In the same coordinates [1×k]. */
  b: Matrix;
  /** The training MSE of each target [k]. */
  mse: number[];
  /** Effective degrees of freedom df = Σd²/(d² + α), the bias not counted. */
  df: number;
  /** (RSS/W)/(1 − (1 + df)/W)² of each target [k], without the 1 where there is no bias (Golub, Heath and Wahba 1979). */
  gcv: number[];
  /** What the held-out folds say; null without folds. */
  folds: FoldErrors | null;
  /** The leave-one-out MSE of each target [k], α held (scikit-learn's RidgeCV); null without rows. */
  loo: number[] | null;
}

/** Ridge regression for many λ. */
export interface Path {
  /** In the order of the λ given, or from large to small. */
  points: PathPoint[];
  /** What w and b are standardised with, learnt from all rows; null if they are not. */
  standardized: Standardization | null;
  /** The largest rounding bound of an error that is beyond 1e-10 of it, for want of rows; 0 if all have their digits. */
  uncertain: number;
}

/**
 * Ridge regression for many λ from one eigendecomposition of the centred moments, with what is
 * needed to choose among them: GCV, k-fold errors (each fold's complement merged from the other
 * folds, standardised by itself, λ held, so that α = λ·W_fold·k/2) and, with the rows, leave-one-out
 * errors (standardised once, on all rows).
 *
 * @param data rows; their moments; or the moments of each fold
 * @param options.standardize whether the penalty is on the standardised weights; false by default
 * @param options.intercept whether there is a bias; true by default
 * @param options see `PathOptions`
 * @throws NOT_POSITIVE_DEFINITE for a λ whose α is below n·ε·d₁² where there are no rows; SHAPE, VALUE, OPTION
 * Source: Golub, Heath and Wahba 1979 (GCV); scikit-learn's RidgeCV (leave-one-out).
 */
export function ridgePath(data: Dataset | Moments | readonly Moments[], options: PathOptions = {}): Path {
  const where = "ridgePath";
  checkOptions(where, options, ["lambdas", "folds", "standardize", "intercept"]);
  const coordinates = {
    standardize: checkBoolean(where, "standardize", options.standardize ?? false),
    intercept: checkBoolean(where, "intercept", options.intercept ?? true),
  };
  const folds = pathFolds(where, data, options.folds);
  const rows = data instanceof Dataset ? data : null;
  return pathOf(where, wholeOf(where, data, folds), rows, options.lambdas, coordinates, folds, rows !== null);
}

/** The path with the errors that are asked for: those of folds if there are any, leave-one-out. */
export function pathOf(
  where: string,
  moments: Moments,
  rows: Dataset | null,
  given: readonly number[] | undefined,
  coordinates: Coordinates,
  folds: readonly Fold[] | null,
  loo: boolean,
): Path {
  const system = systemOf(moments, coordinates);
  const { flat, intercept } = system;
  const of = spectrumOf(system, null);
  const lambdas = given ?? defaultLambdas(of);
  for (const lambda of lambdas) {
    checkNonNegative(where, "lambda", lambda);
    if (rows === null) checkDetermined(where, of, lambda);
  }
  const held = folds && heldOutErrors(folds, lambdas, coordinates);
  const left = loo && rows ? leaveOneOutErrors(rows, system, of, lambdas) : null;
  const train = trainingErrors(moments, rows, system);
  let uncertain = held?.uncertain ?? 0;
  const points = lambdas.map((lambda, i): PathPoint => {
    const { w, b } = solutionAt(of, alphaOf(lambda, flat));
    const df = degreesOfFreedom(of, alphaOf(lambda, flat));
    const { errors: mse, bound } = train(w, b);
    uncertain = Math.max(uncertain, bound);
    const rest = 1 - (df + (intercept ? 1 : 0)) / flat.weight;
    return {
      lambda,
      w: new Matrix(flat.n, flat.k, w),
      b: new Matrix(1, flat.k, b),
      mse,
      df,
      gcv: mse.map((error) => error / (rest * rest)),
      folds: held?.of[i] ?? null,
      loo: left?.[i] ?? null,
    };
  });
  return { points, standardized: system.scaler, uncertain };
}

/** The moments of all rows: those of the folds together, where there are folds. */
export function wholeOf(
  where: string,
  data: Dataset | Moments | readonly Moments[],
  folds: readonly Fold[] | null,
): Moments {
  if (folds !== null) return Moments.merge(folds.map(({ moments }) => moments));
  return someRows(where, Array.isArray(data) ? Moments.merge(data) : (data as Dataset | Moments));
}

function trainingErrors(moments: Moments, rows: Dataset | null, system: System) {
  const evaluate = targetErrors(flatten(moments), () => rows);
  return (w: Float64Array, b: Float64Array) => {
    const inUnits = inDataUnits(system, { w, b });
    return evaluate(inUnits.w, inUnits.b);
  };
}

/** The folds of a path, or null where there is one part alone. */
function pathFolds(
  where: string,
  data: Dataset | Moments | readonly Moments[],
  folds: PathOptions["folds"],
): Fold[] | null {
  if (data instanceof Dataset) {
    if (folds !== undefined && typeof folds !== "number") return foldsOf(where, data, folds);
    const count = folds ?? Math.min(5, data.rows);
    return count === 1 || data.rows === 0 ? null : foldsOf(where, data, kFold(data.rows, { folds: count }));
  }
  if (folds !== undefined) {
    throw new Ell2Error("OPTION", {
      where,
      expected: "folds for rows only",
      got: "moments",
      remedy: "give the moments of each fold",
    });
  }
  return data instanceof Moments || data.length < 2 ? null : foldsOf(where, data, null);
}

/** 100 λ, evenly on a log scale, from α = 10·d₁² down by seven decades; short, so that one can be typed. */
function defaultLambdas({ squares, flat }: Spectrum): number[] {
  const most = (20 * (squares[0] || 1)) / (flat.weight * flat.k);
  return Array.from({ length: 100 }, (_, i) =>
    Number((most * exp((-i / 99) * 7 * Math.LN10)).toPrecision(3)),
  );
}

/** Without rows, directions that are rounding must not decide: α has to be well above them. */
function checkDetermined(where: string, of: Spectrum, lambda: number): void {
  const { squares, flat } = of;
  if (of.rank === flat.n || alphaOf(lambda, flat) > flat.n * Number.EPSILON * (squares[0] ?? 0)) return;
  throw new Ell2Error("NOT_POSITIVE_DEFINITE", {
    where,
    expected: "a λ that decides along every direction that the moments leave open",
    got: `λ = ${lambda}`,
    remedy: "give the rows, or a larger λ",
    data: { lambda },
  });
}
