import { Ell2Error } from "../errors.js";
import { checkBoolean, checkOptions } from "../numbers/check.js";
import { meanAndError } from "./heldOut.js";
import type { Path, PathPoint } from "./ridgePath.js";

/** An error of a path by which a λ can be chosen. */
export type Criterion = "folds" | "loo" | "gcv";

/** The error of one λ, over all targets or of one. */
export interface CurvePoint {
  /** λ ≥ 0. */
  lambda: number;
  /** The error that λ is chosen by; null where it is not known, since a row determines its own prediction. */
  error: number | null;
  /** Between the folds; null without folds. */
  standardError: number | null;
}

/**
 * The λ of a path with the least error.
 * @param path from `ridgePath`
 * @param variance of each target [k]: errors are divided by it before they are averaged, and a target
 *   without any (0) is left out of the average; ones to pool them raw, as RidgeCV does
 * @param options.by which error; "folds" by default
 * @param options.oneStandardError the largest λ whose error is within one standard error of the
 *   least (Breiman and others 1984; the average's own error between the folds); folds only
 * @returns for each target its best λ, and one in common; the first of equals
 * @throws OPTION where the path does not have that error, DATA where none of
 *   them is a finite number; VALUE for another number of variances or another criterion
 * Source: Breiman, Friedman, Olshen and Stone, Classification and Regression Trees, 1984 (one
 * standard error); scikit-learn's RidgeCV (errors pooled raw).
 */
export function bestLambda(
  path: Path,
  variance: readonly number[],
  options: { by?: Criterion; oneStandardError?: boolean } = {},
): { perTarget: number[]; common: number } {
  const where = "bestLambda";
  checkOptions(where, options, ["by", "oneStandardError"]);
  const { by = "folds" } = options;
  const within = checkBoolean(where, "oneStandardError", options.oneStandardError ?? false);
  if (within && by !== "folds") throw lacks(where, "folds for one standard error");
  return {
    perTarget: variance.map((_, target) => pick(where, targetCurve(path.points, target, by), within)),
    common: pick(where, pooledCurve(path.points, variance, by), within),
  };
}

/** The error of one target for each λ. */
export const targetCurve = (points: readonly PathPoint[], target: number, by: Criterion): CurvePoint[] =>
  curve(points, by, (errors) => errors[target]!);

/** The mean over the targets of their errors, each divided by its variance, for each λ. */
export const pooledCurve = (
  points: readonly PathPoint[],
  variance: readonly number[],
  by: Criterion,
): CurvePoint[] => curve(points, by, (errors) => pooled(errors, variance));

/** The mean of some errors, each divided by its target's variance; 0 for a target without any. */
export const pooled = (errors: readonly number[], variance: readonly number[]): number =>
  errors.reduce((sum, error, l) => sum + (variance[l]! > 0 ? error / variance[l]! : 0), 0) / errors.length;

function curve(
  points: readonly PathPoint[],
  by: Criterion,
  of: (errors: readonly number[]) => number,
): CurvePoint[] {
  if (points.length > 0 && points.every((point) => errorsOf(point, by) === null))
    throw lacks("bestLambda", by);
  return points.map((point) => {
    const { lambda, folds } = point;
    const errors = errorsOf(point, by);
    return {
      lambda,
      error: errors === null ? null : of(errors),
      standardError: by === "folds" && folds ? meanAndError(folds.errors.map(of)).standardError : null,
    };
  });
}

/** The error of each target [k] by which λ is chosen; null where it is not known. */
export const errorsOf = (point: PathPoint, by: Criterion): number[] | null =>
  by === "folds" ? (point.folds?.mse ?? null) : point[by];

/** Errors that differ by no more than a share of them, or than an absolute amount, are the same. */
export interface Rounding {
  share: number;
  amount: number;
}

/** Whether an error is the same as a lesser one. */
const isSame = (error: number, least: number, { share, amount }: Rounding): boolean =>
  error <= least * (1 + share) + amount;

/** A point whose error is known. */
type Known = CurvePoint & { error: number };

const isKnown = (point: CurvePoint): point is Known => Number.isFinite(point.error);

/** Those of a curve that are finite. @throws DATA where there is none */
function finiteOf(where: string, curve: readonly CurvePoint[]): Known[] {
  const finite = curve.filter(isKnown);
  if (finite.length > 0) return finite;
  throw new Ell2Error("DATA", {
    where,
    expected: "a finite error for at least one λ",
    got: curve.length === 0 ? "no λ" : "none",
  });
}

const leastOf = (points: readonly Known[]): Known =>
  points.reduce((least, point) => (point.error < least.error ? point : least));

/** The λ of the first of the least errors, or the largest within one standard error of it. */
export function pick(where: string, curve: readonly CurvePoint[], within: boolean): number {
  const finite = finiteOf(where, curve);
  const best = leastOf(finite);
  if (!within) return best.lambda;
  const limit = best.error + best.standardError!;
  return Math.max(...finite.filter(({ error }) => error <= limit).map(({ lambda }) => lambda));
}

/**
 * The λ of the least error, where errors that are the same to rounding count as equal: of them 0 if it
 * is among them, else the largest; and if all are equal, the largest.
 */
export function pickStable(where: string, curve: readonly CurvePoint[], rounding: Rounding): number {
  const finite = finiteOf(where, curve);
  const least = leastOf(finite).error;
  const same = finite.filter(({ error }) => isSame(error, least, rounding)).map(({ lambda }) => lambda);
  return same.includes(0) && same.length < finite.length ? 0 : Math.max(...same);
}

/** Whether every λ has the same error, so that there is nothing to choose by. */
export function isFlat(curve: readonly CurvePoint[], rounding: Rounding): boolean {
  const errors = curve.filter(isKnown).map(({ error }) => error);
  return isSame(Math.max(...errors), Math.min(...errors), rounding);
}

/** Whether the smallest λ has the least error. */
export function endsFlat(curve: readonly CurvePoint[], rounding: Rounding): boolean {
  const known = curve.filter(isKnown);
  const smallest = known.reduce((a, b) => (b.lambda < a.lambda ? b : a));
  return isSame(smallest.error, leastOf(known).error, rounding);
}

const lacks = (where: string, what: string) =>
  new Ell2Error("OPTION", { where, expected: `a path with ${what}`, got: "a path without" });
