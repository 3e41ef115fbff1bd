/** What the library makes of a problem, beside the exact values. */
import {
  chooseLambda,
  Dataset,
  diagnostics,
  fitRidge,
  type Inference,
  inference,
  Moments,
  type RidgeFit,
  ridgePath,
} from "../../src/index.js";
import { digits, MOST } from "./digits.js";
import { ONE, over, type Rational, times } from "./rational.js";
import type { ExactProblem, ExactRidge } from "./ridge.js";

export const SOURCES = ["rows", "moments", "path", "choice"] as const;
export type Source = (typeof SOURCES)[number];

/** Right digits of one target, the fewest of each quantity; null where the library gives no number. */
export interface Measured {
  coefficients: number | null;
  standardErrors: number | null;
  variance: number | null;
  r2: number | null;
  /** What the library says of its coefficients: null where that is that their digits are unknown, undefined if nothing. */
  claimed: Value;
}

export type Value = number | null | undefined;

/** What a call gives, or null where it refuses since the numbers are not determined by what it was given. */
function attempt<T>(call: () => T): T | null {
  try {
    return call();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "NOT_POSITIVE_DEFINITE" || code === "DATA") return null;
    throw error;
  }
}

/** The fewest right digits of several numbers; null if one of them is unknown. */
function fewest(
  got: readonly Value[],
  exact: readonly Rational[],
  beside: readonly Rational[],
): number | null {
  if (got.some((value) => value === null || value === undefined)) return null;
  return Math.min(MOST, ...got.map((value, i) => digits(value!, exact[i]!, beside[i]!)));
}

/** What a fit says of one target; nothing of what it does not know. */
export interface Given {
  weight: readonly Value[];
  bias: Value;
  standardError?: readonly Value[];
  biasStandardError?: Value;
  variance?: Value;
  r2?: Value;
  claimed?: Value;
}

/**
 * The right digits of target l.
 * @param inPath whether weights and bias are those of a path: w·s and the mean where it is standardised
 */
export function digitsOf(
  given: Given,
  { targets, scale, meanY }: ExactRidge,
  l: number,
  { standardize, intercept }: Pick<ExactProblem, "standardize" | "intercept">,
  inPath = false,
): Measured {
  const target = targets[l]!;
  const scaled = inPath && standardize;
  const weight = target.weight.map((w, j) => (scaled ? times(w, scale[j]!) : w));
  const beside = scale.map((s) => over(target.size, scaled ? ONE : s));
  const bias = scaled && intercept ? meanY[l]! : target.bias;
  const { standardError, biasStandardError, variance } = target;
  const errors = [...(given.standardError ?? [null]), given.biasStandardError];
  return {
    coefficients: fewest([...given.weight, given.bias], [...weight, bias], [...beside, target.size]),
    standardErrors:
      standardError && fewest(errors, [...standardError, biasStandardError!], [...beside, target.size]),
    variance: variance && fewest([given.variance], [variance], [ONE]),
    r2: target.r2 && fewest([given.r2], [target.r2], [ONE]),
    claimed: given.claimed,
  };
}

/** The digits that are claimed of target l, of one number for all or one each. */
export const claim = (digits: Value | readonly Value[], l: number): Value =>
  Array.isArray(digits) ? digits[l] : (digits as Value);

/** What a fit gives of each target. */
function ofFit({ model, receipt }: RidgeFit): Given[] {
  const n = model.weight.cols;
  return Array.from(model.bias, (bias, l) => ({
    weight: Array.from(model.weight.data.subarray(l * n, (l + 1) * n)),
    bias,
    claimed: claim(receipt.digits, l),
  }));
}

/** Numbers of target l of a table [n][k]. */
export const ofTarget = (values: readonly (readonly Value[])[], l: number): Value[] =>
  values.map((row) => row[l]);

const ofInference = ({ standardError, biasStandardError, variance }: Inference, l: number) => ({
  standardError: ofTarget(standardError, l),
  biasStandardError: biasStandardError[l],
  variance: variance[l],
});

/** The right digits of each target, fitted in a way. */
export function measure(problem: ExactProblem, exact: ExactRidge, source: Source): Measured[] {
  const { X, Y, weights, weightKind = "frequency", lambda, standardize, intercept } = problem;
  const rows = new Dataset({
    X: X.map((row) => [...row]),
    Y: Y.map((row) => [...row]),
    ...(weights && { weights: [...weights] }),
  });
  const coordinates = { standardize, intercept };
  const absent = exact.targets.map((_, l) => digitsOf({ weight: [null], bias: null }, exact, l, problem));
  if (source === "path") {
    const path = attempt(() => ridgePath(rows, { lambdas: [lambda], folds: 1, ...coordinates }));
    if (path === null) return absent;
    const { w, b, digits } = path.points[0]!;
    return exact.targets.map((_, l) =>
      digitsOf(
        { weight: ofTarget(w.toArray(), l), bias: b.data[l], claimed: claim(digits, l) },
        exact,
        l,
        problem,
        true,
      ),
    );
  }
  const data = source === "moments" ? Moments.of(rows) : rows;
  const fit = attempt(() =>
    source === "choice"
      ? chooseLambda(rows, { lambdas: [lambda], folds: "gcv", weightKind, ...coordinates }).fit
      : fitRidge(data, { lambda, ...coordinates }),
  );
  if (fit === null) return absent;
  const given = ofFit(fit);
  if (source === "choice") return given.map((target, l) => digitsOf(target, exact, l, problem));
  const inferred = attempt(() => inference(data, { lambda, weightKind, ...coordinates }));
  const { metrics } = diagnostics(fit.model, data, { intercept, weightKind });
  return given.map((target, l) => {
    const statistics = inferred ? ofInference(inferred, l) : {};
    return digitsOf({ ...target, ...statistics, r2: metrics[l]!.r2 }, exact, l, problem);
  });
}
