import { Moments } from "../data/moments.js";
import { constantTargets } from "../data/standardizer.js";
import { show } from "../numbers/check.js";
import { type Criterion, errorsOf } from "./bestLambda.js";
import type { Fold } from "./heldOut.js";
import type { Problem } from "./problem.js";
import type { PathPoint } from "./ridgePath.js";

/** The error of the chosen λ on rows that were held out. */
export interface HeldOutError {
  /** 1 − Σωr²/Σω(y − ȳ)² over all held-out rows together, for each target [k]; null for one that is constant. */
  r2: (number | null)[];
  /** √(Σωr²/W) over all held-out rows together, for each target [k]. */
  rmse: number[];
  /** Whether λ was chosen among several by this error, which makes it a little too good. */
  optimistic: boolean;
  /** Why an R² is null. */
  reasons: string[];
}

/**
 * R² and RMSE of each target on the held-out rows of all folds together, or by leave-one-out, at its λ.
 * @param points the path, and `lambda` of each target, which is among it
 * @param problem of all rows
 * @param folds as they were held out; null for leave-one-out
 */
export function heldOutError(
  points: readonly PathPoint[],
  lambda: readonly number[],
  by: Criterion,
  problem: Problem,
  folds: readonly Fold[] | null,
): HeldOutError | null {
  if (by === "gcv") return null;
  const { outputs } = problem;
  const held = folds ? Moments.merge(folds.map(({ targets }) => targets)) : problem.targetMoments;
  // splits need not hold out every row
  const isConstant = folds?.some(({ rest }) => rest) ? constantTargets(held) : problem.constantTargets;
  const k = outputs.length;
  const mse = lambda.map((chosen, l) => {
    const point = points.find((other) => other.lambda === chosen)!;
    return folds
      ? point.folds!.errors.reduce(
          (sum, errors, at) => sum + (folds[at]!.targets.weight / held.weight) * errors[l]!,
          0,
        )
      : errorsOf(point, by)![l]!;
  });
  return {
    r2: mse.map((error, l) => (isConstant[l] ? null : 1 - error / (held.syy.data[l * k + l]! / held.weight))),
    rmse: mse.map(Math.sqrt),
    optimistic: points.length > 1,
    reasons: outputs.flatMap((name, l) =>
      isConstant[l] ? [`target ${show(name)} is constant, so it has no R²`] : [],
    ),
  };
}
