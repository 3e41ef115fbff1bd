import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type KFoldOptions, kFold, rowsOfFolds } from "../../src/data/folds.js";
import { NumPy } from "../../src/random/index.js";
import { refuses } from "../nn/help.js";

describe("kFold", () => {
  test("kFold puts every row in one fold, sizes differing by at most one, the larger first", () => {
    const cases = fc.record({
      rows: fc.integer({ min: 2, max: 60 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      shuffle: fc.boolean(),
      randomState: fc.integer({ min: 0, max: 1000 }),
    });
    fc.assert(
      fc.property(cases, ({ rows, share, ...options }) => {
        const folds = 2 + Math.floor(share * (rows - 2));
        const fold = kFold(rows, { folds, ...options });
        const sizes = Array.from({ length: folds }, (_, f) => fold.filter((x) => x === f).length);
        expect(sizes.reduce((sum, size) => sum + size)).toBe(rows);
        expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
        expect(sizes[0]! - sizes.at(-1)!).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("kFold keeps the rows in order unless told to shuffle", () => {
    expect([...kFold(7, { folds: 3 })]).toEqual([0, 0, 0, 1, 1, 2, 2]);
  });

  test("kFold goes on with a generator that is passed in, and differs unseeded", () => {
    const generator = new NumPy(3);
    const draw = () => [...kFold(40, { folds: 4, shuffle: true, randomState: generator })];
    expect(draw()).not.toEqual(draw());
    const unseeded = () => [...kFold(40, { folds: 4, shuffle: true })];
    expect(unseeded()).not.toEqual(unseeded());
  });

  test("kFold refuses numbers of folds that do not fit, and misspelt options", () => {
    for (const folds of [1, 0, 2.5, Number.NaN, "3" as unknown as number])
      refuses(() => kFold(10, { folds }), "VALUE", /folds/);
    refuses(() => kFold(10, { folds: 11 }), "VALUE", /at most 10 folds/);
    refuses(() => kFold(1, { folds: 2 }), "VALUE");
    refuses(() => kFold(9, { n_splits: 3 } as unknown as KFoldOptions), "OPTION", /n_splits/);
  });
});

describe("rowsOfFolds", () => {
  test("rowsOfFolds takes every distinct label as a fold, in order", () => {
    expect(rowsOfFolds("", ["b", "a", "b", "é"], 4)).toEqual([[1], [0, 2], [3]]);
    expect(rowsOfFolds("", [10, 9, 10, -1], 4)).toEqual([[3], [1], [0, 2]]);
    expect(rowsOfFolds("", kFold(4, { folds: 2 }), 4)).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  test("rowsOfFolds refuses labels that do not fit", () => {
    refuses(() => rowsOfFolds("f", ["a", "b"], 3), "VALUE", /3 rows.*2 labels/);
    refuses(() => rowsOfFolds("f", ["a", "a"], 2), "VALUE", /at least two folds, got 1/);
    refuses(() => rowsOfFolds("f", [1, Number.NaN], 2), "VALUE", /NaN at row 1/);
    refuses(() => rowsOfFolds("f", [1, null] as unknown as number[], 2), "VALUE", /null at row 1/);
  });
});
