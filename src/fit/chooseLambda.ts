import { Dataset } from "../data/dataset.js";
import { kFold } from "../data/folds.js";
import type { Moments } from "../data/moments.js";
import { Ell2Error } from "../errors.js";
import { checkBoolean, checkOptions, show } from "../numbers/check.js";
import type { NumPy } from "../random/numpy.js";
import { type Criterion, type CurvePoint, errorsOf, pooledCurve } from "./bestLambda.js";
import { choosersOf, endWarnings, leastOf, wantedOf, withinOf } from "./chooser.js";
import { checkCoordinates, fitProblem, type RidgeFit } from "./fitRidge.js";
import { type Fold, foldsOf, foldsOfSplits, type Split } from "./heldOut.js";
import { type HeldOutError, heldOutError } from "./heldOutError.js";
import { searchGrid } from "./lambdaSearch.js";
import type { Problem } from "./problem.js";
import { type Path, type PathEvaluator, type PathPoint, preparePath, problemOf } from "./ridgePath.js";
import type { RidgeSolver } from "./ridgeSolver.js";
import type { Coordinates } from "./system.js";
import { checkWeightKind, countedRows, type WeightKind } from "./weightKind.js";

/** How λ is chosen; each option is described at `chooseLambda`. */
export interface ChooseLambdaOptions extends Partial<Coordinates> {
  lambdas?: readonly number[];
  folds?: number | "loo" | "gcv" | ArrayLike<number | string> | readonly Split[];
  randomState?: number | readonly number[] | NumPy;
  perTarget?: boolean;
  pool?: "variance" | "raw";
  oneStandardError?: boolean;
  weightKind?: WeightKind;
}

/** A λ, how it was chosen, and the model with it. */
export interface LambdaChoice {
  /** What was chosen: one λ, or one for each target [k]. */
  lambda: number | number[];
  /** With the least error. */
  least: number | number[];
  /** The largest within one standard error of the least; null without folds. */
  withinOneStandardError: number | number[] | null;
  /** By which error. */
  by: Criterion;
  /** How many folds; null without. */
  folds: number | null;
  /** R² and RMSE of the chosen λ on the held-out rows; null by "gcv", which holds none out. */
  heldOut: HeldOutError | null;
  /** The error over all targets, as they are pooled, for each λ; those of one target stand in the path. */
  curve: CurvePoint[];
  /** Every λ that was tried, with its weights and errors. */
  path: Path;
  /** The closed form on all rows with the chosen λ: what `fitRidge` gives for it, to the bit. */
  fit: RidgeFit;
  /** What the reader of the choice should know. */
  warnings: string[];
}

/**
 * Chooses λ by the error on rows that were held out, and fits all rows with it.
 *
 * By k-fold cross-validation: everything, the scaler included, is learnt from the other folds, with
 * λ held, so that α_fold = λ·W_fold·k/2. By "loo": leave-one-out errors in closed form, as
 * scikit-learn's RidgeCV takes them; there α is held, and the features are standardised once, on all
 * rows. By "gcv": generalised cross-validation, for which moments of all rows are enough.
 *
 * @param data rows; the moments of each fold; or, by "gcv", moments of all rows
 * @param options.lambdas the λ to choose among, each ≥ 0; by default as in `ridgePath`,
 *   and beyond, two decades at a time, until the least error is inside, or at λ = 0, or all weights are
 *   shrunk to nearly 0; λ = 0 itself where the features are independent and fewer than the rows
 * @param options.folds how many (5 by default, at most one a row), of rows shuffled as scikit-learn's
 *   KFold does; or the fold of each row, by number or name; "loo"; "gcv"; or the splits themselves, where
 *   more than the scaler is learnt in each; not for moments of folds
 * @param options.randomState seed of the shuffling, or a generator; 14 by default, so that the same call chooses the same λ
 * @param options.standardize whether the penalty is on the standardised weights; true by default
 * @param options.intercept whether there is a bias; true by default
 * @param options.perTarget a λ for each target; false by default, one for all
 * @param options.pool one λ for all is chosen by the mean of the targets' errors, each divided by its
 *   target's variance ("variance", the default), or as they are ("raw", as RidgeCV does)
 * @param options.oneStandardError the largest λ within one standard error of the least error, in
 *   place of the least; false by default; with folds only
 * @param options.weightKind what row weights mean, as in `inference`; "gcv" alone counts rows by it
 * @returns the λ, its curve, the held-out error and the model; a warning where the λ is at an end of those tried
 * @throws OPTION for options that do not go with the data, NOT_POSITIVE_DEFINITE as `ridge`, DATA where no error is finite; SHAPE, VALUE
 * Source: docs/choosing.md; Golub, Heath and Wahba 1979 for "gcv", scikit-learn's RidgeCV for
 * "loo".
 */
export function chooseLambda(
  data: Dataset | Moments | readonly Moments[],
  options: ChooseLambdaOptions = {},
): LambdaChoice {
  return chooseFor(data, options).choice;
}

/** `chooseLambda`, and the problem that was prepared for it. */
export function chooseFor(
  data: Dataset | Moments | readonly Moments[],
  options: ChooseLambdaOptions,
): { choice: LambdaChoice; problem: Problem } {
  const where = "chooseLambda";
  checkOptions(where, options, OPTIONS);
  const coordinates = checkCoordinates(where, options);
  const perTarget = checkBoolean(where, "perTarget", options.perTarget ?? false);
  const oneStandardError = checkBoolean(where, "oneStandardError", options.oneStandardError ?? false);
  const { by, folds } = howToJudge(where, data, options);
  if (oneStandardError && by !== "folds") {
    throw new Ell2Error("OPTION", { where, expected: "folds for one standard error", got: show(by) });
  }
  const problem = problemOf(where, data, coordinates);
  const { rows, moments: whole } = problem;
  const observations = countedRows(problem, checkWeightKind(where, options.weightKind));
  const variance = poolBy(where, options.pool ?? "variance", whole);
  const evaluator = preparePath(problem, folds, by === "loo", observations);
  const choosers = choosersOf(whole, variance, by, perTarget);
  const { lambdas } = options;
  const given = lambdas !== undefined;
  const tried = given
    ? evaluator.points(lambdas)
    : searchGrid(evaluator, {
        by,
        leastSquares: allowsLeastSquares(evaluator, by) && isDetermined(problem, 0),
        determined: (lambda) => isDetermined(problem, lambda),
        chosen: (points) => choosers.flatMap((chooser) => wantedOf(chooser, points)),
      });
  const points = knownPoints(where, tried, by);
  const oneOrEach = (lambdas: number[]) => (perTarget ? lambdas : lambdas[0]!);
  const least = oneOrEach(choosers.map((chooser) => leastOf(chooser, points, given)));
  const withinOneStandardError =
    by === "folds" ? oneOrEach(choosers.map((chooser) => withinOf(chooser, points))) : null;
  const lambda = oneStandardError ? withinOneStandardError! : least;
  const each = typeof lambda === "number" ? whole.outputs.map(() => lambda) : lambda;
  const uncertain = evaluator.uncertain();
  const choice: LambdaChoice = {
    lambda,
    least,
    withinOneStandardError,
    by,
    folds: folds?.length ?? null,
    heldOut: heldOutError(points, each, by, problem, folds),
    curve: pooledCurve(points, variance, by),
    path: { points, standardized: evaluator.solver.system.scaler, uncertain },
    fit: fitProblem(problem, lambda),
    warnings: [
      ...choosers.flatMap((chooser, l) =>
        endWarnings(chooser, points, each[l]!, { given, oneStandardError, hasRows: rows !== null }),
      ),
      ...leftOut(tried, by),
      ...(uncertain > 0
        ? [`errors near a perfect fit are good to ${uncertain} only, since there are no rows`]
        : []),
    ],
  };
  return { choice, problem };
}

/** The points of which the error is known. @throws DATA where there is none */
function knownPoints(where: string, points: readonly PathPoint[], by: Criterion): PathPoint[] {
  const known = points.filter((point) => errorsOf(point, by) !== null);
  if (known.length > 0) return known;
  throw new Ell2Error("DATA", {
    where,
    expected: "a λ of which the error on rows that are left out is known",
    got: points.length === 0 ? "no λ" : (UNKNOWN[by] ?? "none"),
    remedy: "give larger λ, or choose by folds",
  });
}

/** Why an error is not known. */
const UNKNOWN: Partial<Record<Criterion, string>> = {
  loo: "a row that determines its own prediction",
  gcv: "as many degrees of freedom as rows",
};

/** Says which of the λ that were given could not be judged. */
function leftOut(points: readonly PathPoint[], by: Criterion): string[] {
  const lambdas = points.filter((point) => errorsOf(point, by) === null).map(({ lambda }) => lambda);
  return lambdas.length === 0
    ? []
    : [`λ = ${lambdas.join(", ")} left out: there the error is not known (${UNKNOWN[by]})`];
}

/** Whether λ = 0 is a candidate: full rank, and more rows than parameters, in all that is fitted. */
function allowsLeastSquares({ solver, foldSolvers }: PathEvaluator, by: Criterion): boolean {
  const parameters = solver.varying + (solver.system.intercept ? 1 : 0);
  const full = ({ rank, rows }: RidgeSolver) => rank === solver.varying && rows > parameters;
  const fewest = by === "loo" ? solver.rows - 1 : solver.rows;
  return solver.varying > 0 && fewest > parameters && [solver, ...foldSolvers].every(full);
}

/** Whether the data determine the model for a λ: moments without rows may have too few digits. */
function isDetermined(problem: Problem, lambda: number): boolean {
  if (problem.rows !== null) return true;
  try {
    problem.solve(lambda);
    return true;
  } catch (error) {
    if ((error as Ell2Error).code === "NOT_POSITIVE_DEFINITE") return false;
    throw error;
  }
}

const OPTIONS = [
  "lambdas",
  "folds",
  "randomState",
  "standardize",
  "intercept",
  "perTarget",
  "pool",
  "oneStandardError",
  "weightKind",
];

/** By which error, over which folds. */
function howToJudge(
  where: string,
  data: Dataset | Moments | readonly Moments[],
  { folds, randomState = 14 }: ChooseLambdaOptions,
): { by: Criterion; folds: Fold[] | null } {
  const refuse = (expected: string, got: string, remedy: string) =>
    new Ell2Error("OPTION", { where, expected, got, remedy });
  if (folds === "gcv") return { by: "gcv", folds: null };
  if (data instanceof Dataset) {
    if (folds === "loo") return { by: "loo", folds: null };
    if (typeof folds === "string")
      throw refuse('folds to be a number, labels, "loo" or "gcv"', show(folds), "kFold makes labels");
    if (isSplits(folds)) return { by: "folds", folds: foldsOfSplits(folds) };
    const labels =
      folds === undefined || typeof folds === "number"
        ? kFold(data.rows, { folds: folds ?? Math.min(5, data.rows), shuffle: true, randomState })
        : folds;
    return { by: "folds", folds: foldsOf(where, data, labels) };
  }
  if (folds !== undefined) throw refuse("folds for rows only", "moments", "give the moments of each fold");
  if (!Array.isArray(data) || data.length < 2) {
    const remedy = 'give the rows, the moments of each fold, or folds: "gcv"';
    throw refuse("at least two parts to hold out in turn", "moments of all rows", remedy);
  }
  return { by: "folds", folds: foldsOf(where, data, null) };
}

const isSplits = (folds: ChooseLambdaOptions["folds"]): folds is readonly Split[] =>
  Array.isArray(folds) && folds.length > 1 && folds.every((fold) => fold?.train instanceof Dataset);

/** What each target's error is divided by. */
function poolBy(where: string, pool: unknown, { outputs, weight, syy }: Moments): number[] {
  if (pool === "raw") return outputs.map(() => 1);
  if (pool === "variance") return outputs.map((_, l) => syy.data[l * outputs.length + l]! / weight);
  throw new Ell2Error("VALUE", { where, expected: 'pool to be "variance" or "raw"', got: show(pool) });
}
