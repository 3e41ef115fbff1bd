import { Ell2Error } from "../errors.js";
import type { FittedModel } from "../model/fitted.js";
import type { LogEntry } from "../model/linearRegression.js";

/** Why something is not there. */
export interface Absent {
  absent: string;
}

export type OrAbsent<T> = T | Absent;

/** A weight in the data's own units, and what is known of it. */
interface ReportCoefficient {
  target: string;
  feature: string;
  /** In units of the target for each unit of the feature. */
  weight: number;
  /** The weight times the feature's standard deviation, in units of the target: weights to be compared. */
  scaled: number;
  /** Of `weight`; null where it is not known. */
  standardError: number | null;
  /** The ends of the interval of `weight`; null where they are not known. */
  low: number | null;
  high: number | null;
}

/** How well a target is predicted; null where that is not known. */
export interface ReportMetrics {
  r2: number | null;
  rmse: number | null;
  mae: number | null;
}

/** What is known of an observation that moves the fit more than others do. */
interface ReportInfluence {
  /** From 1, the header not counted. */
  row: number;
  target: string;
  /** In [0, 1]. */
  leverage: number;
  /** The studentised residual. */
  residual: number;
  /** null for a row that determines its own prediction. */
  cooksDistance: number | null;
}

/** What a page tells of a fit: plain values, or why they are absent. */
export interface Report {
  title: string;
  /** The file, or what else the rows came from. */
  source: string;
  rows: { train: number; valid: number | null };
  model: FittedModel;
  /** How λ came about, such as "5 folds, shuffled with seed 14". */
  lambdaChoice: string;
  /** The units of features and targets, by their names, where they are known. */
  units?: Readonly<Record<string, string>>;
  /** Of each target [k]. */
  metrics: {
    /** On rows that cross-validation held out; "optimistic" where λ was chosen by it. */
    heldOut: OrAbsent<{ r2: readonly (number | null)[]; rmse: readonly number[]; optimistic: boolean }>;
    train: readonly ReportMetrics[];
    valid: OrAbsent<readonly ReportMetrics[]>;
  };
  coefficients: readonly ReportCoefficient[];
  /** What the intervals of the coefficients are: for λ > 0 "sampling", which leaves out the bias of shrinkage. */
  intervals: OrAbsent<{ level: number; kind: "confidence" | "sampling" }>;
  /** Standardised weights [λ][n][k] for λ > 0. */
  path: OrAbsent<{ lambdas: readonly number[]; weights: readonly (readonly (readonly number[])[])[] }>;
  crossValidation: OrAbsent<{
    /** How it was done, such as "5 folds". */
    how: string;
    lambdas: readonly number[];
    /** Mean held-out MSE [λ][k]. */
    mse: readonly (readonly number[])[];
    /** [λ][k]; null where there is none, as for leaving one out. */
    standardError: readonly (readonly number[])[] | null;
    /** The λ of the least error: one in common, or one a target. */
    chosen: number | readonly number[];
    /** The largest λ within one standard error of it; null where there is none. */
    oneStandardError: number | readonly number[] | null;
  }>;
  /** Of each target [k][m], training rows. */
  fitted: OrAbsent<readonly { observed: readonly number[]; predicted: readonly number[] }[]>;
  /** The epochs of gradient descent. */
  log: OrAbsent<readonly LogEntry[]>;
  /** The directions of the features from strong to weak, with d²/(d² + α) of each: one in common, or one a target. */
  directions: OrAbsent<readonly { singularValue: number; shrinkage: number | readonly number[] }[]>;
  vif: OrAbsent<readonly { feature: string; vif: number }[]>;
  /** The condition number of the system at λ = 0 and at the λ of each target; null where columns are dependent. */
  condition: OrAbsent<{ before: number | null; after: readonly (number | null)[] }>;
  /** The rows that move the fit the most, the first the most. */
  influential: OrAbsent<readonly ReportInfluence[]>;
  warnings: readonly string[];
}

export const isAbsent = (value: object): value is Absent => "absent" in value;

/** The value of one target, of something that is one for all or one for each. */
export const ofTarget = (value: number | readonly number[], l: number): number =>
  typeof value === "number" ? value : value[l]!;

/**
 * Makes sure that the parts of a report fit each other.
 * @throws SHAPE where they do not
 */
export function checkReport(report: Report): void {
  const { model, metrics, path, crossValidation, fitted } = report;
  const [n, k] = [model.inputs.length, model.outputs.length];
  const need = (what: string, got: number, expected: number) => {
    if (got === expected) return;
    throw new Ell2Error("SHAPE", { where: "reportHtml", expected: `${expected} ${what}`, got: `${got}` });
  };
  if (!isAbsent(metrics.heldOut)) need("held-out metrics, one a target", metrics.heldOut.r2.length, k);
  need("training metrics, one a target", metrics.train.length, k);
  if (!isAbsent(metrics.valid)) need("validation metrics, one a target", metrics.valid.length, k);
  if (!isAbsent(path)) {
    need("weights of the path, one a λ", path.weights.length, path.lambdas.length);
    for (const weights of path.weights) {
      need("rows of weights in the path, one a feature", weights.length, n);
      for (const row of weights) need("weights in the path, one a target", row.length, k);
    }
  }
  if (!isAbsent(crossValidation)) {
    const { lambdas, mse, standardError } = crossValidation;
    for (const errors of standardError === null ? [mse] : [mse, standardError]) {
      need("errors of cross-validation, one a λ", errors.length, lambdas.length);
      for (const row of errors) need("errors of cross-validation, one a target", row.length, k);
    }
  }
  if (isAbsent(fitted)) return;
  need("lists of fitted values, one a target", fitted.length, k);
  for (const { observed, predicted } of fitted)
    need("predictions, one a row", predicted.length, observed.length);
}
