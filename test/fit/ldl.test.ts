import { describe, expect, it } from "vitest";
import { BITS, factored, inverseOfL, ONE, solveLDL } from "../../src/fit/ldl.js";
import { spread } from "../numbers/exact.js";

const fixed = (value: number) => (BigInt(Math.round(value * 2 ** 40)) << BigInt(BITS)) >> 40n;
const product = (a: bigint, b: bigint) => (a * b) >> BigInt(BITS);
const small = (v: bigint, bits: number) => (v < 0n ? -v : v) < 1n << BigInt(BITS - bits);

/** ZᵀZ/m of m×n numbers in (−½, ½), whole multiples of 2^−40. */
function gram(n: number, m: number, seed: number): bigint[][] {
  const numbers = spread(n * m, seed).map((u) => fixed(u - 0.5));
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => {
      let sum = 0n;
      for (let r = 0; r < m; r++) sum += numbers[r * n + i]! * numbers[r * n + j]!;
      return (sum >> BigInt(BITS)) / BigInt(m);
    }),
  );
}

describe("factored", () => {
  it("is A = L·diag(d)·Lᵀ to 2^−240, from the lower triangle alone", () => {
    for (const [n, seed] of [
      [1, 1],
      [3, 2],
      [8, 3],
    ] as const) {
      // biome-ignore format: a table
      const A = gram(n, 2 * n + 3, seed);
      const { L, d, basis, dependent, leftOver } = factored(A.map((row, i) => row.slice(0, i + 1)));
      expect([basis.length, dependent, leftOver]).toEqual([n, [], Number.NEGATIVE_INFINITY]);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j <= i; j++) {
          const sum = L[i]!.reduce((all, l, t) => all + product(product(l, d[t]!), L[j]![t]!), 0n);
          expect(small(sum - A[i]![j]!, 240)).toBe(true);
        }
      }
    }
  });

  it("names rows that depend on those before, and goes on without them", () => {
    const A = gram(3, 9, 4);
    // row 1 of five is twice row 0; the last is the sum of rows 0 and 2
    const map = [[1, 0, 0], [2, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]]; // biome-ignore format: rows
    const wide = map.map((a) =>
      map.map((b) => {
        let sum = 0n;
        for (const [i, x] of a.entries()) for (const [j, y] of b.entries()) sum += BigInt(x * y) * A[i]![j]!;
        return sum;
      }),
    );
    const { basis, dependent, d, leftOver } = factored(wide);
    expect([basis, dependent]).toEqual([[0, 2, 3], [1, 4]]); // biome-ignore format: a pair
    expect([d[1], d[4]]).toEqual([0n, 0n]);
    expect(Math.abs(leftOver)).toBeLessThan(2 ** -240);
  });

  it("draws the line at (8n·ε)² of the diagonal", () => {
    const off = (power: number) => {
      const r = ONE - (1n << BigInt(BITS - power)); // 1 − r² = 2^(1−power)
      return factored([[ONE], [r, ONE]]).dependent;
    };
    expect(off(80)).toEqual([]);
    expect(off(94)).toEqual([]);
    expect(off(98)).toEqual([1]);
    expect(off(120)).toEqual([1]);
  });
});

describe("solveLDL and inverseOfL", () => {
  it("solve A·X = B and L·M = 1, with nothing left beyond 2^−230", () => {
    const n = 6;
    const A = gram(n, 20, 7);
    const factors = factored(A);
    const B = Array.from({ length: n }, (_, i) => [fixed(i - 2), fixed(1 / (i + 1))]);
    const X = solveLDL(factors, B);
    for (let i = 0; i < n; i++) {
      for (const l of [0, 1]) {
        const sum = A[i]!.reduce((all, a, j) => all + product(a, X[j]![l]!), 0n);
        expect(small(sum - B[i]![l]!, 230)).toBe(true);
      }
    }
    const M = inverseOfL(factors.L);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const sum = factors.L[i]!.reduce((all, l, t) => all + product(l, M[t]![j]!), 0n);
        expect(small(sum - (i === j ? ONE : 0n), 230)).toBe(true);
      }
    }
  });

  it("leave 0 in dependent rows", () => {
    const factors = factored([[ONE], [ONE, ONE], [0n, 0n, ONE]]);
    expect(solveLDL(factors, [[fixed(3)], [fixed(3)], [fixed(-2)]])).toEqual([[fixed(3)], [0n], [fixed(-2)]]);
  });
});
