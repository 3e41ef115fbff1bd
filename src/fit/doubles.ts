import { Ell2Error } from "../errors.js";
import { DenseSolution } from "./denseSolution.js";
import { DualSolution } from "./dualSolution.js";
import { Factored } from "./factored.js";
import type { NormalEquations } from "./normalEquations.js";
import { leastNorm, refinedQR } from "./orthogonal.js";
import type { Problem } from "./problem.js";
import type { Solution } from "./solution.js";

/** Condition numbers of S + αD up to which Cholesky in doubles leaves standard errors ten digits. */
const MOST_CONDITION = 1e5;
/** Beyond, Cholesky in doubles has no digit that corrections could start from. */
const MOST_FOR_CHOLESKY = 1e14;
/** Beyond, sums alone do not determine the weights. */
const MOST_CONDITION_OF_MOMENTS = 1e8;
/** Rows times squared features up to which rows are factored where Cholesky of their sums fails. */
const MOST_QR_WORK = 2e10;

/**
 * Ridge regression in doubles, for a problem that is too large for exact sums unasked: Cholesky of the moments,
 * corrected with the residuals of the rows; m equations where there are as many features as rows; and where columns
 * are nearly dependent exact sums after all, or QR of the rows.
 * @param exactly the normal equations from exact sums, where these can be had within seconds
 * @throws NOT_POSITIVE_DEFINITE where the data do not determine the weights
 */
export function solveInDoubles(
  problem: Problem,
  lambda: number,
  exactly: (() => NormalEquations) | null,
): Solution {
  const { rows, system, where } = problem;
  const undetermined = (expected: string, got: string, remedy: string) =>
    new Ell2Error("NOT_POSITIVE_DEFINITE", { where, expected, got, remedy, data: { lambda } });
  if (rows === null) {
    const factored = new Factored(system, lambda);
    if (factored.condition <= MOST_CONDITION_OF_MOMENTS)
      return new DenseSolution(factored, problem.moments, null);
    throw undetermined(
      `moments with a condition number of at most ${MOST_CONDITION_OF_MOMENTS}`,
      "columns that are (nearly) dependent",
      "give the rows, or a larger λ",
    );
  }
  if (rows.X.cols >= rows.rows) {
    const dual = new DualSolution(system, problem, rows, lambda);
    return dual.stands ? dual : leastNorm(system, problem, rows, lambda);
  }
  const factored = new Factored(system, lambda);
  if (!(factored.condition <= MOST_CONDITION) && exactly !== null) return exactly().solve(lambda);
  if (factored.condition < MOST_FOR_CHOLESKY) {
    const dense = new DenseSolution(factored, problem.moments, rows);
    if (dense.stands) return dense;
  }
  if (rows.rows * rows.X.cols * rows.X.cols > MOST_QR_WORK) {
    throw undetermined(
      "columns that are not nearly dependent, in so large a table",
      `a condition number of about ${factored.condition.toPrecision(2)}`,
      "leave out a column, or take a larger λ",
    );
  }
  return refinedQR(system, problem.moments, rows, lambda);
}
