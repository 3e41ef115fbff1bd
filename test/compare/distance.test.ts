import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { largest, median, relative, ulps } from "../../src/compare/distance.js";

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);

/** The float64 that is `steps` above a positive one. */
function above(x: number, steps: number): number {
  float[0] = x;
  bits[0]! += BigInt(steps);
  return float[0]!;
}

describe("ulps", () => {
  it("counts the float64 between two numbers", () => {
    expect(ulps(1, 1)).toBe(0);
    expect(ulps(1, 1 + Number.EPSILON)).toBe(1);
    expect(ulps(1, 1 - Number.EPSILON / 2)).toBe(1);
    expect(ulps(-1, -1 - Number.EPSILON)).toBe(1);
    expect(ulps(0, 5e-324)).toBe(1);
    expect(ulps(1e300, above(1e300, 7))).toBe(7);
  });

  it("counts through zero, and takes both zeros for one", () => {
    expect(ulps(0, -0)).toBe(0);
    expect(ulps(-5e-324, 5e-324)).toBe(2);
    expect(ulps(-1, 1)).toBe(2 * ulps(0, 1));
  });

  it("counts infinity as what follows the largest float64", () => {
    expect(ulps(Number.MAX_VALUE, Number.POSITIVE_INFINITY)).toBe(1);
    expect(ulps(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(0);
  });

  it("is infinite between NaN and a number, and 0 between two NaN", () => {
    expect(ulps(Number.NaN, 1)).toBe(Number.POSITIVE_INFINITY);
    expect(ulps(1, Number.NaN)).toBe(Number.POSITIVE_INFINITY);
    expect(ulps(Number.NaN, Number.NaN)).toBe(0);
  });

  it("is a distance: symmetric, and exact for the steps taken", () => {
    const positive = fc.double({ min: 0, max: 1e300, noNaN: true });
    fc.assert(
      fc.property(positive, fc.integer({ min: 0, max: 1000 }), (x, steps) => {
        const y = above(x, steps);
        expect(ulps(x, y)).toBe(steps);
        expect(ulps(y, x)).toBe(steps);
        expect(ulps(-x, -y)).toBe(steps);
      }),
    );
  });
});

describe("relative", () => {
  it("is |a − b|/|b|, 0 for equal ones and infinite beside 0", () => {
    expect(relative(1.5, -1)).toBe(2.5);
    expect(relative(0, 0)).toBe(0);
    expect(relative(1, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(relative(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(0);
    expect(relative(Number.NaN, 1)).toBeNaN();
  });
});

describe("median", () => {
  it("is the middle value by size, or the mean of the two", () => {
    expect(median([10, 9, 1])).toBe(9);
    expect(median([10, 1, 2, 4])).toBe(3);
    expect(median([100, 20, 3])).toBe(20);
    expect(median([])).toBe(0);
  });
});

describe("largest", () => {
  it("is the largest error, and NaN wherever one is", () => {
    expect(largest([1, 3, 2])).toBe(3);
    expect(largest([1, Number.NaN, 2])).toBeNaN();
    expect(largest([])).toBe(0);
  });
});
