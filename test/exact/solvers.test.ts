/** The ways of solving that small problems do not take of themselves: on small problems all the same, where the truth is known. */
import { expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { DenseSolution } from "../../src/fit/denseSolution.js";
import { DualSolution } from "../../src/fit/dualSolution.js";
import { Factored } from "../../src/fit/factored.js";
import { refinedQR } from "../../src/fit/orthogonal.js";
import { Problem } from "../../src/fit/problem.js";
import type { Solution } from "../../src/fit/solution.js";
import { families, waysOf } from "./families.js";
import { digitsOf, type Measured } from "./measure.js";
import { toNumber } from "./rational.js";
import { type ExactProblem, type ExactRidge, exactRidge, wholeSums } from "./ridge.js";

/** The solution of a problem by one way; null where it says itself that it did not get there. */
type Way = (problem: Problem, lambda: number) => Solution | null;

const dense: Way = (problem, lambda) => {
  const factored = new Factored(problem.system, lambda);
  if (!(factored.condition < 1e14)) return null;
  const solution = new DenseSolution(factored, problem.moments, problem.rows);
  return solution.stands ? solution : null;
};
const dual: Way = (problem, lambda) => {
  const solution = new DualSolution(problem.system, problem.moments, problem.rows!, lambda);
  return solution.stands ? solution : null;
};
const qr: Way = (problem, lambda) => refinedQR(problem.system, problem.moments, problem.rows!, lambda);

/** Condition numbers of the columns up to which fits of many rows go by Cholesky. */
const ORDINARY = 300;

function measured(solution: Solution, exact: ExactRidge, problem: ExactProblem): Measured[] {
  const { w, b, digits, rss, spread } = solution;
  const k = exact.targets.length;
  const features = Array.from(problem.X[0]!.keys());
  return exact.targets.map((target, l) => {
    const degrees = target.variance ? toNumber(target.rss) / toNumber(target.variance) : null;
    const given = {
      weight: features.map((j) => w[j * k + l]!),
      bias: b[l]!,
      claimed: digits[l],
      variance: degrees && rss[l] !== null ? rss[l]! / degrees : null,
    };
    const errors = degrees &&
      spread && {
        standardError: features.map((j) => spread.standardError(j, l, degrees)),
        biasStandardError: spread.biasStandardError(l, degrees),
      };
    return digitsOf({ ...given, ...errors }, exact, l, problem);
  });
}

/** What falls short: claims above the truth everywhere; in ordinary problems fewer digits than `least` without a word. */
function shortcomings(
  way: Way,
  isWide: boolean,
  least: { coefficients: number; statistics: number },
): string[] {
  return families.flatMap(({ name, rows }) =>
    rows.flatMap(waysOf).flatMap((problem) => {
      const { X, Y, weights, lambda, standardize, intercept } = problem;
      if (X[0]!.length >= X.length !== isWide) return [];
      const data = new Dataset({
        X: X.map((row) => [...row]),
        Y: Y.map((row) => [...row]),
        ...(weights && { weights: [...weights] }),
      });
      const solution = way(new Problem("test", data, { standardize, intercept }), lambda);
      if (solution === null) return [];
      const exact = exactRidge(problem, wholeSums(problem));
      return measured(solution, exact, problem).flatMap(
        ({ coefficients, claimed, standardErrors, variance }) => {
          const found: string[] = [];
          if (typeof claimed === "number" && claimed > coefficients!) found.push(`${claimed} digits claimed`);
          if (exact.condition <= ORDINARY) {
            const said = typeof claimed === "number" && claimed < least.coefficients;
            if (coefficients! < least.coefficients && !said) found.push(`not ${least.coefficients} digits`);
            if (Math.min(standardErrors ?? 16, variance ?? 16) < least.statistics)
              found.push(`standard errors ${standardErrors?.toFixed(1)}, variance ${variance?.toFixed(1)}`);
          }
          const about = `${name}, ${X[0]!.length} columns, condition ${exact.condition.toExponential(1)}, λ ${lambda}`;
          const how = `standardised ${standardize}, bias ${intercept}, weighted ${weights !== undefined}`;
          return found.map((text) => `${about}, ${how}: ${coefficients!.toFixed(1)} right, ${text}`);
        },
      );
    }),
  );
}

it("Cholesky corrected with residuals has the digits that it claims, and in ordinary problems 14, or says so", () => {
  expect(shortcomings(dense, false, { coefficients: 14, statistics: 10 })).toEqual([]);
});

it("the dual system corrected with residuals has the digits that it claims, and in ordinary problems 14, or says so", () => {
  expect(shortcomings(dual, true, { coefficients: 14, statistics: 10 })).toEqual([]);
});

it("QR of the rows corrected with residuals has the digits that it claims, and in ordinary problems 14, or says so", () => {
  expect(shortcomings(qr, false, { coefficients: 14, statistics: 10 })).toEqual([]);
});
