import { symmetricEigen } from "../linalg/symmetricEigen.js";
import type { FlatMoments } from "../model/momentSums.js";

/**
 * The centred moments in the coordinates in which a penalty acts on each direction by itself:
 * Sxx = V·diag(d²)·Vᵀ, so that ridge's weights are V·diag(1/(d² + α))·VᵀSxy for every α.
 */
export interface Spectrum {
  flat: FlatMoments;
  /** The eigenvalues d² of Sxx, descending, at least 0 [n]. */
  squares: Float64Array;
  /** Eigenvectors, a column each [n×n]. */
  V: Float64Array;
  /** VᵀSxy [n×k] */
  z: Float64Array;
}

export function spectrum(flat: FlatMoments): Spectrum {
  const { values, vectors: V } = symmetricEigen(flat.sxx, flat.n);
  // rounding can leave an eigenvalue of a positive semidefinite matrix a little below 0
  return { flat, squares: values.map((value) => Math.max(value, 0)), V, z: turned(V, flat) };
}

/** VᵀSxy [n×k] */
export function turned(V: Float64Array, { n, k, sxy }: FlatMoments): Float64Array {
  const z = new Float64Array(n * k);
  for (let j = 0; j < n; j++) {
    for (let c = 0; c < n; c++) for (let l = 0; l < k; l++) z[c * k + l]! += V[j * n + c]! * sxy[j * k + l]!;
  }
  return z;
}

/** Directions of Sxx that are not rounding: eigenvalues above n·ε·d₁². */
export function rankOf({ squares, flat }: Spectrum): number {
  const tolerance = flat.n * Number.EPSILON * (squares[0] ?? 0);
  return squares.filter((square) => square > tolerance).length;
}

/** The weight w(α) [n×k] and the bias b(α) [k]; at α = 0 over the directions that are not rounding. */
export function solutionAt(
  of: Spectrum,
  alpha: number,
  rank = rankOf(of),
): { w: Float64Array; b: Float64Array } {
  const { squares, V, z, flat } = of;
  const { n, k, meanX, meanY } = flat;
  const r = alpha > 0 ? n : rank;
  const w = new Float64Array(n * k);
  for (let c = 0; c < r; c++) {
    const denominator = squares[c]! + alpha;
    for (let l = 0; l < k; l++) {
      const share = z[c * k + l]! / denominator;
      for (let j = 0; j < n; j++) w[j * k + l]! += V[j * n + c]! * share;
    }
  }
  const b = meanY.slice();
  for (let l = 0; l < k; l++) for (let j = 0; j < n; j++) b[l]! -= meanX[j]! * w[j * k + l]!;
  return { w, b };
}

/** Effective degrees of freedom, Σ d²/(d² + α): the bias not counted. */
export function degreesOfFreedom(of: Spectrum, alpha: number, rank = rankOf(of)): number {
  if (alpha === 0) return rank;
  return of.squares.reduce((sum, square) => sum + square / (square + alpha), 0);
}
