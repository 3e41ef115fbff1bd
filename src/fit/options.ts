import { checkSameRows, Dataset } from "../data/dataset.js";
import { Ell2Error } from "../errors.js";
import type { Matrix } from "../linalg/matrix.js";
import type { LinearRegression } from "../model/linearRegression.js";
import {
  checkBoolean,
  checkInteger,
  checkNonNegative,
  checkNumber,
  checkOptions,
  show,
} from "../numbers/check.js";

/** How to train. What is left out has the default that is given with it. */
export interface FitOptions {
  /** Epochs at most, ≥ 0. */
  epochs: number;
  /** The learning rate, ≥ 0. */
  lr: number;
  /** Rows a batch, ≥ 1; all rows by default. */
  batchSize?: number;
  /** Rows that are evaluated after every epoch. */
  valid?: Dataset;
  /** Whether every epoch takes the rows in a new order, one `randperm` of the model's generator; false by default. */
  shuffle?: boolean;
  /** μ in [0, 1]; 0 by default. */
  momentum?: number;
  /** In [0, 1]; 0 by default. */
  dampening?: number;
  /** Nesterov's form, with momentum and without dampening; false by default. */
  nesterov?: boolean;
  /**
   * Ends training after the first epoch that moved no parameter by more than `tol` times the
   * largest entry of its tensor; 0 by default, which never ends it early.
   */
  tol?: number;
}

export type CheckedOptions = Required<Omit<FitOptions, "valid">> & { valid: Dataset | null };

const FIT_OPTIONS = [
  "epochs",
  "lr",
  "batchSize",
  "valid",
  "shuffle",
  "momentum",
  "dampening",
  "nesterov",
  "tol",
] as const;

/** The options with their defaults, checked against the model and the rows. */
export function checkFitOptions(
  where: string,
  model: LinearRegression,
  train: Dataset,
  options: FitOptions,
): CheckedOptions {
  for (const name of ["epochs", "lr"] as const) {
    if (options?.[name] !== undefined) continue;
    throw new Ell2Error("OPTION", { where, expected: `the option ${name}`, got: "none" });
  }
  if (!(train instanceof Dataset)) {
    throw new Ell2Error("VALUE", { where, expected: "a Dataset to train on", got: show(train) });
  }
  checkNonNegative(where, "the model's lambda", model.lambda);
  checkShapes(where, "train", model, train.X, train.Y);
  const { valid = null } = options;
  if (valid !== null) checkShapes(where, "valid", model, valid.X, valid.Y);
  const share = (name: string, value: unknown) =>
    checkNumber(where, name, value, "in [0, 1]", (x) => x >= 0 && x <= 1);
  const checked: CheckedOptions = {
    epochs: checkInteger(where, "epochs", options.epochs, 0),
    lr: checkNonNegative(where, "lr", options.lr),
    batchSize: checkInteger(where, "batchSize", options.batchSize ?? train.rows, 1),
    valid,
    shuffle: checkBoolean(where, "shuffle", options.shuffle ?? false),
    momentum: share("momentum", options.momentum ?? 0),
    dampening: share("dampening", options.dampening ?? 0),
    nesterov: checkBoolean(where, "nesterov", options.nesterov ?? false),
    tol: checkNonNegative(where, "tol", options.tol ?? 0),
  };
  if (checked.nesterov && (checked.momentum === 0 || checked.dampening !== 0)) {
    throw new Ell2Error("OPTION", {
      where,
      expected: "nesterov with a momentum above 0 and no dampening",
      got: `momentum ${checked.momentum}, dampening ${checked.dampening}`,
    });
  }
  return checked;
}

function checkShapes(where: string, name: string, model: LinearRegression, X: Matrix, Y: Matrix): void {
  checkSameRows(where, X, Y);
  const [n, k] = [model.w.rows, model.w.cols];
  if (X.cols === n && Y.cols === k && X.rows > 0) return;
  throw new Ell2Error("SHAPE", {
    where,
    expected: `${name} to have at least one row of ${n} features and ${k} targets, as the model has`,
    got: `X ${X.shape} and Y ${Y.shape}`,
  });
}

/** Refuses anything but an object with known options; `more` are those of the calling function alone. */
export function checkFitOptionNames(where: string, options: unknown, more: readonly string[] = []): void {
  if (options === undefined)
    throw new Ell2Error("OPTION", { where, expected: "options", got: show(options) });
  checkOptions(where, options, [...FIT_OPTIONS, ...more]);
}
