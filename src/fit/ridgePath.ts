import { Dataset } from "../data/dataset.js";
import { kFold } from "../data/folds.js";
import { Moments } from "../data/moments.js";
import type { Standardization } from "../data/standardizer.js";
import { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";
import { flatten } from "../model/momentSums.js";
import { checkBoolean, checkNonNegative, checkOptions } from "../numbers/check.js";
import { type Fold, type FoldErrors, foldsOf, heldOut, type Measured, targetErrors } from "./heldOut.js";
import { GRID_STEPS, lambdaGrid, startOf } from "./lambdaGrid.js";
import { leaveOneOutErrors } from "./leaveOneOut.js";
import { levelFits } from "./levelPath.js";
import { Problem } from "./problem.js";
import { type Parameters, type RidgeSolver, ridgeSolver } from "./ridgeSolver.js";
import type { Spectrum } from "./spectrum.js";
import { alphaOf, type Coordinates } from "./system.js";
import { checkWeightKind, countedRows, type WeightKind } from "./weightKind.js";
import { wideFits } from "./widePath.js";

/** 1 − (1 + df)/N from which on GCV has some ten digits. */
const LEAST_REST = 1e-6;

/** The options of `ridgePath`. */
export interface PathOptions extends Partial<Coordinates> {
  /** The λ to solve for, each ≥ 0; by default 100 of three significant digits, evenly on a log scale, over seven decades down from where every weight is nearly 0. */
  lambdas?: readonly number[];
  /**
   * The number of folds, taken from the rows in order (5 by default for rows), or the fold of each row
   * (`kFold`, or a label a row); with moments none, since each part is a fold.
   */
  folds?: number | ArrayLike<number | string>;
  /** Whether to compute the leave-one-out errors, which need the rows; false by default. */
  loo?: boolean;
  /** What row weights mean, as in `inference`; only GCV counts rows by it. */
  weightKind?: WeightKind;
}

/** What is known of one λ. */
export interface PathPoint {
  /** λ ≥ 0. */
  lambda: number;
  /** In the coordinates that are penalised: standardised, where that was asked for [n×k]. */
  w: Matrix;
  /** In the same coordinates [1×k]. */
  b: Matrix;
  /** For each target the whole decimal digits that its weights and bias have, at most 15; null where that is not known [k]. */
  digits: (number | null)[];
  /** The training MSE of each target [k]. */
  mse: number[];
  /** Effective degrees of freedom df = Σd²/(d² + α), the bias not counted. */
  df: number;
  /**
   * (RSS/W)/(1 − (1 + df)/N)² of each target [k], without the 1 where there is no bias (Golub, Heath and
   * Wahba 1979), N being W, or the number of rows if weights are precisions; null where 1 + df is within
   * 1e-6 of N.
   */
  gcv: number[] | null;
  /** What the held-out folds say; null without folds. */
  folds: FoldErrors | null;
  /**
   * The leave-one-out MSE of each target [k], α held (scikit-learn's RidgeCV); null where it was not asked
   * for, or where a row determines its own prediction (a leverage within 1e-6 of 1).
   */
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
 * folds, standardised by itself, λ held, so that α = λ·W_fold·k/2) and, on request, leave-one-out
 * errors (standardised once, on all rows).
 *
 * @param data rows; their moments; or the moments of each fold
 * @param options.standardize whether the penalty is on the standardised weights; false by default
 * @param options.intercept whether there is a bias; true by default
 * @param options.weightKind what row weights mean: "frequency" (the default) or "precision"
 * @param options.loo whether to compute leave-one-out errors, which need the rows; false by default
 * @param options see `PathOptions`
 * @throws NOT_POSITIVE_DEFINITE for a λ whose α is below n·ε·d₁² where there are no rows; SHAPE, VALUE, OPTION
 * Source: Golub, Heath and Wahba 1979 (GCV); scikit-learn's RidgeCV (leave-one-out).
 */
export function ridgePath(data: Dataset | Moments | readonly Moments[], options: PathOptions = {}): Path {
  const where = "ridgePath";
  checkOptions(where, options, ["lambdas", "folds", "standardize", "intercept", "loo", "weightKind"]);
  const coordinates = {
    standardize: checkBoolean(where, "standardize", options.standardize ?? false),
    intercept: checkBoolean(where, "intercept", options.intercept ?? true),
  };
  const loo = checkBoolean(where, "loo", options.loo ?? false);
  const folds = pathFolds(where, data, options.folds);
  const rows = data instanceof Dataset ? data : null;
  if (loo && rows === null) {
    throw new Ell2Error("OPTION", { where, expected: "rows for leave-one-out errors", got: "moments" });
  }
  const problem = problemOf(where, data, coordinates);
  const observations = countedRows(problem, checkWeightKind(where, options.weightKind));
  const evaluator = preparePath(problem, folds, loo, observations);
  const { solver, points, uncertain } = evaluator;
  return {
    points: points(options.lambdas ?? startOf(lambdaGrid(solver.of))),
    standardized: solver.system.scaler,
    uncertain: uncertain(),
  };
}

/** A `RidgeSolver` as the choice of λ sees it. */
export type PathSolver = Omit<RidgeSolver, "at" | "of"> & { of: Pick<Spectrum, "squares" | "flat"> };

/** What is fitted to all rows and without each fold, prepared once. */
export interface PathFits {
  solver: PathSolver;
  foldSolvers: readonly PathSolver[];
  /** Of each λ the solution where weights are penalised, with its training errors and their bound. */
  solve(
    lambdas: readonly number[],
  ): (Parameters & { digits: (number | null)[]; errors: number[]; bound: number })[];
  /** null without folds. */
  heldOut: ((lambdas: readonly number[]) => Measured<FoldErrors>) | null;
  leaveOneOut(lambdas: readonly number[]): (number[] | null)[];
}

/** Ridge regression on some rows, prepared once: what is asked for further λ costs those λ only. */
export interface PathEvaluator {
  solver: PathSolver;
  /** What is fitted without each fold; none without folds. */
  foldSolvers: readonly PathSolver[];
  /** What is known of each λ, in the order given. */
  points(lambdas: readonly number[]): PathPoint[];
  /** As in `Path`, of all that was asked so far. */
  uncertain(): number;
}

/**
 * Prepares a path with the errors that are asked for: those of folds if there are any, leave-one-out.
 * @param observations N, which GCV counts degrees of freedom from
 */
export function preparePath(
  problem: Problem,
  folds: readonly Fold[] | null,
  loo: boolean,
  observations: number,
): PathEvaluator {
  const { where, rows } = problem;
  const fits = fitsOf(problem, folds);
  const { solver, foldSolvers, solve, heldOut, leaveOneOut } = fits;
  const { flat, intercept } = solver.system;
  let uncertain = 0;
  const pointsOf = (lambdas: readonly number[]): PathPoint[] => {
    for (const lambda of lambdas) {
      checkNonNegative(where, "lambda", lambda);
      if (rows === null) checkDetermined(where, solver, lambda);
    }
    const foldErrors = heldOut?.(lambdas);
    uncertain = Math.max(uncertain, foldErrors?.uncertain ?? 0);
    const left = loo && rows ? leaveOneOut(lambdas) : null;
    return solve(lambdas).map(({ w, b, digits, errors: mse, bound }, i) => {
      const lambda = lambdas[i]!;
      const df = solver.df(lambda);
      uncertain = Math.max(uncertain, bound);
      const rest = 1 - (df + (intercept ? 1 : 0)) / observations;
      return {
        lambda,
        w: new Matrix(flat.n, flat.k, w),
        b: new Matrix(1, flat.k, b),
        digits,
        mse,
        df,
        gcv: rest > LEAST_REST ? mse.map((error) => error / (rest * rest)) : null,
        folds: foldErrors?.of[i] ?? null,
        loo: left?.[i] ?? null,
      };
    });
  };
  return { solver, foldSolvers, points: pointsOf, uncertain: () => uncertain };
}

function fitsOf(problem: Problem, folds: readonly Fold[] | null): PathFits {
  const { levels, wide } = problem;
  if (levels !== null) return levelFits(problem, levels, folds);
  return wide === null ? directFits(problem, folds) : wideFits(problem, wide, folds);
}

/** From the features' sums of products. */
function directFits(problem: Problem, folds: readonly Fold[] | null): PathFits {
  const { rows } = problem;
  const solver = ridgeSolver(problem, GRID_STEPS);
  const held = folds && heldOut(problem, folds);
  const train = targetErrors(flatten(problem.moments), () => rows);
  return {
    solver,
    foldSolvers: held?.solvers ?? [],
    solve: (lambdas) =>
      lambdas.map((lambda) => {
        const { w, b, inUnits, digits } = solver.at(lambda);
        return { w, b, digits, ...train(inUnits.w, inUnits.b) };
      }),
    heldOut: held && ((lambdas) => held.errors(lambdas)),
    leaveOneOut: (lambdas) => leaveOneOutErrors(rows!, solver, lambdas),
  };
}

/** The problem of all rows; of folds as moments, that of what they are together. */
export const problemOf = (
  where: string,
  data: Dataset | Moments | readonly Moments[],
  coordinates: Coordinates,
): Problem =>
  new Problem(where, Array.isArray(data) ? Moments.merge(data) : (data as Dataset | Moments), coordinates);

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

/** Without rows, directions that are rounding must not decide: α has to be well above them. */
function checkDetermined(
  where: string,
  { of: { squares, flat }, rank, varying }: PathSolver,
  lambda: number,
): void {
  if (rank === varying || alphaOf(lambda, flat) > flat.n * Number.EPSILON * (squares[0] ?? 0)) return;
  throw new Ell2Error("NOT_POSITIVE_DEFINITE", {
    where,
    expected: "a λ that decides along every direction that the moments leave open",
    got: `λ = ${lambda}`,
    remedy: "give the rows, or a larger λ",
    data: { lambda },
  });
}
