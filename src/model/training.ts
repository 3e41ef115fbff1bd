import type { Matrix } from "../linalg/matrix.js";
import { diverged } from "./objective.js";

/** What is trained: parameters, and the methods that are called where one of them was replaced. */
export interface Trainable {
  w: Matrix;
  b: Matrix;
  lambda: number;
  predict(X: Matrix): Matrix;
  mseLoss(yTrue: Matrix, yPred: Matrix): number;
  update(x: Matrix, yTrue: Matrix, yPred: Matrix, lr: number): void;
}

/** The batches of an epoch, wherever they come from: what the loop asks of them. */
export interface Batches {
  readonly count: number;
  /** Puts the loss of a batch, with the parameters as they are, into out[0] (a number that is returned may be boxed). */
  loss(batch: number, out: Float64Array): void;
  /** Changes the parameters by the batch whose loss was taken last. */
  step(): void;
  /** A rate at which plain gradient descent on these batches cannot diverge. */
  safeLearningRate(): number;
}

/**
 * The one loop over batches in ell2. A batch's loss is taken before its step; the first loss or
 * parameter that is not finite ends training, and the last finite parameters are kept.
 *
 * Work is done in slices of batches, so that callers decide when to pause; nothing is allocated.
 */
export class Training {
  epoch = 0;
  #batch = 0;
  /** The batch's loss, and the sum of the epoch's. */
  readonly #losses = new Float64Array(2);
  readonly #last: Float64Array;

  /**
   * @param lr the learning rate of the batches' steps, for errors
   * @param where the function whose name errors carry
   */
  constructor(
    private readonly model: Trainable,
    private readonly batches: Batches,
    private readonly lr: number,
    private readonly where: string,
  ) {
    this.#last = new Float64Array(model.w.numel + model.b.numel);
  }

  /**
   * Runs up to `most` more batches of the current epoch.
   * @returns null while the epoch goes on; at its end the plain mean of its batches' losses
   * @throws DIVERGED at the first loss or parameter that is not finite
   */
  advance(most: number): number | null {
    const { count } = this.batches;
    const stop = Math.min(count, this.#batch + most);
    for (; this.#batch < stop; this.#batch++) {
      this.batches.loss(this.#batch, this.#losses);
      if (!Number.isFinite(this.#losses[0]!)) this.#diverge();
      this.#keep();
      this.batches.step();
      if (!this.#finite()) {
        this.#restore();
        this.#diverge();
      }
      this.#losses[1]! += this.#losses[0]!;
    }
    if (this.#batch < count) return null;
    const mse = this.#losses[1]! / count;
    this.#losses[1] = 0;
    this.#batch = 0;
    this.epoch++;
    return mse;
  }

  #keep(): void {
    this.#last.set(this.model.w.data);
    this.#last.set(this.model.b.data, this.model.w.numel);
  }

  #restore(): void {
    const { w, b } = this.model;
    w.data.set(this.#last.subarray(0, w.numel));
    b.data.set(this.#last.subarray(w.numel));
  }

  #finite(): boolean {
    const w = this.model.w.data;
    const b = this.model.b.data;
    let differences = 0; // x − x is 0, or NaN where x is not finite
    for (let i = 0; i < w.length; i++) differences += w[i]! - w[i]!;
    for (let l = 0; l < b.length; l++) differences += b[l]! - b[l]!;
    return differences === 0;
  }

  #diverge(): never {
    const { epoch, lr, where } = this;
    throw diverged(where, {
      epoch,
      batch: this.#batch,
      loss: this.#losses[0]!,
      lr,
      safeLearningRate: this.batches.safeLearningRate(),
    });
  }
}
