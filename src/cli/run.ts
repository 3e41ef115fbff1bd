import { defineCommand } from "citty";
import { logLine, pythonFloat, round4, selection } from "../compare/format.js";
import { LONG, type Losses, type NotebookRun, runNotebook } from "../compare/notebook.js";
import { type NotebookOptions, type NotebookTrace, parseTrace, releaseOf } from "../compare/trace.js";
import { kernelName } from "../kernels/index.js";
import { Python } from "../random/python.js";
import { numberOption, rangeOption, seedOption, wholeOption } from "./args.js";
import { print, say, table, toJson } from "./output.js";
import { readTrace, version } from "./package.js";
import { findPython, record } from "./python.js";

const WHERE = "ell2 run";

const args = {
  samples: { type: "string", description: "rows in all", default: "10100" },
  train: {
    type: "string",
    description: "rows to train on, the first ones; the rest validate",
    default: "100",
  },
  features: { type: "string", description: "input features n", default: "6" },
  targets: { type: "string", description: "outputs k", default: "3" },
  informative: { type: "string", description: "features that matter (default: features − 1)" },
  noise: { type: "string", description: "standard deviation of the noise", default: "1" },
  bias: { type: "string", description: "added to every target (default: Python's random() for the seed)" },
  lambda: { type: "string", description: "λ, the weight decay", default: "0.01" },
  lr: { type: "string", description: "learning rate", default: "0.01" },
  epochs: { type: "string", description: "epochs", default: "16" },
  batch: { type: "string", description: "rows a batch (default: train // 3)" },
  seed: { type: "string", description: "seed of data and parameters", default: "14" },
  all: { type: "boolean", description: `train nn and PyTorch too where there are more than ${LONG} epochs` },
  json: { type: "boolean", description: "print one JSON document" },
} as const;

/** What the command line gave, as numbers; defaults that depend on others filled in. */
function readOptions(given: Record<keyof typeof args, unknown>): { options: NotebookOptions; seed: number } {
  const text = (name: keyof typeof args) => given[name] as string | undefined;
  const whole = (name: keyof typeof args, least = 1) => wholeOption(WHERE, name, text(name), least);
  const seed = seedOption(WHERE, text("seed"))!;
  const train = whole("train")!;
  const features = whole("features")!;
  const notNegative = (name: "noise" | "lambda" | "lr") =>
    rangeOption(WHERE, name, text(name), "≥ 0", (x) => x >= 0)!;
  return {
    seed,
    options: {
      samples: rangeOption(
        WHERE,
        "samples",
        text("samples"),
        `that is whole, above --train ${train} and at most 2³¹`,
        (x) => Number.isSafeInteger(x) && x > train && x <= 2 ** 31,
      )!,
      train,
      features,
      targets: whole("targets")!,
      informative: whole("informative", 0) ?? Math.max(1, features - 1),
      noise: notNegative("noise"),
      bias: numberOption(WHERE, "bias", text("bias")) ?? new Python(seed).random(),
      lambda: notNegative("lambda"),
      lr: notNegative("lr"),
      epochs: whole("epochs", 0)!,
      batch: whole("batch") ?? Math.max(1, Math.floor(train / 3)),
    },
  };
}

/** What real PyTorch did with these options: recorded, or live where Python has it; otherwise why not. */
async function pytorchTrace(
  options: NotebookOptions,
  seed: number,
  all: boolean,
): Promise<{ trace: NotebookTrace; source: "recorded" | "live" } | { trace: null; absent: string }> {
  const recorded = readTrace("notebook.json") as NotebookTrace;
  const same = Object.entries(recorded.options).every(
    ([name, x]) => options[name as keyof NotebookOptions] === x,
  );
  if (same && recorded.seed === seed) return { trace: recorded, source: "recorded" };
  if (options.epochs > LONG && !all) {
    return { trace: null, absent: `more than ${LONG} epochs: --all trains it too` };
  }
  const python = findPython();
  if (python === null)
    return { trace: null, absent: "no trace of these options, and no Python with torch found" };
  say("no trace of these options: running PyTorch live …");
  const given = Object.entries({ ...options, seed }).flatMap(([name, x]) => [`--${name}=${x}`]);
  try {
    return {
      trace: parseTrace(await record(python, ["notebook", ...given]), "live PyTorch") as NotebookTrace,
      source: "live",
    };
  } catch (error) {
    return { trace: null, absent: `live PyTorch failed: ${(error as Error).message.split("\n", 1)[0]}` };
  }
}

export const run = defineCommand({
  meta: { name: "run", description: "The weight-decay notebook, end to end, beside PyTorch" },
  args,
  async run({ args: given }) {
    const { options, seed } = readOptions(given);
    const all = given.all === true;
    const peer = await pytorchTrace(options, seed, all);
    const { trace } = peer;
    const release = trace === null ? "2" : releaseOf(trace);
    const result = runNotebook(options, seed, trace, release, all);
    const source = "source" in peer ? peer.source : null;
    const [first] = result.log;
    const above = result.log.find(({ scratch }) => scratch.mse > first!.scratch.mse);
    if (above)
      say(`warning: the loss rose: ${above.scratch.mse} in epoch ${above.epoch}; the rate may be too large`);
    if (given.json) print(toJson(asJson(result, source)));
    else printNotebook(result, source, "absent" in peer ? peer.absent : null);
  },
});

/** The document that `--json` prints. */
function asJson(run: NotebookRun, source: "recorded" | "live" | null): unknown {
  const { samples, features, targets, informative, bias, noise, lambda, lr, epochs, batch } = run.options;
  const shape = ({ X, Y }: { X: { rows: number; cols: number }; Y: { rows: number; cols: number } }) => ({
    X: [X.rows, X.cols],
    Y: [Y.rows, Y.cols],
  });
  const { scratch, nn } = run.parameters;
  return {
    seed: run.seed,
    versions: { ell2: version, node: process.versions.node, v8: process.versions.v8 },
    dataset: {
      samples,
      features,
      targets,
      informative,
      bias,
      noise,
      train: shape(run.train),
      valid: shape(run.valid),
    },
    lambda,
    lr,
    epochs,
    batchSize: batch,
    before: run.before,
    afterCopy: run.afterCopy,
    log: run.log,
    afterTraining: run.afterTraining,
    pytorch:
      run.pytorch === null ? null : { version: run.pytorch.version, source, ...withoutVersion(run.pytorch) },
    parameters: {
      scratch: { w: scratch.w, b: scratch.b.data },
      nn: nn && { weight: nn.weight, bias: nn.bias.data },
    },
  };
}

const withoutVersion = ({ prediction, bias, weight }: NonNullable<NotebookRun["pytorch"]>) => ({
  prediction,
  bias,
  weight,
});

/** The notebook's cells, in order. */
function printNotebook(run: NotebookRun, source: string | null, absent: string | null): void {
  const { train, valid, options } = run;
  const { lambda, lr, epochs, batch } = options;
  const peer = run.pytorch === null ? "PyTorch" : `PyTorch ${run.pytorch.version}`;
  print("1.4 - Weight Decay: multi-output linear regression with an ℓ₂ penalty");
  print();
  print("Setup");
  print(`  ell2 ${version}, Node ${process.versions.node}, ${process.platform} ${process.arch}, float64`);
  print(`  device: cpu (${kernelName()} kernels, 1 thread; ell2 uses no GPU)`);
  print(`  ${peer}: ${source === null ? `– (${absent})` : source}`);
  print();
  print(`Dataset: make_regression, seed ${run.seed}`);
  print(`  X [${options.samples}, ${options.features}], Y [${options.samples}, ${options.targets}]`);
  print(`  bias ${pythonFloat(options.bias)}, noise ${options.noise}, informative ${options.informative}`);
  print(`  train X ${shape(train.X)}, Y ${shape(train.Y)}; valid X ${shape(valid.X)}, Y ${shape(valid.Y)}`);
  print();
  print("Model: J(w, b) = 1/(mk)·‖Xw + b − Y‖² + λ/2·‖w‖², the bias not decayed");
  print(`  lambda ${pythonFloat(lambda)}`);
  print();
  print("Scratch against nn, as mean |(true − pred)/(true + 1e-16)|");
  print(`  1 prediction                            ${pythonFloat(run.before.prediction)}`);
  print("  copy parameters");
  print(`  2 prediction after copying parameters   ${pythonFloat(run.afterCopy.prediction)}`);
  print(`  3 loss                                  ${pythonFloat(run.afterCopy.loss)}`);
  print();
  print(`Train: ${epochs} epochs, lr ${pythonFloat(lr)}, batches of ${batchSizes(train.rows, batch)}`);
  const cells = (losses: Losses | null) =>
    losses === null ? ["–", "–"] : [losses.mse, losses.mseValid!].map((x) => pythonFloat(round4(x)));
  const logs = selection(run.log.length, 100)
    .map((i) => run.log[i]!)
    .map(({ epoch, scratch, nn, pytorch }) => [
      logLine(epoch, scratch.mse, scratch.mseValid),
      ...cells(nn),
      ...cells(pytorch),
    ]);
  print(table([["scratch", "nn: MSE", "MSE_v", "PyTorch: MSE", "MSE_v"], ...logs]));
  print(
    `  4 logs equal at 4 decimals: scratch and nn ${agreement(run, "nn")}, scratch and PyTorch ${agreement(run, "pytorch")}`,
  );
  print();
  print("After training");
  const after = (name: string, key: "prediction" | "bias" | "weight") => [
    name,
    run.afterTraining === null ? "–" : pythonFloat(run.afterTraining[key]),
    run.pytorch === null ? "–" : pythonFloat(run.pytorch[key]),
  ];
  print(
    table([
      ["", "scratch against nn", "scratch against PyTorch"],
      after("5 prediction", "prediction"),
      after("6 bias", "bias"),
      after("7 weight", "weight"),
    ]),
  );
}

const shape = ({ rows, cols }: { rows: number; cols: number }) => `[${rows}, ${cols}]`;

function batchSizes(rows: number, batch: number): string {
  const whole = Math.floor(rows / batch);
  const sizes = [...Array<number>(Math.min(whole, 4)).fill(batch), ...(whole > 4 ? ["…"] : [])];
  if (rows % batch > 0) sizes.push(rows % batch);
  return sizes.join(", ");
}

/** How many epochs print the same in two columns of the log. */
function agreement(run: NotebookRun, other: "nn" | "pytorch"): string {
  const same = run.log.filter(({ scratch, [other]: theirs }) => {
    if (theirs === null) return false;
    return (
      round4(scratch.mse) === round4(theirs.mse) && round4(scratch.mseValid!) === round4(theirs.mseValid!)
    );
  });
  return run.log[0]?.[other] === null ? "–" : `${same.length} of ${run.log.length}`;
}
