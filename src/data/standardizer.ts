import { Matrix } from "../linalg/matrix.js";

/** What was subtracted from each feature, and what it was then divided by. */
export interface Standardization {
  mean: number[];
  /** Population standard deviations; 1 for a constant column. */
  scale: number[];
}

/**
 * The mean and the population standard deviation √(Σ(x − mean)²/m) of each column, as scikit-learn's
 * StandardScaler takes them. A column whose deviation is at most 10·m·ε·|mean| is constant: its
 * scale is 1.
 * @param X [m×n], m ≥ 1, finite
 */
export function standardization(X: Matrix): Standardization {
  const { rows: m, cols: n } = X;
  const mean: number[] = [];
  const scale: number[] = [];
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let i = 0; i < m; i++) sum += X.data[i * n + j]!;
    let center = sum / m;
    let rest = 0;
    for (let i = 0; i < m; i++) rest += X.data[i * n + j]! - center;
    center += rest / m; // what rounding the first sum lost
    let squares = 0;
    for (let i = 0; i < m; i++) squares += (X.data[i * n + j]! - center) ** 2;
    const deviation = Math.sqrt(squares / m);
    mean.push(center);
    scale.push(deviation <= 10 * m * Number.EPSILON * Math.abs(center) ? 1 : deviation);
  }
  return { mean, scale };
}

/** The columns that a standardization left constant, by index. */
export const constantColumns = (X: Matrix, { mean }: Standardization): number[] =>
  mean.flatMap((center, j) => {
    const tolerance = 10 * X.rows * Number.EPSILON * Math.abs(center);
    for (let i = 0; i < X.rows; i++) if (Math.abs(X.data[i * X.cols + j]! - center) > tolerance) return [];
    return [j];
  });

/**
 * (x − mean)/scale of every entry, and 0 throughout in the constant columns.
 * @param X [m×n]
 * @param constant indices of columns that were constant where the standardization was learnt
 */
export function standardize(X: Matrix, { mean, scale }: Standardization, constant: readonly number[]): Matrix {
  const out = new Matrix(X.rows, X.cols);
  for (let i = 0; i < X.rows; i++) {
    for (let j = 0; j < X.cols; j++) {
      const at = i * X.cols + j;
      out.data[at] = constant.includes(j) ? 0 : (X.data[at]! - mean[j]!) / scale[j]!;
    }
  }
  return out;
}
