/** The right digits of every family of problems, as a table for docs/verification.md and as gates. */
import { type Family, families, waysOf } from "./families.js";
import { type Measured, measure, SOURCES, type Source } from "./measure.js";
import { type ExactProblem, type ExactRidge, exactRidge, wholeSums } from "./ridge.js";

const QUANTITIES = ["coefficients", "standardErrors", "variance", "r2"] as const;
type Quantity = (typeof QUANTITIES)[number];

/** One target, fitted in one way. */
export interface Result extends Measured {
  family: string;
  source: Source;
  problem: ExactProblem;
  condition: number;
  /** The share of the observations that is left as degrees of freedom. */
  spare: number;
  /** What exists: a statistic that no degrees of freedom are left for is not missed. */
  known: readonly Quantity[];
}

/** What was measured of each target, with what it is of. */
export function asResults(
  family: string,
  source: Source,
  problem: ExactProblem,
  exact: ExactRidge,
  measured: readonly Measured[],
): Result[] {
  const withStatistics = source === "rows" || source === "moments";
  return measured.map((digits, l): Result => {
    const { variance, r2 } = exact.targets[l]!;
    const known = QUANTITIES.filter(
      (quantity) =>
        quantity === "coefficients" || (withStatistics && (quantity === "r2" ? r2 : variance) !== null),
    );
    return { family, source, problem, condition: exact.condition, spare: exact.spare, known, ...digits };
  });
}

/** Every problem, fitted in every way. */
export const results = (of: readonly Family[] = families): Result[] =>
  of.flatMap(({ name, rows }) =>
    rows.flatMap(waysOf).flatMap((problem) => {
      const exact = exactRidge(problem, wholeSums(problem));
      return SOURCES.flatMap((source) =>
        asResults(name, source, problem, exact, measure(problem, exact, source)),
      );
    }),
  );

/** What fits of rows must reach, up to a condition number. */
const FROM_ROWS: Record<Quantity, { least: number; upTo: number }> = {
  coefficients: { least: 14, upTo: 1e12 },
  standardErrors: { least: 10, upTo: 1e10 },
  variance: { least: 10, upTo: 1e10 },
  r2: { least: 10, upTo: 1e10 },
};

/** A statistic that is given at all has at least so many digits. */
const LEAST_SHOWN = 2;

/** Where less is left, N − df − 1 is a difference of nearly equal numbers, and σ² goes with it. */
const LEAST_SPARE = 1e-3;

/** What is short of its gate, in words; nothing if all is well. */
export function shortcomings(all: readonly Result[]): string[] {
  return all.flatMap((result) => {
    const { family, source, condition, spare, claimed, coefficients, known } = result;
    const { lambda, standardize, intercept, weights, weightKind, X } = result.problem;
    const about =
      `${family}, from ${source}: ${X[0]!.length} columns, condition ${condition.toExponential(1)}, λ ${lambda}` +
      `${standardize ? ", standardised" : ""}${intercept ? "" : ", no bias"}${weights ? `, ${weightKind ?? "frequency"} weights` : ""}`;
    const found: string[] = [];
    for (const quantity of known) {
      const got = result[quantity];
      const { least, upTo } = FROM_ROWS[quantity];
      const restsOnVariance = quantity === "standardErrors" || quantity === "variance";
      const gated = source === "rows" && condition <= upTo && !(restsOnVariance && spare < LEAST_SPARE);
      if (gated && !(got !== null && got >= least))
        found.push(`${quantity} ${got?.toFixed(1) ?? "absent"}, not ${least}`);
      else if (quantity !== "coefficients" && got !== null && got < LEAST_SHOWN)
        found.push(`${quantity} shown with ${got.toFixed(1)} digits`);
    }
    if (coefficients !== null && typeof claimed === "number" && claimed > coefficients)
      found.push(`${claimed} digits claimed, ${coefficients.toFixed(1)} right`);
    if (coefficients !== null && claimed === undefined && coefficients < FROM_ROWS.coefficients.least)
      found.push(`${coefficients.toFixed(1)} digits, and nothing said of them`);
    return found.map((text) => `${about}: ${text}`);
  });
}

/** Cut and not rounded, so that no number in the table is better than what was seen. */
const shown = (values: readonly number[]) =>
  values.length === 0 ? "–" : (Math.floor(values.reduce((a, b) => Math.min(a, b)) * 10) / 10).toFixed(1);

/** One line for each family and source. */
export function table(all: readonly Result[]): string[][] {
  const head = [
    "problems",
    "from",
    "fits",
    "κ up to",
    "coefficients",
    "standard errors",
    "σ²",
    "R²",
    "right − claimed",
    "absent",
  ];
  const lines = families.flatMap(({ name }) =>
    SOURCES.map((source) => {
      const here = all.filter((result) => result.family === name && result.source === source);
      const present = (quantity: Quantity) =>
        here.flatMap((result) => (result.known.includes(quantity) ? (result[quantity] ?? []) : []));
      const margin = here.flatMap(({ coefficients, claimed }) =>
        coefficients === null || typeof claimed !== "number" ? [] : [coefficients - claimed],
      );
      const absent = here.filter((result) => result.known.some((quantity) => result[quantity] === null));
      return [
        name,
        source,
        String(here.length),
        here.reduce((most, { condition }) => Math.max(most, condition), 1).toExponential(0),
        ...QUANTITIES.map((quantity) => shown(present(quantity))),
        shown(margin),
        String(absent.length),
      ];
    }),
  );
  return [head, ...lines];
}
