import { Dataset } from "../data/dataset.js";
import type { Moments } from "../data/moments.js";
import { constantTargets } from "../data/standardizer.js";
import { Ell2Error } from "../errors.js";
import { type FittedModel, predictFitted } from "../model/fitted.js";
import { flatten, momentSquares } from "../model/momentSums.js";
import { type TargetFit, TargetSums } from "../model/targetSums.js";
import type { Problem } from "./problem.js";
import type { Solution } from "./solution.js";

/** How well one target is predicted, in the target's own units; what is not known is null, and `reasons` says why. */
export type Evaluation = TargetFit;

const LOST = "the squared error is lost in the rounding of the sums; give the rows";

/** Moments tell a residual sum of squares if its rounding is at most this share of it. */
const MOST_ROUNDING = 0.01;

/**
 * MSE, RMSE, mean absolute error and R² of each target, with the rows' weights if they have any:
 * Σωr²/W, its root, Σω|r|/W, 1 − Σωr²/Σω(y − ȳ)², and about 0 1 − Σωr²/Σωy². R² of a constant target is not
 * defined: null. (The function `r2` counts it 1 or 0, as scikit-learn's `r2_score` does.)
 * @param model in the data's own units
 * @param data at least one row of the model's features and targets; or their moments
 * @returns an entry a target [k]; from moments no mean absolute error, and nulls where the squared error is
 *   lost in the rounding of the sums
 * @throws SHAPE where the columns do not fit the model, or no row counts; NOT_FINITE for predictions that are too large
 * Source: scikit-learn's `mean_squared_error`, `mean_absolute_error` and `r2_score` with sample
 * weights.
 */
export function evaluateFitted(model: FittedModel, data: Dataset | Moments): Evaluation[] {
  const where = "evaluateFitted";
  checkColumns(where, model, data);
  const none = () => new Ell2Error("SHAPE", { where, expected: "at least one row", got: "none" });
  if (!(data instanceof Dataset)) {
    if (data.weight > 0) return fromMoments(model, data);
    throw none();
  }
  const sums = new TargetSums(model.outputs);
  sums.add(predictFitted(model, data.X).data, data.Y.data, data.weights);
  if (!sums.counts) throw none();
  return sums.metrics(true);
}

/** @throws SHAPE where data do not have as many columns as a model */
export function checkColumns(where: string, model: FittedModel, data: Dataset | Moments): void {
  const [n, k] = [model.inputs.length, model.outputs.length];
  if (data.inputs.length === n && data.outputs.length === k) return;
  throw new Ell2Error("SHAPE", {
    where,
    expected: `${n} features and ${k} targets, as the model has`,
    got: `${data.inputs.length} and ${data.outputs.length}`,
  });
}

function fromMoments({ weight, bias }: FittedModel, moments: Moments): Evaluation[] {
  const flat = flatten(moments);
  const { squares, bound } = momentSquares(flat, weight.T.data, Float64Array.from(bias));
  const constant = constantTargets(moments);
  return Array.from(squares, (sum, l) => {
    const centred = constant[l] ? 0 : flat.syy[l]!;
    const aboutZero = centred + flat.weight * flat.meanY[l]! * flat.meanY[l]!;
    // a constant target that is met: nothing is left but the rounding of its mean
    const met = centred === 0 && sum <= bound;
    const rss = met ? 0 : bound <= MOST_ROUNDING * sum ? sum : null;
    const one = evaluationOf(rss, { centred, aboutZero }, flat.weight, null);
    return rss === null ? { ...one, reasons: [LOST] } : one;
  });
}

/** What the solution of each target says of the rows that it was fitted to. @param absolute Σω|r|, where it is known [k] */
export function evaluateSolutions(
  problem: Problem,
  solutions: readonly Solution[],
  absolute: Float64Array | null,
): Evaluation[] {
  const { totals, weight, rows } = problem;
  return solutions.map(({ rss, unexplained }, l) => {
    const known = Number.isFinite(weight) ? rss[l]! : null;
    const one = evaluationOf(known, totals[l]!, weight, absolute && absolute[l]!);
    const share = unexplained?.[l] ?? null;
    const r2 = share === null ? one.r2 : 1 - share;
    if (known !== null) return { ...one, r2 };
    const reason = rows === null ? LOST : "the squared error is beyond what a double holds";
    return { ...one, r2, reasons: [reason] };
  });
}

function evaluationOf(
  rss: number | null,
  { centred, aboutZero }: { centred: number; aboutZero: number },
  weight: number,
  absolute: number | null,
): Evaluation {
  const reasons: string[] = [];
  const share = (total: number, reason: string): number | null => {
    if (rss === null) return null;
    const value = 1 - rss / total;
    if (Number.isFinite(value)) return value;
    reasons.push(reason);
    return null;
  };
  const finite = (value: number | null) => (value !== null && Number.isFinite(value) ? value : null);
  const mse = finite(rss === null ? null : rss / weight);
  return {
    mse,
    rmse: mse === null ? null : Math.sqrt(mse),
    mae: finite(absolute === null ? null : absolute / weight),
    r2: share(centred, "R² is not defined: the target is constant"),
    r2Uncentred: share(aboutZero, "R² about 0 is not defined: the target is 0"),
    reasons,
  };
}
