import { describe, expect, it } from "vitest";
import { spread } from "../../src/charts/series.js";
import { fitText, tickText } from "../../src/charts/text.js";
import { thinLine, thinPoints } from "../../src/charts/thin.js";

describe("tickText", () => {
  it.each([
    [0, 0.1, "0"],
    [0.30000000000000004, 0.1, "0.3"],
    [-20, 10, "−20"],
    [123456, 1, "123456"],
    [2e6, 1e6, "2×10⁶"],
    [-3e-5, 1e-5, "−3×10⁻⁵"],
    [1e300, 5e299, "1.0×10³⁰⁰"],
    [1000000.5, 0.5, "1.0000005×10⁶"],
  ])("of %s with ticks %s apart is %s", (x, step, text) => expect(tickText(x, step)).toBe(text));
});

describe("fitText", () => {
  it("cuts whole characters and says so", () => {
    expect(fitText("age", 100)).toBe("age");
    expect(fitText("😀😀😀😀😀😀", 20)).toBe("😀…");
  });
});

describe("spread", () => {
  it("leaves apart what is apart, and moves the rest as far as need be, within its ends", () => {
    expect(spread([10, 50], 12, 0, 100)).toEqual([10, 50]);
    expect(spread([50, 50, 50], 10, 0, 100)).toEqual([50, 60, 70]);
    expect(spread([99, 99, 99], 10, 0, 100)).toEqual([80, 90, 100]);
  });
});

describe("thinning", () => {
  it("keeps a line's first, last, least and largest point", () => {
    const y = Array.from({ length: 1000 }, (_, i) => (i === 333 ? -5 : i === 777 ? 5 : 0));
    const kept = thinLine(y, 10);
    expect(kept).toEqual(expect.arrayContaining([0, 333, 777, 999]));
    expect(kept.length).toBeLessThanOrEqual(40);
  });

  it("keeps lone points of a crowd, never more than allowed", () => {
    const x = Array.from({ length: 5000 }, (_, i) => (i === 4999 ? 100 : i % 10));
    const kept = thinPoints(x, x, 100);
    expect(kept).toContain(4999);
    expect(kept.length).toBeLessThanOrEqual(100);
    expect(thinPoints([1, 2], [3, 4], 5)).toEqual([0, 1]);
  });
});
