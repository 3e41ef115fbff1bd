import { sumsLength } from "../kernels/index.js";
import { gradient, putLoss } from "./objective.js";
import type { Batches, Trainable } from "./training.js";

/** Changes parameters against a gradient: `w` [n×k] and `b` [k] in place, from ∂J/∂w and then ∂J/∂b in one array. */
export type Descend = (w: Float64Array, b: Float64Array, gradient: Float64Array) => void;

/** Plain gradient descent: w ← w − lr·∂J/∂w, b ← b − lr·∂J/∂b. */
export const descent =
  (lr: number): Descend =>
  (w, b, g) => {
    for (let i = 0; i < w.length; i++) w[i]! -= lr * g[i]!;
    for (let l = 0; l < b.length; l++) b[l]! -= lr * g[w.length + l]!;
  };

/**
 * Batches on which the built-in rule descends: what differs between rows and moments is only where
 * the sums Xᵀr, 1ᵀr and Σr² of a batch come from.
 */
export abstract class DescentBatches implements Batches {
  abstract readonly count: number;
  /** Xᵀr [n×k], 1ᵀr [k], Σr² [k] of the batch whose loss was taken last. */
  protected readonly sums: Float64Array;
  readonly #gradient: Float64Array;
  #weight = 0;

  /** @param blocks how many blocks of sums the batches need room for */
  constructor(
    protected readonly model: Trainable,
    private readonly descend: Descend,
    blocks: number,
  ) {
    const { rows: n, cols: k } = model.w;
    this.sums = new Float64Array(blocks * sumsLength(n, k));
    this.#gradient = new Float64Array((n + 1) * k);
  }

  /** Fills `sums` for a batch and returns its weight: its number of rows, or the sum of their weights. */
  protected abstract sum(batch: number): number;

  abstract safeLearningRate(): number;

  loss(batch: number, out: Float64Array): void {
    const { rows: n, cols: k } = this.model.w;
    this.#weight = this.sum(batch);
    putLoss(this.sums, (n + 1) * k, this.#weight, k, out);
  }

  step(): void {
    const { w, b, lambda } = this.model;
    gradient(this.sums, w.data, lambda, this.#weight, w.cols, this.#gradient);
    this.descend(w.data, b.data, this.#gradient);
  }
}
