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
 * StandardScaler takes them. A column of one value is constant: its scale is 1.
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
    const first = X.data[j]!;
    let sum = 0;
    let varies = false;
    for (let i = 0; i < m; i++) {
      sum += X.data[i * n + j]!;
      varies ||= X.data[i * n + j]! !== first;
    }
    if (!varies) {
      constant.push(j);
      mean.push(first);
      scale.push(1);
      continue;
    }
    let center = sum / m;
    let rest = 0;
    for (let i = 0; i < m; i++) rest += X.data[i * n + j]! - center;
    center += rest / m; // what rounding the first sum lost
    let squares = 0;
    for (let i = 0; i < m; i++) {
      const deviation = X.data[i * n + j]! - center;
      squares += deviation * deviation;
    }
    mean.push(center);
    scale.push(checkSpread("standardization", Math.sqrt(squares / m), `${j} (counted from 0)`));
  }
  return { mean, scale, constant };
}

/** For each feature whether sums alone cannot tell it from a constant: √(Sⱼⱼ/W) is at most what rounding its mean leaves. */
export const constantFeatures = ({ meanX, sxx, weight, meanRounding }: Moments): boolean[] =>
  Array.from(meanX, (mean, j) => isRounding(sxx.data[j * sxx.cols + j]!, weight, meanRounding * mean));

/** The same of each target. */
export const constantTargets = ({ meanY, syy, weight, meanRounding }: Moments): boolean[] =>
  Array.from(meanY, (mean, l) => isRounding(syy.data[l * syy.cols + l]!, weight, meanRounding * mean));

const isRounding = (squares: number, weight: number, rounding: number): boolean =>
  !(Math.sqrt(Math.max(0, squares) / weight) > Math.abs(rounding));

/**
 * What `standardization` gives, from the moments of the rows, with their weights if they have any:
 * x̄ and √(Sxxⱼⱼ/W). A column whose deviation is at most `meanRounding`·|x̄ⱼ|, 8·ε·|x̄ⱼ| for rows that
 * were added up in doubles, counts as constant: sums cannot tell it from one.
 *
 * Without centring, for a model without a bias, the means stay 0, and a constant column is a feature
 * like any other, with scale 1 (scikit-learn's StandardScaler with `with_mean=False`).
 * @param moments of at least one row
 * @param centre whether the columns are centred; true by default
 * @throws NOT_FINITE for a column whose squares overflow
 * Source: scikit-learn's `StandardScaler`, with sample weights.
 */
export const momentStandardization = (moments: Moments, centre = true): Standardization =>
  standardizationOf(moments, centre, constantFeatures(moments));

/** `momentStandardization` where it is known which columns are constant. */
export function standardizationOf(
  moments: Moments,
  centre: boolean,
  isConstant: readonly boolean[],
): Standardization {
  const { weight, meanX, sxx, inputs } = moments;
  const constant: number[] = [];
  const scale = Array.from(meanX, (_, j) => {
    if (!isConstant[j]) {
      const squares = sxx.data[j * sxx.cols + j]!;
      return checkSpread("momentStandardization", Math.sqrt(squares / weight), show(inputs[j]));
    }
    if (centre) constant.push(j);
    return 1;
  });
  return { mean: Array.from(meanX, (mean) => (centre ? mean : 0)), scale, constant };
}

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
