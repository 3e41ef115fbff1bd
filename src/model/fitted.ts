import type { Standardization } from "../data/standardizer.js";
import { Ell2Error } from "../errors.js";
import { asMatrix, Matrix, type MatrixLike } from "../linalg/matrix.js";
import type { LinearRegression } from "./linearRegression.js";

/** How a model was trained, for whoever opens its file. */
export interface TrainingRecord {
  rows: number;
  strategy: string;
  lr: number;
  epochs: number;
  batchSize: number;
}

/** A regression in the data's own units, with the names of its columns: what is saved and loaded. */
export interface FittedModel {
  /** The n names of the features. */
  inputs: readonly string[];
  /** The k names of the targets. */
  outputs: readonly string[];
  /** λ of the objective; it is on the standardised weights where the features were standardised. */
  lambda: number;
  /** What the features were standardised with for training; null if they were not. The weights are folded back. */
  standardized: { mean: readonly number[]; scale: readonly number[] } | null;
  /** [k×n], in units of a target for each unit of a feature. */
  weight: Matrix;
  /** k entries, in units of the targets. */
  bias: readonly number[];
  training: TrainingRecord | null;
}

/**
 * A trained regression in the data's own units: weightₗⱼ = wⱼₗ/scaleⱼ, biasₗ = bₗ − Σⱼ meanⱼ·weightₗⱼ.
 * @param model trained on n features and k targets
 * @param names of the n features and the k targets
 * @param standardized what the features were standardised with before training, or null
 * @param training how it was trained
 */
export function foldBack(
  model: LinearRegression,
  names: { inputs: readonly string[]; outputs: readonly string[] },
  standardized: Standardization | null,
  training: TrainingRecord,
): FittedModel {
  const weight = model.w.T;
  const bias = Array.from(model.b.data);
  if (standardized !== null) {
    const { mean, scale } = standardized;
    for (let l = 0; l < weight.rows; l++) {
      for (let j = 0; j < weight.cols; j++) {
        const at = l * weight.cols + j;
        weight.data[at]! /= scale[j]!;
        bias[l]! -= mean[j]! * weight.data[at]!;
      }
    }
  }
  const { mean, scale } = standardized ?? {};
  return {
    inputs: names.inputs,
    outputs: names.outputs,
    lambda: model.lambda,
    standardized: mean && scale ? { mean, scale } : null,
    weight,
    bias,
    training,
  };
}

/**
 * Ŷ = X·weightᵀ + 1·biasᵀ, in the targets' units.
 * @param X [m×n], columns in the order of the model's inputs
 * @returns [m×k]
 * @throws SHAPE where X has another number of columns
 */
export function predictFitted(model: FittedModel, X: MatrixLike): Matrix {
  const x = asMatrix(X);
  if (x.cols !== model.inputs.length) {
    throw new Ell2Error("SHAPE", {
      where: "predict",
      expected: `${model.inputs.length} features (${model.inputs.join(", ")})`,
      got: `X ${x.shape}`,
    });
  }
  return x.matmul(model.weight.T).plus(new Matrix(1, model.bias.length, Float64Array.from(model.bias)));
}
