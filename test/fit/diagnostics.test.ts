import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { makeRegression } from "../../src/data/makeRegression.js";
import { Moments } from "../../src/data/moments.js";
import { diagnostics } from "../../src/fit/diagnostics.js";
import { evaluateFitted } from "../../src/fit/evaluateFitted.js";
import { fitRidge } from "../../src/fit/fitRidge.js";
import { inference } from "../../src/fit/inference.js";
import { predictionIntervals } from "../../src/fit/predictionIntervals.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { symmetricEigen } from "../../src/linalg/symmetricEigen.js";
import { predictFitted } from "../../src/model/fitted.js";
import { perTarget } from "../../src/model/metrics.js";
import { refuses } from "../nn/help.js";

const made = makeRegression({ nSamples: 40, nFeatures: 4, nTargets: 2, noise: 30, bias: 3, randomState: 3 });
const data = new Dataset({ X: made.X.times(Matrix.from([[1, 100, 0.1, 7]])).plus(20), Y: made.Y });
const without = (rows: Dataset, i: number) =>
  rows.take(Array.from({ length: rows.rows }, (_, j) => j).filter((j) => j !== i));
const squares = (A: Matrix, j: number) => A.toArray().reduce((sum, row) => sum + row[j]! * row[j]!, 0);
const column = (A: Matrix, j: number) => A.toArray().map((row) => [row[j]!]);

// R's data set cars: the speed of 50 cars, and the distance in which they stopped
const SPEED = [
  4, 4, 7, 7, 8, 9, 10, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15, 16, 16,
  17, 17, 17, 18, 18, 18, 18, 19, 19, 19, 20, 20, 20, 20, 20, 22, 23, 24, 24, 24, 24, 25,
];
const DISTANCE = [
  2, 10, 4, 22, 16, 10, 18, 26, 34, 17, 28, 14, 20, 24, 28, 26, 34, 34, 46, 26, 36, 60, 80, 20, 26, 54, 32,
  40, 32, 40, 50, 42, 56, 76, 84, 36, 46, 68, 32, 48, 52, 56, 64, 66, 54, 70, 92, 93, 120, 85,
];
const cars = new Dataset({ X: SPEED.map((x) => [x]), Y: DISTANCE.map((y) => [y]) });

describe("inference and predictionIntervals for λ = 0", () => {
  it("give what R's lm gives for cars: standard errors, t, and predict(interval = 'prediction') at a speed of 10", () => {
    for (const from of [cars, Moments.of(cars)]) {
      const found = inference(from, { lambda: 0, standardize: true });
      expect(found.kind).toBe("confidence");
      expect(found.degreesOfFreedom).toEqual([48]);
      expect(Math.sqrt(found.variance[0]!)).toBeCloseTo(15.38, 2);
      expect(found.standardError[0]![0]).toBeCloseTo(0.4155, 4);
      expect(found.biasStandardError[0]).toBeCloseTo(6.7584, 4);
      expect(found.t[0]![0]).toBeCloseTo(9.464, 3);
      const { model } = fitRidge(from, { lambda: 0 });
      const { predicted, low, high } = predictionIntervals(model, from, [[10]]);
      expect(predicted.data[0]).toBeCloseTo(21.74499, 5);
      expect(low.data[0]).toBeCloseTo(-9.809601, 6);
      expect(high.data[0]).toBeCloseTo(53.29959, 5);
    }
  });

  it("predictionIntervals are ŷ ± t·σ̂·√(1 + 1/W) at the mean; without a bias ± t·σ̂ at 0, where ŷ is 0", () => {
    // the quantiles of t with 48 and 49 degrees of freedom, by SciPy
    for (const [level, q48, q49] of [
      [0.95, 2.0106347546964454, 2.009575234489209],
      [0.5, 0.6796353449847025, 0.6795296451490159],
    ] as const) {
      // biome-ignore format: a table
      const mean = SPEED.reduce((sum, x) => sum + x, 0) / 50;
      const full = predictionIntervals(fitRidge(cars, { lambda: 0 }).model, cars, [[mean], [0]], { level });
      const sigma = Math.sqrt(inference(cars, { lambda: 0 }).variance[0]!);
      expect(full.high.data[0]! - full.predicted.data[0]!).toBeCloseTo(q48 * sigma * Math.sqrt(1.02), 6);
      expect(full.predicted.data[0]! - full.low.data[0]!).toBeCloseTo(q48 * sigma * Math.sqrt(1.02), 6);
      const bare = fitRidge(cars, { lambda: 0, intercept: false }).model;
      const through = predictionIntervals(bare, cars, [[0]], { level, intercept: false });
      const { variance } = inference(cars, { lambda: 0, intercept: false });
      expect(through.predicted.data[0]).toBe(0);
      expect(through.high.data[0]).toBeCloseTo(q49 * Math.sqrt(variance[0]!), 6);
    }
  });

  it("predictionIntervals of several targets and rows are those of each alone", () => {
    const [model, X] = [fitRidge(data, { lambda: 0 }).model, data.X.slice(0, 3)];
    const both = predictionIntervals(model, data, X);
    for (const l of [0, 1]) {
      const alone = new Dataset({ X: data.X, Y: column(data.Y, l) });
      const one = predictionIntervals(fitRidge(alone, { lambda: 0 }).model, alone, X);
      for (const i of [0, 1, 2]) expect(both.high.data[2 * i + l]).toBeCloseTo(one.high.data[i]!, 8);
    }
  });

  it("levels outside (0, 1) and options that do not exist are refused", () => {
    const { model } = fitRidge(cars, { lambda: 0 });
    for (const level of [0, 1, -0.5, 2, Number.NaN]) {
      refuses(() => predictionIntervals(model, cars, [[1]], { level }), "VALUE", /level/);
      refuses(() => inference(cars, { lambda: 0, level }), "VALUE", /level/);
    }
    refuses(() => predictionIntervals(model, cars, [[1]], { weight: 1 } as never), "OPTION", /weight/);
    refuses(() => inference(cars, { lambda: 0, weights: 1 } as never), "OPTION", /weights/);
  });

  it("inference's interval is w ± t·its standard error, and its kind says for which λ it is one of confidence", () => {
    for (const [level, quantile] of [
      [0.95, 2.0106347546964454],
      [0.5, 0.6796353449847025],
    ] as const) {
      // biome-ignore format: a table
      const { interval, standardError, t } = inference(cars, { lambda: 0, level });
      const w = fitRidge(cars, { lambda: 0 }).model.weight.data[0]!;
      const half = quantile * standardError[0]![0]!;
      expect(interval.low[0]![0]).toBeCloseTo(w - half, 8);
      expect(interval.high[0]![0]).toBeCloseTo(w + half, 8);
      expect(t[0]![0]).toBeCloseTo(w / standardError[0]![0]!, 8);
    }
    expect(inference(data, { lambda: [0, 0] }).kind).toBe("confidence");
    expect(inference(data, { lambda: [0, 1] }).kind).toBe("sampling");
    expect(inference(Moments.of(cars), { lambda: 0 }).hc3).toBeNull();
  });

  it("inference is refused without degrees of freedom, and at λ = 0 for dependent columns", () => {
    refuses(() => inference(cars.slice(1, 3), { lambda: 0 }), "DATA", /2 rows for 2/);
    expect(inference(cars.slice(0, 3), { lambda: 0 }).degreesOfFreedom).toEqual([1]);
    expect(inference(cars.slice(0, 2), { lambda: 0, intercept: false }).degreesOfFreedom).toEqual([1]);
    const twins = new Dataset({ X: SPEED.map((x) => [x, 2 * x]), Y: DISTANCE.map((y) => [y]) });
    refuses(() => inference(twins, { lambda: 0 }), "NOT_POSITIVE_DEFINITE", /1 directions for 2 features/);
    expect(
      inference(twins, { lambda: 1 })
        .standardError.flat()
        .every((x) => x! > 0),
    ).toBe(true);
    const constant = new Dataset({ X: SPEED.map((x) => [x, 3]), Y: DISTANCE.map((y) => [y]) });
    const { standardError } = inference(constant, { lambda: 0, standardize: true });
    expect(standardError[0]![0]).toBeCloseTo(0.4155, 4);
    expect(standardError[1]![0]).toBe(0);
  });

  it("predictionIntervals is refused for λ > 0", () => {
    const { model } = fitRidge(data, { lambda: [0, 0.1] });
    refuses(() => predictionIntervals(model, data, data.X), "OPTION", /λ = 0, got λ = 0,0.1/);
    const exact = fitRidge(data, { lambda: 0 }).model;
    refuses(() => predictionIntervals(exact, data, [[1]]), "SHAPE");
    refuses(() => predictionIntervals(exact, data, data.X, { level: 1 }), "VALUE", /level/);
  });
});

describe("inference", () => {
  it("takes each target with a λ of its own, as alone with λ·k", () => {
    const lambdas = [0.02, 3];
    for (const standardize of [false, true]) {
      const both = inference(data, { lambda: lambdas, standardize });
      for (const [l, lambda] of lambdas.entries()) {
        const alone = new Dataset({ X: data.X, Y: column(data.Y, l) });
        const one = inference(alone, { lambda: 2 * lambda, standardize });
        for (const name of ["standardError", "t", "hc3"] as const) {
          both[name]!.forEach((row, j) => void expect(row[l]! / one[name]![j]![0]!).toBeCloseTo(1, 9));
        }
        expect(both.biasStandardError[l]! / one.biasStandardError[0]!).toBeCloseTo(1, 9);
      }
    }
  });

  it("is the same standardised or not at λ = 0", () => {
    const [a, b] = [false, true].map((standardize) => inference(data, { lambda: 0, standardize }));
    for (const name of ["standardError", "t", "hc3"] as const) {
      a![name]!.flat().forEach((x, at) => void expect(x! / b![name]!.flat()[at]!).toBeCloseTo(1, 8));
    }
    a!.biasStandardError.forEach((x, l) => void expect(x! / b!.biasStandardError[l]!).toBeCloseTo(1, 8));
  });

  it("scatters as it says under shrinkage: the covariance of weights that are linear in y", () => {
    const lambda = 0.4;
    const { standardError, variance, biasStandardError } = inference(data, { lambda, standardize: true });
    // the weight as a function of y: a column of ones in turn, one target
    const effects = Array.from({ length: 40 }, (_, i) => {
      const y = Array.from({ length: 40 }, (_, j) => [i === j ? 1 : 0, 0]);
      const { model } = fitRidge(new Dataset({ X: data.X, Y: y }), { lambda });
      return [...model.weight.slice(0, 1).data, model.bias[0]!];
    });
    const spread = (j: number) => Math.sqrt(effects.reduce((sum, row) => sum + row[j]! ** 2, 0));
    for (const l of [0, 1]) {
      const sigma = Math.sqrt(variance[l]!);
      for (let j = 0; j < 4; j++) expect(standardError[j]![l]! / (sigma * spread(j))).toBeCloseTo(1, 9);
      expect(biasStandardError[l]! / (sigma * spread(4))).toBeCloseTo(1, 9);
    }
  });

  it("counts frequencies as repeated rows, HC3 too", () => {
    const weights = Array.from({ length: 40 }, (_, i) => i % 4);
    const repeated = data.take(weights.flatMap((weight, i) => Array(weight).fill(i)));
    const weighted = new Dataset({ X: data.X, Y: data.Y, weights });
    const options = { lambda: 0.1, standardize: true };
    const [a, b] = [inference(weighted, options), inference(repeated, options)];
    expect(a.degreesOfFreedom[0]).toBeCloseTo(b.degreesOfFreedom[0]!, 10);
    for (const name of ["standardError", "t", "hc3"] as const) {
      a[name]!.flat().forEach((x, at) => void expect(x! / b[name]!.flat()[at]!).toBeCloseTo(1, 9));
    }
  });

  it("takes precisions as rows multiplied by √ω, whatever their scale", () => {
    const weights = Array.from({ length: 40 }, (_, i) => 1 + (i % 4) / 2);
    const root = new Matrix(40, 1, Float64Array.from(weights, Math.sqrt));
    const multiplied = new Dataset({ X: data.X.times(root), Y: data.Y.times(root) });
    const options = { lambda: 0, intercept: false, weightKind: "precision" } as const;
    const expected = inference(multiplied, options);
    for (const factor of [1, 16]) {
      const scaled = weights.map((weight) => weight * factor);
      const found = inference(new Dataset({ X: data.X, Y: data.Y, weights: scaled }), options);
      expect(found.degreesOfFreedom).toEqual([36, 36]);
      expect(found.variance[0]! / expected.variance[0]!).toBeCloseTo(factor, 9);
      for (const name of ["standardError", "t", "hc3"] as const) {
        found[name]!.flat().forEach(
          (x, at) => void expect(x! / expected[name]!.flat()[at]!).toBeCloseTo(1, 9),
        );
      }
      expect(found.biasStandardError).toEqual([0, 0]);
    }
    const idle = new Dataset({
      X: data.X,
      Y: data.Y,
      weights: weights.map((weight, i) => (i < 5 ? 0 : weight)),
    });
    expect(inference(idle, { lambda: 0, weightKind: "precision" }).degreesOfFreedom).toEqual([30, 30]);
    refuses(() => inference(idle, { lambda: 0, weightKind: "exact" as "precision" }), "VALUE", /weightKind/);
  });
});

describe("diagnostics", () => {
  const lambdas = [0, 0.3];
  const { model } = fitRidge(data, { lambda: lambdas });
  const found = diagnostics(model, data);

  it("has each feature's variance inflation as 1/(1 − R²) of a regression on the others", () => {
    for (let j = 0; j < 4; j++) {
      const others = data.X.toArray().map((row) => row.filter((_, i) => i !== j));
      const rest = new Dataset({ X: others, Y: column(data.X, j) });
      const { r2 } = evaluateFitted(fitRidge(rest, { lambda: 0 }).model, rest)[0]!;
      expect(found.vif[j]! * (1 - r2!)).toBeCloseTo(1, 9);
    }
    const more = data.X.toArray().map((row) => [...row, row[0]! + row[1]!, 5]);
    const dependent = new Dataset({ X: more, Y: data.Y });
    const { vif, condition, reasons } = diagnostics(fitRidge(dependent, { lambda: 1 }).model, dependent);
    expect([vif[0], vif[1], vif[4], vif[5]]).toEqual([null, null, null, null]);
    expect(vif[2]! / found.vif[2]!).toBeCloseTo(1, 1);
    expect(condition.before).toBeNull();
    expect(reasons).toEqual([expect.stringMatching(/dependent: x0, x1, x4 .*no condition number/)]);
    expect(condition.after[0]).toBeLessThan(10);
  });

  it("says how far each direction was shrunk: the weights along it, beside those of least squares", () => {
    const { directions, df, condition } = found;
    expect(directions.map(({ shrinkage }) => shrinkage[0])).toEqual([1, 1, 1, 1]);
    const scale = model.standardized!.scale;
    const along = (lambda: number, loadings: number[]) =>
      loadings.reduce(
        (sum, v, j) => sum + v * scale[j]! * fitRidge(data, { lambda }).model.weight.data[4 + j]!,
        0,
      );
    let sum = 0;
    for (const { shrinkage, loadings, singularValue } of directions) {
      expect(shrinkage[1]).toBeCloseTo(along(0.3, loadings) / along(0, loadings), 8);
      expect(shrinkage[1]).toBeCloseTo(singularValue ** 2 / (singularValue ** 2 + 0.3 * 40), 10);
      expect(loadings.reduce((a, x) => a + x * x, 0)).toBeCloseTo(1, 12);
      expect(Math.max(...loadings)).toBe(Math.max(...loadings.map(Math.abs)));
      sum += shrinkage[1]!;
    }
    expect(df[0]).toBe(4);
    expect(df[1]).toBeCloseTo(sum, 12);
    const [first, last] = [directions[0]!, directions[3]!].map((d) => d.singularValue ** 2) as [
      number,
      number,
    ];
    expect(condition.before).toBeCloseTo(first / last, 9);
    expect(condition.after[0]).toBe(condition.before);
    expect(condition.after[1]).toBeCloseTo((first + 12) / (last + 12), 9);
  });

  it("has the leverage as what a prediction moves with its own target", () => {
    const { leverage, predicted, residual } = found.rows!;
    expect(predicted).toEqual(predictFitted(model, data.X));
    // of the weights before they are rounded, so that it is right even where predictions are large beside it
    data.Y.minus(predicted).data.forEach((r, at) => void expect(residual.data[at]).toBeCloseTo(r, 9));
    for (const i of [0, 7, 39]) {
      const Y = data.Y.clone();
      Y.data[2 * i]! += 1;
      Y.data[2 * i + 1]! += 1;
      const scaled = fitRidge(new Dataset({ X: data.X, Y }), { lambda: lambdas }).model;
      const moved = predictFitted(scaled, data.X).minus(predicted);
      for (const l of [0, 1]) expect(leverage.data[2 * i + l]).toBeCloseTo(moved.data[2 * i + l]!, 9);
    }
    const sum = leverage.sum(0).data;
    for (const l of [0, 1]) expect(sum[l]).toBeCloseTo(found.df[l]! + 1, 10);
  });

  it("has Cook's distance as the move of all predictions without the row, and names the rows that move them most", () => {
    const exact = fitRidge(data, { lambda: 0 }).model;
    const { rows, influential } = diagnostics(exact, data);
    const { variance } = inference(data, { lambda: 0 });
    const distances = Array.from({ length: 40 }, (_, i) => {
      const moved = predictFitted(fitRidge(without(data, i), { lambda: 0 }).model, data.X).minus(
        rows!.predicted,
      );
      return Array.from(moved.times(moved).sum(0).data, (sum, l) => sum / (5 * variance[l]!));
    });
    distances.forEach((row, i) => {
      row.forEach((d, l) => void expect(rows!.cooksDistance!.data[2 * i + l]! / d).toBeCloseTo(1, 7));
    });
    const order = distances.map((row, i) => [Math.max(...row), i] as const).sort(([a], [b]) => b - a);
    expect(influential).toEqual(order.slice(0, 10).map(([, i]) => i));
    for (const i of [3, 20]) {
      const h = rows!.leverage.data[2 * i]!;
      const t = rows!.residual.data[2 * i]! / Math.sqrt(variance[0]! * (1 - h));
      expect(rows!.studentized!.data[2 * i]).toBeCloseTo(t, 9);
    }
  });

  it("counts a weight as repeated rows, or as a precision", () => {
    const weights = Array.from({ length: 40 }, (_, i) => 1 + (i % 3));
    const repeat = weights.flatMap((weight, i) => Array<number>(weight).fill(i));
    const weighted = new Dataset({ X: data.X, Y: data.Y, weights });
    const repeated = data.take(repeat);
    const fitted = fitRidge(weighted, { lambda: lambdas }).model;
    const [a, b] = [diagnostics(fitted, weighted), diagnostics(fitted, repeated)];
    for (const name of ["leverage", "studentized", "cooksDistance"] as const) {
      repeat.forEach((i, copy) => {
        expect(a.rows![name]!.data[2 * i]! / b.rows![name]!.data[2 * copy]!).toBeCloseTo(1, 9);
      });
    }
    a.metrics.forEach((metric, l) => {
      for (const name of ["mse", "rmse", "mae", "r2"] as const)
        expect(metric[name]! / b.metrics[l]![name]!).toBeCloseTo(1, 10);
    });
    const precise = diagnostics(fitted, weighted, { weightKind: "precision" });
    expect(precise.rows!.leverage.sum(0).data[0]).toBeCloseTo(5, 9);
    expect(precise.rows!.leverage.data[4]! / a.rows!.leverage.data[4]!).toBeCloseTo(3, 9);
    const { variance } = inference(weighted, { lambda: lambdas, standardize: true, weightKind: "precision" });
    const h = precise.rows!.leverage.data[5]!;
    const t = (Math.sqrt(3) * precise.rows!.residual.data[5]!) / Math.sqrt(variance[1]! * (1 - h));
    expect(precise.rows!.studentized!.data[5]).toBeCloseTo(t, 9);
  });

  it("knows the same from moments, but for what needs the rows, and says why", () => {
    const blind = diagnostics(model, Moments.of(data));
    expect(blind.rows).toBeNull();
    expect(blind.reasons).toEqual([expect.stringMatching(/need the rows/)]);
    expect(found.reasons).toEqual([]);
    const closeTo = (x: number | null) => (x === null ? null : expect.closeTo(x, 8));
    expect(blind.vif).toEqual(found.vif.map(closeTo));
    expect(blind.directions).toEqual(
      found.directions.map(({ singularValue, shrinkage, loadings }) => ({
        singularValue: closeTo(singularValue),
        shrinkage: shrinkage.map(closeTo),
        loadings: loadings.map(closeTo),
      })),
    );
    blind.metrics.forEach(({ mse, rmse, r2, mae }, l) => {
      expect(mae).toBeNull();
      expect(
        [mse, rmse, r2].map(
          (x, i) => x! / [found.metrics[l]!.mse, found.metrics[l]!.rmse, found.metrics[l]!.r2][i]!,
        ),
      ).toEqual([expect.closeTo(1, 9), expect.closeTo(1, 9), expect.closeTo(1, 9)]);
    });
    expect(found.metrics).toEqual(
      perTarget(found.rows!.predicted, data.Y).map((metric, l) => ({
        ...Object.fromEntries(Object.entries(metric).map(([name, x]) => [name, expect.closeTo(x, 8)])),
        r2Uncentred: expect.closeTo(1 - (metric.mse * 40) / squares(data.Y, l), 12),
        reasons: [],
      })),
    );
  });

  it("has no studentised residuals without degrees of freedom", () => {
    const few = data.slice(0, 4);
    const { rows, reasons } = diagnostics(fitRidge(few, { lambda: 1e-9 }).model, few);
    expect(rows!.leverage.rows).toBe(4);
    const exact = diagnostics(fitRidge(few, { lambda: 0 }).model, few);
    expect([exact.rows!.studentized, exact.rows!.cooksDistance, exact.rows!.influential]).toEqual([
      null,
      null,
      [],
    ]);
    expect(exact.reasons).toContainEqual(expect.stringMatching(/degrees of freedom/));
    // as many features as rows
    expect(reasons).toContainEqual(expect.stringMatching(/variance inflation needs more rows/));
  });

  it("has no studentised residuals where one target of several is without degrees of freedom", () => {
    const few = data.slice(0, 5);
    const { rows } = diagnostics(fitRidge(few, { lambda: [0, 5] }).model, few);
    expect([rows!.studentized, rows!.cooksDistance, rows!.influential]).toEqual([null, null, []]);
  });

  it("shrinks away the direction of a constant column, whatever λ is", () => {
    const X = data.X.toArray().map((row) => [...row, 7]);
    const constant = new Dataset({ X, Y: data.Y });
    for (const lambda of [0, 1]) {
      const { directions } = diagnostics(fitRidge(constant, { lambda }).model, constant);
      expect(directions.at(-1)).toMatchObject({ singularValue: 0, shrinkage: [0, 0] });
    }
  });

  it("gives a constant target no R² but a reason, and an RMSE of 0 if it is met, whichever way it came", () => {
    const X = [[1], [2], [3]];
    for (const value of [4, 3.7, -1 / 3, 1e8 + 0.1]) {
      const met = new Dataset({ X, Y: X.map(() => [value]) });
      const { model: flat } = fitRidge(met, { lambda: 1 });
      for (const rows of [met, Moments.of(met)]) {
        for (const [one] of [evaluateFitted(flat, rows), diagnostics(flat, rows).metrics]) {
          expect(one).toMatchObject({ r2: null, rmse: 0, mse: 0, r2Uncentred: 1 });
          expect(one!.reasons).toEqual([expect.stringMatching(/the target is constant/)]);
        }
      }
      const missed = evaluateFitted({ ...flat, bias: [value + 1] }, met)[0]!;
      expect(missed).toMatchObject({ r2: null, rmse: expect.closeTo(1, 7) });
    }
  });

  it("inference takes the penalty to be on the weights as they are, unless it is told otherwise", () => {
    const [plain, not, standardized] = [{}, { standardize: false }, { standardize: true }].map(
      (options) => inference(data, { lambda: 1, ...options }).standardError,
    );
    expect(plain).toEqual(not);
    expect(plain).not.toEqual(standardized);
  });

  it("has the directions of the raw features for a model that was not standardised, and the condition of scaled ones", () => {
    const plain = fitRidge(data, { lambda: 0.3, standardize: false }).model;
    const { condition, directions } = diagnostics(plain, data);
    const squares = directions.map(({ singularValue }) => singularValue ** 2);
    expect(
      squares.reduce((a, x) => a + x, 0) /
        Moments.of(data)
          .sxx.data.filter((_, at) => at % 5 === 0)
          .reduce((a, x) => a + x, 0),
    ).toBeCloseTo(1, 10);
    const { sxx } = Moments.of(data);
    /** Of S + αI with its diagonal scaled to 1. */
    const conditionOf = (alpha: number) => {
      const entry = (i: number, j: number) => sxx.data[4 * i + j]! + (i === j ? alpha : 0);
      const scaled = Float64Array.from({ length: 16 }, (_, at) => {
        const [i, j] = [at >> 2, at & 3];
        return entry(i, j) / Math.sqrt(entry(i, i) * entry(j, j));
      });
      const { values } = symmetricEigen(scaled, 4);
      return values[0]! / values[3]!;
    };
    expect(condition.before! / conditionOf(0)).toBeCloseTo(1, 9);
    expect(condition.after[0]! / conditionOf(12)).toBeCloseTo(1, 9);
    expect(condition.before! / found.condition.before!).toBeCloseTo(1, 9);
  });

  it("leaves the bias out of the count where there is none", () => {
    const plain = fitRidge(data, { lambda: 0, intercept: false }).model;
    const { rows, df } = diagnostics(plain, data, { intercept: false });
    expect(df).toEqual([4, 4]);
    expect(rows!.leverage.sum(0).data[0]).toBeCloseTo(4, 9);
  });

  it("refuses data of other columns and misspelt options", () => {
    refuses(() => diagnostics(model, cars), "SHAPE", /4 features and 2 targets/);
    refuses(() => diagnostics(model, data, { bias: true } as never), "OPTION", /bias/);
    refuses(() => evaluateFitted(model, data.slice(0, 0)), "SHAPE", /at least one row/);
    const [fewer, single] = [data.X.toArray().map((row) => row.slice(1)), column(data.Y, 0)];
    refuses(() => evaluateFitted(model, new Dataset({ X: fewer, Y: data.Y })), "SHAPE", /got 3 and 2/);
    refuses(() => evaluateFitted(model, new Dataset({ X: data.X, Y: single })), "SHAPE", /got 4 and 1/);
  });

  it("has no Cook's distance for a row that determines its own prediction, and says so", () => {
    const data = new Dataset({ X: [[0], [0], [1]], Y: [[0], [1], [5]] });
    const { rows, reasons } = diagnostics(fitRidge(data, { lambda: 0 }).model, data);
    expect(rows!.leverage.data[2]).toBeCloseTo(1, 14);
    expect(rows!.cooksDistance!.data[2]).toBeNaN();
    expect(rows!.cooksDistance!.data.subarray(0, 2).every(Number.isFinite)).toBe(true);
    expect(reasons).toContainEqual(expect.stringMatching(/one row determines its own prediction/));
  });

  it("has no degrees of freedom below 0 where the penalty leaves nothing", () => {
    const data = new Dataset({ X: [[0], [1], [3], [4]], Y: [[0], [1], [5], [4]] });
    for (const lambda of [1e100, 1e300]) {
      const { df } = diagnostics(fitRidge(data, { lambda }).model, data);
      expect(df[0]).toBeGreaterThanOrEqual(0);
      expect(df[0]).toBeLessThan(1e-60);
    }
  });
});
