import { defineCommand } from "citty";
import { logLine, selection } from "../compare/format.js";
import { Dataset } from "../data/dataset.js";
import { trainTestSplit } from "../data/split.js";
import { type Standardization, standardization, standardize } from "../data/standardizer.js";
import { Ell2Error } from "../errors.js";
import { type FitResult, fit as train } from "../fit/fit.js";
import type { Matrix } from "../linalg/matrix.js";
import { type FittedModel, foldBack, predictFitted } from "../model/fitted.js";
import { LinearRegression } from "../model/linearRegression.js";
import { perTarget, type TargetMetrics } from "../model/metrics.js";
import { safeLearningRate } from "../model/objective.js";
import { save } from "../model/save.js";
import { readDataset, readNames } from "../sources/index.js";
import { listOption, rangeOption, seedOption, wholeOption } from "./args.js";
import { checkWritable, writeWhole } from "./files.js";
import { brief, print, say, table, toJson, visible } from "./output.js";

const WHERE = "ell2 fit";

/** When training is left to end by itself: the largest step of an epoch, beside the largest entry, and the most epochs. */
const TOLERANCE = 1e-12;
const MOST_EPOCHS = 10_000;

const args = {
  data: { type: "positional", description: "a CSV file with a line of column names", required: false },
  target: { type: "string", description: "the columns to predict, with commas between them" },
  features: { type: "string", description: "the columns to predict from (default: every other numeric one)" },
  lambda: { type: "string", description: "λ, on the standardised weights", default: "0.01" },
  lr: { type: "string", description: "learning rate (default: half the stable one)" },
  epochs: { type: "string", description: `epochs (default: until it settles, at most ${MOST_EPOCHS})` },
  batch: { type: "string", description: "rows a batch (default: all)" },
  momentum: { type: "string", description: "momentum in [0, 1]", default: "0" },
  valid: {
    type: "string",
    description: "rows to validate on: 0, a fraction, a number of rows, or a file",
    default: "0",
  },
  seed: { type: "string", description: "seed of the validation split", default: "14" },
  standardize: {
    type: "boolean",
    description: "standardise the features",
    negativeDescription: "penalise the weights in the data's own units",
    default: true,
  },
  out: { type: "string", description: "write the model to this file" },
  json: { type: "boolean", description: "print one JSON document" },
} as const;

interface FitOptions {
  lambda: number;
  lr: number | undefined;
  epochs: number | undefined;
  batch: number | undefined;
  momentum: number;
  seed: number;
  standardize: boolean;
}

export const fit = defineCommand({
  meta: { name: "fit", description: "Fit the model to the rows of a file" },
  args,
  async run({ args: given }) {
    const text = (name: keyof typeof args) => given[name] as string | undefined;
    const atLeast0 = (name: "lambda" | "lr") => rangeOption(WHERE, name, text(name), "≥ 0", (x) => x >= 0);
    const options: FitOptions = {
      lambda: atLeast0("lambda")!,
      lr: atLeast0("lr"),
      epochs: wholeOption(WHERE, "epochs", text("epochs"), 0),
      batch: wholeOption(WHERE, "batch", text("batch"), 1),
      momentum: rangeOption(WHERE, "momentum", text("momentum"), "in [0, 1]", (x) => x >= 0 && x <= 1)!,
      seed: seedOption(WHERE, text("seed"))!,
      standardize: given.standardize,
    };
    const { path, targets, features } = await readChoice(given.data, text("target"), text("features"));
    if (given.out !== undefined) await checkWritable(given.out, [path, text("valid")!]);

    const { dataset, leftOut } = await readDataset(path, features ? { targets, features } : { targets });
    for (const name of leftOut) {
      say(
        `left out: column ${name}, which holds no numbers (with a decimal point, and no separators of thousands)`,
      );
    }
    const { trainRows, validRows } = await splitRows(dataset, text("valid")!, options.seed);
    checkRows(path, trainRows);
    const result = fitRows(trainRows, validRows, options);
    for (const warning of result.warnings) say(`warning: ${warning}`);
    if (given.out !== undefined) await writeWhole(given.out, save(result.model));
    if (given.json) print(toJson(asJson(result, leftOut)));
    else printFit(result, given.out);
  },
});

/** The file and its columns; without a file or a target, a usage error that says what there is to choose. */
async function readChoice(
  data: string | undefined,
  target: string | undefined,
  features: string | undefined,
) {
  const usage = (expected: string, got: string, remedy: string) =>
    new Ell2Error("USAGE", { where: WHERE, expected, got, remedy });
  if (data === undefined) {
    throw usage("a file", "none", "for example: ell2 fit examples/linnerud.csv --target Weight");
  }
  const targets = listOption(WHERE, "target", target);
  if (targets === undefined) {
    const names = await readNames(data);
    throw usage(
      "--target with columns to predict",
      "none",
      `the columns of ${data} are ${names.map(visible).join(", ")}`,
    );
  }
  return { path: data, targets, features: listOption(WHERE, "features", features) };
}

/** Splits off the validation rows: none, a fraction, a number, or those of another file. */
async function splitRows(dataset: Dataset, valid: string, seed: number) {
  const size = Number(valid);
  if (valid.trim() === "" || Number.isNaN(size)) {
    const { inputs, outputs } = dataset;
    const read = await readDataset(valid, { targets: outputs, features: inputs });
    return { trainRows: dataset, validRows: read.dataset };
  }
  if (size === 0) return { trainRows: dataset, validRows: null };
  rangeOption(
    WHERE,
    "valid",
    valid,
    `that is a fraction below 1 or whole, and leaves some of the ${dataset.rows} rows to train on`,
    (x) =>
      x > 0 && (x < 1 ? Math.ceil(x * dataset.rows) : x) < dataset.rows && (x < 1 || Number.isSafeInteger(x)),
  );
  const { train: trainRows, test: validRows } = trainTestSplit(dataset, {
    testSize: size,
    randomState: seed,
  });
  return { trainRows, validRows };
}

interface Fitted {
  model: FittedModel;
  training: FitResult;
  warnings: string[];
  standardized: Standardization | null;
  metrics: { train: TargetMetrics[]; valid: TargetMetrics[] | null };
  lr: number;
  batchSize: number;
}

/**
 * Standardises on the training rows, trains from weights of 0 and the means of the targets, and folds
 * the result back into the data's units. (Features that are centred leave the bias where it starts,
 * however slow a large λ makes the rate.)
 */
function fitRows(trainRows: Dataset, validRows: Dataset | null, options: FitOptions): Fitted {
  const scaler = options.standardize ? standardization(trainRows.X) : null;
  const scaled = ({ X, Y }: Dataset) => new Dataset({ X: scaler ? standardize(X, scaler) : X, Y });
  const rows = scaled(trainRows);
  const [n, k] = [rows.X.cols, rows.Y.cols];
  const regression = new LinearRegression(n, k, { lambda: options.lambda });
  regression.w.data.fill(0);
  regression.b.data.set(rows.Y.sum(0).times(1 / rows.rows).data);
  const batchSize = Math.min(options.batch ?? rows.rows, rows.rows);
  const lr = options.lr ?? defaultRate(rows.X, k, batchSize, options.lambda);
  const training = train(regression, rows, {
    epochs: options.epochs ?? MOST_EPOCHS,
    lr,
    batchSize,
    momentum: options.momentum,
    tol: options.epochs === undefined ? TOLERANCE : 0,
    ...(validRows ? { valid: scaled(validRows) } : {}),
  });
  const model = foldBack(regression, trainRows, scaler, {
    rows: rows.rows,
    strategy: training.strategy,
    solver: "gradient descent",
    descent: { lr, epochs: training.log.length, batchSize },
    fingerprint: null,
  });
  const metrics = (of: Dataset) => perTarget(predictFitted(model, of.X), of.Y);
  return {
    model,
    training,
    warnings: [...training.warnings, ...constantWarnings(scaler, trainRows), ...unsettled(training, options)],
    standardized: scaler,
    metrics: { train: metrics(trainRows), valid: validRows ? metrics(validRows) : null },
    lr,
    batchSize,
  };
}

/** Half the stable rate. */
function defaultRate(X: Matrix, k: number, batchSize: number, lambda: number): number {
  const rate = safeLearningRate(X, k, batchSize, lambda, false) / 2;
  if (rate > 0) return rate;
  throw new Ell2Error("DATA", {
    where: WHERE,
    expected: "features whose squares do not overflow",
    got: "no rate at which training is stable",
    remedy: "give the features in larger units",
  });
}

function checkRows(path: string, { rows }: Dataset): void {
  if (rows >= 2) return;
  throw new Ell2Error("DATA", { where: path, expected: "at least 2 rows to train on", got: `${rows}` });
}

const constantWarnings = (scaler: Standardization | null, { inputs }: Dataset): string[] =>
  (scaler?.constant ?? []).map((j) => `column ${visible(inputs[j]!)} is constant, so its weight is 0`);

function unsettled(training: FitResult, options: FitOptions): string[] {
  if (options.epochs !== undefined || training.converged) return [];
  const advice = ["give more --epochs"];
  if (!options.standardize) advice.push("standardise the features");
  if (options.momentum === 0) advice.push("try --momentum 0.9");
  return [`not settled after ${MOST_EPOCHS} epochs, so this is not yet the minimum: ${advice.join(", or ")}`];
}

/** The document that `--json` prints. */
function asJson({ model, training, metrics, warnings }: Fitted, leftOut: readonly string[]): unknown {
  const { inputs, outputs, lambda, standardized, weight, bias } = model;
  const named = (targets: TargetMetrics[]) => targets.map((target, l) => ({ output: outputs[l], ...target }));
  return {
    model: { inputs, outputs, lambda, standardized, weight, bias },
    strategy: training.strategy,
    solver: "gradient descent",
    metrics: { train: named(metrics.train), valid: metrics.valid && named(metrics.valid) },
    log: training.log,
    training: { ...model.training, converged: training.converged },
    warnings,
    leftOut,
  };
}

function printFit(
  { model, training, metrics, lr, batchSize, standardized }: Fitted,
  out: string | undefined,
): void {
  const { inputs, outputs, weight, bias, lambda } = model;
  const { log, converged } = training;
  const rows = model.training!.rows;
  print(
    `${rows} rows, ${inputs.length} features${standardized ? " (standardised)" : ""}, ${outputs.length} targets; ` +
      `λ ${lambda}, lr ${brief(lr)}, batch ${batchSize}`,
  );
  print();
  for (const i of selection(log.length)) print(logLine(log[i]!.epoch, log[i]!.mse, log[i]!.mseValid));
  if (converged) print(`settled after ${log.length} epochs`);
  print();
  const numbers = (name: string, { r2, rmse, mae }: TargetMetrics) => [name, ...[r2, rmse, mae].map(brief)];
  const section = (title: string, targets: TargetMetrics[]) => [
    [title, "R²", "RMSE", "MAE"],
    ...targets.map((target, l) => numbers(visible(outputs[l]!), target)),
  ];
  print(table(section("training", metrics.train)));
  if (metrics.valid) print(table(section("validation", metrics.valid)));
  print();
  print(
    table([
      ["weights, in the data's units", ...outputs.map(visible)],
      ...inputs.map((input, j) => [
        visible(input),
        ...outputs.map((_, l) => brief(weight.data[l * inputs.length + j]!)),
      ]),
      ["bias", ...bias.map(brief)],
    ]),
  );
  if (out !== undefined) say(`model written to ${out}`);
}
