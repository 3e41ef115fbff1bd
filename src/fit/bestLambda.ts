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
  /** The error that λ is chosen by. */
  error: number;
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
    perTarget: variance.map((_, target) => pick(where, targetCurve(path, target, by), within)),
    common: pick(where, pooledCurve(path, variance, by), within),
  };
}

/** The error of one target for each λ. */
const targetCurve = (path: Path, target: number, by: Criterion): CurvePoint[] =>
  curve(path, by, (errors) => errors[target]!);

/** The mean over the targets of their errors, each divided by its variance, for each λ. */
export function pooledCurve(path: Path, variance: readonly number[], by: Criterion): CurvePoint[] {
  const share = (errors: readonly number[]) =>
    errors.reduce((sum, error, l) => sum + (variance[l]! > 0 ? error / variance[l]! : 0), 0) / errors.length;
  return curve(path, by, share);
}

function curve(path: Path, by: Criterion, of: (errors: readonly number[]) => number): CurvePoint[] {
  return path.points.map((point) => {
    const { lambda, folds } = point;
    if (by === "folds" && folds) {
      return {
        lambda,
        error: of(folds.mse),
        standardError: meanAndError(folds.errors.map(of)).standardError,
      };
    }
    return { lambda, error: of(errorsOf(point, by)), standardError: null };
  });
}

function errorsOf(point: PathPoint, by: Criterion): number[] {
  const errors = by === "folds" ? null : point[by];
  if (errors) return errors;
  throw lacks("bestLambda", by);
}

/** The λ of the first of the least errors, or the largest within one standard error of it. */
function pick(where: string, points: readonly CurvePoint[], within: boolean): number {
  const finite = points.filter(({ error }) => Number.isFinite(error));
  if (finite.length === 0) {
    throw new Ell2Error("DATA", {
      where,
      expected: "a finite error for at least one λ",
      got: points.length === 0 ? "no λ" : "none",
    });
  }
  const best = finite.reduce((least, point) => (point.error < least.error ? point : least));
  if (!within) return best.lambda;
  const limit = best.error + best.standardError!;
  return Math.max(...finite.filter(({ error }) => error <= limit).map(({ lambda }) => lambda));
}

const lacks = (where: string, what: string) =>
  new Ell2Error("OPTION", { where, expected: `a path with ${what}`, got: "a path without" });
