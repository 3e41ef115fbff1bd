import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { choices, fitDistances, type Recorded, testRows } from "./scikitLearn.js";

// src/cli/package.ts finds the package from dist/, where it is bundled
vi.mock("../../src/cli/package.js", () => ({ RECORDER: "" }));
const { findPython } = await import("../../src/cli/python.js");

const golden = join(import.meta.dirname, "../../golden");

const python = findPython();
const needs = python === null ? " (skipped: needs Python with torch, scikit-learn and NumPy)" : "";

describe("live, on a fresh seed", () => {
  const seed = randomInt(2 ** 31);

  it.skipIf(python === null)(`ridge regression by scikit-learn, seed ${seed}${needs}`, () => {
    const stdout = execFileSync(python!, [join(golden, "ridge.py"), "--seed", String(seed)], {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    const live: Recorded = JSON.parse(stdout);
    for (const { rows, test, ...options } of live.kFold) expect(testRows(rows, options)).toEqual(test);
    for (const problem of live.problems) {
      const { weight, bias, alone } = fitDistances(problem);
      expect(Math.max(weight, bias, alone)).toBeLessThan(1e-10);
      // errors are good to 1e-10 each, and their deviation to less;
      // which of two nearly equal errors is the least may turn on a last digit: not on a fresh seed
      expect(choices(problem).errors).toBeLessThan(1e-8);
    }
  });
});
