import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { Problem } from "../../src/fit/problem.js";
import { digitsOf, randomProblem } from "./randomProblem.js";
import { rationalRidge, rightDigits, toNumber, VANISHING } from "./rational.js";

const solve = (
  X: number[][],
  y: number[],
  lambda: number,
  { standardize = false, intercept = true, weights = null as number[] | null } = {},
) => {
  const data = new Dataset({ X, Y: y.map((value) => [value]), ...(weights && { weights }) });
  const solution = new Problem("test", data, { standardize, intercept }).solve(lambda);
  const least = lambda === 0 && solution.dependent ? VANISHING : lambda;
  return { solution, right: rationalRidge(data, least, { standardize, intercept }), data };
};

describe("the exact solution", () => {
  it("claims no digit that fractions do not confirm, and 14 where columns are told apart: any shape, weights, λ, coordinates", () => {
    let many = 0;
    let all = 0;
    fc.assert(
      fc.property(randomProblem(), ({ data, lambda, coordinates }) => {
        const solution = new Problem("test", data, coordinates).solve(lambda);
        const least = lambda === 0 && solution.dependent ? VANISHING : lambda;
        for (let l = 0; l < data.Y.cols; l++) {
          const right = rationalRidge(data, least, coordinates, l);
          const claimed = solution.digits[l]!;
          if (claimed === null) continue;
          expect(digitsOf(solution, right, data, l)).toBeGreaterThanOrEqual(claimed);
          all++;
          if (claimed >= 14) many++;
        }
      }),
      { numRuns: 400 },
    );
    expect(many / all).toBeGreaterThan(0.85);
  });

  it("has residual sums, standard errors and degrees of freedom to 12 digits", () => {
    fc.assert(
      fc.property(
        randomProblem({ columns: ["whole", "plain", "binary", "far", "units", "near"], rows: [2, 12] }),
        ({ data, lambda, coordinates }) => {
          const solution = new Problem("test", data, coordinates).solve(lambda);
          if (solution.spread === null) return;
          for (let l = 0; l < data.Y.cols; l++) {
            const right = rationalRidge(data, lambda, coordinates, l);
            const total = data.Y.data.reduce((sum, y) => sum + y * y, 0);
            // residuals below 2^−130 of the total are given as 0
            if (toNumber(right.rss) < 1e-36 * total * (data.weights?.reduce((a, x) => Math.max(a, x)) ?? 1))
              continue;
            expect(rightDigits(solution.rss[l]!, right.rss)).toBeGreaterThan(12);
            expect(solution.spread.df).toBeCloseTo(toNumber(right.df), 12);
            const errors = [
              ...right.variance.map((V, j) => [solution.spread!.standardError(j, l, 3), V] as const),
              [solution.spread.biasStandardError(l, 3), right.biasVariance] as const,
            ];
            for (const [error, V] of errors) {
              const exact = Math.sqrt((toNumber(right.rss) / 3) * toNumber(V));
              if (exact === 0) expect(error).toBe(0);
              else expect(error / exact).toBeCloseTo(1, 12);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("keeps its digits where λ dwarfs the data, and where the data dwarf λ", () => {
    const X = [[1, 5], [2, 3], [4, 4], [7, 1]]; // biome-ignore format: rows
    for (const standardize of [false, true]) {
      for (const lambda of [1e-300, 1e-30, 1e30, 1e150, 1e300]) {
        const { solution, right, data } = solve(X, [1, 2, 2, 5], lambda, { standardize });
        expect(solution.digits).toEqual([15]);
        expect(digitsOf(solution, right, data)).toBeGreaterThan(15);
      }
    }
  });

  it("takes columns and weights of any size", () => {
    for (const factor of [1e-300, 1e-160, 1e160, 1e300]) {
      const X = [[1, 5], [2, 3], [4, 4], [7, 1]].map(([a, b]) => [a! * factor, b!]); // biome-ignore format: rows
      for (const lambda of [0, 0.1]) {
        const { solution, right, data } = solve(X, [1, 2, 2, 5], lambda, { standardize: true });
        expect(digitsOf(solution, right, data)).toBeGreaterThanOrEqual(solution.digits[0]!);
        expect(solution.digits[0]).toBeGreaterThanOrEqual(14);
      }
      const y = [1, 2, 2, 5].map((value) => value * factor);
      const { solution, right, data } = solve([[1], [2], [4], [7]], y, 0);
      expect(digitsOf(solution, right, data)).toBeGreaterThanOrEqual(14);
    }
    const weights = [1e-320, 2e-320, 3e-320, 1e-320];
    const { solution, right, data } = solve([[1], [2], [4], [7]], [1, 2, 2, 5], 0, { weights });
    expect(digitsOf(solution, right, data)).toBeGreaterThanOrEqual(14);
  });

  it("counts what a subnormal result has lost", () => {
    // doubles near 1e-313 have 11 digits
    const { solution, right, data } = solve([[3], [1], [4]], [1e-313, 3e-313, 2e-313], 0.3);
    expect(solution.digits[0]).toBeLessThan(15);
    expect(digitsOf(solution, right, data)).toBeGreaterThanOrEqual(solution.digits[0]!);
  });

  it("claims no digit of a weight that the sums cannot tell from 0, and all of one that is 0", () => {
    const X = [[1, 0], [2, 1], [3, 0], [5, 1]]; // biome-ignore format: rows
    const none = solve(X, [2, 4, 6, 10], 0).solution;
    expect([...none.w, ...none.b, ...none.digits]).toEqual([2, 0, 0, 15]);
    // a constant column with an offset of 1e14 and a column of 4 units in the last place
    const base = [1e14 + 0.5, 1e14 - 0.25, 1e14 + 0.75, 1e14];
    const Z = base.map((x, i) => [x, 1 + 2 ** -52 * [0, 3, 1, 2][i]!, x + 1e-2 * i, [3, 1, 4, 1][i]!]);
    const options = { standardize: true, intercept: false, weights: [7e11, 3e11, 5e11, 2e11] };
    const { solution, right, data } = solve(Z, [3.7, 3.7, 3.7, 3.7], 0, options);
    expect(digitsOf(solution, right, data)).toBeGreaterThanOrEqual(solution.digits[0] ?? 0);
  });

  it("shares the weight among dependent columns by the penalty, however far apart their units are", () => {
    for (const factor of [1, 1e20, 1e-30, 2 ** 400]) {
      const X = [[1, 3], [2, 1], [4, 8], [7, 2], [5, 5]].map(([a, b]) => [a! * factor, b!, a! + b!, a!]); // biome-ignore format: rows
      for (const standardize of [false, true]) {
        const { solution, right, data } = solve(X, [1, 2, 2, 5, 3], 0, { standardize });
        expect([solution.solver, solution.rank, solution.condition, solution.spread]).toEqual([
          "least norm",
          2,
          null,
          null,
        ]);
        const claimed = solution.digits[0];
        if (claimed !== null) expect(digitsOf(solution, right, data)).toBeGreaterThanOrEqual(claimed!);
        if (factor === 1) expect(claimed).toBeGreaterThanOrEqual(14);
      }
    }
  });
});
