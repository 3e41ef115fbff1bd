import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { kFold } from "../../src/data/folds.js";
import { makeRegression } from "../../src/data/makeRegression.js";
import { Moments } from "../../src/data/moments.js";
import { standardization, standardize } from "../../src/data/standardizer.js";
import { type ChooseLambdaOptions, chooseLambda } from "../../src/fit/chooseLambda.js";
import { fitRidge } from "../../src/fit/fitRidge.js";
import { ridge } from "../../src/fit/ridge.js";
import { ridgePath } from "../../src/fit/ridgePath.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { save } from "../../src/model/save.js";
import { refuses } from "../nn/help.js";

const made = makeRegression({ nSamples: 60, nFeatures: 8, nTargets: 2, noise: 150, bias: 3, randomState: 8 });
// columns of unlike units, so that standardising matters
const units = new Matrix(
  1,
  8,
  Float64Array.from({ length: 8 }, (_, j) => 10 ** (j - 4)),
);
const data = new Dataset({ X: made.X.times(units).plus(5), Y: made.Y });

/** The rows of some folds in the order of the folds, as Moments. */
const partsOf = (labels: ArrayLike<number>, count: number) =>
  Array.from({ length: count }, (_, fold) =>
    Moments.of(data.take(Array.from({ length: data.rows }, (_, i) => i).filter((i) => labels[i] === fold))),
  );

describe("chooseLambda", () => {
  it("chooses what the same call chooses again, a λ that can be typed back for the same model to the bit", () => {
    const ways: ChooseLambdaOptions[] = [
      {},
      { perTarget: true },
      { oneStandardError: true },
      { folds: "loo", pool: "raw" },
      { folds: "gcv" },
      { standardize: false, intercept: false },
    ];
    for (const options of ways) {
      const choice = chooseLambda(data, options);
      expect(chooseLambda(data, options).lambda).toEqual(choice.lambda);
      const typed = JSON.parse(JSON.stringify(choice.lambda));
      const { standardize = true, intercept = true } = options;
      const again = fitRidge(data, { lambda: typed, standardize, intercept });
      expect(save(again.model)).toBe(save(choice.fit.model));
      for (const lambda of [typed].flat()) expect(Number(lambda.toPrecision(3))).toBe(lambda);
    }
  });

  it("learns the scaler in every fold from the other folds alone", () => {
    const labels = kFold(60, { folds: 3, shuffle: true, randomState: 5 });
    const lambda = 0.7;
    const { path } = chooseLambda(data, { lambdas: [lambda, 1], folds: 3, randomState: 5 });
    for (const fold of [0, 1, 2]) {
      const [train, test] = [false, true].map((held) =>
        data.take([...labels.keys()].filter((i) => (labels[i] === fold) === held)),
      ) as [Dataset, Dataset];
      const scaler = standardization(train.X);
      const model = ridge(new Dataset({ X: standardize(train.X, scaler), Y: train.Y }), { lambda });
      const r = standardize(test.X, scaler).matmul(model.w).plus(model.b).minus(test.Y);
      const mse = r
        .times(r)
        .sum(0)
        .times(1 / test.rows).data;
      for (const l of [0, 1]) expect(path.points[0]!.folds!.errors[fold]![l]! / mse[l]!).toBeCloseTo(1, 10);
    }
  });

  it("has from the moments of each fold the errors that it has from the rows", () => {
    const labels = kFold(60, { folds: 4, shuffle: true, randomState: 14 });
    const fromRows = chooseLambda(data, { folds: 4 });
    const fromMoments = chooseLambda(partsOf(labels, 4));
    expect(fromMoments.curve.map(({ lambda }) => lambda)).toEqual(fromRows.curve.map(({ lambda }) => lambda));
    for (const [i, { error, standardError }] of fromMoments.curve.entries()) {
      expect(error! / fromRows.curve[i]!.error!).toBeCloseTo(1, 11);
      expect(standardError! / fromRows.curve[i]!.standardError!).toBeCloseTo(1, 10);
    }
    expect([fromMoments.lambda, fromMoments.folds]).toEqual([fromRows.lambda, 4]);
    expect(fromMoments.fit.model.training!.strategy).toBe("moments");
  });

  it("takes the fold of each row by number or by name", () => {
    const labels = kFold(60, { folds: 4, shuffle: true, randomState: 14 });
    const expected = chooseLambda(data, { folds: 4 }).curve;
    expect(chooseLambda(data, { folds: labels }).curve).toEqual(expected);
    expect(chooseLambda(data, { folds: Array.from(labels, (fold) => `site ${fold}`) }).curve).toEqual(
      expected,
    );
  });

  it("pools the targets by their variances, raw, or not at all", () => {
    const scaled = new Dataset({ X: data.X, Y: data.Y.times(Matrix.from([[1, 1000]])) });
    const { curve, lambda } = chooseLambda(data);
    const [pooled, raw, each] = [{}, { pool: "raw" }, { perTarget: true }].map((options) =>
      chooseLambda(scaled, options as ChooseLambdaOptions),
    );
    expect(pooled!.lambda).toBe(lambda);
    for (const [i, { error }] of pooled!.curve.entries()) expect(error! / curve[i]!.error!).toBeCloseTo(1, 9);
    // raw, the target of large numbers decides alone
    expect(raw!.lambda).toBe((each!.lambda as number[])[1]);
    expect(each!.lambda).not.toEqual([lambda, lambda]);
  });

  it("leaves a target that does not vary out of the average", () => {
    const Y = data.Y.toArray();
    const flat = new Dataset({ X: data.X, Y: Y.map(([y]) => [y!, 3]) });
    const alone = new Dataset({ X: data.X, Y: Y.map(([y]) => [y!]) });
    const lambdas = [1e-3, 1e-2, 0.1, 1, 10];
    const both = chooseLambda(flat, { lambdas }).lambda as number;
    expect(both).toBe(
      (chooseLambda(alone, { lambdas: lambdas.map((lambda) => 2 * lambda) }).lambda as number) / 2,
    );
  });

  it("takes for one standard error the largest λ within it, by the folds' errors of the average", () => {
    const { curve, least, withinOneStandardError } = chooseLambda(data);
    const best = curve.reduce((a, b) => (b.error! < a.error! ? b : a));
    const limit = best.error! + best.standardError!;
    expect(least).toBe(best.lambda);
    expect(withinOneStandardError).toBe(
      Math.max(...curve.filter((p) => p.error! <= limit).map((p) => p.lambda)),
    );
    expect(withinOneStandardError).toBeGreaterThan(least as number);
    expect(chooseLambda(data, { oneStandardError: true }).lambda).toBe(withinOneStandardError);
    const folds = ridgePath(data, {
      folds: kFold(60, { folds: 5, shuffle: true, randomState: 14 }),
      standardize: true,
    });
    const variance = [0, 1].map((l) => Moments.of(data).syy.data[3 * l]! / 60);
    const errors = folds.points[40]!.folds!.errors.map(
      ([a, b]) => (a! / variance[0]! + b! / variance[1]!) / 2,
    );
    const mean = errors.reduce((sum, x) => sum + x) / 5;
    const squares = errors.reduce((sum, x) => sum + (x - mean) ** 2, 0);
    expect(curve[40]!.error).toBeCloseTo(mean, 12);
    expect(curve[40]!.standardError).toBeCloseTo(Math.sqrt(squares / 4 / 5), 12);
  });

  it("leaves one out with the scaler of all rows and α held", () => {
    const lambdas = [0.1, 2];
    const { path } = chooseLambda(data, { folds: "loo", lambdas });
    const Z = new Dataset({ X: standardize(data.X, standardization(data.X)), Y: data.Y });
    const plain = ridgePath(Z, { lambdas, loo: true }); // beside refits in ridge.test.ts
    for (const [i, { loo, folds }] of path.points.entries()) {
      expect(folds).toBeNull();
      for (const l of [0, 1]) expect(loo![l]! / plain.points[i]!.loo![l]!).toBeCloseTo(1, 10);
    }
  });

  it("counts rows of integer weights as repeated rows in the same fold", () => {
    const weights = Array.from({ length: 60 }, (_, i) => 1 + (i % 3));
    const repeat = weights.flatMap((weight, i) => Array<number>(weight).fill(i));
    const labels = kFold(60, { folds: 3, shuffle: true, randomState: 1 });
    const lambdas = [0.01, 0.1, 1, 10];
    const a = chooseLambda(new Dataset({ X: data.X, Y: data.Y, weights }), { folds: labels, lambdas });
    const b = chooseLambda(data.take(repeat), { folds: repeat.map((i) => labels[i]!), lambdas });
    expect(a.lambda).toBe(b.lambda);
    for (const [i, { error }] of a.curve.entries()) expect(error! / b.curve[i]!.error!).toBeCloseTo(1, 10);
  });

  it("takes errors near a perfect fit from the rows, and without them says how good they are", () => {
    const X = Matrix.from(Array.from({ length: 30 }, (_, i) => [i, (i * i) % 7]));
    const exact = new Dataset({ X, Y: X.matmul(Matrix.from([[3], [-2]])).plus(1e4) });
    const options = { lambdas: [1e-12, 1e-10], folds: 3, randomState: 1 };
    const { curve, warnings, path } = chooseLambda(exact, options);
    expect(curve[0]!.error).toBeGreaterThan(0);
    expect(curve[0]!.error).toBeLessThan(1e-18);
    expect(path.uncertain).toBe(0);
    expect(warnings.filter((text) => text.includes("no rows"))).toEqual([]);
    const parts = [0, 1, 2].map((f) => Moments.of(exact.slice(10 * f, 10 * f + 10)));
    const blind = chooseLambda(parts, { lambdas: options.lambdas });
    expect(blind.path.uncertain).toBeGreaterThan(0);
    expect(blind.warnings.join()).toMatch(/near a perfect fit are good to \S+ only/);
  });

  it("warns where the least error is at an end of the λ that were given, which it does not extend", () => {
    const warned = (lambdas: number[], options = {}) => {
      const { warnings, path } = chooseLambda(data, { lambdas, ...options });
      expect(path.points.map(({ lambda }) => lambda)).toEqual(lambdas);
      return warnings;
    };
    const best = chooseLambda(data).lambda as number;
    expect(warned([best, best * 10])).toEqual([
      `the least error is at the smallest λ that was tried, ${best}; try smaller ones, or λ = 0`,
    ]);
    expect(warned([best / 10, best])).toEqual([
      `the least error is at the largest λ that was tried, ${best}; try larger ones`,
    ]);
    expect(warned([best / 10, best, best * 10])).toEqual([]);
    expect(warned([best / 10, best, best * 1.1], { oneStandardError: true })).toEqual([
      `the λ within one standard error of the least error is at the largest λ that was tried, ${best * 1.1}; try larger ones`,
    ]);
    expect(warned([best], {})).toEqual([]);
  });

  it("chooses by generalised cross-validation from moments of all rows", () => {
    const choice = chooseLambda(Moments.of(data), { folds: "gcv" });
    expect([choice.by, choice.folds, choice.withinOneStandardError]).toEqual(["gcv", null, null]);
    expect(choice.lambda).toBe(chooseLambda(data, { folds: "gcv" }).lambda);
    const { df, mse, gcv } = choice.path.points[30]!;
    expect(gcv![0]! / (mse[0]! / (1 - (1 + df) / 60) ** 2)).toBeCloseTo(1, 12);
  });

  it("refuses what does not go together", () => {
    const moments = Moments.of(data);
    const parts = [Moments.of(data.slice(0, 30)), Moments.of(data.slice(30))];
    refuses(() => chooseLambda(moments), "OPTION", /at least two parts.*"gcv"/);
    refuses(() => chooseLambda([moments]), "OPTION", /at least two parts/);
    refuses(() => chooseLambda(parts, { folds: 2 }), "OPTION", /folds for rows only/);
    refuses(() => chooseLambda(parts, { folds: "loo" }), "OPTION", /folds for rows only/);
    refuses(() => chooseLambda(data, { folds: "LOO" as "loo" }), "OPTION", /"LOO"/);
    refuses(
      () => chooseLambda(data, { folds: "loo", oneStandardError: true }),
      "OPTION",
      /one standard error/,
    );
    refuses(() => chooseLambda(data, { folds: 61 }), "VALUE", /at most 60 folds/);
    refuses(() => chooseLambda(data, { folds: [1, 2] }), "VALUE", /60 rows/);
    refuses(() => chooseLambda(data, { pool: "mean" as "raw" }), "VALUE", /pool/);
    refuses(() => chooseLambda(data, { lambdas: [1, -1] }), "VALUE", /lambda/);
    refuses(() => chooseLambda(data, { lambdas: [] }), "DATA", /no λ/);
    refuses(() => chooseLambda(data, { oneSe: true } as ChooseLambdaOptions), "OPTION", /oneSe/);
    const weights = Array.from({ length: 60 }, (_, i) => (i < 30 ? 0 : 1));
    const labels = weights.map((weight) => weight);
    const idle = new Dataset({ X: data.X, Y: data.Y, weights });
    refuses(() => chooseLambda(idle, { folds: labels }), "SHAPE", /every fold.*none in fold 0/);
  });
});
