import fc from "fast-check";
import { expect, test } from "vitest";
import { type DoubleDouble, ddAdd, ddDot, ddMultiply } from "../../src/numbers/doubleDouble.js";
import { low } from "../../src/numbers/errorFree.js";
import { fixed } from "./exact.js";

const BITS = 2148; // a product of two numbers below has no digit beyond it

const size = (x: bigint) => (x < 0n ? -x : x);
const exact = (x: number) => fixed(x, BITS / 2);

const numbers = fc
  .tuple(fc.double({ min: -2, max: 2, noNaN: true }), fc.integer({ min: -40, max: 40 }))
  .map(([x, exponent]) => Math.round(x * 2 ** 52) * 2 ** (exponent - 52));

/** Terms a·(x + xLow), xLow below half a unit of x. */
const terms = fc.array(
  fc.tuple(numbers, numbers, fc.double({ min: -1, max: 1, noNaN: true })).map(([a, x, rest]) => {
    const lower = Math.round(rest * 2 ** 20) * 2 ** -20 * x * 2 ** -54;
    return { a, x, xLow: x + lower === x ? lower : 0 };
  }),
  { maxLength: 30 },
);

/** The dot product and Σ|a·x|, exactly, in units of 2^−BITS. */
function exactDot(rows: { a: number; x: number; xLow: number }[]): { sum: bigint; sizes: bigint } {
  let sum = 0n;
  let sizes = 0n;
  for (const { a, x, xLow } of rows) {
    const term = exact(a) * (exact(x) + exact(xLow));
    sum += term;
    sizes += size(term);
  }
  return { sum, sizes };
}

function dot(rows: { a: number; x: number; xLow: number }[], aStep = 1, xStep = 1): DoubleDouble {
  const [a, x, xLow] = [new Float64Array(99), new Float64Array(99), new Float64Array(99)].map((array) =>
    array.fill(Number.NaN),
  ) as [Float64Array, Float64Array, Float64Array];
  for (const [i, row] of rows.entries()) {
    a[2 + i * aStep] = row.a;
    x[3 + i * xStep] = row.x;
    xLow[3 + i * xStep] = row.xLow;
  }
  const high = ddDot(rows.length, a, 2, aStep, x, xLow, 3, xStep);
  return [high, low];
}

test("ddDot is off by at most count·2⁻¹⁰⁴ of Σ|a·x|", () => {
  fc.assert(
    fc.property(terms, (rows) => {
      const { sum, sizes } = exactDot(rows);
      const [high, rest] = dot(rows);
      const error = size(((exact(high) + exact(rest)) << BigInt(BITS / 2)) - sum);
      expect(error <= (BigInt(rows.length) * sizes) >> 104n).toBe(true);
      expect(high + rest).toBe(high);
    }),
    { numRuns: 1000 },
  );
});

test("ddDot keeps what cancels: each term again with the other sign, in another order, leaves nothing", () => {
  fc.assert(
    fc.property(terms, (rows) => {
      const both = [...rows, ...rows.map(({ a, x, xLow }) => ({ a: -a, x, xLow })).reverse()];
      const { sizes } = exactDot(both);
      const [high, rest] = dot(both.slice(0, 90));
      if (both.length > 90) return;
      const error = size((exact(high) + exact(rest)) << BigInt(BITS / 2));
      expect(error <= (BigInt(both.length) * sizes) >> 104n).toBe(true);
    }),
  );
});

test("ddDot of whole numbers is exact where float64 is not", () => {
  const big = 2 ** 53;
  expect(dot([{ a: big, x: big, xLow: 0 }, { a: 1, x: 1, xLow: 0 }, { a: -big, x: big, xLow: 0 }])).toEqual([1, 0]); // biome-ignore format: one row
  expect(dot([{ a: big - 1, x: big + 2, xLow: 0 }])).toEqual([2 ** 106, big - 2]); // biome-ignore format: one row
});

test("ddDot walks both arrays by their own steps, and touches nothing else", () => {
  const rows = [1, 2, 3, 4].map((x) => ({ a: x, x: x + 0.5, xLow: 0 }));
  for (const [aStep, xStep] of [
    [1, 1],
    [3, 1],
    [1, 5],
    [7, 2],
  ] as const) {
    // biome-ignore format: a table
    expect(dot(rows, aStep, xStep)).toEqual([35, 0]);
  }
  expect(dot([])).toEqual([0, 0]);
});

test("ddDot of one term and of two is ddMultiply's and ddAdd's, up to their last bits", () => {
  fc.assert(
    fc.property(numbers, numbers, numbers, numbers, (a, x, b, y) => {
      const [high, rest] = dot([{ a, x, xLow: 0 }, { a: b, x: y, xLow: 0 }]); // biome-ignore format: one row
      const expected = ddAdd(ddMultiply([a, 0], [x, 0]), ddMultiply([b, 0], [y, 0]));
      const bound = (Math.abs(a * x) + Math.abs(b * y)) * 2 ** -103;
      expect(Math.abs(high - expected[0] + (rest - expected[1]))).toBeLessThanOrEqual(bound);
    }),
  );
});
