import { Dataset } from "../data/dataset.js";
import type { Moments } from "../data/moments.js";
import { type Standardization, standardize } from "../data/standardizer.js";
import { Ell2Error } from "../errors.js";
import { type FittedModel, foldBack } from "../model/fitted.js";
import { checkBoolean, checkNonNegative, checkOptions } from "../numbers/check.js";
import { type Receipt, type Ridge, solveRidge, someRows } from "./ridge.js";
import { type Coordinates, systemOf } from "./system.js";

/** The options of `fitRidge`. */
export interface RidgeFitOptions extends Partial<Coordinates> {
  lambda: number | readonly number[];
}

/** A closed form in the data's own units. */
export interface RidgeFit {
  /** In the data's own units. */
  model: FittedModel;
  /** How it was reached; with a λ for each target, of the one with the fewest digits. */
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
  const { inputs, outputs } = data;
  const lambdas = perTargetLambda(where, options.lambda, outputs.length);
  const moments = someRows(where, data);
  const { flat, scaler, intercept } = systemOf(moments, checkCoordinates(where, options));
  const rows = data instanceof Dataset ? scaled(data, scaler) : null;
  const solutions = new Map<number, Ridge>();
  for (const lambda of lambdas) {
    if (!solutions.has(lambda)) solutions.set(lambda, solveRidge(where, rows, flat, lambda, intercept));
  }
  const solved = solutions.get(lambdas[0]!)!;
  const k = outputs.length;
  for (const [l, lambda] of lambdas.entries()) {
    const { w, b } = solutions.get(lambda)!;
    for (let at = l; at < w.numel; at += k) solved.w.data[at] = w.data[at]!;
    solved.b.data[l] = b.data[l]!;
  }
  const receipt = [...solutions.values()]
    .map((solution) => solution.receipt)
    .reduce((least, other) => (other.digits < least.digits ? other : least));
  const lambda = typeof options.lambda === "number" ? options.lambda : lambdas;
  const model = foldBack(solved, { inputs, outputs, lambda }, scaler, {
    rows: data.rows,
    strategy: rows === null ? "moments" : "rows",
    solver: receipt.solver,
    descent: null,
    fingerprint: null,
    intercept,
  });
  return { model, receipt, standardized: scaler };
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

function scaled(rows: Dataset, scaler: Standardization | null): Dataset {
  if (scaler === null) return rows;
  const { Y, inputs, outputs, weights } = rows;
  const X = standardize(rows.X, scaler);
  return new Dataset({ X, Y, inputs, outputs, ...(weights ? { weights } : {}) });
}
