import type { Dataset } from "../data/dataset.js";
import { Ell2Error } from "../errors.js";
import { type LinearRegression, type LogEntry, usesBuiltIn } from "../model/linearRegression.js";
import { type Descend, descent, RowTraining } from "../model/rowTraining.js";
import { momentumDescent } from "./momentum.js";
import type { CheckedOptions } from "./options.js";

/**
 * Training row by row with an order and an optimiser around model's one loop. Epochs are asked for
 * in slices: `advance` runs some batches and returns the epoch's entry once it is whole.
 */
export class RowEpochs {
  readonly #training: RowTraining;
  /** Whether the model's own methods run in place of the built-in step. */
  readonly ownRule: boolean;
  #order: Uint32Array | null = null;
  #orderedEpoch = -1;

  constructor(
    private readonly model: LinearRegression,
    private readonly train: Dataset,
    private readonly options: CheckedOptions,
    where: string,
  ) {
    const { lr, batchSize, shuffle } = options;
    const descent = chooseDescent(where, model, options);
    this.ownRule = descent === null;
    this.#training = new RowTraining(model, train.X, train.Y, {
      lr,
      batchSize,
      descend: descent,
      shuffled: shuffle,
      where,
    });
  }

  /** Runs up to `most` batches; returns the entry of the epoch if that ended it, otherwise null. */
  advance(most: number): LogEntry | null {
    const { epoch } = this.#training;
    if (this.options.shuffle && this.#orderedEpoch !== epoch) {
      this.#order = this.model.generator.randperm(this.train.rows);
      this.#orderedEpoch = epoch;
    }
    const mse = this.#training.advance(this.#order, most);
    if (mse === null) return null;
    const { valid } = this.options;
    return { epoch, mse, mseValid: valid === null ? null : this.model.evaluate(valid.X, valid.Y) };
  }
}

/** The built-in step, with or without momentum; null where the model brings its own rule. */
function chooseDescent(where: string, model: LinearRegression, options: CheckedOptions): Descend | null {
  const { lr, momentum, dampening, nesterov } = options;
  if (usesBuiltIn(model, "predict", "mseLoss", "update")) {
    return momentum > 0 ? momentumDescent(lr, momentum, dampening, nesterov) : descent(lr);
  }
  if (momentum === 0) return null;
  throw new Ell2Error("OPTION", {
    where,
    expected: "no momentum, since the model's own update makes the step",
    got: `momentum ${momentum}`,
    remedy: "keep the momentum in the update rule",
  });
}
