import { Dataset } from "../data/dataset.js";
import { Moments } from "../data/moments.js";
import { Ell2Error } from "../errors.js";
import type { LinearRegression } from "../model/linearRegression.js";
import { checkBoolean, checkInteger, checkNonNegative, checkOptions, show } from "../numbers/check.js";
import { checkMomentum, type MomentumOptions } from "./momentum.js";

/** What is trained on: rows; the moments of one batch; or those of fixed batches, in order. */
export type TrainingData = Dataset | Moments | readonly Moments[];

/** How to train. What is left out has the default that is given with it. */
export interface FitOptions extends MomentumOptions {
  /** Epochs at most, ≥ 0. */
  epochs: number;
  /** The learning rate, ≥ 0. */
  lr: number;
  /** Rows a batch, ≥ 1; all rows by default. Not for moments, which are batches already. */
  batchSize?: number;
  /** Rows that are evaluated after every epoch, or their moments. */
  valid?: Dataset | Moments;
  /**
   * Row by row, from the moments of the batches (which costs the same for any number of rows), or
   * "auto", the default: the cheaper one, by shapes alone. Both give the same numbers to rounding.
   */
  strategy?: "rows" | "moments" | "auto";
  /** Whether every epoch takes the rows in a new order, one `randperm` of the model's generator; false by default. */
  shuffle?: boolean;
  /**
   * Ends training after the first epoch that moved no parameter by more than `tol` times the
   * largest entry of its tensor; 0 by default, which never ends it early.
   */
  tol?: number;
  /**
   * Early stopping: ends training after so many epochs in a row, ≥ 1, in which the MSE on `valid` was
   * not below the least so far, and gives the model the parameters of the epoch with the least; the same
   * where training ends otherwise. None by default, which keeps the last.
   */
  patience?: number;
}

export type CheckedOptions = Required<Omit<FitOptions, "valid" | "patience">> & {
  valid: Dataset | Moments | null;
  patience: number | null;
};

const FIT_OPTIONS = [
  "epochs",
  "lr",
  "batchSize",
  "valid",
  "strategy",
  "shuffle",
  "momentum",
  "dampening",
  "nesterov",
  "tol",
  "patience",
] as const;

/** The options with their defaults, checked against the model and the rows; one that does not exist is refused. */
export function checkFitOptions(
  where: string,
  model: LinearRegression,
  train: TrainingData,
  options: FitOptions,
): CheckedOptions {
  checkOptions(where, options, FIT_OPTIONS);
  for (const name of ["epochs", "lr"] as const) {
    if (options[name] !== undefined) continue;
    throw new Ell2Error("OPTION", { where, expected: `the option ${name}`, got: "none" });
  }
  checkNonNegative(where, "the model's lambda", model.lambda);
  if (!(train instanceof Dataset) && options.batchSize !== undefined) {
    throw new Ell2Error("OPTION", {
      where,
      expected: "no batchSize with moments, which are batches already",
      got: show(options.batchSize),
      remedy: "take Moments.ofBatches(rows, batchSize), or give the rows",
    });
  }
  const parts = Array.isArray(train) ? train : [train];
  if (parts.length === 0) {
    throw new Ell2Error("SHAPE", { where, expected: "at least one batch", got: "none" });
  }
  for (const part of parts) checkShapes(where, "train", model, part);
  const { valid = null } = options;
  if (valid !== null) checkShapes(where, "valid", model, valid);
  const rows = train instanceof Dataset ? train.rows : null;
  return {
    epochs: checkInteger(where, "epochs", options.epochs, 0),
    lr: checkNonNegative(where, "lr", options.lr),
    batchSize: checkInteger(where, "batchSize", options.batchSize ?? rows ?? 1, 1),
    valid,
    shuffle: checkBoolean(where, "shuffle", options.shuffle ?? false),
    ...checkMomentum(where, options),
    strategy: checkStrategy(where, options.strategy ?? "auto"),
    tol: checkNonNegative(where, "tol", options.tol ?? 0),
    patience: checkPatience(where, options),
  };
}

function checkPatience(where: string, { patience, valid }: FitOptions): number | null {
  if (patience === undefined) return null;
  if (valid !== undefined) return checkInteger(where, "patience", patience, 1);
  throw new Ell2Error("OPTION", {
    where,
    expected: "rows to validate on, with patience",
    got: "none",
    remedy: "give valid, or leave out patience",
  });
}

function checkStrategy(where: string, strategy: unknown): "rows" | "moments" | "auto" {
  if (strategy === "rows" || strategy === "moments" || strategy === "auto") return strategy;
  throw new Ell2Error("VALUE", {
    where,
    expected: 'strategy to be "rows", "moments" or "auto"',
    got: show(strategy),
  });
}

function checkShapes(where: string, name: string, model: LinearRegression, part: unknown): void {
  if (!(part instanceof Dataset || part instanceof Moments)) {
    throw new Ell2Error("VALUE", { where, expected: `${name} to be a Dataset or Moments`, got: show(part) });
  }
  const [n, k] = [model.w.rows, model.w.cols];
  const { inputs, outputs, rows } = part;
  if (inputs.length === n && outputs.length === k && rows > 0) return;
  throw new Ell2Error("SHAPE", {
    where,
    expected: `${name} to have at least one row of ${n} features and ${k} targets, as the model has`,
    got: `${rows} rows of ${inputs.length} features and ${outputs.length} targets`,
  });
}
