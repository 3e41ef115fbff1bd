import fc from "fast-check";
import { expect, test } from "vitest";
import { powerOfTwoBelow, scaleOf } from "../../src/numbers/powerOfTwo.js";

test("powerOfTwoBelow(x) is a power of two, at most |x| and more than half of it", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      fc.pre(Math.abs(x) >= 2 ** -1022);
      const power = powerOfTwoBelow(x);
      const size = Math.abs(x);
      expect(power <= size && size / power < 2).toBe(true);
      expect(Number.isInteger(Math.log2(power))).toBe(true);
    }),
  );
  for (const [x, power] of [
    [1, 1],
    [-3, 2],
    [0.75, 0.5],
    [Number.MAX_VALUE, 2 ** 1023],
    [2 ** -1022, 2 ** -1022],
  ] as const) {
    expect(powerOfTwoBelow(x)).toBe(power);
  }
});

test("powerOfTwoBelow gives 1 for 0, and 2⁻¹⁰²² for what is subnormal", () => {
  expect(powerOfTwoBelow(0)).toBe(1);
  expect(powerOfTwoBelow(-0)).toBe(1);
  for (const x of [5e-324, -1e-310]) expect(powerOfTwoBelow(x)).toBe(2 ** -1022);
});

test("scaleOf looks at count values from start on, stride apart, and at their sizes", () => {
  const values = Float64Array.of(100, 1, -9, 2, 5, 3, 64);
  expect(scaleOf(values)).toBe(64);
  expect(scaleOf(values, 1, 5)).toBe(8);
  expect(scaleOf(values, 1, 3, 2)).toBe(2);
  expect(scaleOf(values, 2, 2, 2)).toBe(8);
  expect(scaleOf(values, 3, 0)).toBe(1);
});
