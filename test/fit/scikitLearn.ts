/** What golden/ridge.py records, and how far ell2 is from it. */
import { Dataset } from "../../src/data/dataset.js";
import { kFold } from "../../src/data/folds.js";
import { Moments } from "../../src/data/moments.js";
import { chooseLambda } from "../../src/fit/chooseLambda.js";
import { fitRidge } from "../../src/fit/fitRidge.js";

interface Way {
  standardize: boolean;
  intercept: boolean;
}

interface Fit extends Way {
  lambda: number | number[];
  weight: number[][];
  bias: number[];
}

export interface Problem {
  name: string;
  X: number[][];
  Y: number[][];
  weights: number[];
  grid: number[];
  fits: Fit[];
  perTarget: Fit[];
  weighted: Fit[];
  alone: { lambda: number; standardize: boolean; weight: number[][] }[];
  folds: (Way & {
    folds: number;
    seed: number;
    mse: number[][];
    standardError: number[][];
    chosen: number;
    perTarget: number[];
  })[];
  loo: { intercept: boolean; mse: number[][]; chosen: number }[];
}

export interface Recorded {
  kFold: { rows: number; folds: number; shuffle: boolean; seed: number; test: number[][] }[];
  problems: Problem[];
}

/** The largest difference of two arrays, of the largest entry of theirs. */
function distance(ours: ArrayLike<number>, theirs: number[]): number {
  const most = Math.max(...theirs.map(Math.abs), Number.MIN_VALUE);
  if (ours.length !== theirs.length) return Number.NaN;
  return Math.max(...theirs.map((x, i) => Math.abs(x - ours[i]!))) / most;
}

/** The rows of each fold, as kFold tells them. */
export function testRows(
  rows: number,
  options: { folds: number; shuffle: boolean; seed: number },
): number[][] {
  const { folds, shuffle, seed } = options;
  const fold = kFold(rows, { folds, shuffle, randomState: seed });
  return Array.from({ length: folds }, (_, f) => Array.from(fold.keys()).filter((i) => fold[i] === f));
}

/** The largest distance of our weights, and of our biases, from scikit-learn's. */
export function fitDistances(problem: Problem): {
  weight: number;
  bias: number;
  alone: number;
  fits: number;
} {
  const { X, Y } = problem;
  const data = new Dataset({ X, Y });
  const weighted = new Dataset({ X, Y, weights: problem.weights });
  let [weight, bias, alone, fits] = [0, 0, 0, 0];
  for (const [rows, recorded] of [
    [data, [...problem.fits, ...problem.perTarget]],
    [weighted, problem.weighted],
  ] as const) {
    for (const { lambda, standardize, intercept, weight: theirs, bias: theirBias } of recorded) {
      for (const from of [rows, Moments.of(rows)]) {
        const { model } = fitRidge(from, { lambda, standardize, intercept });
        weight = Math.max(weight, distance(model.weight.data, theirs.flat()));
        // a bias is a difference of terms of the size of the targets
        const size = Math.max(...Y.flat().map(Math.abs));
        bias = Math.max(bias, ...model.bias.map((b, l) => Math.abs(b - theirBias[l]!) / size));
        fits++;
      }
    }
  }
  for (const { lambda, standardize, weight: theirs } of problem.alone) {
    for (const [l, own] of theirs.entries()) {
      const one = new Dataset({ X, Y: Y.map((row) => [row[l]!]) });
      const { model } = fitRidge(one, { lambda: lambda * Y[0]!.length, standardize });
      alone = Math.max(alone, distance(model.weight.data, own));
    }
  }
  return { weight, bias, alone, fits };
}

/** Our choices of λ beside scikit-learn's, and the largest relative distance of the errors that they rest on. */
export function choices({ X, Y, grid, folds, loo }: Problem) {
  const data = new Dataset({ X, Y });
  let [ours, theirs]: [unknown[], unknown[]] = [[], []];
  let errors = 0;
  for (const { folds: count, seed, standardize, intercept, ...recorded } of folds) {
    const options = { lambdas: grid, folds: count, randomState: seed, standardize, intercept };
    const common = chooseLambda(data, options);
    const each = chooseLambda(data, { ...options, perTarget: true });
    ours = [...ours, common.lambda, each.lambda];
    theirs = [...theirs, recorded.chosen, recorded.perTarget];
    for (const [i, { folds: held }] of common.path.points.entries()) {
      errors = Math.max(errors, distance(held!.mse, recorded.mse[i]!));
      errors = Math.max(errors, distance(held!.standardError, recorded.standardError[i]!));
    }
  }
  for (const { intercept, mse, chosen } of loo) {
    const options = { lambdas: grid, folds: "loo", pool: "raw", standardize: false, intercept } as const;
    const choice = chooseLambda(data, options);
    ours = [...ours, choice.lambda];
    theirs = [...theirs, chosen];
    for (const [i, { loo: held }] of choice.path.points.entries()) {
      errors = Math.max(errors, distance(held!, mse[i]!));
    }
  }
  return { ours, theirs, errors };
}
