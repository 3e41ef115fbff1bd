import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { DenseSolution } from "../../src/fit/denseSolution.js";
import { DualSolution } from "../../src/fit/dualSolution.js";
import { Factored } from "../../src/fit/factored.js";
import { leastNorm, refinedQR } from "../../src/fit/orthogonal.js";
import { Problem } from "../../src/fit/problem.js";
import type { Solution } from "../../src/fit/solution.js";
import { spread } from "../numbers/exact.js";
import { digitsOf, type RandomProblem, randomProblem } from "./randomProblem.js";
import { rationalRidge, toNumber, VANISHING } from "./rational.js";

const COLUMNS = ["whole", "plain", "binary", "far", "units", "near"];

const prepared = ({ data, coordinates }: RandomProblem) => new Problem("test", data, coordinates);

const dense = (of: RandomProblem, rows = true): DenseSolution | null => {
  const { system, moments } = prepared(of);
  const factored = new Factored(system, of.lambda);
  return factored.condition < 1e14 ? new DenseSolution(factored, moments, rows ? of.data : null) : null;
};

const dual = (of: RandomProblem) => {
  const { system, moments } = prepared(of);
  return new DualSolution(system, moments, of.data, of.lambda);
};

/** No target claims a digit that fractions do not confirm. @returns the digits claimed */
function honest(solution: Solution, { data, lambda, coordinates }: RandomProblem): number[] {
  const least = lambda === 0 && solution.dependent ? VANISHING : lambda;
  return solution.digits.map((claimed, l) => {
    const right = digitsOf(solution, rationalRidge(data, least, coordinates, l), data, l);
    expect(right, `${solution.solver}, condition ${solution.condition}`).toBeGreaterThanOrEqual(claimed ?? 0);
    return claimed ?? 0;
  });
}

const share = (values: number[], least: number) =>
  values.filter((value) => value >= least).length / values.length;

describe("Cholesky in doubles, called by itself", () => {
  it("claims no digit that fractions do not confirm once it is corrected with the rows, and mostly 14", () => {
    const claims: number[] = [];
    fc.assert(
      fc.property(randomProblem({ columns: COLUMNS, rows: [2, 40] }), (of) => {
        const solution = dense(of);
        if (solution?.stands) claims.push(...honest(solution, of));
      }),
      { numRuns: 300, seed: 14 },
    );
    expect(share(claims, 13)).toBeGreaterThan(0.6);
  });

  it("claims no digit that fractions do not confirm from sums alone", () => {
    const claims: number[] = [];
    fc.assert(
      fc.property(randomProblem({ columns: COLUMNS, rows: [2, 40] }), (of) => {
        const solution = dense(of, false);
        if (solution && solution.condition < 1e8) claims.push(...honest(solution, of));
      }),
      { numRuns: 200, seed: 14 },
    );
    expect(share(claims, 8)).toBeGreaterThan(0.3);
  });

  it("has the residual sums, degrees of freedom and standard errors of fractions, and M with MᵀM = (S + αD)⁻¹", () => {
    fc.assert(
      fc.property(randomProblem({ columns: ["whole", "plain", "binary"], rows: [4, 20] }), (of) => {
        const solution = dense(of);
        if (!solution?.stands || solution.condition > 1e4) return;
        for (let l = 0; l < of.data.Y.cols; l++) {
          const right = rationalRidge(of.data, of.lambda, of.coordinates, l);
          const rss = toNumber(right.rss);
          if (rss < 1e-12) continue;
          expect(solution.rss[l]! / rss).toBeCloseTo(1, 8);
          expect(solution.spread.df).toBeCloseTo(toNumber(right.df), 9);
          right.variance.forEach((V, j) => {
            const error = Math.sqrt((rss / 3) * toNumber(V));
            if (error > 0) expect(solution.spread.standardError(j, l, 3) / error).toBeCloseTo(1, 8);
          });
        }
        if (of.lambda > 0) return;
        const { variance } = rationalRidge(of.data, 0, of.coordinates);
        const { factor } = solution;
        variance.forEach((V, j) => {
          let sum = 0;
          for (let r = 0; r < factor.rows; r++) sum += factor.data[r * factor.cols + j]! ** 2;
          if (toNumber(V) > 0) expect(sum / toNumber(V)).toBeCloseTo(1, 8);
        });
      }),
      { numRuns: 150, seed: 14 },
    );
  });
});

describe("the dual in doubles, called by itself", () => {
  it("claims no digit that fractions do not confirm: as many features as rows or more, λ = 0 too", () => {
    const claims: number[] = [];
    fc.assert(
      fc.property(
        randomProblem({
          columns: ["whole", "plain", "units"],
          rows: [-2, 0],
          lambdas: [0, 1e-6, 0.01, 1, 1e3],
        }),
        (of) => {
          const solution = dual(of);
          if (solution.stands) claims.push(...honest(solution, of));
        },
      ),
      { numRuns: 300, seed: 14 },
    );
    expect(share(claims, 12)).toBeGreaterThan(0.4);
  });

  it("has the degrees of freedom, standard errors and leverage of exact arithmetic, rows without a weight among them", () => {
    let compared = 0;
    fc.assert(
      fc.property(
        randomProblem({ columns: ["whole", "plain", "units"], rows: [-2, 0], lambdas: [1e-6, 0.01, 1] }),
        (of) => {
          const { data, lambda, coordinates } = of;
          const solution = dual(of);
          if (!solution.stands || solution.dependent) return;
          const { variance, df } = rationalRidge(data, lambda, coordinates, 0);
          expect(solution.spread!.df).toBeCloseTo(toNumber(df), 9);
          const rss = solution.rss[0]!;
          variance.forEach((V, j) => {
            const error = solution.spread!.standardError(j, 0, 1);
            const size = Math.sqrt(rss * toNumber(V));
            if (size > 1e-150 && !Number.isNaN(error)) {
              compared++;
              expect(error / size).toBeCloseTo(1, 9);
            }
          });
          const exact = prepared(of).equations()!.solve(lambda);
          // M leaves out what no row with a weight shows
          if (exact.condition! > 1e8 || exact.rank < data.X.cols) return;
          const { meanX, weight } = prepared(of).moments;
          const { factor } = exact;
          const { leverage } = solution.rows!;
          for (let i = 0; i < data.rows; i++) {
            let own = coordinates.intercept ? 1 / weight : 0;
            for (let r = 0; r < factor.rows; r++) {
              const centred = (j: number) =>
                data.X.data[i * data.X.cols + j]! - (coordinates.intercept ? meanX[j]! : 0);
              let sum = 0;
              for (let j = 0; j < factor.cols; j++) sum += factor.data[r * factor.cols + j]! * centred(j);
              own += sum * sum;
            }
            expect(own === 0 ? 1 + leverage[i]! : leverage[i]! / own).toBeCloseTo(1, 6);
          }
        },
      ),
      { numRuns: 200, seed: 14 },
    );
    expect(compared).toBeGreaterThan(200);
  });

  it("has a bias as right as its weights where features are far from 0 and hardly penalised", () => {
    const X = [
      [2580350.1749912216, -0.5480025029808604, -6],
      [5822040.861410151, -0.22921842030017747, -8],
      [10029051.922490181, -0.7399537728627348, -4],
    ];
    const data = new Dataset({ X, Y: [[2], [3], [5]] });
    const of = { data, lambda: 1e-6, coordinates: { standardize: false, intercept: true } };
    const solution = dual(of);
    expect(solution.stands).toBe(true);
    honest(solution, of);
    expect(digitsOf(solution, rationalRidge(data, 1e-6, of.coordinates, 0), data)).toBeGreaterThan(12);
  });
});

describe("QR and singular values of the rows, called by themselves", () => {
  it("claim no digit that fractions do not confirm", () => {
    fc.assert(
      fc.property(randomProblem({ columns: ["whole", "plain", "near"], rows: [2, 12] }), (of) => {
        const { system, moments } = prepared(of);
        const solution = refinedQR(system, moments, of.data, of.lambda);
        if (solution.solver === "qr") honest(solution, of);
      }),
      { numRuns: 200, seed: 14 },
    );
  });

  it("leastNorm is the limit of ridge, for wide data and for columns that are the same", () => {
    fc.assert(
      fc.property(randomProblem({ columns: ["whole", "plain"], rows: [-2, -1], lambdas: [0] }), (of) => {
        const { system, moments } = prepared(of);
        honest(leastNorm(system, moments, of.data, 0), of);
      }),
      { numRuns: 100, seed: 14 },
    );
    const X = [[1, 1, 5], [2, 2, 1], [4, 4, 3], [5, 5, 5]]; // biome-ignore format: rows
    const data = new Dataset({ X, Y: X.map(([a, , c], i) => [a! - c! + i]) });
    const of = { data, lambda: 0, coordinates: { standardize: false, intercept: true } };
    const { system, moments } = prepared(of);
    const found = leastNorm(system, moments, data, 0);
    expect(found.w[0]).toBeCloseTo(found.w[1]!, 12);
    honest(found, of);
  });
});

describe("where λ decides between columns that are the same", () => {
  const X = [[1, 1, 5], [2, 2, 1], [4, 4, 3], [5, 5, 5], [7, 7, 0], [8, 8, 2]]; // biome-ignore format: rows
  const data = new Dataset({ X, Y: X.map(([a, , c], i) => [a! - c! + (i % 3)]) });

  it.each([
    ["QR", refinedQR, false],
    ["QR", refinedQR, true],
    ["singular values", leastNorm, false],
    ["singular values", leastNorm, true],
  ] as const)("%s has the degrees of freedom and standard errors of fractions", (_, way, standardize) => {
    const coordinates = { standardize, intercept: true };
    const of = { data, lambda: 0.01, coordinates };
    const { system, moments } = prepared(of);
    const solution = way(system, moments, data, 0.01);
    honest(solution, of);
    const right = rationalRidge(data, 0.01, coordinates);
    expect(solution.dependent).toBe(false);
    expect(solution.spread!.df).toBeCloseTo(toNumber(right.df), 11);
    const rss = toNumber(right.rss);
    expect(solution.rss[0]! / rss).toBeCloseTo(1, 12);
    right.variance.forEach((V, j) => {
      const error = Math.sqrt((rss / 3) * toNumber(V));
      expect(solution.spread!.standardError(j, 0, 3) / error).toBeCloseTo(1, 11);
    });
    // MᵀM(S + αD)·v = v in the directions of the rows, here of y's weights
    const { factor } = solution;
    const { weight, n } = system.flat;
    const S = moments.sxx.data;
    const alpha = (0.01 * weight) / 2;
    const [along, back] = [new Float64Array(n), new Float64Array(n)];
    for (let i = 0; i < n; i++) {
      const scale = system.scaler?.scale[i] ?? 1;
      for (let j = 0; j < n; j++) along[i]! += S[i * n + j]! * solution.w[j]!;
      along[i]! += alpha * scale * scale * solution.w[i]!;
    }
    for (let r = 0; r < factor.rows; r++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += factor.data[r * n + j]! * along[j]!;
      for (let j = 0; j < n; j++) back[j]! += factor.data[r * n + j]! * sum;
    }
    for (let j = 0; j < n; j++) expect(back[j]! / solution.w[j]!).toBeCloseTo(1, 10);
  });

  it("says so of rows whose centring alone tells their directions apart", () => {
    const wide = new Dataset({
      X: [[-0.5580329479235342, -7], [0.31725566374491976, -8]], // biome-ignore format: rows
      Y: [[-5.6651816982086665], [-6.16916816821907]],
      weights: [3.020244714700556e-13, 1.3263200809290348e-13],
    });
    const of = { data: wide, lambda: 0, coordinates: { standardize: false, intercept: true } };
    const { system, moments } = prepared(of);
    const solution = leastNorm(system, moments, wide, 0);
    expect([solution.dependent, solution.rank, solution.spread]).toEqual([true, 1, null]);
    honest(solution, of);
  });

  it("says that columns are dependent at λ = 0", () => {
    const { system, moments } = prepared({
      data,
      lambda: 0,
      coordinates: { standardize: true, intercept: true },
    });
    const { solver, dependent, spread, condition, rank } = refinedQR(system, moments, data, 0);
    expect([solver, dependent, spread, condition, rank]).toEqual(["least norm", true, null, null, 2]);
  });
});

describe("data too large for 256-bit arithmetic unasked", () => {
  it("are met by Cholesky corrected with the rows, to the digits of the exact solution", () => {
    const [m, n] = [30_000, 15];
    const numbers = spread(m * (n + 1), 9);
    const X = Array.from({ length: m }, (_, i) =>
      Array.from({ length: n }, (_, j) => numbers[i * (n + 1) + j]! + 100 * j),
    );
    const Y = X.map((row, i) => [
      row.reduce((sum, x, j) => sum + (j - 3) * x, 0) + numbers[i * (n + 1) + n]!,
    ]);
    const data = new Dataset({ X, Y });
    const problem = new Problem("test", data, { standardize: true, intercept: true });
    const solution = problem.solve(0.1);
    expect(solution.solver).toBe("cholesky");
    expect(solution.digits[0]).toBeGreaterThanOrEqual(11);
    const exact = new Problem("test", data, { standardize: true, intercept: true });
    const truth = exact.equations(-1e9)!.solve(0.1);
    expect(truth.solver).toBe("exact");
    for (let j = 0; j < n; j++)
      expect(Math.abs(solution.w[j]! / truth.w[j]! - 1)).toBeLessThanOrEqual(10 ** -solution.digits[0]!);
    expect(solution.rss[0]! / truth.rss[0]!).toBeCloseTo(1, 11);
  });
});
