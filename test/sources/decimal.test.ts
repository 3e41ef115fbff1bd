import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDecimal, splitDecimal } from "../../src/sources/decimal.js";

const units = (text: string, scale: number): bigint => {
  const [, sign, whole, fraction = ""] = /^(-?)(\d+)\.?(\d*)$/.exec(text)!;
  return BigInt(`${sign}${whole}${fraction.padEnd(scale, "0")}`);
};
const decimals = fc
  .record({
    whole: fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
    fraction: fc.stringMatching(/^\d{0,12}$/),
  })
  .map(({ whole, fraction }) => (fraction === "" ? String(whole) : `${whole}.${fraction}`));

describe("addDecimal(text, more, scale)", () => {
  it.each<[string, number, number | null, string]>([
    ["10000000000000000000000000", -905969664, 0, "9999999999999999094030336"],
    ["1.25", 0.5, 2, "1.75"],
    ["1.25", 0.005, 2, "1.26"],
    ["-1.25", -0.005, 2, "-1.26"],
    ["0", 0.1, null, "0.1"],
    ["0", 1e25, 0, "10000000000000000000000000"],
    ["-0.5", 1e-7, null, "-0.4999999"],
    ["5", -5, 2, "0"],
  ])("%s + %d with %s decimals is %s", (text, more, scale, expected) => {
    expect(addDecimal(text, more, scale)).toBe(expected);
  });
});

describe("splitDecimal(text)", () => {
  it("is the nearest double and the rest, whose sum is the number", () => {
    fc.assert(
      fc.property(decimals, (text) => {
        const [high, low] = splitDecimal(text);
        expect(high).toBe(Number(text));
        expect(Math.abs(low)).toBeLessThanOrEqual(Math.abs(high) * 2 ** -53);
        // high + low in units of 10⁻⁴⁰, to the digits of low
        let [whole, halvings] = [high, 0n];
        for (; !Number.isInteger(whole); halvings++) whole *= 2;
        const left = (units(text, 40) << halvings) - BigInt(whole) * 10n ** 40n;
        const right = Number(left) / 2 ** Number(halvings) / 1e40;
        expect(Math.abs(low - right)).toBeLessThanOrEqual(1e-14 * Math.abs(right));
      }),
    );
  });
});
