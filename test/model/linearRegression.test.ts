import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { fit } from "../../src/fit/fit.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { LinearRegression } from "../../src/model/linearRegression.js";
import { safeLearningRate } from "../../src/model/objective.js";
import { Linear, Tensor } from "../../src/nn/index.js";
import { Torch } from "../../src/random/index.js";
import { normalMatrix } from "../linalg/random.js";
import { refuses } from "../nn/help.js";
import { newModel, objective, parameters, problem, thrown } from "./help.js";

const data = problem(100, 6, 3);
const { X, Y } = data;

describe("new LinearRegression", () => {
  test("new LinearRegression draws w [n×k] and then b [1×k] from randn", () => {
    const model = newModel(6, 3, 0.5, 14);
    const generator = new Torch(14);
    expect(model.w).toEqual(new Matrix(6, 3, generator.randn(18)));
    expect(model.b).toEqual(new Matrix(1, 3, generator.randn(3)));
    expect(model.lambda).toBe(0.5);
    expect(new LinearRegression(1, 1).lambda).toBe(0);
  });

  test("new LinearRegression refuses sizes, λ and options that make no sense", () => {
    for (const size of [0, -1, 1.5, Number.NaN, "2" as unknown as number]) {
      refuses(() => new LinearRegression(size, 1), "VALUE", /nFeatures/);
      refuses(() => new LinearRegression(1, size), "VALUE", /outFeatures/);
    }
    for (const lambda of [-0.1, Number.NaN, Infinity, "1" as unknown as number]) {
      refuses(() => new LinearRegression(1, 1, { lambda }), "VALUE", /lambda/);
    }
    refuses(() => new LinearRegression(1, 1, { weightDecay: 1 } as object), "OPTION", /lambda, generator/);
  });
});

describe("predict, mseLoss, evaluate", () => {
  const model = newModel(6, 3);

  test("predict(X) is Xw + 1bᵀ, from a matrix or nested arrays", () => {
    expect(model.predict(X)).toEqual(X.matmul(model.w).plus(model.b));
    expect(model.predict(X.toArray())).toEqual(model.predict(X));
    expect(model.predict(new Matrix(0, 6)).shape).toBe("[0×3]");
  });

  test("mseLoss(yTrue, yPred) is 1/(mk)·Σ(yPred − yTrue)², without the penalty", () => {
    expect(model.mseLoss([[1, 2], [3, 4]], [[1, 2], [3, 8]])).toBe(4); // biome-ignore format: two matrices
    const decayed = newModel(6, 3, 100);
    expect(decayed.mseLoss(Y, decayed.predict(X))).toBe(model.mseLoss(Y, model.predict(X)));
  });

  test("evaluate(X, Y) is mseLoss(Y, predict(X)) to the bit, over one block and several", () => {
    for (const rows of [1, 2, 100, 1024, 1025, 3000]) {
      const { X: x, Y: y } = problem(rows, 6, 3);
      expect(model.evaluate(x, y)).toBe(model.mseLoss(y, model.predict(x)));
    }
    expect(model.evaluate(X.toArray(), Y.toArray())).toBe(model.evaluate(X, Y));
    expect(newModel(6, 3, 100).evaluate(X, Y)).toBe(model.evaluate(X, Y)); // L, never J
  });

  test("predict, mseLoss, evaluate and update refuse shapes that do not fit", () => {
    refuses(
      () => model.predict(normalMatrix(2, 5, 1)),
      "SHAPE",
      /6 features, as the model has, got X \[2×5\]/,
    );
    refuses(() => model.mseLoss(new Matrix(20, 1), new Matrix(1, 20)), "SHAPE", /\[20×1\] and \[1×20\]/);
    refuses(() => model.mseLoss(new Matrix(2, 3), new Matrix(2, 1)), "SHAPE");
    refuses(() => model.mseLoss(new Matrix(0, 3), new Matrix(0, 3)), "SHAPE", /not empty/);
    refuses(() => model.evaluate(normalMatrix(2, 5, 1), new Matrix(2, 3)), "SHAPE");
    refuses(() => model.evaluate(X, Y.slice(1)), "SHAPE", /X \[100×6\] and Y \[99×3\]/);
    refuses(() => model.evaluate(X, new Matrix(100, 2)), "SHAPE");
    refuses(() => model.evaluate(new Matrix(0, 6), new Matrix(0, 3)), "SHAPE");
    const prediction = model.predict(X);
    refuses(() => model.update(X.slice(1), Y, prediction, 0.1), "SHAPE");
    refuses(() => model.update(X, new Matrix(100, 2), prediction, 0.1), "SHAPE");
    refuses(() => model.update(X, Y, prediction.slice(1), 0.1), "SHAPE");
    refuses(() => model.update(X, Y, new Matrix(100, 1), 0.1), "SHAPE");
  });
});

describe("update", () => {
  test("update(x, yTrue, yPred, lr) steps against the central difference of J, b without decay", () => {
    const cases = fc.record({
      rows: fc.integer({ min: 1, max: 8 }),
      n: fc.integer({ min: 1, max: 4 }),
      k: fc.integer({ min: 1, max: 3 }),
      lambda: fc.constantFrom(0, 0.01, 2),
      seed: fc.integer({ min: 0, max: 1e6 }),
    });
    fc.assert(
      fc.property(cases, ({ rows, n, k, lambda, seed }) => {
        const [batch, model] = [problem(rows, n, k, seed), newModel(n, k, lambda, seed)];
        const before = parameters(model);
        const moved = newModel(n, k, lambda, seed);
        const lr = 2 ** -3;
        moved.update(batch.X, batch.Y, moved.predict(batch.X), lr);
        const after = parameters(moved);
        const [J, h] = [objective(model, batch), 2 ** -8];
        for (const [at, entry] of before.entries()) {
          const [tensor, i] = at < n * k ? [model.w.data, at] : [model.b.data, at - n * k];
          tensor[i] = entry + h;
          const above = objective(model, batch);
          tensor[i] = entry - h;
          const difference = (above - objective(model, batch)) / (2 * h);
          tensor[i] = entry;
          expect(Math.abs((entry - after[at]!) / lr - difference)).toBeLessThan(1e-11 * Math.max(1, J));
        }
      }),
    );
  });

  test("update uses the predictions that it is given", () => {
    const model = newModel(2, 1);
    const before = parameters(model);
    model.update(Matrix.from([[5, 7]]), Matrix.from([[3]]), Matrix.from([[3]]), 0.1);
    expect(parameters(model)).toEqual(before); // no residual, no λ, no step
  });

  test.each([1, 33, 100, 1025])(
    "model.fit in batches of %d has the bits of update called by hand",
    (batchSize) => {
      const { X: x, Y: y } = problem(1500, 6, 3);
      const [trained, byHand] = [newModel(6, 3, 0.3), newModel(6, 3, 0.3)];
      const log = trained.fit(x, y, 2, 0.01, batchSize);
      for (const entry of log) {
        let [sum, batches] = [0, 0];
        for (let start = 0; start < 1500; start += batchSize, batches++) {
          const [xb, yb] = [x.slice(start, start + batchSize), y.slice(start, start + batchSize)];
          const prediction = byHand.predict(xb);
          sum += byHand.mseLoss(yb, prediction);
          byHand.update(xb, yb, prediction, 0.01);
        }
        expect(entry.mse).toBe(sum / batches);
      }
      expect(parameters(trained)).toEqual(parameters(byHand));
    },
  );
});

describe("model.fit", () => {
  test("model.fit(X, Y, epochs, lr, batchSize) logs an entry an epoch, with mseValid where rows to validate are given", () => {
    const [model, same] = [newModel(6, 3), newModel(6, 3)];
    const log = model.fit(X, Y, 3, 0.01, 33, X, Y);
    expect(log.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
    expect(log[2]!.mseValid).toBe(model.evaluate(X, Y));
    const without = same.fit(X.toArray(), Y.toArray(), 3, 0.01, 33);
    expect(without).toEqual(log.map(({ epoch, mse }) => ({ epoch, mse, mseValid: null })));
    expect(model.fit(X, Y, 0, 0.01, 33)).toEqual([]);
  });

  test("model.fit and the function fit train to the same bits", () => {
    const [a, b] = [newModel(6, 3, 0.1), newModel(6, 3, 0.1)];
    const log = a.fit(X, Y, 5, 0.02, 33, X, Y);
    expect(fit(b, data, { epochs: 5, lr: 0.02, batchSize: 33, valid: data, strategy: "rows" }).log).toEqual(
      log,
    );
    expect(parameters(b)).toEqual(parameters(a));
  });

  test("model.fit takes a batch of more rows than there are as all of them, and lr 0 as no step", () => {
    const [a, b] = [newModel(6, 3), newModel(6, 3)];
    a.fit(X, Y, 2, 0.1, 1e9);
    b.fit(X, Y, 2, 0.1, 100);
    expect(parameters(a)).toEqual(parameters(b));
    const before = parameters(a);
    a.fit(X, Y, 2, 0, 10);
    expect(parameters(a)).toEqual(before);
  });

  test("model.fit refuses what does not fit, and changes no parameter", () => {
    const model = newModel(6, 3);
    const before = parameters(model);
    const bad = X.clone();
    bad.data[7] = Number.NaN;
    refuses(() => model.fit(normalMatrix(9, 5, 1), Y.slice(0, 9), 1, 0.1, 3), "SHAPE", /6 features/);
    refuses(() => model.fit(X, Y.slice(1), 1, 0.1, 3), "SHAPE");
    refuses(() => model.fit(X, normalMatrix(100, 2, 1), 1, 0.1, 3), "SHAPE", /3 targets/);
    refuses(() => model.fit(new Matrix(0, 6), new Matrix(0, 3), 1, 0.1, 3), "SHAPE");
    refuses(() => model.fit(bad, Y, 1, 0.1, 3), "NOT_FINITE", /xTrain.*row 1, column 1/);
    for (const value of [-1, Number.NaN, Infinity, "1" as unknown as number]) {
      refuses(() => model.fit(X, Y, value, 0.1, 3), "VALUE", /epochs/);
      refuses(() => model.fit(X, Y, 1, value, 3), "VALUE", /lr/);
      refuses(() => model.fit(X, Y, 1, 0.1, value), "VALUE", /batchSize/);
    }
    refuses(() => model.fit(X, Y, 1, 0.1, 0), "VALUE", /batchSize/);
    refuses(() => model.fit(X, Y, 1.5, 0.1, 3), "VALUE", /epochs/);
    expect(parameters(model)).toEqual(before);
  });

  test("model.fit refuses rows to validate that do not fit before it changes a parameter", () => {
    const model = newModel(6, 3);
    const before = parameters(model);
    const bad = X.clone();
    bad.data[7] = Number.NaN;
    refuses(() => model.fit(X, Y, 2, 0.1, 33, normalMatrix(9, 5, 1), normalMatrix(9, 3, 1)), "SHAPE");
    expect(parameters(model)).toEqual(before);
    refuses(() => model.fit(X, Y, 2, 0.1, 33, bad, Y), "NOT_FINITE");
    expect(parameters(model)).toEqual(before);
  });

  test("model.fit refuses xValid without yValid, and the other way round", () => {
    thrown(() => newModel(6, 3).fit(X, Y, 1, 0.1, 33, X));
    thrown(() => newModel(6, 3).fit(X, Y, 1, 0.1, 33, undefined, Y));
  });
});

describe("methods that were replaced", () => {
  const { predict, mseLoss, update } = LinearRegression.prototype;
  afterEach(() => Object.assign(LinearRegression.prototype, { predict, mseLoss, update }));

  type Update = LinearRegression["update"];
  /** The sign of the gradient as a rule; counts its calls. */
  function signRule(calls: number[]): Update {
    return function (this: LinearRegression, x, yTrue, yPred, lr) {
      calls.push(x.rows);
      const delta = yPred.minus(yTrue);
      this.w = this.w.minus(x.T.matmul(delta).plus(this.w.times(this.lambda)).times(lr));
      for (const [l, sum] of delta.sum(0).data.entries()) this.b.data[l]! -= lr * sum;
    };
  }

  const ways: [string, (rule: Update) => LinearRegression][] = [
    [
      "on one model",
      (rule) => {
        const model = newModel(6, 3, 0.1);
        model.update = rule;
        return model;
      },
    ],
    [
      "in a subclass",
      (rule) => {
        class Own extends LinearRegression {}
        Own.prototype.update = rule;
        return new Own(6, 3, { lambda: 0.1, generator: new Torch(7) });
      },
    ],
    [
      "on the prototype, as add_to_class does",
      (rule) => {
        const model = newModel(6, 3, 0.1);
        LinearRegression.prototype.update = rule;
        return model;
      },
    ],
  ];

  test.each(ways)("update replaced %s is what model.fit and fit call, in every batch", (_, replace) => {
    const byHand = newModel(6, 3, 0.1);
    const rule = signRule([]);
    for (let epoch = 0; epoch < 2; epoch++) {
      for (let start = 0; start < 100; start += 33) {
        const [x, y] = [X.slice(start, start + 33), Y.slice(start, start + 33)];
        rule.call(byHand, x, y, byHand.predict(x), 1e-3);
      }
    }
    for (const train of [
      (model: LinearRegression) => model.fit(X, Y, 2, 1e-3, 33),
      (model: LinearRegression) => fit(model, data, { epochs: 2, lr: 1e-3, batchSize: 33 }),
    ]) {
      const calls: number[] = [];
      const model = replace(signRule(calls));
      train(model);
      expect(calls).toEqual([33, 33, 33, 1, 33, 33, 33, 1]);
      expect(parameters(model)).toEqual(parameters(byHand));
    }
  });

  test("the built-in update written out as a replacement trains to the same bits, shuffled or not", () => {
    const rule: Update = function (this: LinearRegression, ...step) {
      update.apply(this, step);
    };
    for (const shuffle of [false, true]) {
      const [fused, called] = [newModel(6, 3, 0.3), newModel(6, 3, 0.3)];
      called.update = rule;
      const options = { epochs: 3, lr: 0.05, batchSize: 33, shuffle, valid: data };
      const [a, b] = [fit(fused, data, { ...options, strategy: "rows" }), fit(called, data, options)];
      expect(b.log).toEqual(a.log);
      expect(parameters(called)).toEqual(parameters(fused));
    }
  });

  test("an update that assigns w and b trains like one that changes them in place", () => {
    const [assigning, inPlace] = [newModel(6, 3), newModel(6, 3)];
    assigning.update = function (this: LinearRegression, x, yTrue, yPred, lr) {
      const delta = yPred.minus(yTrue).times(2 / yTrue.numel);
      this.w = this.w.minus(x.T.matmul(delta).times(lr));
      this.b = this.b.minus(delta.sum(0).times(lr));
    };
    assigning.fit(X, Y, 20, 0.1, 33);
    inPlace.fit(X, Y, 20, 0.1, 33);
    for (const [i, value] of parameters(assigning).entries()) {
      expect(Math.abs(value - parameters(inPlace)[i]!)).toBeLessThan(1e-12);
    }
  });

  test("predict replaced is what training and evaluate call", () => {
    let calls = 0;
    const [model, plain] = [newModel(6, 3), newModel(6, 3)];
    model.predict = (x) => {
      calls++;
      return LinearRegression.prototype.predict.call(model, x).plus(100);
    };
    const { log } = fit(model, data, { epochs: 1, lr: 0, batchSize: 50, valid: data });
    expect(calls).toBe(3);
    expect(log[0]!.mseValid).toBeCloseTo(plain.mseLoss(Y, plain.predict(X).plus(100)), 9);
    expect(model.evaluate(X, Y)).toBe(log[0]!.mseValid);
  });

  test("mseLoss replaced is what is logged and evaluated", () => {
    const model = newModel(6, 3);
    model.mseLoss = (yTrue, yPred) => mseLoss.call(model, yTrue, yPred) + 1000;
    const plain = newModel(6, 3);
    const [own, usual] = [model.fit(X, Y, 2, 0.01, 33, X, Y), plain.fit(X, Y, 2, 0.01, 33, X, Y)];
    for (const [i, entry] of own.entries()) {
      expect(entry.mse - usual[i]!.mse).toBeCloseTo(1000, 8);
      expect(entry.mseValid! - usual[i]!.mseValid!).toBeCloseTo(1000, 8);
    }
    expect(parameters(model)).toEqual(parameters(plain));
  });

  test.each<[string, (model: LinearRegression) => void]>([
    ["w of other rows", (model) => Object.assign(model, { w: new Matrix(5, 3) })],
    ["w of other columns", (model) => Object.assign(model, { w: new Matrix(6, 2) })],
    ["w transposed", (model) => Object.assign(model, { w: model.w.T })],
    ["b as a column", (model) => Object.assign(model, { b: new Matrix(3, 1) })],
    ["b of one entry", (model) => Object.assign(model, { b: new Matrix(1, 1) })],
    ["w undefined", (model) => Object.assign(model, { w: undefined })],
    ["b a number", (model) => Object.assign(model, { b: 3 })],
  ])("an update that leaves %s is refused with SHAPE", (_, spoil) => {
    for (const train of [
      (model: LinearRegression) => model.fit(X, Y, 1, 0.1, 33),
      (model: LinearRegression) => fit(model, data, { epochs: 1, lr: 0.1 }),
    ]) {
      const model = newModel(6, 3);
      model.update = () => spoil(model);
      refuses(() => train(model), "SHAPE", /w \[6×3\] and b \[1×3\]/);
    }
  });

  test("a rule that makes NaN or infinities ends with DIVERGED and the last finite parameters", () => {
    for (const spoil of [Number.NaN, Infinity, -Infinity]) {
      for (const where of ["w", "b", "new w"]) {
        const model = newModel(6, 3);
        let [calls, kept]: [number, number[]] = [0, []];
        model.update = function (this: LinearRegression) {
          if (++calls === 3) {
            kept = parameters(this);
            if (where === "new w") this.w = new Matrix(6, 3, new Float64Array(18).fill(spoil));
            else if (where === "w") this.w.data[17] = spoil;
            else this.b.data[0] = spoil;
          } else {
            this.w.data[0]! += 1;
            this.b = this.b.plus(1);
          }
        };
        const { code, data: at } = thrown(() => fit(model, data, { epochs: 3, lr: 0.1, batchSize: 50 }));
        expect(code).toBe("DIVERGED");
        expect([at.epoch, at.batch]).toEqual([1, 0]);
        expect(parameters(model)).toEqual(kept);
      }
    }
  });

  test("a mseLoss that gives NaN, or nothing, ends with DIVERGED before the update", () => {
    for (const loss of [Number.NaN, Infinity, undefined]) {
      const model = newModel(6, 3);
      model.mseLoss = () => loss as number;
      const before = parameters(model);
      expect(thrown(() => model.fit(X, Y, 1, 0.1, 33)).code).toBe("DIVERGED");
      expect(parameters(model)).toEqual(before);
    }
  });
});

describe("DIVERGED", () => {
  test("model.fit at a rate that is too large says epoch, batch, loss, rate and a safe rate", () => {
    const model = newModel(6, 3, 0.01);
    const error = thrown(() => model.fit(X, Y, 1000, 50, 33));
    expect(error.code).toBe("DIVERGED");
    expect(error.where).toBe("LinearRegression.fit");
    const { epoch, batch, loss, lr, safeLearningRate: safe } = error.data as Record<string, number>;
    expect(epoch).toBeGreaterThan(0);
    expect([0, 1, 2, 3]).toContain(batch);
    expect(loss).toBe(Infinity);
    expect(lr).toBe(50);
    expect(safe).toBe(safeLearningRate(X, 3, 33, 0.01, false));
    expect(parameters(model).every(Number.isFinite)).toBe(true);
    expect(error.message).toContain(`epoch ${epoch}, batch ${batch}, at learning rate 50`);
  });

  test("fit names itself, and counts the batch in which it happened", () => {
    const rows = normalMatrix(10, 2, 3);
    rows.data[2 * 7] = 1e200; // row 7: batch 3 of rows 6 and 7
    const bad = { X: rows, Y: normalMatrix(10, 1, 4) };
    const model = newModel(2, 1);
    const error = thrown(() => model.fit(bad.X, bad.Y, 5, 1e-3, 2));
    expect([error.data.epoch, error.data.batch, error.data.loss]).toEqual([0, 3, Infinity]);
    expect(error.data.safeLearningRate).toBe(0);
    const byFunction = thrown(() => fit(newModel(6, 3), data, { epochs: 1000, lr: 50 }));
    expect([byFunction.code, byFunction.where]).toEqual(["DIVERGED", "fit"]);
  });

  test("parameters that overflow while the loss is finite are taken back", () => {
    const model = newModel(1, 1);
    model.w.data[0] = 1e100;
    model.b.data[0] = 0.5;
    const error = thrown(() => model.fit([[1]], [[0]], 1, 1e300, 1));
    expect(error.data.loss).toBe(1e200);
    expect(parameters(model)).toEqual([1e100, 0.5]);
  });

  test.each([33, 100])(
    "training anew just below the safe rate that DIVERGED names converges, batches of %d",
    (batchSize) => {
      const error = thrown(() => newModel(6, 3, 0.01).fit(X, Y, 1000, 50, batchSize));
      const model = newModel(6, 3, 0.01);
      const log = model.fit(X, Y, 500, 0.95 * (error.data.safeLearningRate as number), batchSize);
      expect(log.at(-1)!.mse).toBeLessThan(log[0]!.mse / 100);
      expect(log.at(-1)!.mse).toBeCloseTo(log.at(-2)!.mse, 9);
    },
  );

  test("training at the safe rate itself stays finite, shuffled too", () => {
    for (const shuffle of [false, true]) {
      const options = { epochs: 1000, lr: 50, batchSize: 7, shuffle };
      const safe = thrown(() => fit(newModel(6, 3, 0.01), data, options)).data.safeLearningRate as number;
      const { log } = fit(newModel(6, 3, 0.01), data, { ...options, epochs: 200, lr: safe });
      expect(log.at(-1)!.mse).toBeLessThan(log[0]!.mse);
    }
  });

  test("λ·lr above 2 diverges by the penalty alone, below 2 it does not", () => {
    const flat = { X: new Matrix(4, 2), Y: new Matrix(4, 1) };
    const diverging = newModel(2, 1, 10);
    const error = thrown(() => diverging.fit(flat.X, flat.Y, 100000, 0.201, 4));
    expect(error.code).toBe("DIVERGED");
    expect(error.data.safeLearningRate).toBe(2 / 10);
    expect(parameters(diverging).every(Number.isFinite)).toBe(true);
    const settling = newModel(2, 1, 10);
    settling.fit(flat.X, flat.Y, 10000, 0.199, 4);
    expect(settling.w.data.every((x) => Math.abs(x) < 1e-12)).toBe(true);
  });
});

describe("copyParams", () => {
  test("copyParams(layer) makes predictions those of nn.Linear", () => {
    const layer = new Linear(6, 3, { generator: new Torch(3) });
    const model = newModel(6, 3);
    model.copyParams(layer);
    expect(model.predict(X).toArray()).toEqual(layer.forward(Tensor.from(X)).toArray());
    expect(model.w.T.toArray()).toEqual(layer.weight.toArray());
  });

  test("copyParams transposes [k×n] to [n×k], from matrices, nested arrays and typed arrays", () => {
    const weight = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    for (const layer of [
      { weight, bias: [7, 8] },
      { weight: Matrix.from(weight), bias: Matrix.from([[7, 8]]) },
      {
        weight: weight.map((row) => Float64Array.from(row)).map((row) => Array.from(row)),
        bias: Float64Array.of(7, 8),
      },
    ]) {
      const model = newModel(3, 2);
      model.copyParams(layer);
      expect(model.w.toArray()).toEqual([
        [1, 4],
        [2, 5],
        [3, 6],
      ]);
      expect(model.b.toArray()).toEqual([[7, 8]]);
    }
  });

  test("copyParams copies: training leaves the layer alone", () => {
    const [weight, bias] = [Matrix.from([[1, 2]]), Float64Array.of(3)];
    const model = newModel(2, 1);
    model.copyParams({ weight, bias });
    model.fit([[1, 1]], [[9]], 3, 0.1, 1);
    expect([weight.toArray(), bias[0]]).toEqual([[[1, 2]], 3]);
  });

  test("copyParams refuses other shapes and numbers that are not finite, and changes nothing", () => {
    const model = newModel(3, 2);
    const before = parameters(model);
    const weight = normalMatrix(2, 3, 1);
    refuses(
      () => model.copyParams({ weight: weight.T, bias: [1, 2] }),
      "SHAPE",
      /\[2×3\].*got a weight \[3×2\]/,
    );
    for (const [rows, cols] of [
      [1, 3],
      [2, 4],
    ] as const) {
      // biome-ignore format: one line
      refuses(() => model.copyParams({ weight: normalMatrix(rows, cols, 1), bias: [1, 2] }), "SHAPE");
    }
    refuses(() => model.copyParams({ weight, bias: [1] }), "SHAPE", /2 biases, got .* 1 biases/);
    refuses(() => model.copyParams({ weight, bias: [1, 2, 3] }), "SHAPE");
    refuses(() => model.copyParams({ weight: [[1, 2, 3], [4, 5]], bias: [1, 2] }), "SHAPE"); // biome-ignore format: one line
    refuses(() => model.copyParams({ weight: Float64Array.of(1, 2, 3, 4, 5, 6), bias: [1, 2] }), "VALUE");
    refuses(() => model.copyParams({ weight, bias: ["1", 2] }), "VALUE");
    for (const value of [Number.NaN, Infinity]) {
      const bad = weight.clone();
      bad.data[4] = value;
      refuses(() => model.copyParams({ weight: bad, bias: [1, 2] }), "NOT_FINITE", /weight.*row 1, column 1/);
      refuses(() => model.copyParams({ weight, bias: [1, value] }), "NOT_FINITE", /bias/);
    }
    expect(parameters(model)).toEqual(before);
  });

  test("copyParams refuses a layer without a weight or without a bias", () => {
    const model = newModel(3, 2);
    const layers = [{ weight: normalMatrix(2, 3, 1) }, { bias: [1, 2] }, {}, { weight: null, bias: null }];
    for (const layer of layers) thrown(() => model.copyParams(layer as unknown as Linear));
  });
});
