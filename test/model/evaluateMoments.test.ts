import fc from "fast-check";
import { expect, test } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { Moments } from "../../src/data/moments.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { evaluateMoments } from "../../src/model/evaluateMoments.js";
import { LinearRegression } from "../../src/model/linearRegression.js";
import { r2 } from "../../src/model/metrics.js";
import { NumPy } from "../../src/random/numpy.js";
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
  const mean = shares.reduce((sum, share) => sum + share!.value, 0) / 3;
  expect(mean).toBeCloseTo(Array.isArray(expected) ? NaN : expected, 10);
});

test("evaluateMoments has bounds of (n + 32)·ε times the sizes of what is added up", () => {
  // means 2 and 3, Sxx = Sxy = Syy = 2; ŷ = x, so that the mean residual is −1, and |x̄w| + |b| + |ȳ| = 2 + 0.5 + 3.5
  const rows = new Dataset({ X: [[1], [3]], Y: [[2.5], [4.5]] });
  const model = new LinearRegression(1, 1, { lambda: 0.25 });
  model.w.data[0] = 1;
  model.b.data[0] = 0.5;
  const { mse, objective, r2: shares, gradient } = evaluateMoments(model, Moments.of(rows));
  const c = 33 * Number.EPSILON;
  const squares = 8 + 2 * (1 + 2 * 6); // (√Syy + √Sxx·|w|)² + W(ρ² + 2|ρ|·6)
  expect([mse.value, objective.value, shares[0]!.value]).toEqual([1, 1.125, 0]);
  expect(mse.bound / c).toBeCloseTo(squares / 2, 12);
  expect(objective.bound / c).toBeCloseTo(squares / 2 + 0.125, 12);
  expect(shares[0]!.bound / c).toBeCloseTo(squares / 2 + 1, 12);
  expect([gradient.w.data[0], gradient.b.data[0]]).toEqual([-4 + 0.25, -2]);
  expect(gradient.bound.w.data[0]! / c).toBeCloseTo(4 + 2 * 2 * 6 + 0.25, 12);
  expect(gradient.bound.b.data[0]! / c).toBeCloseTo(2 * 6, 12);
});

test("evaluateMoments takes each target by its own columns, and bounds each by its own sizes", () => {
  const [model, rows] = [newModel(3, 2, 0), problem(50, 3, 2)];
  const both = evaluateMoments(model, Moments.of(rows));
  for (const l of [0, 1]) {
    const alone = new LinearRegression(3, 1, { lambda: 0 });
    for (let j = 0; j < 3; j++) alone.w.data[j] = model.w.data[j * 2 + l]!;
    alone.b.data[0] = model.b.data[l]!;
    const Y = new Matrix(
      50,
      1,
      Float64Array.from({ length: 50 }, (_, i) => rows.Y.data[i * 2 + l]!),
    );
    const one = evaluateMoments(alone, Moments.of(new Dataset({ X: rows.X, Y })));
    expect(both.r2[l]!.bound / one.r2[0]!.bound).toBeCloseTo(1, 12);
    for (let j = 0; j < 3; j++) {
      const at = j * 2 + l; // the mean over two targets halves a slope
      expect((2 * both.gradient.w.data[at]!) / one.gradient.w.data[j]!).toBeCloseTo(1, 10);
      expect((2 * both.gradient.bound.w.data[at]!) / one.gradient.bound.w.data[j]!).toBeCloseTo(1, 12);
    }
    expect((2 * both.gradient.bound.b.data[l]!) / one.gradient.bound.b.data[0]!).toBeCloseTo(1, 12);
  }
});

test("evaluateMoments refuses other columns, no rows, and what are no moments", () => {
  const moments = Moments.of(problem(9, 4, 2));
  refuses(
    () => evaluateMoments(newModel(3, 2), moments),
    "SHAPE",
    /3 features and 2 targets, got 4 features/,
  );
  refuses(() => evaluateMoments(newModel(4, 3), moments), "SHAPE");
  refuses(() => evaluateMoments(newModel(3, 3), moments), "SHAPE");
  refuses(() => evaluateMoments(newModel(4, 2), Moments.of(problem(9, 4, 2).slice(0, 0))), "SHAPE", /0 rows/);
  refuses(() => evaluateMoments(newModel(4, 2), problem(9, 4, 2) as never), "VALUE");
});

test("evaluateMoments has finite bounds where a centred sum is rounded below 0, and no R² of a constant target", () => {
  const draw = new NumPy(3);
  const below = { X: 0, Y: 0 };
  for (let trial = 0; trial < 20; trial++) {
    const m = 1000 + trial;
    const [X, Y] = [draw.standardNormal(2 * m), draw.standardNormal(2 * m)];
    for (let i = 0; i < m; i++) {
      X[2 * i + 1] = 2.9;
      Y[2 * i + 1] = 3.7;
    }
    const weights = draw.standardNormal(m).map(Math.abs);
    const moments = Moments.of(new Dataset({ X: new Matrix(m, 2, X), Y: new Matrix(m, 2, Y), weights }));
    if (moments.sxx.data[3]! < 0) below.X++;
    if (moments.syy.data[3]! < 0) below.Y++;
    const { mse, objective, r2: shares, gradient } = evaluateMoments(newModel(2, 2, 0.1), moments);
    const bounds = [
      mse.bound,
      objective.bound,
      shares[0]!.bound,
      ...gradient.bound.w.data,
      ...gradient.bound.b.data,
    ];
    expect(bounds.filter((bound) => !(bound > 0 && bound < 1e-9))).toEqual([]);
    expect(shares[1]).toBeNull();
  }
  expect(Math.min(below.X, below.Y)).toBeGreaterThan(0);
});
