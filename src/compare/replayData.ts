import { Dataset } from "../data/dataset.js";
import { makeRegression } from "../data/makeRegression.js";
import { trainTestSplit } from "../data/split.js";
import { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";
import { type Check, check } from "./check.js";
import { largest, ofLargest, ulps } from "./distance.js";
import { closeChecks } from "./replayStream.js";
import { type DatasetTrace, readMatrix, readValues, type SplitTrace } from "./trace.js";

const LOW_RANK = 9e-15;

/**
 * Makes a recorded regression problem anew: X as close as its stream, the coefficients to the bit, Y to
 * 1e-15·(Σ|x·w| + |bias| + |noise|). With an effective rank X passes through LAPACK: to 9e-15.
 */
export function replayDataset(trace: DatasetTrace): Check[] {
  const { options } = trace;
  const ours = makeRegression({ ...options, coef: true });
  const [X, Y, coef] = [readMatrix(trace.X), readMatrix(trace.Y), readMatrix(trace.coef)];
  const distances = (a: Matrix, b: Matrix) => Array.from(b.data, (x, i) => ulps(a.data[i] ?? Number.NaN, x));
  const coefCheck = check("coefficients", "mismatches", distances(ours.coef, coef).filter(Boolean).length, 0);
  if (options.effectiveRank != null) {
    return [
      check("X", "of the largest entry", ofLargest(ours.X.data, X.data), LOW_RANK),
      coefCheck,
      check("Y", "of the largest entry", ofLargest(ours.Y.data, Y.data), LOW_RANK),
    ];
  }
  return [
    ...closeChecks("X", distances(ours.X, X)),
    coefCheck,
    check("Y, beside the sizes of its terms", "relative", targetError(ours.Y, trace), 1e-15),
  ];
}

function targetError(ours: Matrix, trace: DatasetTrace): number {
  const [X, Y, coef] = [readMatrix(trace.X), readMatrix(trace.Y), readMatrix(trace.coef)];
  const absolute = (A: Matrix) => new Matrix(A.rows, A.cols, A.data.map(Math.abs));
  const terms = absolute(X).matmul(absolute(coef));
  const signal = X.matmul(coef);
  const bias = trace.options.bias ?? 0;
  return largest(
    Y.data.map((y, i) => {
      const noise = Math.abs(y - signal.data[i]! - bias);
      return Math.abs(ours.data[i]! - y) / (terms.data[i]! + Math.abs(bias) + noise);
    }),
  );
}

/** Splits as recorded: the same rows in the same order, and a refusal where scikit-learn refuses. */
export function replaySplit(trace: SplitTrace): Check[] {
  const wrong = trace.cases.filter(({ options, train, test, error }) => {
    const { nSamples, ...rest } = options;
    const rows = new Matrix(
      nSamples,
      1,
      Float64Array.from({ length: nSamples }, (_, i) => i),
    );
    const dataset = new Dataset({ X: rows, Y: rows });
    try {
      const split = trainTestSplit(dataset, rest);
      if (error) return true;
      const same = (part: Dataset, recorded: Float64Array) =>
        part.rows === recorded.length && part.X.data.every((row, i) => row === recorded[i]);
      return !same(split.train, readValues(train!)) || !same(split.test, readValues(test!));
    } catch (refusal) {
      if (refusal instanceof Ell2Error) return !error;
      throw refusal;
    }
  });
  return [check(`splits, ${trace.cases.length} cases`, "mismatches", wrong.length, 0)];
}
