import { takeRows } from "../data/dataset.js";
import { Ell2Error } from "../errors.js";
import { GatherAhead } from "../kernels/gatherAhead.js";
import { blockCount, stepSums } from "../kernels/index.js";
import type { Matrix } from "../linalg/matrix.js";
import { type Descend, DescentBatches } from "./descent.js";
import { safeLearningRate } from "./objective.js";
import type { Batches, Trainable } from "./training.js";

/** Rows in batches, the last one smaller. */
export interface Rows {
  X: Matrix;
  Y: Matrix;
  batchSize: number;
  /** Whether every epoch has an order of its own. */
  shuffled: boolean;
}

/** Batches of rows for the built-in rule: loss, gradient and step are fused, and nothing is allocated. */
export class RowBatches extends DescentBatches {
  readonly count: number;
  #order: Uint32Array | null = null;
  readonly #ahead: GatherAhead | null;

  constructor(
    model: Trainable,
    readonly rows: Rows,
    descend: Descend,
  ) {
    super(model, descend, blockCount(Math.min(rows.batchSize, rows.X.rows)));
    this.count = Math.ceil(rows.X.rows / rows.batchSize);
    const { X, Y, batchSize, shuffled } = rows;
    this.#ahead = shuffled ? GatherAhead.over(X.data, Y.data, X.cols, Y.cols, batchSize) : null;
  }

  /** The rows in the epoch's order, or null for the order in which they stand. */
  set order(order: Uint32Array | null) {
    this.#order = order;
    if (order) this.#ahead?.begin(order);
  }

  protected override sum(batch: number): number {
    const { X, Y, batchSize } = this.rows;
    const { w, b } = this.model;
    const start = batch * batchSize;
    const stop = Math.min(start + batchSize, X.rows);
    const [n, k] = [X.cols, Y.cols];
    const there = this.#order && this.#ahead?.rows(start);
    if (there) {
      const { at } = there;
      stepSums(there.X, there.Y, null, at, at + stop - start, n, k, w.data, b.data, this.sums);
    } else stepSums(X.data, Y.data, this.#order, start, stop, n, k, w.data, b.data, this.sums);
    return stop - start;
  }

  override safeLearningRate(): number {
    return safeRate(this.rows, this.model);
  }
}

/** Batches of rows for a model whose `update`, `predict` or `mseLoss` was replaced: they are what runs. */
export class RuleBatches implements Batches {
  readonly count: number;
  order: Uint32Array | null = null;
  #x: Matrix;
  #yTrue: Matrix;
  #yPred: Matrix;

  constructor(
    private readonly model: Trainable,
    readonly rows: Rows,
    private readonly lr: number,
    private readonly where: string,
  ) {
    this.count = Math.ceil(rows.X.rows / rows.batchSize);
    this.#x = rows.X;
    this.#yTrue = rows.Y;
    this.#yPred = rows.Y;
  }

  loss(batch: number, out: Float64Array): void {
    const { X, Y, batchSize } = this.rows;
    const [start, stop] = [batch * batchSize, (batch + 1) * batchSize];
    const order = this.order?.subarray(start, stop);
    this.#x = order ? takeRows(X, order) : X.slice(start, stop);
    this.#yTrue = order ? takeRows(Y, order) : Y.slice(start, stop);
    this.#yPred = this.model.predict(this.#x);
    out[0] = this.model.mseLoss(this.#yTrue, this.#yPred);
  }

  step(): void {
    this.model.update(this.#x, this.#yTrue, this.#yPred, this.lr);
    const { w, b } = this.model;
    const [n, k] = [this.rows.X.cols, this.rows.Y.cols];
    if (w?.rows === n && w.cols === k && b?.rows === 1 && b.cols === k) return;
    throw new Ell2Error("SHAPE", {
      where: `${this.where}: update`,
      expected: `update to leave w [${n}×${k}] and b [1×${k}]`,
      got: `w ${w?.shape ?? typeof w} and b ${b?.shape ?? typeof b}`,
    });
  }

  safeLearningRate(): number {
    return safeRate(this.rows, this.model);
  }
}

const safeRate = ({ X, Y, batchSize, shuffled }: Rows, model: Trainable): number =>
  safeLearningRate(X, Y.cols, batchSize, model.lambda, shuffled);
