import type { Dataset } from "../data/dataset.js";
import type { Moments } from "../data/moments.js";
import { Ell2Error } from "../errors.js";
import { asMatrix, Matrix, type MatrixLike } from "../linalg/matrix.js";
import { type FittedModel, predictFitted } from "../model/fitted.js";
import { checkBoolean, checkNumber, checkOptions } from "../numbers/check.js";
import { studentTQuantile } from "../numbers/studentT.js";
import { inference } from "./inference.js";
import { leverages, rotatedRows } from "./leaveOneOut.js";
import { someRows } from "./ridge.js";
import { spectrum } from "./spectrum.js";
import { systemOf } from "./system.js";
import type { WeightKind } from "./weightKind.js";

/** The options of `predictionIntervals`. */
export interface PredictionIntervalOptions {
  level?: number;
  intercept?: boolean;
  weightKind?: WeightKind;
}

/** Predictions with the range in which a new observation is to be expected. */
export interface PredictionIntervals {
  /** ŷ [r×k] */
  predicted: Matrix;
  /** [r×k] */
  low: Matrix;
  /** [r×k] */
  high: Matrix;
}

/**
 * Prediction intervals of least squares, ŷ ± t·σ̂·√(1 + 1/W + (x − x̄)ᵀS⁻¹(x − x̄)): the range in which a
 * new observation (of weight 1) lies with the given probability, if the errors are normal and of one
 * variance. They need moments and x alone. With λ > 0 the bias of the shrunken weights is not known,
 * and there is no such interval.
 *
 * @param model fitted with λ = 0
 * @param data the rows that it was fitted to, or their moments
 * @param X where to predict [r×n]
 * @param options.level in (0, 1); 0.95 by default
 * @param options.intercept whether the model has a bias; true by default
 * @param options.weightKind as in `inference`
 * @throws OPTION for a model with λ > 0; SHAPE for another number of features, and as `inference`
 * Source: docs/choosing.md.
 */
export function predictionIntervals(
  model: FittedModel,
  data: Dataset | Moments,
  X: MatrixLike,
  options: PredictionIntervalOptions = {},
): PredictionIntervals {
  const where = "predictionIntervals";
  checkOptions(where, options, ["level", "intercept", "weightKind"]);
  const level = checkNumber(where, "level", options.level ?? 0.95, "in (0, 1)", (x) => x > 0 && x < 1);
  const intercept = checkBoolean(where, "intercept", options.intercept ?? true);
  if ([model.lambda].flat().some((lambda) => lambda !== 0)) {
    throw new Ell2Error("OPTION", {
      where,
      expected: "a model with λ = 0",
      got: `λ = ${model.lambda}`,
      remedy: "the bias of shrunken weights is not known, so an interval would promise too much",
    });
  }
  const x = asMatrix(X);
  const predicted = predictFitted(model, x);
  const { weightKind = "frequency" } = options;
  const moments = someRows(where, data);
  const { variance, degreesOfFreedom } = inference(data, {
    lambda: 0,
    intercept,
    weightKind,
    standardize: true,
  });
  const system = systemOf(moments, { standardize: true, intercept });
  const of = spectrum(system.flat);
  const h = leverages(rotatedRows(x, system, of), of, 0, intercept);
  const half = new Matrix(x.rows, variance.length);
  for (const [l, s2] of variance.entries()) {
    const quantile = studentTQuantile(0.5 + level / 2, degreesOfFreedom[l]!);
    for (let i = 0; i < x.rows; i++) half.data[i * half.cols + l] = quantile * Math.sqrt(s2 * (1 + h[i]!));
  }
  return { predicted, low: predicted.minus(half), high: predicted.plus(half) };
}
