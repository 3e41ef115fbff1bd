/** Fits of so many rows that they go another way than small ones, and of a λ for each target. */
import { expect, it } from "vitest";
import { Dataset, diagnostics, fitRidge, inference } from "../../src/index.js";
import { spread } from "../numbers/exact.js";
import { claim, digitsOf, ofTarget } from "./measure.js";
import { type ExactRidge, exactRidge, wholeSums } from "./ridge.js";
import { asResults, shortcomings } from "./table.js";

/** Eight columns in different units, some far from 0, one near the sum of two others; two targets of which one is met nearly. */
function rows(m: number, closeness: number): { X: number[][]; Y: number[][]; weights: number[] } {
  const random = spread(m * 10, 8).map((x) => 2 * x - 1);
  const at = (i: number) => random.slice(10 * i, 10 * i + 10);
  const X = Array.from({ length: m }, (_, i) => {
    const [a, b, c, d, e, f, g, h] = at(i) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return [a, 1e6 * b, 1e-4 * c, 2000 + 10 * d, a + 0.5 * d + closeness * e, 5 + f, g, h * h];
  });
  const Y = X.map((x, i) => {
    const [r, s] = at(i).slice(8) as [number, number];
    return [1 + x[0]! - 2e-6 * x[1]! + 300 * x[2]! + r, 2 * x[5]! - x[7]! + 1e-7 * s];
  });
  return { X, Y, weights: X.map((_, i) => 0.5 + (i % 7)) };
}

it.each([
  { closeness: 0.3, solver: "cholesky" },
  { closeness: 1e-5, solver: "exact" },
])("64 000 weighted rows have every digit: $solver, near-dependence $closeness", ({ closeness, solver }) => {
  const given = rows(64_000, closeness);
  const data = new Dataset(given);
  const sums = wholeSums(given);
  for (const lambda of [0, 0.01]) {
    const problem = { ...given, lambda, standardize: true, intercept: true };
    const exact = exactRidge(problem, sums);
    const { model, receipt } = fitRidge(data, { lambda });
    expect(receipt.solver).toBe(lambda === 0 ? solver : "cholesky");
    const inferred = inference(data, { lambda, standardize: true });
    const { metrics } = diagnostics(model, data);
    const measured = exact.targets.map((_, l) =>
      digitsOf(
        {
          weight: Array.from(model.weight.data.subarray(8 * l, 8 * l + 8)),
          bias: model.bias[l]!,
          claimed: claim(receipt.digits, l),
          standardError: ofTarget(inferred.standardError, l),
          biasStandardError: inferred.biasStandardError[l],
          variance: inferred.variance[l],
          r2: metrics[l]!.r2,
        },
        exact,
        l,
        problem,
      ),
    );
    expect(shortcomings(asResults("many rows", "rows", problem, exact, measured))).toEqual([]);
  }
});

it("a λ for each target: every target has the digits of its own, and claims no more", () => {
  const { X, Y } = rows(60, 1e-3);
  const sums = wholeSums({ X, Y });
  const lambda = [0, 0.2];
  const { model, receipt } = fitRidge(new Dataset({ X, Y }), { lambda });
  const coordinates = { standardize: true, intercept: true };
  for (const [l, own] of lambda.entries()) {
    const exact: ExactRidge = exactRidge({ lambda: own, ...coordinates }, sums);
    const weight = Array.from(model.weight.data.subarray(8 * l, 8 * l + 8));
    const claimed = claim(receipt.digits, l);
    const { coefficients } = digitsOf({ weight, bias: model.bias[l]! }, exact, l, coordinates);
    expect(coefficients).toBeGreaterThanOrEqual(Math.max(14, claimed!));
  }
});
