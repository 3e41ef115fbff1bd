import { describe, expect, it } from "vitest";
import { logLine, pythonFloat, round4 } from "../../src/compare/format.js";

/** x, repr(x) and repr(round(x, 4)), from Python 3.11. */
const FROM_PYTHON: [number, string, string][] = [
  [0, "0.0", "0.0"],
  [-0, "-0.0", "-0.0"],
  [1, "1.0", "1.0"],
  [100, "100.0", "100.0"],
  [2.5, "2.5", "2.5"],
  [1 / 3, "0.3333333333333333", "0.3333"],
  [0.1 + 0.2, "0.30000000000000004", "0.3"],
  // ties in binary: halves to even
  [0.03125, "0.03125", "0.0312"],
  [-0.03125, "-0.03125", "-0.0312"],
  [0.09375, "0.09375", "0.0938"],
  [0.15625, "0.15625", "0.1562"],
  [0.34375, "0.34375", "0.3438"],
  [0.40625, "0.40625", "0.4062"],
  [2 ** 40 - 1 / 32, "1099511627775.9688", "1099511627775.9688"],
  [2 ** 40 + 1 / 32, "1099511627776.0312", "1099511627776.0312"],
  // ties in decimal alone: by the exact binary value
  [0.00005, "5e-05", "0.0001"],
  [-0.00005, "-5e-05", "-0.0001"],
  [0.00015, "0.00015", "0.0001"],
  [7606.38385, "7606.38385", "7606.3839"],
  [123456789.00005, "123456789.00005", "123456789.0"],
  // toward zero, whose sign stays
  [-0.00002, "-2e-05", "-0.0"],
  [-1e-7, "-1e-07", "-0.0"],
  [5e-324, "5e-324", "0.0"],
  // where the exponent begins
  [0.0001, "0.0001", "0.0001"],
  [0.00009999, "9.999e-05", "0.0001"],
  [1e-5, "1e-05", "0.0"],
  [9999999999999998, "9999999999999998.0", "9999999999999998.0"],
  [1e16, "1e+16", "1e+16"],
  [123456789012345680, "1.2345678901234568e+17", "1.2345678901234568e+17"],
  [1e21, "1e+21", "1e+21"],
  [1e22, "1e+22", "1e+22"],
  [1e100, "1e+100", "1e+100"],
  [1.7976931348623157e308, "1.7976931348623157e+308", "1.7976931348623157e+308"],
  // beyond four decimals
  [1e15 + 0.125, "1000000000000000.1", "1000000000000000.1"],
  [9007199254740992, "9007199254740992.0", "9007199254740992.0"],
];

describe("pythonFloat", () => {
  it.each(FROM_PYTHON)("%d prints as in Python: %s", (x, text) => {
    expect(pythonFloat(x)).toBe(text);
  });

  it("prints what is not finite as Python does", () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    expect(values.map(pythonFloat)).toEqual(["nan", "inf", "-inf"]);
  });

  it("reads back to the same number", () => {
    for (const [x] of FROM_PYTHON) expect(Number(pythonFloat(x))).toBe(x);
  });
});

describe("round4", () => {
  it.each(FROM_PYTHON)("%d rounds as round(x, 4) does", (x, _, rounded) => {
    expect(pythonFloat(round4(x))).toBe(rounded);
  });

  it("leaves alone what is not finite", () => {
    expect(round4(Number.NaN)).toBeNaN();
    expect(round4(Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe("logLine", () => {
  it("is the notebook's, with and without rows to validate on", () => {
    expect(logLine(0, 11756.95601, 14593.40434)).toBe("epoch: 0 - MSE: 11756.956 - MSE_v: 14593.4043");
    expect(logLine(12, 3, null)).toBe("epoch: 12 - MSE: 3.0");
    expect(logLine(1, Number.POSITIVE_INFINITY, Number.NaN)).toBe("epoch: 1 - MSE: inf - MSE_v: nan");
  });
});
