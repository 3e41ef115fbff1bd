import type { Dataset } from "../data/dataset.js";
import type { LinearRegression, LogEntry } from "../model/linearRegression.js";
import { type EpochMemory, Epochs } from "./epochs.js";
import { type CheckedOptions, checkFitOptions, type FitOptions, type TrainingData } from "./options.js";
import type { Strategy } from "./strategy.js";

/** What training left behind, besides the parameters in the model. */
export interface FitResult {
  /** An entry an epoch. */
  log: LogEntry[];
  /** How it was trained: row by row, or from the moments of the batches. */
  strategy: Strategy;
  /** Whether `tol` ended it. */
  converged: boolean;
  /** The epoch with the least MSE on `valid`, whose parameters the model has; null without `patience`, or without an epoch. */
  bestEpoch: number | null;
  /** What the reader of the result should know. */
  warnings: string[];
}

/** All that a training needs after an epoch to go on to the same bits, in the same order of rows. */
export interface TrainingState extends EpochMemory {
  /** [n×k] */
  w: Float64Array;
  /** [k] */
  b: Float64Array;
  /** An entry for each epoch so far. */
  log: readonly LogEntry[];
  /** With `patience`: the epoch of the least validation MSE, and the parameters after it. */
  best: { epoch: number; w: Float64Array; b: Float64Array } | null;
  /** Whether `tol` ended it. */
  converged: boolean;
}

const SLICE_MS = 10;
/** Multiply-adds between two looks at the clock: about a millisecond. */
const WORK_PER_LOOK = 1e6;
/** What a batch costs besides, in multiply-adds. */
const BATCH_OVERHEAD = 200;

/** One training from its options to its result. */
export class Run {
  /** Batches that take about a millisecond; at least one. */
  readonly batchesPerLook: number;
  readonly #model: LinearRegression;
  readonly #options: CheckedOptions;
  readonly #epochs: Epochs;
  readonly #log: LogEntry[] = [];
  readonly #before: { w: Float64Array; b: Float64Array };
  #converged = false;
  #best: TrainingState["best"] = null;

  constructor(where: string, model: LinearRegression, train: TrainingData, options: FitOptions) {
    this.#model = model;
    this.#options = checkFitOptions(where, model, train, options);
    this.#epochs = new Epochs(where, model, train, this.#options);
    this.#before = { w: model.w.data.slice(), b: model.b.data.slice() };
    const { rows: n, cols: k } = model.w;
    const rows =
      this.#epochs.strategy === "moments" ? n : Math.min(this.#options.batchSize, (train as Dataset).rows);
    // what a rule of one's own takes is not known
    this.batchesPerLook = this.#epochs.ownRule
      ? 1
      : Math.max(1, Math.floor(WORK_PER_LOOK / (rows * (n + 1) * k + BATCH_OVERHEAD)));
  }

  /** Where training stands, behind an epoch. The arrays are those that training works on. */
  state(): TrainingState {
    const { w, b } = this.#model;
    const [log, best, converged] = [this.#log, this.#best, this.#converged];
    return { w: w.data, b: b.data, log, best, converged, ...this.#epochs.memory };
  }

  /** Goes on from where another training with the same rows and options stood; not for shuffled rows. */
  goOn(from: TrainingState): void {
    const { w, b } = this.#model;
    w.data.set(from.w);
    b.data.set(from.b);
    this.#before.w.set(from.w);
    this.#before.b.set(from.b);
    for (const entry of from.log) this.#log.push(entry);
    this.#best = from.best;
    this.#converged = from.converged;
    this.#epochs.goOn(from.log.length, from);
  }

  /**
   * Runs to the end, and gives way to the event loop between slices of some 10 ms.
   * @param between is called then, and may throw
   * @param onEpoch is called behind every epoch
   */
  async inSlices(between = () => {}, onEpoch: (state: TrainingState) => void = () => {}): Promise<FitResult> {
    while (!this.done) {
      const start = performance.now();
      while (!this.done && performance.now() - start < SLICE_MS) {
        if (this.advance(this.batchesPerLook) !== null) onEpoch(this.state());
      }
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (!this.done) between();
    }
    return this.result();
  }

  get done(): boolean {
    return this.#converged || this.#outOfPatience || this.#log.length === this.#options.epochs;
  }

  get #outOfPatience(): boolean {
    const { patience } = this.#options;
    return patience !== null && this.#best !== null && this.#log.length - 1 - this.#best.epoch >= patience;
  }

  /** Runs up to `most` batches; returns the entry of the epoch if that ended it, otherwise null. */
  advance(most: number): LogEntry | null {
    const entry = this.#epochs.advance(most);
    if (entry === null) return null;
    this.#log.push(entry);
    if (this.#options.tol > 0) this.#checkConvergence();
    if (this.#options.patience !== null) this.#keepBest(entry);
    return entry;
  }

  /** Keeps the parameters of the least validation MSE; at the end of training gives them to the model. */
  #keepBest(entry: LogEntry): void {
    const { w, b } = this.#model;
    if (this.#best === null || entry.mseValid! < this.#log[this.#best.epoch]!.mseValid!) {
      this.#best = { epoch: entry.epoch, w: w.data.slice(), b: b.data.slice() };
    } else if (this.done) {
      w.data.set(this.#best.w);
      b.data.set(this.#best.b);
    }
  }

  result(): FitResult {
    const [first] = this.#log;
    const above = this.#log.find((entry) => entry.mse > first!.mse);
    const warnings: string[] = [];
    if (above !== undefined) {
      warnings.push(
        `the loss rose: ${above.mse} in epoch ${above.epoch}, after ${first!.mse} in the first; ` +
          "a smaller learning rate may be needed",
      );
    }
    if (this.#epochs.uncertain > 0) {
      warnings.push(
        `losses near a perfect fit are good to ${this.#epochs.uncertain} only, since there are no rows`,
      );
    }
    return {
      log: this.#log,
      strategy: this.#epochs.strategy,
      converged: this.#converged,
      bestEpoch: this.#best?.epoch ?? null,
      warnings,
    };
  }

  #checkConvergence(): void {
    const { w, b } = this.#model;
    const settled = (now: Float64Array, before: Float64Array): boolean => {
      let [largest, change] = [0, 0];
      for (let i = 0; i < now.length; i++) {
        largest = Math.max(largest, Math.abs(now[i]!));
        change = Math.max(change, Math.abs(now[i]! - before[i]!));
      }
      before.set(now);
      return change <= this.#options.tol * largest;
    };
    const wSettled = settled(w.data, this.#before.w);
    const bSettled = settled(b.data, this.#before.b);
    this.#converged = wSettled && bSettled;
  }
}
