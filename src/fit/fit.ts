import type { Dataset } from "../data/dataset.js";
import { Ell2Error } from "../errors.js";
import type { LinearRegression, LogEntry } from "../model/linearRegression.js";
import { show } from "../numbers/check.js";
import { Epochs } from "./epochs.js";
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

/**
 * Trains a model to the end by gradient descent on J, changing its parameters.
 *
 * For a squared loss the rows count only through the moments of their batches, so that training
 * from those gives the same numbers to rounding, at a cost that does not grow with the rows; see
 * `strategy`. Batches are taken in row order (or a new random order every epoch), the last one smaller; a
 * batch's loss is taken before its update, the validation MSE after the epoch. If the model's
 * `update`, `predict` or `mseLoss` was replaced, the replacement is what runs.
 *
 * @param model n features, k targets; λ and the shuffling generator are its own
 * @param train m ≥ 1 rows of n features and k targets; or their moments; or those of fixed batches
 * @param options how to train, see `FitOptions`
 * @returns the log, how it was trained, whether it converged, and warnings
 * @throws DIVERGED at the first loss or parameter that is not finite: the error's `data` names
 *   epoch, batch, loss and a safe rate, the model keeps the last finite parameters; SHAPE, VALUE or
 *   OPTION for arguments that do not fit
 * Source: PyTorch's `optim.SGD` on `nn.MSELoss`, with `weight_decay` on the weight alone;
 * docs/derivation.md.
 */
export function fit(model: LinearRegression, train: TrainingData, options: FitOptions): FitResult {
  const run = new Run("fit", model, train, options);
  while (!run.done) run.advance(Number.POSITIVE_INFINITY);
  return run.result();
}

/**
 * Trains a model an epoch at a time: a generator of log entries. Leaving the loop stops training,
 * with the parameters as they are after that epoch; with `patience`, the last entry comes when the
 * model has its best ones.
 * @param model as for `fit`
 * @param train as for `fit`
 * @param options as for `fit`
 * @throws as `fit`
 * @returns a generator of an entry an epoch; its own result is that of `fit`
 * Source: as `fit`.
 */
export function* epochs(
  model: LinearRegression,
  train: TrainingData,
  options: FitOptions,
): Generator<LogEntry, FitResult, void> {
  const run = new Run("epochs", model, train, options);
  while (!run.done) yield run.advance(Number.POSITIVE_INFINITY)!;
  return run.result();
}

/**
 * Trains like `fit`, but gives way to the event loop between slices of some 10 ms, so that timers
 * fire, pages stay alive and a signal is heard.
 * @param model as for `fit`
 * @param train as for `fit`
 * @param options as for `fit`; and `signal`, which ends training between two batches: the promise
 *   is rejected with the signal's reason, and the model keeps the parameters of the last batch
 * @throws as `fit`, as a rejection
 * @returns a promise of the result of `fit`
 * Source: as `fit`.
 */
export async function fitAsync(
  model: LinearRegression,
  train: TrainingData,
  options: FitOptions & { signal?: AbortSignal },
): Promise<FitResult> {
  const { signal, ...rest } = options ?? {};
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new Ell2Error("VALUE", {
      where: "fitAsync",
      expected: "signal to be an AbortSignal",
      got: show(signal),
    });
  }
  const run = new Run("fitAsync", model, train, rest as FitOptions);
  signal?.throwIfAborted();
  while (!run.done) {
    const start = performance.now();
    while (!run.done && performance.now() - start < SLICE_MS) run.advance(run.batchesPerLook);
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (!run.done) signal?.throwIfAborted();
  }
  return run.result();
}

const SLICE_MS = 10;
/** Multiply-adds between two looks at the clock: about a millisecond. */
const WORK_PER_LOOK = 1e6;
/** What a batch costs besides, in multiply-adds. */
const BATCH_OVERHEAD = 200;

/** One training from its options to its result. */
class Run {
  /** Batches that take about a millisecond; at least one. */
  readonly batchesPerLook: number;
  readonly #model: LinearRegression;
  readonly #options: CheckedOptions;
  readonly #epochs: Epochs;
  readonly #log: LogEntry[] = [];
  readonly #before: { w: Float64Array; b: Float64Array };
  #converged = false;
  /** With `patience`: the epoch of the least validation MSE, and the parameters after it. */
  #best: { entry: LogEntry; w: Float64Array; b: Float64Array } | null = null;

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

  get done(): boolean {
    return this.#converged || this.#outOfPatience || this.#log.length === this.#options.epochs;
  }

  get #outOfPatience(): boolean {
    const { patience } = this.#options;
    return (
      patience !== null && this.#best !== null && this.#log.length - 1 - this.#best.entry.epoch >= patience
    );
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
    if (this.#best === null || entry.mseValid! < this.#best.entry.mseValid!) {
      this.#best = { entry, w: w.data.slice(), b: b.data.slice() };
    } else if (this.done) {
      w.data.set(this.#best.w);
      b.data.set(this.#best.b);
    }
  }

  result(): FitResult {
    const first = this.#log[0];
    const above = this.#log.find((entry) => first !== undefined && entry.mse > first.mse);
    const warnings: string[] = [];
    if (first !== undefined && above !== undefined) {
      warnings.push(
        `the loss rose: ${above.mse} in epoch ${above.epoch}, after ${first.mse} in the first; ` +
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
      bestEpoch: this.#best?.entry.epoch ?? null,
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
