import type { Dataset } from "../data/dataset.js";
import { predict } from "../kernels/index.js";
import { type Fold, type FoldErrors, type Measured, summary } from "./heldOut.js";
import type { Problem } from "./problem.js";
import type { PathFits, PathSolver } from "./ridgePath.js";
import type { Parameters } from "./ridgeSolver.js";
import { inDataUnits } from "./system.js";
import { WideSolver } from "./wideSolver.js";

/** A path over wide data: that of all rows and those without each fold, each from as many equations as it has rows. */
export function wideFits(problem: Problem, whole: WideSolver, folds: readonly Fold[] | null): PathFits {
  const rows = problem.rows!;
  const held = folds?.map(({ indices, rest, rows: own }) => {
    const solver = new WideSolver(rest ?? rows.take(others(rows.rows, indices!)), problem);
    return { solver, test: own()! };
  });
  return {
    solver: asPathSolver(whole, problem.rowCount),
    foldSolvers: held?.map(({ solver, test }) => asPathSolver(solver, rows.rows - test.rows)) ?? [],
    solve: (lambdas) => {
      const solutions = whole.at(lambdas);
      const errors = errorsOf(rows, unitsOf(whole, solutions));
      const digits = problem.outputs.map(() => null);
      return solutions.map((solution, i) => ({ ...solution, digits, errors: errors[i]!, bound: 0 }));
    },
    heldOut: held
      ? (lambdas): Measured<FoldErrors> => {
          const byFold = held.map(({ solver, test }) => errorsOf(test, unitsOf(solver, solver.at(lambdas))));
          return { of: lambdas.map((_, i) => summary(byFold.map((fold) => fold[i]!))), uncertain: 0 };
        }
      : null,
    leaveOneOut: (lambdas) =>
      whole.leaveOneOut(lambdas).map((errors) => (errors.every(Number.isFinite) ? errors : null)),
  };
}

const unitsOf = ({ system }: WideSolver, solutions: readonly Parameters[]): Parameters[] =>
  solutions.map((solution) => inDataUnits(system, solution));

/** The rows that are not among some. */
export function others(count: number, indices: ArrayLike<number>): number[] {
  const out = new Set(Array.from(indices));
  return Array.from({ length: count }, (_, i) => i).filter((i) => !out.has(i));
}

function asPathSolver(solver: WideSolver, rows: number): PathSolver {
  const { system, constant } = solver;
  return {
    rows,
    system,
    of: { squares: solver.squares, flat: system.flat },
    rank: solver.rank,
    varying: constant.filter((is) => !is).length,
    df: (lambda) => solver.df(lambda),
  };
}

/** The MSE of each target over some rows, for each solution in the data's units: one product for all. */
function errorsOf({ X, Y, weights }: Dataset, solutions: readonly Parameters[]): number[][] {
  const [m, n, k] = [X.rows, X.cols, Y.cols];
  const width = solutions.length * k;
  const [w, b] = [new Float64Array(n * width), new Float64Array(width)];
  for (const [at, solution] of solutions.entries()) {
    for (let j = 0; j < n; j++)
      for (let l = 0; l < k; l++) w[j * width + at * k + l] = solution.w[j * k + l]!;
    b.set(solution.b, at * k);
  }
  const predicted = new Float64Array(m * width);
  predict(X.data, 0, m, n, w, b, width, predicted);
  const sums = new Float64Array(width);
  let weight = 0;
  for (let i = 0; i < m; i++) {
    const omega = weights?.[i] ?? 1;
    weight += omega;
    for (let at = 0; at < width; at++) {
      const r = predicted[i * width + at]! - Y.data[i * k + (at % k)]!;
      sums[at]! += omega * r * r;
    }
  }
  return solutions.map((_, at) => Array.from(sums.subarray(at * k, (at + 1) * k), (sum) => sum / weight));
}
