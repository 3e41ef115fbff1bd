import fc from "fast-check";
import { expect, test } from "vitest";
import { fma } from "../../src/numbers/fma.js";
import { fixed, nearest, parts } from "./exact.js";

/** a·b + c in whole numbers, rounded once. */
function exactFma(a: number, b: number, c: number): number {
  const [x, y, z] = [parts(a), parts(b), parts(c)];
  const exponent = Math.min(x.exponent + y.exponent, z.exponent);
  const product = (x.mantissa * y.mantissa) << BigInt(x.exponent + y.exponent - exponent);
  return nearest(product + (z.mantissa << BigInt(z.exponent - exponent)), exponent);
}

/** A float64 of 53 random bits, of either sign, with an exponent from a range. */
const floats = (least: number, most: number): fc.Arbitrary<number> =>
  fc
    .tuple(
      fc.bigInt({ min: 1n << 52n, max: (1n << 53n) - 1n }),
      fc.integer({ min: least, max: most }),
      fc.boolean(),
    )
    .map(([mantissa, exponent, negative]) => (negative ? -1 : 1) * Number(mantissa) * 2 ** (exponent - 52));

/** Few bits set, so that ties and exact halves come up. */
const sparse: fc.Arbitrary<number> = fc
  .tuple(fc.integer({ min: 0, max: 52 }), fc.constantFrom(-1, 0, 1), fc.integer({ min: -30, max: 30 }))
  .map(([bit, other, exponent]) => (1 + other * 2 ** -bit) * 2 ** exponent);

function same(a: number, b: number, c: number): void {
  expect(fma(a, b, c)).toBe(exactFma(a, b, c) + 0);
}

test("fma(a, b, c) is a·b + c rounded once, whatever the sizes", () => {
  fc.assert(
    fc.property(floats(-60, 60), floats(-60, 60), floats(-180, 180), (a, b, c) => same(a, b, c)),
    { numRuns: 4000 },
  );
});

test("fma(a, b, −a·b rounded) is the rounding error of the product", () => {
  fc.assert(
    fc.property(floats(-400, 400), floats(-400, 400), (a, b) => {
      const error = fma(a, b, -(a * b));
      same(a, b, -(a * b));
      expect(fixed(a, 1000) * fixed(b, 1000)).toBe(fixed(a * b, 2000) + fixed(error, 2000));
    }),
    { numRuns: 2000 },
  );
});

test("fma(a, b, c) is rounded once where c almost cancels a·b", () => {
  const near = fc.tuple(floats(-40, 40), floats(-40, 40), fc.integer({ min: -64, max: 64 }), floats(-4, 4));
  fc.assert(
    fc.property(near, ([a, b, ulps, factor]) => {
      same(a, b, -(a * b) * (1 + ulps * 2 ** -52));
      same(a, b, -(a * b) * factor);
    }),
    { numRuns: 2000 },
  );
});

test("fma(a, b, c) goes to even where a·b + c lies half-way, and off it where a bit lies below", () => {
  fc.assert(
    fc.property(sparse, sparse, sparse, fc.integer({ min: -60, max: 60 }), (a, b, c, scale) => {
      same(a, b, c * 2 ** scale);
      same(a, b, -c * 2 ** scale);
    }),
    { numRuns: 4000 },
  );
  const half = 2 ** -53;
  expect(fma(half, 1, 1)).toBe(1);
  expect(fma(half, 1, 1 + 2 ** -52)).toBe(1 + 2 ** -51);
  expect(fma(half * (1 + 2 ** -52), 1 + 2 ** -52, 1)).toBe(1 + 2 ** -52);
  expect(fma(half * (1 - 2 ** -53), 1 + 2 ** -53, 1)).toBe(1);
});

test("fma(a, b, c) sees a bit far below the half-way point, above it and below, of either sign", () => {
  // a·b is half a unit of c but for the remainder of 2¹⁰⁴/A, which is some 2⁻¹⁰⁴ of it
  const whole = fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n - 1n });
  const odd = fc.integer({ min: 0, max: 2 ** 20 }).map((i) => 1 + i * 2 ** -52);
  fc.assert(
    fc.property(
      whole,
      fc.boolean(),
      odd,
      fc.constantFrom(1, -1),
      fc.constantFrom(1, -1),
      (A, up, c, p, q) => {
        const B = 2n ** 104n / A + (up ? 1n : 0n);
        same(p * Number(A) * 2 ** -52, Number(B) * 2 ** -105, q * c);
      },
    ),
    { numRuns: 2000 },
  );
  // (1 + 2⁻⁵²)(1 − 2⁻⁵²) = 1 − 2⁻¹⁰⁴
  const [a, b, c] = [2 ** -53 * (1 + 2 ** -52), 1 - 2 ** -52, 1 + 2 ** -52];
  expect(fma(a, b, c)).toBe(c);
  expect(fma(-a, b, -c)).toBe(-c);
  expect(fma(-a, b, c)).toBe(c);
});

test("fma(a, b, c) holds to the ends of its range", () => {
  fc.assert(
    fc.property(floats(-480, 496), floats(-480, 496), floats(-1020, 1000), (a, b, c) => same(a, b, c)),
    { numRuns: 2000 },
  );
  const edge = fc.tuple(floats(-484, -470), floats(-484, -470), floats(-1022, -930));
  fc.assert(fc.property(edge, ([a, b, c]) => same(a, b, c)));
});

test("fma(0, b, c) is c, and fma(a, b, 0) the product", () => {
  expect(fma(0, 3, 0.1)).toBe(0.1);
  expect(fma(0.1, 0, -0.3)).toBe(-0.3);
  expect(fma(0.1, 3, 0)).toBe(0.1 * 3);
});
