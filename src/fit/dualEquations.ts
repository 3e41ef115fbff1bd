import type { Dataset } from "../data/dataset.js";
import { gram, transpose } from "../linalg/blocks.js";
import { cholesky, choleskySolve, reciprocalCondition1 } from "../linalg/cholesky.js";
import { Matrix } from "../linalg/matrix.js";
import { low, twoSum } from "../numbers/errorFree.js";
import type { Means, System } from "./system.js";

/** A sum of two doubles for each entry. */
export interface Pair {
  high: Float64Array;
  low: Float64Array;
}

export const pair = (length: number): Pair => ({
  high: new Float64Array(length),
  low: new Float64Array(length),
});

export function addTo({ high, low: rest }: Pair, at: number, change: number): void {
  high[at] = twoSum(high[at]!, change);
  rest[at]! += low;
  high[at] = twoSum(high[at]!, rest[at]!);
  rest[at] = low;
}

/** The equations of a dual system, and the factor of their matrix. */
export interface Equations {
  X: Matrix;
  weights: Float64Array | null;
  alpha: number;
  intercept: boolean;
  weight: number;
  /** What features are centred about [n]. */
  centre: Float64Array;
  /** 1/√D of each feature; 0 for one that is constant [n]. */
  unit: Float64Array;
  /** α/ω of each row [m]. */
  ridge: Float64Array;
  L: Float64Array;
  condition: number;
  /** The inverse of the matrix times 1, and the sum of that. */
  ones: Float64Array;
  sumOfOnes: number;
}

export function equationsOf(
  system: System,
  moments: Means,
  { X, weights }: Dataset,
  alpha: number,
): Equations {
  const { flat, scaler, intercept, constant } = system;
  const [m, n] = [X.rows, flat.n];
  const centre = intercept ? moments.meanX : new Float64Array(n);
  const unit = Float64Array.from({ length: n }, (_, j) => (constant[j] ? 0 : 1 / (scaler?.scale[j] ?? 1)));
  const centred = X.minus(new Matrix(1, n, centre)).times(new Matrix(1, n, unit));
  const K = gram(transpose(centred.data, m, n), n, m);
  const ridge = Float64Array.from({ length: m }, (_, i) => alpha / (weights?.[i] ?? 1));
  let trace = 0;
  for (let i = 0; i < m; i++) {
    K[i * m + i]! += ridge[i]!;
    trace += K[i * m + i]!;
  }
  // as 1ᵀa = 0 this changes no solution, and the matrix is not singular
  if (intercept) for (let at = 0; at < K.length; at++) K[at]! += trace / m;
  const { L, failedAt } = cholesky(K, m);
  const ones = new Float64Array(m).fill(1);
  if (failedAt === null) choleskySolve(L, m, ones, 1);
  return {
    X,
    weights,
    alpha,
    intercept,
    weight: moments.weight,
    centre,
    unit,
    ridge,
    L,
    condition: failedAt === null ? 1 / reciprocalCondition1(K, L, m) : Number.POSITIVE_INFINITY,
    ones,
    sumOfOnes: ones.reduce((sum, value) => sum + value, 0),
  };
}

/** √Ω·Xc·D^−½ */
export function scaledRows({ X, weights, centre, unit }: Equations): Matrix {
  const scaled = X.minus(new Matrix(1, X.cols, centre)).times(new Matrix(1, X.cols, unit));
  return weights === null ? scaled : scaled.times(new Matrix(X.rows, 1, weights.map(Math.sqrt)));
}
