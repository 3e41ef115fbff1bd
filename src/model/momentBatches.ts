import type { Moments } from "../data/moments.js";
import { allocate } from "../kernels/shared.js";
import { type Descend, DescentBatches } from "./descent.js";
import { type FlatMoments, flatten, momentGram, momentSums } from "./momentSums.js";
import { largestCurvature, scaleToHessian } from "./objective.js";
import type { Trainable } from "./training.js";

/** A loss is good to its bound; beyond this share of it, it is taken from the rows, or marked. */
export const UNCERTAIN = 1e-10;

/**
 * Batches of which only the moments are there: a step costs O(n²k), however many rows there are.
 * @param lossFromRows the loss of a batch from its rows, for where moments have too few digits; null without rows
 */
export class MomentBatches extends DescentBatches {
  readonly count: number;
  /** The largest bound of a loss that was beyond `UNCERTAIN` of it and could not be had from rows; 0 if there was none. */
  uncertain = 0;
  readonly #flat: FlatMoments[];
  readonly #products: Float64Array;

  constructor(
    model: Trainable,
    moments: readonly Moments[],
    descend: Descend,
    private readonly lossFromRows: ((batch: number) => number) | null,
  ) {
    super(model, descend, 1);
    this.count = moments.length;
    this.#flat = moments.map(flatten);
    this.#products = allocate(model.w.numel);
  }

  override loss(batch: number, out: Float64Array): void {
    super.loss(batch, out);
    const { weight, k } = this.#flat[batch]!;
    const bound = this.#bound / (weight * k);
    if (bound <= UNCERTAIN * out[0]!) return;
    if (this.lossFromRows !== null) out[0] = this.lossFromRows(batch);
    else this.uncertain = Math.max(this.uncertain, bound);
  }

  #bound = 0;

  protected override sum(batch: number): number {
    const { w, b } = this.model;
    const moments = this.#flat[batch]!;
    this.#bound = momentSums(moments, w.data, b.data, this.sums, this.#products);
    return moments.weight;
  }

  override safeLearningRate(): number {
    const { lambda } = this.model;
    const most = this.#flat.map((moments) => {
      const hessian = momentGram(moments);
      scaleToHessian(hessian, moments.n, moments.weight, moments.k, lambda);
      return largestCurvature(hessian, moments.n);
    });
    return 2 / Math.max(...most);
  }
}
