import { Dataset } from "../data/dataset.js";
import type { Moments } from "../data/moments.js";
import type { Matrix } from "../linalg/matrix.js";
import { type FittedModel, predictFitted } from "../model/fitted.js";
import { checkBoolean, checkOptions } from "../numbers/check.js";
import { conditionOf, type Direction, directionsOf, varianceInflation } from "./collinearity.js";
import { type Evaluation, evaluateFitted } from "./evaluateFitted.js";
import { perTargetLambda } from "./fitRidge.js";
import { type Influence, influence } from "./influence.js";
import { someRows } from "./ridge.js";
import { degreesOfFreedom, spectrum } from "./spectrum.js";
import { alphaOf, systemOf } from "./system.js";
import { checkWeightKind, countedRows, type WeightKind } from "./weightKind.js";

/** The options of `diagnostics`. */
export interface DiagnosticsOptions {
  intercept?: boolean;
  weightKind?: WeightKind;
}

/** What there is to know of a fit besides its weights. */
export interface Diagnostics {
  /** Of each target [k]. */
  metrics: Evaluation[];
  /** Effective degrees of freedom Σd²/(d² + α) of each target [k], the bias not counted. */
  df: number[];
  /** Variance inflation factors [n]; Infinity for a feature that the others determine, null for a constant one. */
  vif: (number | null)[];
  /** The condition number of the system that was solved, without the penalty and with each target's [k]: its root is that of the features. */
  condition: { before: number; after: number[] };
  /** From the largest singular value to the smallest [n]. */
  directions: Direction[];
  /** What needs the rows; null where there are moments alone. */
  rows: RowDiagnostics | null;
  /** Why something is null. */
  reasons: string[];
}

/** What the rows tell of a fit: its predictions, and how much hangs on each row. */
export interface RowDiagnostics extends Influence {
  /** ŷ [m×k] */
  predicted: Matrix;
  /** y − ŷ [m×k] */
  residual: Matrix;
}

/**
 * Explains a ridge regression: how well each target is met, how collinear the features are, how much
 * each direction was shrunk, and which rows the fit hangs on.
 *
 * Condition number and directions are those of the coordinates in which the weights were penalised
 * (standardised, if the model was); variance inflation is the same in all.
 *
 * @param model the fit, by `fitRidge` or trained to the minimum; its λ, weights and whether it was standardised are used
 * @param data the rows that it was fitted to, or their moments
 * @param options.intercept whether the model has a bias; true by default
 * @param options.weightKind what row weights mean, as in `inference`; "frequency" by default
 * @returns what moments cannot tell is null without rows, and `reasons` says so
 * @throws SHAPE where the columns do not fit the model or no row counts; VALUE, OPTION
 * Source: docs/choosing.md, with the definition of each.
 */
export function diagnostics(
  model: FittedModel,
  data: Dataset | Moments,
  options: DiagnosticsOptions = {},
): Diagnostics {
  const where = "diagnostics";
  checkOptions(where, options, ["intercept", "weightKind"]);
  const intercept = checkBoolean(where, "intercept", options.intercept ?? true);
  const weightKind = checkWeightKind(where, options.weightKind);
  const metrics = evaluateFitted(model, data);
  const moments = someRows(where, data);
  const system = systemOf(moments, { standardize: model.standardized !== null, intercept });
  const of = spectrum(system.flat);
  const lambdas = perTargetLambda(where, model.lambda, model.outputs.length);
  const alphas = lambdas.map((lambda) => alphaOf(lambda, system.flat));
  const df = alphas.map((alpha) => degreesOfFreedom(of, alpha));
  const constant = system.scaler?.constant.length ?? 0;
  const found = {
    metrics,
    df,
    vif: varianceInflation(moments),
    condition: {
      before: conditionOf(of, constant, 0),
      after: alphas.map((alpha) => conditionOf(of, constant, alpha)),
    },
    directions: directionsOf(of, alphas),
  };
  if (!(data instanceof Dataset)) {
    const reason =
      "mean absolute error, residuals, leverage and influence need the rows, and there are moments alone";
    return { ...found, rows: null, reasons: [reason] };
  }
  const predicted = predictFitted(model, data.X);
  const residual = data.Y.minus(predicted);
  const parameters = df.map((directions) => directions + (intercept ? 1 : 0));
  const counted = countedRows(data, moments, weightKind);
  const degrees = parameters.map((used) => counted - used);
  const rows = influence(data, system, of, residual, alphas, parameters, degrees, weightKind);
  const reasons =
    rows.studentized === null
      ? ["studentised residuals and Cook's distance need more rows than effective degrees of freedom"]
      : [];
  return { ...found, rows: { predicted, residual, ...rows }, reasons };
}
