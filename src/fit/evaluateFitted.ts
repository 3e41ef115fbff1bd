import { Dataset } from "../data/dataset.js";
import type { Moments } from "../data/moments.js";
import { Ell2Error } from "../errors.js";
import { type FittedModel, predictFitted } from "../model/fitted.js";
import { flatten, momentSquares } from "../model/momentSums.js";

/** How well one target is predicted, in the target's own units. */
export interface Evaluation {
  /** Σωr²/W. */
  mse: number;
  /** Its root, in the target's unit. */
  rmse: number;
  /** null without rows: moments do not tell it. */
  mae: number | null;
  /** 1 − Σωr²/Σω(y − ȳ)². */
  r2: number;
}

/**
 * MSE, RMSE, mean absolute error and R² of each target, with the rows' weights if they have any:
 * Σωr²/W, its root, Σω|r|/W, and 1 − Σωr²/Σω(y − ȳ)². A constant target counts R² = 1 if it is met
 * exactly and 0 otherwise, as in scikit-learn's `r2_score`.
 * @param model in the data's own units
 * @param data at least one row of the model's features and targets; or their moments
 * @returns an entry a target [k]
 * @throws SHAPE where the columns do not fit the model, or no row counts
 * Source: scikit-learn's `mean_squared_error`, `mean_absolute_error` and `r2_score` with sample
 * weights.
 */
export function evaluateFitted(model: FittedModel, data: Dataset | Moments): Evaluation[] {
  const where = "evaluateFitted";
  const [n, k] = [model.inputs.length, model.outputs.length];
  if (data.inputs.length !== n || data.outputs.length !== k) {
    throw new Ell2Error("SHAPE", {
      where,
      expected: `${n} features and ${k} targets, as the model has`,
      got: `${data.inputs.length} and ${data.outputs.length}`,
    });
  }
  const sums = data instanceof Dataset ? fromRows(model, data) : fromMoments(model, data);
  if (!(sums.weight > 0)) throw new Ell2Error("SHAPE", { where, expected: "at least one row", got: "none" });
  return sums.targets.map(({ squares, absolute, total }): Evaluation => {
    const mse = squares / sums.weight;
    const r2 = total === 0 ? (squares === 0 ? 1 : 0) : 1 - squares / total;
    return { mse, rmse: Math.sqrt(mse), mae: absolute === null ? null : absolute / sums.weight, r2 };
  });
}

/** Σωr², Σω|r| and Σω(y − ȳ)² of each target, and W. */
interface Sums {
  weight: number;
  targets: { squares: number; absolute: number | null; total: number }[];
}

function fromRows(model: FittedModel, { X, Y, weights }: Dataset): Sums {
  const residual = predictFitted(model, X).minus(Y);
  const [m, k] = [Y.rows, Y.cols];
  const omega = (i: number) => weights?.[i] ?? 1;
  let weight = 0;
  for (let i = 0; i < m; i++) weight += omega(i);
  const targets = Array.from({ length: k }, (_, l) => {
    let [mean, squares, absolute, total] = [0, 0, 0, 0];
    const first = Y.data[l]!;
    // about the first value: a constant target has exactly no spread
    for (let i = 0; i < m; i++) mean += (omega(i) * (Y.data[i * k + l]! - first)) / weight;
    for (let i = 0; i < m; i++) {
      const r = residual.data[i * k + l]!;
      const deviation = Y.data[i * k + l]! - first - mean;
      squares += omega(i) * r * r;
      absolute += omega(i) * Math.abs(r);
      total += omega(i) * deviation * deviation;
    }
    return { squares, absolute, total };
  });
  return { weight, targets };
}

function fromMoments({ weight: W, bias }: FittedModel, moments: Moments): Sums {
  const flat = flatten(moments);
  const { squares } = momentSquares(flat, W.T.data, Float64Array.from(bias));
  return {
    weight: moments.weight,
    targets: Array.from(flat.syy, (total, l) => ({ squares: squares[l]!, absolute: null, total })),
  };
}
