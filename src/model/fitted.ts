import { type Column, featureNames, numberColumns } from "../data/columns.js";
import { checkFinite } from "../data/dataset.js";
import type { Standardization } from "../data/standardizer.js";
import { Ell2Error } from "../errors.js";
import { asMatrix, Matrix, type MatrixLike } from "../linalg/matrix.js";
import { show } from "../numbers/check.js";
import type { LinearRegression } from "./linearRegression.js";

/** How a model was trained, for whoever opens its file. */
export interface TrainingRecord {
  /** m, the rows that it was trained on. */
  rows: number;
  /** "rows" or "moments". */
  strategy: string;
  /** "gradient descent", or the closed form that ran. */
  solver: string;
  /** What descent was given; null for a closed form. */
  descent: { lr: number; epochs: number; batchSize: number } | null;
  /** What the rows hash to, so that one can see whether others are the same; null where nobody took it. */
  fingerprint: string | null;
  /** Whether it has a bias that was fitted; without, the bias is 0. True for files that do not say. */
  intercept: boolean;
  /** The column of row weights and what they are, where rows were weighted; null for files that do not say. */
  weight: { column: string; kind: "frequency" | "precision" } | null;
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
  /** How it was trained; null where nobody said. */
  training: TrainingRecord | null;
}

/**
 * A trained regression in the data's own units: weightₗⱼ = wⱼₗ/scaleⱼ, biasₗ = bₗ − Σⱼ meanⱼ·weightₗⱼ.
 * @param model trained on n features and k targets
 * @param names of the n features and the k targets; `columns` that the features come from, by default
 *   one of numbers each; `lambda` of each target, where the regression's is not that of all
 * @param standardized what the features were standardised with before training, or null
 * @param training how it was trained; with an intercept and without row weights where it does not say
 * Source: docs/conventions.md.
 */
export function foldBack(
  model: LinearRegression,
  names: Pick<FittedModel, "inputs" | "outputs"> & Partial<Pick<FittedModel, "columns" | "lambda">>,
  standardized: Standardization | null,
  training: Omit<TrainingRecord, "intercept" | "weight"> &
    Partial<Pick<TrainingRecord, "intercept" | "weight">>,
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
    training: { intercept: true, weight: null, ...training },
  };
}

/**
 * Ŷ = X·weightᵀ + 1·biasᵀ, in the targets' units.
 * @param model n features and k targets
 * @param X [m×n], columns in the order of the model's inputs, finite
 * @returns [m×k]
 * @throws SHAPE where X has another number of columns, NOT_FINITE for NaN or infinity
 * Source: docs/conventions.md.
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
  checkFinite("predict", "X", x);
  return x.matmul(model.weight.T).plus(new Matrix(1, model.bias.length, Float64Array.from(model.bias)));
}

/**
 * Makes sure that a model can leave: its parts fit, and its numbers are finite.
 * @throws VALUE for what is no fitted model, SHAPE where names, columns, weight and bias do not fit,
 *   NOT_FINITE for NaN or infinity
 */
export function checkFitted(where: string, model: FittedModel): void {
  if (!(model?.weight instanceof Matrix)) {
    throw new Ell2Error("VALUE", {
      where,
      expected: "a fitted model",
      got: show(model),
      remedy: "foldBack makes one of a LinearRegression and the names of its columns",
    });
  }
  const { inputs, outputs, columns, lambda, standardized, weight, bias } = model;
  const features = featureNames(columns);
  const empty = columns.find((c) => c.kind === "category" && c.levels.length === 0 && c.reference === null);
  if (empty) {
    throw new Ell2Error("VALUE", {
      where,
      expected: "categories with a level",
      got: `none of ${show(empty.name)}`,
    });
  }
  const fits =
    weight.rows === outputs.length && bias.length === outputs.length && weight.cols === inputs.length;
  if (!fits || features.length !== inputs.length || features.some((name, j) => name !== inputs[j])) {
    throw new Ell2Error("SHAPE", {
      where,
      expected: `columns that make the ${inputs.length} inputs, and a weight and biases for ${outputs.length} targets`,
      got: `columns that make ${show(features)}, a weight ${weight.shape} and ${bias.length} biases`,
    });
  }
  const { mean = [], scale = [] } = standardized ?? {};
  const fills = columns.map((column) => (column.kind === "category" ? 0 : (column.fill ?? 0)));
  const bad = [weight.data, bias, mean, scale, fills, [lambda].flat()]
    .flatMap((x) => [...x])
    .find((x) => !Number.isFinite(x));
  if (bad !== undefined) {
    throw new Ell2Error("NOT_FINITE", { where, expected: "a model of finite numbers", got: String(bad) });
  }
}
