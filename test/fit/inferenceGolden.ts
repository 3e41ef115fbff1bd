/** What golden/inference.py records, and how far ell2 is from it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  Dataset,
  diagnostics,
  fitRidge,
  inference,
  type Matrix,
  predictionIntervals,
} from "../../src/index.js";
import { ofTarget } from "../exact/measure.js";

type Kind = "none" | "precision" | "frequency";

/** Least squares of one target by statsmodels; the bias comes first, where there is one. */
interface Fit {
  kind: Kind;
  intercept: boolean;
  params: number[];
  bse: number[];
  t: number[];
  p: number[];
  hc3: number[];
  f: number;
  fP: number;
  r2: number;
  adjustedR2: number;
  variance: number;
  degrees: number;
  interval: [number, number][];
  vif: number[];
  /** A row at which is predicted: value, low, high. */
  new: number[];
  prediction: [[number], [number], [number]];
  /** Of the first rows. */
  leverage: number[];
  cooks: number[];
  studentized: number[];
}

interface Problem {
  name: string;
  /** Of examples/, in place of X and Y. */
  file?: { name: string; targets: string[] };
  X?: number[][];
  Y?: number[][];
  weights: Record<Exclude<Kind, "none">, number[]>;
  targets: Fit[][];
}

export interface RecordedInference {
  problems: Problem[];
}

/** X and Y of a problem: its own, or those of its file. */
function values({ file, X, Y }: Problem): { X: number[][]; Y: number[][] } {
  if (!file) return { X: X!, Y: Y! };
  const text = readFileSync(join(import.meta.dirname, "../../examples", file.name), "utf8");
  const [header, ...rows] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(","));
  const targets = file.targets.map((name) => header!.indexOf(name));
  const columns = header!.map((_, j) => j).filter((j) => !targets.includes(j));
  const pick = (which: number[]) => rows.map((row) => which.map((j) => Number(row[j])));
  return { X: pick(columns), Y: pick(targets) };
}

/** What is compared. */
export const STATISTICS = [
  "weights",
  "bias",
  "standard errors",
  "standard error of the bias",
  "t values",
  "p values",
  "F value",
  "p value of F",
  "R²",
  "adjusted R²",
  "σ²",
  "degrees of freedom",
  "robust standard errors (HC3)",
  "confidence intervals",
  "variance inflation",
  "leverage",
  "studentised residuals",
  "Cook's distance",
  "prediction",
  "prediction intervals",
] as const;

/**
 * Intervals as what they begin and end at in units of their width, from the middle: SciPy's t quantile, by which theirs are
 * made, is good to 4e-9 alone, and an end may be near 0.
 */
function ends(low: number[], high: number[], theirLow: number[], theirHigh: number[]): [number[], number[]] {
  const width = theirLow.map((from, i) => theirHigh[i]! - from);
  const inWidths = (value: number, i: number) => 1 + (value - (theirLow[i]! + theirHigh[i]!) / 2) / width[i]!;
  return [
    [...low.map(inWidths), ...high.map(inWidths)],
    [...theirLow.map(inWidths), ...theirHigh.map(inWidths)],
  ];
}

/** Each statistic of target l, ours and theirs: weights first, then the bias. */
function pairs(
  problem: Problem,
  l: number,
  fit: Fit,
): Record<(typeof STATISTICS)[number], [ours: number[], theirs: number[]]> {
  const { X, Y } = values(problem);
  const { kind, intercept } = fit;
  const data = new Dataset({ X, Y, ...(kind === "none" ? {} : { weights: problem.weights[kind] }) });
  const weightKind = kind === "precision" ? "precision" : "frequency";
  const { model } = fitRidge(data, { lambda: 0, intercept });
  const inferred = inference(data, { lambda: 0, intercept, weightKind, standardize: false });
  const f = inferred.f[l]!;
  const { metrics, vif, rows } = diagnostics(model, data, { intercept, weightKind });
  const ahead = predictionIntervals(model, data, [fit.new], { intercept, weightKind });
  const of = (values: readonly (readonly (number | null)[])[]) => ofTarget(values, l) as number[];
  const recorded = (matrix: Matrix) => of(matrix.toArray()).slice(0, fit.leverage.length);
  const weights = (theirs: number[]) => (intercept ? theirs.slice(1) : theirs);
  const n = X[0]!.length;
  const { low, high } = inferred.interval;
  return {
    weights: [Array.from(model.weight.data.subarray(l * n, (l + 1) * n)), weights(fit.params)],
    bias: intercept ? [[model.bias[l]!], [fit.params[0]!]] : [[], []],
    "standard errors": [of(inferred.standardError), weights(fit.bse)],
    "standard error of the bias": intercept ? [[inferred.biasStandardError[l]!], [fit.bse[0]!]] : [[], []],
    "t values": [of(inferred.t), weights(fit.t)],
    "p values": [of(inferred.p), weights(fit.p)],
    "F value": [[f.value], [fit.f]],
    "p value of F": [[f.p], [fit.fP]],
    "R²": [[(intercept ? metrics[l]!.r2 : metrics[l]!.r2Uncentred)!], [fit.r2]],
    "adjusted R²": [[inferred.adjustedR2[l]!], [fit.adjustedR2]],
    "σ²": [[inferred.variance[l]!], [fit.variance]],
    "degrees of freedom": [[inferred.degreesOfFreedom[l]!], [fit.degrees]],
    "robust standard errors (HC3)": [of(inferred.hc3!), weights(fit.hc3)],
    "confidence intervals": ends(
      of(low),
      of(high),
      weights(fit.interval.map(([from]) => from)),
      weights(fit.interval.map(([, to]) => to)),
    ),
    "variance inflation": [vif as number[], fit.vif],
    leverage: [recorded(rows!.leverage), fit.leverage],
    "studentised residuals": [recorded(rows!.studentized!), fit.studentized],
    "Cook's distance": [recorded(rows!.cooksDistance!), fit.cooks],
    prediction: [[ahead.predicted.data[l]!], fit.prediction[0]],
    "prediction intervals": ends(
      [ahead.low.data[l]!],
      [ahead.high.data[l]!],
      fit.prediction[1],
      fit.prediction[2],
    ),
  };
}

/** How far each statistic is from theirs: entry by entry, relative, the largest of all fits of the problems. */
export function inferenceDistances({ problems }: RecordedInference): Map<string, number> {
  const worst = new Map<string, number>();
  for (const problem of problems) {
    for (const [l, fits] of problem.targets.entries()) {
      for (const fit of fits) {
        for (const [name, [ours, theirs]] of Object.entries(pairs(problem, l, fit))) {
          const apart = theirs.map((value, i) =>
            ours[i] === value ? 0 : Math.abs(ours[i]! - value) / Math.abs(value),
          );
          if (ours.length !== theirs.length) apart.push(Number.NaN);
          worst.set(name, Math.max(worst.get(name) ?? 0, ...apart));
        }
      }
    }
  }
  return worst;
}
