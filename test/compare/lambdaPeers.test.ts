/** The systems that can be run here, trained with the translated λ: they reach our solution. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import {
  Dataset,
  fit,
  LinearRegression,
  type Matrix,
  makeRegression,
  ridge,
  standardization,
  standardize,
  translateLambda,
} from "../../src/index.js";

// src/cli/package.ts finds the package from dist/, where it is bundled
vi.mock("../../src/cli/package.js", () => ({ RECORDER: "" }));
const { findPython } = await import("../../src/cli/python.js");

const python = findPython();
const needsPython = python === null ? " (skipped: needs Python with torch, scikit-learn and NumPy)" : "";
const tfjs = join(import.meta.dirname, "../../bench/node_modules/@tensorflow/tfjs/dist/tf.min.js");
const needsTfjs = existsSync(tfjs) ? "" : " (skipped: needs npm install in bench/)";

const [rows, outputs, lambda] = [60, 3, 0.3];
const { X, Y } = makeRegression({
  nSamples: rows,
  nFeatures: 4,
  nTargets: outputs,
  noise: 5,
  bias: 2,
  randomState: 14,
});
const dataset = new Dataset({ X, Y });
const ours = ridge(dataset, { lambda });

const value = (to: "pytorch" | "sklearn" | "sklearn-sgd" | "tfjs") =>
  translateLambda(lambda, { from: "ell2", to, rows, outputs });

/** The largest difference, of the largest entry. */
function distance(a: readonly number[][], b: Matrix): number {
  const flat = a.flat();
  expect(flat).toHaveLength(b.numel);
  const most = Math.max(...b.data.map(Math.abs));
  return Math.max(...b.data.map((x, i) => Math.abs(x - flat[i]!))) / most;
}

/** Runs a Python program that reads `d` and sets `out`. */
function runPython(program: string, given: object): { w: number[][]; b: number[][] } {
  const around = `import json, sys\nd = json.load(sys.stdin)\n${program}\nprint(json.dumps(out))`;
  const input = JSON.stringify({ X: X.toArray(), Y: Y.toArray(), ...given });
  return JSON.parse(execFileSync(python!, ["-c", around], { input, encoding: "utf8" }));
}

describe.skipIf(python === null)(`with Python${needsPython}`, () => {
  it("PyTorch's SGD with weight_decay ends at our ridge, to 1e-12", () => {
    const theirs = runPython(
      `
import torch
torch.set_default_dtype(torch.float64)
X, Y = torch.tensor(d["X"]), torch.tensor(d["Y"])
layer = torch.nn.Linear(X.shape[1], Y.shape[1])
optimizer = torch.optim.SGD([{"params": [layer.weight], "weight_decay": d["value"]}, {"params": [layer.bias], "weight_decay": 0}], lr=0.5)
for _ in range(2000):
    optimizer.zero_grad()
    torch.nn.MSELoss()(layer(X), Y).backward()
    optimizer.step()
out = {"w": layer.weight.T.tolist(), "b": [layer.bias.tolist()]}`,
      { value: value("pytorch") },
    );
    expect(distance(theirs.w, ours.w)).toBeLessThan(1e-12);
    expect(distance(theirs.b, ours.b)).toBeLessThan(1e-12);
  });

  it("scikit-learn's Ridge is our ridge, to 1e-12, and behind a StandardScaler our standardised one", () => {
    const program = `
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
ridge = Ridge(alpha=d["value"], solver="svd")
if d["standardized"]:
    make_pipeline(StandardScaler(), ridge).fit(d["X"], d["Y"])
else:
    ridge.fit(d["X"], d["Y"])
out = {"w": ridge.coef_.T.tolist(), "b": [ridge.intercept_.tolist()]}`;
    const scaled = ridge(new Dataset({ X: standardize(X, standardization(X)), Y }), { lambda });
    for (const [standardized, expected] of [
      [false, ours],
      [true, scaled],
    ] as const) {
      const theirs = runPython(program, { value: value("sklearn"), standardized });
      expect(distance(theirs.w, expected.w)).toBeLessThan(1e-12);
      expect(distance(theirs.b, expected.b)).toBeLessThan(1e-12);
    }
  });

  it("scikit-learn's SGDRegressor takes our steps with batches of one row, to 1e-10", () => {
    const [lr, epochs] = [0.02, 50];
    const theirs = runPython(
      `
from sklearn.linear_model import SGDRegressor
import numpy as np
fits = [SGDRegressor(alpha=d["value"], learning_rate="constant", eta0=d["rate"], max_iter=d["epochs"], tol=None, shuffle=False).fit(d["X"], y) for y in np.array(d["Y"]).T]
out = {"w": np.array([f.coef_ for f in fits]).T.tolist(), "b": [[f.intercept_[0] for f in fits]]}`,
      { value: value("sklearn-sgd"), rate: (2 * lr) / outputs, epochs },
    );
    const model = new LinearRegression(X.cols, outputs, { lambda });
    model.w.data.fill(0);
    model.b.data.fill(0);
    fit(model, dataset, { epochs, lr, batchSize: 1 });
    expect(distance(theirs.w, model.w)).toBeLessThan(1e-10);
    expect(distance(theirs.b, model.b)).toBeLessThan(1e-10);
  });
});

/** What is used of TensorFlow.js. */
interface Tfjs {
  ready(): Promise<void>;
  setBackend(name: string): Promise<boolean>;
  tensor2d(values: number[][]): unknown;
  train: { sgd(lr: number): unknown };
  regularizers: { l2(options: { l2: number }): unknown };
  layers: { dense(options: object): unknown };
  sequential(options: { layers: unknown[] }): {
    compile(options: object): void;
    fit(x: unknown, y: unknown, options: object): Promise<unknown>;
    getWeights(): { arraySync(): number[] | number[][] }[];
  };
}

describe.skipIf(!existsSync(tfjs))(`with TensorFlow.js${needsTfjs}`, () => {
  it("its l2 regulariser ends at our ridge, to 1e-5 in float32", { timeout: 60_000 }, async () => {
    const tf = createRequire(import.meta.url)(tfjs) as Tfjs;
    await tf.setBackend("cpu");
    await tf.ready();
    const layer = tf.layers.dense({
      units: outputs,
      inputShape: [X.cols],
      kernelRegularizer: tf.regularizers.l2({ l2: value("tfjs") }),
    });
    const model = tf.sequential({ layers: [layer] });
    model.compile({ optimizer: tf.train.sgd(0.8), loss: "meanSquaredError" });
    await model.fit(tf.tensor2d(X.toArray()), tf.tensor2d(Y.toArray()), {
      epochs: 150,
      batchSize: rows,
      shuffle: false,
      verbose: 0,
      yieldEvery: "never",
    });
    const [w, b] = model.getWeights().map((tensor) => tensor.arraySync());
    expect(distance(w as number[][], ours.w)).toBeLessThan(1e-5);
    expect(distance([b as number[]], ours.b)).toBeLessThan(1e-5);
  });
});
