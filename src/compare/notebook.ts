import { Dataset } from "../data/dataset.js";
import { makeRegression } from "../data/makeRegression.js";
import { Moments } from "../data/moments.js";
import { Ell2Error } from "../errors.js";
import { epochMap } from "../fit/epochMap.js";
import { fit } from "../fit/fit.js";
import type { Matrix } from "../linalg/matrix.js";
import { LinearRegression, type LogEntry } from "../model/linearRegression.js";
import { mape } from "../model/metrics.js";
import { noGrad } from "../nn/noGrad.js";
import { Tensor } from "../nn/tensor.js";
import { Torch, type TorchRelease } from "../random/torch.js";
import { selection } from "./format.js";
import { TorchLinearRegression } from "./torchLinearRegression.js";
import { type NotebookOptions, type NotebookTrace, readMatrix, readNumber, readValues } from "./trace.js";

/** The MSEs of an epoch, of one model. */
export type Losses = Pick<LogEntry, "mse" | "mseValid">;

/** Epochs beyond which nn and PyTorch are left out unless asked for. */
export const LONG = 2000;

/** Everything that the notebook computes, in its order. */
export interface NotebookRun {
  /** Of the data and of the parameters. */
  seed: number;
  /** What was asked for. */
  options: NotebookOptions;
  /** The first rows. */
  train: Dataset;
  /** The rest. */
  valid: Dataset;
  /** The modified MAPE of scratch against nn, with their own initial parameters. */
  before: { prediction: number };
  /** The same after scratch has nn's parameters. */
  afterCopy: { prediction: number; loss: number };
  /** The losses of each epoch, of every model that trained. */
  log: { epoch: number; nn: Losses | null; scratch: Losses; pytorch: Losses | null }[];
  /** Scratch against nn; null for a long run, which nn does not make. */
  afterTraining: { prediction: number; bias: number; weight: number } | null;
  /** Scratch against what real PyTorch trained; null without a trace of the same options. */
  pytorch: { version: string; prediction: number; bias: number; weight: number } | null;
  /** After training; nn's and PyTorch's weight [k×n]. */
  parameters: {
    scratch: { w: Matrix; b: Matrix };
    nn: { weight: Matrix; bias: Matrix } | null;
    pytorch: { weight: Matrix } | null;
  };
}

/**
 * The notebook from its data to its seven comparisons.
 * @param options every number that it sets; `train` below `samples`
 * @param seed of the data (NumPy's stream) and of the parameters (PyTorch's)
 * @param trace what real PyTorch did with the same options and seed, or null
 * @param release whose small-size normals the scratch model draws
 * @param all whether nn trains too where there are more than `LONG` epochs; otherwise such a run is
 *   not walked through but known from its epoch map, with a readable selection of its log
 * @throws VALUE for options out of range, DIVERGED if training leaves the finite numbers
 * Source: the weight-decay notebook that ell2 began with; docs/conventions.md says how ell2 reads
 * it.
 */
export function runNotebook(
  options: NotebookOptions,
  seed: number,
  trace: NotebookTrace | null,
  release: TorchRelease = "2",
  all = false,
): NotebookRun {
  const { train, valid } = notebookData(options, seed);
  const { features: n, targets: k, lambda, lr, epochs, batch } = options;
  const generator = new Torch(seed, { release });
  const peer = new TorchLinearRegression(n, k, { generator });
  const model = new LinearRegression(n, k, { lambda, generator });

  const [xValid, yValid] = [Tensor.from(valid.X), Tensor.from(valid.Y)];
  const predictions = () => mape(model.predict(valid.X), noGrad(() => peer.forward(xValid)).toMatrix());

  const before = { prediction: predictions() };
  model.copyParams(peer.layer);
  const afterCopy = {
    prediction: predictions(),
    loss: mape(model.evaluate(valid.X, valid.Y), peer.evaluate(xValid, yValid)),
  };
  const soFar = { seed, options, train, valid, before, afterCopy };
  if (epochs > LONG && !all) {
    const log = longRun(model, train, valid, options);
    const { w, b } = model;
    return {
      ...soFar,
      log: log.map(({ epoch, mse, mseValid }) => ({
        epoch,
        nn: null,
        scratch: { mse, mseValid },
        pytorch: null,
      })),
      afterTraining: null,
      pytorch: null,
      parameters: { scratch: { w, b }, nn: null, pytorch: null },
    };
  }
  const peerLog = peer.fit(
    Tensor.from(train.X),
    Tensor.from(train.Y),
    epochs,
    lr,
    batch,
    xValid,
    yValid,
    lambda,
  );
  const log = model.fit(train.X, train.Y, epochs, lr, batch, valid.X, valid.Y);
  const weight = peer.layer.weight.toMatrix();
  const bias = peer.layer.bias.toMatrix();
  return {
    ...soFar,
    log: log.map(({ epoch, mse, mseValid }) => ({
      epoch,
      nn: losses(peerLog[epoch]!),
      scratch: { mse, mseValid },
      pytorch: trace === null ? null : recordedLosses(trace, epoch),
    })),
    afterTraining: {
      prediction: predictions(),
      bias: mape(model.b, rowOf(bias, k)),
      weight: mape(model.w, weight.T),
    },
    pytorch: trace === null ? null : againstPyTorch(model, valid, trace),
    parameters: {
      scratch: { w: model.w, b: model.b },
      nn: { weight, bias },
      pytorch: trace && { weight: readMatrix(trained(trace).weight) },
    },
  };
}

/**
 * Trains the model by its epoch map: some epochs of the log, each by one epoch from where the map
 * says that it begins, and the parameters at the end.
 */
function longRun(
  model: LinearRegression,
  train: Dataset,
  valid: Dataset,
  options: NotebookOptions,
): LogEntry[] {
  const { lambda, lr, epochs, batch } = options;
  const batches = Moments.ofBatches(train, batch);
  const map = epochMap(batches, { lr, lambda });
  const set = ({ w, b }: { w: Matrix; b: Matrix }) => model.copyParams({ weight: w.T, bias: b.data });
  const start = { w: model.w, b: model.b };
  const end = map.after(epochs, start);
  if (![...end.w.data, ...end.b.data].every(Number.isFinite)) {
    fit(model, batches, { epochs, lr }); // walks until it diverges, and says where
  }
  const validation = Moments.of(valid);
  const log = selection(epochs).map((epoch) => {
    set(map.after(epoch, start));
    const [entry] = fit(model, batches, { epochs: 1, lr, valid: validation }).log;
    return { ...entry!, epoch };
  });
  set(end);
  return log;
}

/** The notebook's rows: the first `train` train, the rest validate. */
function notebookData(options: NotebookOptions, seed: number): { train: Dataset; valid: Dataset } {
  const { samples, train, features, targets, informative, noise, bias } = options;
  if (!(train >= 1 && train < samples)) {
    throw new Ell2Error("VALUE", {
      where: "notebook",
      expected: "at least one row to train on and one to validate",
      got: `${train} of ${samples} rows to train on`,
    });
  }
  const rows = new Dataset(
    makeRegression({
      nSamples: samples,
      nFeatures: features,
      nTargets: targets,
      nInformative: informative,
      bias,
      noise,
      randomState: seed,
    }),
  );
  return { train: rows.slice(0, train), valid: rows.slice(train) };
}

const losses = ({ mse, mseValid }: LogEntry): Losses => ({ mse, mseValid });

function recordedLosses(trace: NotebookTrace, epoch: number): Losses {
  const { mse, mseValid } = trace.log[epoch]!;
  return { mse: readNumber(mse), mseValid: readNumber(mseValid!) };
}

function rowOf(values: Matrix, k: number): Matrix {
  return values.cols === k ? values : values.T;
}

const trained = ({ parameters, initial }: NotebookTrace) => parameters.at(-1) ?? initial;

function againstPyTorch(model: LinearRegression, valid: Dataset, trace: NotebookTrace) {
  const { weight, bias } = trained(trace);
  return {
    version: trace.versions.torch,
    prediction: mape(model.predict(valid.X).data, readValues(trace.prediction)),
    bias: mape(model.b.data, readValues(bias)),
    weight: mape(model.w, readMatrix(weight).T),
  };
}
