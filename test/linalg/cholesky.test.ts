import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  cholesky,
  choleskyInverse,
  choleskySolve,
  inverseOfLower,
  reciprocalCondition1,
} from "../../src/linalg/cholesky.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { farthest, normalMatrix } from "./random.js";

const sizes = fc.record({ n: fc.integer({ min: 1, max: 9 }), seed: fc.integer({ min: 0, max: 1e6 }) });

/** BᵀB + shift·I, symmetric to the bit. */
function positive(n: number, seed: number, shift = 0.1): Matrix {
  const B = normalMatrix(n, n, seed);
  const A = B.T.matmul(B);
  for (let i = 0; i < n; i++) A.data[i * n + i]! += shift;
  return A.plus(A.T).times(0.5);
}

/** The Hilbert matrix, entries 1/(1 + i + j). */
const hilbert = (n: number) =>
  new Matrix(
    n,
    n,
    new Float64Array(n * n).map((_, at) => 1 / (1 + Math.floor(at / n) + (at % n))),
  );

/** ‖A‖₁, the largest sum of a column's sizes. */
const norm1 = (A: Matrix) =>
  A.T.toArray().reduce(
    (most, row) =>
      Math.max(
        most,
        row.reduce((s, x) => s + Math.abs(x), 0),
      ),
    0,
  );

describe("cholesky", () => {
  test("cholesky(A) gives L with L·Lᵀ = A, lower triangular, positive diagonal", () => {
    fc.assert(
      fc.property(sizes, ({ n, seed }) => {
        const A = positive(n, seed);
        const { L, failedAt } = cholesky(A.data, n);
        expect(failedAt).toBeNull();
        const factor = new Matrix(n, n, L);
        expect(farthest(factor.matmul(factor.T), A)).toBeLessThan(1e-14 * norm1(A));
        for (let i = 0; i < n; i++) {
          expect(L[i * n + i]).toBeGreaterThan(0);
          for (let j = i + 1; j < n; j++) expect(L[i * n + j]).toBe(0);
        }
      }),
    );
  });

  test("cholesky of whole numbers is exact", () => {
    const A = Matrix.from([[4, 12, -16], [12, 37, -43], [-16, -43, 98]]); // biome-ignore format: one matrix
    expect(Array.from(cholesky(A.data, 3).L)).toEqual([2, 0, 0, 6, 1, 0, -8, 5, 3]);
  });

  test("cholesky reads the lower triangle alone, and leaves its matrix alone", () => {
    const A = positive(5, 1);
    const lower = A.clone();
    for (let i = 0; i < 5; i++) for (let j = i + 1; j < 5; j++) lower.data[i * 5 + j] = Number.NaN;
    const before = lower.clone();
    expect(cholesky(lower.data, 5)).toEqual(cholesky(A.data, 5));
    expect(lower).toEqual(before);
  });

  test("cholesky ends at the first pivot that is at most n·ε of its diagonal entry", () => {
    const failedAt = (rows: number[][]) => cholesky(Matrix.from(rows).data, rows.length).failedAt;
    expect(failedAt([[0]])).toBe(0);
    expect(failedAt([[-1]])).toBe(0);
    expect(failedAt([[1, 2], [2, 1]])).toBe(1); // biome-ignore format: one matrix
    expect(failedAt([[1, 1], [1, 1]])).toBe(1); // biome-ignore format: one matrix
    expect(failedAt([[1, 1], [1, 1 + 2 ** -51]])).toBe(1); // biome-ignore format: one matrix
    expect(failedAt([[1, 1], [1, 1 + 2 ** -50]])).toBeNull(); // biome-ignore format: one matrix
    expect(failedAt([[1, Number.NaN], [Number.NaN, 1]])).toBe(1); // biome-ignore format: one matrix
    // relative to the diagonal: small units are no reason to refuse
    expect(failedAt([[1e-200, 0], [0, 1e200]])).toBeNull(); // biome-ignore format: one matrix
  });

  test("cholesky keeps the rows before the pivot that fails, and has zeros from it on", () => {
    const A = Matrix.from([[4, 2, 2, 1], [2, 5, 3, 1], [2, 3, 2, 1], [1, 1, 1, 9]]); // biome-ignore format: one matrix
    const { L, failedAt } = cholesky(A.data, 4);
    expect(failedAt).toBe(2);
    expect(Array.from(L)).toEqual([2, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test("cholesky, or the condition number, refuses every BᵀB with fewer rows than columns", () => {
    fc.assert(
      fc.property(sizes, ({ n, seed }) => {
        const B = normalMatrix(n, n + 1, seed);
        const A = B.T.matmul(B).data;
        const { L, failedAt } = cholesky(A, n + 1);
        if (failedAt === null) expect(reciprocalCondition1(A, L, n + 1)).toBeLessThan(1e-13);
      }),
    );
  });

  test("cholesky of an empty matrix is empty", () => {
    expect(cholesky(new Float64Array(0), 0)).toEqual({ L: new Float64Array(0), failedAt: null });
  });
});

describe("choleskySolve", () => {
  test("choleskySolve(L, n, B, k) solves A·X = B in place, each column as if alone", () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 4 }), ({ n, seed }, k) => {
        const A = positive(n, seed);
        const { L } = cholesky(A.data, n);
        const B = normalMatrix(n, k, seed + 1);
        const X = B.clone();
        choleskySolve(L, n, X.data, k);
        const size = norm1(A) * X.data.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
        expect(farthest(A.matmul(X), B)).toBeLessThan(1e-13 * size);
        for (let c = 0; c < k; c++) {
          const column = Float64Array.from({ length: n }, (_, i) => B.data[i * k + c]!);
          choleskySolve(L, n, column, 1);
          expect(column).toEqual(Float64Array.from({ length: n }, (_, i) => X.data[i * k + c]!));
        }
      }),
    );
  });
});

describe("reciprocalCondition1", () => {
  const estimate = (A: Matrix) => 1 / reciprocalCondition1(A.data, cholesky(A.data, A.rows).L, A.rows);
  /** ‖A‖₁·‖A⁻¹‖₁ by all columns of the inverse. */
  function condition1(A: Matrix): number {
    const inverse = Matrix.from(
      Array.from({ length: A.rows }, (_, i) => Array.from({ length: A.rows }, (_, j) => (i === j ? 1 : 0))),
    );
    choleskySolve(cholesky(A.data, A.rows).L, A.rows, inverse.data, A.rows);
    return norm1(A) * norm1(inverse);
  }

  test("1/reciprocalCondition1 is the condition number or somewhat less, never more", () => {
    let right = 0;
    for (let seed = 0; seed < 300; seed++) {
      const A = positive(1 + (seed % 12), seed, 10 ** -(seed % 7));
      const [guess, truth] = [estimate(A), condition1(A)];
      expect(guess).toBeLessThanOrEqual(truth * (1 + 1e-10));
      expect(guess).toBeGreaterThan(truth / 3);
      if (guess > truth * 0.999) right++;
    }
    expect(right).toBeGreaterThan(270);
  });

  test("1/reciprocalCondition1 of the Hilbert matrices, known in whole numbers", () => {
    for (const [n, expected] of [
      [2, 27],
      [3, 748],
      [4, 28375],
      [5, 943656],
      [6, 29070279],
    ] as const) {
      // biome-ignore format: a table
      expect(Math.abs(estimate(hilbert(n)) / expected - 1)).toBeLessThan(1e-9);
    }
  });

  test("reciprocalCondition1 is 1 for the identity, for a number, and for nothing; scale does not matter", () => {
    expect(reciprocalCondition1(new Float64Array(0), new Float64Array(0), 0)).toBe(1);
    expect(reciprocalCondition1(Float64Array.of(9), Float64Array.of(3), 1)).toBe(1);
    const A = positive(6, 3);
    for (const scale of [2 ** -900, 2 ** 900]) expect(estimate(A.times(scale))).toBe(estimate(A));
  });
});

describe("a large matrix", () => {
  const n = 300;
  const X = normalMatrix(n + 20, n, 5);
  const A = X.T.matmul(X);

  test("is factored in blocks as row by row", () => {
    const { L, failedAt } = cholesky(A.data, n);
    expect(failedAt).toBeNull();
    const factor = new Matrix(n, n, L);
    const size = A.data.reduce((most, a) => Math.max(most, Math.abs(a)), 0);
    const far = factor
      .matmul(factor.T)
      .minus(A)
      .data.reduce((most, a) => Math.max(most, Math.abs(a)), 0);
    expect(far).toBeLessThan(1e-14 * n * size);
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) expect(L[i * n + j]).toBe(0);
  });

  test("with a dependent row ends there, with the rows before it factored", () => {
    const dependent = A.data.slice();
    for (let j = 0; j < n; j++) dependent[200 * n + j] = dependent[j * n + 200] = dependent[3 * n + j]!;
    dependent[200 * n + 200] = dependent[3 * n + 3]!;
    const { L, failedAt } = cholesky(dependent, n);
    expect(failedAt).toBe(200);
    const whole = cholesky(A.data, n).L;
    for (let at = 0; at < 200 * n; at++) expect(Math.abs(L[at]! - whole[at]!)).toBeLessThan(1e-9);
    expect(L.subarray(200 * n).every((value) => value === 0)).toBe(true);
  });

  test("has the inverse choleskyInverse gives, and a triangular one of its factor", () => {
    const { L } = cholesky(A.data, n);
    const identity = (P: Matrix) =>
      P.data.reduce((most, a, at) => Math.max(most, Math.abs(a - (at % (n + 1) === 0 ? 1 : 0))), 0);
    expect(identity(new Matrix(n, n, inverseOfLower(L, n)).matmul(new Matrix(n, n, L)))).toBeLessThan(1e-11);
    expect(identity(new Matrix(n, n, choleskyInverse(L, n)).matmul(A))).toBeLessThan(1e-9);
  });
});
