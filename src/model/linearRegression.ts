import { checkFinite, checkSameRows } from "../data/dataset.js";
import { Ell2Error } from "../errors.js";
import {
  blockCount,
  predict,
  residualSums,
  squaredDifferences,
  squaredErrors,
  sumsLength,
} from "../kernels/index.js";
import { asMatrix, Matrix, type MatrixLike } from "../linalg/matrix.js";
import { checkInteger, checkNonNegative, checkOptions, show } from "../numbers/check.js";
import { defaultGenerator, type Torch } from "../random/torch.js";
import { descent } from "./descent.js";
import { gradient, meanSquaredError } from "./objective.js";
import { RowBatches, RuleBatches } from "./rowBatches.js";
import { type Trainable, Training } from "./training.js";

/** The options of a `LinearRegression`. */
export interface LinearRegressionOptions {
  lambda?: number;
  generator?: Torch;
}

/** One epoch of a training log. */
export interface LogEntry {
  /** Counted from 0. */
  epoch: number;
  /** The plain mean of the batches' losses, each taken before its update. */
  mse: number;
  /** The MSE of the validation rows after the epoch; null where there are none. */
  mseValid: number | null;
}

/**
 * Multi-output linear regression with an ℓ₂ penalty on the weight, from scratch: the notebook's
 * class. Ŷ = Xw + 1bᵀ, trained by w ← w − lr·(Xᵀδ + λw), b ← b − lr·1ᵀδ with δ = 2(Ŷ − Y)/(mk).
 *
 * `update` may be replaced, on one model, in a subclass, or on the prototype (as the notebook's
 * `add_to_class` does); training then calls the replacement.
 * Source: the class of the notebook that ell2 began with; docs/derivation.md derives the update.
 */
export class LinearRegression implements Trainable {
  /** The weight [n×k]. */
  w: Matrix;
  /** The bias [1×k]. */
  b: Matrix;
  /** λ ≥ 0, PyTorch's `weight_decay` of the weight. */
  lambda: number;
  /** Where the initial parameters came from, and what shuffling draws from. */
  readonly generator: Torch;

  /**
   * Draws w and then b from `generator.randn`, in the notebook's order.
   * @param nFeatures n ≥ 1
   * @param outFeatures k ≥ 1
   * @param options.lambda λ ≥ 0; 0 by default, which is no decay
   * @param options.generator PyTorch's stream; by default the one that `random.manualSeed` seeds
   * @throws VALUE for sizes or a λ out of range, OPTION for an option that does not exist
   */
  constructor(nFeatures: number, outFeatures: number, options: LinearRegressionOptions = {}) {
    const where = "LinearRegression";
    checkOptions(where, options, ["lambda", "generator"]);
    checkInteger(where, "nFeatures", nFeatures, 1);
    checkInteger(where, "outFeatures", outFeatures, 1);
    this.lambda = checkNonNegative(where, "lambda", options.lambda ?? 0);
    this.generator = options.generator ?? defaultGenerator;
    this.w = new Matrix(nFeatures, outFeatures, this.generator.randn(nFeatures * outFeatures));
    this.b = new Matrix(1, outFeatures, this.generator.randn(outFeatures));
  }

  /**
   * Copies the parameters of a linear layer: w ← weightᵀ, b ← bias. The one transposition in ell2.
   * @param layer.weight [k×n], such as `nn.Linear`'s; a matrix, nested arrays, or anything with `toArray`
   * @param layer.bias k entries
   * @throws SHAPE where they do not fit this model, VALUE where one is missing, NOT_FINITE for NaN or infinity
   */
  copyParams(layer: { weight: LayerParameter; bias: LayerParameter }): void {
    const where = "LinearRegression.copyParams";
    if (!layer?.weight || !layer.bias) {
      throw new Ell2Error("VALUE", { where, expected: "a layer with weight and bias", got: show(layer) });
    }
    const weight = asMatrix(nested(layer.weight) as number[][]);
    const bias = asMatrix([nested(layer.bias).flat() as number[]]);
    if (weight.cols !== this.w.rows || weight.rows !== this.w.cols || bias.cols !== this.b.cols) {
      throw new Ell2Error("SHAPE", {
        where,
        expected: `a weight [${this.w.cols}×${this.w.rows}] and ${this.b.cols} biases`,
        got: `a weight ${weight.shape} and ${bias.cols} biases`,
      });
    }
    checkFinite(where, "weight", weight);
    checkFinite(where, "bias", bias);
    this.w = weight.T;
    this.b = bias;
  }

  /**
   * Ŷ = Xw + 1bᵀ, features summed from left to right, then the bias.
   * @param X [m×n]
   * @returns [m×k]
   * @throws SHAPE where X has another number of features
   */
  predict(X: MatrixLike): Matrix {
    const x = this.#features("LinearRegression.predict", X);
    const out = new Matrix(x.rows, this.w.cols);
    predict(x.data, 0, x.rows, x.cols, this.w.data, this.b.data, this.w.cols, out.data);
    return out;
  }

  /**
   * L = 1/(mk)·Σ(yPred − yTrue)²: the loss without the penalty, the truth first as in the notebook.
   * @param yTrue [m×k]
   * @param yPred [m×k]
   * @throws SHAPE where the two differ in shape or are empty
   */
  mseLoss(yTrue: MatrixLike, yPred: MatrixLike): number {
    const [target, prediction] = [asMatrix(yTrue), asMatrix(yPred)];
    checkSameShape("LinearRegression.mseLoss", target, prediction);
    const { rows, cols: k } = target;
    const sums = new Float64Array(blockCount(rows) * k);
    squaredDifferences(prediction.data, target.data, rows, k, sums);
    return meanSquaredError(sums, 0, rows, k);
  }

  /**
   * The MSE of the predictions for X: L, never J.
   * @param X [m×n], m ≥ 1
   * @param Y [m×k]
   * @throws SHAPE where the shapes do not fit
   */
  evaluate(X: MatrixLike, Y: MatrixLike): number {
    const x = this.#features("LinearRegression.evaluate", X);
    const y = asMatrix(Y);
    if (!usesBuiltIn(this, "predict", "mseLoss")) return this.mseLoss(y, this.predict(x));
    const k = this.w.cols;
    this.#checkTargets("LinearRegression.evaluate", x, y);
    const sums = new Float64Array(blockCount(x.rows) * k);
    squaredErrors(x.data, y.data, 0, x.rows, x.cols, k, this.w.data, this.b.data, sums);
    return meanSquaredError(sums, 0, x.rows, k);
  }

  /**
   * One step of gradient descent on J: w ← w − lr·(Xᵀδ + λw), b ← b − lr·1ᵀδ.
   * @param x the batch's features [m×n], m ≥ 1
   * @param yTrue its targets [m×k]
   * @param yPred its predictions [m×k], made with the current parameters
   * @param lr the learning rate, finite
   * @throws SHAPE where the shapes do not fit
   */
  update(x: Matrix, yTrue: Matrix, yPred: Matrix, lr: number): void {
    const { rows, cols: n } = x;
    const k = this.w.cols;
    this.#checkTargets("LinearRegression.update", x, yTrue);
    checkSameShape("LinearRegression.update", yTrue, yPred);
    const sums = new Float64Array(blockCount(rows) * sumsLength(n, k));
    const g = new Float64Array((n + 1) * k);
    residualSums(x.data, 0, rows, n, yPred.minus(yTrue).data, k, sums);
    gradient(sums, this.w.data, this.lambda, rows, k, g);
    descent(lr)(this.w.data, this.b.data, g);
  }

  /**
   * Trains row by row, as the notebook's `fit`: batches in row order, the last one smaller.
   * (The function `fit` has more options.)
   * @param xTrain [m×n], m ≥ 1
   * @param yTrain [m×k]
   * @param epochs ≥ 0
   * @param lr the learning rate, ≥ 0
   * @param batchSize rows a batch, ≥ 1; above m it is m
   * @param xValid features of the validation rows [v×n]; with `yValid`, or neither
   * @param yValid their targets [v×k]
   * @returns an entry an epoch
   * @throws DIVERGED at the first loss or parameter that is not finite (the model keeps the last
   *   finite ones), SHAPE, VALUE or NOT_FINITE for arguments that do not fit
   */
  fit(
    xTrain: MatrixLike,
    yTrain: MatrixLike,
    epochs: number,
    lr: number,
    batchSize: number,
    xValid?: MatrixLike,
    yValid?: MatrixLike,
  ): LogEntry[] {
    const where = "LinearRegression.fit";
    const X = this.#features(where, xTrain);
    const Y = asMatrix(yTrain);
    this.#checkTargets(where, X, Y);
    checkFinite(where, "xTrain", X);
    checkFinite(where, "yTrain", Y);
    checkInteger(where, "epochs", epochs, 0);
    checkNonNegative(where, "the model's lambda", this.lambda);
    checkNonNegative(where, "lr", lr);
    const valid = this.#validation(where, xValid, yValid);
    const rows = { X, Y, batchSize: checkInteger(where, "batchSize", batchSize, 1), shuffled: false };
    const builtIn = usesBuiltIn(this, "predict", "mseLoss", "update");
    const batches = builtIn
      ? new RowBatches(this, rows, descent(lr))
      : new RuleBatches(this, rows, lr, where);
    const training = new Training(this, batches, lr, where);
    const log: LogEntry[] = [];
    for (let epoch = 0; epoch < epochs; epoch++) {
      const mse = training.advance(Number.POSITIVE_INFINITY)!;
      const mseValid = valid === null ? null : this.evaluate(valid.X, valid.Y);
      log.push({ epoch, mse, mseValid });
    }
    return log;
  }

  #validation(where: string, xValid?: MatrixLike, yValid?: MatrixLike): { X: Matrix; Y: Matrix } | null {
    if (xValid === undefined && yValid === undefined) return null;
    if (xValid === undefined || yValid === undefined) {
      const missing = xValid === undefined ? "xValid" : "yValid";
      throw new Ell2Error("VALUE", {
        where,
        expected: "xValid and yValid, or neither",
        got: `no ${missing}`,
      });
    }
    const [X, Y] = [this.#features(where, xValid), asMatrix(yValid)];
    this.#checkTargets(where, X, Y);
    checkFinite(where, "xValid", X);
    checkFinite(where, "yValid", Y);
    return { X, Y };
  }

  #features(where: string, X: MatrixLike): Matrix {
    const x = asMatrix(X);
    if (x.cols === this.w.rows) return x;
    throw new Ell2Error("SHAPE", {
      where,
      expected: `${this.w.rows} features, as the model has`,
      got: `X ${x.shape}`,
    });
  }

  #checkTargets(where: string, X: Matrix, Y: Matrix): void {
    checkSameRows(where, X, Y);
    if (Y.cols === this.w.cols && Y.rows > 0) return;
    throw new Ell2Error("SHAPE", {
      where,
      expected: `at least one row of ${this.w.cols} targets, as the model has`,
      got: `Y ${Y.shape}`,
    });
  }
}

/** A layer's parameter: anything that can be read as nested arrays. */
type LayerParameter = readonly unknown[] | ArrayLike<number> | { toArray(): unknown };

function nested(parameter: LayerParameter): unknown[] {
  if (parameter instanceof Object && "toArray" in parameter) return parameter.toArray() as unknown[];
  return Array.from(parameter as ArrayLike<unknown>);
}

function checkSameShape(where: string, target: Matrix, prediction: Matrix): void {
  if (target.rows === prediction.rows && target.cols === prediction.cols && target.numel > 0) return;
  throw new Ell2Error("SHAPE", {
    where,
    expected: "targets and predictions of the same shape, not empty",
    got: `${target.shape} and ${prediction.shape}`,
  });
}

const BUILT_IN = {
  predict: LinearRegression.prototype.predict,
  mseLoss: LinearRegression.prototype.mseLoss,
  update: LinearRegression.prototype.update,
};

/** Whether these methods of a model are the ones written here, not replaced in any way. */
export function usesBuiltIn(model: LinearRegression, ...methods: (keyof typeof BUILT_IN)[]): boolean {
  return methods.every((method) => model[method] === BUILT_IN[method]);
}
