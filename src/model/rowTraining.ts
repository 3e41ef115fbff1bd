import { takeRows } from "../data/dataset.js";
import { Ell2Error } from "../errors.js";
import { blockCount, stepSums, sumsLength } from "../kernels/reference.js";
import type { Matrix } from "../linalg/matrix.js";
import { diverged, gradient, putLoss, safeLearningRate } from "./objective.js";

/** What the loop trains: parameters, and the methods that are called where one of them was replaced. */
export interface Trainable {
  w: Matrix;
  b: Matrix;
  lambda: number;
  predict(X: Matrix): Matrix;
  mseLoss(yTrue: Matrix, yPred: Matrix): number;
  update(x: Matrix, yTrue: Matrix, yPred: Matrix, lr: number): void;
}

/** Changes parameters against a gradient: `w` [n×k] and `b` [k] in place, from ∂J/∂w and then ∂J/∂b in one array. */
export type Descend = (w: Float64Array, b: Float64Array, gradient: Float64Array) => void;

/** Plain gradient descent: w ← w − lr·∂J/∂w, b ← b − lr·∂J/∂b. */
export const descent =
  (lr: number): Descend =>
  (w, b, g) => {
    for (let i = 0; i < w.length; i++) w[i]! -= lr * g[i]!;
    for (let l = 0; l < b.length; l++) b[l]! -= lr * g[w.length + l]!;
  };

export interface RowTrainingOptions {
  lr: number;
  batchSize: number;
  /** null where the model's own `update` is to be called. */
  descend: Descend | null;
  /** Whether epochs come with an order of the rows. */
  shuffled: boolean;
  /** The function whose name errors carry. */
  where: string;
}

/**
 * Training row by row: the one loop over batches in ell2, and the definition of correct.
 *
 * A batch's loss is taken before its update. Where the model's update is the built-in one, loss,
 * gradient and step are fused and nothing is allocated; otherwise the model's own methods run.
 * Work is done in slices of batches, so that callers decide when to pause.
 */
export class RowTraining {
  epoch = 0;
  #batch = 0;
  /** The batch's loss, and the sum of the epoch's: in an array, since a number that is returned or kept in a field is boxed. */
  readonly #losses = new Float64Array(2);
  readonly #batches: number;
  readonly #sums: Float64Array;
  readonly #gradient: Float64Array;
  readonly #last: Float64Array;

  constructor(
    private readonly model: Trainable,
    private readonly X: Matrix,
    private readonly Y: Matrix,
    private readonly options: RowTrainingOptions,
  ) {
    const [n, k] = [X.cols, Y.cols];
    this.#batches = Math.ceil(X.rows / options.batchSize);
    this.#sums = new Float64Array(blockCount(Math.min(options.batchSize, X.rows)) * sumsLength(n, k));
    this.#gradient = new Float64Array((n + 1) * k);
    this.#last = new Float64Array((n + 1) * k);
  }

  /**
   * Runs up to `most` more batches of the current epoch.
   * @param order the epoch's rows, or null for row order
   * @returns null while the epoch goes on; at its end the plain mean of its batches' losses
   * @throws DIVERGED at the first loss or parameter that is not finite; the model keeps the last finite ones
   */
  advance(order: Uint32Array | null, most: number): number | null {
    const { batchSize } = this.options;
    const stop = Math.min(this.#batches, this.#batch + most);
    for (; this.#batch < stop; this.#batch++) {
      const first = this.#batch * batchSize;
      const last = Math.min(first + batchSize, this.X.rows);
      if (this.options.descend === null) this.#byRule(order, first, last);
      else this.#fused(order, first, last);
      this.#losses[1]! += this.#losses[0]!;
    }
    if (this.#batch < this.#batches) return null;
    const mse = this.#losses[1]! / this.#batches;
    this.#losses[1] = 0;
    this.#batch = 0;
    this.epoch++;
    return mse;
  }

  #fused(order: Uint32Array | null, first: number, last: number): void {
    const { model, X, Y, options } = this;
    const w = model.w.data;
    const b = model.b.data;
    const n = X.cols;
    const k = Y.cols;
    stepSums(X.data, Y.data, order, first, last, n, k, w, b, this.#sums);
    putLoss(this.#sums, (n + 1) * k, last - first, k, this.#losses);
    this.#checkLoss();
    this.#keep();
    gradient(this.#sums, w, model.lambda, last - first, k, this.#gradient);
    options.descend!(w, b, this.#gradient);
    this.#checkParameters();
  }

  #byRule(order: Uint32Array | null, first: number, last: number): void {
    const { model, options } = this;
    const rows = order?.subarray(first, last);
    const x = rows ? takeRows(this.X, rows) : this.X.slice(first, last);
    const yTrue = rows ? takeRows(this.Y, rows) : this.Y.slice(first, last);
    const yPred = model.predict(x);
    this.#losses[0] = model.mseLoss(yTrue, yPred);
    this.#checkLoss();
    this.#keep();
    model.update(x, yTrue, yPred, options.lr);
    this.#checkShapes();
    this.#checkParameters();
  }

  #keep(): void {
    this.#last.set(this.model.w.data);
    this.#last.set(this.model.b.data, this.model.w.numel);
  }

  #checkLoss(): void {
    if (!Number.isFinite(this.#losses[0]!)) this.#diverge();
  }

  #checkShapes(): void {
    const { w, b } = this.model;
    const [n, k] = [this.X.cols, this.Y.cols];
    if (w?.rows === n && w.cols === k && b?.rows === 1 && b.cols === k) return;
    throw new Ell2Error("SHAPE", {
      where: `${this.options.where}: update`,
      expected: `update to leave w [${n}×${k}] and b [1×${k}]`,
      got: `w ${w?.shape ?? typeof w} and b ${b?.shape ?? typeof b}`,
    });
  }

  #checkParameters(): void {
    const w = this.model.w.data;
    const b = this.model.b.data;
    let finite = true;
    for (let i = 0; i < w.length; i++) finite &&= Number.isFinite(w[i]!);
    for (let l = 0; l < b.length; l++) finite &&= Number.isFinite(b[l]!);
    if (finite) return;
    w.set(this.#last.subarray(0, w.length));
    b.set(this.#last.subarray(w.length));
    this.#diverge();
  }

  #diverge(): never {
    const { lr, batchSize, shuffled, where } = this.options;
    throw diverged(where, {
      epoch: this.epoch,
      batch: this.#batch,
      loss: this.#losses[0]!,
      lr,
      safeLearningRate: safeLearningRate(this.X, this.Y.cols, batchSize, this.model.lambda, shuffled),
    });
  }
}
