import { Matrix } from "../linalg/matrix.js";
import { orthogonalFactor } from "../linalg/qr.js";
import { exp } from "../numbers/elementary.js";
import type { NumPy } from "../random/numpy.js";

/**
 * A random matrix U·diag(s)·Vᵀ whose singular values fall off as a bell curve with a fat tail:
 *
 *   sᵢ = (1 − tailStrength)·exp(−(i/effectiveRank)²) + tailStrength·exp(−0.1·i/effectiveRank)
 *
 * Source: scikit-learn's `make_low_rank_matrix`; U and V pass through a QR decomposition, so they
 * agree with it to rounding, not to the bit.
 *
 * @param rows m ≥ 1
 * @param cols n ≥ 1
 * @param effectiveRank about how many singular vectors explain most of it, ≥ 1
 * @param tailStrength the weight of the tail, in [0, 1]
 * @param generator drawn from: m·q normals for U, then n·q for V, where q = min(m, n)
 * @returns [m×n]
 */
export function makeLowRankMatrix(
  rows: number,
  cols: number,
  effectiveRank: number,
  tailStrength: number,
  generator: NumPy,
): Matrix {
  const q = Math.min(rows, cols);
  const U = orthogonalFactor(new Matrix(rows, q, generator.standardNormal(rows * q)));
  const V = orthogonalFactor(new Matrix(cols, q, generator.standardNormal(cols * q)));
  const s = new Matrix(1, q);
  for (let i = 0; i < q; i++) {
    const t = i / effectiveRank;
    s.data[i] = (1 - tailStrength) * exp(-t * t) + tailStrength * exp((-0.1 * i) / effectiveRank);
  }
  return U.times(s).matmul(V.T);
}
