import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { Moments } from "../../src/data/moments.js";
import { epochs, fit, fitAsync } from "../../src/fit/fit.js";
import type { FitOptions } from "../../src/fit/options.js";
import { Matrix } from "../../src/linalg/matrix.js";
import type { LinearRegression } from "../../src/model/linearRegression.js";
import { curvature } from "../../src/model/objective.js";
import { Torch } from "../../src/random/index.js";
import { farthest } from "../linalg/random.js";
import { newModel, parameters, problem, ridge, thrown } from "../model/help.js";
import { refuses } from "../nn/help.js";

const data = problem(100, 6, 3);
const valid = problem(40, 6, 3, 20);

/** One epoch by hand over the given order of rows: the plain mean of the batches' losses before their updates. */
function epochByHand(model: LinearRegression, train: Dataset, batchSize: number, lr: number): number {
  const losses: number[] = [];
  for (let start = 0; start < train.rows; start += batchSize) {
    const batch = train.slice(start, start + batchSize);
    const prediction = model.predict(batch.X);
    losses.push(model.mseLoss(batch.Y, prediction));
    model.update(batch.X, batch.Y, prediction, lr);
  }
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

describe("the log", () => {
  test("fit logs the plain mean of the batches' losses, each before its update, a batch of one row counting as much", () => {
    const [model, byHand] = [newModel(6, 3, 0.1), newModel(6, 3, 0.1)];
    const { log, strategy, warnings } = fit(model, data, {
      epochs: 3,
      lr: 0.05,
      batchSize: 33,
      valid,
      strategy: "rows",
    });
    expect(log.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
    for (const { mse, mseValid } of log) {
      expect(mse).toBe(epochByHand(byHand, data, 33, 0.05));
      expect(mseValid).toBe(byHand.evaluate(valid.X, valid.Y)); // after the epoch
    }
    expect(parameters(model)).toEqual(parameters(byHand));
    expect([strategy, warnings]).toEqual(["rows", []]);
  });

  test("fit at rate 0 shows the last batch of one row weighing as much as the others", () => {
    const model = newModel(6, 3);
    const { log } = fit(model, data, { epochs: 1, lr: 0, batchSize: 33 });
    const losses = [0, 33, 66, 99].map((i) =>
      model.evaluate(data.X.slice(i, i + 33), data.Y.slice(i, i + 33)),
    );
    expect(log[0]!.mse).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / 4, 12);
    expect(Math.abs(log[0]!.mse - model.evaluate(data.X, data.Y))).toBeGreaterThan(1e-3);
  });

  test("fit without rows to validate logs null, and for 0 epochs nothing", () => {
    const model = newModel(6, 3);
    expect(fit(model, data, { epochs: 1, lr: 0.1 }).log[0]!.mseValid).toBeNull();
    const before = parameters(model);
    expect(fit(model, data, { epochs: 0, lr: 0.1, tol: 1 })).toEqual({
      log: [],
      strategy: "rows",
      converged: false,
      bestEpoch: null,
      warnings: [],
    });
    expect(parameters(model)).toEqual(before);
  });

  test("fit takes all rows as one batch unless told otherwise", () => {
    const [a, b, c] = [newModel(6, 3), newModel(6, 3), newModel(6, 3)];
    fit(a, data, { epochs: 2, lr: 0.1 });
    fit(b, data, { epochs: 2, lr: 0.1, batchSize: 100 });
    fit(c, data, { epochs: 2, lr: 0.1, batchSize: 1e6 });
    expect(parameters(b)).toEqual(parameters(a));
    expect(parameters(c)).toEqual(parameters(a));
  });

  test("fit leaves the data alone", () => {
    const train = problem(50, 3, 2);
    fit(newModel(3, 2), train, { epochs: 3, lr: 0.1, batchSize: 7, shuffle: true, valid: train });
    expect(train).toEqual(problem(50, 3, 2));
  });

  test("fit warns where a loss rises above the first, and not where it falls", () => {
    const steep = fit(newModel(6, 3), data, { epochs: 30, lr: 1.05 * (2 / curvature(data.X, 0, 100, 3, 0)) });
    const above = steep.log.find(({ mse }) => mse > steep.log[0]!.mse)!;
    expect(steep.warnings.length).toBe(1);
    expect(steep.warnings[0]).toContain(`the loss rose: ${above.mse} in epoch ${above.epoch}`);
    expect(fit(newModel(6, 3), data, { epochs: 30, lr: 0.1 }).warnings).toEqual([]);
    expect(fit(newModel(6, 3), data, { epochs: 3, lr: 0 }).warnings).toEqual([]);
  });
});

describe("epochs", () => {
  const options: FitOptions = { epochs: 10, lr: 0.05, batchSize: 33, valid, shuffle: true };

  test("epochs gives fit's log an entry at a time, and fit's result at the end", () => {
    const [a, b] = [newModel(6, 3, 0.1), newModel(6, 3, 0.1)];
    const result = fit(a, data, options);
    const run = epochs(b, data, options);
    const entries = [];
    let next = run.next();
    for (; !next.done; next = run.next()) entries.push(next.value);
    expect(entries).toEqual(result.log);
    expect(next.value).toEqual(result);
    expect(parameters(b)).toEqual(parameters(a));
  });

  test("epochs stops where the loop is left, with the parameters as they are then", () => {
    const [a, b] = [newModel(6, 3), newModel(6, 3)];
    let count = 0;
    for (const { epoch } of epochs(a, data, options)) {
      count++;
      if (epoch === 3) break;
    }
    expect(count).toBe(4);
    fit(b, data, { ...options, epochs: 4 });
    expect(parameters(a)).toEqual(parameters(b));
  });

  test("epochs names itself in its refusals", () => {
    expect(thrown(() => epochs(newModel(6, 3), data, { epochs: -1, lr: 0.1 }).next()).where).toBe("epochs");
    expect(thrown(() => [...epochs(newModel(6, 3), data, { epochs: 999, lr: 50 })]).where).toBe("epochs");
  });
});

describe("shuffle", () => {
  test("fit with shuffle draws one randperm an epoch from the model's generator, and nothing else", () => {
    const [model, byHand] = [newModel(6, 3, 0.2), newModel(6, 3, 0.2)];
    const { log } = fit(model, data, { epochs: 3, lr: 0.05, batchSize: 33, shuffle: true, valid });
    const orders = log.map(() => byHand.generator.randperm(100));
    for (const [i, { mse }] of log.entries())
      expect(mse).toBe(epochByHand(byHand, data.take(orders[i]!), 33, 0.05));
    expect(parameters(model)).toEqual(parameters(byHand));
    expect(orders[0]).not.toEqual(orders[1]);
    expect(model.generator.rand(1)).toEqual(byHand.generator.rand(1));
  });

  test("fit without shuffle draws nothing", () => {
    const model = newModel(6, 3);
    fit(model, data, { epochs: 3, lr: 0.05, batchSize: 33 });
    expect(model.generator.rand(1)).toEqual(newModel(6, 3).generator.rand(1));
  });
});

describe("momentum, dampening and nesterov", () => {
  /** PyTorch's SGD on one parameter vector, after its documentation. */
  function reference(
    model: LinearRegression,
    options: Required<Omit<FitOptions, "valid" | "shuffle" | "strategy" | "tol" | "patience">>,
  ): void {
    const { momentum, dampening, nesterov, batchSize, lr } = options;
    const n = model.w.numel;
    let buffer: number[] | undefined;
    for (let epoch = 0; epoch < options.epochs; epoch++) {
      for (let start = 0; start < data.rows; start += batchSize) {
        const batch = data.slice(start, start + batchSize);
        const delta = model
          .predict(batch.X)
          .minus(batch.Y)
          .times(2 / batch.Y.numel);
        const decayed = batch.X.T.matmul(delta).plus(model.w.times(model.lambda));
        const g = [...decayed.data, ...delta.sum(0).data];
        buffer = buffer?.map((v, i) => momentum * v + (1 - dampening) * g[i]!) ?? g;
        const step = nesterov ? g.map((x, i) => x + momentum * buffer![i]!) : buffer;
        for (const [i, d] of step.entries()) {
          if (i < n) model.w.data[i]! -= lr * d;
          else model.b.data[i - n]! -= lr * d;
        }
      }
    }
  }

  test.each([
    { momentum: 0.9, dampening: 0, nesterov: false },
    { momentum: 0.9, dampening: 0.5, nesterov: false },
    { momentum: 0.5, dampening: 1, nesterov: false },
    { momentum: 0.9, dampening: 0, nesterov: true },
    { momentum: 1, dampening: 0.3, nesterov: false },
  ])(
    "fit with $momentum, $dampening, $nesterov steps as PyTorch's SGD, the first time undampened",
    (options) => {
      for (const [epochCount, batchSize] of [
        [1, 100],
        [2, 100],
        [6, 33],
      ] as const) {
        const all = { ...options, epochs: epochCount, lr: 0.02, batchSize };
        const [model, plain] = [newModel(6, 3, 0.4), newModel(6, 3, 0.4)];
        fit(model, data, all);
        reference(plain, all);
        for (const [i, value] of parameters(plain).entries()) {
          expect(Math.abs(parameters(model)[i]! - value)).toBeLessThan(1e-13 * Math.max(1, Math.abs(value)));
        }
      }
    },
  );

  test("fit with dampening but no momentum is plain gradient descent, as in PyTorch", () => {
    const [a, b] = [newModel(6, 3), newModel(6, 3)];
    fit(a, data, { epochs: 3, lr: 0.1, dampening: 0.5 });
    fit(b, data, { epochs: 3, lr: 0.1 });
    expect(parameters(a)).toEqual(parameters(b));
  });

  test("fit starts every training with a velocity of its own", () => {
    const model = newModel(6, 3);
    const again = newModel(6, 3);
    const options = { epochs: 1, lr: 0.02, momentum: 0.9 };
    fit(model, data, options);
    fit(model, data, options);
    fit(again, data, { ...options, momentum: 0 });
    fit(again, data, { ...options, momentum: 0 });
    expect(parameters(model)).toEqual(parameters(again)); // a first step is the gradient itself
  });
});

describe("patience", () => {
  const noisy = problem(12, 10, 2);
  const options = { epochs: 3000, lr: 0.05, valid: problem(30, 10, 2, 20) };

  test("fit with patience stops after so many epochs without a lower MSE on valid, and keeps the best parameters", () => {
    for (const [patience, strategy] of [
      [1, "rows"],
      [7, "rows"],
      [7, "moments"],
    ] as const) {
      const model = newModel(10, 2);
      const { log, bestEpoch, converged } = fit(model, noisy, { ...options, patience, strategy });
      const errors = log.map(({ mseValid }) => mseValid!);
      expect(bestEpoch).toBe(errors.indexOf(Math.min(...errors)));
      expect(log.length).toBe(bestEpoch! + 1 + patience);
      expect([log.length < 3000, converged]).toEqual([true, false]);
      const again = newModel(10, 2);
      fit(again, noisy, { ...options, epochs: bestEpoch! + 1, strategy });
      expect(parameters(model)).toEqual(parameters(again));
    }
  });

  test("fit with patience trains on as it would without it, until it stops", () => {
    const { log } = fit(newModel(10, 2), noisy, { ...options, patience: 4 });
    const plain = fit(newModel(10, 2), noisy, { ...options, epochs: log.length });
    expect(log).toEqual(plain.log);
  });

  test("fit refuses to train on, or to validate on, what are neither rows nor moments", () => {
    const rows = { inputs: noisy.inputs, outputs: noisy.outputs, rows: noisy.rows };
    refuses(() => fit(newModel(10, 2), rows as never, options), "VALUE", /train to be a Dataset or Moments/);
    refuses(() => fit(newModel(10, 2), [], { epochs: 1, lr: 0.1 }), "SHAPE", /at least one batch/);
    refuses(() => fit(newModel(10, 2), noisy, { ...options, valid: rows as never }), "VALUE", /valid to be/);
  });

  test("fit with patience keeps the best parameters where the epochs end first", () => {
    const whole = fit(newModel(10, 2), noisy, { ...options, patience: 1000 });
    const epochs = whole.bestEpoch! + 3;
    const [model, again] = [newModel(10, 2), newModel(10, 2)];
    const short = fit(model, noisy, { ...options, epochs, patience: 1000 });
    expect([short.bestEpoch, short.log.length]).toEqual([whole.bestEpoch, epochs]);
    fit(again, noisy, { ...options, epochs: whole.bestEpoch! + 1 });
    expect(parameters(model)).toEqual(parameters(again));
  });

  test("fitAsync and epochs stop where fit does, with the same parameters", async () => {
    const models = [0, 1, 2].map(() => newModel(10, 2));
    const early = { ...options, patience: 3 };
    const expected = fit(models[0]!, noisy, early);
    expect(await fitAsync(models[1]!, noisy, early)).toEqual(expected);
    expect([...epochs(models[2]!, noisy, early)]).toEqual(expected.log);
    for (const model of models) expect(parameters(model)).toEqual(parameters(models[0]!));
  });

  test("fit refuses patience without valid, and one that is no whole number ≥ 1", () => {
    refuses(() => fit(newModel(6, 3), data, { epochs: 1, lr: 0.1, patience: 3 }), "OPTION", /validate/);
    for (const patience of [0, 1.5, Number.NaN, Infinity])
      refuses(() => fit(newModel(6, 3), data, { epochs: 1, lr: 0.1, valid, patience }), "VALUE", /patience/);
  });
});

describe("tol", () => {
  test("fit with tol stops after the first epoch that moves every tensor by at most tol of its largest entry", () => {
    const tol = 1e-4;
    const model = newModel(6, 3, 0.1);
    const result = fit(model, data, { epochs: 10000, lr: 0.1, tol, strategy: "rows" });
    expect(result.converged).toBe(true);
    const count = result.log.length;
    expect(count).toBeLessThan(1000);

    const byHand = newModel(6, 3, 0.1);
    const settledAfter = Array.from({ length: count }, () => {
      const before = [byHand.w.clone(), byHand.b.clone()];
      epochByHand(byHand, data, 100, 0.1);
      return [byHand.w, byHand.b].every((now, i) => {
        const largest = now.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        return farthest(now, before[i]!) <= tol * largest;
      });
    });
    expect(settledAfter.indexOf(true)).toBe(count - 1);
    expect(parameters(model)).toEqual(parameters(byHand));
  });

  test("fit waits for both tensors: a bias that still moves goes on", () => {
    const train = new Dataset({ X: new Matrix(4, 1), Y: Matrix.from([[1], [1], [1], [1]]) });
    const model = newModel(1, 1);
    const { log, converged } = fit(model, train, { epochs: 500, lr: 0.1, tol: 1e-9 }); // w has no gradient
    expect(converged).toBe(true);
    expect(log.length).toBeGreaterThan(50);
    expect(model.b.data[0]).toBeCloseTo(1, 7);
  });

  test("fit without tol runs every epoch, and with a tol that is not met says that it did not converge", () => {
    const still = fit(newModel(6, 3), data, { epochs: 5, lr: 0 });
    expect([still.log.length, still.converged]).toEqual([5, false]);
    const short = fit(newModel(6, 3), data, { epochs: 5, lr: 0.01, tol: 1e-12 });
    expect([short.log.length, short.converged]).toEqual([5, false]);
    const resting = fit(newModel(6, 3), data, { epochs: 5, lr: 0, tol: 1e-12 });
    expect([resting.log.length, resting.converged]).toEqual([1, true]);
  });

  test("fitAsync and epochs stop at tol where fit does", async () => {
    const options = { epochs: 10000, lr: 0.1, tol: 1e-6 };
    const expected = fit(newModel(6, 3), data, options);
    expect(await fitAsync(newModel(6, 3), data, options)).toEqual(expected);
    expect([...epochs(newModel(6, 3), data, options)].length).toBe(expected.log.length);
  });
});

test.each([
  { lambda: 0.1, rows: 60, n: 4, k: 2 },
  { lambda: 3, rows: 60, n: 4, k: 3 },
  { lambda: 0, rows: 60, n: 4, k: 1 },
  { lambda: 0.5, rows: 8, n: 12, k: 2 },
])("fit to the end is ridge with α = λmk/2 and a free bias: λ $lambda, [$rows×$n], $k targets", (shape) => {
  const { lambda, rows, n, k } = shape;
  const train = problem(rows, n, k, 31);
  const model = newModel(n, k, lambda);
  const lr = 1 / curvature(train.X, 0, rows, k, lambda);
  const { converged } = fit(model, train, { epochs: 20000, lr, tol: 1e-15 });
  const exact = ridge(train, lambda);
  expect(converged).toBe(true);
  expect(farthest(model.w, exact.w)).toBeLessThan(1e-9);
  expect(farthest(model.b, exact.b)).toBeLessThan(1e-9);
});

describe("fit refuses", () => {
  const good: FitOptions = { epochs: 1, lr: 0.1 };
  const attempt = (change: object) => () => fit(newModel(6, 3), data, { ...good, ...change });

  test.each<[keyof FitOptions, unknown[]]>([
    ["epochs", [-1, 1.5, Number.NaN, Infinity, "3", null]],
    ["lr", [-0.1, Number.NaN, Infinity, "0.1", null]],
    ["batchSize", [0, -1, 1.5, Number.NaN, Infinity, "3"]],
    ["shuffle", [0, 1, "true", Number.NaN]],
    ["momentum", [-0.1, 1.1, Number.NaN, Infinity, "0.9"]],
    ["dampening", [-0.1, 1.1, Number.NaN, "0"]],
    ["nesterov", [0, 1, "true"]],
    ["tol", [-1e-9, Number.NaN, Infinity, "0"]],
  ])("fit refuses %s out of its range", (name, values) => {
    for (const value of values)
      refuses(attempt({ [name]: value, momentum: 0.9, [name]: value }), "VALUE", new RegExp(name));
  });

  test("fit refuses options that are missing, misspelt or none", () => {
    for (const name of ["epochs", "lr"]) refuses(attempt({ [name]: undefined }), "OPTION", new RegExp(name));
    for (const name of ["batch_size", "Lr", "learningRate", "signal", "weightDecay", "minDelta"]) {
      refuses(attempt({ [name]: 1 }), "OPTION", new RegExp(`"${name}"`));
    }
    for (const options of [undefined, null, 3, "fast", []]) {
      refuses(() => fit(newModel(6, 3), data, options as unknown as FitOptions), "OPTION");
    }
  });

  test("fit refuses nesterov without momentum or with dampening", () => {
    refuses(
      () => fit(newModel(6, 3), Moments.of(data), { epochs: 1, lr: 0.1, batchSize: 3 }),
      "OPTION",
      /no batchSize with moments/,
    );
    refuses(attempt({ nesterov: true }), "OPTION", /momentum 0, dampening 0/);
    refuses(attempt({ nesterov: true, momentum: 0.9, dampening: 0.1 }), "OPTION", /nesterov/);
  });

  test("fit refuses momentum where update, predict or mseLoss was replaced", () => {
    for (const method of ["update", "predict", "mseLoss"] as const) {
      const model = newModel(6, 3);
      const builtIn = model[method] as (...args: unknown[]) => never;
      model[method] = (...args: unknown[]) => builtIn.apply(model, args);
      refuses(
        () => fit(model, data, { ...good, momentum: 0.9 }),
        "OPTION",
        /momentum 0\.9; keep the momentum/,
      );
      fit(model, data, good);
    }
  });

  test("fit refuses rows that do not fit the model, to train on and to validate", () => {
    const others = [problem(9, 5, 3), problem(9, 6, 2), data.slice(0, 0)];
    for (const other of others) {
      refuses(
        () => fit(newModel(6, 3), other, good),
        "SHAPE",
        /train to have at least one row of 6 features and 3/,
      );
      refuses(attempt({ valid: other }), "SHAPE", /valid to have/);
    }
  });

  test("fit that is refused changes no parameter and draws nothing", () => {
    const model = newModel(6, 3);
    for (const change of [{ lr: -1 }, { valid: problem(9, 5, 3) }, { nesterov: true }, { tol: Number.NaN }]) {
      thrown(() => fit(model, data, { epochs: 3, lr: 0.1, shuffle: true, ...change }));
    }
    expect(parameters(model)).toEqual(parameters(newModel(6, 3)));
    expect(model.generator.rand(1)).toEqual(newModel(6, 3).generator.rand(1));
  });
});

describe("fitAsync", () => {
  const long = problem(2000, 6, 3);

  /** Rows without a random stream behind them, since there are many. */
  function many(rows: number, n: number, k: number): Dataset {
    const entries = (cols: number) =>
      Float64Array.from({ length: rows * cols }, (_, i) => ((i * 0.618) % 1) - 0.5);
    return new Dataset({ X: new Matrix(rows, n, entries(n)), Y: new Matrix(rows, k, entries(k)) });
  }

  test.each([
    ["many epochs in few", long, 12],
    ["one epoch over many", many(120_000, 6, 3), 2],
  ])("fitAsync gives the bits of fit, shuffled and with momentum: %s slices", async (_, rows, count) => {
    const options = { epochs: count, lr: 1e-3, batchSize: 1, shuffle: true, momentum: 0.5, valid };
    const [a, b] = [newModel(6, 3, 0.1), newModel(6, 3, 0.1)];
    const expected = fit(a, rows, options);
    expect(await fitAsync(b, rows, options)).toEqual(expected);
    expect(parameters(b)).toEqual(parameters(a));
    expect(b.generator.rand(1)).toEqual(a.generator.rand(1));
  });

  test("fitAsync lets timers fire while it runs, and a signal end it", async () => {
    const model = newModel(6, 3, 0.1);
    const controller = new AbortController();
    let turns = 0;
    const turn = () => {
      if (++turns === 3) controller.abort(new Error("enough"));
      else setTimeout(turn, 0);
    };
    setTimeout(turn, 0);
    const options = { epochs: 3000, lr: 1e-3, batchSize: 1, signal: controller.signal };
    await expect(fitAsync(model, long, options)).rejects.toThrow("enough");
    expect(turns).toBe(3);
    expect(parameters(model).every(Number.isFinite)).toBe(true);
    expect(parameters(model)).not.toEqual(parameters(newModel(6, 3, 0.1)));
  });

  test("fitAsync hears a signal in the middle of an epoch, and keeps the parameters of the last batch", async () => {
    const rows = many(200_000, 6, 3);
    const [model, whole] = [newModel(6, 3), newModel(6, 3)];
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 0);
    const one = { epochs: 1, lr: 1e-3, batchSize: 1 };
    const train = fitAsync(model, rows, { ...one, signal: controller.signal });
    await expect(train).rejects.toMatchObject({ name: "AbortError" });
    fit(whole, rows, one);
    expect(parameters(model).every(Number.isFinite)).toBe(true);
    expect(parameters(model)).not.toEqual(parameters(newModel(6, 3)));
    expect(parameters(model)).not.toEqual(parameters(whole));
  });

  test("fitAsync gives way between slices of some 10 ms where a rule of one's own is slow, too", async () => {
    const model = newModel(2, 1);
    let calls = 0;
    model.update = function (this: LinearRegression, _x, _y, _prediction, lr) {
      calls++;
      this.w.data[0]! += lr * 1e-6;
    };
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 0);
    const one = { epochs: 1, lr: 1e-3, batchSize: 1, signal: controller.signal };
    await expect(fitAsync(model, many(200_000, 2, 1), one)).rejects.toMatchObject({ name: "AbortError" });
    expect(calls).toBeGreaterThan(0);
    expect(calls).toBeLessThan(200_000); // some 150 ms of work
  });

  test("fitAsync with a signal that fired before trains nothing", async () => {
    const model = newModel(6, 3);
    const signal = AbortSignal.abort(new Error("before"));
    await expect(fitAsync(model, data, { epochs: 9, lr: 0.1, signal })).rejects.toThrow("before");
    expect(parameters(model)).toEqual(parameters(newModel(6, 3)));
  });

  test("fitAsync with a signal that fires after the end resolves", async () => {
    const controller = new AbortController();
    const options = { epochs: 2, lr: 0.1, signal: controller.signal };
    const result = await fitAsync(newModel(6, 3), data, options);
    controller.abort();
    expect(result).toEqual(fit(newModel(6, 3), data, { epochs: 2, lr: 0.1 }));
  });

  test("fitAsync rejects with DIVERGED and with what fit refuses, under its own name", async () => {
    const diverging = newModel(6, 3);
    const train = fitAsync(diverging, data, { epochs: 1000, lr: 50 });
    await expect(train).rejects.toMatchObject({ code: "DIVERGED", where: "fitAsync" });
    expect(parameters(diverging).every(Number.isFinite)).toBe(true);
    const refusals: [object | undefined, string][] = [
      [{ epochs: 1, lr: -1 }, "VALUE"],
      [{ epochs: 1, lr: 1, rate: 2 }, "OPTION"],
      [undefined, "OPTION"],
      [{ epochs: 1, lr: 1, signal: {} }, "VALUE"],
      [{ epochs: 1, lr: 1, signal: null }, "VALUE"],
    ];
    for (const [options, code] of refusals) {
      const refused = fitAsync(newModel(6, 3), data, options as FitOptions);
      await expect(refused).rejects.toMatchObject({ code, where: "fitAsync" });
    }
  });

  test("two fitAsync side by side do not disturb each other", async () => {
    const options = { epochs: 6, lr: 1e-3, batchSize: 1 };
    const models = [1, 2].map((seed) => newModel(6, 3, 0, seed));
    await Promise.all(models.map((model) => fitAsync(model, long, options)));
    for (const [i, model] of models.entries()) {
      const alone = newModel(6, 3, 0, i + 1);
      fit(alone, long, options);
      expect(parameters(model)).toEqual(parameters(alone));
    }
  });
});

test("the model's generator can be PyTorch's of either release: fit shuffles the same", () => {
  const orders = (["2", "1.13"] as const).map((release) => new Torch(3, { release }).randperm(20));
  expect(orders[0]).toEqual(orders[1]);
});
