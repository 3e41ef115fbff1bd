import { execFileSync, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { inferenceDistances, type RecordedInference, STATISTICS } from "./inferenceGolden.js";

const golden = join(import.meta.dirname, "../../golden");
const recorder = join(golden, "inference.py");

/** Theirs are good to 1e-10 or so; a p value magnifies the error of its t, and their quantile of t is good to 4e-9. */
const bound = (name: string) => (/interval|p value/.test(name) ? 1e-8 : 1e-9);

describe("least squares beside recorded statsmodels: five data sets, row weights of both kinds, with a bias and without", () => {
  let distances: Map<string, number>;
  beforeAll(() => {
    const recorded: RecordedInference = JSON.parse(readFileSync(join(golden, "inference.json"), "utf8"));
    expect(recorded.problems).toHaveLength(5);
    distances = inferenceDistances(recorded);
  });

  it.each(STATISTICS)("has the same %s", (name) => {
    expect(distances.get(name)).toBeLessThan(bound(name));
  });
});

const python = process.env.ELL2_PYTHON ?? "python3";
const missing = spawnSync(python, ["-c", "import statsmodels"]).status !== 0;

describe("live, on a fresh seed", () => {
  const seed = randomInt(2 ** 31);
  const needs = missing ? " (skipped: needs Python with statsmodels)" : "";

  it.skipIf(missing)(`every statistic of least squares by statsmodels, seed ${seed}${needs}`, () => {
    const stdout = execFileSync(python, [recorder, "--seed", String(seed)], {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    const distances = inferenceDistances(JSON.parse(stdout));
    // an entry of a fresh data set may be near 0
    const far = STATISTICS.filter((name) => !(distances.get(name)! < 100 * bound(name)));
    expect(far).toEqual([]);
  });
});
