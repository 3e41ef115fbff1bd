// The JavaScript peers of npm run bench, in a process of their own: TensorFlow.js and
// ml-regression-multivariate-linear. Jobs and answers as in peers.py.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
const data = new Map();

function timed(work, repeat) {
  const start = performance.now();
  let result;
  for (let i = 0; i < repeat; i++) result = work();
  return { seconds: (performance.now() - start) / 1000 / repeat, result };
}

const floats = (file) => {
  const bytes = readFileSync(file);
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
};

const rowsOf = (values, cols) =>
  Array.from({ length: values.length / cols }, (_, i) =>
    Array.from(values.subarray(i * cols, (i + 1) * cols)),
  );

/** The notebook's loop in TensorFlow.js: float32, the penalty in the loss that is minimised, not in the one that is reported. */
function fit(tf, set, { epochs, lr, batchSize, weightDecay, start }) {
  const { x, y, xValid, yValid, rows } = set;
  const w = tf.variable(tf.transpose(tf.tensor2d(start.weight)));
  const b = tf.variable(tf.tensor1d(start.bias));
  const optimizer = tf.train.sgd(lr);
  const mse = (xs, ys) => tf.losses.meanSquaredError(ys, xs.matMul(w).add(b));
  const log = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    let sum = 0;
    let batches = 0;
    for (let from = 0; from < rows; from += batchSize, batches++) {
      const size = Math.min(batchSize, rows - from);
      let loss;
      optimizer.minimize(() => {
        loss = tf.keep(mse(x.slice(from, size), y.slice(from, size)));
        return loss.add(
          w
            .square()
            .sum()
            .mul(weightDecay / 2),
        );
      });
      sum += loss.dataSync()[0];
      loss.dispose();
    }
    const valid = xValid === null ? null : tf.tidy(() => mse(xValid, yValid).dataSync()[0]);
    log.push([sum / batches, valid]);
  }
  const answer = { log, weight: tf.tidy(() => w.transpose().arraySync()), bias: Array.from(b.dataSync()) };
  w.dispose();
  b.dispose();
  optimizer.dispose();
  return answer;
}

let tfjs = null;
function tensorflow() {
  if (tfjs !== null) return tfjs;
  tfjs = require("@tensorflow/tfjs");
  const wasm = require("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(
    require.resolve("@tensorflow/tfjs-backend-wasm/package.json").replace(/package\.json$/, "wasm-out/"),
  );
  return tfjs;
}

const jobs = {
  hello() {
    const version = (name) => require(`${name}/package.json`).version;
    return {
      versions: {
        tfjs: version("@tensorflow/tfjs"),
        mlRegression: version("ml-regression-multivariate-linear"),
      },
    };
  },
  load({ name, files, rows, features, targets, validRows }) {
    const [X, Y] = [floats(files.X), floats(files.Y)];
    data.set(name, { X, Y, rows, features, targets, validRows, tensors: new Map() });
  },
  drop({ name }) {
    data.delete(name);
  },
  async train({ data: name, backend, repeat, ...options }) {
    const tf = tensorflow();
    await tf.setBackend(backend);
    const { X, Y, rows, features: n, targets: k, tensors } = data.get(name);
    if (!tensors.has(backend)) {
      const tensor = (values, cols, from, to) =>
        tf.tensor2d(Float32Array.from(values.subarray(from * cols, to * cols)), [to - from, cols]);
      const all = X.length / n;
      tensors.set(backend, {
        rows,
        x: tensor(X, n, 0, rows),
        y: tensor(Y, k, 0, rows),
        xValid: all > rows ? tensor(X, n, rows, all) : null,
        yValid: all > rows ? tensor(Y, k, rows, all) : null,
      });
    }
    const { seconds, result } = timed(() => fit(tf, tensors.get(backend), options), repeat);
    return { seconds, ...result };
  },
  ols({ data: name, repeat }) {
    const MLR = require("ml-regression-multivariate-linear");
    const set = data.get(name);
    set.arrays ??= [rowsOf(set.X, set.features), rowsOf(set.Y, set.targets)];
    const { seconds, result } = timed(
      () => new MLR(set.arrays[0], set.arrays[1], { statistics: false }),
      repeat,
    );
    const last = result.weights.length - 1;
    const weight = Array.from({ length: set.targets }, (_, l) =>
      result.weights.slice(0, last).map((row) => row[l]),
    );
    return { seconds, weight, bias: result.weights[last] };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { job, ...options } = JSON.parse(line);
  let answer;
  try {
    answer = (await jobs[job](options)) ?? {};
  } catch (error) {
    answer = { error: String(error?.stack ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
