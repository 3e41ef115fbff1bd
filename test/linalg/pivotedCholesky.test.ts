import { describe, expect, it } from "vitest";
import { pivotedCholesky } from "../../src/linalg/pivotedCholesky.js";
import { NumPy } from "../../src/random/numpy.js";

const draw = new NumPy(9);

/** B·Bᵀ of a random B [n×r]. */
function gram(n: number, r: number): Float64Array {
  const B = draw.standardNormal(n * r);
  const A = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) for (let c = 0; c < r; c++) A[i * n + j]! += B[i * r + c]! * B[j * r + c]!;
  return A;
}

describe("pivotedCholesky", () => {
  it.each([
    [1, 1],
    [6, 6],
    [6, 2],
    [30, 11],
    [4, 0],
  ])("factors a matrix of size %i and rank %i: PᵀAP = LLᵀ", (n, r) => {
    const A = gram(n, r);
    const { L, order, rank } = pivotedCholesky(A, n);
    expect(rank).toBe(r);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    const size = Math.max(1, ...A);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let c = 0; c < n; c++) sum += L[i * n + c]! * L[j * n + c]!;
        expect(Math.abs(sum - A[order[i]! * n + order[j]!]!)).toBeLessThan(n * 1e-15 * size);
        if (j > i || j >= rank) expect(L[i * n + j]).toBe(0);
      }
    }
  });

  it("takes the largest that is left first, and reads the lower triangle alone", () => {
    const A = Float64Array.of(1, Number.NaN, Number.NaN, 2, 9, Number.NaN, 0.5, 3, 4);
    const { L, order } = pivotedCholesky(A, 3);
    expect(order).toEqual([1, 2, 0]);
    expect([L[0], L[3]]).toEqual([3, 1]);
    expect(L[4]).toBeCloseTo(Math.sqrt(3), 15);
  });

  it("has nothing of a matrix of zeros, and of none", () => {
    expect(pivotedCholesky(new Float64Array(4), 2).rank).toBe(0);
    expect(pivotedCholesky(new Float64Array(0), 0)).toEqual({ L: new Float64Array(0), order: [], rank: 0 });
  });
});
