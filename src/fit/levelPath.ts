import type { LevelDataset } from "../data/levelDataset.js";
import { type Fold, type FoldErrors, type Measured, summary } from "./heldOut.js";
import { LevelProblem } from "./levelProblem.js";
import { levelLeverages } from "./levelStatistics.js";
import type { Problem } from "./problem.js";
import type { PathFits, PathSolver } from "./ridgePath.js";
import { type Parameters, penalised } from "./ridgeSolver.js";
import { others } from "./widePath.js";

/** A path over rows with a category that is not expanded. */
export function levelFits(problem: Problem, whole: LevelProblem, folds: readonly Fold[] | null): PathFits {
  const { data } = whole;
  const held = folds?.map(({ indices, rest, rows }) => {
    const remaining = (rest ?? data.take(others(data.rows, indices!))) as LevelDataset;
    return { fit: new LevelProblem(problem.where, remaining, problem), test: rows() as LevelDataset };
  });
  return {
    solver: asPathSolver(whole),
    foldSolvers: held?.map(({ fit }) => asPathSolver(fit)) ?? [],
    solve: (lambdas) =>
      lambdas.map((lambda) => {
        const found = whole.parameters(lambda);
        const errors = errorsOf(data, found);
        return { ...penalised(whole.system, found), digits: errors.map(() => null), errors, bound: 0 };
      }),
    heldOut: held
      ? (lambdas): Measured<FoldErrors> => {
          const byFold = held.map(({ fit, test }) =>
            lambdas.map((lambda) => errorsOf(test, fit.parameters(lambda))),
          );
          return { of: lambdas.map((_, i) => summary(byFold.map((fold) => fold[i]!))), uncertain: 0 };
        }
      : null,
    leaveOneOut: (lambdas) => lambdas.map((lambda) => leftOut(whole, lambda)),
  };
}

function asPathSolver(fit: LevelProblem): PathSolver {
  const { system } = fit;
  return {
    rows: fit.data.rows,
    system,
    of: { squares: Float64Array.of(fit.largest), flat: system.flat },
    // all levels and the bias are dependent: least squares is for a category with a reference alone
    rank: 1,
    varying: fit.constant.filter((is) => !is).length,
    df: (lambda) => fit.at(lambda).df(),
  };
}

/** y − ŷ of a row and target. */
function residual(
  { level, rest, Y, first, levels }: LevelDataset,
  { w, b }: Parameters,
  i: number,
  l: number,
) {
  const [p, k] = [rest.cols, Y.cols];
  let y = Y.data[i * k + l]! - b[l]!;
  for (let j = 0; j < p; j++) y -= rest.data[i * p + j]! * w[(j < first ? j : j + levels) * k + l]!;
  return level[i]! < 0 ? y : y - w[(first + level[i]!) * k + l]!;
}

/** The MSE of each target over some rows. */
function errorsOf(data: LevelDataset, found: Parameters): number[] {
  const { weights, rows, Y } = data;
  let weight = 0;
  const sums = new Array<number>(Y.cols).fill(0);
  for (let i = 0; i < rows; i++) {
    const omega = weights?.[i] ?? 1;
    weight += omega;
    for (let l = 0; l < Y.cols; l++) {
      const r = residual(data, found, i, l);
      sums[l]! += omega * r * r;
    }
  }
  return sums.map((sum) => sum / weight);
}

/** The leave-one-out MSE of each target; null where a row determines its own prediction. */
function leftOut(fit: LevelProblem, lambda: number): number[] | null {
  const { data, sums } = fit;
  const leverage = levelLeverages(fit.at(lambda), data);
  const found = fit.parameters(lambda);
  const errors = new Array<number>(sums.k).fill(0);
  for (let i = 0; i < data.rows; i++) {
    const omega = data.weights?.[i] ?? 1;
    const rest = 1 - omega * leverage[i]!;
    if (!(rest > 1e-6)) return null;
    for (let l = 0; l < sums.k; l++) {
      const r = residual(data, found, i, l) / rest;
      errors[l]! += omega * r * r;
    }
  }
  return errors.map((sum) => sum / sums.weight);
}
