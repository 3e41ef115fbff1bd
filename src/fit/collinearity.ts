import type { Moments } from "../data/moments.js";
import { rankOf, type Spectrum, spectrum } from "./spectrum.js";
import { systemOf } from "./system.js";

/**
 * The variance inflation factor of each feature, 1/(1 − R²) with R² of a regression of this feature
 * on the others (with a bias): the diagonal of the inverse of the correlation matrix.
 * @returns [n], each ≥ 1; Infinity for a feature that the others determine; null for a constant column
 */
export function varianceInflation(moments: Moments): (number | null)[] {
  const { flat, scaler } = systemOf(moments, { standardize: true, intercept: true });
  const of = spectrum(flat);
  const { squares, V } = of;
  const { n, weight } = flat;
  const r = rankOf(of);
  return Array.from({ length: n }, (_, j) => {
    if (scaler!.constant.includes(j)) return null;
    let inflation = 0;
    for (let c = 0; c < n; c++) {
      const part = V[j * n + c]! * V[j * n + c]!;
      if (c < r) inflation += (part * weight) / squares[c]!;
      else if (part > n * Number.EPSILON) return Number.POSITIVE_INFINITY;
    }
    return inflation;
  });
}

/** A direction in the space of the features, along which ridge shrinks by itself. */
export interface Direction {
  /** d, the singular value of the centred features along it. */
  singularValue: number;
  /** d²/(d² + α) of each target [k]: 1 is not shrunk, 0 is shrunk away. */
  shrinkage: number[];
  /** The share of each feature [n], of length 1, the largest positive. */
  loadings: number[];
}

/** The directions of a system from the largest singular value to the smallest. */
export function directionsOf({ squares, V, flat }: Spectrum, alphas: readonly number[]): Direction[] {
  const { n } = flat;
  return Array.from(squares, (square, c) => {
    const loadings = Array.from({ length: n }, (_, j) => V[j * n + c]!);
    const most = loadings.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
    return {
      singularValue: Math.sqrt(square),
      shrinkage: alphas.map((alpha) => (square === 0 ? 0 : square / (square + alpha))),
      loadings: most < 0 ? loadings.map((x) => -x) : loadings,
    };
  });
}

/** (d₁² + α)/(dₙ² + α), over the features that are not constant; Infinity where rounding is all that is left of dₙ. */
export function conditionOf(of: Spectrum, constant: number, alpha: number): number {
  const last = of.flat.n - constant - 1;
  if (last < 0) return 1;
  if (alpha === 0 && rankOf(of) <= last) return Number.POSITIVE_INFINITY;
  return (of.squares[0]! + alpha) / (of.squares[last]! + alpha);
}
