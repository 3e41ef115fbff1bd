import { expect } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { Ell2Error } from "../../src/errors.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { LinearRegression } from "../../src/model/linearRegression.js";
import { Torch } from "../../src/random/index.js";
import { normalMatrix } from "../linalg/random.js";

/** A regression problem of normal features with a known solution and noise of 0.1. */
export function problem(rows: number, n: number, k: number, seed = 14): Dataset {
  const X = normalMatrix(rows, n, seed);
  const truth = normalMatrix(n, k, seed + 1).times(3);
  const noise = normalMatrix(rows, k, seed + 2).times(0.1);
  return new Dataset({ X, Y: X.matmul(truth).plus(noise).plus(2) });
}

/** A model with a stream of its own, so that two of the same seed start from the same bits. */
export const newModel = (n: number, k: number, lambda = 0, seed = 7): LinearRegression =>
  new LinearRegression(n, k, { lambda, generator: new Torch(seed) });

/** w and then b. */
export const parameters = ({ w, b }: LinearRegression): number[] => [...w.data, ...b.data];

/** J = 1/(mk)·Σ(Xw + b − Y)² + λ/2·Σw², spelt out. */
export function objective(model: LinearRegression, { X, Y }: { X: Matrix; Y: Matrix }): number {
  const [n, k] = [X.cols, Y.cols];
  let squares = 0;
  for (let i = 0; i < X.rows; i++) {
    for (let l = 0; l < k; l++) {
      let r = model.b.data[l]! - Y.data[i * k + l]!;
      for (let j = 0; j < n; j++) r += X.data[i * n + j]! * model.w.data[j * k + l]!;
      squares += r * r;
    }
  }
  const decay = model.w.data.reduce((sum, x) => sum + x * x, 0);
  return squares / (X.rows * k) + (model.lambda / 2) * decay;
}

/** The error that `fn` throws on purpose. */
export function thrown(fn: () => unknown): Ell2Error {
  try {
    fn();
  } catch (error) {
    expect(error).toBeInstanceOf(Ell2Error);
    return error as Ell2Error;
  }
  throw new Error("nothing was thrown");
}

/** A·x = B by elimination with pivots, for small systems. A [n×n], B [n×k]. */
function solve(A: Matrix, B: Matrix): Matrix {
  const n = A.rows;
  const rows = A.toArray().map((row, i) => [...row, ...B.toArray()[i]!]);
  for (let j = 0; j < n; j++) {
    let best = j;
    for (let i = j + 1; i < n; i++) if (Math.abs(rows[i]![j]!) > Math.abs(rows[best]![j]!)) best = i;
    [rows[j], rows[best]] = [rows[best]!, rows[j]!];
    for (let i = 0; i < n; i++) {
      if (i === j) continue;
      const factor = rows[i]![j]! / rows[j]![j]!;
      for (let c = j; c < rows[i]!.length; c++) rows[i]![c]! -= factor * rows[j]![c]!;
    }
  }
  return Matrix.from(rows.map((row, j) => row.slice(n).map((x) => x / row[j]!)));
}

/** Ridge regression with α = λmk/2 and a free bias, by the normal equations of the centred data. */
export function ridge({ X, Y }: Dataset, lambda: number): { w: Matrix; b: Matrix } {
  const m = X.rows;
  const [meanX, meanY] = [X.sum(0).times(1 / m), Y.sum(0).times(1 / m)];
  const [Xc, Yc] = [X.minus(meanX), Y.minus(meanY)];
  const A = Xc.T.matmul(Xc);
  for (let j = 0; j < X.cols; j++) A.data[j * X.cols + j]! += (lambda * m * Y.cols) / 2;
  const w = solve(A, Xc.T.matmul(Yc));
  return { w, b: meanY.minus(meanX.matmul(w)) };
}
