import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blockCount, residualSums, sumsLength } from "../../src/kernels/reference.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { mse } from "../../src/model/metrics.js";
import {
  curvature,
  diverged,
  gradient,
  meanSquaredError,
  penalty,
  safeLearningRate,
} from "../../src/model/objective.js";
import { normalMatrix } from "../linalg/random.js";
import { newModel, objective, parameters, problem } from "./help.js";

const problems = fc.record({
  rows: fc.integer({ min: 1, max: 9 }),
  n: fc.integer({ min: 1, max: 4 }),
  k: fc.integer({ min: 1, max: 3 }),
  lambda: fc.constantFrom(0, 0.01, 1, 30),
  seed: fc.integer({ min: 0, max: 1e6 }),
});

describe("J = mse + penalty and its gradient", () => {
  test("mse + penalty is J", () => {
    fc.assert(
      fc.property(problems, ({ rows, n, k, lambda, seed }) => {
        const [data, model] = [problem(rows, n, k, seed), newModel(n, k, lambda, seed)];
        const J = mse(model.predict(data.X), data.Y) + penalty(model.w, lambda);
        expect(Math.abs(J / objective(model, data) - 1)).toBeLessThan(1e-13);
      }),
    );
  });

  test("gradient is the central difference of J, for w and for b", () => {
    fc.assert(
      fc.property(problems, ({ rows, n, k, lambda, seed }) => {
        const [data, model] = [problem(rows, n, k, seed), newModel(n, k, lambda, seed)];
        const sums = new Float64Array(blockCount(rows) * sumsLength(n, k));
        residualSums(data.X.data, 0, rows, n, model.predict(data.X).minus(data.Y).data, k, sums);
        const g = new Float64Array((n + 1) * k).fill(Number.NaN);
        gradient(sums, model.w.data, lambda, rows, k, g);
        const h = 2 ** -8; // J is quadratic: a wide step has no truncation error
        const J = objective(model, data);
        for (const [at, entry] of parameters(model).entries()) {
          const [tensor, i] = at < n * k ? [model.w.data, at] : [model.b.data, at - n * k];
          tensor[i] = entry + h;
          const above = objective(model, data);
          tensor[i] = entry - h;
          const below = objective(model, data);
          tensor[i] = entry;
          const difference = (above - below) / (2 * h);
          expect(Math.abs(g[at]! - difference)).toBeLessThan(1e-11 * Math.max(1, J));
        }
      }),
    );
  });

  test("the bias is not decayed: its gradient does not know λ", () => {
    const sums = Float64Array.of(1, 2, 3, 4, 5, 6);
    const w = Float64Array.of(10, 20, 30, 40);
    const [without, withDecay] = [new Float64Array(6), new Float64Array(6)];
    gradient(sums, w, 0, 5, 2, without);
    gradient(sums, w, 3, 5, 2, withDecay);
    expect(Array.from(without)).toEqual([1, 2, 3, 4, 5, 6].map((s) => (2 / 10) * s));
    expect(Array.from(withDecay.subarray(4))).toEqual(Array.from(without.subarray(4)));
    expect(Array.from(withDecay.subarray(0, 4))).toEqual([10, 20, 30, 40].map((x, i) => without[i]! + 3 * x));
  });

  test("meanSquaredError divides by m·k, from the position asked for", () => {
    expect(meanSquaredError(Float64Array.of(99, 3, 4, 5), 1, 4, 3)).toBe(1);
  });
});

/** The largest eigenvalue by power iteration: another way, for spectra that are well apart. */
function powerIteration(A: Matrix, steps = 1000): number {
  let v = normalMatrix(A.rows, 1, 99);
  let value = 0;
  for (let i = 0; i < steps; i++) {
    const next = A.matmul(v);
    value = Math.sqrt(next.times(next).sum());
    v = next.times(1 / value);
  }
  return value;
}

/** The Hessian of J over some rows, by its definition: 2/(mk)·[X 1]ᵀ[X 1] + λ·diag(1, …, 1, 0). */
function hessian(X: Matrix, k: number, lambda: number): Matrix {
  const ones = Matrix.from(X.toArray().map((row) => [...row, 1]));
  const H = ones.T.matmul(ones).times(2 / (X.rows * k));
  for (let j = 0; j < X.cols; j++) H.data[j * (X.cols + 1) + j]! += lambda;
  return H;
}

describe("curvature and safeLearningRate", () => {
  test("curvature is the largest eigenvalue of J's Hessian, means included", () => {
    fc.assert(
      fc.property(problems, fc.constantFrom(0, 5), ({ rows, n, k, lambda, seed }, offset) => {
        const X = normalMatrix(rows + 2, n, seed).plus(offset);
        const L = curvature(X, 1, rows + 1, k, lambda);
        const top = powerIteration(hessian(X.slice(1, rows + 1), k, lambda));
        expect(top).toBeLessThanOrEqual(L * (1 + 1e-12));
        expect(top).toBeGreaterThan(L * (1 - 1e-3));
      }),
      { numRuns: 50 },
    );
    expect(curvature(Matrix.from([[0]]), 0, 1, 1, 0)).toBe(2);
    expect(curvature(Matrix.from([[3]]), 0, 1, 2, 7)).toBeGreaterThan(10); // 9 + 7 and 1 on the diagonal
  });

  test("curvature of many features and few rows is a bound, at most λ above, and exact without λ", () => {
    for (const lambda of [0, 2]) {
      const X = normalMatrix(4, 260, 1);
      const top = powerIteration(hessian(X, 2, lambda), 200);
      const L = curvature(X, 0, 4, 2, lambda);
      expect(L).toBeGreaterThanOrEqual(top * (1 - 1e-12));
      expect(L).toBeLessThanOrEqual((top + lambda) * (1 + 1e-6));
    }
  });

  test("safeLearningRate of more than 256 features and fewer rows lies within λ of 2/L, and on it without λ", () => {
    const X = normalMatrix(3, 257, 2);
    const L = curvature(X, 0, 3, 2, 0);
    expect(safeLearningRate(X, 2, 3, 0, false) * (L / 2)).toBeCloseTo(1, 12);
    expect(2 / safeLearningRate(X, 2, 3, 5, false)).toBeCloseTo(L + 5, 9);
    expect(2 / safeLearningRate(X, 2, 3, 5, false)).toBeGreaterThanOrEqual(curvature(X, 0, 3, 2, 5) - 1e-9);
    // of two batches it is the steeper one's
    const batches = [curvature(X, 0, 2, 2, 0), curvature(X, 2, 3, 2, 0)];
    expect(safeLearningRate(X, 2, 2, 0, false) * (Math.max(...batches) / 2)).toBeCloseTo(1, 12);
    expect(safeLearningRate(X.times(1e200), 1, 3, 0, false)).toBe(0);
  });

  test("curvature of rows whose squares overflow is infinite, and the safe rate 0", () => {
    expect(curvature(Matrix.from([[1e200]]), 0, 1, 1, 0)).toBe(Infinity);
    expect(safeLearningRate(Matrix.from([[1e200]]), 1, 1, 0, false)).toBe(0);
  });

  test("safeLearningRate of one batch is 2/L, of several 2 over the largest of theirs", () => {
    const X = normalMatrix(100, 4, 5);
    const L = (start: number, stop: number) => curvature(X, start, stop, 3, 0.01);
    expect(safeLearningRate(X, 3, 100, 0.01, false)).toBe(2 / L(0, 100));
    expect(safeLearningRate(X, 3, 1000, 0.01, true)).toBe(2 / L(0, 100));
    const batches = [L(0, 33), L(33, 66), L(66, 99), L(99, 100)];
    expect(safeLearningRate(X, 3, 33, 0.01, false)).toBe(2 / Math.max(...batches));
  });

  test("safeLearningRate of shuffled batches holds for any batch of these rows", () => {
    const X = normalMatrix(20, 3, 6);
    const safe = safeLearningRate(X, 2, 5, 0.5, true);
    const steepest = Math.max(...Array.from({ length: 20 }, (_, i) => curvature(X, i, i + 1, 2, 0.5)));
    expect(safe).toBeLessThanOrEqual((2 / steepest) * (1 + 1e-12));
    const row = X.toArray().map((x) => x.reduce((sum, value) => sum + value * value, 1));
    expect(safe).toBeCloseTo(2 / ((2 / 2) * Math.max(...row) + 0.5), 12);
  });

  test("at a rate below safeLearningRate every full-batch step lowers J, at one above it J grows in the end", () => {
    const data = problem(30, 3, 2, 7);
    const J = (factor: number) => {
      const model = newModel(3, 2, 0.3);
      const lr = factor * safeLearningRate(data.X, 2, 30, 0.3, false);
      return Array.from({ length: 400 }, () => {
        model.update(data.X, data.Y, model.predict(data.X), lr);
        return objective(model, data);
      });
    };
    const [below, above] = [J(0.999), J(1.02)];
    for (let i = 1; i < below.length; i++) expect(below[i]!).toBeLessThanOrEqual(below[i - 1]! * (1 + 1e-12));
    expect(above.at(-1)!).toBeGreaterThan(above[50]! * 10);
  });
});

test("diverged(where, at) names a rate that is no larger than the safe one", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e3, noNaN: true }), (safe) => {
      const error = diverged("fit", { epoch: 1, batch: 2, loss: 3, lr: 4, safeLearningRate: safe });
      const named = Number(/a rate of at most (\S+) is safe/.exec(error.message)![1]);
      expect(named).toBeLessThanOrEqual(safe);
      expect(named).toBeGreaterThan(safe * 0.98);
    }),
  );
});
