import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { Moments } from "../../src/data/moments.js";
import { momentStandardization, standardization, standardize } from "../../src/data/standardizer.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { normalMatrix } from "../linalg/random.js";

const column = (values: number[]) => new Matrix(values.length, 1, Float64Array.from(values));

describe("standardization", () => {
  test("standardization takes means and population deviations, divided by m", () => {
    const X = Matrix.from([
      [1, 10],
      [2, 10],
      [3, 40],
      [6, 40],
    ]);
    expect(standardization(X)).toEqual({ mean: [3, 25], scale: [Math.sqrt(14 / 4), 15], constant: [] });
  });

  test("standardization gives a constant column scale 1 and names it", () => {
    for (const value of [0, 5, -0.1, 0.1, 1 / 3, 1e8 + 0.1, 1e-300, 1e300]) {
      const { mean, scale, constant } = standardization(column(Array(7).fill(value)));
      expect([scale, constant]).toEqual([[1], [0]]);
      expect(Math.abs(mean[0]! - value)).toBeLessThanOrEqual(2 ** -52 * Math.abs(value));
    }
    const mixed = standardization(Matrix.from([[1, 2, 3], [1, 5, 3]])); // biome-ignore format: two rows
    expect([mixed.constant, mixed.scale]).toEqual([
      [0, 2],
      [1, 1.5, 1],
    ]);
  });

  test("standardization takes for constant what has one value, and nothing else: 1 unit in the last place is a spread", () => {
    for (const value of [1, -0.1, 1e6, 1e15, 1e-300]) {
      const { scale, constant } = standardization(
        column([value, value, value * (1 + Number.EPSILON), value]),
      );
      expect(constant).toEqual([]);
      expect(scale[0]).toBeGreaterThanOrEqual(0);
    }
    const center = 1e6;
    const around = (d: number) => standardization(column([center - d, center + d, center - d, center + d]));
    for (const d of [2 ** -32, 2 ** -30, 1])
      expect(around(d)).toEqual({ mean: [center], scale: [d], constant: [] });
    expect(standardization(column([1e-30, -1e-30])).constant).toEqual([]);
  });

  test("standardization of one row is constant throughout", () => {
    expect(standardization(Matrix.from([[4, -7]]))).toEqual({
      mean: [4, -7],
      scale: [1, 1],
      constant: [0, 1],
    });
  });

  test("standardization keeps its digits at an offset of 1e8", () => {
    const plain = normalMatrix(500, 1, 3).data.map((z) => Math.round(z * 2 ** 20) / 2 ** 20);
    const offset = plain.map((x) => x + 1e8); // exact: 27 + 20 bits
    const [a, b] = [standardization(new Matrix(500, 1, plain)), standardization(new Matrix(500, 1, offset))];
    expect(Math.abs(b.scale[0]! / a.scale[0]! - 1)).toBeLessThan(1e-13);
    expect(Math.abs(b.mean[0]! - 1e8 - a.mean[0]!)).toBeLessThan(2e-8);
    expect(b.constant).toEqual([]);
  });
});

describe("standardize", () => {
  test("standardize(X, …) has mean 0 and deviation 1 in every column, so that standardizing again changes nothing", () => {
    const shapes = fc.record({
      rows: fc.integer({ min: 6, max: 40 }),
      cols: fc.integer({ min: 1, max: 4 }),
      seed: fc.integer({ min: 0, max: 1000 }),
      factor: fc.constantFrom(1e-6, 1, 1e6),
      offset: fc.constantFrom(0, 3, -1e6),
    });
    fc.assert(
      fc.property(shapes, ({ rows, cols, seed, factor, offset }) => {
        const X = normalMatrix(rows, cols, seed)
          .times(factor)
          .plus(offset * factor);
        const Z = standardize(X, standardization(X));
        const again = standardization(Z);
        for (const mean of again.mean) expect(Math.abs(mean)).toBeLessThan(1e-8);
        for (const scale of again.scale) expect(Math.abs(scale - 1)).toBeLessThan(1e-8);
        const twice = standardize(Z, again);
        for (let i = 0; i < Z.numel; i++)
          expect(Math.abs(twice.data[i]! - Z.data[i]!)).toBeLessThan(1e-8 * 10);
      }),
    );
  });

  test("standardize uses what was learnt from other rows", () => {
    const learnt = standardization(column([0, 10]));
    expect(standardize(column([5, 10, 20]), learnt).toArray()).toEqual([[0], [1], [3]]);
  });

  test("standardize is 0 throughout in columns that were constant where they were learnt", () => {
    const learnt = standardization(Matrix.from([[7, 1], [7, 3]])); // biome-ignore format: two rows
    const X = Matrix.from([[9, 2], [-1e9, 3]]); // biome-ignore format: two rows
    expect(standardize(X, learnt).toArray()).toEqual([[0, 0], [0, 1]]); // biome-ignore format: two rows
    const wide = standardization(column([0.1, 0.1, 0.1]));
    expect(standardize(column([0.1, 0.1, 0.1]), wide).toArray()).toEqual([[0], [0], [0]]);
  });

  test("standardize leaves its input alone", () => {
    const X = normalMatrix(4, 2, 1);
    standardize(X, standardization(X));
    expect(X).toEqual(normalMatrix(4, 2, 1));
  });
});

describe("momentStandardization", () => {
  const momentsOf = (X: Matrix, weights?: number[]) =>
    Moments.of(new Dataset({ X, Y: new Matrix(X.rows, 1), ...(weights ? { weights } : {}) }));

  test("momentStandardization is standardization, from merged moments too, and with weights that of repeated rows", () => {
    const X = normalMatrix(50, 3, 4)
      .times(Matrix.from([[1, 1e-5, 1e5]]))
      .plus(100);
    const expected = standardization(X);
    const parts = [X.slice(0, 20), X.slice(20, 21), X.slice(21)].map((part) => momentsOf(part));
    for (const found of [momentStandardization(momentsOf(X)), momentStandardization(Moments.merge(parts))]) {
      for (const name of ["mean", "scale"] as const)
        found[name].forEach((x, j) => void expect(x / expected[name][j]!).toBeCloseTo(1, 8));
      expect(found.constant).toEqual([]);
    }
    const weighted = momentStandardization(momentsOf(column([1, 4, 9]), [1, 0, 3]));
    expect(weighted).toEqual(standardization(column([1, 9, 9, 9])));
  });

  test("momentStandardization names a constant column; without centring it is one like any other", () => {
    for (const value of [0, 5, -0.1, 1 / 3, 1e8 + 0.1]) {
      const X = column(Array(30).fill(value));
      const merged = Moments.merge([momentsOf(X.slice(0, 7)), momentsOf(X.slice(7))]);
      for (const moments of [momentsOf(X), merged]) {
        const found = momentStandardization(moments);
        expect([found.scale, found.constant]).toEqual([[1], [0]]);
        expect(momentStandardization(moments, false)).toEqual({ mean: [0], scale: [1], constant: [] });
      }
    }
  });

  test("momentStandardization draws the line at a deviation of 8·ε·|mean|, whatever the weights and the rows", () => {
    for (const [unit, count] of [
      [1, 4],
      [1e11, 4],
      [1e-12, 4000],
    ] as const) {
      // biome-ignore format: a table
      const around = (d: number) => {
        const X = column(Array.from({ length: count }, (_, i) => 1e6 + (i % 2 === 0 ? d : -d)));
        return momentStandardization(momentsOf(X, Array<number>(count).fill(unit))).constant;
      };
      const bound = 8 * Number.EPSILON * 1e6;
      expect([around(bound / 2), around(bound * 2)]).toEqual([[0], []]);
    }
  });

  test("momentStandardization refuses a column whose squares overflow", () => {
    expect(() => momentStandardization(momentsOf(column([1e200, -1e200])))).toThrow(
      expect.objectContaining({ code: "NOT_FINITE" }),
    );
  });
});
