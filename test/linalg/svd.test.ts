import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Matrix } from "../../src/linalg/matrix.js";
import { svd } from "../../src/linalg/svd.js";
import { symmetricEigen } from "../../src/linalg/symmetricEigen.js";
import { farthest, identity, normalMatrix } from "./random.js";

const EPSILON = Number.EPSILON;

/** Checks A = U·diag(s)·Vᵀ, UᵀU = VᵀV = I and the order; returns s. */
function decomposed(A: Matrix): Float64Array {
  const { rows: m, cols: n } = A;
  const before = A.clone();
  const { U, s, V } = svd(A.data, m, n);
  expect(A).toEqual(before);
  const [left, right] = [new Matrix(m, n, U), new Matrix(n, n, V)];
  expect(farthest(left.T.matmul(left), identity(n))).toBeLessThanOrEqual(4 * (m + 4) * EPSILON);
  expect(farthest(right.T.matmul(right), identity(n))).toBeLessThanOrEqual(4 * (m + 4) * EPSILON);
  const unit = s[0] ? s[0] : 1;
  const product = left
    .times(
      new Matrix(
        1,
        n,
        s.map((value) => value / unit),
      ),
    )
    .matmul(right.T);
  const scaled = new Matrix(
    m,
    n,
    A.data.map((a) => a / unit),
  );
  expect(farthest(product, scaled)).toBeLessThanOrEqual(4 * (m + 4) * EPSILON);
  for (let j = 0; j < n; j++) {
    expect(s[j]).toBeGreaterThanOrEqual(0);
    if (j > 0) expect(s[j]).toBeLessThanOrEqual(s[j - 1]!);
  }
  return s;
}

const shapes = fc.record({
  n: fc.integer({ min: 1, max: 9 }),
  more: fc.integer({ min: 0, max: 9 }),
  seed: fc.integer({ min: 0, max: 1e6 }),
});

describe("svd", () => {
  test("svd(A) decomposes A, in descending order, and leaves A alone", () => {
    fc.assert(fc.property(shapes, ({ n, more, seed }) => void decomposed(normalMatrix(n + more, n, seed))));
  });

  test("svd's squares are the eigenvalues of AᵀA", () => {
    fc.assert(
      fc.property(shapes, ({ n, more, seed }) => {
        const A = normalMatrix(n + more, n, seed);
        const s = decomposed(A);
        const { values } = symmetricEigen(A.T.matmul(A).data, n);
        for (let j = 0; j < n; j++)
          expect(Math.abs(values[j]! - s[j]! ** 2)).toBeLessThan(1e-13 * values[0]!);
      }),
    );
  });

  test("svd of rank-deficient matrices: zeros, ones, columns that repeat, fewer directions than columns", () => {
    expect(Array.from(decomposed(new Matrix(5, 3)))).toEqual([0, 0, 0]);
    expect(Array.from(decomposed(new Matrix(3, 0)))).toEqual([]);
    const ones = decomposed(new Matrix(6, 4, new Float64Array(24).fill(1)));
    expect(Math.abs(ones[0]! - Math.sqrt(24))).toBeLessThan(1e-14);
    expect(ones[1]).toBeLessThan(1e-15);
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 4 }), ({ n, more, seed }, rank) => {
        const A = normalMatrix(n + more, rank, seed).matmul(normalMatrix(rank, n, seed + 1));
        const s = decomposed(A);
        for (const value of s.slice(rank)) expect(value).toBeLessThan(1e-14 * s[0]!);
      }),
    );
  });

  test("svd of whole numbers with exact dependencies, in which rows of R vanish to the last bit", () => {
    const entries = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 33, maxLength: 33 });
    const sizes = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(
        entries,
        entries,
        sizes,
        sizes,
        fc.integer({ min: 1, max: 3 }),
        (left, right, n, more, rank) => {
          const F = new Matrix(n + more - 1, rank, Float64Array.from(left.slice(0, (n + more - 1) * rank)));
          const G = new Matrix(rank, n, Float64Array.from(right.slice(0, rank * n)));
          const s = decomposed(F.matmul(G));
          for (const value of s.slice(rank)) expect(value).toBeLessThanOrEqual(1e-14 * s[0]!);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("svd keeps the digits of small singular values where the columns only differ in scale", () => {
    // A = B·D: with powers of two in D nothing is rounded, so the columns of A carry B's digits at any scale.
    // With D graded more steeply than B is conditioned, σⱼ is |rⱼⱼ|·dⱼ up to the ratio of neighbours' squares.
    for (let seed = 0; seed < 40; seed++) {
      const n = 6;
      const B = normalMatrix(9, n, seed);
      const order = [3, 0, 5, 1, 4, 2];
      const powers = order.map((rank) => 2 ** (-60 * rank));
      const A = B.times(new Matrix(1, n, Float64Array.from(powers)));
      const s = decomposed(A);
      const sorted = Array.from({ length: n }, (_, rank) => order.indexOf(rank));
      for (const [j, norm] of gramSchmidtNorms(B, sorted).entries()) {
        expect(Math.abs(s[j]! / (norm * 2 ** (-60 * j)) - 1)).toBeLessThan(1e-13);
      }
    }
  });

  test("svd scales with the matrix, from 1e-300 to 1e300, to the bit", () => {
    const A = normalMatrix(8, 5, 3);
    const s = svd(A.data, 8, 5).s;
    for (const scale of [2 ** -1000, 2 ** -500, 2 ** 500, 2 ** 1000]) {
      expect(decomposed(A.times(scale))).toEqual(s.map((value) => value * scale));
    }
  });

  test("svd of columns far beyond the range of their squares", () => {
    const A = normalMatrix(7, 4, 2).times(new Matrix(1, 4, Float64Array.of(1, 1e-250, 1e-160, 1e-90)));
    const s = decomposed(A);
    expect(s[3]! / 1e-250).toBeGreaterThan(0.1);
    expect(s[3]! / 1e-250).toBeLessThan(10);
  });

  test("svd of the Läuchli matrix, whose small values the normal equations lose", () => {
    const e = 2 ** -30;
    const s = decomposed(Matrix.from([[1, 1, 1], [e, 0, 0], [0, e, 0], [0, 0, e]])); // biome-ignore format: one matrix
    expect(Math.abs(s[0]! - Math.sqrt(3 + e * e))).toBeLessThan(1e-15);
    for (const value of [s[1]!, s[2]!]) expect(Math.abs(value / e - 1)).toBeLessThan(1e-6); // κ·ε of columns that are nearly equal
  });

  test("svd of 100×60", () => void decomposed(normalMatrix(100, 60, 9)));
});

/** ‖bⱼ − its projection on the columns before‖, columns taken in an order: |rⱼⱼ| of their QR. */
function gramSchmidtNorms(B: Matrix, order: number[]): number[] {
  const rows = B.T.toArray();
  const basis: number[][] = [];
  return order.map((at) => {
    let v = rows[at]!.slice();
    for (let pass = 0; pass < 2; pass++) {
      for (const q of basis) {
        const dot = v.reduce((sum, x, i) => sum + x * q[i]!, 0);
        v = v.map((x, i) => x - dot * q[i]!);
      }
    }
    const norm = Math.hypot(...v);
    basis.push(v.map((x) => x / norm));
    return norm;
  });
}
