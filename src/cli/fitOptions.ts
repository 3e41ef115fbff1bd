import type { ArgsDef } from "citty";
import { Ell2Error } from "../errors.js";
import type { ReadOptions } from "../sources/index.js";
import { choiceOption, rangeOption, readNumber, seedOption, wholeOption } from "./args.js";
import type { CheckpointOptions } from "./checkpoint.js";
import { engineArgs } from "./engineData.js";
import { cellArgs, columnArgs, columnChoice, sourceArgs, type TableArguments } from "./tableOptions.js";

/** The options by which λ is chosen. */
export const lambdaArgs = {
  folds: {
    type: "string",
    description:
      "for auto: how many folds, loo, or a column that says which rows belong together (default: 5)",
  },
  "one-se": { type: "boolean", description: "the largest λ within one standard error of the best" },
  pool: { type: "string", description: "how targets count for one λ: variance (each by its own) or raw" },
  "lambda-per-target": { type: "boolean", description: "choose a λ for each target" },
  seed: { type: "string", description: "seed of folds and of the validation split", default: "14" },
  standardize: {
    type: "boolean",
    description: "standardise the features",
    negativeDescription: "penalise the weights in the data's own units",
    default: true,
  },
  intercept: {
    type: "boolean",
    description: "fit a bias",
    negativeDescription: "keep the bias at 0",
    default: true,
  },
} as const;

/** How λ is chosen, and in which coordinates it counts. */
export interface LambdaOptions {
  folds: string | undefined;
  oneStandardError: boolean;
  pool: "variance" | "raw";
  perTarget: boolean;
  seed: number;
  standardize: boolean;
  intercept: boolean;
  weightKind: "frequency" | "precision";
}

/** What is given on the command line, by its names. */
type Given = Record<string, string | boolean | undefined>;

export function readLambdaOptions(where: string, given: Given): LambdaOptions {
  const text = (name: string) => given[name] as string | undefined;
  const folds = text("folds");
  const count = folds === undefined ? undefined : readNumber(folds);
  if (count !== undefined && !(/^\d+$/.test(folds!) && count >= 2)) {
    throw new Ell2Error("USAGE", {
      where,
      expected:
        "--folds to be a whole number of at least 2, loo, or a column that says which rows belong together",
      got: folds!,
    });
  }
  return {
    folds,
    oneStandardError: given["one-se"] === true,
    pool:
      text("pool") === undefined
        ? "variance"
        : choiceOption(where, "pool", text("pool"), ["variance", "raw"])!,
    perTarget: given["lambda-per-target"] === true,
    seed: seedOption(where, text("seed"))!,
    standardize: given.standardize === true,
    intercept: given.intercept === true,
    weightKind: choiceOption(where, "weight-kind", text("weight-kind") ?? "frequency", [
      "frequency",
      "precision",
    ])!,
  };
}

/** The defaults of gradient descent: λ, and the most epochs where nobody says how many. */
const DESCENT_LAMBDA = 0.01;
export const MOST_EPOCHS = 10_000;

export const fitArgs = {
  data: {
    type: "positional",
    description:
      "a file, a pattern of files, - for standard input, a file of moments, or the address of a database",
    required: false,
  },
  ...columnArgs,
  lambda: {
    type: "string",
    description: `λ on the standardised weights, or auto to choose it (default: auto; ${DESCENT_LAMBDA} for descent)`,
  },
  ...lambdaArgs,
  exact: { type: "boolean", description: "the closed form (the default)" },
  sgd: { type: "boolean", description: "gradient descent" },
  lr: { type: "string", description: "descent: learning rate (default: half the stable one)" },
  epochs: {
    type: "string",
    description: `descent: epochs (default: until it settles, at most ${MOST_EPOCHS})`,
  },
  batch: { type: "string", description: "descent: rows a batch (default: all)" },
  momentum: { type: "string", description: "descent: momentum in [0, 1]" },
  patience: {
    type: "string",
    description: "descent: stop after so many epochs without a better validation MSE",
  },
  tol: {
    type: "string",
    description: "descent: stop when no parameter moves more than this share of the largest",
  },
  checkpoint: {
    type: "string",
    description: "descent: keep every epoch in this file, so that an interrupted run loses none",
  },
  resume: { type: "boolean", description: "descent: go on from --checkpoint, if it is there" },
  valid: {
    type: "string",
    description: "rows to validate on: 0, a fraction, a number of rows, or a file",
    default: "0",
  },
  ...cellArgs,
  "weight-kind": { type: "string", description: "what --weight holds: frequency (default) or precision" },
  ...sourceArgs,
  ...engineArgs,
  out: { type: "string", description: "write the model to this file" },
  report: { type: "string", description: "write a page about the fit to this HTML file" },
  json: { type: "boolean", description: "print one JSON document" },
} as const satisfies ArgsDef;

/** What descent is given. */
export interface Descent {
  lr: number | undefined;
  epochs: number | undefined;
  batch: number | undefined;
  momentum: number;
  patience: number | undefined;
  tol: number | undefined;
  checkpoint: CheckpointOptions | undefined;
}

export interface FitOptions extends LambdaOptions {
  columns: ReadOptions;
  lambda: number | "auto";
  /** null for the closed form. */
  descent: Descent | null;
  valid: string;
}

const DESCENT_OPTIONS = [
  "sgd",
  "lr",
  "epochs",
  "batch",
  "batch-by",
  "momentum",
  "patience",
  "tol",
  "checkpoint",
];

/**
 * What the options of `ell2 fit` say.
 * @throws USAGE for values out of range, and for options that do not go together
 */
export function readFitOptions(where: string, given: Given): FitOptions {
  const text = (name: string) => given[name] as string | undefined;
  const refuse = (expected: string, got: string, remedy?: string) =>
    new Ell2Error("USAGE", { where, expected, got, ...(remedy === undefined ? {} : { remedy }) });
  const asked = DESCENT_OPTIONS.filter((name) => given[name] !== undefined && given[name] !== false);
  if (given.exact && asked.length > 0) {
    throw refuse("--exact alone, or gradient descent", `--exact and --${asked[0]}`, "leave one of them out");
  }
  if (given.resume && !text("checkpoint")) {
    throw refuse("--checkpoint with the file to resume from", "--resume alone");
  }
  const descent = asked.length > 0 ? readDescent(where, text, given.resume === true) : null;
  const options = readLambdaOptions(where, given);
  const lambda =
    text("lambda") === "auto" || (text("lambda") === undefined && descent === null)
      ? "auto"
      : (rangeOption(where, "lambda", text("lambda"), "≥ 0, or auto", (x) => x >= 0) ?? DESCENT_LAMBDA);
  if (descent !== null && options.perTarget) {
    throw refuse("one λ for gradient descent", "--lambda-per-target", "use the closed form");
  }
  const auto = ["folds", "one-se", "pool", "lambda-per-target"].find((name) => given[name]);
  if (lambda !== "auto" && auto !== undefined) {
    throw refuse(`--${auto} with --lambda auto`, `λ ${lambda}`, `leave out --${auto}, or give --lambda auto`);
  }
  if (descent !== null && !options.intercept) {
    throw refuse("a bias for gradient descent", "--no-intercept", "use the closed form");
  }
  if (descent?.patience !== undefined && Number(text("valid")) === 0) {
    throw refuse("--valid with --patience", "no rows to validate on", "for example --valid 0.2");
  }
  return {
    ...options,
    columns: columnChoice(where, given as TableArguments),
    lambda,
    descent,
    valid: text("valid")!,
  };
}

function readDescent(where: string, text: (name: string) => string | undefined, resume: boolean): Descent {
  const path = text("checkpoint");
  return {
    lr: rangeOption(where, "lr", text("lr"), "≥ 0", (x) => x >= 0),
    epochs: wholeOption(where, "epochs", text("epochs"), 0),
    batch: wholeOption(where, "batch", text("batch"), 1),
    momentum: rangeOption(where, "momentum", text("momentum"), "in [0, 1]", (x) => x >= 0 && x <= 1) ?? 0,
    patience: wholeOption(where, "patience", text("patience"), 1),
    tol: rangeOption(where, "tol", text("tol"), "≥ 0", (x) => x >= 0),
    checkpoint: path === undefined ? undefined : { path, resume },
  };
}
