import { numberColumns } from "../data/columns.js";
import type { Dataset } from "../data/dataset.js";
import type { Moments } from "../data/moments.js";
import type { Standardization } from "../data/standardizer.js";
import { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";
import type { FittedModel } from "../model/fitted.js";
import { checkBoolean, checkNonNegative, checkOptions } from "../numbers/check.js";
import { Problem } from "./problem.js";
import { checkSolution, type Receipt, receiptOf } from "./ridge.js";
import type { Coordinates } from "./system.js";

/** The options of `fitRidge`. */
export interface RidgeFitOptions extends Partial<Coordinates> {
  lambda: number | readonly number[];
}

/** A closed form in the data's own units. */
export interface RidgeFit {
  /** In the data's own units. */
  model: FittedModel;
  /** How it was reached; with a λ for each target, solver and condition number are those of the worst conditioned. */
  receipt: Receipt;
  /** What the features were standardised with, constant columns named; null if they were not. */
  standardized: Standardization | null;
}

/**
 * Ridge regression as `ell2 fit` does it: the features standardised (the penalty is on the
 * standardised weights), the closed form, and the weights folded back into the data's units.
 *
 * A target's α is λWk/2 with the k of all targets, whether λ is one for all or one for each: so the
 * same λ for each is the λ for all, and a target by itself is met with λ·k.
 *
 * @param data rows, with their weights if they have any; or their moments
 * @param options.lambda λ ≥ 0, or one for each of the k targets
 * @param options.standardize whether features are divided by their population deviations; true by default
 * @param options.intercept whether there is a bias (true by default); without, features are scaled and not centred
 * @throws as `ridge`; SHAPE for another number of λ than of targets
 * Source: scikit-learn's `Ridge(alpha=λmk/2)` behind `StandardScaler`.
 */
export function fitRidge(data: Dataset | Moments, options: RidgeFitOptions): RidgeFit {
  const where = "fitRidge";
  checkOptions(where, options, ["lambda", "standardize", "intercept"]);
  perTargetLambda(where, options.lambda, data.outputs.length);
  return fitProblem(new Problem(where, data, checkCoordinates(where, options)), options.lambda);
}

/** `fitRidge` of a problem that is prepared. */
export function fitProblem(problem: Problem, given: number | readonly number[]): RidgeFit {
  const { inputs, outputs, scaler } = problem;
  const [n, k] = [inputs.length, outputs.length];
  const lambdas = perTargetLambda(problem.where, given, k);
  const solutions = lambdas.map((lambda) => problem.solve(lambda));
  for (const solution of new Set(solutions)) checkSolution(problem, solution);
  const weight = new Matrix(k, n);
  for (const [l, { w }] of solutions.entries())
    for (let j = 0; j < n; j++) weight.data[l * n + j] = w[j * k + l]!;
  const receipts = [...new Set(solutions)].map(receiptOf);
  const { solver, condition } = receipts.reduce((worst, other) =>
    (other.condition ?? Number.POSITIVE_INFINITY) > (worst.condition ?? Number.POSITIVE_INFINITY)
      ? other
      : worst,
  );
  const model: FittedModel = {
    inputs,
    outputs,
    columns: numberColumns(inputs),
    lambda: typeof given === "number" ? given : lambdas,
    standardized: scaler && { mean: scaler.mean, scale: scaler.scale },
    weight,
    bias: solutions.map(({ b }, l) => b[l]!),
    training: {
      rows: problem.rowCount,
      strategy: problem.rows === null ? "moments" : "rows",
      solver,
      descent: null,
      fingerprint: null,
      intercept: problem.intercept,
      weight: null,
    },
  };
  const digits = solutions.map((solution, l) => solution.digits[l]!);
  return { model, receipt: { solver, condition, digits }, standardized: scaler };
}

/** The two options with their defaults, as `ell2 fit` has them. */
export const checkCoordinates = (where: string, options: Partial<Coordinates>): Coordinates => ({
  standardize: checkBoolean(where, "standardize", options.standardize ?? true),
  intercept: checkBoolean(where, "intercept", options.intercept ?? true),
});

/** λ of each of k targets. @throws SHAPE for another number of them, VALUE for one out of range */
export function perTargetLambda(where: string, lambda: number | readonly number[], k: number): number[] {
  const lambdas = Array.isArray(lambda) ? [...lambda] : new Array<unknown>(k).fill(lambda);
  if (lambdas.length === k) return lambdas.map((value) => checkNonNegative(where, "lambda", value));
  throw new Ell2Error("SHAPE", {
    where,
    expected: `one λ, or one for each of ${k} targets`,
    got: `${lambdas.length}`,
  });
}
