import type { Moments } from "../data/moments.js";
import { show } from "../numbers/check.js";
import {
  type Criterion,
  type CurvePoint,
  endsFlat,
  isFlat,
  pick,
  pickStable,
  pooled,
  pooledCurve,
  type Rounding,
  targetCurve,
} from "./bestLambda.js";
import { ALL_SHRUNK } from "./lambdaSearch.js";
import type { PathPoint } from "./ridgePath.js";

/** Errors that differ by less than this share are the same: those of folds have more digits than a quotient by 1 − h. */
const SAME: Record<Criterion, number> = { folds: 1e-12, loo: 1e-9, gcv: 1e-9 };

/** What chooses a λ: one target, or all together. */
export interface Chooser {
  by: Criterion;
  /** The target, to begin a message with; empty for all together. */
  name: string;
  /** To what its errors are the same. */
  rounding: Rounding;
  curveOf: (points: readonly PathPoint[]) => CurvePoint[];
}

/** One chooser for all targets, or one for each. */
export function choosersOf(
  { outputs, syy, meanY, weight }: Moments,
  variance: readonly number[],
  by: Criterion,
  perTarget: boolean,
): Chooser[] {
  // mean squared errors that are rounding: 1e-20 of the variance, and eight ulp of the mean
  const amounts = Array.from(meanY, (mean, l) => {
    const ulps = 8 * Number.EPSILON * mean;
    return (1e-20 * syy.data[l * syy.cols + l]!) / weight + ulps * ulps;
  });
  const share = SAME[by];
  if (!perTarget) {
    const rounding = { share, amount: pooled(amounts, variance) };
    return [{ by, name: "", rounding, curveOf: (points) => pooledCurve(points, variance, by) }];
  }
  return outputs.map((output, l) => ({
    by,
    name: `target ${show(output)}: `,
    rounding: { share, amount: amounts[l]! },
    curveOf: (points) => targetCurve(points, l, by),
  }));
}

const where = "chooseLambda";

/** The λ of the least error; of λ that were not given, the one that rounding does not decide. */
export const leastOf = (
  { curveOf, rounding }: Chooser,
  points: readonly PathPoint[],
  given: boolean,
): number => (given ? pick(where, curveOf(points), false) : pickStable(where, curveOf(points), rounding));

/** The largest λ within one standard error of the least error. */
export const withinOf = ({ curveOf }: Chooser, points: readonly PathPoint[]): number =>
  pick(where, curveOf(points), true);

/** The λ that have to lie inside a grid: none where all are as good. */
export function wantedOf(chooser: Chooser, points: readonly PathPoint[]): number[] {
  if (isFlat(chooser.curveOf(points), chooser.rounding)) return [];
  const least = leastOf(chooser, points, false);
  return chooser.by === "folds" ? [least, withinOf(chooser, points)] : [least];
}

/** How a λ was looked for. */
interface Looked {
  /** Among λ that were given: the grid was not extended. */
  given: boolean;
  oneStandardError: boolean;
  hasRows: boolean;
}

/** What there is to say where the λ that was chosen is at an end of those that were tried. */
export function endWarnings(
  { by, name, curveOf, rounding }: Chooser,
  points: readonly PathPoint[],
  lambda: number,
  { given, oneStandardError, hasRows }: Looked,
): string[] {
  if (points.length < 2) return [];
  const curve = curveOf(points);
  const lambdas = points.map((point) => point.lambda);
  const what = oneStandardError ? "the λ within one standard error of the least error" : "the least error";
  if (isFlat(curve, rounding)) return [`${name}every λ has the same error, so there is nothing to choose by`];
  if (lambda === Math.max(...lambdas)) {
    const { df } = points.find((point) => point.lambda === lambda)!;
    if (df >= ALL_SHRUNK)
      return [`${name}${what} is at the largest λ that was tried, ${lambda}; try larger ones`];
    const why = oneStandardError
      ? "within one standard error, a model without the features is as good"
      : "the features do not help to predict";
    return [`${name}every weight is shrunk to nearly 0 (λ = ${lambda}): ${why}`];
  }
  if (lambda === 0)
    return [`${name}least squares (λ = 0) has the least error: shrinking the weights does not help`];
  if (lambda === Math.min(...lambdas)) {
    const limit = by === "folds" ? "smaller ones make no difference" : "smaller ones make little difference";
    const next = given ? "try smaller ones, or λ = 0" : hasRows ? limit : "smaller ones need the rows";
    return [`${name}${what} is at the smallest λ that was tried, ${lambda}; ${next}`];
  }
  return !given && !oneStandardError && endsFlat(curve, rounding)
    ? [`${name}the least error is that of every λ from ${lambda} down: smaller ones make no difference`]
    : [];
}
