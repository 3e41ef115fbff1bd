import { describe, expect, it } from "vitest";
import { Dataset, Moments, makeRegression, ridge, ridgePath, shrinkage } from "../../src/index.js";

const rows = new Dataset(
  makeRegression({ nSamples: 30, nFeatures: 4, nTargets: 2, noise: 1, randomState: 14 }),
);

describe("shrinkage(data, {lambda})", () => {
  it("has the degrees of freedom of the path, from rows and from moments", () => {
    for (const lambda of [0.01, 1, 30]) {
      const [point] = ridgePath(rows, { lambdas: [lambda], folds: 1 }).points;
      expect(shrinkage(rows, { lambda }).df).toBeCloseTo(point!.df, 12);
      const { df, ...spectrum } = shrinkage(Moments.of(rows), { lambda });
      const exact = shrinkage(rows, { lambda });
      expect(df).toBeCloseTo(exact.df, 12);
      for (const [name, values] of Object.entries(spectrum))
        values.forEach(
          (value, i) => void expect(value / exact[name as keyof typeof spectrum][i]!).toBeCloseTo(1, 12),
        );
    }
  });

  it("keeps the share by which ridge's weight is smaller, for a single feature", () => {
    const one = new Dataset({ X: [[1], [2], [4], [9]], Y: [[1], [3], [2], [8]] });
    const [share] = shrinkage(one, { lambda: 3 }).factors;
    expect(ridge(one, { lambda: 3 }).w.data[0]! / ridge(one, { lambda: 0 }).w.data[0]!).toBeCloseTo(
      share!,
      13,
    );
  });

  it("is λ beside the curvature: c/(c + λ)", () => {
    const { factors, curvatures } = shrinkage(rows, { lambda: 0.7 });
    factors.forEach((factor, i) => {
      expect(factor).toBeCloseTo(curvatures[i]! / (curvatures[i]! + 0.7), 13);
    });
  });

  it("keeps nothing along a direction in which the features do not vary", () => {
    const constant = new Dataset({ X: [[1, 5], [2, 5], [3, 5]], Y: [[1], [2], [3]] }); // biome-ignore format: rows
    expect(shrinkage(constant, { lambda: 0 })).toMatchObject({ factors: [1, 0], df: 1 });
  });
});
