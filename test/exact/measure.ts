/** What the library makes of a problem, beside the exact values. */
import {
  chooseLambda,
  Dataset,
  evaluateFitted,
  fitRidge,
  type Inference,
  inference,
  Moments,
  type RidgeFit,
  ridgePath,
} from "../../src/index.js";
import { digits, MOST } from "./digits.js";
import { ONE, over, type Rational, times } from "./rational.js";
import type { ExactProblem, ExactRidge, ExactTarget } from "./ridge.js";

export const SOURCES = ["rows", "moments", "path", "choice"] as const;
export type Source = (typeof SOURCES)[number];

/** Right digits of one target, the fewest of each quantity; null where the library gives no number. */
export interface Measured {
  coefficients: number | null;
  standardErrors: number | null;
  variance: number | null;
  r2: number | null;
  /** What the library says of its coefficients; null where it says nothing. */
  claimed: number | null;
}

type Value = number | null | undefined;

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

/** Entries of target l of a matrix [n×k]. */
const column = (data: ArrayLike<Value>, l: number, k: number) =>
  Array.from(data).filter((_, at) => at % k === l);

/** Weights and bias of a target: in the data's units, or those of the path, in which w is w·s and b the mean. */
function coefficients(
  weight: readonly Value[],
  bias: Value,
  target: ExactTarget,
  { scale, meanY }: ExactRidge,
  l: number,
  { standardize, intercept }: ExactProblem,
  inPath: boolean,
): number | null {
  const scaled = inPath && standardize;
  const truth = target.weight.map((w, j) => (scaled ? times(w, scale[j]!) : w));
  const beside = scale.map((s) => over(target.size, scaled ? ONE : s));
  const exactBias = scaled && intercept ? meanY[l]! : target.bias;
  return fewest([...weight, bias], [...truth, exactBias], [...beside, target.size]);
}

function statistics(got: Inference | null, exact: ExactTarget, l: number, k: number) {
  if (got === null || exact.variance === null) return { standardErrors: null, variance: null };
  const errors = [...column(got.standardError.data, l, k), got.biasStandardError[l]];
  const truth = [...exact.standardError!, exact.biasStandardError!];
  return {
    standardErrors: fewest(
      errors,
      truth,
      truth.map(() => exact.size),
    ),
    variance: fewest([got.variance[l]], [exact.variance], [ONE]),
  };
}

/** What a fit has to show for each target. */
function ofFit(
  fit: RidgeFit,
  inferred: Inference | null,
  r2: Value[],
  exact: ExactRidge,
  problem: ExactProblem,
) {
  const k = exact.targets.length;
  const { weight, bias } = fit.model;
  const n = weight.cols;
  const claims = [fit.receipt.digits].flat();
  return exact.targets.map((target, l): Measured => {
    const w = Array.from(weight.data.subarray(l * n, (l + 1) * n));
    return {
      coefficients: coefficients(w, bias[l], target, exact, l, problem, false),
      ...statistics(inferred, target, l, k),
      r2: target.r2 === null ? null : fewest([r2[l]], [target.r2], [ONE]),
      claimed: claims.length === 1 ? claims[0]! : claims[l]!,
    };
  });
}

/** The right digits of each target, fitted in a way. */
export function measure(problem: ExactProblem, exact: ExactRidge, source: Source): Measured[] {
  const { X, Y, weights, weightKind = "frequency", lambda, standardize, intercept } = problem;
  const rows = new Dataset({
    X: X.map((row) => [...row]),
    Y: Y.map((row) => [...row]),
    ...(weights && { weights: [...weights] }),
  });
  const coordinates = { standardize, intercept };
  const k = exact.targets.length;
  const nothing = { standardErrors: null, variance: null, r2: null };
  const absent = exact.targets.map((): Measured => ({ coefficients: null, claimed: null, ...nothing }));
  if (source === "path") {
    const path = attempt(() => ridgePath(rows, { lambdas: [lambda], folds: 1, ...coordinates }));
    if (path === null) return absent;
    const { w, b } = path.points[0]!;
    return exact.targets.map((target, l) => ({
      coefficients: coefficients(column(w.data, l, k), b.data[l], target, exact, l, problem, true),
      claimed: null,
      ...nothing,
    }));
  }
  const data = source === "moments" ? Moments.of(rows) : rows;
  const fit = attempt(() =>
    source === "choice"
      ? chooseLambda(rows, { lambdas: [lambda], folds: "gcv", ...coordinates }).fit
      : fitRidge(data, { lambda, ...coordinates }),
  );
  if (fit === null) return absent;
  if (source === "choice") return ofFit(fit, null, [], exact, problem).map((m) => ({ ...m, ...nothing }));
  const inferred = attempt(() => inference(data, { lambda, weightKind, ...coordinates }));
  const r2 = evaluateFitted(fit.model, data).map((target) => target.r2);
  return ofFit(fit, inferred, r2, exact, problem);
}
