import { describe, expect, it } from "vitest";
import { wholePower } from "../../src/numbers/wholePower.js";

describe("wholePower(x, t)", () => {
  it("is the nearest number to the exact power", () => {
    expect(wholePower(3, 0)).toBe(1);
    expect(wholePower(-3, 5)).toBe(-243);
    expect(wholePower(4095 / 4096, 64)).toBe(Number(4095n ** 64n) / 2 ** 768);
  });

  it("is infinite with its sign where it overflows", () => {
    expect(wholePower(-1e9, 1001)).toBe(Number.NEGATIVE_INFINITY);
    expect(wholePower(-1e9, 1000)).toBe(Number.POSITIVE_INFINITY);
    expect(wholePower(0.5, 5000)).toBe(0);
  });
});
