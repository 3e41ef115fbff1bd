/** Values that were known beforehand: by mpmath with 80 digits, by NumPy, by other programs. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Dataset, diagnostics, fitRidge, inference } from "../../src/index.js";
import { json, put, temporaryFolder } from "../cli/help.js";
import { decimals, type Rational, toNumber } from "../exact/rational.js";
import { exactInflation, exactRidge, wholeSums } from "../exact/ridge.js";
import { spread } from "../numbers/exact.js";
import { kinds } from "./cases.js";

/** Weights, bias, and what else is known, to the digits that are written. */
interface Known {
  weight?: string[];
  bias?: string;
  standardError?: string[];
  biasStandardError?: string;
  variance?: string;
  vif?: string;
  df?: number;
}

const KNOWN: Record<string, Known> = {
  near_perfect: {
    standardError: ["9.01794995e-9", "3.662502617e-8"],
    biasStandardError: "9.880368511e-8",
    variance: "7.124624205e-15",
  },
  near_perfect2: {
    standardError: ["1.059656271e-10", "4.303632076e-10"],
    biasStandardError: "1.160994961e-9",
    variance: "9.837309746e-19",
  },
  near_collinear: {
    standardError: ["673344.9875", "673344.9896"],
    biasStandardError: "0.02467875311",
    variance: "0.007956717472",
    vif: "3.091262693e14",
  },
  full_rank: {
    weight: ["1627616.425", "-1627614.425"],
    standardError: ["2872566.112", "2872566.105"],
    vif: "2.346660973e16",
    variance: "0.008210536915",
    df: 2,
  },
  digits: { weight: ["5.066992159e10", "-5.066992159e10"], bias: "0.9661657215" },
  tiny_units: { weight: ["2.026351351e160"], bias: "-0.046959459" },
  precision_weights: { weight: ["0.9979166667"], bias: "-1995.84375" },
  constant_weighted: { weight: ["0", "12.03896104"], bias: "-22.77430677" },
  far_from_zero: { weight: ["3.003516849451645"], bias: "-3003516849451645.0" },
  "units, not standardised": { weight: ["48.12604614", "-2.823260426e-14"], bias: "0.08239052", df: 2 },
  quintic: {
    weight: [
      "-1.3269371727028691",
      "1.3758161506139237",
      "0.9744887344659984",
      "1.0007672336434092",
      "0.9999915668003251",
    ],
    bias: "5.352407708107026",
  },
};

/** Equal to half a unit of the last digit that is written. */
function expectDigits(value: Rational, written: string): void {
  const [mantissa, exponent = "0"] = written.split("e");
  const places = mantissa!.split(".")[1]?.length ?? 0;
  const unit = Number(`1e${Number(exponent) - places}`);
  expect(Math.abs(toNumber(value) - Number(written)), decimals(value, 20)).toBeLessThanOrEqual(0.75 * unit);
}

const all = Object.values(kinds).flat();

it.each(Object.entries(KNOWN))("%s: the witness has the values that were known", (name, known) => {
  const { problem } = all.find((one) => one.name === name)!;
  const data = wholeSums(problem);
  const { targets, df } = exactRidge(problem, data);
  const target = targets[0]!;
  for (const [j, value] of (known.weight ?? []).entries()) expectDigits(target.weight[j]!, value);
  for (const [j, value] of (known.standardError ?? []).entries())
    expectDigits(target.standardError![j]!, value);
  if (known.bias) expectDigits(target.bias, known.bias);
  if (known.biasStandardError) expectDigits(target.biasStandardError!, known.biasStandardError);
  if (known.variance) expectDigits(target.variance!, known.variance);
  if (known.vif) expectDigits(exactInflation(data)[0]!, known.vif);
  if (known.df) expect(toNumber(df)).toBe(known.df);
});

const folder = temporaryFolder();
const table = readFileSync(join(import.meta.dirname, "pass_ridge.csv"));

it.each([
  ["lm.ridge(lambda = 1.5)", "--lambda 0.375", [0.88739574, -1.51010869, 0.4760543], 3.11968478],
  [
    "glmnet(alpha = 0, lambda = 0.1, standardize = FALSE)",
    "--lambda 0.08051787560373627 --no-standardize",
    [0.86413132, -1.70773726, 0.51770582],
    3.03851658,
  ],
  [
    "Ridge(alpha = 0.7).fit(sample_weight = w)",
    "--weight w --lambda 0.09333333333333332 --no-standardize",
    [0.91001374, -1.71515079, 0.4562236],
    2.9716707,
  ],
])("pass_ridge: ell2 fit has the coefficients of %s", (_call, options, weight, bias) => {
  const args = [
    "fit",
    put(folder, "rows.csv", table),
    "--target",
    "y",
    "--features",
    "a,b,c",
    ...options.split(" "),
  ];
  const { model } = json<{ model: { weight: number[][]; bias: number[] } }>(args, { cwd: folder });
  for (const [j, w] of weight.entries()) expect(Math.abs(model.weight[0]![j]! - w)).toBeLessThan(6e-9);
  expect(Math.abs(model.bias[0]! - bias)).toBeLessThan(6e-9);
});

it("a constant target has no R² and an error of 0 from a file of moments too", () => {
  const { problem } = all.find(({ name }) => name === "constant_target")!;
  const rows = ["a,y", ...problem.X.map((x, i) => `${x},${problem.Y[i]}`)].join("\n");
  json(["moments", put(folder, "constant.csv", rows), "--target", "y", "--out", "constant.json"], {
    cwd: folder,
  });
  const { metrics, model } = json<{
    metrics: { train: { r2: null; rmse: number }[] };
    model: { weight: number[][] };
  }>(["fit", "constant.json", "--lambda", "0"], { cwd: folder });
  expect(metrics.train[0]).toMatchObject({ r2: null, rmse: 0 });
  expect(model.weight).toEqual([[0]]);
});

/** One feature, many rows, far from 0; R² and standard error by the witness. */
it.each([
  [
    "100 000 time stamps in microseconds within 0.3 s",
    100_000,
    (u: number) => 1.76e15 + Math.round(1.5e5 * u),
  ],
  ["50 000 rows at 1e12 ± 1", 50_000, (u: number) => 1e12 + u],
])("%s are no constant column", (_name, m, place) => {
  const random = spread(2 * m, 7).map((x) => 2 * x - 1);
  const X = Array.from({ length: m }, (_, i) => [place(random[i]!)]);
  const Y = Array.from({ length: m }, (_, i) => [3 * random[i]! + 0.1 * random[m + i]!]);
  for (const standardize of [true, false]) {
    const exact = exactRidge({ lambda: 0, standardize, intercept: true }, wholeSums({ X, Y }));
    const target = exact.targets[0]!;
    const data = new Dataset({ X, Y });
    const { model } = fitRidge(data, { lambda: 0, standardize });
    expect(model.weight.data[0]! / toNumber(target.weight[0]!) - 1).toBeCloseTo(0, 14);
    const { variance } = inference(data, { lambda: 0, standardize });
    expect(variance[0]! / toNumber(target.variance!) - 1).toBeCloseTo(0, 10);
    const { metrics } = diagnostics(model, data);
    expect(metrics[0]!.r2! / toNumber(target.r2!) - 1).toBeCloseTo(0, 10);
    expect(metrics[0]!.r2).toBeGreaterThan(0.99);
  }
});
