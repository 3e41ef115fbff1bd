import type { Dataset } from "../data/dataset.js";
import { leastSquares } from "../linalg/leastSquares.js";
import { Matrix } from "../linalg/matrix.js";
import { svd } from "../linalg/svd.js";
import { Factored } from "./denseSolution.js";
import { wholeDigits } from "./digits.js";
import { residualSums } from "./rowResiduals.js";
import type { Solution, Solver } from "./solution.js";
import { alphaOf, type Means, type System } from "./system.js";

/** The rows in the coordinates in which weights are penalised: √ω(x − c)/s and √ω(y − ȳ). */
function scaledRows(
  { flat, scaler, constant, intercept }: System,
  moments: Means,
  { X, Y, weights }: Dataset,
) {
  const { n, k } = flat;
  const centre = intercept ? moments.meanX : new Float64Array(n);
  const unit = Float64Array.from({ length: n }, (_, j) => (constant[j] ? 0 : 1 / (scaler?.scale[j] ?? 1)));
  const meanY = intercept ? moments.meanY : new Float64Array(k);
  const root = weights === null ? null : new Matrix(X.rows, 1, weights.map(Math.sqrt));
  const weighted = (A: Matrix) => (root === null ? A : A.times(root));
  return {
    Xs: weighted(X.minus(new Matrix(1, n, centre)).times(new Matrix(1, n, unit))),
    Ys: weighted(Y.minus(new Matrix(1, k, meanY))),
  };
}

/** A solution in doubles, in the system's coordinates, in the data's units. */
function solutionOf(
  system: System,
  moments: Means,
  rows: Dataset,
  lambda: number,
  found: {
    solver: Solver;
    x: Float64Array;
    rank: number;
    dependent: boolean;
    condition: number | null;
    /** The condition number of the rows. */
    kappa: number;
    error: number;
  },
): Solution {
  const { flat, scaler, intercept } = system;
  const { n, k } = flat;
  const w = found.x.map((value, at) => value / (scaler?.scale[Math.floor(at / k)] ?? 1));
  const b = intercept ? moments.meanY.slice() : new Float64Array(k);
  const meanX = moments.meanX;
  for (let l = 0; l < k && intercept; l++) for (let j = 0; j < n; j++) b[l]! -= meanX[j]! * w[j * k + l]!;
  const [wLow, bLow] = [new Float64Array(n * k), new Float64Array(k)];
  const { squares } = residualSums(rows, intercept ? meanX : new Float64Array(n), { w, wLow, b, bLow });
  const most = (l: number) =>
    found.x.reduce((size, x, at) => (at % k === l ? Math.max(size, Math.abs(x)) : size), 0);
  return {
    solver: found.solver,
    lambda,
    w,
    wLow,
    b,
    bLow,
    rss: Array.from(squares),
    rank: found.rank,
    dependent: found.dependent,
    digits: Array.from({ length: k }, (_, l) => {
      const errors: number[] = [];
      // a target far from 0 was rounded when it was centred; what is not explained counts with κ², as for any rounding of rows
      const far = Math.abs(moments.meanY[l]!) * Math.sqrt(flat.weight / flat.syy[l]!);
      const left = squares[l]! / Math.max(flat.syy[l]! - squares[l]!, Number.MIN_VALUE);
      const error = found.error * (1 + far + found.kappa * Math.sqrt(left));
      for (let j = 0; j < n; j++) {
        const size = Math.abs(found.x[j * k + l]!);
        if (size > 0) errors.push((error * most(l)) / size);
      }
      if (!intercept || b[l] === 0) return wholeDigits(errors);
      let bias = Number.EPSILON * Math.abs(moments.meanY[l]!);
      for (let j = 0; j < n; j++) bias += (Math.abs(meanX[j]!) * error * most(l)) / (scaler?.scale[j] ?? 1);
      errors.push(bias / Math.abs(b[l]!));
      return wholeDigits(errors);
    }),
    condition: found.condition,
    spread: null,
    factor: new Factored(system, lambda).factor(),
  };
}

/** [X; √αI]·w ≈ [Y; 0] by Householder QR with refinement: for rows of which Cholesky of the sums gets no digit. */
export function refinedQR(system: System, moments: Means, rows: Dataset, lambda: number): Solution {
  const { n, k } = system.flat;
  const { Xs, Ys } = scaledRows(system, moments, rows);
  const alpha = alphaOf(lambda, system.flat);
  const extra = alpha > 0 ? n : 0;
  const A = new Float64Array((Xs.rows + extra) * n);
  const B = new Float64Array((Xs.rows + extra) * k);
  A.set(Xs.data);
  B.set(Ys.data);
  for (let j = 0; j < extra; j++) A[(Xs.rows + j) * n + j] = Math.sqrt(alpha);
  const { x, rank, condition } = leastSquares(A, Xs.rows + extra, n, B, k);
  if (rank < n - system.constant.filter(Boolean).length) return leastNorm(system, moments, rows, lambda);
  // the rows were rounded when they were scaled, whatever the refinement has corrected
  const error = condition * 16 * Number.EPSILON;
  return solutionOf(system, moments, rows, lambda, {
    solver: "qr",
    x,
    rank,
    dependent: false,
    condition: condition * condition,
    kappa: condition,
    error,
  });
}

/** V·diag(s/(s² + α))·Uᵀ·Y over the singular values that are not rounding: at α = 0 the least norm. */
export function leastNorm(system: System, moments: Means, rows: Dataset, lambda: number): Solution {
  const alpha = alphaOf(lambda, system.flat);
  const { Xs, Ys } = scaledRows(system, moments, rows);
  const wide = Xs.cols > Xs.rows;
  const tall = wide ? Xs.T : Xs;
  const { U, s, V } = svd(tall.data, tall.rows, tall.cols);
  const q = tall.cols;
  const tolerance = Math.max(Xs.rows, Xs.cols) * Number.EPSILON * (s[0] ?? 0);
  const left = new Matrix(tall.rows, q, U);
  const right = new Matrix(q, q, V);
  const [rowSide, columnSide] = wide ? [right, left] : [left, right];
  const z = rowSide.T.matmul(Ys);
  const kept = s.filter((value) => value > tolerance);
  for (let i = 0; i < q; i++) {
    const value = s[i]!;
    const filter = value > tolerance ? value / (value * value + alpha) : 0;
    for (let l = 0; l < z.cols; l++) z.data[i * z.cols + l]! *= filter;
  }
  const x = columnSide.matmul(z).data;
  const condition = kept.length === 0 ? 1 : kept[0]! / kept.at(-1)!;
  const error = condition * q * 16 * Number.EPSILON;
  return solutionOf(system, moments, rows, lambda, {
    solver: "least norm",
    x,
    rank: kept.length,
    dependent: true,
    condition: null,
    kappa: condition,
    error,
  });
}
