import { Dataset } from "../data/dataset.js";
import { Moments } from "../data/moments.js";
import { show } from "../numbers/check.js";
import { type Criterion, errorsOf } from "./bestLambda.js";
import type { Fold } from "./heldOut.js";
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
 * @param whole the moments of all rows
 */
export function heldOutError(
  points: readonly PathPoint[],
  lambda: readonly number[],
  by: Criterion,
  data: Dataset | Moments,
  folds: readonly Fold[] | null,
): HeldOutError | null {
  if (by === "gcv") return null;
  const held = folds ? Moments.merge(folds.map(({ moments }) => moments)) : asMoments(data);
  const shares = folds?.map(({ moments }) => moments.weight / held.weight);
  const mse = lambda.map((chosen, l) => {
    const point = points.find((other) => other.lambda === chosen)!;
    return shares
      ? point.folds!.errors.reduce((sum, errors, fold) => sum + shares[fold]! * errors[l]!, 0)
      : errorsOf(point, by)![l]!;
  });
  const k = held.outputs.length;
  const known = folds?.some(({ rest }) => rest) ? held : data; // splits need not hold out every row
  const varies = held.outputs.map((_, l) => targetVaries(known, held, l));
  return {
    r2: mse.map((error, l) => (varies[l] ? 1 - error / (held.syy.data[l * k + l]! / held.weight) : null)),
    rmse: mse.map(Math.sqrt),
    optimistic: points.length > 1,
    reasons: held.outputs.flatMap((name, l) =>
      varies[l] ? [] : [`target ${show(name)} is constant, so it has no R²`],
    ),
  };
}

const asMoments = (data: Dataset | Moments) => (data instanceof Dataset ? Moments.of(data) : data);

/** Whether a target has two values; of moments, whether its spread is above the rounding of its mean. */
function targetVaries(data: Dataset | Moments, { syy, meanY, weight, outputs }: Moments, l: number): boolean {
  const k = outputs.length;
  if (!(data instanceof Dataset)) {
    const rounding = 32 * Number.EPSILON * meanY[l]!;
    return syy.data[l * k + l]! > weight * rounding * rounding;
  }
  const { Y, weights } = data;
  let first: number | null = null;
  for (let i = 0; i < data.rows; i++) {
    if (weights?.[i] === 0) continue;
    first ??= Y.data[i * k + l]!;
    if (Y.data[i * k + l] !== first) return true;
  }
  return false;
}
