import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { makeRegression } from "../../src/data/makeRegression.js";
import { Moments } from "../../src/data/moments.js";
import { epochMap, stableLearningRate } from "../../src/fit/epochMap.js";
import { fit } from "../../src/fit/fit.js";
import { ridge } from "../../src/fit/ridge.js";
import { LinearRegression } from "../../src/model/linearRegression.js";
import { Torch } from "../../src/random/torch.js";

const rows = new Dataset(
  makeRegression({
    nSamples: 100,
    nFeatures: 4,
    nInformative: 3,
    nTargets: 2,
    noise: 5,
    bias: 2,
    randomState: 14,
  }),
);
const fresh = (lambda: number) => new LinearRegression(4, 2, { lambda, generator: new Torch(14) });

/** The largest difference of the parameters, beside the largest parameter. */
function apart(a: { w: { data: Float64Array }; b: { data: Float64Array } }, b: typeof a): number {
  const [x, y] = [a, b].map((p) => [...p.w.data, ...p.b.data]);
  return Math.max(...x!.map((v, i) => Math.abs(v - y![i]!))) / Math.max(...y!.map(Math.abs));
}

describe("epochMap.after", () => {
  it("is where training gets in as many epochs, for any batches, momentum, dampening and Nesterov", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 100 }),
        fc.integer({ min: 0, max: 40 }),
        fc.constantFrom(0, 0.01, 1),
        fc.constantFrom(
          {},
          { momentum: 0.9 },
          { momentum: 0.5, dampening: 0.3 },
          { momentum: 0.8, nesterov: true },
        ),
        (batchSize, epochs, lambda, momentum) => {
          const model = fresh(lambda);
          const batches = Moments.ofBatches(rows, batchSize);
          const map = epochMap(batches, { lr: 0.05, lambda, ...momentum });
          const jumped = map.after(epochs, model);
          fit(model, rows, { epochs, lr: 0.05, batchSize, strategy: "rows", ...momentum });
          expect(apart(jumped, model)).toBeLessThan(1e-11);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("reaches a million epochs at once: the limit, which is ridge for one batch", () => {
    const map = epochMap(Moments.of(rows), { lr: 0.1, lambda: 0.5 });
    const closed = ridge(rows, { lambda: 0.5 });
    expect(map.converges).toBe(true);
    expect(apart(map.limit!, closed)).toBeLessThan(1e-13);
    expect(apart(map.after(1e6, fresh(0.5)), closed)).toBeLessThan(1e-12);
    expect(apart(map.after(Number.POSITIVE_INFINITY, fresh(0.5)), closed)).toBeLessThan(1e-13);
  });

  it("does not change the model that it starts from, and leaves it where it is for 0 epochs", () => {
    const model = fresh(0.1);
    const before = model.w.data.slice();
    const map = epochMap(Moments.of(rows), { lr: 0.1, lambda: 0.1 });
    map.after(100, model);
    expect(model.w.data).toEqual(before);
    expect(map.after(0, model).w.data).toEqual(before);
  });

  it("has another limit than ridge for batches of unequal size", () => {
    const map = epochMap(Moments.ofBatches(rows, 33), { lr: 0.05, lambda: 1 });
    expect(apart(map.limit!, ridge(rows, { lambda: 1 }))).toBeGreaterThan(1e-3);
    const model = fresh(1);
    fit(model, rows, { epochs: 3000, lr: 0.05, batchSize: 33, strategy: "rows" });
    expect(apart(map.limit!, model)).toBeLessThan(1e-12);
  });
});

describe("epochMap's spectral radius", () => {
  it("tells before the first step whether a rate converges, on both sides of the edge", () => {
    const moments = Moments.of(rows);
    for (const options of [
      { lambda: 0.1 },
      { lambda: 0.1, momentum: 0.9 },
      { lambda: 0.1, momentum: 0.9, nesterov: true },
    ]) {
      const { rate, exact } = stableLearningRate(moments, options);
      expect(exact).toBe(true);
      expect(epochMap(moments, { ...options, lr: rate * 0.999 }).spectralRadius).toBeLessThan(1);
      expect(epochMap(moments, { ...options, lr: rate * 1.001 }).spectralRadius).toBeGreaterThan(1);
    }
  });

  it("is the factor by which the error falls, also for momentum's complex pairs", () => {
    const map = epochMap(Moments.of(rows), { lr: 0.01, lambda: 0, momentum: 0.95 });
    // complex pairs turn, and shrink by √μ a step
    expect(map.spectralRadius).toBeCloseTo(Math.sqrt(0.95), 2);
    const error = (epochs: number) => apart(map.after(epochs, fresh(0)), map.limit!);
    expect((error(600) / error(200)) ** (1 / 400)).toBeCloseTo(map.spectralRadius, 2);
  });

  it("for several batches finds a stable rate by halving, and says so", () => {
    const batches = Moments.ofBatches(rows, 33);
    const { rate, exact } = stableLearningRate(batches, { lambda: 0.01 });
    expect(exact).toBe(false);
    expect(epochMap(batches, { lr: rate, lambda: 0.01 }).converges).toBe(true);
  });

  it("says that a rate does not converge, and has no limit then", () => {
    const map = epochMap(Moments.of(rows), { lr: 10, lambda: 0 });
    expect([map.converges, map.limit, map.epochsTo(1e-6, fresh(0))]).toEqual([false, null, null]);
    expect(() => map.after(Number.POSITIVE_INFINITY, fresh(0))).toThrow(
      expect.objectContaining({ code: "DIVERGED", data: { spectralRadius: map.spectralRadius } }),
    );
  });
});

describe("stableLearningRate", () => {
  const moments = Moments.of(rows);
  const { curvature } = (() => {
    const { rate } = stableLearningRate(moments, { lambda: 0.1 });
    return { curvature: 2 / rate };
  })();

  it("is 2/L for one batch, (2 + 2μ)/L with momentum, by Nesterov (2 + 2μ)/((1 + 2μ)L)", () => {
    // a feature of variance 4 about 0, one target: L = 2·4 + λ
    const one = Moments.of(new Dataset({ X: [[-2], [2]], Y: [[1], [5]] }));
    expect(stableLearningRate(one, { lambda: 1 }).rate).toBeCloseTo(2 / 9, 14);
    expect(stableLearningRate(one, { lambda: 1, momentum: 0.5 }).rate).toBeCloseTo(3 / 9, 14);
    expect(stableLearningRate(one, { lambda: 1, momentum: 0.5, nesterov: true }).rate).toBeCloseTo(
      3 / 18,
      14,
    );
    expect(stableLearningRate([one], { lambda: 1 })).toEqual({ rate: 2 / 9, exact: true });
  });

  it("grows by 1/(1 − τ) with dampening, which does nothing without momentum", () => {
    const damped = stableLearningRate(moments, { lambda: 0.1, momentum: 0.5, dampening: 0.25 }).rate;
    expect(damped * curvature * 0.75).toBeCloseTo(3, 12);
    const options = { lambda: 0.1, momentum: 0.5, dampening: 0.25 };
    expect(epochMap(moments, { ...options, lr: damped * 0.999 }).converges).toBe(true);
    expect(epochMap(moments, { ...options, lr: damped * 1.001 }).converges).toBe(false);
    expect(stableLearningRate(moments, { lambda: 0.1, dampening: 0.25 }).rate * curvature).toBeCloseTo(2, 12);
  });

  it("is for several batches the edge of all rows, halved until it is stable", () => {
    const batches = Moments.ofBatches(rows, 33);
    const { rate } = stableLearningRate(batches, { lambda: 0.1 });
    const halvings = Math.log2(2 / curvature / rate);
    expect(halvings).toBeCloseTo(Math.round(halvings), 9);
    expect(halvings === 0 || !epochMap(batches, { lr: 2 * rate, lambda: 0.1 }).converges).toBe(true);
  });
});

describe("epochMap at the edge", () => {
  const one = Moments.of(new Dataset({ X: [[-2], [2]], Y: [[1], [5]] }));
  const start = () => {
    const model = new LinearRegression(1, 1, { lambda: 1, generator: new Torch(1) });
    model.copyParams({ weight: [[3]], bias: [-1] });
    return model;
  };

  it("does not converge at a rate of 0, nor at 2/L", () => {
    for (const lr of [0, 2 / 9]) {
      const map = epochMap(one, { lr, lambda: 1 });
      expect(map.spectralRadius).toBeCloseTo(1, 10);
      if (lr === 0) expect([map.converges, map.limit]).toEqual([false, null]);
    }
    expect(epochMap(one, { lr: 0, lambda: 1 }).after(5, start()).w.data[0]).toBe(3);
  });

  it("has w = 8/9 and b = 3 as its limit: 2·Sxy/m over 2·Sxx/m + λ", () => {
    const map = epochMap(one, { lr: 0.1, lambda: 1 });
    expect(map.limit!.w.data[0]).toBeCloseTo(8 / 9, 12);
    expect(map.limit!.b.data[0]).toBeCloseTo(3, 12);
  });

  it("is there in one epoch where the rate is 1/L along both directions: a spectral radius of 0", () => {
    // Hessian 2·diag(1, 1)
    const square = Moments.of(new Dataset({ X: [[-1], [1]], Y: [[1], [5]] }));
    const map = epochMap(square, { lr: 0.5, lambda: 0 });
    expect(map.spectralRadius).toBe(0);
    expect([map.after(1, start()).w.data[0], map.after(1, start()).b.data[0]]).toEqual([2, 3]);
    expect(map.epochsTo(1e-9, start())).toBe(1);
    expect(map.epochsTo(1e-9, map.after(1, start()))).toBe(0);
  });

  it("keeps a spectral radius beyond every float64 finite", () => {
    expect(epochMap(one, { lr: 1e308, lambda: 1 }).spectralRadius).toBe(Math.exp(700));
  });
});

describe("epochMap.epochsTo", () => {
  it("counts from 1, for every number of epochs", () => {
    // the error is halved in each epoch
    const square = Moments.of(new Dataset({ X: [[-1], [1]], Y: [[-1], [1]] }));
    const map = epochMap(square, { lr: 0.25, lambda: 0 });
    const from = new LinearRegression(1, 1, { generator: new Torch(1) });
    from.copyParams({ weight: [[0]], bias: [0] });
    expect(map.limit!.w.data[0]).toBeCloseTo(1, 14);
    for (let epochs = 1; epochs <= 40; epochs++) {
      expect(map.epochsTo(0.75 * 2 ** (1 - epochs), from)).toBe(epochs);
      expect(map.epochsTo(1.001 * 2 ** -epochs, from)).toBe(epochs);
    }
    expect(map.epochsTo(1.001, from)).toBe(0);
  });

  it("is null for what rounding keeps from being met, and looks at all targets and the bias", () => {
    const slow = epochMap(Moments.of(rows), { lr: 0.1, lambda: 0.1 });
    expect(slow.epochsTo(1e-300, fresh(0.1))).toBeNull();
    const limit = slow.limit!;
    const near = (weight: number[][], bias: number[]) => {
      const model = fresh(0.1);
      model.copyParams({ weight, bias });
      return slow.epochsTo(1e-6, model);
    };
    const [weight, bias] = [limit.w.T.toArray(), Array.from(limit.b.data)];
    expect(near(weight, bias)).toBe(0);
    expect(near(weight, [bias[0]!, bias[1]! + 1])).toBeGreaterThan(0);
    expect(near([weight[0]!, weight[1]!.map((x) => x + 1)], bias)).toBeGreaterThan(0);
  });

  it("refuses a tolerance that is not above 0", () => {
    const map = epochMap(Moments.of(rows), { lr: 0.1, lambda: 0.1 });
    for (const tol of [0, -1, Number.NaN]) {
      expect(() => map.epochsTo(tol, fresh(0.1))).toThrow(expect.objectContaining({ code: "VALUE" }));
    }
  });

  it("names the first epoch that is as near as asked for", () => {
    const map = epochMap(Moments.ofBatches(rows, 33), { lr: 0.02, lambda: 0.1 });
    const start = fresh(0.1);
    const epochs = map.epochsTo(1e-6, start)!;
    const near = (count: number) => apart(map.after(count, start), map.limit!) <= 1e-6;
    expect(near(epochs)).toBe(true);
    expect(near(epochs - 1)).toBe(false);
  });
});

describe("directions that nothing determines", () => {
  const X = rows.X;
  const twin = new Dataset({
    X: X.toArray().map((row) => [...row, row[0]!]),
    Y: rows.Y,
    inputs: ["a", "b", "c", "d", "twin"],
  });

  it("are named, and keep what they start with", () => {
    const map = epochMap(Moments.of(twin), { lr: 0.1, lambda: 0 });
    expect(map.undetermined).toEqual(["a", "twin"]);
    expect(map.converges).toBe(true);
    const model = new LinearRegression(5, 2, { generator: new Torch(3) });
    const apartAtStart = model.w.data[0]! - model.w.data[8]!;
    const limit = map.after(Number.POSITIVE_INFINITY, model);
    expect(limit.w.data[0]! - limit.w.data[8]!).toBeCloseTo(apartAtStart, 10);
    fit(model, twin, { epochs: 5000, lr: 0.1 });
    expect(apart(limit, model)).toBeLessThan(1e-10);
  });

  it("are none once λ is above 0", () => {
    expect(epochMap(Moments.of(twin), { lr: 0.1, lambda: 0.01 }).undetermined).toEqual([]);
  });
});

describe("refusals", () => {
  it("a start of another shape, and half an epoch", () => {
    const map = epochMap(Moments.of(rows), { lr: 0.1, lambda: 0.1 });
    for (const [n, k] of [
      [3, 2],
      [4, 1],
      [5, 2],
      [4, 3],
    ] as const) {
      // biome-ignore format: one line
      const start = new LinearRegression(n, k, { generator: new Torch(1) });
      expect(() => map.after(1, start)).toThrow(expect.objectContaining({ code: "SHAPE" }));
    }
    const { w } = fresh(0);
    expect(() => map.after(1, { w, b: w })).toThrow(expect.objectContaining({ code: "SHAPE" }));
    for (const epochs of [-1, 0.5, Number.NaN]) {
      expect(() => map.after(epochs, fresh(0))).toThrow(expect.objectContaining({ code: "VALUE" }));
    }
  });

  it("batches of which one is empty", () => {
    const batches = [Moments.of(rows), Moments.of(rows.slice(0, 0))];
    expect(() => epochMap(batches, { lr: 0.1, lambda: 0 })).toThrow(
      expect.objectContaining({ code: "SHAPE" }),
    );
    expect(() => stableLearningRate(batches, { lambda: 0 })).toThrow(
      expect.objectContaining({ code: "SHAPE" }),
    );
  });

  it.each([
    ["no batches", [], { lr: 0.1, lambda: 0 }, "SHAPE"],
    ["a negative rate", Moments.of(rows), { lr: -1, lambda: 0 }, "VALUE"],
    ["NaN as λ", Moments.of(rows), { lr: 1, lambda: Number.NaN }, "VALUE"],
    ["Nesterov without momentum", Moments.of(rows), { lr: 1, lambda: 0, nesterov: true }, "OPTION"],
    ["a misspelt option", Moments.of(rows), { lr: 1, lambda: 0, momentun: 0.9 }, "OPTION"],
  ])("%s", (_, batches, options, code) => {
    expect(() => epochMap(batches, options)).toThrow(expect.objectContaining({ code }));
  });
});
