import { Dataset } from "../data/dataset.js";
import { rowsOfFolds } from "../data/folds.js";
import { Moments } from "../data/moments.js";
import { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";
import { UNCERTAIN } from "../model/momentBatches.js";
import { type FlatMoments, flatten, momentSquares } from "../model/momentSums.js";
import { GRID_STEPS } from "./lambdaGrid.js";
import { Problem } from "./problem.js";
import { type RidgeSolver, ridgeSolver } from "./ridgeSolver.js";

/** A part of the rows that is held out: its moments, and its rows where they can be had. */
export interface Fold {
  moments: Moments;
  rows: () => Dataset | null;
  /** Which of all rows it is; where it is none of these, or there are no rows, null. */
  indices: ArrayLike<number> | null;
  /** What it is held out from, where the other folds merged are not that: with what was learnt of them alone. */
  rest?: Dataset;
}

/** Rows to learn from and rows that are held out of that; for what is learnt of rows before they are features, such as means that fill in. */
export interface Split {
  train: Dataset;
  test: Dataset;
}

/** What the folds that were held out say of one λ. */
export interface FoldErrors {
  /** The mean over the folds of the held-out MSE of each target [k]. */
  mse: number[];
  /** Its standard error [k]: the deviation between folds over √folds. */
  standardError: number[];
  /** The held-out MSE of each fold and target [folds][k]. */
  errors: number[][];
}

/** Errors per λ, and the largest rounding bound of one that was not to be had from rows; 0 if all have their digits. */
interface Measured<T> {
  of: T[];
  uncertain: number;
}

/**
 * The folds of some rows by a label a row, or the moments of each fold as they are.
 * @throws VALUE for fewer than two folds or labels that do not fit, SHAPE for a fold without weight
 */
export function foldsOf(
  where: string,
  data: Dataset | readonly Moments[],
  labels: ArrayLike<number | string> | null,
): Fold[] {
  const folds =
    data instanceof Dataset
      ? rowsOfFolds(where, labels!, data.rows).map((indices): Fold => {
          const rows = () => data.take(indices);
          return { moments: Moments.of(rows()), rows, indices };
        })
      : data.map((moments): Fold => ({ moments, rows: () => null, indices: null }));
  const empty = folds.findIndex(({ moments }) => !(moments.weight > 0));
  if (empty < 0) return folds;
  throw new Ell2Error("SHAPE", {
    where,
    expected: "at least one row in every fold, with a weight above 0",
    got: `none in fold ${empty} (counted from 0)`,
  });
}

/** The folds that splits are. */
export const foldsOfSplits = (splits: readonly Split[]): Fold[] =>
  splits.map(({ train, test }) => ({
    moments: Moments.of(test),
    rows: () => test,
    indices: null,
    rest: train,
  }));

/** Held-out errors, prepared once: what is asked for further λ costs those λ only. */
export interface HeldOut {
  /** What is fitted without each fold. */
  solvers: readonly RidgeSolver[];
  errors(lambdas: readonly number[]): Measured<FoldErrors>;
}

/**
 * Held-out errors for any λ: fitted on the other folds merged, in whose own units and scale the
 * weights are penalised (nothing is learnt from the fold that is held out), with α = λWk/2 for the
 * weight W of those folds; evaluated on the fold's moments, or its rows where moments lack the digits.
 */
export function heldOut(problem: Problem, folds: readonly Fold[]): HeldOut {
  const solves = folds.length * GRID_STEPS;
  const prepared = complements(folds.map(({ moments }) => moments)).map((complement, at) => {
    const { indices, rest, moments, rows } = folds[at]!;
    const remaining = rest
      ? new Problem(problem.where, rest, problem)
      : indices
        ? problem.without(indices, complement, solves)
        : new Problem(problem.where, complement, problem);
    return { solver: ridgeSolver(remaining, solves), evaluate: targetErrors(flatten(moments), rows) };
  });
  return {
    solvers: prepared.map(({ solver }) => solver),
    errors: (lambdas) => {
      let uncertain = 0;
      const byFold = prepared.map(({ solver, evaluate }) =>
        lambdas.map((lambda) => {
          const { w, b } = solver.at(lambda).inUnits;
          const { errors, bound } = evaluate(w, b);
          uncertain = Math.max(uncertain, bound);
          return errors;
        }),
      );
      return { of: lambdas.map((_, i) => summary(byFold.map((fold) => fold[i]!))), uncertain };
    },
  };
}

/** For each part all the others merged, in about two merges a part. */
function complements(parts: readonly Moments[]): Moments[] {
  const join = (a: Moments | null, b: Moments) => (a === null ? b : a.add(b));
  const behind: (Moments | null)[] = [null];
  for (const part of parts.slice(1).toReversed()) behind.unshift(join(behind[0]!, part));
  let before: Moments | null = null;
  return parts.map((part, i) => {
    const rest = behind[i]!;
    const complement = before === null ? rest! : rest === null ? before : before.add(rest);
    before = join(before, part);
    return complement;
  });
}

/** The MSE of each target of some rows as a function of weights and bias: from moments where they have the digits. */
export function targetErrors(flat: FlatMoments, rows: () => Dataset | null) {
  let read: Dataset | null | undefined;
  return (w: Float64Array, b: Float64Array): { errors: number[]; bound: number } => {
    const { squares, bound } = momentSquares(flat, w, b);
    const errors = Array.from(squares, (sum) => sum / flat.weight);
    if (squares.every((sum) => bound <= UNCERTAIN * sum)) return { errors, bound: 0 };
    read ??= rows();
    return read === null
      ? { errors, bound: bound / flat.weight }
      : { errors: rowErrors(read, flat, w, b), bound: 0 };
  };
}

function rowErrors(
  { X, Y, weights }: Dataset,
  { n, k, weight }: FlatMoments,
  w: Float64Array,
  b: Float64Array,
): number[] {
  const residual = X.matmul(new Matrix(n, k, w))
    .plus(new Matrix(1, k, b))
    .minus(Y);
  const sums = new Array<number>(k).fill(0);
  for (const [at, r] of residual.data.entries())
    sums[at % k]! += (weights?.[Math.floor(at / k)] ?? 1) * r * r;
  return sums.map((sum) => sum / weight);
}

function summary(errors: number[][]): FoldErrors {
  const targets = errors[0]!.map((_, l) => meanAndError(errors.map((fold) => fold[l]!)));
  return {
    mse: targets.map(({ mean }) => mean),
    standardError: targets.map(({ standardError }) => standardError),
    errors,
  };
}

/** The mean of some values, and its standard error √(Σ(x − mean)²/(count − 1)/count). */
export function meanAndError(values: readonly number[]): { mean: number; standardError: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) };
}
