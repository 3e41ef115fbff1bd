import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { MomentStream } from "../../src/data/momentStream.js";
import { Moments } from "../../src/data/moments.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { NumPy } from "../../src/random/numpy.js";

const random = new NumPy(14);

/** m rows of n features and k targets, with weights if asked for, and the same as columns. */
function rows(m: number, n: number, k: number, weighted: boolean) {
  const X = new Matrix(m, n, random.normal(1e6, 1, m * n));
  const Y = new Matrix(m, k, random.standardNormal(m * k));
  const weights = random.uniform(0, 2, m);
  const column = (A: Matrix, j: number) =>
    Float64Array.from({ length: m }, (_, i) => A.data[i * A.cols + j]!);
  const columns = [
    ...Array.from({ length: n }, (_, j) => column(X, j)),
    ...Array.from({ length: k }, (_, l) => column(Y, l)),
    ...(weighted ? [weights] : []),
  ];
  return { dataset: new Dataset({ X, Y, ...(weighted ? { weights } : {}) }), columns };
}

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

describe("MomentStream", () => {
  it.each([
    [1, 1, 1, false],
    [1024, 3, 2, false],
    [40_000, 3, 1, false],
    [40_000, 2, 2, true],
    [9000, 30, 5, false],
  ])("has the bits of Moments.of, however the rows come: %i rows", (m, n, k, weighted) => {
    const { dataset, columns } = rows(m, n, k, weighted);
    const expected = JSON.stringify(Moments.of(dataset));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: m }), { minLength: 1, maxLength: 20 }), (sizes) => {
        const stream = new MomentStream(names("x", n), names("y", k), weighted);
        for (let from = 0, part = 0; from < m; part++) {
          const count = Math.min(m - from, sizes[part % sizes.length]!);
          stream.add(
            columns.map((column) => column.subarray(from)),
            count,
          );
          from += count;
        }
        expect(JSON.stringify(stream.moments())).toBe(expected);
      }),
      { numRuns: 5, examples: [[[m]], [[Math.ceil(m / 3)]]] },
    );
  });

  it("refuses other columns, numbers that are not finite, and no rows", () => {
    const stream = () => new MomentStream(["x"], ["y"]);
    const one = (x: number) => [Float64Array.of(x), Float64Array.of(1)];
    expect(() => stream().add([Float64Array.of(1)], 1)).toThrow(/2 columns of at least 1 entries, got 1/);
    expect(() => stream().add(one(1), 2)).toThrow(/at least 2 entries/);
    expect(() => stream().moments()).toThrow(/at least one row/);
    for (const x of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const bad = stream();
      bad.add(one(x), 1);
      expect(() => bad.moments()).toThrow(/finite/);
    }
  });
});
