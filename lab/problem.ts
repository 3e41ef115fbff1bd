import {
  Dataset,
  LinearRegression,
  Matrix,
  makeRegression,
  nn,
  random,
  type Standardization,
  standardization,
  standardize,
} from "ell2";
import type { State } from "./state.js";

/** A table of the reader's own, columns by name. */
export interface OwnData {
  name: string;
  inputs: string[];
  outputs: string[];
  X: number[][];
  Y: number[][];
}

/** The rows of a setting. */
export interface Problem {
  train: Dataset;
  /** Null without validation rows. */
  valid: Dataset | null;
  /** What the features were standardised with; null if they were not. */
  scaler: Standardization | null;
  /** The weights that made the data, in the coordinates of the features as they are trained on [n×k]; null if not known. */
  truth: Matrix | null;
}

/**
 * The rows that a state means; the training rows are the first ones. Standardised, the mean and the
 * deviation are the training rows' alone.
 * @param own the table behind `data: "csv"`
 */
export function problemOf(state: State, own: OwnData | null): Problem {
  const { rows, truth } = allRows(state, own);
  const count = Math.max(1, Math.min(state.train, rows.rows));
  const train = rows.slice(0, count);
  const valid = count < rows.rows ? rows.slice(count, Math.min(rows.rows, count + state.valid)) : null;
  const held = valid !== null && valid.rows > 0 ? valid : null;
  if (!state.standardize) return { train, valid: held, scaler: null, truth };
  const scaler = standardization(train.X);
  const scaled = ({ X, Y, inputs, outputs }: Dataset) =>
    new Dataset({ X: standardize(X, scaler), Y, inputs, outputs });
  const { scale } = scaler;
  return {
    train: scaled(train),
    valid: held && scaled(held),
    scaler,
    truth:
      truth &&
      new Matrix(
        truth.rows,
        truth.cols,
        truth.data.map((value, at) => value * scale[Math.floor(at / truth.cols)]!),
      ),
  };
}

function allRows(state: State, own: OwnData | null): { rows: Dataset; truth: Matrix | null } {
  const { seed, train, valid, features, targets, informative, noise } = state;
  if (state.data === "csv" && own !== null) return { rows: new Dataset(columns(own)), truth: null };
  if (state.data === "small" || state.data === "twins") {
    const twins = state.data === "twins";
    const n = twins ? 2 : features;
    return drawn(train + valid, n, targets, new random.NumPy(seed), noise, twins);
  }
  const bias = biasOf(state);
  const { X, Y, coef } = makeRegression({
    nSamples: train + valid,
    nFeatures: features,
    nTargets: targets,
    nInformative: informative,
    bias,
    noise,
    randomState: seed,
    coef: true,
  });
  if (state.data === "outlier") putOutlier(X, Y, coef);
  return { rows: new Dataset({ X, Y }), truth: coef };
}

/** The bias of made data: set, or what the notebook draws for the seed. */
export const biasOf = ({ drawnBias, bias, seed }: State): number =>
  drawnBias ? new random.Python(seed).random() : bias;

const columns = ({ X, Y, inputs, outputs }: OwnData) => ({ X, Y, inputs, outputs });

/** Standard normal features; true weights 0.01 throughout, or for two nearly equal features 3 and 3; bias 0.05. */
function drawn(m: number, n: number, k: number, generator: random.NumPy, noise: number, twins: boolean) {
  const X = new Matrix(m, n, generator.standardNormal(m * n));
  if (twins) for (let i = 0; i < m; i++) X.data[2 * i + 1] = X.data[2 * i]! + 0.05 * X.data[2 * i + 1]!;
  const truth = new Matrix(n, k, new Float64Array(n * k).fill(twins ? 3 : 0.01));
  const errors = new Matrix(m, k, generator.normal(0, noise, m * k));
  return { rows: new Dataset({ X, Y: X.matmul(truth).plus(0.05).plus(errors) }), truth };
}

/** The first row: its feature far out, its targets far beyond where the true slope leads, so that least squares is too steep. */
function putOutlier(X: Matrix, Y: Matrix, truth: Matrix): void {
  const reach = Y.data.reduce((most, y) => Math.max(most, Math.abs(y)), 0);
  X.data[0] = 3;
  for (let l = 0; l < Y.cols; l++) Y.data[l] = truth.data[l]! < 0 ? -2 * reach : 2 * reach;
}

/** The model before the first step: PyTorch's `nn.Linear` for the seed, as in the notebook, or zeros. */
export function startOf({ start, seed, lambda }: State, n: number, k: number): LinearRegression {
  const generator = new random.Torch(seed);
  const layer = new nn.Linear(n, k, { generator });
  const model = new LinearRegression(n, k, { lambda, generator });
  if (start === "torch") model.copyParams(layer);
  else {
    model.w.data.fill(0);
    model.b.data.fill(0);
  }
  return model;
}
