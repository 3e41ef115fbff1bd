import { Dataset } from "../data/dataset.js";
import { Moments } from "../data/moments.js";
import { Ell2Error } from "../errors.js";
import { type Descend, descent } from "../model/descent.js";
import { type LinearRegression, type LogEntry, usesBuiltIn } from "../model/linearRegression.js";
import { MomentBatches, UNCERTAIN } from "../model/momentBatches.js";
import { flatten, momentLoss } from "../model/momentSums.js";
import { RowBatches, RuleBatches } from "../model/rowBatches.js";
import { Training } from "../model/training.js";
import { MomentumDescent } from "./momentum.js";
import type { CheckedOptions, TrainingData } from "./options.js";
import { cheaperStrategy, type Strategy } from "./strategy.js";

/**
 * The epochs of a training: which batches, in which order, by which step. They are asked for in
 * slices: `advance` runs some batches and returns the epoch's entry once it is whole.
 */
export class Epochs {
  readonly strategy: Strategy;
  /** Whether the model's own methods run in place of the built-in step. */
  readonly ownRule: boolean;
  readonly #model: LinearRegression;
  readonly #options: CheckedOptions;
  readonly #batches: RowBatches | RuleBatches | MomentBatches;
  readonly #training: Training;
  readonly #momentum: MomentumDescent | null;
  readonly #validate: () => number | null;
  #orderedEpoch = -1;
  /** The largest error bound of a validation loss that was beyond `UNCERTAIN` of it. */
  #uncertain = 0;

  constructor(where: string, model: LinearRegression, train: TrainingData, options: CheckedOptions) {
    this.#model = model;
    this.#options = options;
    const builtIn = usesBuiltIn(model, "predict", "mseLoss", "update");
    this.ownRule = !builtIn;
    this.strategy = chooseStrategy(where, train, options, builtIn);
    this.#momentum = options.momentum > 0 ? new MomentumDescent(options.lr, options) : null;
    const step = this.#momentum?.step ?? descent(options.lr);
    this.#batches = makeBatches(where, this.strategy, model, train, options, builtIn ? step : null);
    this.#training = new Training(model, this.#batches, options.lr, where);
    this.#validate = this.#validation(options.valid);
  }

  /** The largest error bound of a loss that could not be had better; 0 if every loss has its digits. */
  get uncertain(): number {
    return Math.max(this.#uncertain, this.#batches instanceof MomentBatches ? this.#batches.uncertain : 0);
  }

  /** What the next epoch depends on besides the parameters. */
  get memory(): EpochMemory {
    return { velocity: this.#momentum?.velocity ?? null, uncertain: this.uncertain };
  }

  /** Goes on behind an epoch that was trained before, with what it left. */
  goOn(epoch: number, { velocity, uncertain }: EpochMemory): void {
    this.#training.epoch = epoch;
    if (this.#momentum) this.#momentum.velocity = velocity?.slice() ?? null;
    this.#uncertain = uncertain;
  }

  /** Runs up to `most` batches; returns the entry of the epoch if that ended it, otherwise null. */
  advance(most: number): LogEntry | null {
    const { epoch } = this.#training;
    if (this.#options.shuffle && this.#orderedEpoch !== epoch && !(this.#batches instanceof MomentBatches)) {
      this.#batches.order = this.#model.generator.randperm(this.#batches.rows.X.rows);
      this.#orderedEpoch = epoch;
    }
    const mse = this.#training.advance(most);
    return mse === null ? null : { epoch, mse, mseValid: this.#validate() };
  }

  /** The MSE on the validation rows: from their moments where the strategy is that, and they have the digits. */
  #validation(valid: Dataset | Moments | null): () => number | null {
    const model = this.#model;
    if (valid === null) return () => null;
    const fromRows = valid instanceof Dataset ? () => model.evaluate(valid.X, valid.Y) : null;
    if (fromRows !== null && this.strategy === "rows") return fromRows;
    const flat = flatten(valid instanceof Dataset ? Moments.of(valid) : valid);
    return () => {
      const { mse, bound } = momentLoss(flat, model.w.data, model.b.data);
      if (bound <= UNCERTAIN * mse) return mse;
      if (fromRows !== null) return fromRows();
      this.#uncertain = Math.max(this.#uncertain, bound);
      return mse;
    };
  }
}

/** What an epoch hands to the next one besides the parameters. */
export interface EpochMemory {
  /** The momentum's v of w [n×k] and then of b [k]; null without momentum or before the first step. */
  velocity: Float64Array | null;
  /** As `Epochs.uncertain`. */
  uncertain: number;
}

function chooseStrategy(
  where: string,
  train: TrainingData,
  options: CheckedOptions,
  builtIn: boolean,
): Strategy {
  const { strategy, shuffle, valid, batchSize, epochs } = options;
  const refuse = (expected: string, got: string, remedy: string) =>
    new Ell2Error("OPTION", { where, expected, got, remedy });
  if (!(train instanceof Dataset)) {
    if (strategy === "rows") throw refuse("rows for strategy rows", "moments", "give the Dataset");
    if (!builtIn) throw refuse("rows for a model with its own update", "moments", "give the Dataset");
    if (shuffle) throw refuse("rows to shuffle", "moments", "give the Dataset, or leave out shuffle");
    return "moments";
  }
  const weighted = train.weights !== null;
  if (builtIn && !shuffle) {
    if (strategy === "moments" || (strategy === "auto" && weighted)) return "moments";
    if (strategy === "auto" && valid instanceof Moments) return "moments";
    if (strategy === "auto") return cheaperStrategy(train, valid as Dataset | null, batchSize, epochs);
  } else if (strategy === "moments") {
    throw refuse(
      "the built-in update on fixed batches for strategy moments",
      "shuffle or an update of its own",
      "use strategy rows",
    );
  }
  if (weighted) {
    throw refuse(
      "no row weights for training row by row",
      "weights",
      "use strategy moments, or repeat the rows",
    );
  }
  return "rows";
}

/** @param step the built-in one; null for a model that makes its own */
function makeBatches(
  where: string,
  strategy: Strategy,
  model: LinearRegression,
  train: TrainingData,
  options: CheckedOptions,
  step: Descend | null,
): RowBatches | RuleBatches | MomentBatches {
  const { batchSize, shuffle } = options;
  if (strategy === "moments" && step !== null) {
    if (!(train instanceof Dataset)) {
      return new MomentBatches(model, Array.isArray(train) ? train : [train as Moments], step, null);
    }
    const fromRows = (batch: number) => {
      const { X, Y } = train.slice(batch * batchSize, (batch + 1) * batchSize);
      return model.evaluate(X, Y);
    };
    return new MomentBatches(
      model,
      Moments.ofBatches(train, batchSize),
      step,
      train.weights ? null : fromRows,
    );
  }
  const { X, Y } = train as Dataset;
  const rows = { X, Y, batchSize, shuffled: shuffle };
  if (step !== null) return new RowBatches(model, rows, step);
  if (options.momentum === 0) return new RuleBatches(model, rows, options.lr, where);
  throw new Ell2Error("OPTION", {
    where,
    expected: "no momentum, since the model's own update makes the step",
    got: `momentum ${options.momentum}`,
    remedy: "keep the momentum in the update rule",
  });
}
