import { Moments } from "../data/moments.js";
import { constantTargets } from "../data/standardizer.js";
import { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";
import type { LinearRegression } from "./linearRegression.js";
import { flatten, momentSums } from "./momentSums.js";
import { gradient, meanSquaredError, penalty } from "./objective.js";

/** A number, and an absolute bound of its rounding error. */
export interface Bounded {
  /** The number. */
  value: number;
  /** How far the exact one can be from it, ≥ 0. */
  bound: number;
}

/** What moments tell of a model. */
export interface MomentEvaluation {
  /** L */
  mse: Bounded;
  /** J = L + (λ/2)·Σw² */
  objective: Bounded;
  /** R² of each target [k]; null for one that does not vary, as far as its sums can tell. */
  r2: (Bounded | null)[];
  /** ∂J/∂w [n×k] and ∂J/∂b [1×k], with the bound of each entry. */
  gradient: { w: Matrix; b: Matrix; bound: { w: Matrix; b: Matrix } };
}

/**
 * The objective of a model, its gradient, MSE and R² on the rows behind some moments, each with a bound
 * of its rounding error. With sⱼ = √Sⱼⱼ of a feature, tₗ = √Syy of a target, aₗ = Σⱼsⱼ|wⱼₗ| + tₗ,
 * the mean residual ρₗ and the sum of the sizes of its terms qₗ, and c = (n + 32)·ε:
 *
 *   |error of Σr²| ≤ c·(aₗ² + W(ρₗ² + 2|ρₗ|qₗ))     |error of Xᵀr| ≤ c·(sⱼaₗ + W|x̄ⱼ|qₗ)
 *
 * Near a perfect fit the bound of the MSE is larger than the MSE: then only the rows can tell it.
 *
 * @param model n features and k targets, with its λ
 * @param moments of the same features and targets, W > 0
 * @throws SHAPE for other columns or no rows, VALUE for what are no moments
 * Source: docs/moments.md.
 */
export function evaluateMoments(model: LinearRegression, moments: Moments): MomentEvaluation {
  const where = "evaluateMoments";
  if (!(moments instanceof Moments))
    throw new Ell2Error("VALUE", { where, expected: "moments", got: typeof moments });
  const flat = flatten(moments);
  const { n, k, weight, meanX, meanY, sxx, syy } = flat;
  if (n !== model.w.rows || k !== model.w.cols || !(weight > 0)) {
    throw new Ell2Error("SHAPE", {
      where,
      expected: `moments of rows with ${model.w.rows} features and ${model.w.cols} targets`,
      got: `${n} features and ${k} targets, ${moments.rows} rows`,
    });
  }
  const [w, b] = [model.w.data, model.b.data];
  const sums = new Float64Array((n + 2) * k);
  momentSums(flat, w, b, sums, new Float64Array(n * k));
  const slopes = new Float64Array((n + 1) * k);
  gradient(sums, w, model.lambda, weight, k, slopes);

  const c = (n + 32) * Number.EPSILON;
  const scale = 2 / (weight * k);
  const slopeBound = new Float64Array((n + 1) * k);
  const squareBound: number[] = [];
  for (let l = 0; l < k; l++) {
    const rho = Math.abs(sums[n * k + l]! / weight);
    let a = length(syy[l]!);
    let q = Math.abs(b[l]!) + Math.abs(meanY[l]!);
    for (let j = 0; j < n; j++) {
      a += length(sxx[j * n + j]!) * Math.abs(w[j * k + l]!);
      q += Math.abs(meanX[j]! * w[j * k + l]!);
    }
    squareBound.push(c * (a * a + weight * (rho * rho + 2 * rho * q)));
    for (let j = 0; j < n; j++) {
      const sum = length(sxx[j * n + j]!) * a + weight * Math.abs(meanX[j]!) * q;
      slopeBound[j * k + l] = c * (scale * sum + model.lambda * Math.abs(w[j * k + l]!));
    }
    slopeBound[n * k + l] = c * scale * weight * q;
  }
  const mse = meanSquaredError(sums, (n + 1) * k, weight, k);
  const mseBound = squareBound.reduce((sum, bound) => sum + bound, 0) / (weight * k);
  const constant = constantTargets(moments);
  const l2 = penalty(model.w, model.lambda);
  return {
    mse: { value: mse, bound: mseBound },
    objective: { value: mse + l2, bound: mseBound + c * l2 },
    r2: squareBound.map((bound, l) => {
      if (constant[l]) return null;
      const share = sums[(n + 1) * k + l]! / syy[l]!;
      return { value: 1 - share, bound: bound / syy[l]! + c * Math.abs(share) };
    }),
    gradient: {
      ...asMatrices(slopes, n, k),
      bound: asMatrices(slopeBound, n, k),
    },
  };
}

/** The root of a sum of squares; of a constant column it is rounding, and may be below 0. */
const length = (squares: number): number => Math.sqrt(Math.abs(squares));

const asMatrices = (values: Float64Array, n: number, k: number) => ({
  w: new Matrix(n, k, values.slice(0, n * k)),
  b: new Matrix(1, k, values.slice(n * k)),
});
