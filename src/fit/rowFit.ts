import { Matrix } from "../linalg/matrix.js";
import type { Problem } from "./problem.js";
import { residualLow, residualOfRow, transposed } from "./rowResiduals.js";
import type { RowFit } from "./rowStatistics.js";
import type { Solution } from "./solution.js";
import { countedRows, type WeightKind } from "./weightKind.js";

/** Products up to which residuals are taken in double-double in any case. */
const MOST_WORK = 2e6;
/** Shares of the total below which a residual sum of squares loses digits in doubles. */
const SMALL = 1e-6;

/** What `rowStatistics` needs of a problem and the solution of each target. */
export function rowFit(problem: Problem, solutions: readonly Solution[], weightKind: WeightKind): RowFit {
  const { intercept, weight } = problem;
  const [n, k] = [problem.inputs.length, solutions.length];
  const w = new Float64Array(n * k);
  for (const [l, solution] of solutions.entries())
    for (let j = 0; j < n; j++) w[j * k + l] = solution.w[j * k + l]!;
  const nothing = new Matrix(0, n);
  const factors = new Map(
    [...new Set(solutions)].map((solution) => [solution, solution.rows ? nothing.slice() : solution.factor]),
  );
  const parameters = solutions.map(
    (solution) => (solution.spread?.df ?? solution.rank) + (intercept ? 1 : 0),
  );
  const counted = countedRows(problem, weightKind);
  const residual = precise(problem, solutions) ? residualsOf(problem, solutions) : null;
  return {
    w,
    b: Float64Array.from(solutions, (solution, l) => solution.b[l]!),
    center: intercept ? problem.meanX : new Float64Array(n),
    base: intercept ? 1 / weight : 0,
    factors: solutions.map((solution) => factors.get(solution)!),
    known: solutions.map(({ rows }) => rows ?? null),
    parameters,
    degrees: parameters.map((used) => counted - used),
    weightKind,
    ...(residual && { residual }),
  };
}

/** Whether residuals have to be taken better than in doubles, or can be for little. */
function precise(problem: Problem, solutions: readonly Solution[]): boolean {
  const rows = problem.rows!;
  if (problem.levels !== null || rows.X.numel * solutions.length <= MOST_WORK) return true;
  const { totals } = problem;
  return solutions.some(({ rss }, l) => !(rss[l]! > SMALL * totals[l]!.centred));
}

/** y − b − x·w of every row and target, from weights in double-double [m×k]. */
export function residualsOf(problem: Problem, solutions: readonly Solution[]): Matrix {
  const { X, Y } = problem.rows!;
  if (problem.levels !== null) {
    const found = new Matrix(Y.rows, Y.cols);
    for (const [at] of found.data.entries())
      found.data[at] = solutions[at % Y.cols]!.rows!.residual!.data[at]!;
    return found;
  }
  const [n, k] = [X.cols, Y.cols];
  const out = new Matrix(X.rows, k);
  for (const [l, { w, wLow, b, bLow }] of solutions.entries()) {
    const [high, low] = [transposed(w, n, k), transposed(wLow, n, k)];
    for (let i = 0; i < X.rows; i++) {
      const y = Y.data[i * k + l]!;
      out.data[i * k + l] =
        residualOfRow(X.data, i * n, n, y, high, low, l * n, b[l]!, bLow[l]!) + residualLow;
    }
  }
  return out;
}
