import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Matrix } from "../../src/linalg/matrix.js";
import { mape, mse, perTarget, r2, smape } from "../../src/model/metrics.js";
import { normalMatrix } from "../linalg/random.js";
import { refuses } from "../nn/help.js";

describe("mse, mape, smape", () => {
  test("mse(pred, true) is the mean of the squares over all entries, of numbers, lists and matrices", () => {
    expect(mse([[1, 2], [3, 4]], [[1, 2], [3, 8]])).toBe(4); // biome-ignore format: two matrices
    expect(mse(3, 5)).toBe(4);
    expect(mse([1, 2, 3], Float64Array.of(1, 2, 6))).toBe(3);
    expect(mse(Matrix.from([[1], [2]]), [1, 4])).toBe(2);
  });

  test("mape(pred, true) is mean |(true − pred)/(true + 1e-16)|, a fraction", () => {
    expect(mape([2], [4])).toBe(0.5);
    expect(mape([1, 3], [2, -2])).toBe((0.5 + 2.5) / 2);
    expect(mape([4], [2])).not.toBe(mape([2], [4])); // the prediction comes first
  });

  test("mape's denominator keeps the sign of true: 1e-16 is added, not to its size", () => {
    expect(mape([0], [-1e-16])).toBe(Infinity);
    expect(mape([0], [1e-16])).toBe(0.5);
    expect(mape([0], [-2e-16])).toBe(2);
    expect(mape([1], [0])).toBe(1e16);
    expect(mape([0], [0])).toBe(0);
  });

  test("smape(pred, true) is mean 2·|true − pred|/(|true| + |pred|), in [0, 2] and symmetric", () => {
    expect(smape([2, -1, 0, 5], [6, 1, 0, 5])).toBe((1 + 2 + 0 + 0) / 4);
    expect(smape([1], [0])).toBe(2);
    const entry = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    const pairs = fc.array(fc.tuple(entry, entry), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(pairs, (list) => {
        const [p, t] = [list.map(([a]) => a), list.map(([, b]) => b)];
        expect(smape(p, t)).toBe(smape(t, p));
        expect(smape(p, t)).toBeGreaterThanOrEqual(0);
        expect(smape(p, t)).toBeLessThanOrEqual(2 + 1e-12);
        expect(smape(t, t)).toBe(0);
      }),
    );
  });

  test("mse, mape and smape pass NaN on", () => {
    for (const metric of [mse, mape, smape]) {
      expect(metric([1, Number.NaN], [1, 2])).toBeNaN();
      expect(metric([1, 2], [1, Number.NaN])).toBeNaN();
    }
  });
});

describe("perTarget and r2", () => {
  test("perTarget(pred, true) gives MSE, RMSE, MAE and R² of each target", () => {
    const metrics = perTarget([[2, 0], [4, 0], [9, 6]], [[1, 0], [4, 3], [7, 6]]); // biome-ignore format: two matrices
    expect(metrics.map((target) => target.mse)).toEqual([5 / 3, 3]);
    expect(metrics.map((target) => target.rmse)).toEqual([Math.sqrt(5 / 3), Math.sqrt(3)]);
    expect(metrics.map((target) => target.mae)).toEqual([1, 1]);
    expect(metrics.map((target) => target.r2)).toEqual([1 - 5 / 18, 1 - 9 / 18]);
  });

  test("perTarget's mean MSE is mse", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 4 }), (m, k) => {
        const [p, t] = [normalMatrix(m, k, m), normalMatrix(m, k, m + 1)];
        const mean = perTarget(p, t).reduce((sum, target) => sum + target.mse, 0) / k;
        expect(Math.abs(mean / mse(p, t) - 1)).toBeLessThan(1e-13);
      }),
    );
  });

  test("r2(pred, true) has the values of scikit-learn's r2_score", () => {
    expect(r2([2.5, 0, 2, 8], [3, -0.5, 2, 7])).toBeCloseTo(0.9486081370449679, 15);
    const [pred, truth] = [[[0, 2], [-1, 2], [8, -5]], [[0.5, 1], [-1, 1], [7, -6]]]; // biome-ignore format: two matrices
    expect(r2(pred!, truth!)).toBeCloseTo(0.9368005266622779, 15);
    expect(r2([3, 2, 1], [1, 2, 3])).toBe(-3);
    expect(r2([2, 2, 2], [1, 2, 3])).toBe(0);
  });

  test("r2 stays right at a large offset", () => {
    const [p, t] = [normalMatrix(50, 1, 1), normalMatrix(50, 1, 2)].map((A) =>
      A.times(2 ** 10).data.map(Math.round),
    );
    const shift = (values: Float64Array) => values.map((x) => x + 1e9);
    expect(Math.abs(r2(shift(p!), shift(t!)) / r2(p!, t!) - 1)).toBeLessThan(1e-9);
  });

  test("r2 of a constant target is 1 if it is met exactly, and 0 otherwise", () => {
    expect(r2([4, 4, 4], [4, 4, 4])).toBe(1);
    expect(r2([4, 4, 5], [4, 4, 4])).toBe(0);
    expect(r2([[1, 4], [2, 4], [3, 5]], [[1, 4], [2, 4], [3, 4]])).toBe(0.5); // biome-ignore format: two matrices
    expect(r2([3], [3])).toBe(1);
  });

  test("r2 of a constant target whose mean is rounded is 0 too if it is not met", () => {
    for (const value of [0.1, 1 / 3, -1.1, 1e8 + 0.1]) {
      for (const rows of [3, 6, 7, 10]) {
        const truth = Array<number>(rows).fill(value);
        expect(r2(truth, truth)).toBe(1);
        expect(r2([value + 1, ...truth.slice(1)], truth)).toBe(0);
      }
    }
  });
});

test("metrics refuse shapes that differ, empty ones, and what is no number", () => {
  for (const metric of [mse, mape, smape, r2, perTarget]) {
    refuses(() => metric([1, 2], [1]), "SHAPE", /\[2×1\] and \[1×1\]/);
    refuses(() => metric(new Matrix(20, 1), new Matrix(1, 20)), "SHAPE");
    refuses(() => metric(3, [3, 3]), "SHAPE");
    refuses(() => metric(new Matrix(3, 2), new Matrix(3, 1)), "SHAPE");
    refuses(() => metric(new Matrix(2, 1), new Matrix(3, 1)), "SHAPE");
    refuses(() => metric([], []), "SHAPE", /not empty/);
    refuses(() => metric(new Matrix(0, 2), new Matrix(0, 2)), "SHAPE");
    for (const bad of ["1", null, ["1"], [[1, "2"]]]) {
      refuses(() => metric(bad as unknown as number, [1]), "VALUE");
      refuses(() => metric([1], bad as unknown as number), "VALUE");
    }
  }
});
