import type { Dataset } from "../data/dataset.js";
import { Matrix } from "../linalg/matrix.js";
import { type Spectrum, solutionAt } from "./spectrum.js";
import { alphaOf, inDataUnits, type System } from "./system.js";

/** The features in the directions of a spectrum, (x − x̄)·V in the system's coordinates [m×n]. */
export function rotatedRows(X: Matrix, { scaler, flat }: System, { V }: Spectrum): Matrix {
  const { n, meanX } = flat;
  const center = scaler === null ? meanX : Float64Array.from(scaler.mean);
  const turn = new Matrix(n, n, V.slice());
  for (let j = 0; j < n && scaler !== null; j++) {
    const constant = scaler.constant.includes(j);
    for (let c = 0; c < n; c++) turn.data[j * n + c] = constant ? 0 : V[j * n + c]! / scaler.scale[j]!;
  }
  return X.minus(new Matrix(1, n, center)).matmul(turn);
}

/**
 * The leverage of each row, hᵢ = 1/W + Σ z²/(d² + α) over the directions [m]: how much its prediction
 * moves with its own target. Of one of ω rows alike; a row of weight ω as a whole has ωhᵢ.
 * @param rotated from `rotatedRows`
 */
export function leverages(rotated: Matrix, of: Spectrum, alpha: number, intercept: boolean): Float64Array {
  const { squares, flat } = of;
  const n = rotated.cols;
  const r = alpha > 0 ? n : of.rank;
  return Float64Array.from({ length: rotated.rows }, (_, i) => {
    let leverage = intercept ? 1 / flat.weight : 0;
    for (let c = 0; c < r; c++) {
      const z = rotated.data[i * n + c]!;
      leverage += (z * z) / (squares[c]! + alpha);
    }
    return leverage;
  });
}

/**
 * The leave-one-out MSE of each target for many λ, α held: the residual of row i over 1 − ωᵢhᵢ,
 * squared, averaged with the rows' weights. A row is left out with its whole weight, and the scaler
 * is that of all rows. Source: scikit-learn's `RidgeCV`.
 */
export function leaveOneOutErrors(
  data: Dataset,
  system: System,
  of: Spectrum,
  lambdas: readonly number[],
): number[][] {
  const { X, Y, weights } = data;
  const { n, k, weight } = system.flat;
  const rotated = rotatedRows(X, system, of);
  return lambdas.map((lambda) => {
    const alpha = alphaOf(lambda, system.flat);
    const { w, b } = inDataUnits(system, solutionAt(of, alpha));
    const residual = X.matmul(new Matrix(n, k, w))
      .plus(new Matrix(1, k, b))
      .minus(Y);
    const h = leverages(rotated, of, alpha, system.intercept);
    const sums = new Array<number>(k).fill(0);
    for (let i = 0; i < X.rows; i++) {
      const omega = weights?.[i] ?? 1;
      for (let l = 0; l < k; l++) {
        const error = residual.data[i * k + l]! / (1 - omega * h[i]!);
        sums[l]! += omega * error * error;
      }
    }
    return sums.map((sum) => sum / weight);
  });
}
