import { type Column, numberColumns } from "../data/columns.js";
import type { Standardization } from "../data/standardizer.js";
import { Ell2Error } from "../errors.js";
import { asMatrix, Matrix, type MatrixLike } from "../linalg/matrix.js";
import type { LinearRegression } from "./linearRegression.js";

/** How a model was trained, for whoever opens its file. */
export interface TrainingRecord {
  rows: number;
  /** "rows" or "moments". */
  strategy: string;
  /** "gradient descent", or the closed form that ran. */
  solver: string;
  /** What descent was given; null for a closed form. */
  descent: { lr: number; epochs: number; batchSize: number } | null;
  /** What the rows hash to, so that one can see whether others are the same; null where nobody took it. */
  fingerprint: string | null;
}

/** A regression in the data's own units, with the names of its columns: what is saved and loaded. */
export interface FittedModel {
  /** The n names of the features. */
  inputs: readonly string[];
  /** The k names of the targets. */
  outputs: readonly string[];
  /** The columns of a table that the features come from. */
  columns: readonly Column[];
  /** λ of the objective, one for all targets or k of them; it is on the standardised weights where the features were standardised. */
  lambda: number | readonly number[];
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
 * @param names of the n features and the k targets; `columns` that the features come from, by default
 *   one of numbers each; `lambda` of each target, where the regression's is not that of all
 * @param standardized what the features were standardised with before training, or null
 * @param training how it was trained
 */
export function foldBack(
  model: LinearRegression,
  names: Pick<FittedModel, "inputs" | "outputs"> & Partial<Pick<FittedModel, "columns" | "lambda">>,
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
    columns: names.columns ?? numberColumns(names.inputs),
    lambda: names.lambda ?? model.lambda,
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
