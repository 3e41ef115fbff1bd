import fc from "fast-check";
import { expect, test } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { Moments } from "../../src/data/moments.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { evaluateMoments } from "../../src/model/evaluateMoments.js";
import { LinearRegression } from "../../src/model/linearRegression.js";
import { r2 } from "../../src/model/metrics.js";
import { refuses } from "../nn/help.js";
import { newModel, problem } from "./help.js";

/** The rational number a/b as the nearest float64, closely enough to compare with a bound. */
const ratio = (a: bigint, b: bigint): number => Number((a * 10n ** 40n) / b) / 1e40;

/** Σr² and Xᵀr of integer rows and weights that are sixteenths, exactly. */
function exactly(X: number[][], Y: number[], w: number[], b: number) {
  const residuals = X.map((row, i) => {
    const prediction = row.reduce((sum, x, j) => sum + BigInt(x) * BigInt(w[j]!), BigInt(b));
    return prediction - 16n * BigInt(Y[i]!);
  });
  const m = BigInt(X.length);
  const total = Y.reduce((sum, y) => sum + BigInt(y), 0n);
  const squares = Y.reduce((sum, y) => sum + BigInt(y) ** 2n, 0n);
  return {
    sse: residuals.reduce((sum, r) => sum + r * r, 0n),
    sst: m * squares - total * total, // times m
    slope: w.map((_, j) => residuals.reduce((sum, r, i) => sum + r * BigInt(X[i]![j]!), 0n)),
    sum: residuals.reduce((sum, r) => sum + r, 0n),
  };
}

test("evaluateMoments is within its bounds of the exact values, near a perfect fit and at large offsets too", () => {
  const cases = fc.record({
    m: fc.integer({ min: 2, max: 40 }),
    n: fc.integer({ min: 1, max: 4 }),
    offset: fc.constantFrom(0, 1000, 10_000_000),
    noise: fc.constantFrom(0, 1, 100),
    seed: fc.integer({ min: 1, max: 1e6 }),
  });
  fc.assert(
    fc.property(cases, ({ m, n, offset, noise, seed }) => {
      let state = seed;
      const draw = (size: number) => {
        state = (state * 48271) % 2147483647;
        return (state % (2 * size + 1)) - size;
      };
      const X = Array.from({ length: m }, () => Array.from({ length: n }, () => offset + draw(50)));
      const w = Array.from({ length: n }, () => 16 * draw(5));
      const b = 16 * draw(20);
      const Y = X.map((row) => row.reduce((sum, x, j) => sum + (x * w[j]!) / 16, b / 16) + draw(noise));
      const exact = exactly(X, Y, w, b);
      fc.pre(exact.sst > 0n);
      const model = new LinearRegression(n, 1, { lambda: 0 });
      model.w.data.set(w.map((x) => x / 16));
      model.b.data[0] = b / 16;
      const rows = new Dataset({ X: Matrix.from(X), Y: Matrix.from(Y.map((y) => [y])) });
      const { mse, r2, gradient } = evaluateMoments(model, Moments.of(rows));
      const M = BigInt(m);
      const within = (value: number, bound: number, truth: number) =>
        expect(Math.abs(value - truth)).toBeLessThanOrEqual(bound + 4e-16 * Math.abs(truth));
      within(mse.value, mse.bound, ratio(exact.sse, 256n * M));
      within(r2[0]!.value, r2[0]!.bound, 1 - ratio(exact.sse * M, 256n * exact.sst));
      for (const [j, slope] of exact.slope.entries())
        within(gradient.w.data[j]!, gradient.bound.w.data[j]!, ratio(2n * slope, 16n * M));
      within(gradient.b.data[0]!, gradient.bound.b.data[0]!, ratio(2n * exact.sum, 16n * M));
      // and a bound that says something, beside the terms that are added
      const size = X[0]!.reduce((sum, x, j) => sum + Math.abs(x * w[j]!), Math.abs(b)) + 300;
      expect(mse.bound).toBeLessThan(1e-13 * size * size);
    }),
  );
});

test("evaluateMoments agrees with the rows on several targets with λ", () => {
  const [model, rows] = [newModel(4, 3, 0.7), problem(60, 4, 3)];
  const { mse, objective, r2: shares } = evaluateMoments(model, Moments.of(rows));
  expect(Math.abs(mse.value - model.evaluate(rows.X, rows.Y))).toBeLessThanOrEqual(mse.bound);
  const l2 = 0.35 * model.w.data.reduce((sum, x) => sum + x * x, 0);
  expect(objective.value).toBeCloseTo(mse.value + l2, 12);
  const expected = r2(model.predict(rows.X), rows.Y);
  const mean = shares.reduce((sum, { value }) => sum + value, 0) / 3;
  expect(mean).toBeCloseTo(Array.isArray(expected) ? NaN : expected, 10);
});

test("evaluateMoments refuses other columns, no rows, and what are no moments", () => {
  const moments = Moments.of(problem(9, 4, 2));
  refuses(
    () => evaluateMoments(newModel(3, 2), moments),
    "SHAPE",
    /3 features and 2 targets, got 4 features/,
  );
  refuses(() => evaluateMoments(newModel(4, 2), Moments.of(problem(9, 4, 2).slice(0, 0))), "SHAPE", /0 rows/);
  refuses(() => evaluateMoments(newModel(4, 2), problem(9, 4, 2) as never), "VALUE");
});
