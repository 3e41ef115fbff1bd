import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { type SplitOptions, trainTestSplit } from "../../src/data/split.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { NumPy } from "../../src/random/index.js";
import { refuses } from "../nn/help.js";

/** m rows, X and Y holding the row's number and its negative. */
function numbered(m: number): Dataset {
  const X = new Matrix(
    m,
    1,
    Float64Array.from({ length: m }, (_, i) => i),
  );
  return new Dataset({ X, Y: X.times(-1), inputs: ["row"], outputs: ["minus row"] });
}

const rowsOf = (data: Dataset) => Array.from(data.X.data);
const counts = (m: number, options: SplitOptions) => {
  const { train, test: rest } = trainTestSplit(numbered(m), { randomState: 0, ...options });
  return [train.rows, rest.rows];
};

describe("trainTestSplit sizes", () => {
  test("trainTestSplit takes a quarter to test unless told otherwise", () => {
    expect(counts(10, {})).toEqual([7, 3]);
    expect(counts(8, {})).toEqual([6, 2]);
    expect(counts(2, {})).toEqual([1, 1]);
  });

  test("trainTestSplit takes ⌈testSize·m⌉ rows to test, the rest to train", () => {
    expect(counts(10, { testSize: 0.25 })).toEqual([7, 3]);
    expect(counts(10, { testSize: 0.01 })).toEqual([9, 1]);
    expect(counts(10, { testSize: 4 })).toEqual([6, 4]);
    expect(counts(10, { testSize: 1 })).toEqual([9, 1]);
  });

  test("trainTestSplit takes ⌊trainSize·m⌋ rows to train, the rest to test", () => {
    expect(counts(10, { trainSize: 0.25 })).toEqual([2, 8]);
    expect(counts(10, { trainSize: 0.99 })).toEqual([9, 1]);
    expect(counts(10, { trainSize: 4 })).toEqual([4, 6]);
  });

  test("trainTestSplit with both sizes may leave rows out", () => {
    expect(counts(10, { trainSize: 0.55, testSize: 0.11 })).toEqual([5, 2]);
    expect(counts(10, { trainSize: 3, testSize: 0.5 })).toEqual([3, 5]);
    expect(counts(10, { trainSize: 9, testSize: 1 })).toEqual([9, 1]);
  });

  test("trainTestSplit refuses sizes that are no fraction in (0, 1) and no number of rows", () => {
    for (const size of [0, -0.1, 1.5, 10, 11, -1, Number.NaN, Infinity, "3" as unknown as number]) {
      refuses(() => trainTestSplit(numbered(10), { testSize: size }), "VALUE", /testSize.*\[1, 9\]/);
      refuses(() => trainTestSplit(numbered(10), { trainSize: size }), "VALUE", /trainSize/);
    }
  });

  test("trainTestSplit refuses sizes that leave no row to train on or add up to too many", () => {
    refuses(() => trainTestSplit(numbered(10), { testSize: 0.99 }), "VALUE", /at least one row to train on/);
    refuses(
      () => trainTestSplit(numbered(10), { trainSize: 0.05 }),
      "VALUE",
      /0 to train on and 10 to test on/,
    );
    refuses(
      () => trainTestSplit(numbered(10), { trainSize: 0.6, testSize: 0.5 }),
      "VALUE",
      /at most 10 rows/,
    );
    refuses(() => trainTestSplit(numbered(1)), "VALUE");
    refuses(() => trainTestSplit(numbered(0)), "VALUE");
  });

  test("trainTestSplit refuses misspelt options and seeds that NumPy refuses", () => {
    refuses(() => trainTestSplit(numbered(9), { test_size: 3 } as SplitOptions), "OPTION", /test_size/);
    refuses(() => trainTestSplit(numbered(9), { shuffle: 1 as unknown as boolean }), "VALUE", /shuffle/);
    refuses(() => trainTestSplit(numbered(9), { randomState: -1 }), "SEED");
  });
});

describe("trainTestSplit rows", () => {
  test("trainTestSplit gives every row to one side, X and Y together, names kept", () => {
    const cases = fc.record({
      m: fc.integer({ min: 2, max: 40 }),
      testSize: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
      shuffle: fc.boolean(),
      randomState: fc.integer({ min: 0, max: 1000 }),
    });
    fc.assert(
      fc.property(cases, ({ m, ...options }) => {
        const { train, test: rest } = trainTestSplit(numbered(m), options);
        const all = [...rowsOf(train), ...rowsOf(rest)];
        expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: m }, (_, i) => i));
        for (const side of [train, rest]) {
          expect(Array.from(side.Y.data)).toEqual(rowsOf(side).map((i) => -i));
          expect([side.inputs, side.outputs]).toEqual([["row"], ["minus row"]]);
        }
      }),
    );
  });

  test("trainTestSplit tests on the first of NumPy's permutation and trains on the next", () => {
    const order = Array.from(new NumPy(3).permutation(10));
    const split = trainTestSplit(numbered(10), { testSize: 3, trainSize: 5, randomState: 3 });
    expect(rowsOf(split.test)).toEqual(order.slice(0, 3));
    expect(rowsOf(split.train)).toEqual(order.slice(3, 8));
  });

  test("trainTestSplit goes on with a generator that is passed in, and differs unseeded", () => {
    const generator = new NumPy(3);
    const orders = Array.from({ length: 2 }, () =>
      rowsOf(trainTestSplit(numbered(30), { randomState: generator }).test),
    );
    expect(orders[0]).not.toEqual(orders[1]);
    const unseeded = Array.from({ length: 2 }, () => rowsOf(trainTestSplit(numbered(30)).train));
    expect(unseeded[0]).not.toEqual(unseeded[1]);
  });

  test("trainTestSplit without shuffling trains on the head and tests on what follows, sharing memory", () => {
    const data = numbered(10);
    const { train, test: rest } = trainTestSplit(data, { shuffle: false, trainSize: 5, testSize: 2 });
    expect([rowsOf(train), rowsOf(rest)]).toEqual([
      [0, 1, 2, 3, 4],
      [5, 6],
    ]);
    train.X.data[0] = 99;
    expect(data.X.data[0]).toBe(99);
    const shuffled = trainTestSplit(data, { randomState: 0 }).train;
    shuffled.X.data.fill(-5);
    expect(rowsOf(data).includes(-5)).toBe(false);
  });
});
