import { execFileSync, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Dataset, fitRidge } from "../../src/index.js";

interface Fit {
  lambda: [number];
  standardize: boolean;
  bias: [number];
  weight: number[];
}

interface Recorded {
  problems: { name: string; X: number[][]; y: number[]; weights: number[]; plain: Fit[]; weighted: Fit[] }[];
}

/** The largest distance of a coefficient from glmnet's, of the largest |w|·s of the fit (for the bias in the target's units). */
function distance({ problems }: Recorded): number {
  let worst = 0;
  for (const { X, y, weights, plain, weighted } of problems) {
    const Y = y.map((value) => [value]);
    for (const [data, fits] of [
      [new Dataset({ X, Y }), plain],
      [new Dataset({ X, Y, weights }), weighted],
    ] as const) {
      expect(fits).toHaveLength(6);
      for (const { lambda, standardize, bias, weight } of fits) {
        const { model } = fitRidge(data, { lambda: lambda[0], standardize });
        const spread = X[0]!.map((_, j) => {
          const column = X.map((row) => row[j]!);
          return Math.max(...column) - Math.min(...column);
        });
        const size = Math.max(...weight.map((w, j) => Math.abs(w) * spread[j]!));
        for (const [j, w] of weight.entries())
          worst = Math.max(worst, (Math.abs(model.weight.data[j]! - w) * spread[j]!) / size);
        worst = Math.max(worst, Math.abs(model.bias[0]! - bias[0]) / Math.max(size, Math.abs(bias[0])));
      }
    }
  }
  return worst;
}

const golden = join(import.meta.dirname, "../../golden");
/** It iterates until no coefficient moves by more than 1e-15 of the target's deviation, one after another. */
const BOUND = 1e-10;

describe("ridge regression beside glmnet's", () => {
  it("has the recorded coefficients: three λ, standardised and not, weighted and not", () => {
    const recorded: Recorded = JSON.parse(readFileSync(join(golden, "glmnet.json"), "utf8"));
    expect(recorded.problems).toHaveLength(3);
    expect(distance(recorded)).toBeLessThan(BOUND);
  });

  const missing = spawnSync("Rscript", ["-e", "library(glmnet)"]).status !== 0;
  const needs = missing ? " (skipped: needs R with glmnet)" : "";
  const seed = randomInt(2 ** 31);
  it.skipIf(missing)(`has those of a live run, seed ${seed}${needs}`, () => {
    const stdout = execFileSync("Rscript", [join(golden, "glmnet.R"), String(seed)], { encoding: "utf8" });
    expect(distance(JSON.parse(stdout))).toBeLessThan(BOUND);
  });
});
