import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { choices, fitDistances, type Recorded, testRows } from "./scikitLearn.js";

const golden = join(import.meta.dirname, "../../golden");
const recorded: Recorded = JSON.parse(readFileSync(join(golden, "ridge.json"), "utf8"));

describe("kFold beside scikit-learn's KFold", () => {
  it.each(recorded.kFold)("$rows rows, $folds folds, shuffled: $shuffle", ({ rows, test, ...options }) => {
    expect(testRows(rows, options)).toEqual(test);
  });
});

describe.each(recorded.problems)("ridge regression beside scikit-learn's: $name", (problem) => {
  it("fitRidge has Ridge's weights for α = λWk/2: six λ, together and per target, weighted, standardised and not, with a bias and without", () => {
    const { weight, bias, alone, fits } = fitDistances(problem);
    expect(fits).toBe(2 * (6 * 4 + 4 + 4));
    expect(weight).toBeLessThan(1e-10);
    expect(bias).toBeLessThan(1e-10);
    expect(alone).toBeLessThan(1e-10);
  });

  it("chooseLambda chooses what KFold with α_fold = λ·m_fold·k/2 and RidgeCV choose, by the same errors", () => {
    const { ours, theirs, errors } = choices(problem);
    expect(ours).toEqual(theirs);
    expect(errors).toBeLessThan(1e-9);
  });
});
