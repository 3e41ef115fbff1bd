/** Wide data from m equations, beside the n equations of the spectrum, on data small enough for both. */
import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { Moments } from "../../src/data/moments.js";
import { chooseLambda } from "../../src/fit/chooseLambda.js";
import { diagnostics } from "../../src/fit/diagnostics.js";
import { fitRidge } from "../../src/fit/fitRidge.js";
import { inference } from "../../src/fit/inference.js";
import { leaveOneOutErrors, leverages, rotatedRows } from "../../src/fit/leaveOneOut.js";
import { Problem } from "../../src/fit/problem.js";
import { ridgePath } from "../../src/fit/ridgePath.js";
import { ridgeSolver } from "../../src/fit/ridgeSolver.js";
import { degreesOfFreedom, solutionAt, spectrumOf } from "../../src/fit/spectrum.js";
import { alphaOf, systemOf } from "../../src/fit/system.js";
import { WideSolver } from "../../src/fit/wideSolver.js";
import { NumPy } from "../../src/random/index.js";

const LAMBDAS = [1e3, 1, 0.03, 1e-4];

function wide({ m = 14, n = 40, k = 2, weighted = false, seed = 1, offset = 3 } = {}): Dataset {
  const draw = new NumPy(seed);
  const X = Array.from({ length: m }, () =>
    Array.from(draw.standardNormal(n), (x, j) => (j === 5 ? 2.9 : x * (1 + (j % 7)) + offset * j)),
  );
  const Y = Array.from({ length: m }, (_, i) =>
    Array.from({ length: k }, (_, l) => X[i]![l]! + draw.standardNormal(1)[0]!),
  );
  const weights = weighted ? Array.from({ length: m }, (_, i) => (i === 3 ? 0 : 1 + (i % 4))) : undefined;
  return new Dataset({ X, Y, ...(weights && { weights }) });
}

const far = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  const size = Math.max(...Array.from(b, Math.abs)) || 1;
  return Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]!))) / size;
};

const CASES = [true, false].flatMap((standardize) =>
  [true, false].flatMap((intercept) =>
    [true, false].map((weighted) => ({ standardize, intercept, weighted })),
  ),
);

describe.each(CASES)("standardize $standardize, intercept $intercept, weighted $weighted", (given) => {
  const data = wide({ ...given, offset: given.intercept ? 3 : 0.1 });
  const solver = new WideSolver(data, given);
  const system = systemOf(Moments.of(data), given);
  const of = spectrumOf(system, null);

  test("weights, biases and degrees of freedom are those of the n equations", () => {
    for (const [i, { w, b }] of solver.at(LAMBDAS).entries()) {
      const alpha = alphaOf(LAMBDAS[i]!, system.flat);
      const expected = solutionAt(of, alpha);
      expect(far(w, expected.w)).toBeLessThan(1e-9);
      expect(far(b, expected.b)).toBeLessThan(1e-9);
      expect(solver.df(LAMBDAS[i]!)).toBeCloseTo(degreesOfFreedom(of, alpha), 7);
    }
  });

  test("λ = 0 meets every row that counts, with the least weights", () => {
    const [{ w, b }] = solver.at([0]) as [{ w: Float64Array; b: Float64Array }];
    const { scaler, k, n } = solver;
    for (let i = 0; i < data.rows; i++) {
      if (data.weights?.[i] === 0) continue;
      for (let l = 0; l < k; l++) {
        let y = b[l]!;
        for (let j = 0; j < n; j++) {
          const x = (data.X.data[i * n + j]! - (scaler?.mean[j] ?? 0)) / (scaler?.scale[j] ?? 1);
          y += x * w[j * k + l]!;
        }
        expect(Math.abs(y - data.Y.data[i * k + l]!)).toBeLessThan(1e-9);
      }
    }
    const [tiny] = solver.at([1e-9]);
    expect(far(w, tiny!.w)).toBeLessThan(1e-4);
  });

  test("singular values and leave-one-out errors too", () => {
    const m = solver.squares.length;
    expect(far(solver.squares, of.squares.slice(0, m))).toBeLessThan(1e-12);
    const lambdas = LAMBDAS.slice(0, 3);
    const { standardize, intercept } = given;
    const problem = new Problem("test", data, { standardize, intercept });
    const expected = leaveOneOutErrors(data, ridgeSolver(problem, 1), lambdas);
    for (const [i, errors] of solver.leaveOneOut(lambdas).entries())
      expect(far(errors, expected[i]!)).toBeLessThan(1e-8);
  });
});

test("30 rows of 10 000 features take m equations, not n", () => {
  const data = wide({ m: 30, n: 10_000, k: 1 });
  const before = performance.now();
  const solver = new WideSolver(data, { standardize: true, intercept: true });
  expect(solver.at(Array.from({ length: 100 }, (_, i) => 1.2 ** -i))).toHaveLength(100);
  expect(solver.rank).toBe(29);
  expect(performance.now() - before).toBeLessThan(10_000);
});

describe.each([true, false])("from 300 features on, weighted %s", (weighted) => {
  const data = wide({ m: 24, n: 320, weighted, offset: 0.5 });
  const coordinates = { standardize: true, intercept: true };
  const lambdas = [30, 1, 0.05];

  test("ridgePath is what it is from the moments of the folds", () => {
    const labels = Array.from({ length: data.rows }, (_, i) => i % 4);
    const parts = [0, 1, 2, 3].map((fold) =>
      Moments.of(data.take(labels.flatMap((label, i) => (label === fold ? [i] : [])))),
    );
    const ours = ridgePath(data, { lambdas, folds: labels, ...coordinates }).points;
    const theirs = ridgePath(parts, { lambdas, ...coordinates }).points;
    for (const [i, { w, b, mse, df, gcv, folds }] of ours.entries()) {
      const other = theirs[i]!;
      expect(far(w.data, other.w.data)).toBeLessThan(1e-8);
      expect(far(b.data, other.b.data)).toBeLessThan(1e-8);
      expect(df).toBeCloseTo(other.df, 7);
      expect(far(mse, other.mse)).toBeLessThan(1e-6);
      expect(far(gcv!, other.gcv!)).toBeLessThan(1e-6);
      expect(far(folds!.mse, other.folds!.mse)).toBeLessThan(1e-6);
      expect(far(folds!.standardError, other.folds!.standardError)).toBeLessThan(1e-6);
    }
  });

  test("chooseLambda, by folds and by leave-one-out, fits what its path says", () => {
    for (const folds of [4, "loo"] as const) {
      const { lambda, fit, path, heldOut } = chooseLambda(data, { folds, ...coordinates });
      const point = path.points.find((other) => other.lambda === lambda)!;
      const { mean, scale } = path.standardized!;
      const weight = point.w.data.map((value, at) => value / scale[Math.floor(at / 2)]!);
      expect(far(fit.model.weight.T.data, weight)).toBeLessThan(1e-6);
      expect(mean).toHaveLength(320);
      expect(heldOut!.rmse.every((rmse) => rmse > 0)).toBe(true);
    }
  });

  test("standard errors, leverage and df are those of the features' normal equations", () => {
    const { model } = fitRidge(data, { lambda: 0.3, ...coordinates });
    const { standardError, biasStandardError, hc3 } = inference(data, { lambda: 0.3, ...coordinates });
    const { df, rows } = diagnostics(model, data);
    const system = systemOf(Moments.of(data), coordinates);
    const of = spectrumOf(system, null);
    const alpha = alphaOf(0.3, system.flat);
    expect(df[0]).toBeCloseTo(degreesOfFreedom(of, alpha), 7);
    const h = leverages(rotatedRows(data.X, system, of), of, alpha, true);
    expect(
      far(
        rows!.leverage.data.filter((_, at) => at % 2 === 0),
        h,
      ),
    ).toBeLessThan(1e-7);
    const { weight } = system.flat;
    for (const l of [0, 1]) {
      const residual = Array.from({ length: data.rows }, (_, i) => rows!.residual.data[i * 2 + l]!);
      const omega = (i: number) => data.weights?.[i] ?? 1;
      const rss = residual.reduce((sum, r, i) => sum + omega(i) * r * r, 0);
      const variance = rss / (weight - 1 - degreesOfFreedom(of, alpha));
      let bias = 1 / weight;
      const robust = new Float64Array(320);
      const expected = Array.from({ length: 320 }, () => 0);
      for (let i = 0; i < data.rows; i++) {
        // p = (S + αI)⁻¹(x − x̄) in the data's units
        const p = new Float64Array(320);
        const z = rotatedRows(data.X.slice(i, i + 1), system, of).data;
        for (let c = 0; c < 320; c++)
          for (let j = 0; j < 320; j++)
            p[j]! += (of.V[j * 320 + c]! * z[c]!) / (of.squares[c]! + alpha) / system.scaler!.scale[j]!;
        const left = residual[i]! / (1 - h[i]!);
        let along = 0;
        for (let j = 0; j < 320; j++) {
          expected[j]! += omega(i) * p[j]! * p[j]!;
          robust[j]! += omega(i) * p[j]! * p[j]! * left * left;
          along += p[j]! * system.scaler!.mean[j]!;
        }
        bias += omega(i) * along * along;
      }
      expect(
        far(
          standardError.map((row) => row[l]!),
          expected.map((v) => Math.sqrt(variance * v)),
        ),
      ).toBeLessThan(1e-7);
      expect(biasStandardError[l]).toBeCloseTo(Math.sqrt(variance * bias), 6);
      expect(
        far(
          hc3!.map((row) => row[l]!),
          robust.map(Math.sqrt),
        ),
      ).toBeLessThan(1e-6);
    }
  });
});
