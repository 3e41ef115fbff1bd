import type { Dataset } from "../data/dataset.js";
import type { Moments } from "../data/moments.js";
import { Ell2Error } from "../errors.js";
import type { Matrix } from "../linalg/matrix.js";
import { checkBoolean, checkNumber, checkOptions, show } from "../numbers/check.js";
import { fisherTail } from "../numbers/incompleteBeta.js";
import { studentTCdf, studentTQuantile } from "../numbers/studentT.js";
import { perTargetLambda } from "./fitRidge.js";
import { Problem } from "./problem.js";
import { rowFit } from "./rowFit.js";
import { rowStatistics } from "./rowStatistics.js";
import type { Solution, Spread } from "./solution.js";
import type { Coordinates } from "./system.js";
import { checkWeightKind, countedRows, type WeightKind } from "./weightKind.js";

/** A number for each feature and target, [n][k]; null where it is not known. */
type PerWeight = (number | null)[][];

/** How far the weights of ridge regression scatter from sample to sample. What is not known is null, and `notes` says why. */
export interface Inference {
  /**
   * "confidence" for λ = 0. For λ > 0 "sampling": the covariance σ̂²(S + αI)⁻¹S(S + αI)⁻¹ says how
   * the shrunken weights scatter, and leaves out their bias: an interval is not one of confidence.
   */
  kind: "confidence" | "sampling";
  /** N − 1 − df of each target [k]; N is the sum of the weights, or for precisions the number of rows; N − df without a bias. */
  degreesOfFreedom: number[];
  /** σ̂² = RSS/degreesOfFreedom of each target [k]; for precisions, of a row of weight 1. */
  variance: (number | null)[];
  /** Of each weight, in the data's units; 0 for a constant column of a model with a bias. */
  standardError: PerWeight;
  /** Of each bias [k]; 0 where there is none. */
  biasStandardError: (number | null)[];
  /** w over its standard error; null where that is 0. */
  t: PerWeight;
  /** P(|T| ≥ |t|) under w = 0, for λ = 0; null for λ > 0, where t has no known distribution. */
  p: PerWeight;
  /** w ± t-quantile · standard error. */
  interval: { low: PerWeight; high: PerWeight };
  /**
   * For λ = 0 the test of all weights together, F = ((Σω(y − ȳ)² − RSS)/df)/σ̂² with its degrees of freedom, and
   * P(F' ≥ F) under w = 0 [k]; about 0 without a bias. null for λ > 0.
   */
  f: ({ value: number; df: [number, number]; p: number } | null)[];
  /** 1 − (1 − R²)·(N − 1)/(N − 1 − df), without a bias about 0 and with N in place of N − 1 [k]. */
  adjustedR2: (number | null)[];
  /** Standard errors that hold for errors of unequal variance (HC3, MacKinnon and White 1985); null without rows. */
  hc3: PerWeight | null;
  /** What is not known and why, and what else to know of these numbers. */
  notes: string[];
}

/** The options of `inference`. */
export interface InferenceOptions extends Partial<Coordinates> {
  lambda: number | readonly number[];
  level?: number;
  weightKind?: WeightKind;
}

/** How small residuals are beside the targets, squared, from which R calls a fit essentially perfect. */
const PERFECT = 1e-30;

/**
 * Standard errors, t and p values and intervals of the weights of ridge regression, in the data's units.
 *
 * With V = (S + αI)⁻¹S(S + αI)⁻¹ in the coordinates that are penalised, the covariance of a target's
 * weights is σ̂²V, and the variance of its bias σ̂²(1/W + x̄ᵀVx̄); the features count as given, as does λ.
 * The residual sum of squares is that of the rows where there are rows. From moments it is a difference of
 * sums: where rounding may be more than 1 % of it, it and all that rests on it is null.
 *
 * @param data rows, or their moments
 * @param options.lambda λ ≥ 0, or one for each of the k targets
 * @param options.level of the intervals, in (0, 1); 0.95 by default
 * @param options.standardize whether the penalty is on the standardised weights; false by default
 * @param options.intercept whether there is a bias; true by default
 * @param options.weightKind what row weights mean: "frequency" (the default), how often a row was
 *   seen; or "precision", the inverse of its error's variance up to a factor, so that rows are what is
 *   counted (of a data set those with a weight above 0; of moments all)
 * @throws DATA where there are no degrees of freedom, NOT_POSITIVE_DEFINITE for dependent columns that λ does
 *   not tell apart (no weight is determined by itself); SHAPE, VALUE, OPTION
 * Source: docs/choosing.md; MacKinnon and White 1985 for HC3.
 */
export function inference(data: Dataset | Moments, options: InferenceOptions): Inference {
  const where = "inference";
  checkOptions(where, options, ["lambda", "level", "standardize", "intercept", "weightKind"]);
  const level = checkLevel(where, options.level);
  const intercept = checkBoolean(where, "intercept", options.intercept ?? true);
  const standardize = checkBoolean(where, "standardize", options.standardize ?? false);
  const weightKind = checkWeightKind(where, options.weightKind);
  const lambdas = perTargetLambda(where, options.lambda, data.outputs.length);
  return inferenceOf(new Problem(where, data, { standardize, intercept }), lambdas, { level, weightKind });
}

export const checkLevel = (where: string, level: unknown = 0.95): number =>
  checkNumber(where, "level", level, "in (0, 1)", (x) => x > 0 && x < 1);

/** `inference` of a problem that is prepared. @param hc3 whether robust standard errors are taken, a pass over the rows; or the sums for them */
export function inferenceOf(
  problem: Problem,
  lambdas: readonly number[],
  {
    level = 0.95,
    weightKind,
    hc3 = true,
  }: { level?: number; weightKind: WeightKind; hc3?: boolean | Matrix | null },
): Inference {
  const { inputs, outputs, intercept } = problem;
  const k = outputs.length;
  const counted = countedRows(problem, weightKind);
  const targets = lambdas.map((lambda, l) => ofTarget(problem, lambda, l, counted));
  const perWeight = (f: (target: Target, j: number, l: number) => number | null): PerWeight =>
    inputs.map((_, j) => targets.map((target, l) => f(target, j, l)));
  const quantiles = targets.map(({ degrees }) => studentTQuantile(0.5 + level / 2, degrees));
  const weight = ({ solution }: Target, j: number, l: number) => solution.w[j * k + l]!;
  const t = perWeight((target, j, l) => {
    const error = target.standardError(j);
    return error === null || !(error > 0) ? null : finite(weight(target, j, l) / error);
  });
  const bound = (sign: 1 | -1) =>
    perWeight((target, j, l) => {
      const error = target.standardError(j);
      return error === null ? null : finite(weight(target, j, l) + sign * quantiles[l]! * error);
    });
  return {
    kind: lambdas.every((lambda) => lambda === 0) ? "confidence" : "sampling",
    degreesOfFreedom: targets.map(({ degrees }) => degrees),
    variance: targets.map(({ variance }) => variance),
    standardError: perWeight((target, j) => target.standardError(j)),
    biasStandardError: targets.map(({ biasStandardError }) => biasStandardError),
    t,
    p: perWeight(({ solution, degrees }, j, l) => {
      const value = t[j]![l]!;
      return value === null || solution.lambda > 0 ? null : 2 * studentTCdf(-Math.abs(value), degrees);
    }),
    interval: { low: bound(-1), high: bound(1) },
    f: targets.map(({ f }) => f),
    adjustedR2: targets.map(({ adjustedR2 }) => adjustedR2),
    hc3: hc3 ? robustErrors(problem, targets, weightKind, hc3 === true ? null : hc3) : null,
    notes: [...new Set(targets.flatMap(({ notes }) => notes))].concat(
      intercept ? [] : ["without a bias, F and adjusted R² are about 0, not about the mean"],
    ),
  };
}

/** What is known of one target. */
interface Target {
  solution: Solution;
  degrees: number;
  variance: number | null;
  standardError(feature: number): number | null;
  biasStandardError: number | null;
  f: Inference["f"][number];
  adjustedR2: number | null;
  notes: string[];
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function ofTarget(problem: Problem, lambda: number, l: number, counted: number): Target {
  const { where, intercept, outputs } = problem;
  const solution = problem.solve(lambda);
  const { spread } = solution;
  if (spread === null) throw dependentColumns(problem, solution);
  const used = spread.df + (intercept ? 1 : 0);
  const degrees = counted - used;
  if (!(degrees > 0)) {
    throw new Ell2Error("DATA", {
      where,
      expected: "more rows than effective degrees of freedom",
      got: `${counted} rows for ${used}`,
    });
  }
  const name = show(outputs[l]);
  const rss = solution.rss[l]!;
  // without rows what is not known is lost; with rows standard errors are known beyond it
  const known = rss !== null || problem.rows !== null;
  const notes: string[] = [];
  if (rss === null)
    notes.push(
      problem.rows === null
        ? `the residual sum of squares of ${name} is lost in the rounding of the sums, and with it standard errors; give the rows`
        : `the residual sum of squares of ${name} is beyond what a double holds, and with it its variance`,
    );
  const { centred, aboutZero } = problem.totals[l]!;
  if (rss !== null && Number.isFinite(aboutZero) && !problem.constantTargets[l] && rss <= PERFECT * aboutZero)
    notes.push(`the fit of ${name} is essentially perfect: its residuals are of the size of rounding`);
  const error = (value: (s: Spread) => number) => (known ? finite(value(spread)) : null);
  const lost = problem.inputs.filter(
    (_, j) => known && error((s) => s.standardError(j, l, degrees)) === null,
  );
  if (lost.length > 0)
    notes.push(
      `the standard error of ${lost.slice(0, 3).map(show).join(", ")}${lost.length > 3 ? ", …" : ""} is beyond what a double holds`,
    );
  return {
    solution,
    degrees,
    variance: rss === null ? null : rss / degrees,
    standardError: (j) => error((s) => s.standardError(j, l, degrees)),
    biasStandardError: error((s) => s.biasStandardError(l, degrees)),
    ...goodness(
      intercept ? centred : aboutZero,
      rss,
      spread.df,
      degrees,
      counted - (intercept ? 1 : 0),
      lambda,
    ),
    notes,
  };
}

/** F and adjusted R² from sums of squares, total − 1 and residual degrees of freedom. */
function goodness(
  total: number,
  rss: number | null,
  df: number,
  degrees: number,
  totalDegrees: number,
  lambda: number,
): Pick<Target, "f" | "adjustedR2"> {
  if (rss === null || !(total > 0)) return { f: null, adjustedR2: null };
  const adjustedR2 = finite(1 - (rss / degrees) * (totalDegrees / total));
  if (lambda > 0 || df === 0 || !(rss > 0)) return { f: null, adjustedR2 };
  const value = (total - rss) / df / (rss / degrees);
  const f = Number.isFinite(value)
    ? { value, df: [df, degrees] as [number, number], p: fisherTail(value, df, degrees) }
    : null;
  return { f, adjustedR2 };
}

function dependentColumns(
  { where, inputs, constant, intercept }: Problem,
  { rank, lambda }: Solution,
): Ell2Error {
  const free = inputs.length - (intercept ? constant.filter(Boolean).length : 0);
  return new Ell2Error("NOT_POSITIVE_DEFINITE", {
    where,
    expected: "columns that are not dependent",
    got: `${rank} directions for ${free} features`,
    remedy: lambda > 0 ? "leave a column out, or take a larger λ" : "leave a column out, or take a λ above 0",
  });
}

/** √Σᵢ ωᵢ pᵢpᵢᵀ(eᵢ/(1 − hᵢ))² with pᵢ = (S + αI)⁻¹(xᵢ − x̄); for precisions ωᵢ² and ωᵢhᵢ */
function robustErrors(
  problem: Problem,
  targets: readonly Target[],
  weightKind: WeightKind,
  known: Matrix | null,
): PerWeight | null {
  if (problem.rows === null) return null;
  const solutions = targets.map(({ solution }) => solution);
  const sums =
    known ?? rowStatistics(problem.rows, rowFit(problem, solutions, weightKind), { hc3: true }).hc3!;
  const k = targets.length;
  return problem.inputs.map((_, j) => targets.map((__, l) => finite(Math.sqrt(sums.data[j * k + l]!))));
}
