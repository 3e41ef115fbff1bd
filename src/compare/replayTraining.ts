import { Dataset } from "../data/dataset.js";
import { makeRegression } from "../data/makeRegression.js";
import { Ell2Error } from "../errors.js";
import { epochs } from "../fit/fit.js";
import type { FitOptions } from "../fit/options.js";
import type { Matrix } from "../linalg/matrix.js";
import { LinearRegression } from "../model/linearRegression.js";
import { Adam, AdamW } from "../nn/adam.js";
import { SGD } from "../nn/sgd.js";
import { Tensor } from "../nn/tensor.js";
import { type Check, check } from "./check.js";
import { largest, median, relative, ulps } from "./distance.js";
import { type Steps, TorchLinearRegression } from "./torchLinearRegression.js";
import {
  type NotebookTrace,
  type RecordedNumber,
  readMatrix,
  readNumber,
  type TrainingTrace,
} from "./trace.js";

/** The bounds that a replay must keep: at most ten times what is observed, which docs/verification.md shows. */
const BOUNDS = {
  losses: 3e-14,
  lossesUnstable: 2e-14,
  parameters: { SGD: 1e-14, Adam: 4e-15, AdamW: 4e-15 },
  medianUlps: 4,
};

/** What a witness did in one epoch. */
interface Epoch {
  /** The loss of each batch; null for a witness that shows the epoch's mean alone. */
  losses: number[] | null;
  mse: number;
  mseValid: number | null;
  weight: Matrix;
  bias: Matrix;
}

type Recording = TrainingTrace | NotebookTrace;

/**
 * Trains again what PyTorch trained, from the recorded rows and the recorded start, with the model
 * from scratch (where the optimiser is SGD) and with `nn`, and holds every loss and every epoch's
 * parameters against the recording.
 */
export function replayTraining(trace: Recording): Check[] {
  const { train, valid } = datasets(trace);
  const lengths = [trace.losses, trace.log, trace.parameters].map((list) => list.length);
  if (lengths.some((length) => length !== trace.epochs)) {
    return [check(`${trace.epochs} epochs recorded, with ${lengths.join(", ")} entries`, "mismatches", 1, 0)];
  }
  const checks = [...compare("nn", trace, peerEpochs(trace, train, valid))];
  if (trace.optimizer.name === "SGD") {
    checks.unshift(...compare("scratch", trace, scratchEpochs(trace, train, valid)));
  }
  return checks;
}

/** The rows that a recording trained on and evaluated: stored, or made again from their recipe. */
function datasets(trace: Recording): { train: Dataset; valid: Dataset | null } {
  const train = new Dataset({ X: readMatrix(trace.data.X), Y: readMatrix(trace.data.Y) });
  const { valid } = trace.data;
  if (valid === null) return { train, valid: null };
  if ("makeRegression" in valid) {
    return {
      train,
      valid: new Dataset(makeRegression(valid.makeRegression)).slice(valid.start, valid.stop),
    };
  }
  return { train, valid: new Dataset({ X: readMatrix(valid.X), Y: readMatrix(valid.Y) }) };
}

const startOf = (trace: Recording) => ({
  weight: readMatrix(trace.initial.weight),
  bias: readMatrix(trace.initial.bias),
});

function* scratchEpochs(trace: Recording, train: Dataset, valid: Dataset | null): Generator<Epoch> {
  const { lr, weightDecay, momentum = 0, dampening = 0, nesterov = false } = trace.optimizer;
  const model = new LinearRegression(train.X.cols, train.Y.cols, { lambda: weightDecay });
  model.copyParams(startOf(trace));
  const options: FitOptions = {
    strategy: "rows",
    epochs: trace.epochs,
    lr,
    batchSize: trace.batchSize,
    momentum,
    dampening,
    nesterov,
  };
  for (const { mse, mseValid } of epochs(model, train, valid === null ? options : { ...options, valid })) {
    yield { losses: null, mse, mseValid, weight: model.w.T, bias: model.b };
  }
}

function* peerEpochs(trace: Recording, train: Dataset, valid: Dataset | null): Generator<Epoch> {
  const model = new TorchLinearRegression(train.X.cols, train.Y.cols);
  const { weight, bias } = startOf(trace);
  model.layer.weight.data.set(weight.data);
  model.layer.bias.data.set(bias.data);
  const optimizer = makeOptimizer(trace, model);
  const tensors = (rows: Dataset) => [Tensor.from(rows.X), Tensor.from(rows.Y)] as const;
  const [x, y] = tensors(train);
  const validation = valid === null ? null : tensors(valid);
  for (let epoch = 0; epoch < trace.epochs; epoch++) {
    const losses = model.trainEpoch(optimizer, x, y, trace.batchSize);
    yield {
      losses,
      mse: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
      mseValid: validation === null ? null : model.evaluate(...validation),
      weight: model.layer.weight.toMatrix(),
      bias: model.layer.bias.toMatrix(),
    };
  }
}

function makeOptimizer(trace: Recording, model: TorchLinearRegression): Steps {
  const { name, weightDecay, lr, ...options } = trace.optimizer;
  const groups = [
    { params: model.layer.weight, weightDecay },
    { params: model.layer.bias, weightDecay: 0 },
  ];
  const Optimizer = { SGD, Adam, AdamW }[name];
  return new Optimizer(groups, { lr, ...options } as object);
}

/** Holds a witness's epochs against the recorded ones. */
function compare(witness: string, trace: Recording, witnessed: Generator<Epoch>): Check[] {
  const losses: number[] = [];
  const parameters: number[] = [];
  const entries: number[] = [];
  const distances: number[] = [];
  let ended = 0;
  let finite = true;
  try {
    for (const epoch of witnessed) {
      const log = trace.log[ended]!;
      const recorded = trace.parameters[ended]!;
      const expected = trace.losses[ended]!;
      const scale = largest(expected.map((loss) => Math.abs(readNumber(loss))));
      const own = epoch.losses ?? (expected.length === 1 ? [epoch.mse] : []);
      losses.push(
        ...own.map((loss, i) => apart(loss, expected[i] ?? "NaN", scale)),
        apart(epoch.mse, log.mse),
      );
      if (epoch.losses !== null && epoch.losses.length !== expected.length) losses.push(Number.NaN);
      if (epoch.mseValid !== null) losses.push(apart(epoch.mseValid, log.mseValid!));
      for (const [ours, theirs] of [
        [epoch.weight, readMatrix(recorded.weight)],
        [epoch.bias, readMatrix(recorded.bias)],
      ] as const) {
        const size = largest(theirs.data.map(Math.abs)) || 1;
        theirs.data.forEach((value, i) => {
          const x = ours.data[i]!;
          parameters.push(x === value ? 0 : Math.abs(x - value) / size);
          entries.push(relative(x, value));
          distances.push(ulps(x, value));
        });
      }
      finite = Number.isFinite(epoch.mse);
      ended++;
    }
  } catch (error) {
    if (!(error instanceof Ell2Error && error.code === "DIVERGED")) throw error;
    ended = (error.data.epoch as number) + 1;
    finite = false;
  }
  const wrongEnd = Math.abs(ended - trace.epochs) + (finite === trace.stable ? 0 : 1);
  const end = check(`${witness}: last epoch`, "epoch", wrongEnd, 0);
  if (!trace.stable) {
    return [
      check(`${witness}: losses`, "of the epoch's largest", largest(losses), BOUNDS.lossesUnstable),
      end,
    ];
  }
  const bound = BOUNDS.parameters[trace.optimizer.name];
  return [
    check(`${witness}: losses`, "of the epoch's largest", largest(losses), BOUNDS.losses),
    check(`${witness}: parameters`, "of the largest entry", largest(parameters), bound),
    check(`${witness}: parameters, median`, "ULP", median(distances), BOUNDS.medianUlps),
    check(`${witness}: parameters, worst entry`, "relative", largest(entries), null),
    check(`${witness}: parameters, worst entry`, "ULP", largest(distances), null),
    end,
  ];
}

/**
 * Distance of a loss from the recorded one, beside the epoch's largest loss (one row may be met
 * almost exactly, and its loss has no digits then); two that are not finite agree if they are the same.
 */
function apart(ours: number, recorded: RecordedNumber, scale = Math.abs(readNumber(recorded))): number {
  const theirs = readNumber(recorded);
  if (Number.isFinite(theirs)) return ours === theirs ? 0 : Math.abs(ours - theirs) / scale;
  return Object.is(ours, theirs) ? 0 : Number.NaN;
}
