/** Wide data from m equations, beside the n equations of the spectrum, on data small enough for both. */
import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { Moments } from "../../src/data/moments.js";
import { leaveOneOutErrors } from "../../src/fit/leaveOneOut.js";
import { degreesOfFreedom, type Spectrum, solutionAt, spectrumOf } from "../../src/fit/spectrum.js";
import { alphaOf, inDataUnits, type System, systemOf } from "../../src/fit/system.js";
import { WideSolver } from "../../src/fit/wideSolver.js";
import { NumPy } from "../../src/random/index.js";

/** Ridge regression along the directions of the features' own equations. */
const alongDirections = (system: System, of: Spectrum) => ({
  rows: 0,
  system,
  of,
  rank: of.rank,
  varying: of.rank,
  at: (lambda: number) => {
    const solution = solutionAt(of, alphaOf(lambda, system.flat));
    return { ...solution, inUnits: inDataUnits(system, solution), digits: [] };
  },
  df: (lambda: number) => degreesOfFreedom(of, alphaOf(lambda, system.flat)),
});

const LAMBDAS = [1e3, 1, 0.03, 1e-4];

function wide({ m = 14, n = 40, k = 2, weighted = false, seed = 1, offset = 3 } = {}): Dataset {
  const draw = new NumPy(seed);
  const X = Array.from({ length: m }, () =>
    Array.from(draw.standardNormal(n), (x, j) => (j === 5 ? 2.9 : x * (1 + (j % 7)) + offset * j)),
  );
  const Y = Array.from({ length: m }, (_, i) =>
    Array.from({ length: k }, (_, l) => X[i]![l]! + draw.standardNormal(1)[0]!),
  );
  const weights = weighted ? Array.from({ length: m }, (_, i) => (i === 3 ? 0 : 0.5 + (i % 4))) : undefined;
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
    const expected = leaveOneOutErrors(data, alongDirections(system, of), lambdas);
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
