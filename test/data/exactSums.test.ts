import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import {
  columnRanges,
  type ExactSums,
  exactSums,
  isConstant,
  isNarrow,
  minus,
  plus,
  SUM_BITS,
} from "../../src/data/exactSums.js";
import { parts, spread } from "../numbers/exact.js";

const WIDE = 4600;

/** x in fixed point with so many bits that no double loses any. */
const wide = (x: number): bigint => {
  const { mantissa, exponent } = parts(x);
  return mantissa << BigInt(exponent + 1100);
};

/** Σω·u·v in units of 2^−(3·1100), and Σω|u·v|; the entries v of a column are z·2^−exponent − centre. */
function rational(data: Dataset, a: number, b: number) {
  const { X, Y, weights } = data;
  const [n, k] = [X.cols, Y.cols];
  const ranges = columnRanges(data);
  const value = (i: number, j: number): bigint => {
    if (j === n + k) return 1n << 1100n;
    const z = j < n ? X.data[i * n + j]! : Y.data[i * k + j - n]!;
    const { exponent, centre } = ranges[j]!;
    const v = wide(z);
    return (exponent >= 0 ? v >> BigInt(exponent) : v << BigInt(-exponent)) - wide(centre);
  };
  let [sum, size] = [0n, 0n];
  for (let i = 0; i < X.rows; i++) {
    const term = wide(weights?.[i] ?? 1) * value(i, a) * value(i, b);
    sum += term;
    size += term < 0n ? -term : term;
  }
  return { sum, size };
}

/** Whether a sum in fixed point is right to 2^−130 of the sizes of its terms. */
function isRight(
  found: bigint,
  { sum, size }: { sum: bigint; size: bigint },
  weightExponent: number,
): boolean {
  // found is in units of 2^(weightExponent − SUM_BITS)
  const up = WIDE - SUM_BITS + weightExponent;
  const off = (found << BigInt(up)) - (sum << BigInt(WIDE - 3300));
  return (off < 0n ? -off : off) <= ((size << BigInt(WIDE - 3300)) >> 130n) + (1n << BigInt(up + 3));
}

function check(data: Dataset): void {
  const sums = exactSums(data, columnRanges(data));
  const { n, k, weightExponent } = sums;
  const p = n + k;
  expect(isRight(sums.weight, rational(data, p, p), weightExponent)).toBe(true);
  for (let a = 0; a < p; a++) {
    expect(isRight(sums.totals[a]!, rational(data, a, p), weightExponent)).toBe(true);
    for (let b = 0; b < p; b++) {
      if (a >= n && b >= n && a !== b) continue; // of two targets: not summed
      expect(isRight(sums.products[a * p + b]!, rational(data, a, b), weightExponent)).toBe(true);
    }
  }
}

const table = (
  m: number,
  seed: number,
  columns: ((u: number) => number)[],
  weight: ((u: number) => number) | null,
) => {
  const numbers = spread(m * (columns.length + 1), seed);
  let at = 0;
  const rows = Array.from({ length: m }, () => columns.map((column) => column(numbers[at++]!)));
  return new Dataset({
    X: rows.map((row) => row.slice(0, -1)),
    Y: rows.map((row) => row.slice(-1)),
    ...(weight && { weights: rows.map(() => weight(numbers[at++]!)) }),
  });
};

describe("exactSums", () => {
  it("are those of fractions to 2^−130: mixed sizes, offsets, weights", () => {
    const column = fc.constantFrom<(u: number) => number>(
      (u) => u - 0.5,
      (u) => 1e9 + u,
      (u) => 10 ** (40 * u - 20),
      (u) => Math.floor(20 * u) - 9,
      (u) => 1e15 + Math.floor(3 * u),
      (u) => (u < 0.2 ? 1e10 : -1e-10 * u),
    );
    const weight = fc.constantFrom<((u: number) => number) | null>(
      null,
      (u) => u,
      (u) => 10 ** (24 * u - 12),
      (u) => Math.floor(3 * u) + (u > 0.9 ? 1 : 0),
    );
    fc.assert(
      fc.property(
        fc.array(column, { minLength: 2, maxLength: 4 }),
        weight,
        fc.integer({ min: 2, max: 60 }),
        fc.integer({ min: 1, max: 1e6 }),
        (columns, omega, m, seed) => check(table(m, seed, columns, omega)),
      ),
      { numRuns: 60 },
    );
  });

  it("of columns of 1e−300 and 1e300, of the smallest and of the largest doubles", () => {
    for (const factor of [5e-324, 1e-310, 1e-300, 1e-160, 1e160, 1e300, 1e307])
      check(table(9, 3, [(u) => Math.ceil(9 * u) * factor, (u) => u - 0.5, (u) => u], (u) => u));
    check(table(9, 4, [(u) => u, (u) => u], (u) => u * 1e-300));
    check(table(9, 4, [(u) => u, (u) => u], (u) => u * 1e300));
  });

  it("count no row of weight 0, and give the same for rows in any order", () => {
    const data = table(30, 5, [(u) => 1e6 + u, (u) => u, (u) => u], (u) => (u < 0.3 ? 0 : u));
    const kept = Array.from(data.weights!).flatMap((omega, i) => (omega > 0 ? [i] : []));
    const [all, some] = [
      exactSums(data, columnRanges(data)),
      exactSums(data.take(kept), columnRanges(data.take(kept))),
    ];
    expect(some).toEqual(all);
    expect(all.rows).toBe(kept.length);
    check(data.take([...kept].reverse()));
  });

  it("plus and minus are exact, so that folds leave nothing behind", () => {
    const data = table(40, 6, [(u) => 1e5 + u, (u) => u * 1e-9, (u) => u], (u) => u);
    const ranges = columnRanges(data);
    const part = (first: number, last: number) =>
      exactSums(
        data,
        ranges,
        Array.from({ length: last - first }, (_, i) => first + i),
      );
    const [a, b] = [part(0, 17), part(17, 40)];
    const both = plus(a, b);
    expect(minus(both, b)).toEqual(a);
    expect(minus(both, a)).toEqual(b);
    expect(both.rows).toBe(40);
    const whole = exactSums(data, ranges);
    const close = (name: "totals" | "products") =>
      whole[name].forEach((value, at) => {
        const off = value - (both as ExactSums)[name][at]!;
        expect((off < 0n ? -off : off) < 1n << BigInt(SUM_BITS - 130)).toBe(true);
      });
    close("totals");
    close("products");
  });
});

describe("columnRanges", () => {
  const rangeOf = (values: number[], weights?: number[]) =>
    columnRanges(
      new Dataset({ X: values.map((x) => [x]), Y: values.map(() => [0]), ...(weights && { weights }) }),
    )[0]!;

  it("are those of the rows that count: constant is of one value, narrow of at most 4 units in the last place", () => {
    expect(isConstant(rangeOf([2.9, 2.9, 2.9]))).toBe(true);
    expect(isConstant(rangeOf([2.9, 2.9 + 2 ** -51, 2.9]))).toBe(false);
    expect(isConstant(rangeOf([2.9, 7, 2.9], [1, 0, 2]))).toBe(true);
    for (const base of [1, 3.7, 1e15, 1e-300, 2 ** 60, 1.9]) {
      const ulp = 2 ** (Math.floor(Math.log2(base)) - 52);
      expect([1, 4, 5, 8].map((count) => isNarrow(rangeOf([base, base + count * ulp])))).toEqual([
        true,
        true,
        false,
        false,
      ]);
    }
    expect(isNarrow(rangeOf([5, 5]))).toBe(false);
  });

  it("have a centre for values far from 0, from which every value differs exactly", () => {
    const values = [1e15, 1e15 + 1, 1e15 + 2];
    const { exponent, centre } = rangeOf(values);
    expect(values.map((x) => x * 2 ** -exponent - centre)).toEqual([-1, 0, 1].map((x) => x * 2 ** -exponent));
    expect(rangeOf([-5, 3, 80]).centre).toBe(0);
  });
});
