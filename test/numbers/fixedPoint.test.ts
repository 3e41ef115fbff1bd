import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bitLength,
  exponentOf,
  fixedProduct,
  fixedQuotient,
  fixedRoot,
  fromFixedPoint,
  fromFixedPointPair,
  integerAndExponent,
  powerOfTwo,
  shifted,
  timesPowerOfTwo,
  toFixedPoint,
} from "../../src/numbers/fixedPoint.js";
import { nearest, parts } from "./exact.js";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const integers = fc.bigInt({ min: -(1n << 700n), max: 1n << 700n });
const EDGES = [0, -0, 5e-324, -5e-324, 2 ** -1022, 2 ** -1022 - 5e-324, 1, -1, 2 ** 53, Number.MAX_VALUE];

describe("doubles in fixed point", () => {
  it("integerAndExponent(x) is x, exactly", () => {
    const check = (x: number) => {
      const { integer, exponent } = integerAndExponent(x);
      const { mantissa, exponent: power } = parts(x);
      expect([integer, exponent]).toEqual([mantissa, power]);
      expect(nearest(integer, exponent)).toBe(x === 0 ? 0 : x);
    };
    EDGES.forEach(check);
    fc.assert(fc.property(finite, check));
  });

  it("toFixedPoint and fromFixedPoint are inverse where there are bits enough, and round down and to nearest where not", () => {
    for (const x of EDGES) expect(fromFixedPoint(toFixedPoint(x, 1100), 1100)).toBe(x === 0 ? 0 : x);
    fc.assert(
      fc.property(finite, fc.integer({ min: 0, max: 400 }), (x, bits) => {
        const { mantissa, exponent } = parts(x);
        const scaled = mantissa << BigInt(Math.max(0, exponent + bits));
        const down = exponent + bits < 0 ? scaled >> BigInt(-exponent - bits) : scaled;
        expect(toFixedPoint(x, bits)).toBe(down);
      }),
    );
    fc.assert(
      fc.property(integers, fc.integer({ min: -300, max: 900 }), (v, bits) => {
        expect(fromFixedPoint(v, bits)).toBe(nearest(v, -bits));
      }),
    );
  });

  it("fromFixedPoint goes to even half-way, and off it where a bit lies far below", () => {
    const half = (1n << 53n) + 1n; // between 2^53 and 2^53 + 2
    expect(fromFixedPoint(half << 300n, 300)).toBe(2 ** 53);
    expect(fromFixedPoint((half << 300n) + 1n, 300)).toBe(2 ** 53 + 2);
    expect(fromFixedPoint((half << 300n) - 1n, 300)).toBe(2 ** 53);
    expect(fromFixedPoint(1n << 1100n, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(fromFixedPoint(1n, 1200)).toBe(0);
  });

  it("fromFixedPointPair has what the nearest double leaves, to 2^−105", () => {
    fc.assert(
      fc.property(integers, fc.integer({ min: 0, max: 500 }), (v, bits) => {
        const [high, low] = fromFixedPointPair(v, bits);
        expect(high).toBe(nearest(v, -bits));
        const wide = 2200;
        const rest = (v << BigInt(wide - bits)) - toFixedPoint(high, wide) - toFixedPoint(low, wide);
        const size = v < 0n ? -v : v;
        expect((rest < 0n ? -rest : rest) <= (size << BigInt(wide - bits)) >> 105n).toBe(true);
      }),
    );
  });
});

describe("fixed-point arithmetic", () => {
  it("rounds down in the last bit: products and roots; quotients toward 0", () => {
    fc.assert(
      fc.property(integers, integers, fc.integer({ min: 1, max: 320 }), (a, b, bits) => {
        const unit = 1n << BigInt(bits);
        const rest = a * b - fixedProduct(a, b, bits) * unit;
        expect(rest >= 0n && rest < unit).toBe(true);
        if (b !== 0n) expect(fixedQuotient(a, b, bits)).toBe((a * unit) / b);
        const size = a < 0n ? -a : a;
        const root = fixedRoot(size, bits);
        expect(root * root <= size * unit && (root + 1n) * (root + 1n) > size * unit).toBe(true);
      }),
    );
    expect(fixedRoot(0n, 50)).toBe(0n);
  });

  it("shifted(v, count) is ⌊v·2^count⌋", () => {
    expect([shifted(5n, 2), shifted(5n, -1), shifted(-5n, -1), shifted(-5n, 3), shifted(-1n, -9)]).toEqual([
      20n,
      2n,
      -3n,
      -40n,
      -1n,
    ]);
  });

  it("bitLength and exponentOf count binary digits", () => {
    fc.assert(
      fc.property(integers, (v) => {
        expect(bitLength(v)).toBe(v === 0n ? 0 : (v < 0n ? -v : v).toString(2).length);
      }),
    );
    for (const x of [1, 1.5, 0.75, 5e-324, 2 ** -1022, 2 ** 1023, -3]) {
      const e = exponentOf(x);
      const half = Math.trunc(e / 2); // 2^1024 is no double
      const fraction = Math.abs(x) * 2 ** -half * 2 ** (half - e);
      expect(fraction >= 0.5 && fraction < 1).toBe(true);
    }
    expect(exponentOf(0)).toBe(0);
  });

  it("powerOfTwo and timesPowerOfTwo: every exponent, out of range to 0 and infinity", () => {
    for (let e = -1022; e <= 1023; e++) expect(powerOfTwo(e)).toBe(2 ** e);
    for (const [x, e] of [
      [1, -1074],
      [3, -1075],
      [1.5, 1023],
      [5e-324, 2097],
      [Number.MAX_VALUE, -2046],
      [-1, 1024],
      [1, -1076],
      [1, 99999],
      [1, -99999],
    ] as const) {
      const { mantissa, exponent } = parts(x);
      const right =
        Math.abs(e) > 5000 ? (e > 0 ? Number.POSITIVE_INFINITY : 0) : nearest(mantissa, exponent + e);
      expect(timesPowerOfTwo(x, e)).toBe(right);
    }
  });
});
