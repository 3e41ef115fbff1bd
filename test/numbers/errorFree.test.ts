import fc from "fast-check";
import { expect, test } from "vitest";
import { type DoubleDouble, ddAdd, ddDivide, ddMultiply } from "../../src/numbers/doubleDouble.js";
import { fastTwoSum, low, twoProduct, twoSum } from "../../src/numbers/errorFree.js";
import { fixed } from "./exact.js";

const between = (least: number, most: number) =>
  fc
    .tuple(
      fc.double({ min: 1, max: 2, maxExcluded: true, noNaN: true }),
      fc.integer({ min: least, max: most }),
      fc.boolean(),
    )
    .map(([x, exponent, negative]) => (negative ? -x : x) * 2 ** exponent);

test("twoSum(a, b) and low add up to a + b exactly", () => {
  fc.assert(
    fc.property(between(-300, 300), between(-300, 300), (a, b) => {
      const sum = twoSum(a, b);
      expect(sum).toBe(a + b);
      expect(fixed(sum, 1074) + fixed(low, 1074)).toBe(fixed(a, 1074) + fixed(b, 1074));
    }),
    { numRuns: 2000 },
  );
});

test("twoSum(a, b) is exact where the sizes are close, in either order", () => {
  fc.assert(
    fc.property(between(-30, 30), between(-30, 30), (a, b) => {
      const sum = twoSum(a, b);
      const error = low;
      expect(fixed(sum, 1074) + fixed(error, 1074)).toBe(fixed(a, 1074) + fixed(b, 1074));
      expect(twoSum(b, a)).toBe(sum);
      expect(low).toBe(error);
    }),
    { numRuns: 2000 },
  );
});

test("fastTwoSum(a, b) does the same for |a| ≥ |b|, and for a = 0", () => {
  fc.assert(
    fc.property(between(-60, 60), between(-60, 60), (x, y) => {
      const [a, b] = Math.abs(x) >= Math.abs(y) ? [x, y] : [y, x];
      const sum = fastTwoSum(a, b);
      expect(fixed(sum, 1074) + fixed(low, 1074)).toBe(fixed(a, 1074) + fixed(b, 1074));
      expect(fastTwoSum(0, b)).toBe(b);
      expect(low).toBe(0);
    }),
    { numRuns: 1000 },
  );
});

test("twoProduct(a, b) and low add up to a·b exactly", () => {
  fc.assert(
    fc.property(between(-480, 490), between(-480, 490), (a, b) => {
      const product = twoProduct(a, b);
      expect(product).toBe(a * b);
      expect(fixed(product, 1074) + fixed(low, 1074)).toBe((fixed(a, 1074) * fixed(b, 1074)) >> 1074n);
    }),
    { numRuns: 2000 },
  );
});

/** A normalised pair: high = fl(high + low). */
const pairs: fc.Arbitrary<DoubleDouble> = fc
  .tuple(between(-20, 20), fc.double({ min: -1, max: 1, noNaN: true }))
  .map(([high, rest]) => {
    const lower = high * rest * 2 ** -54;
    return high + lower === high ? [high, lower] : [high, 0];
  });

const BITS = 1074;
const value = ([high, lower]: DoubleDouble) => fixed(high, BITS) + fixed(lower, BITS);
const size = (x: bigint) => (x < 0n ? -x : x);

test("ddAdd, ddMultiply and ddDivide keep 2⁻¹⁰⁰ of the result", () => {
  fc.assert(
    fc.property(pairs, pairs, (a, b) => {
      const [x, y] = [value(a), value(b)];
      const bound = (exact: bigint) => size(exact) >> 100n;
      const product = (x * y) >> BigInt(BITS);
      expect(size(value(ddMultiply(a, b)) - product)).toBeLessThanOrEqual(bound(product));
      const quotient = (x << BigInt(BITS)) / y;
      expect(size(value(ddDivide(a, b)) - quotient)).toBeLessThanOrEqual(bound(quotient));
      expect(size(value(ddAdd(a, b)) - (x + y))).toBeLessThanOrEqual(bound(x + y));
    }),
    { numRuns: 1000 },
  );
});
