import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { kFold } from "../../src/data/folds.js";
import { Moments } from "../../src/data/moments.js";
import { type ChooseLambdaOptions, chooseLambda, type LambdaChoice } from "../../src/fit/chooseLambda.js";
import { fitRidge } from "../../src/fit/fitRidge.js";
import { ridgePath } from "../../src/fit/ridgePath.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { predictFitted } from "../../src/model/fitted.js";
import { NumPy } from "../../src/random/numpy.js";

const draw = new NumPy(12);
const normal = (rows: number, cols: number) => new Matrix(rows, cols, draw.standardNormal(rows * cols));
const shuffled = { shuffle: true, randomState: 14 };
const lambdasOf = (choice: Pick<LambdaChoice, "path">) => choice.path.points.map(({ lambda }) => lambda);

const squares = (Y: Matrix) => {
  const centred = Y.minus(Y.sum(0).times(1 / Y.rows));
  return centred.times(centred).sum();
};

/** y = Xw + noise·e, of one w for each target. */
const made = (X: Matrix, w: number[][], noise: number[]) =>
  new Dataset({
    X,
    Y: X.matmul(Matrix.from(w)).plus(normal(X.rows, noise.length).times(Matrix.from([noise]))),
  });

const X = normal(60, 3);
/** Hardly any noise, so that the least error lies below the grid that is begun with. */
const clear = made(X, [[1], [2], [3]], [3e-4]);
const lessClear = made(X, [[1], [2], [3]], [3e-3]);
/** Nothing but noise. */
const noise = made(X, [[0], [0], [0]], [1]);
/** Noise that is orthogonal to the features. */
const useless = new Dataset({
  X,
  Y: noise.Y.minus(predictFitted(fitRidge(noise, { lambda: 0 }).model, X)),
});
const perfect = new Dataset({ X, Y: X.matmul(Matrix.from([[1], [2], [3]])).plus(7) });
const start = (data: Dataset, options = {}) =>
  ridgePath(data, { standardize: true, folds: 1, ...options }).points.map(({ lambda }) => lambda);

describe("the default grid of λ", () => {
  it("is what ridgePath has, and λ = 0, where the least error is inside; the choice is that of the grid alone", () => {
    const plain = made(X, [[1], [2], [3]], [3]);
    const choice = chooseLambda(plain);
    const least = chooseLambda(plain, { lambdas: start(plain) });
    expect(lambdasOf(choice).slice(0, -1).slice(-100)).toEqual(start(plain));
    expect(lambdasOf(choice).at(-1)).toBe(0);
    expect(choice.lambda).toBe(least.lambda);
    expect(choice.fit.model.weight.data).toEqual(least.fit.model.weight.data);
    expect(choice.warnings).toEqual([]);
  });

  it.each([5, "loo", "gcv"] as const)(
    "extends down by two decades at a time until the least error is inside, by %s",
    (folds) => {
      const data = folds === "gcv" ? lessClear : clear;
      const choice = chooseLambda(data, { folds });
      const smallest = start(data).at(-1)!;
      const positive = lambdasOf(choice).filter((lambda) => lambda > 0);
      expect(choice.lambda).toBeLessThan(smallest);
      expect(choice.lambda).toBeGreaterThan(positive.at(-1)!);
      expect((positive.length - 100) % 28).toBe(0);
      for (const lambda of positive) expect(Number(lambda.toPrecision(3))).toBe(lambda);
      for (let i = 1; i < positive.length; i++) {
        expect(Math.abs(positive[i]! / positive[i - 1]! - 10 ** (-7 / 99))).toBeLessThan(0.015);
      }
      expect(choice.warnings).toEqual([]);
      // nothing on a finer and wider grid is better but for its spacing
      const wide = Array.from({ length: 2000 }, (_, i) => 10 ** (4 - i / 100));
      const finest = chooseLambda(data, { folds, lambdas: wide });
      const error = (c: typeof choice) => Math.min(...c.curve.map((point) => point.error!));
      expect(error(choice) / error(finest)).toBeLessThan(1 + 1e-3);
    },
  );

  it("never moves a minimum that is inside", () => {
    let inside = 0;
    for (let round = 0; round < 30; round++) {
      const data = made(normal(40, 4), [[1], [1], [0], [0.5]], [2 + round]);
      for (const options of [{}, { standardize: false }, { folds: "loo" }] as ChooseLambdaOptions[]) {
        const { standardize = true } = options;
        const lambdas = start(data, { standardize });
        const begun = chooseLambda(data, { ...options, lambdas: [...lambdas, 0] });
        const { curve, lambda } = chooseLambda(data, options);
        const errors = Object.fromEntries(curve.map((point) => [point.lambda, point.error]));
        const most = lambdas.every((at) => errors[at]! >= errors[lambda as number]! * (1 - 1e-12));
        expect(most).toBe(true);
        if (begun.lambda === lambdas[0] || begun.lambda === lambdas.at(-1) || begun.lambda === 0) continue;
        if ((lambda as number) > lambdas[0]! || (lambda as number) < lambdas.at(-1)!) continue; // a lower one beyond
        expect(lambda).toBe(begun.lambda);
        inside++;
      }
    }
    expect(inside).toBeGreaterThan(30);
  });

  it("ends where all weights are shrunk, and says so", () => {
    for (const folds of [5, "loo", "gcv"] as const) {
      const choice = chooseLambda(useless, { folds });
      expect(choice.lambda).toBe(lambdasOf(choice)[0]);
      expect(choice.lambda).toBeGreaterThan(start(useless)[0]!);
      const { df } = choice.path.points[0]!;
      expect(df).toBeLessThan(1e-3);
      expect(choice.path.points.some((point) => point.df > 1e-3 && point.df < 0.1)).toBe(true);
      expect(choice.warnings).toEqual([
        `every weight is shrunk to nearly 0 (λ = ${choice.lambda}): the features do not help to predict`,
      ]);
    }
  });

  it("ends at least squares where that is best, and says so", () => {
    for (const folds of [5, "loo", "gcv"] as const) {
      const choice = chooseLambda(perfect, { folds });
      expect(choice.lambda).toBe(0);
      expect(choice.warnings).toEqual([
        "least squares (λ = 0) has the least error: shrinking the weights does not help",
      ]);
      const { weight, bias } = choice.fit.model;
      for (const [j, w] of [1, 2, 3].entries()) expect(weight.data[j]).toBeCloseTo(w, 13);
      expect(bias[0]).toBeCloseTo(7, 13);
    }
    expect(chooseLambda(perfect, { lambdas: [1, 0.1, 0] }).warnings).toEqual([
      "least squares (λ = 0) has the least error: shrinking the weights does not help",
    ]);
  });

  it("does not hold λ = 0 for dependent columns, in all rows or in a fold, nor with as many features as rows", () => {
    const doubled = X.toArray().map(([a, b, c]) => [a!, b!, c!, a! - b!]);
    const once = X.toArray().map((row, i) => [...row, i < 12 ? 1 + i : 0]); // constant without the first fold
    const wide = normal(20, 30);
    const cases: [Dataset, ChooseLambdaOptions][] = [
      [new Dataset({ X: doubled, Y: perfect.Y }), {}],
      [new Dataset({ X: doubled, Y: perfect.Y }), { folds: "loo" }],
      [new Dataset({ X: doubled, Y: perfect.Y }), { folds: "gcv" }],
      [new Dataset({ X: once, Y: perfect.Y }), { folds: kFold(60, { folds: 5 }) }],
      [
        made(
          wide,
          Array.from({ length: 30 }, () => [1]),
          [0.1],
        ),
        {},
      ],
      [new Dataset({ X: X.slice(0, 5), Y: perfect.Y.slice(0, 5) }), { folds: 5 }], // 4 rows without a fold, 4 parameters
    ];
    for (const [data, options] of cases) {
      const choice = chooseLambda(data, options);
      expect(lambdasOf(choice)).not.toContain(0);
      expect(choice.lambda).toBeGreaterThan(0);
    }
    // rank, not the number of columns: a constant column leaves the others as they are
    const constant = X.toArray().map((row) => [...row, 5]);
    for (const standardize of [true, false]) {
      expect(chooseLambda(new Dataset({ X: constant, Y: perfect.Y }), { standardize }).lambda).toBe(0);
    }
  });

  it("says of a least error that goes on to λ = 0 without holding it that smaller λ make no difference", () => {
    const doubled = X.toArray().map(([a, b, c]) => [a!, b!, c!, a! - b!]);
    const data = new Dataset({ X: doubled, Y: perfect.Y });
    const { lambda, warnings, path } = chooseLambda(data);
    expect(warnings.join()).toMatch(/^the least error is (at|that of) .*smaller ones make no difference$/);
    expect(lambda).toBeLessThan(1e-8);
    const { w } = path.points.find((point) => point.lambda === lambda)!;
    expect(w.data.every(Number.isFinite)).toBe(true);
  });

  it("warns for every target, at both ends", () => {
    const Y = perfect.Y.toArray().map(([y], i) => [y!, useless.Y.data[i]!, 3]);
    const data = new Dataset({ X, Y, outputs: ["exact", "unrelated", "same"] });
    const { lambda, warnings } = chooseLambda(data, { perTarget: true });
    const [exact, unrelated] = lambda as number[];
    expect(exact).toBe(0);
    expect(warnings).toEqual([
      'target "exact": least squares (λ = 0) has the least error: shrinking the weights does not help',
      `target "unrelated": every weight is shrunk to nearly 0 (λ = ${unrelated}): the features do not help to predict`,
      'target "same": every λ has the same error, so there is nothing to choose by',
    ]);
    const given = chooseLambda(data, { perTarget: true, lambdas: [10, 1, 0.1] }).warnings;
    expect(given.slice(0, 2)).toEqual([
      'target "exact": the least error is at the smallest λ that was tried, 0.1; try smaller ones, or λ = 0',
      'target "unrelated": the least error is at the largest λ that was tried, 10; try larger ones',
    ]);
  });

  it("does not extend where every λ has the same error, and takes the largest that it begins with", () => {
    const constant = new Dataset({ X, Y: X.toArray().map(() => [3.7]) });
    const { lambda, withinOneStandardError, path, warnings } = chooseLambda(constant);
    expect(lambdasOf({ path })).toEqual([...start(constant), 0]);
    expect([lambda, withinOneStandardError]).toEqual([start(constant)[0], start(constant)[0]]);
    expect(warnings).toEqual(["every λ has the same error, so there is nothing to choose by"]);
  });

  it("extends for one standard error too, and says where that leaves no weight", () => {
    const choice = chooseLambda(noise, { oneStandardError: true });
    expect(choice.lambda).toBe(choice.withinOneStandardError);
    expect(choice.lambda).toBeGreaterThan(start(noise)[0]!);
    expect(choice.warnings).toEqual([
      `every weight is shrunk to nearly 0 (λ = ${choice.lambda}): within one standard error, a model without the features is as good`,
    ]);
    // what is told of it without asking is the same
    expect(chooseLambda(noise).withinOneStandardError).toBe(choice.lambda);
  });

  it("extends for one standard error where the least error is inside", () => {
    let beyond = 0;
    for (let round = 0; round < 12; round++) {
      const data = made(normal(30, 3), [[0.2], [0], [0]], [1]);
      const [largest] = start(data);
      const { least, withinOneStandardError: within, path, curve } = chooseLambda(data);
      const limit = curve.find(({ lambda }) => lambda === least)!;
      if (least === lambdasOf({ path })[0] || (within as number) <= largest!) continue;
      beyond++;
      expect(within).toBe(
        lambdasOf({ path }).find((_, i) => curve[i]!.error! <= limit.error! + limit.standardError!),
      );
      const { df } = path.points[0]!;
      expect(within === path.points[0]!.lambda).toBe(df < 1e-3);
    }
    expect(beyond).toBeGreaterThan(0);
  });

  it("is not decided by rounding: of perfect fits least squares is best, of λ with the same error the largest", () => {
    for (let round = 0; round < 20; round++) {
      const features = normal(25, 3).plus(round);
      const exact = new Dataset({ X: features, Y: features.matmul(normal(3, 1)).plus(100) });
      expect(chooseLambda(exact).lambda).toBe(0);
      const doubled = new Dataset({
        X: features.toArray().map(([a, b, c]) => [a!, b!, c!, a! - b!]),
        Y: exact.Y.plus(normal(25, 1).times(1e-8)),
      });
      const { lambda, curve } = chooseLambda(doubled);
      const { meanY } = Moments.of(doubled);
      const ulps = 8 * Number.EPSILON * meanY[0]!;
      const floor = 1e-20 + (ulps * ulps) / (squares(doubled.Y) / 25);
      const least = Math.min(...curve.map(({ error }) => error!));
      expect(lambda).toBe(curve.find(({ error }) => error! <= least * (1 + 1e-12) + floor)!.lambda);
    }
  });

  it("finds the least error in columns of any units, as it does in like ones", () => {
    const like = made(X, [[1], [2], [3]], [0.3]);
    for (const units of [
      [1e-12, 1, 1],
      [1, 1e13, 1e-3],
      [1e-20, 1e20, 1],
    ]) {
      const data = new Dataset({ X: X.times(Matrix.from([units])), Y: like.Y });
      for (const folds of [5, "loo", "gcv"] as const) {
        const choice = chooseLambda(data, { standardize: false, folds });
        const predicted = predictFitted(choice.fit.model, data.X);
        const r2 = 1 - predicted.minus(like.Y).times(predicted.minus(like.Y)).sum() / squares(like.Y);
        expect(r2).toBeGreaterThan(0.98);
        expect(choice.path.points.at(-1)!.df).toBe(3);
        const direct = fitRidge(data, { lambda: 0, standardize: false }).model.weight.data;
        for (const [j, w] of choice.path.points.at(-1)!.w.data.entries())
          expect(w / direct[j]!).toBeCloseTo(1, 9);
      }
    }
  });

  it("stays where moments without rows have the digits", () => {
    const near = X.toArray().map(([a, b, c]) => [a!, b!, c!, a! + 1e-6 * b! + 1e-6 * c! * c!]);
    const data = new Dataset({ X: near, Y: clear.Y });
    const labels = kFold(60, { folds: 5, ...shuffled });
    const parts = [0, 1, 2, 3, 4].map((fold) =>
      Moments.of(data.take([...labels.keys()].filter((i) => labels[i] === fold))),
    );
    const choice = chooseLambda(parts);
    expect(lambdasOf(choice)).not.toContain(0);
    expect(fitRidge(Moments.merge(parts), { lambda: choice.lambda }).receipt.condition).toBeLessThan(1e8);
    expect(lambdasOf(chooseLambda(data))).toContain(0);
  });
});
