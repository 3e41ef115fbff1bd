import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { solve } from "../../src/linalg/lu.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { farthest, normalMatrix } from "./random.js";

describe("solve", () => {
  test("solve(A, n, B, k) puts the X of A·X = B where B stood, for several columns", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 1e6 }),
        (n, k, seed) => {
          const [A, X] = [normalMatrix(n, n, seed), normalMatrix(n, k, seed + 1)];
          for (let i = 0; i < n; i++) A.data[i * n + i]! += 8;
          const B = A.matmul(X);
          expect(solve(A.clone().data, n, B.data, k)).toBe(true);
          expect(farthest(B, X)).toBeLessThan(1e-11);
        },
      ),
    );
  });

  test("solve takes the largest pivot of a column: a first entry of 0 or of 1e-20 does no harm", () => {
    for (const tiny of [0, 1e-20]) {
      const A = Matrix.from([[tiny, 1, 2], [1, 1, 0], [-4, 0, 1]]); // biome-ignore format: one matrix
      const X = Matrix.from([[1, -2], [3, 5], [-1, 0.5]]); // biome-ignore format: one matrix
      const B = A.matmul(X);
      expect(solve(A.data, 3, B.data, 2)).toBe(true);
      expect(farthest(B, X)).toBeLessThan(1e-15);
    }
    // of 0, 1e-9 and 1 it is the last: with the middle one nine digits were lost
    const growing = Matrix.from([[0, 1, 1], [1e-9, 1, 2], [1, 3, 1]]); // biome-ignore format: one matrix
    const third = Matrix.from([[1 / 3], [1 / 7], [1 / 9]]);
    const right = growing.matmul(third);
    expect(solve(growing.data, 3, right.data, 1)).toBe(true);
    expect(farthest(right, third)).toBeLessThan(1e-15);
    // the pivots 0, then 1 where the row of 3 is needed
    const B = Matrix.from([[5], [7], [3]]);
    expect(solve(Matrix.from([[0, 0, 1], [0, 1, 0], [3, 0, 0]]).data, 3, B.data, 1)).toBe(true); // biome-ignore format: one matrix
    expect([...B.data]).toEqual([1, 7, 5]);
  });

  test("solve says that a matrix is singular, where a pivot is 0 or NaN", () => {
    const solves = (rows: number[][]) =>
      solve(Matrix.from(rows).data, rows.length, new Float64Array(rows.length), 1);
    expect(solves([[0]])).toBe(false);
    expect(solves([[1, 2], [2, 4]])).toBe(false); // biome-ignore format: one matrix
    expect(solves([[1, 0], [0, 0]])).toBe(false); // biome-ignore format: one matrix
    expect(solves([[Number.NaN]])).toBe(false);
    expect(solves([[1e-300]])).toBe(true);
    expect(solve(new Float64Array(0), 0, new Float64Array(0), 1)).toBe(true);
  });
});
