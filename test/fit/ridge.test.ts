import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { makeRegression } from "../../src/data/makeRegression.js";
import { Moments } from "../../src/data/moments.js";
import { bestLambda } from "../../src/fit/bestLambda.js";
import { ridge } from "../../src/fit/ridge.js";
import { ridgePath } from "../../src/fit/ridgePath.js";
import type { Matrix } from "../../src/linalg/matrix.js";
import { mse } from "../../src/model/metrics.js";
import { NumPy } from "../../src/random/numpy.js";
import { leastSquaresExactly } from "../linalg/exactLeastSquares.js";

const problem = (nSamples: number, nFeatures: number, nTargets: number, seed: number, noise = 5) =>
  new Dataset(
    makeRegression({
      nSamples,
      nFeatures,
      nInformative: nFeatures,
      nTargets,
      noise,
      bias: 3,
      randomState: seed,
    }),
  );

/** ∂J/∂w and ∂J/∂b at a solution, the largest entry: 0 at the minimum. */
function gradientAt({ X, Y }: Dataset, model: { w: Matrix; b: Matrix; lambda: number }): number {
  const r = X.matmul(model.w).plus(model.b).minus(Y);
  const scale = 2 / Y.numel;
  const w = X.T.matmul(r).times(scale).plus(model.w.times(model.lambda));
  return Math.max(...w.data.map(Math.abs), ...r.sum(0).times(scale).data.map(Math.abs));
}

describe("ridge", () => {
  it("is where the gradient of J is 0: tall and wide, one target and several, from rows and from moments", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 30 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(0.01, 0.5, 10),
        fc.integer({ min: 0, max: 1000 }),
        (m, n, k, lambda, seed) => {
          const data = problem(m, n, k, seed);
          const solved = ridge(data, { lambda });
          expect(solved.receipt.solver).toBe("exact");
          expect(gradientAt(data, solved)).toBeLessThan(1e-9);
          const fromMoments = ridge(Moments.of(data), { lambda });
          expect(fromMoments.receipt.solver).toBe("cholesky");
          fromMoments.w.data.forEach((x, i) => void expect(x).toBeCloseTo(solved.w.data[i]!, 7));
        },
      ),
    );
  });

  it("is least squares for λ = 0", () => {
    const data = problem(60, 5, 2, 1);
    expect(gradientAt(data, ridge(data, { lambda: 0 }))).toBeLessThan(1e-10);
  });

  it("has the least norm for λ = 0 and more features than rows", () => {
    const data = problem(6, 12, 1, 2);
    const { w, b, receipt } = ridge(data, { lambda: 0 });
    expect(receipt.solver).toBe("least norm");
    expect(mse(data.X.matmul(w).plus(b), data.Y)).toBeLessThan(1e-20);
    // the least norm lies in the span of the centred rows: it is the limit of ridge for λ → 0
    const nearly = ridge(data, { lambda: 1e-9 });
    w.data.forEach((x, i) => void expect(x).toBeCloseTo(nearly.w.data[i]!, 4));
  });

  it("shrinks toward the mean of the targets, the bias free", () => {
    const data = problem(50, 3, 2, 3);
    const { w, b } = ridge(data, { lambda: 1e12 });
    expect(Math.max(...w.data.map(Math.abs))).toBeLessThan(1e-8);
    const means = data.Y.sum(0).times(1 / 50);
    b.data.forEach((x, l) => void expect(x).toBeCloseTo(means.data[l]!, 6));
  });

  it("moves only the bias when y is shifted, by exactly as much", () => {
    const data = problem(50, 3, 1, 4);
    const a = ridge(data, { lambda: 0.3 });
    const b = ridge(new Dataset({ X: data.X, Y: data.Y.plus(1) }), { lambda: 0.3 });
    expect(b.b.data[0]! - a.b.data[0]!).toBeCloseTo(1, 12);
    b.w.data.forEach((x, i) => void expect(x).toBeCloseTo(a.w.data[i]!, 10));
  });

  it("counts a row of weight 2 twice and one of weight 0 never", () => {
    const data = problem(30, 3, 2, 5);
    const weights = Array.from({ length: 30 }, (_, i) => i % 3);
    const repeated = data.take(weights.flatMap((weight, i) => Array(weight).fill(i)));
    const a = ridge(new Dataset({ X: data.X, Y: data.Y, weights }), { lambda: 0.2 });
    const b = ridge(repeated, { lambda: 0.2 });
    a.w.data.forEach((x, i) => void expect(x).toBeCloseTo(b.w.data[i]!, 9));
  });

  it("asks for the rows where moments alone cannot tell, and with them is exact", () => {
    const x = Array.from({ length: 40 }, (_, i) => i - 20);
    const X = x.map((v) => [v, v + (v % 2) * 2 ** -24]);
    const data = new Dataset({ X, Y: X.map(([a, b]) => [3 * a! - 2 * b!]) });
    expect(() => ridge(Moments.of(data), { lambda: 0 })).toThrow(
      expect.objectContaining({ code: "NOT_POSITIVE_DEFINITE" }),
    );
    const { w, receipt } = ridge(data, { lambda: 0 });
    expect([receipt.solver, receipt.digits]).toEqual(["exact", [15]]);
    expect([...w.data]).toEqual([3, -2]);
  });

  it("gives a constant column the weight 0", () => {
    const data = problem(30, 2, 1, 6);
    const X = data.X.toArray().map((row) => [...row, 1e8 / 3]);
    for (const lambda of [0, 0.1]) {
      const { w } = ridge(Moments.of(new Dataset({ X, Y: data.Y })), { lambda });
      expect(w.data[2]).toBe(0);
      w.data
        .subarray(0, 2)
        .forEach((x, i) => void expect(x).toBeCloseTo(ridge(data, { lambda }).w.data[i]!, 9));
    }
  });
});

describe("ridge's receipt", () => {
  /** Two features of means 0, variances 1 and a correlation, and a target. */
  const correlated = (r: number) => {
    const root = Math.sqrt(1 - r * r);
    const X = [[1, r + root], [1, r - root], [-1, -r + root], [-1, -r - root]]; // biome-ignore format: rows
    return new Dataset({ X, Y: [[1], [2], [4], [8]] });
  };

  it("has the condition number of the scaled system, (1 + r)/(1 − r) for a correlation r, and all digits", () => {
    for (const [r, condition, digits] of [
      [0, 1, 14],
      [0.5, 3, 14],
      [0.98, 99, 12],
      [0.9998, 9999, 10],
    ] as const) {
      const { receipt } = ridge(correlated(r), { lambda: 0 });
      expect([receipt.solver, receipt.digits]).toEqual(["exact", [15]]);
      expect(receipt.condition! / condition).toBeCloseTo(1, 9);
      const moments = ridge(Moments.of(correlated(r)), { lambda: 0 });
      // sums in doubles: the condition number takes digits
      expect(moments.receipt.solver).toBe("cholesky");
      expect(moments.receipt.condition! / condition).toBeCloseTo(1, 9);
      expect(Math.abs(moments.receipt.digits[0]! - digits)).toBeLessThanOrEqual(2);
    }
    // a variance of 1 + α/4 with α = λ·4/2: the correlation falls to 1/2
    expect(ridge(correlated(0.98), { lambda: 1.92 }).receipt.condition).toBeCloseTo(3, 12);
    expect(ridge(Moments.of(correlated(0.98)), { lambda: 1.92 }).receipt.condition).toBeCloseTo(3, 12);
  });

  it("has all digits where there is nothing to solve", () => {
    const nothing = new Dataset({ X: [[1], [1]], Y: [[0], [0]] });
    for (const from of [nothing, Moments.of(nothing)]) {
      const { w, b, receipt } = ridge(from, { lambda: 1 });
      expect([w.data[0], b.data[0], receipt.digits, receipt.condition]).toEqual([0, 0, [15], 1]);
    }
  });

  it("of wide data is that of the features, each scaled to the same length", () => {
    // Xc = ±(1, 0, 0, 2), α = 1/2
    const data = new Dataset({ X: [[1, 0, 0, 2], [-1, 0, 0, -2]], Y: [[1], [-1]] }); // biome-ignore format: rows
    const { w, receipt } = ridge(data, { lambda: 0.5 });
    expect(receipt).toMatchObject({ solver: "exact", digits: [15] });
    [2 / 10.5, 0, 0, 4 / 10.5].forEach((x, j) => void expect(w.data[j]).toBeCloseTo(x, 15));
    // [2.5 4; 4 8.5] with its diagonal scaled to 1
    const correlation = 4 / Math.sqrt(2.5 * 8.5);
    expect(receipt.condition).toBeCloseTo((1 + correlation) / (1 - correlation), 9);
  });

  it("of least norm has no condition number, and digits where the dependence is exact", () => {
    const one = new Dataset({ X: [[1, 0, 0, 2], [-1, 0, 0, -2]], Y: [[1], [-1]] }); // biome-ignore format: rows
    const { w, receipt } = ridge(one, { lambda: 0 });
    expect(receipt).toEqual({ solver: "least norm", condition: null, digits: [15] });
    expect([...w.data]).toEqual([0.2, 0, 0, 0.4]);
    // more rows than features, of which two are the same: they share the weight
    const twins = ridge(new Dataset({ X: [[1, 1], [2, 2], [4, 4]], Y: [[3], [5], [9]] }), { lambda: 0 }); // biome-ignore format: rows
    expect(twins.receipt).toEqual({ solver: "least norm", condition: null, digits: [15] });
    expect([...twins.w.data, ...twins.b.data]).toEqual([1, 1, 1]);
    // copies of ten times: w is divided as 1 to 10
    const scaled = ridge(new Dataset({ X: [[1, 10], [2, 20], [4, 40]], Y: [[3], [5], [9]] }), { lambda: 0 }); // biome-ignore format: rows
    expect([...scaled.w.data]).toEqual([2 / 101, 20 / 101]);
    // dependent up to the rounding of 0.1: no digit is claimed
    const rounded = ridge(new Dataset({ X: [[1, 0.1], [2, 0.2], [3, 0.1 * 3]], Y: [[3], [5], [9]] }), { lambda: 0 }); // biome-ignore format: rows
    expect(rounded.receipt).toEqual({ solver: "least norm", condition: null, digits: [null] });
    // α = 1 beside sums of 2e9: w = 2x/(2e9 + 1)
    const large = new Dataset({ X: [[3e4, 0, 1e4], [-3e4, 0, -1e4]], Y: [[1], [-1]] }); // biome-ignore format: rows
    const penalised = ridge(large, { lambda: 1 });
    expect(penalised.receipt).toMatchObject({ solver: "exact", digits: [15] });
    expect((penalised.w.data[0]! * (2e9 + 1)) / 6e4).toBeCloseTo(1, 15);
    const constant = new Dataset({ X: [[5, 5], [5, 5]], Y: [[1], [3]] }); // biome-ignore format: rows
    const none = ridge(constant, { lambda: 0 });
    expect([none.receipt.condition, ...none.w.data, none.b.data[0]]).toEqual([1, 0, 0, 2]);
  });
});

describe("row weights that doubles cannot sum up", () => {
  const plain = problem(12, 2, 1, 7, 3);
  const weighted = (omega: number) =>
    new Dataset({ X: plain.X, Y: plain.Y, weights: new Float64Array(12).fill(omega) });

  it.each([1e-320, 1e-260, 1e260, 1e306])("%d: moments are refused, rows give the same weights", (omega) => {
    const data = weighted(omega);
    const moments = Moments.of(data);
    const refusal = /row weights whose sums can be taken in doubles, got a sum of .*; multiply all weights/;
    expect(() => ridge(moments, { lambda: 0 })).toThrow(refusal);
    expect(() => ridgePath(moments, { lambdas: [0.1] })).toThrow(refusal);
    const { w, receipt } = ridge(data, { lambda: 0 });
    expect(Array.from(w.data)).toEqual(Array.from(ridge(plain, { lambda: 0 }).w.data));
    expect(receipt.digits).toEqual([15]);
  });

  it.each([1e-200, 1e200])("are not those of %d", (omega) => {
    const { w, receipt } = ridge(Moments.of(weighted(omega)), { lambda: 0 });
    w.data.forEach((x, i) => void expect(x).toBeCloseTo(ridge(plain, { lambda: 0 }).w.data[i]!, 8));
    expect(receipt.digits[0]).toBeGreaterThanOrEqual(6);
  });
});

describe("ridgePath", () => {
  const data = problem(60, 5, 2, 7, 20);

  it("has ridge's weights for each λ, and the training error that they have", () => {
    const lambdas = [0, 0.01, 0.3, 5, 100];
    for (const { lambda, w, b, mse: errors } of ridgePath(data, { lambdas }).points) {
      const solved = ridge(data, { lambda });
      w.data.forEach((x, i) => void expect(x).toBeCloseTo(solved.w.data[i]!, 9));
      const prediction = data.X.matmul(w).plus(b);
      expect((errors[0]! + errors[1]!) / 2).toBeCloseTo(mse(prediction, data.Y), 7);
    }
  });

  it("has leave-one-out errors as if each row were left out, α held", () => {
    const lambdas = [0.05, 1];
    const { points } = ridgePath(data, { lambdas, loo: true });
    const [m, k] = [data.rows, 2];
    for (const { lambda, loo } of points) {
      const sums = [0, 0];
      for (let i = 0; i < m; i++) {
        const rest = data.take(Array.from({ length: m }, (_, j) => j).filter((j) => j !== i));
        const held = ridge(rest, { lambda: (lambda * m) / (m - 1) });
        const error = data.X.slice(i, i + 1)
          .matmul(held.w)
          .plus(held.b)
          .minus(data.Y.slice(i, i + 1));
        error.data.forEach((e, l) => {
          sums[l]! += e * e;
        });
      }
      for (let l = 0; l < k; l++) expect(loo![l]! / (sums[l]! / m)).toBeCloseTo(1, 9);
    }
  });

  it("has k-fold errors as if each fold were fitted and scored by itself, λ held", () => {
    const { points } = ridgePath(data, { lambdas: [0.2], folds: 3 });
    const errors = [0, 1, 2].map((fold) => {
      const rows = Array.from({ length: 60 }, (_, i) => i);
      const held = data.slice(fold * 20, fold * 20 + 20);
      const model = ridge(data.take(rows.filter((i) => Math.floor(i / 20) !== fold)), { lambda: 0.2 });
      const r = held.X.matmul(model.w).plus(model.b).minus(held.Y);
      return r
        .times(r)
        .sum(0)
        .times(1 / 20).data;
    });
    for (const l of [0, 1]) {
      const mean = (errors[0]![l]! + errors[1]![l]! + errors[2]![l]!) / 3;
      expect(points[0]!.folds!.mse[l]! / mean).toBeCloseTo(1, 10);
    }
  });

  it("counts degrees of freedom from n at λ = 0 down to 0, and GCV with them", () => {
    const { points } = ridgePath(data, { lambdas: [0, 0.1, 1e9] });
    expect(points[0]!.df).toBe(5);
    expect(points[1]!.df).toBeGreaterThan(4);
    expect(points[2]!.df).toBeLessThan(1e-6);
    const { mse: errors, df, gcv } = points[1]!;
    expect(gcv![0]).toBeCloseTo(errors[0]! / (1 - (1 + df) / 60) ** 2, 8);
  });

  it("takes the moments of folds in place of rows, with the same errors", () => {
    const parts = [data.slice(0, 20), data.slice(20, 40), data.slice(40)].map((part) => Moments.of(part));
    const [a, b] = [ridgePath(data, { lambdas: [0.2], folds: 3 }), ridgePath(parts, { lambdas: [0.2] })];
    const [ofRows, ofMoments] = [a, b].map(({ points }) => points[0]!.folds!.errors.flat());
    for (const [i, error] of ofMoments!.entries()) expect(error / ofRows![i]!).toBeCloseTo(1, 12);
    expect(b.points[0]!.loo).toBeNull();
  });

  it("has 100 λ of its own, from nearly nothing to nearly least squares", () => {
    const { points } = ridgePath(data);
    expect(points).toHaveLength(100);
    expect(points[0]!.df).toBeLessThan(1);
    expect(points.at(-1)!.df).toBeGreaterThan(4.9);
  });

  it("refuses λ = 0 for dependent columns without rows", () => {
    const X = data.X.toArray().map((row) => [...row, row[0]!]);
    const moments = Moments.of(new Dataset({ X, Y: data.Y }));
    expect(() => ridgePath(moments, { lambdas: [0] })).toThrow(
      expect.objectContaining({ code: "NOT_POSITIVE_DEFINITE" }),
    );
  });
});

describe("bestLambda", () => {
  it("takes the least error per target and in common, raw or beside the variance", () => {
    const noisy = problem(40, 8, 2, 8, 200);
    const path = ridgePath(noisy, { loo: true });
    const by = (l: number) =>
      path.points.reduce((best, p) => (p.folds!.mse[l]! < best.folds!.mse[l]! ? p : best)).lambda;
    const { perTarget, common } = bestLambda(path, [1, 1]);
    expect(perTarget).toEqual([by(0), by(1)]);
    const pooled = path.points.reduce((best, p) => {
      const sum = (q: typeof p) => q.folds!.mse[0]! + q.folds!.mse[1]!;
      return sum(p) < sum(best) ? p : best;
    }).lambda;
    expect(common).toBe(pooled);
    expect(bestLambda(path, [1, 1], { oneStandardError: true }).common).toBeGreaterThanOrEqual(common);
    expect(bestLambda(path, [1, 1], { by: "loo" }).common).toBeGreaterThan(0);
  });

  /** A path whose points have these held-out errors, [λ][fold], of one target. */
  const pathOf = (errors: number[][]) => ({
    points: errors.map((folds, i) => ({
      lambda: 2 ** i,
      folds: { mse: [folds.reduce((sum, x) => sum + x, 0) / folds.length], errors: folds.map((x) => [x]) },
    })),
  });

  it("takes the largest λ that is within one standard error of the least, that error itself among them", () => {
    // the least error is 2, with a standard error of √(2/1/2) = 1
    const path = pathOf([[4, 4], [1, 3], [3, 3], [2, 3.9], [3.01, 3]]) as never; // biome-ignore format: one line
    expect(bestLambda(path, [1])).toEqual({ perTarget: [2], common: 2 });
    expect(bestLambda(path, [1], { oneStandardError: true })).toEqual({ perTarget: [8], common: 8 });
    const edge = pathOf([[1, 3], [3, 3], [3.1, 3]]) as never; // biome-ignore format: one line
    expect(bestLambda(edge, [1], { oneStandardError: true }).common).toBe(2);
  });

  it("passes over errors that are not finite, takes the first of equals, and refuses where none is finite", () => {
    expect(bestLambda(pathOf([[Number.NaN, 1], [2, 2], [2, 2]]) as never, [1]).common).toBe(2); // biome-ignore format: one line
    const none = pathOf([[Number.NaN, 1], [Number.POSITIVE_INFINITY, 1]]) as never; // biome-ignore format: one line
    expect(() => bestLambda(none, [1])).toThrow(expect.objectContaining({ code: "DATA" }));
  });

  it("refuses an error that the path does not have", () => {
    const path = ridgePath(Moments.of(problem(40, 3, 1, 9)));
    expect(() => bestLambda(path, [1])).toThrow(expect.objectContaining({ code: "OPTION" }));
  });
});

describe("ridge from rows whose sums in doubles have no digits", () => {
  it("is exact where λ is small beside columns that are nearly dependent: with a bias and without, weighted", () => {
    const draw = new NumPy(3);
    for (const intercept of [true, false]) {
      for (const weighted of [false, true]) {
        // W = 16 or 32, so that α has no rounding
        const m = weighted ? 20 : 16;
        const weights = weighted ? Array.from({ length: m }, (_, i) => (i % 5 === 0 ? 4 : 1)) : null;
        const a = draw.randint(-1e7, 1e7, m);
        const X = a.map((x, i) => [x, x + ((i * 7) % 5) - 2]);
        const Y = Array.from(draw.randint(-1000, 1000, m), (y, i) => [y, y * (i % 3) - 7]);
        const total = weights === null ? m : weights.reduce((sum, w) => sum + w, 0);
        // α = λWk/2 = 1: two more rows, (1, 0) and (0, 1), with 0 as their targets
        const lambda = 1 / total;
        const p = intercept ? 3 : 2;
        const root = (i: number) => Math.sqrt(weights?.[i] ?? 1);
        const rows = X.map((row, i) => [...row, 1].slice(0, p).map((x) => x * root(i)));
        const A = Float64Array.from([...rows, [1, 0, 0].slice(0, p), [0, 1, 0].slice(0, p)].flat());
        const solved = ridge(new Dataset({ X, Y, ...(weights && { weights }) }), { lambda, intercept });
        expect(solved.receipt.solver).toBe("exact");
        expect(solved.receipt.digits).toEqual([15, 15]);
        for (const l of [0, 1]) {
          const b = Float64Array.from([...Y.map((y, i) => y[l]! * root(i)), 0, 0]);
          const exact = leastSquaresExactly(A, m + 2, p, b)!;
          const truth = exact.numerators.map((x) => Number((x * 10n ** 30n) / exact.denominator) / 1e30);
          for (const j of [0, 1]) expect(solved.w.data[2 * j + l]! / truth[j]!).toBeCloseTo(1, 13);
          if (intercept) expect(solved.b.data[l]! / truth[2]!).toBeCloseTo(1, 13);
          else expect(solved.b.data[l]).toBe(0);
        }
      }
    }
  });

  it("is exact where entries less a centre would be rounded", () => {
    // multiples of 2⁻⁴⁰, of which 2¹⁴ less in every entry would round the last four bits away
    const X = Array.from({ length: 12 }, (_, i) => {
      const a = i === 0 ? 2 ** 18 : ((((i * 5) % 11) - 5) * 2 ** 37 + i * i * i) * 2 ** -40;
      return [a, i === 0 ? a : a + (((i * 7) % 13) - 6) * 2 ** -20];
    });
    const Y = X.map(([a, b]) => [3 * a! - 2 * b!]);
    const { w, receipt } = ridge(new Dataset({ X, Y }), { lambda: 0 });
    expect([receipt.solver, receipt.digits]).toEqual(["exact", [15]]);
    expect([w.data[0], w.data[1]]).toEqual([3, -2]);
  });
});

describe("digits to trust", () => {
  it("hold for nearly dependent columns: exact problems with a known answer", () => {
    const draw = new NumPy(14);
    for (const power of [10, 20, 26, 33]) {
      for (let round = 0; round < 25; round++) {
        const rows = 12;
        const base = draw.randint(-50, 50, rows);
        const other = draw.randint(-50, 50, rows);
        const bump = draw.randint(-9, 10, rows);
        const X = base.map((v, i) => [v, other[i]!, v + bump[i]! * 2 ** -power]);
        const truth = [3, -2, 5];
        const Y = X.map((row) => [row.reduce((sum, v, j) => sum + v * truth[j]!, 0)]);
        const exact = Y.every(([y], i) => y! - 5 * bump[i]! * 2 ** -power === 8 * base[i]! - 2 * other[i]!);
        if (!exact) continue;
        const { w, receipt } = ridge(new Dataset({ X, Y }), { lambda: 0 });
        const error = Math.max(...truth.map((value, j) => Math.abs(w.data[j]! / value - 1)));
        expect(error, `2^-${power}, ${receipt.solver}, ${receipt.digits} digits`).toBeLessThanOrEqual(
          10 ** -receipt.digits[0]!,
        );
        expect(receipt.digits[0]).toBeGreaterThanOrEqual(14);
      }
    }
  });
});
