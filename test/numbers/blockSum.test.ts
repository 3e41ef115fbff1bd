import fc from "fast-check";
import { expect, test } from "vitest";
import { BLOCK_ROWS, columnSums } from "../../src/numbers/blockSum.js";
import { spread } from "./exact.js";

/** The sum of values[from, to) from left to right, starting from 0. */
function run(values: number[], from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]!;
  return sum;
}

/** The sum of the blocks first … last − 1 as a tree: its first 2^p blocks, p as large as can be, and the rest. */
function tree(blocks: number[]): number {
  if (blocks.length === 1) return blocks[0]!;
  let half = 1;
  while (2 * half < blocks.length) half *= 2;
  return tree(blocks.slice(0, half)) + tree(blocks.slice(half));
}

test.each([1, 2, 1023, 1024, 1025, 2048, 2049, 3000, 4096, 5121, 7000])(
  "columnSums of %d rows adds runs of 1024, and the runs as a tree",
  (rows) => {
    const columns = [spread(rows, 1), spread(rows, 2), spread(rows, 3)].map((column) =>
      column.map((u, i) => (u - 0.3) * 10 ** (i % 17)),
    );
    const values = Float64Array.from({ length: rows * 3 }, (_, at) => columns[at % 3]![Math.floor(at / 3)]!);
    const expected = columns.map((column) => {
      const blocks = [];
      for (let at = 0; at < rows; at += BLOCK_ROWS)
        blocks.push(run(column, at, Math.min(rows, at + BLOCK_ROWS)));
      return tree(blocks);
    });
    expect(Array.from(columnSums(values, rows, 3))).toEqual(expected);
  },
);

test("columnSums of no rows are zeros, and of no columns nothing", () => {
  expect(columnSums(new Float64Array(0), 0, 3)).toEqual(new Float64Array(3));
  expect(columnSums(new Float64Array(0), 5, 0)).toEqual(new Float64Array(0));
});

test("columnSums leaves its input alone and keeps whole numbers exact", () => {
  const numbers = fc.array(fc.integer({ min: -1e6, max: 1e6 }), { maxLength: 60 });
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 4 }), (list, cols) => {
      const rows = Math.floor(list.length / cols);
      const values = Float64Array.from(list);
      const sums = columnSums(values, rows, cols);
      for (let l = 0; l < cols; l++) {
        let sum = 0;
        for (let i = 0; i < rows; i++) sum += list[i * cols + l]!;
        expect(sums[l]).toBe(sum + 0);
      }
      expect(Array.from(values)).toEqual(list);
    }),
  );
});

test("columnSums carries NaN and infinities into their own column alone", () => {
  const values = Float64Array.of(1, Number.NaN, Infinity, 2, 5, -1, 3, 6, 4);
  expect(Array.from(columnSums(values, 3, 3))).toEqual([6, Number.NaN, Infinity]);
});
