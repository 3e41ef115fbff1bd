import type { Dataset } from "../data/dataset.js";
import { predict } from "../kernels/index.js";
import { Matrix } from "../linalg/matrix.js";
import type { RidgeSolver } from "./ridgeSolver.js";
import type { Spectrum } from "./spectrum.js";
import { alphaOf, type System } from "./system.js";

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

/** 1 − ωh from which on a leave-one-out error has some ten digits; below, it is not known. */
const LEAST_REST = 1e-6;
/** Entries of a block of rows for all λ: 2 MB, so that it stays in the cache. */
const BLOCK_ENTRIES = 2 ** 18;

/**
 * The leave-one-out MSE of each target for many λ, α held: the residual of row i over 1 − ωᵢhᵢ,
 * squared, averaged with the rows' weights. A row is left out with its whole weight, and the scaler
 * is that of all rows. Rows are taken in blocks: residuals and leverages of a block for all λ are two
 * products of matrices, Xw + b − Y and 1/W + Z²·1/(d² + α). Source: scikit-learn's `RidgeCV`.
 *
 * @returns for each λ the error of each target [k]; null where a row has a leverage within 1e-6 of 1
 */
export function leaveOneOutErrors(
  { X, Y, weights }: Dataset,
  { system, of, rank, at }: RidgeSolver,
  lambdas: readonly number[],
): (number[] | null)[] {
  const { n, k, weight } = system.flat;
  const count = lambdas.length;
  const width = count * k;
  const w = new Float64Array(n * width);
  const b = new Float64Array(width);
  const shares = new Float64Array(n * count);
  for (const [i, lambda] of lambdas.entries()) {
    const alpha = alphaOf(lambda, system.flat);
    const { inUnits } = at(lambda);
    for (let j = 0; j < n; j++) {
      for (let l = 0; l < k; l++) w[j * width + i * k + l] = inUnits.w[j * k + l]!;
      shares[j * count + i] = alpha > 0 || j < rank ? 1 / (of.squares[j]! + alpha) : 0;
    }
    b.set(inUnits.b, i * k);
  }
  const own = new Float64Array(count).fill(system.intercept ? 1 / weight : 0);
  const sums = new Float64Array(width);
  const known = new Array<boolean>(count).fill(true);
  const blockRows = Math.max(16, Math.min(1024, Math.floor(BLOCK_ENTRIES / Math.max(1, width, n))));
  const residual = new Float64Array(blockRows * width);
  const leverage = new Float64Array(blockRows * count);
  for (let start = 0; start < X.rows; start += blockRows) {
    const rows = Math.min(blockRows, X.rows - start);
    const rotated = rotatedRows(X.slice(start, start + rows), system, of).data;
    for (let at = 0; at < rotated.length; at++) rotated[at]! *= rotated[at]!;
    predict(rotated, 0, rows, n, shares, own, count, leverage);
    predict(X.data, start, start + rows, n, w, b, width, residual);
    for (let row = 0; row < rows; row++) {
      const omega = weights?.[start + row] ?? 1;
      for (let i = 0; i < count; i++) {
        const rest = 1 - omega * leverage[row * count + i]!;
        if (!(rest > LEAST_REST)) known[i] = false;
        const factor = omega / (rest * rest);
        for (let l = 0; l < k; l++) {
          const r = residual[row * width + i * k + l]! - Y.data[(start + row) * k + l]!;
          sums[i * k + l]! += factor * r * r;
        }
      }
    }
  }
  return known.map((is, i) =>
    is ? Array.from(sums.subarray(i * k, (i + 1) * k), (sum) => sum / weight) : null,
  );
}
