import { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";
import { show } from "../numbers/check.js";
import type { Moments } from "./moments.js";

/** What was subtracted from each feature, and what it was then divided by. */
export interface Standardization {
  /** The means [n]. */
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
 * Source: scikit-learn's `StandardScaler`.
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
    const spread = checkSpread("standardization", Math.sqrt(squares / m), `${j} (counted from 0)`);
    const constantHere = isConstant(spread, center, m);
    if (constantHere) constant.push(j);
    mean.push(center);
    scale.push(constantHere ? 1 : spread);
  }
  return { mean, scale, constant };
}

/**
 * What `standardization` gives, from the moments of the rows, with their weights if they have any:
 * x̄ and √(Sxxⱼⱼ/W).
 *
 * Without centring, for a model without a bias, the means stay 0, and a constant column is a feature
 * like any other, with scale 1 (scikit-learn's StandardScaler with `with_mean=False`).
 * @param moments of at least one row
 * @param centre whether the columns are centred; true by default
 * @throws NOT_FINITE for a column whose squares overflow
 * Source: scikit-learn's `StandardScaler`, with sample weights.
 */
export function momentStandardization(moments: Moments, centre = true): Standardization {
  const { rows, weight, meanX, sxx, inputs } = moments;
  const constant: number[] = [];
  const scale = Array.from(meanX, (mean, j) => {
    const spread = checkSpread(
      "momentStandardization",
      Math.sqrt(sxx.data[j * sxx.cols + j]! / weight),
      show(inputs[j]),
    );
    if (!isConstant(spread, mean, Math.max(rows, weight))) return spread;
    if (centre) constant.push(j);
    return 1;
  });
  return { mean: Array.from(meanX, (mean) => (centre ? mean : 0)), scale, constant };
}

const isConstant = (spread: number, mean: number, rows: number): boolean =>
  spread <= 10 * rows * Number.EPSILON * Math.abs(mean);

function checkSpread(where: string, spread: number, column: string): number {
  if (Number.isFinite(spread)) return spread;
  throw new Ell2Error("NOT_FINITE", {
    where,
    expected: "columns whose squares do not overflow",
    got: `column ${column}`,
    remedy: "give it in larger units",
  });
}

/**
 * (x − mean)/scale of every entry, and 0 throughout in the columns that were constant where the
 * standardization was learnt.
 * @param X [m×n]
 * @returns [m×n], a copy
 * Source: scikit-learn's `StandardScaler.transform`.
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
