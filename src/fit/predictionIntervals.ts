import type { Dataset } from "../data/dataset.js";
import type { Moments } from "../data/moments.js";
import { Ell2Error } from "../errors.js";
import { asMatrix, Matrix, type MatrixLike } from "../linalg/matrix.js";
import { type FittedModel, predictFitted } from "../model/fitted.js";
import { checkBoolean, checkOptions } from "../numbers/check.js";
import { studentTQuantile } from "../numbers/studentT.js";
import { checkLevel, inferenceOf } from "./inference.js";
import { Problem } from "./problem.js";
import { checkWeightKind, type WeightKind } from "./weightKind.js";

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
 * @throws OPTION for a model with λ > 0; DATA where moments do not tell the residual sum of squares; SHAPE for another number of features, and as `inference`
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
  const level = checkLevel(where, options.level);
  const intercept = checkBoolean(where, "intercept", options.intercept ?? true);
  if ([model.lambda].flat().some((lambda) => lambda !== 0)) {
    throw new Ell2Error("OPTION", {
      where,
      expected: "a model with λ = 0",
      got: `λ = ${model.lambda}`,
      remedy: "the bias of shrunken weights is not known, so an interval would promise too much",
    });
  }
  const weightKind = checkWeightKind(where, options.weightKind);
  const problem = new Problem(where, data, { standardize: true, intercept });
  return intervalsOf(problem, model, asMatrix(X), { level, weightKind });
}

/** `predictionIntervals` of a problem that is prepared. */
export function intervalsOf(
  problem: Problem,
  model: FittedModel,
  x: Matrix,
  { level = 0.95, weightKind }: { level?: number; weightKind: WeightKind },
): PredictionIntervals {
  const { intercept, meanX, weight, outputs } = problem;
  const predicted = predictFitted(model, x);
  const { variance, degreesOfFreedom, notes } = inferenceOf(
    problem,
    outputs.map(() => 0),
    { level, weightKind, hc3: false },
  );
  const { factor } = problem.solve(0);
  const centre = new Matrix(1, x.cols, intercept ? meanX : new Float64Array(x.cols));
  const z = x.minus(centre).matmul(factor.T);
  const half = new Matrix(x.rows, variance.length);
  for (const [l, s2] of variance.entries()) {
    if (s2 === null) {
      throw new Ell2Error("DATA", {
        where: problem.where,
        expected: "a residual sum of squares that is known",
        got: notes[0] ?? "none",
        remedy: "give the rows",
      });
    }
    const quantile = studentTQuantile(0.5 + level / 2, degreesOfFreedom[l]!);
    // σ̂ stands in every part, so that none overflows where weights are tiny
    const deviation = Math.sqrt(s2);
    const ofMean = intercept ? deviation / Math.sqrt(weight) : 0;
    for (let i = 0; i < x.rows; i++) {
      let squares = s2 + ofMean * ofMean;
      for (let c = 0; c < z.cols; c++) {
        const part = deviation * z.data[i * z.cols + c]!;
        squares += part * part;
      }
      half.data[i * half.cols + l] = quantile * Math.sqrt(squares);
    }
  }
  return { predicted, low: predicted.minus(half), high: predicted.plus(half) };
}
