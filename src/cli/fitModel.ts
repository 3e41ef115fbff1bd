import { createHash } from "node:crypto";
import { Dataset } from "../data/dataset.js";
import { Moments } from "../data/moments.js";
import { momentStandardization, type Standardization, standardize } from "../data/standardizer.js";
import { Ell2Error } from "../errors.js";
import { chooseFor, type LambdaChoice } from "../fit/chooseLambda.js";
import { type Diagnostics, diagnosticsOf, EVERY_ROW } from "../fit/diagnostics.js";
import { epochMap, stableLearningRate } from "../fit/epochMap.js";
import { type Evaluation, evaluateFitted } from "../fit/evaluateFitted.js";
import { fitProblem, perTargetLambda } from "../fit/fitRidge.js";
import { type Inference, inferenceOf } from "../fit/inference.js";
import { intervalsOf } from "../fit/predictionIntervals.js";
import { Problem } from "../fit/problem.js";
import type { Receipt } from "../fit/ridge.js";
import type { FitResult } from "../fit/run.js";
import { Matrix } from "../linalg/matrix.js";
import { type FittedModel, foldBack, type TrainingRecord } from "../model/fitted.js";
import { LinearRegression } from "../model/linearRegression.js";
import { safeLearningRate } from "../model/objective.js";
import type { FitData } from "./fitData.js";
import { type Descent, type FitOptions, type LambdaOptions, MOST_EPOCHS } from "./fitOptions.js";
import { say, visible } from "./output.js";
import { progressStep } from "./progress.js";
import { train } from "./train.js";

/** The largest step of an epoch, beside the largest entry, at which training that is left to itself ends. */
const TOLERANCE = 1e-12;
/** Multiply-adds that finding the stable rate of several batches may cost. */
const MOST_STABILITY_WORK = 1e8;

/** A fit, and what is known of it. */
export interface Fitted {
  problem: Problem;
  model: FittedModel;
  /** How λ was chosen; null where it was given. */
  choice: (LambdaChoice & { how: string }) | null;
  receipt: Receipt | null;
  training: FitResult | null;
  metrics: { train: Evaluation[]; valid: Evaluation[] | null };
  diagnostics: Diagnostics;
  /** Or why there are no standard errors. */
  inference: Inference | { absent: string };
  /** For λ = 0 half the width of the 95 % prediction interval of each target at the features' means; otherwise null. */
  intervals: number[] | null;
  warnings: string[];
}

/** Chooses λ as the options say. */
export function choose(
  { data, folds }: NonNullable<FitData["choice"]>,
  { standardize, intercept, perTarget, pool, oneStandardError, weightKind }: LambdaOptions,
): ReturnType<typeof chooseFor> {
  return chooseFor(data, {
    ...(folds === undefined ? {} : { folds }),
    standardize,
    intercept,
    perTarget,
    pool,
    oneStandardError,
    weightKind,
  });
}

/**
 * Chooses λ if that is asked for, fits in closed form or by gradient descent on standardised features,
 * and explains the result.
 * @param everyRow whether what is known of every row is wanted, for a report
 * @param warn is told each warning at once, those of a rate before training
 */
export async function fitModel(
  where: string,
  data: FitData,
  options: FitOptions,
  everyRow: boolean,
  warn: (text: string) => void,
): Promise<Fitted> {
  const { standardize, intercept, weightKind } = options;
  const during = <T>(what: string, compute: () => T): T => {
    const done = progressStep(what);
    try {
      return compute();
    } finally {
      done();
    }
  };
  const chosen = data.choice && during(`choosing λ: ${data.choice.how}`, () => choose(data.choice!, options));
  const problem = chosen?.problem ?? new Problem(where, data.train, { standardize, intercept });
  const choice = chosen && { ...chosen.choice, how: data.choice!.how };
  const lambda = choice?.lambda ?? (options.lambda as number);
  const exact =
    options.descent === null ? (choice?.fit ?? during("solving", () => fitProblem(problem, lambda))) : null;
  const descended =
    exact === null ? await descend(where, data, problem.moments, options, lambda as number, warn) : null;
  const fitted = exact ?? descended!;
  const model: FittedModel = {
    ...fitted.model,
    columns: data.columns,
    training: {
      ...fitted.model.training!,
      rows: data.train.rows,
      fingerprint: data.repeatable && problem.hasMoments ? fingerprintOf(problem.moments) : null,
      weight: weightOf(options),
    },
  };
  const { diagnostics: explained, hc3 } = during("explaining the fit", () =>
    diagnosticsOf(problem, model, weightKind, { ...(everyRow && EVERY_ROW), hc3: exact !== null }),
  );
  const inferred =
    exact === null
      ? { absent: "gradient descent stops before or at the minimum, which they are for" }
      : inferenceFor(problem, perTargetLambda(where, lambda, model.outputs.length), weightKind, hc3);
  const others = [...(choice?.warnings ?? []), ...problemWarnings(problem, exact !== null)];
  for (const warning of others) warn(warning);
  const at = new Matrix(1, model.inputs.length, problem.meanX);
  const known = !("absent" in inferred) && inferred.variance.every((value) => value !== null);
  const intervals =
    known && inferred.kind === "confidence" && problem.levels === null
      ? intervalsOf(problem, model, at, { weightKind })
      : null;
  return {
    problem,
    model,
    choice,
    receipt: exact?.receipt ?? null,
    training: descended?.training ?? null,
    metrics: {
      train: explained.metrics,
      valid: data.valid && evaluateFitted(model, data.valid),
    },
    diagnostics: explained,
    inference: inferred,
    intervals: intervals && Array.from(intervals.high.minus(intervals.predicted).data),
    warnings: [...(descended?.warnings ?? []), ...others],
  };
}

function inferenceFor(
  problem: Problem,
  lambdas: readonly number[],
  weightKind: FitOptions["weightKind"],
  hc3: Matrix | null,
): Fitted["inference"] {
  try {
    return inferenceOf(problem, lambdas, { weightKind, hc3 });
  } catch (error) {
    const { code, message } = error as Ell2Error;
    if (code === "DATA" || code === "NOT_POSITIVE_DEFINITE") return { absent: message };
    throw error;
  }
}

/** What to know of the columns. @param solved whether the closed form was taken */
function problemWarnings(problem: Problem, solved: boolean): string[] {
  const { inputs, outputs, constant, constantTargets, narrow, intercept } = problem;
  const features = (which: readonly boolean[], say: (name: string) => string) =>
    inputs.flatMap((name, j) => (which[j] ? [say(visible(name))] : []));
  return [
    ...(intercept
      ? features(constant, (name) =>
          problem.rows === null
            ? `column ${name} is constant, or varies too little for these moments to tell, so its weight is 0`
            : `column ${name} is constant, so its weight is 0`,
        )
      : []),
    ...features(narrow, (name) => `column ${name} varies only by rounding`),
    ...outputs.flatMap((name, l) =>
      constantTargets[l] ? [`target ${visible(name)} is constant: there is nothing to explain`] : [],
    ),
    ...(solved && problem.hasDependent
      ? ["the features are dependent, so many weights fit equally well: these are the smallest"]
      : []),
  ];
}

/** The column of row weights, for the model's record. */
const weightOf = ({ columns: { weight }, weightKind }: FitOptions): TrainingRecord["weight"] =>
  weight === undefined ? null : { column: weight, kind: weightKind };

/** What the training rows add up to, hashed: rows that are the same in the same order hash to the same. */
function fingerprintOf(moments: Moments): string {
  return `sha256:${createHash("sha256").update(JSON.stringify(moments)).digest("hex")}`;
}

/**
 * Trains on standardised rows from weights of 0 and the means of the targets, and folds the result back
 * into the data's units. (Features that are centred leave the bias where it starts, however slow a
 * large λ makes the rate.)
 */
async function descend(
  where: string,
  data: FitData,
  moments: Moments,
  options: FitOptions,
  lambda: number,
  warn: (text: string) => void,
) {
  const descent = options.descent!;
  if (!(data.train instanceof Dataset) && descent.batch !== undefined) {
    throw new Ell2Error("USAGE", {
      where,
      expected: "batches that do not need the rows",
      got: `--batch ${descent.batch}`,
      remedy: "say with --batch-by to which batch a row of a database belongs",
    });
  }
  const scaler = options.standardize ? momentStandardization(moments) : null;
  const scaled = (of: Dataset | Moments) => (scaler === null ? of : scaledBy(scaler, of));
  const { train: all } = data;
  const batchSize = all instanceof Dataset ? Math.min(descent.batch ?? all.rows, all.rows) : null;
  const ready: Dataset | Moments[] =
    all instanceof Dataset
      ? (scaled(all) as Dataset)
      : (data.batches ?? [all]).map((part) => scaled(part) as Moments);
  const [n, k] = [moments.inputs.length, moments.outputs.length];
  const regression = new LinearRegression(n, k, { lambda });
  regression.w.data.fill(0);
  regression.b.data.set(moments.meanY);
  const lr = descent.lr ?? defaultRate(where, ready, batchSize, lambda);
  const early = rateWarnings(ready, batchSize, lambda, descent);
  for (const warning of early) warn(warning);
  const epochs = descent.epochs ?? MOST_EPOCHS;
  const tol = descent.tol ?? (descent.epochs === undefined ? TOLERANCE : 0);
  const { momentum, patience, checkpoint } = descent;
  const more = {
    ...(batchSize === null ? {} : { batchSize }),
    ...(data.valid ? { valid: scaled(data.valid) } : {}),
    ...(patience === undefined ? {} : { patience }),
  };
  const training = await train(regression, ready, { epochs, lr, momentum, tol, ...more }, checkpoint, say);
  const model = foldBack(regression, moments, scaler, {
    rows: moments.rows,
    strategy: training.strategy,
    solver: "gradient descent",
    descent: {
      lr,
      epochs: training.log.length,
      batchSize: batchSize ?? Math.max(...(ready as Moments[]).map(({ rows }) => rows)),
    },
    fingerprint: null,
  });
  const late = [...training.warnings, ...unsettled(training, descent, options.standardize)];
  for (const warning of late) warn(warning);
  const warnings = [...early, ...late];
  return { model, training, standardized: scaler, warnings };
}

/** Standardised rows, or their moments. */
function scaledBy(scaler: Standardization, of: Dataset | Moments): Dataset | Moments {
  if (of instanceof Dataset)
    return new Dataset({
      X: standardize(of.X, scaler),
      Y: of.Y,
      ...(of.weights ? { weights: of.weights } : {}),
    });
  const { mean, scale, constant } = scaler;
  return of.rescale(
    mean,
    scale.map((value, j) => (constant.includes(j) ? Number.POSITIVE_INFINITY : value)),
  );
}

/** Half the rate up to which no step of plain gradient descent moves away from the minimum. */
function defaultRate(
  where: string,
  batches: Dataset | readonly Moments[],
  batchSize: number | null,
  lambda: number,
): number {
  const rate =
    batches instanceof Dataset
      ? safeLearningRate(batches.X, batches.Y.cols, batchSize!, lambda, false) / 2
      : Math.min(...batches.map((batch) => stableLearningRate(batch, { lambda }).rate)) / 2;
  if (rate > 0) return rate;
  throw new Ell2Error("DATA", {
    where,
    expected: "features whose squares do not overflow",
    got: "no rate at which training is stable",
    remedy: "give the features in larger units",
  });
}

/** What the map of an epoch says beforehand of a rate that was given. */
function rateWarnings(
  batches: Dataset | readonly Moments[],
  batchSize: number | null,
  lambda: number,
  { lr, momentum }: Descent,
): string[] {
  const isRows = batches instanceof Dataset;
  const count = isRows ? Math.ceil(batches.rows / batchSize!) : batches.length;
  const size = (isRows ? batches : batches[0]!).inputs.length + 1;
  if (lr === undefined || count * size * size * size > MOST_STABILITY_WORK) return [];
  const moments = isRows ? Moments.ofBatches(batches, batchSize!) : batches;
  if (epochMap(moments, { lr, lambda, momentum }).spectralRadius <= 1 + 1e-9) return [];
  const { rate, exact } = stableLearningRate(moments, { lambda, momentum });
  const stable = `${exact ? "rates below" : "one that is stable is"} ${Number(rate.toPrecision(3))}`;
  return [
    `at learning rate ${lr} training on these batches does not settle; ${stable}${exact ? " are stable" : ""}`,
  ];
}

function unsettled({ converged }: FitResult, descent: Descent, standardized: boolean): string[] {
  if (descent.epochs !== undefined || descent.patience !== undefined || converged) return [];
  const advice = ["give more --epochs"];
  if (!standardized) advice.push("standardise the features");
  if (descent.momentum === 0) advice.push("try --momentum 0.9");
  return [`not settled after ${MOST_EPOCHS} epochs, so this is not yet the minimum: ${advice.join(", or ")}`];
}
