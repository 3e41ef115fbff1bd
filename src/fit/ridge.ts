import type { Dataset } from "../data/dataset.js";
import type { Moments } from "../data/moments.js";
import { Ell2Error } from "../errors.js";
import { LinearRegression } from "../model/linearRegression.js";
import { checkBoolean, checkNonNegative, checkOptions } from "../numbers/check.js";
import { Torch } from "../random/torch.js";
import { Problem } from "./problem.js";
import type { Solution, Solver } from "./solution.js";

/** How a closed form was reached, and what its digits are worth. */
export interface Receipt {
  /**
   * "exact": elimination in 256-bit arithmetic on sums of about 150 bits; "cholesky" in doubles, with rows
   * corrected with their residuals; "qr" of the rows; "dual": m equations in place of n; "levels": those of a category
   * eliminated, rows corrected with their residuals; "least norm" by
   * singular values.
   */
  solver: Solver;
  /** The condition number of the system that was solved, its columns scaled to the same length; null where columns are dependent. */
  condition: number | null;
  /**
   * For each target the whole decimal digits, at most 15, that each of its weights and its bias has, given
   * that the data are exact; null where that is not known, since columns are dependent up to rounding [k].
   */
  digits: (number | null)[];
}

/** A regression in closed form, with how it was reached. */
export type Ridge = LinearRegression & { receipt: Receipt };

/**
 * The limit of full-batch training, in closed form: ridge regression with a free bias,
 *
 *   (Sxx + αI)·w = Sxy,   b = ȳ − wᵀx̄,   α = λWk/2
 *
 * From rows with every digit that they determine: what is small or badly conditioned in 256-bit
 * arithmetic, the rest by Cholesky of the moments, corrected with the residuals of the rows; with more
 * features than rows from the dual system; for λ = 0 and dependent columns the least norm. Source:
 * scikit-learn's `Ridge(alpha=λmk/2)`.
 *
 * Without a bias the sums are taken about 0, and b = 0.
 *
 * @param data rows, with their weights if they have any; or their moments
 * @param options.lambda λ ≥ 0
 * @param options.intercept whether there is a bias; true by default
 * @returns the model and its receipt
 * @throws NOT_POSITIVE_DEFINITE where moments alone cannot tell the weights; NOT_FINITE where columns are too
 *   large or too small to be squared, or weights beyond what a double holds; SHAPE without rows; VALUE, OPTION
 */
export function ridge(data: Dataset | Moments, options: { lambda: number; intercept?: boolean }): Ridge {
  const where = "ridge";
  checkOptions(where, options, ["lambda", "intercept"]);
  const lambda = checkNonNegative(where, "lambda", options.lambda);
  const intercept = checkBoolean(where, "intercept", options.intercept ?? true);
  const problem = new Problem(where, data, { standardize: false, intercept });
  const solution = problem.solve(lambda);
  checkSolution(problem, solution);
  const [n, k] = [problem.inputs.length, problem.outputs.length];
  const model = new LinearRegression(n, k, { lambda, generator: new Torch(0) });
  model.w.data.set(solution.w);
  model.b.data.set(solution.b);
  return Object.assign(model, { receipt: receiptOf(solution) });
}

export const receiptOf = ({ solver, condition, digits }: Solution): Receipt => ({
  solver,
  condition,
  digits,
});

/** Refuses weights that no double holds. @throws NOT_FINITE */
export function checkSolution({ where, inputs, outputs }: Problem, { w, b }: Solution): void {
  const k = outputs.length;
  const at = w.findIndex((value) => !Number.isFinite(value));
  if (at < 0 && b.every(Number.isFinite)) return;
  throw new Ell2Error("NOT_FINITE", {
    where,
    expected: "weights that a double can hold",
    got: at < 0 ? "a bias that is too large" : `a weight of ${inputs[Math.floor(at / k)]} that is too large`,
    remedy: "give the column in larger units, or the target in smaller ones",
  });
}
