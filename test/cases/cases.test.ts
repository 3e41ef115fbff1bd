import { describe, expect, it } from "vitest";
import { ell2, type Outcome, put, temporaryFolder } from "../cli/help.js";
import { digits } from "../exact/digits.js";
import { claim, digitsOf, type Measured, measure } from "../exact/measure.js";
import { isZero, ONE, toNumber } from "../exact/rational.js";
import { type ExactProblem, type ExactRidge, exactInflation, exactRidge, wholeSums } from "../exact/ridge.js";
import { asResults, shortcomings } from "../exact/table.js";
import { type Case, extremes, kinds } from "./cases.js";

const folder = temporaryFolder();

type Value = number | string | null;

/** What is read of the document of `ell2 fit --json`. */
interface Document {
  model: { weight: Value[][]; bias: Value[] };
  metrics: { train: { rmse: Value; r2: Value }[] };
  receipt: { digits: number | (number | null)[] };
  inference: {
    variance: Value[];
    standardError: Value[][];
    biasStandardError: Value[];
    t: Value[][];
    absent?: string;
    notes?: string[];
  };
  predictionIntervals: Value[] | null;
  diagnostics: { df: Value[]; vif: Value[] };
  warnings: string[];
}

/** The file of a case, as CSV. */
function csv({ inputs, outputs, problem }: Case): string {
  const { X, Y, weights } = problem;
  const header = [...inputs, ...outputs, ...(weights ? ["w"] : [])];
  return [header, ...X.map((x, i) => [...x, ...Y[i]!, ...(weights ? [weights[i]!] : [])])].join("\n");
}

/** `ell2 fit` of a case. */
function fitted(of: Case): Outcome {
  const { lambda, standardize, weights, weightKind } = of.problem;
  const args = [
    "fit",
    put(folder, "rows.csv", csv(of)),
    "--target",
    of.outputs.join(),
    "--lambda",
    String(lambda),
    "--json",
  ];
  if (!standardize) args.push("--no-standardize");
  if (weights) args.push("--weight", "w", "--weight-kind", weightKind ?? "frequency");
  return ell2(args, { cwd: folder });
}

/** What the document of a fit has of each target, in right digits. */
function measured(
  { model, metrics, inference, receipt }: Document,
  exact: ExactRidge,
  problem: ExactProblem,
): Measured[] {
  return exact.targets.map((_, l) =>
    digitsOf(
      {
        weight: model.weight[l]!.map(number),
        bias: number(model.bias[l]),
        standardError: inference.standardError?.map((row) => number(row[l])),
        biasStandardError: number(inference.biasStandardError?.[l]),
        variance: number(inference.variance?.[l]),
        r2: number(metrics.train[l]!.r2),
        claimed: claim(receipt.digits, l),
      },
      exact,
      l,
      problem,
    ),
  );
}

/** A number, or null; what is no number in JSON counts as wrong. */
const number = (value: Value | undefined): number | null =>
  typeof value === "string" ? Number.NaN : (value ?? null);

describe.each(Object.entries(kinds))("%s", (_kind, cases) => {
  it.each(cases)("$name: the library has every digit", ({ name, problem }) => {
    const exact = exactRidge(problem, wholeSums(problem));
    expect(shortcomings(asResults(name, "rows", problem, exact, measure(problem, exact, "rows")))).toEqual(
      [],
    );
  });

  it.each(cases)("$name: ell2 fit prints what is right, and nothing that is no number", (of) => {
    const { problem, name, inputs, warns } = of;
    const data = wholeSums(problem);
    const exact = exactRidge(problem, data);
    const { stdout, stderr, exit } = fitted(of);
    expect(exit, stderr).toBe(0);
    const document: Document = JSON.parse(stdout);
    const { model, metrics, inference, diagnostics, warnings } = document;
    expect(shortcomings(asResults(name, "rows", problem, exact, measured(document, exact, problem)))).toEqual(
      [],
    );
    expect(stdout).not.toMatch(/NaN|Infinity/);
    for (const [l, { r2, variance }] of exact.targets.entries()) {
      if (r2 === null) {
        expect(metrics.train[l]).toMatchObject({ r2: null, rmse: 0 });
        expect(model.weight[l]!.every((w) => w === 0)).toBe(true);
      }
      expect(Math.floor(digits(number(diagnostics.df[l])!, exact.df, ONE))).toBeGreaterThanOrEqual(10);
      if (variance && isZero(variance)) expect(inference.variance[l]).toBe(0);
    }
    for (const [j, factor] of exactInflation(data).entries()) {
      if (factor === null) {
        expect(diagnostics.vif[j]).toBeNull();
        expect(model.weight.every((row) => row[j] === 0)).toBe(true);
        expect(inference.standardError[j]!.every((error) => error === 0)).toBe(true);
        expect(inference.t[j]!.every((t) => t === null)).toBe(true);
      } else if (exact.condition <= 1e10) {
        expect(
          digits(number(diagnostics.vif[j])!, factor, ONE),
          `VIF of ${inputs[j]}`,
        ).toBeGreaterThanOrEqual(10);
      }
    }
    const said = [...warnings, ...(inference.notes ?? [])].join("\n");
    if (warns) expect(said).toMatch(warns);
    else expect(said).not.toMatch(/constant|leave a column out/i);
    // half of a prediction interval at the means is σ√(1 + 1/W) times the 97.5 % quantile of t
    const W = problem.weights?.reduce((sum, omega) => sum + omega, 0) ?? problem.X.length;
    for (const [l, half] of (document.predictionIntervals ?? []).entries()) {
      const sigma = Math.sqrt(toNumber(exact.targets[l]!.variance!) * (1 + 1 / W));
      expect(number(half)).toBeGreaterThanOrEqual(1.95 * sigma);
      expect(number(half)).toBeLessThanOrEqual(12.8 * sigma);
    }
  });
});

describe("numbers at the ends of what a float64 holds", () => {
  it.each(extremes)("$name: ell2 fit is right, or says in words what it refuses", (of) => {
    const { problem, name } = of;
    const { stdout, stderr, exit } = fitted(of);
    if (exit !== 0) {
      expect(stderr).toMatch(/^ell2 fit: \w+/);
      expect(stderr).not.toMatch(/ at .*:\d+:\d+/);
      return;
    }
    expect(stdout).not.toMatch(/NaN|Infinity/);
    const exact = exactRidge(problem, wholeSums(problem));
    const found = asResults(name, "rows", problem, exact, measured(JSON.parse(stdout), exact, problem));
    // what does not fit in a float64 is absent
    const shown = found.map((result) => ({
      ...result,
      known: result.known.filter((quantity) => result[quantity] !== null),
    }));
    expect(shortcomings(shown)).toEqual([]);
  });
});
