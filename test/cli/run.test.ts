import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ell2, json, root } from "./help.js";

interface Losses {
  mse: number;
  mseValid: number;
}

interface RunDocument {
  seed: number;
  versions: Record<string, string>;
  dataset: {
    samples: number;
    features: number;
    targets: number;
    informative: number;
    bias: number;
    noise: number;
    train: { X: number[]; Y: number[] };
    valid: { X: number[]; Y: number[] };
  };
  lambda: number;
  lr: number;
  epochs: number;
  batchSize: number;
  before: { prediction: number };
  afterCopy: { prediction: number; loss: number };
  log: { epoch: number; nn: Losses; scratch: Losses; pytorch: Losses | null }[];
  afterTraining: { prediction: number; bias: number; weight: number };
  pytorch: { version: string; source: string; prediction: number; bias: number; weight: number } | null;
  parameters: {
    scratch: { w: number[][]; b: number[] };
    nn: { weight: number[][]; bias: number[] };
  };
}

const recorded = JSON.parse(readFileSync(join(root, "golden/traces/notebook.json"), "utf8"));
const notebook = json<RunDocument>(["run"]);

/** The same with fewer rows to validate on, which is quicker. */
const small = ["run", "--samples=300"];

/** What PyTorch's numbers look like in the notebook. */
const fourDecimals = (x: number) => Math.round(x * 1e4) / 1e4;

describe("ell2 run", () => {
  const { stdout, stderr, exit } = ell2(["run"]);
  const lines = stdout.split("\n");

  it("ends with exit 0 and nothing on stderr", () => {
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
  });

  it("prints the cells in the notebook's order", () => {
    const cells = [
      "Setup",
      "device: cpu",
      "PyTorch ",
      "Dataset: make_regression, seed 14",
      "X [10100, 6], Y [10100, 3]",
      "bias 0.10682853770165568",
      "train X [100, 6], Y [100, 3]; valid X [10000, 6], Y [10000, 3]",
      "Model: ",
      "lambda 0.01",
      "1 prediction ",
      "copy parameters",
      "2 prediction after copying parameters   0.0",
      "3 loss                                  0.0",
      "Train: 16 epochs, lr 0.01, batches of 33, 33, 33, 1",
      "epoch: 0 - MSE: 7606.3838 - MSE_v: 9750.721 ",
      "epoch: 15 - MSE: 4102.8514 - MSE_v: 5334.5219 ",
      "4 logs equal at 4 decimals: scratch and nn 16 of 16, scratch and PyTorch 16 of 16",
      "5 prediction ",
      "6 bias ",
      "7 weight ",
    ];
    const places = cells.map((cell) => lines.findIndex((line) => line.trim().startsWith(cell)));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it("prints all 16 epochs, each with the three columns that PyTorch recorded", () => {
    const epochs = lines.filter((line) => line.trim().startsWith("epoch: "));
    expect(epochs).toHaveLength(16);
    for (const [epoch, line] of epochs.entries()) {
      const [, number, ...columns] = line
        .replace(/ - MSE(_v)?:/g, "")
        .trim()
        .split(/\s+/);
      const { mse, mseValid } = recorded.log[epoch];
      const expected = [fourDecimals(mse), fourDecimals(mseValid)];
      expect(Number(number)).toBe(epoch);
      expect(columns.map(Number)).toEqual([...expected, ...expected, ...expected]);
    }
  });

  it("names versions, the kernels and that no GPU is used", () => {
    expect(stdout).toContain(`Node ${process.versions.node}`);
    expect(stdout).toMatch(/device: cpu \(.*kernels, 1 thread.*no GPU\)/);
    expect(stdout).toContain(`PyTorch ${recorded.versions.torch}: recorded`);
  });
});

describe("ell2 run --json", () => {
  it("prints one document with the keys of the design, in its order", () => {
    expect(Object.keys(notebook)).toEqual([
      "seed",
      "versions",
      "dataset",
      "lambda",
      "lr",
      "epochs",
      "batchSize",
      "before",
      "afterCopy",
      "log",
      "afterTraining",
      "pytorch",
      "parameters",
    ]);
    expect(notebook).toMatchObject({ seed: 14, lambda: 0.01, lr: 0.01, epochs: 16, batchSize: 33 });
    expect(notebook.dataset).toEqual({
      samples: 10100,
      features: 6,
      targets: 3,
      informative: 5,
      bias: 0.10682853770165568,
      noise: 1,
      train: { X: [100, 6], Y: [100, 3] },
      valid: { X: [10000, 6], Y: [10000, 3] },
    });
    expect(Object.keys(notebook.pytorch!)).toEqual(["version", "source", "prediction", "bias", "weight"]);
    expect(notebook.pytorch).toMatchObject({ version: recorded.versions.torch, source: "recorded" });
    const { scratch, nn } = notebook.parameters;
    expect([scratch.w.length, scratch.w[0]!.length, scratch.b.length]).toEqual([6, 3, 3]);
    expect([nn.weight.length, nn.weight[0]!.length, nn.bias.length]).toEqual([3, 6, 3]);
  });

  it("is large before copying the parameters and exactly 0 and 0 after", () => {
    expect(notebook.before.prediction).toBeGreaterThan(1);
    expect(notebook.before.prediction).toBeCloseTo(recorded.comparisons.before.prediction, 9);
    expect(notebook.afterCopy).toEqual({ prediction: 0, loss: 0 });
  });

  it("has all epochs' MSE and MSE_v of nn, scratch and PyTorch equal at 4 decimals", () => {
    expect(notebook.log.map(({ epoch }) => epoch)).toEqual([...Array(16).keys()]);
    for (const { epoch, nn, scratch, pytorch } of notebook.log) {
      const { mse, mseValid } = recorded.log[epoch];
      expect(pytorch).toEqual({ mse, mseValid });
      for (const ours of [nn, scratch]) {
        expect(fourDecimals(ours.mse)).toBe(fourDecimals(mse));
        expect(fourDecimals(ours.mseValid)).toBe(fourDecimals(mseValid));
      }
    }
  });

  it("is after training within 5e-15, 5e-15 and 1e-15 of nn and of PyTorch", () => {
    for (const errors of [notebook.afterTraining, notebook.pytorch!]) {
      expect(errors.prediction).toBeLessThanOrEqual(5e-15);
      expect(errors.bias).toBeLessThanOrEqual(5e-15);
      expect(errors.weight).toBeLessThanOrEqual(1e-15);
    }
  });

  it("prints the parameters after training at full precision", () => {
    const { weight, bias } = recorded.parameters.at(-1);
    const { scratch, nn } = notebook.parameters;
    for (const [l, row] of weight.entries()) {
      expect(Math.abs(scratch.b[l]! - bias[l])).toBeLessThan(1e-14);
      for (const [j, value] of row.entries()) {
        expect(Math.abs(scratch.w[j]![l]! - value)).toBeLessThan(1e-12);
        expect(Math.abs(nn.weight[l]![j]! - value)).toBeLessThan(1e-12);
      }
    }
  });
});

describe("ell2 run with an option", () => {
  const changes: [string, string, Partial<RunDocument>][] = [
    ["--train", "50", { batchSize: 16, dataset: { train: { X: [50, 6] } } as RunDocument["dataset"] }],
    [
      "--features",
      "4",
      { dataset: { features: 4, informative: 3, valid: { X: [200, 4] } } as RunDocument["dataset"] },
    ],
    ["--features", "1", { dataset: { features: 1, informative: 1 } as RunDocument["dataset"] }],
    ["--targets", "2", { dataset: { targets: 2, train: { Y: [100, 2] } } as RunDocument["dataset"] }],
    ["--informative", "2", { dataset: { informative: 2 } as RunDocument["dataset"] }],
    ["--noise", "0", { dataset: { noise: 0 } as RunDocument["dataset"] }],
    ["--bias", "-2.5e1", { dataset: { bias: -25 } as RunDocument["dataset"] }],
    ["--lambda", "3", { lambda: 3 }],
    ["--lr", ".02", { lr: 0.02 }],
    ["--epochs", "3", { epochs: 3 }],
    ["--batch", "10", { batchSize: 10 }],
    ["--seed", "4294967295", { seed: 4294967295 }],
  ];

  const base = json<RunDocument>(small);

  it("--samples 300 leaves 200 rows to validate on, and no recorded column", () => {
    expect(base.dataset).toMatchObject({ samples: 300, train: { X: [100, 6] }, valid: { Y: [200, 3] } });
    expect(base.pytorch).toBeNull();
  });

  it.each(changes)("%s=%s changes what it says, and has no column of PyTorch", (option, value, expected) => {
    const run = json<RunDocument>([...small, `${option}=${value}`]);
    expect(run).toMatchObject(expected);
    expect(run.pytorch).toBeNull();
    expect(run.log.every(({ pytorch }) => pytorch === null)).toBe(true);
    expect(run.log).toHaveLength(run.epochs);
    expect(run.afterCopy).toEqual({ prediction: 0, loss: 0 });
    expect(run.afterTraining.prediction).toBeLessThan(1e-12);
    const last = (of: RunDocument) => of.log.at(-1)!.scratch;
    expect(last(run).mseValid).not.toBe(last(base).mseValid);
    expect(last(run).mseValid).toBeCloseTo(run.log.at(-1)!.nn.mseValid, 6);
  });

  it("that says what is the default anyway keeps the recorded column", () => {
    const run = json<RunDocument>(["run", "--seed", "14", "--batch=33", "--informative", "5"]);
    expect(run).toEqual(notebook);
  });

  it("--noise 0 --lambda 0 --bias 50, trained long, recovers the bias", () => {
    const options = "--noise 0 --lambda 0 --bias 50 --batch 100 --lr 0.5 --epochs 400".split(" ");
    const { parameters, log } = json<RunDocument>([...small, ...options]);
    for (const b of parameters.scratch.b) expect(Math.abs(b - 50)).toBeLessThan(1e-9);
    expect(log.at(-1)!.scratch.mse).toBeLessThan(1e-20);
  });

  it("--lambda 3 decays the weights toward 0", () => {
    const size = ({ parameters }: RunDocument) =>
      Math.hypot(...parameters.scratch.w.flat()) / Math.hypot(...parameters.scratch.b);
    expect(size(json([...small, "--lambda=3", "--epochs=100"]))).toBeLessThan(
      size(json([...small, "--lambda=0", "--epochs=100"])),
    );
  });

  it("--epochs 0 trains nothing and compares all the same", () => {
    const run = json<RunDocument>([...small, "--epochs", "0"]);
    expect(run.log).toEqual([]);
    expect(run.afterTraining).toEqual({ prediction: 0, bias: 0, weight: 0 });
    expect(ell2([...small, "--epochs", "0"]).exit).toBe(0);
  });

  it("--batch above the rows is one batch of all rows", () => {
    const all = json<RunDocument>([...small, "--batch", "1000", "--epochs", "4"]);
    const exact = json<RunDocument>([...small, "--batch", "100", "--epochs", "4"]);
    expect(all.log).toEqual(exact.log);
  });

  it("--train 1 --samples 2 --features 1 --targets 1 is the least there is", () => {
    const run = json<RunDocument>(["run", ..."--train 1 --samples 2 --features 1 --targets 1".split(" ")]);
    expect(run.dataset.train).toEqual({ X: [1, 1], Y: [1, 1] });
    expect(run.batchSize).toBe(1);
  });

  it("that no trace covers says, without Python, that PyTorch is absent", () => {
    const { stdout, exit } = ell2([...small, "--epochs", "2"]);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/PyTorch: – \(no trace of these options, and no Python with torch found\)/);
    expect(stdout).toContain("scratch and nn 2 of 2, scratch and PyTorch –");
    expect(stdout).toMatch(/5 prediction +\S+ +–/);
  });
});

describe("ell2 run refuses with exit 2", () => {
  const cases: [string, string[], RegExp][] = [
    ["an option that does not exist", ["--lamda", "3"], /option that exists, got --lamda; .*--lambda/],
    ["an option in capitals", ["--LR", "3"], /got --LR/],
    ["a short option", ["-l", "3"], /got -l/],
    ["an option twice", ["--lr", "1", "--lr", "2"], /--lr once/],
    ["an option without its value", ["--lr"], /a value for --lr/],
    ["an option that is followed by another", ["--lr", "--json"], /--lr|--json/],
    ["NaN", ["--lr", "NaN"], /--lr to be a number, got "NaN"/],
    ["Infinity", ["--bias", "Infinity"], /--bias to be a number/],
    ["a number beyond the floats", ["--lr", "1e400"], /--lr to be a number/],
    ["0x10", ["--batch", "0x10"], /--batch to be a number, got "0x10"/],
    ["1_000", ["--epochs", "1_000"], /--epochs to be a number/],
    ["an empty value", ["--lr="], /--lr to be a number, got ""/],
    ["a blank", ["--lr", " "], /--lr to be a number/],
    ["a decimal comma", ["--lr", "0,1"], /--lr to be a number/],
    ["a negative λ", ["--lambda", "-1"], /--lambda to be a number ≥ 0, got -1/],
    ["a negative rate", ["--lr=-0.1"], /--lr to be a number ≥ 0/],
    ["negative noise", ["--noise=-1"], /--noise to be a number ≥ 0/],
    [
      "as many rows to train as there are",
      ["--train", "100", "--samples", "100"],
      /--samples .* above --train/,
    ],
    ["more rows to train than there are", ["--train", "20000"], /--samples .* above --train 20000/],
    ["no rows to train", ["--train", "0"], /--train .* ≥ 1/],
    ["no features", ["--features", "0"], /--features .* ≥ 1/],
    ["half a target", ["--targets", "1.5"], /--targets .* whole/],
    ["batches of 0", ["--batch", "0"], /--batch .* ≥ 1/],
    ["negative epochs", ["--epochs=-1"], /--epochs .* ≥ 0/],
    ["the seed 2^32", ["--seed", "4294967296"], /--seed .*2³² − 1/],
    ["a negative seed", ["--seed=-1"], /--seed/],
    ["half a seed", ["--seed", "0.5"], /--seed/],
    ["a value for --json", ["--json=yes"], /--json without a value/],
    ["a word", ["notebook"], /got "notebook"/],
    ["a word behind --", ["--", "notebook"], /got "notebook"/],
    ["more samples than memory holds", ["--samples", "99999999999"], /samples/],
  ];

  it.each(cases)("%s", (_, args, message) => {
    const { stdout, stderr, exit } = ell2(["run", ...args]);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect({ stdout, exit }).toEqual({ stdout: "", exit: 2 });
  });
});

describe("ell2 run at a rate that is too large", () => {
  it("ends with exit 4 and names the epoch, the rate and a safe one", () => {
    const { stdout, stderr, exit } = ell2(["run", "--lr", "5", "--epochs", "1000", "--samples", "200"]);
    expect(exit).toBe(4);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/in epoch \d+.*at learning rate 5; a rate of at most 0\.\d+ is safe/);
    expect(stderr).not.toContain("    at ");
  });

  it("but finite still, warns on stderr and ends with exit 0", () => {
    const { stderr, exit } = ell2(["run", "--lr", "5", "--epochs", "4", "--samples", "200", "--json"]);
    expect(exit).toBe(0);
    expect(stderr).toMatch(/warning: the loss rose/);
  });
});

describe("ell2 run beyond 2000 epochs", () => {
  interface Run {
    log: { epoch: number; nn: unknown; scratch: { mse: number; mseValid: number } }[];
    afterTraining: unknown;
    parameters: { scratch: { w: number[][] } };
  }
  const run = (...args: string[]): Run =>
    JSON.parse(
      ell2(["run", "--samples=300", "--json", ...args], { env: { ELL2_PYTHON: "/nonexistent" } }).stdout,
    );

  it("knows the end and a selection of the log from the epoch map, as if it had gone the long way", () => {
    const [short, long] = [run("--epochs=2100"), run("--epochs=2100", "--all")];
    expect(long.log).toHaveLength(2100);
    expect(short.log.length).toBeLessThan(30);
    expect(short.log.at(-1)!.epoch).toBe(2099);
    for (const { epoch, nn, scratch } of short.log) {
      expect(nn).toBeNull();
      expect(scratch.mse / long.log[epoch]!.scratch.mse).toBeCloseTo(1, 9);
      expect(scratch.mseValid / long.log[epoch]!.scratch.mseValid).toBeCloseTo(1, 9);
    }
    expect(short.afterTraining).toBeNull();
    short.parameters.scratch.w.flat().forEach((x, i) => {
      expect(x).toBeCloseTo(long.parameters.scratch.w.flat()[i]!, 9);
    });
  });

  it("answers for a million epochs, and says of a rate that diverges where it does", () => {
    expect(run("--epochs=1000000").log.at(-1)!.epoch).toBe(999999);
    const { stderr, exit } = ell2(["run", "--samples=300", "--epochs=1000000", "--lr=5"]);
    expect(exit).toBe(4);
    expect(stderr).toMatch(/in epoch \d+, batch \d/);
  });
});
