/** A category that is never expanded, beside its indicators in a dense data set small enough for both. */
import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { LevelDataset } from "../../src/data/levelDataset.js";
import { Moments } from "../../src/data/moments.js";
import { chooseFor } from "../../src/fit/chooseLambda.js";
import { diagnosticsOf } from "../../src/fit/diagnostics.js";
import { fitRidge } from "../../src/fit/fitRidge.js";
import { inference, inferenceOf } from "../../src/fit/inference.js";
import { leverages, rotatedRows } from "../../src/fit/leaveOneOut.js";
import { solveLevels } from "../../src/fit/levelSolution.js";
import { levelInflation, levelLeverages, levelRobust, levelSpread } from "../../src/fit/levelStatistics.js";
import { type LevelRows, levelSums } from "../../src/fit/levelSums.js";
import { LevelSystem, penaltiesOf } from "../../src/fit/levelSystem.js";
import { ridgePath } from "../../src/fit/ridgePath.js";
import { degreesOfFreedom, spectrumOf } from "../../src/fit/spectrum.js";
import { alphaOf, systemOf } from "../../src/fit/system.js";
import { cholesky } from "../../src/linalg/cholesky.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { NumPy } from "../../src/random/index.js";

const [M, LEVELS, P, K] = [60, 9, 3, 2];

/** Rows of nine levels (one of them without a row) between the first other feature and two more, one of them constant. */
function rows({ weighted = false, reference = false, offset = 5 } = {}): { data: LevelRows; dense: Dataset } {
  const draw = new NumPy(11);
  const level = Int32Array.from(draw.randint(0, reference ? LEVELS : LEVELS - 1, M), (g) =>
    g === 3 ? 2 : reference ? g - 1 : g,
  );
  const rest = new Matrix(
    M,
    P,
    draw
      .standardNormal(M * P)
      .map((x) => Math.round(x * 1024) / 1024)
      .map((x, at) => (at % P === 2 ? 2.9 : x * (1 + (at % P)) + offset + level[Math.floor(at / P)]!)),
  );
  const Y = new Matrix(
    M,
    K,
    draw
      .standardNormal(M * K)
      .map((x) => Math.round(x * 1024) / 1024)
      .map(
        (x, at) => x + 2 * rest.data[Math.floor(at / K) * P]! - level[Math.floor(at / K)]! * (1 + (at % K)),
      ),
  );
  const weights = weighted
    ? Float64Array.from({ length: M }, (_, i) => (i % 9 === 4 ? 0 : 0.5 + (i % 4)))
    : null;
  const names = Array.from({ length: LEVELS }, (_, g) => `c=${g}`);
  const inputs = ["x0", ...names, "x1", "x2"];
  const outputs = ["y", "z"];
  const X = Matrix.from(
    Array.from({ length: M }, (_, i) => [
      rest.data[i * P]!,
      ...names.map((__, g) => (g === level[i] ? 1 : 0)),
      rest.data[i * P + 1]!,
      rest.data[i * P + 2]!,
    ]),
  );
  const dense = new Dataset({ X, Y, inputs, outputs, ...(weights && { weights }) });
  return { data: { level, levels: LEVELS, first: 1, rest, Y, weights }, dense };
}

const far = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  const size = Math.max(...Array.from(b, Math.abs)) || 1;
  return Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]!))) / size;
};

/** Without what rounding leaves of the standard error of a column that does not vary, which is 0. */
const clean = (values: number[], exact: ArrayLike<number>) =>
  values.map((value, j) => (exact[j] === 0 && value < 1e-5 ? 0 : value));

const CASES = [true, false].flatMap((standardize) =>
  [true, false].flatMap((intercept) =>
    [true, false].flatMap((weighted) =>
      [true, false].map((reference) => ({ standardize, intercept, weighted, reference })),
    ),
  ),
);

describe.each(CASES)(
  "standardize $standardize, intercept $intercept, weighted $weighted, reference $reference",
  (given) => {
    const { data, dense } = rows(given);
    const coordinates = { standardize: given.standardize, intercept: given.intercept };
    const sums = levelSums(data, given.intercept);
    const penalties = penaltiesOf(sums, given);
    const dual = systemOf(Moments.of(dense), given);
    const of = spectrumOf(dual, null);

    test.each([3, 0.1, 1e-3])(
      "λ = %d: weights, errors, leverage and degrees of freedom are those of the indicators",
      (lambda) => {
        const alpha = alphaOf(lambda, dual.flat);
        const system = new LevelSystem("test", sums, penalties, alpha, given.intercept);
        const { w, b, residual, rss, change } = solveLevels(data, system, given.intercept);
        expect(Math.max(...change)).toBeLessThan(1e-12);
        const { model } = fitRidge(dense, { lambda, ...coordinates });
        expect(far(w, model.weight.T.data)).toBeLessThan(1e-10);
        expect(far(b, model.bias)).toBeLessThan(1e-10);
        expect(system.df()).toBeCloseTo(degreesOfFreedom(of, alpha), 8);
        const expected = inference(dense, { lambda, ...coordinates });
        const spread = levelSpread(system, data.first);
        for (let l = 0; l < K; l++) {
          const variance = rss[l]! / expected.degreesOfFreedom[l]!;
          const errors = spread.features.map((value) => Math.sqrt(variance * value));
          const dependent = dense.inputs.map((_, j) => expected.standardError[j]![l]!);
          expect(far(errors, clean(dependent, errors))).toBeLessThan(1e-8);
          expect(Math.sqrt(variance * spread.bias)).toBeCloseTo(expected.biasStandardError[l]!, 7);
        }
        const h = levelLeverages(system, data);
        expect(far(h, leverages(rotatedRows(dense.X, dual, of), of, alpha, given.intercept))).toBeLessThan(
          1e-8,
        );
        const omega = (i: number) => data.weights?.[i] ?? 1;
        for (let l = 0; l < K; l++) {
          const factor = h.map((value, i) => omega(i) * (residual[i * K + l]! / (1 - value)) ** 2);
          const robust = levelRobust(system, data, factor).map(Math.sqrt);
          expect(
            far(
              robust,
              dense.inputs.map((_, j) => expected.hc3![j]![l]!),
            ),
          ).toBeLessThan(1e-7);
        }
      },
    );
  },
);

test("a fold is added up as its rows alone are", () => {
  const { data, dense } = rows({ weighted: true });
  const some = Array.from({ length: M }, (_, i) => i).filter((i) => i % 4 !== 1);
  const coordinates = { standardize: true, intercept: true };
  const sums = levelSums(data, true, some);
  const { w, b } = (() => {
    const alpha = (0.2 * sums.weight * K) / 2;
    const { levels, rest, b } = new LevelSystem(
      "test",
      sums,
      penaltiesOf(sums, coordinates),
      alpha,
      true,
    ).fit();
    return { w: [...rest.slice(0, K), ...levels, ...rest.slice(K)], b };
  })();
  const { model } = fitRidge(dense.take(some), { lambda: 0.2, ...coordinates });
  expect(far(w, model.weight.T.data)).toBeLessThan(1e-10);
  expect(far(b, model.bias)).toBeLessThan(1e-10);
});

test("λ = 0 with a reference is least squares; without one it is refused", () => {
  const { data, dense } = rows({ reference: true });
  const coordinates = { standardize: true, intercept: true };
  const sums = levelSums(data, true);
  const system = new LevelSystem("test", sums, penaltiesOf(sums, coordinates), 0, true);
  const { w, b } = solveLevels(data, system, true);
  const { model } = fitRidge(dense, { lambda: 0, ...coordinates });
  expect(far(w, model.weight.T.data)).toBeLessThan(1e-9);
  expect(far(b, model.bias)).toBeLessThan(1e-9);
  const all = levelSums(rows().data, true);
  const refused = () => new LevelSystem("test", all, penaltiesOf(all, coordinates), 0, true);
  expect(refused).toThrow(/columns that are not dependent/);
});

test("inflation is that of the indicators' correlations", () => {
  const { data, dense } = rows({ reference: true });
  const moments = Moments.of(dense);
  const { sxx } = moments;
  const varying = dense.inputs.map((_, j) => j).filter((j) => sxx.data[j * sxx.cols + j]! > 1e-9);
  const correlation = (columns: number[]) =>
    Float64Array.from({ length: columns.length ** 2 }, (_, at) => {
      const [i, j] = [columns[Math.floor(at / columns.length)]!, columns[at % columns.length]!];
      return (
        sxx.data[i * sxx.cols + j]! / Math.sqrt(sxx.data[i * sxx.cols + i]! * sxx.data[j * sxx.cols + j]!)
      );
    });
  const determinant = (columns: number[]) => {
    const { L } = cholesky(correlation(columns), columns.length);
    return columns.reduce((product, _, i) => product * L[i * columns.length + i]! ** 2, 1);
  };
  const isLevel = (j: number) => dense.inputs[j]!.startsWith("c=");
  const { rest, category } = levelInflation(levelSums(data, true));
  const all = determinant(varying);
  const gvif = (determinant(varying.filter(isLevel)) * determinant(varying.filter((j) => !isLevel(j)))) / all;
  expect(category! / gvif).toBeCloseTo(1, 9);
  const others = [0, LEVELS + 1];
  for (const [at, j] of others.entries())
    expect(rest[at]! / (determinant(varying.filter((c) => c !== j)) / all)).toBeCloseTo(1, 9);
  expect(rest[2]).toBeNull();
});

test("an offset of 2³⁰ costs no digit of the weights", () => {
  const coordinates = { standardize: true, intercept: true };
  const [near, far30] = [rows(), rows({ offset: 5 + 2 ** 30 })].map(({ data }) => {
    const sums = levelSums(data, true);
    return solveLevels(data, new LevelSystem("test", sums, penaltiesOf(sums, coordinates), 7, true), true);
  });
  expect(far(far30!.w, near!.w)).toBeLessThan(1e-14);
  expect(Math.max(...far30!.change)).toBeLessThan(1e-13);
});

describe("a category of 310 levels, kept as levels and expanded", () => {
  const draw = new NumPy(5);
  const [m, count] = [1500, 310];
  const level = Int32Array.from({ length: m }, (_, i) => (i % (count + 1)) - 1);
  const rest = new Matrix(
    m,
    2,
    draw.standardNormal(2 * m).map((x, at) => x + (at % 2) * 3),
  );
  const effect = draw.standardNormal(count + 1);
  const Y = new Matrix(
    m,
    2,
    draw.standardNormal(2 * m).map((x, at) => {
      const i = Math.floor(at / 2);
      return x + effect[level[i]! + 1]! * (1 + (at % 2)) + rest.data[2 * i]! - rest.data[2 * i + 1]!;
    }),
  );
  const weights = Float64Array.from({ length: m }, (_, i) => (i % 50 === 0 ? 0 : 1 + (i % 3)));
  const inputs = ["x0", ...Array.from({ length: count }, (_, g) => `c=${g}`), "x1"];
  const kept = new LevelDataset(
    new Dataset({ X: rest, Y, outputs: ["y", "z"], weights }),
    { level, levels: count, first: 1 },
    inputs,
  );
  const dense = kept.expanded();

  test.each([true, false])(
    "chooses, fits and explains the same, standardised %s",
    { timeout: 120_000 },
    (standardize) => {
      const options = { lambdas: [0.3, 0.1], standardize, folds: 3, randomState: 1 };
      const [a, b] = [chooseFor(kept, options), chooseFor(dense, options)];
      expect(a.choice.lambda).toBe(b.choice.lambda);
      for (const [i, point] of a.choice.path.points.entries()) {
        const other = b.choice.path.points[i]!;
        expect(far(point.folds!.mse, other.folds!.mse)).toBeLessThan(1e-9);
        expect(far(point.w.data, other.w.data)).toBeLessThan(1e-8);
        expect(far(point.mse, other.mse)).toBeLessThan(1e-9);
        expect(point.df).toBeCloseTo(other.df, 6);
      }
      expect(far(a.choice.heldOut!.rmse, b.choice.heldOut!.rmse)).toBeLessThan(1e-9);
      const [ours, theirs] = [a.choice.fit.model, b.choice.fit.model];
      expect(far(ours.weight.data, theirs.weight.data)).toBeLessThan(1e-10);
      expect(far(ours.bias, theirs.bias)).toBeLessThan(1e-10);
      expect(a.choice.fit.receipt).toMatchObject({ solver: "levels", digits: [15, 15] });
      const lambdas = [a.choice.lambda as number, a.choice.lambda as number];
      const [mine, other] = [a, b].map(({ problem }) =>
        inferenceOf(problem, lambdas, { weightKind: "frequency" }),
      );
      const flat = (values: (number | null)[][]) => values.flat().map((value) => value ?? -1);
      for (const name of ["standardError", "t", "hc3"] as const)
        expect(far(flat(mine![name]!), flat(other![name]!))).toBeLessThan(1e-6);
      expect(far(mine!.biasStandardError as number[], other!.biasStandardError as number[])).toBeLessThan(
        1e-8,
      );
      const wanted = { leverage: true, cooksDistance: true };
      const [explained, expected] = [
        diagnosticsOf(a.problem, ours, "frequency", wanted).diagnostics,
        diagnosticsOf(b.problem, theirs, "frequency", wanted).diagnostics,
      ];
      expect(far(explained.df, expected.df)).toBeLessThan(1e-9);
      expect(far(explained.rows!.leverage.data, expected.rows!.leverage.data)).toBeLessThan(1e-8);
      expect(explained.influential).toEqual(expected.influential);
      expect(explained.metrics.map(({ mae }) => mae)).toEqual(
        expected.metrics.map(({ mae }) => expect.closeTo(mae!, 9)),
      );
      expect(explained.gvif).toHaveLength(0); // columns of numbers: no category is known
      expect(explained.condition.before).toBeNull();
      expect(explained.reasons.join()).toMatch(/condition number is left out/);
    },
  );

  test("the grid of λ begins within a few per cent of ten times the largest eigenvalue", () => {
    const [a, b] = [kept, dense].map(
      (data) => ridgePath(data, { standardize: true, folds: 1 }).points[0]!.lambda,
    );
    expect(a! / b!).toBeGreaterThan(0.9);
    expect(a! / b!).toBeLessThan(1.0001);
  });

  test("some of the rows are the same rows expanded", () => {
    expect(kept.take([5, 1, 700]).expanded().X).toEqual(dense.take([5, 1, 700]).X);
    expect(kept.slice(-3).expanded().X.data).toEqual(dense.slice(-3).X.data);
  });
});
