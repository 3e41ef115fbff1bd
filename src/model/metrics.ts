import { Ell2Error } from "../errors.js";
import { asMatrix, Matrix, type MatrixLike } from "../linalg/matrix.js";

/** What metrics compare: one number, a list, or a matrix. */
export type Values = number | Float64Array | readonly number[] | MatrixLike;

/**
 * Mean squared error, 1/N·Σ(pred − true)².
 * @param pred predictions, any shape
 * @param truth the true values, of the same shape
 * @throws SHAPE where the shapes differ or are empty
 * Source: PyTorch's `nn.MSELoss`.
 */
export function mse(pred: Values, truth: Values): number {
  return meanOf("mse", pred, truth, (p, t) => (p - t) * (p - t));
}

/**
 * The notebook's modified mean absolute percentage error: mean |(true − pred)/(true + 1e-16)|.
 * The denominator keeps its sign; the result is a fraction, not per cent.
 * Source: `torch_mape` of the notebook's own tools.
 * @param pred predictions, any shape
 * @param truth the true values, of the same shape
 * @throws SHAPE where the shapes differ or are empty
 */
export function mape(pred: Values, truth: Values): number {
  return meanOf("mape", pred, truth, (p, t) => Math.abs((t - p) / (t + 1e-16)));
}

/**
 * Symmetric mean absolute percentage error, mean 2·|true − pred|/(|true| + |pred|): a fraction in
 * [0, 2]; where both are 0 they agree, and count as 0.
 * @param pred predictions, any shape
 * @param truth the true values, of the same shape
 * @throws SHAPE where the shapes differ or are empty
 * Source: the usual definition with the mean of the two in the denominator; docs/conventions.md.
 */
export function smape(pred: Values, truth: Values): number {
  return meanOf("smape", pred, truth, (p, t) =>
    p === t ? 0 : (2 * Math.abs(t - p)) / (Math.abs(t) + Math.abs(p)),
  );
}

/**
 * The coefficient of determination, 1 − Σ(true − pred)²/Σ(true − mean)², averaged over the targets.
 * A constant target counts 1 if it is met exactly and 0 otherwise, as in scikit-learn's `r2_score`.
 * @param pred predictions [m×k], or a list for one target
 * @param truth the true values, of the same shape
 * @throws SHAPE where the shapes differ or are empty
 * Source: scikit-learn's `r2_score`.
 */
export function r2(pred: Values, truth: Values): number {
  const targets = perTarget(pred, truth);
  return targets.reduce((sum, target) => sum + target.r2, 0) / targets.length;
}

/** How well one target is predicted, in the target's own units. */
export interface TargetMetrics {
  /** Mean squared error. */
  mse: number;
  /** Its root. */
  rmse: number;
  /** Mean absolute error. */
  mae: number;
  /** The coefficient of determination, as of the function `r2`. */
  r2: number;
}

/**
 * MSE, RMSE, mean absolute error and R² of each target.
 * @param pred predictions [m×k], or a list for one target
 * @param truth the true values, of the same shape
 * @throws SHAPE where the shapes differ or are empty
 * Source: scikit-learn's metrics with `multioutput="raw_values"`.
 */
export function perTarget(pred: Values, truth: Values): TargetMetrics[] {
  const [P, T] = pair("perTarget", pred, truth);
  const { rows: m, cols: k } = T;
  return Array.from({ length: k }, (_, l) => {
    const at = (A: Matrix, i: number) => A.data[i * k + l]!;
    let sum = 0;
    let constant = true;
    for (let i = 0; i < m; i++) {
      sum += at(T, i);
      constant &&= at(T, i) === at(T, 0);
    }
    const mean = sum / m;
    let squares = 0;
    let absolute = 0;
    let total = 0;
    for (let i = 0; i < m; i++) {
      const r = at(P, i) - at(T, i);
      squares += r * r;
      absolute += Math.abs(r);
      total += (at(T, i) - mean) * (at(T, i) - mean);
    }
    const r2 = constant ? (squares === 0 ? 1 : 0) : 1 - squares / total;
    return { mse: squares / m, rmse: Math.sqrt(squares / m), mae: absolute / m, r2 };
  });
}

function meanOf(where: string, pred: Values, truth: Values, f: (p: number, t: number) => number): number {
  const [P, T] = pair(where, pred, truth);
  let sum = 0;
  for (let i = 0; i < T.numel; i++) sum += f(P.data[i]!, T.data[i]!);
  return sum / T.numel;
}

function pair(where: string, pred: Values, truth: Values): [Matrix, Matrix] {
  const [P, T] = [column(pred), column(truth)];
  if (P.rows === T.rows && P.cols === T.cols && T.numel > 0) return [P, T];
  throw new Ell2Error("SHAPE", {
    where,
    expected: "predictions and true values of the same shape, not empty",
    got: `${P.shape} and ${T.shape}`,
  });
}

/** A number as [1×1], a list as one column. */
function column(values: Values): Matrix {
  if (typeof values === "number") return new Matrix(1, 1, Float64Array.of(values));
  if (values instanceof Float64Array) return new Matrix(values.length, 1, values);
  if (Array.isArray(values) && values.every((value) => typeof value === "number")) {
    return new Matrix(values.length, 1, Float64Array.from(values));
  }
  return asMatrix(values as MatrixLike);
}
