import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { Moments } from "../../src/data/moments.js";
import { fitRidge } from "../../src/fit/fitRidge.js";
import { Problem } from "../../src/fit/problem.js";
import { ridgeSolver } from "../../src/fit/ridgeSolver.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { NumPy } from "../../src/random/numpy.js";

const draw = new NumPy(4);
const normal = (rows: number, cols: number) => new Matrix(rows, cols, draw.standardNormal(rows * cols));
const X = normal(50, 4);
const Y = X.matmul(normal(4, 2)).plus(normal(50, 2).times(0.2));
const raw = { standardize: false, intercept: true };
const scaled = (by: number[], more: number[][] = []) =>
  new Dataset({
    X: X.times(Matrix.from([by]))
      .toArray()
      .map((row, i) => [...row, ...(more[i] ?? [])]),
    Y,
  });
const solverOf = (data: Dataset, coordinates = raw) =>
  ridgeSolver(new Problem("test", Moments.of(data), coordinates), 1);
const ones = [1, 1, 1, 1];

describe("ridgeSolver", () => {
  const plain = solverOf(scaled(ones)).at(0).w;

  it.each([[[1e-12, 1, 1, 1]], [[1, 1e13, 1e-3, 1]], [[1e-20, 1e20, 1, 1e7]], [[1e5, 1e-70, 1e40, 1e-12]]])(
    "has least squares in columns of the units %j as in like ones, and every degree of freedom",
    (units) => {
      const { at, df, rank, varying } = solverOf(scaled(units));
      expect([rank, varying, df(0)]).toEqual([4, 4, 4]);
      for (const [i, w] of at(0).w.entries()) {
        expect(Math.abs((w * units[Math.floor(i / 2)]!) / plain[i]! - 1)).toBeLessThan(1e-12);
      }
    },
  );

  it("shrinks by λ what is short beside it, and leaves what is long", () => {
    const units = [1e-12, 1, 1e12, 1];
    const { at, df } = solverOf(scaled(units));
    // α = 1e-2·W·k/2 lies between the squares of the first column and of the others
    const { w } = at(1e-14);
    const without = new Dataset({ X: X.toArray().map((row) => row.slice(1)), Y });
    const others = solverOf(without).at(0).w;
    for (const i of [0, 1]) expect(Math.abs(w[i]! * 1e-12)).toBeLessThan(1e-8);
    for (const [i, other] of others.entries()) {
      expect((w[i + 2]! * units[Math.floor(i / 2) + 1]!) / other).toBeCloseTo(1, 8);
    }
    expect(df(1e-14)).toBeCloseTo(3, 8);
  });

  it("knows the rank of dependent columns in any units, and has weights of no size along what is left open", () => {
    for (const [a, b] of [
      [1, 1],
      [1e9, 1],
      [1e-9, 1e6],
    ] as const) {
      const sum = X.toArray().map(([x, y]) => [a * (x! + y!), b * (x! - y!)]);
      const { rank, varying, at } = solverOf(scaled([1, 1, 1, 1e5], sum));
      expect([rank, varying]).toEqual([4, 6]);
      for (const lambda of [0, 1e-9, 1]) {
        for (const w of at(lambda).w) expect(Math.abs(w)).toBeLessThan(10);
      }
    }
  });

  it("lets rounding decide nothing where λ is tiny: the weights are those of least norm, df is the rank", () => {
    const sums = X.toArray().map(([a, b, c, d]) => [a! + b! / 3, c! - d! / 7, a! + c! / 9]);
    const data = scaled(ones, sums);
    const least = fitRidge(data, { lambda: 0, standardize: false }).model.weight.T.data;
    const { at, df } = solverOf(data);
    for (const lambda of [0, 1e-17, 1e-15, 1e-13]) {
      for (const [i, w] of at(lambda).w.entries()) expect(Math.abs(w - least[i]!)).toBeLessThan(1e-11);
      expect(df(lambda)).toBeCloseTo(4, 10);
    }
  });

  it("gives a constant column weight 0, standardised and not, and does not count it", () => {
    const constant = X.toArray().map(() => [2.9]);
    for (const standardize of [true, false]) {
      const { at, varying, rank } = solverOf(scaled(ones, constant), { ...raw, standardize });
      expect([rank, varying]).toEqual([4, 4]);
      expect([...at(0).inUnits.w.slice(8)]).toEqual([0, 0]);
      expect([...at(1e-6).inUnits.w.slice(8)]).toEqual([0, 0]);
    }
    // without a bias it is a feature like any other
    expect(solverOf(scaled(ones, constant), { standardize: false, intercept: false }).varying).toBe(5);
  });
});
