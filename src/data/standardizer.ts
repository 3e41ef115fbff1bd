import { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";

/** What was subtracted from each feature, and what it was then divided by. */
export interface Standardization {
  mean: number[];
  /** Population standard deviations; 1 for a constant column. */
  scale: number[];
  /** The indices of the constant columns. */
  constant: number[];
}

/**
 * The mean and the population standard deviation √(Σ(x − mean)²/m) of each column, as scikit-learn's
 * StandardScaler takes them. A column whose deviation is at most 10·m·ε·|mean| is constant: its
 * scale is 1.
 * @param X [m×n], m ≥ 1, finite
 * @throws NOT_FINITE for a column whose squares overflow
 */
export function standardization(X: Matrix): Standardization {
  const { rows: m, cols: n } = X;
  const mean: number[] = [];
  const scale: number[] = [];
  const constant: number[] = [];
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let i = 0; i < m; i++) sum += X.data[i * n + j]!;
    let center = sum / m;
    let rest = 0;
    for (let i = 0; i < m; i++) rest += X.data[i * n + j]! - center;
    center += rest / m; // what rounding the first sum lost
    let squares = 0;
    for (let i = 0; i < m; i++) {
      const deviation = X.data[i * n + j]! - center;
      squares += deviation * deviation;
    }
    const spread = Math.sqrt(squares / m);
    if (!Number.isFinite(spread)) {
      throw new Ell2Error("NOT_FINITE", {
        where: "standardization",
        expected: "columns whose squares do not overflow",
        got: `column ${j} (counted from 0)`,
        remedy: "give it in larger units",
      });
    }
    const isConstant = spread <= 10 * m * Number.EPSILON * Math.abs(center);
    if (isConstant) constant.push(j);
    mean.push(center);
    scale.push(isConstant ? 1 : spread);
  }
  return { mean, scale, constant };
}

/**
 * (x − mean)/scale of every entry, and 0 throughout in the columns that were constant where the
 * standardization was learnt.
 * @param X [m×n]
 */
export function standardize(X: Matrix, { mean, scale, constant }: Standardization): Matrix {
  const out = new Matrix(X.rows, X.cols);
  for (let i = 0; i < X.rows; i++) {
    for (let j = 0; j < X.cols; j++) {
      const at = i * X.cols + j;
      out.data[at] = (X.data[at]! - mean[j]!) / scale[j]!;
    }
  }
  for (const j of constant) for (let i = 0; i < X.rows; i++) out.data[i * X.cols + j] = 0;
  return out;
}
