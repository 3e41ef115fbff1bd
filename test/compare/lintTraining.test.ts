import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decayAfter, decayFactor, stableProduct } from "../../src/compare/decay.js";
import {
  Dataset,
  epochMap,
  lintTraining,
  Moments,
  makeRegression,
  nn,
  optim,
  stableLearningRate,
  type TrainingConfig,
} from "../../src/index.js";

const notebook: TrainingConfig = {
  optimizer: "sgd",
  lr: 0.01,
  rows: 100,
  batchSize: 33,
  epochs: 16,
  groups: [
    { params: ["weight"], weightDecay: 0.01 },
    { params: ["bias"], weightDecay: 0 },
  ],
};
/** Nothing to warn of. */
const sound: TrainingConfig = { ...notebook, batchSize: 25, epochs: 10_000 };
const codes = (config: TrainingConfig) => lintTraining(config).warnings.map(({ code }) => code);

/** A weight of 1 on which only the decay pulls, after each of T steps. */
function decayed(optimizer: (w: nn.Tensor) => { step(): void }, steps: number): number[] {
  const w = new nn.Tensor(Float64Array.of(1), [1], { requiresGrad: true });
  const made = optimizer(w);
  return Array.from({ length: steps }, () => {
    w.grad = new nn.Tensor(new Float64Array(1), [1]);
    made.step();
    return w.data[0]!;
  });
}

describe("lintTraining(config)", () => {
  it("counts the notebook's steps and says how much they decay", () => {
    const { stepsPerEpoch, steps, lastBatch, parameters, stoppingLambda } = lintTraining(notebook);
    expect({ stepsPerEpoch, steps, lastBatch }).toEqual({ stepsPerEpoch: 4, steps: 64, lastBatch: 1 });
    expect(stoppingLambda).toBeCloseTo(1.5625, 12);
    const [weight, bias] = parameters;
    expect(weight).toMatchObject({
      name: "weight",
      bias: false,
      lambda: 0.01,
      how: "gradient",
      perStep: 0.9999,
    });
    expect(bias).toMatchObject({ name: "bias", bias: true, lambda: 0, how: "none", perStep: 1, overall: 1 });
    const left = decayed((w) => new optim.SGD([w], { lr: 0.01, weightDecay: 0.01 }), 64);
    expect(weight!.perEpoch! / left[3]!).toBeCloseTo(1, 13);
    expect(weight!.overall! / left[63]!).toBeCloseTo(1, 13);
  });

  it("warns of the notebook's last batch and of a λ that its steps hide", () => {
    const { warnings } = lintTraining(notebook);
    expect(warnings.map(({ code }) => code)).toEqual(["LAST_BATCH", "LAMBDA_INVISIBLE"]);
    expect(warnings[0]!.message).toContain("33 times");
    expect(warnings[0]!.remedy).toContain("25 or 50");
    expect(warnings[1]!.message).toContain("156 times");
  });

  it("has nothing to say of a sound set-up", () => {
    expect(lintTraining(sound).warnings).toEqual([]);
  });

  it.each(["bias", "layer.bias", "b", "layer.b", "fc_bias", "Bias"])("knows %j as a bias", (name) => {
    const groups = [{ params: ["weight", name], weightDecay: 0.01 }];
    const { warnings, parameters } = lintTraining({ ...sound, groups });
    expect(warnings.map(({ code }) => code)).toEqual(["BIAS_DECAYED"]);
    expect(parameters.map(({ bias }) => bias)).toEqual([false, true]);
  });

  it.each(["weight", "lamb", "biased", "w", "bias.scale"])("does not take %j for one", (name) => {
    expect(codes({ ...sound, groups: [{ params: [name], weightDecay: 0.01 }] })).toEqual([]);
  });

  it("reads Keras's l2 as twice it, and warns unless that is meant", () => {
    const groups = (group: object) => ({ ...sound, groups: [{ params: ["kernel"], ...group }] });
    const { parameters, warnings } = lintTraining(groups({ l2: 0.01 }));
    expect(parameters[0]).toMatchObject({ lambda: 0.02, how: "gradient" });
    expect(warnings.map(({ code }) => code)).toEqual(["KERAS_FACTOR"]);
    expect(warnings[0]!.remedy).toContain("l2 0.005");
    expect(codes(groups({ l2: 0.01, lambda: 0.01 }))).toEqual(["KERAS_FACTOR"]);
    expect(codes(groups({ l2: 0.005, lambda: 0.01 }))).toEqual([]);
    expect(codes(groups({ l2: 0 }))).toEqual([]);
  });

  it("warns of Adam with the decay in its gradient, not of AdamW", () => {
    const adam = lintTraining({ ...sound, optimizer: "adam" });
    expect(adam.warnings.map(({ code }) => code)).toEqual(["ADAM_COUPLED"]);
    expect(adam.parameters[0]).toMatchObject({ how: "gradient", perStep: null, overall: null });
    const adamw = lintTraining({ ...sound, optimizer: "adamw" });
    expect(adamw.warnings).toEqual([]);
    expect(adamw.stoppingLambda).toBeNull();
    const left = decayed((w) => new optim.AdamW([w], { lr: 0.01, weightDecay: 0.01 }), 4);
    expect(adamw.parameters[0]!.how).toBe("decoupled");
    expect(adamw.parameters[0]!.perEpoch! / left[3]!).toBeCloseTo(1, 14);
    expect(
      codes({ ...sound, optimizer: "adamw", groups: [{ params: ["w"], l2: 0.1, lambda: 0.2 }] }),
    ).toEqual(["ADAM_COUPLED"]);
  });

  it("knows that AdamW decays by 0.01 unless told", () => {
    const groups = [{ params: ["weight", "bias"] }];
    expect(codes({ ...sound, optimizer: "adamw", groups })).toEqual(["BIAS_DECAYED"]);
    expect(codes({ ...sound, optimizer: "adam", groups })).toEqual([]);
  });

  it.each([
    { momentum: 0, nesterov: false },
    { momentum: 0.9, nesterov: false },
    { momentum: 0.9, nesterov: true },
  ])("finds the edge that the epoch map finds: %j", (descent) => {
    const lambda = 0.01;
    const rows = new Dataset(
      makeRegression({ nSamples: 100, nFeatures: 6, nTargets: 3, noise: 1, randomState: 14 }),
    );
    const curvature = 2 / stableLearningRate(Moments.of(rows), { lambda }).rate;
    const { batchSize: _, ...full } = { ...sound, ...descent, curvature };
    const edge = lintTraining(full).stableRate!;
    for (const share of [0.999, 1.001]) {
      const lr = share * edge;
      const map = epochMap([Moments.of(rows)], { lr, lambda, ...descent });
      expect(map.converges).toBe(share < 1);
      expect(codes({ ...full, lr }).includes("RATE_UNSTABLE")).toBe(share > 1);
    }
    expect(codes({ ...full, stableRate: 0.01, curvature: undefined } as never)).toEqual(["RATE_UNSTABLE"]);
  });

  it.each([
    { optimizer: "sgd", momentum: 0, nesterov: false, edge: 2 },
    { optimizer: "sgd", momentum: 0.5, nesterov: false, edge: 3 },
    { optimizer: "sgd", momentum: 0.5, nesterov: true, edge: 1.5 },
    { optimizer: "adamw", edge: 2 },
  ] as const)("warns where the penalty alone diverges: %j", ({ edge, ...descent }) => {
    const at = (weightDecay: number) =>
      codes({ ...sound, ...descent, lr: 1, groups: [{ params: ["w"], weightDecay }] });
    expect(at(0.99 * edge)).toEqual([]);
    expect(at(1.01 * edge)).toEqual(["DECAY_DIVERGES"]);
  });

  it.each([
    [100, 33, true],
    [100, 25, false],
    [100, 60, false],
    [100, 100, false],
    [100, 200, false],
    [101, 10, true],
    [10_007, 5000, true],
    [9_007_199_254_740_991, 4_503_599_627_370_495, true],
  ])("%i rows in batches of %i: warns of the last %j", (rows, batchSize, warns) => {
    expect(codes({ ...sound, epochs: 100_000, rows, batchSize }).includes("LAST_BATCH")).toBe(warns);
  });

  it.each([
    [{ momentun: 0.9 }, "OPTION", /momentun/],
    [{ lr: undefined }, "OPTION", /lr/],
    [{ lr: 0 }, "VALUE", /lr/],
    [{ lr: Number.NaN }, "VALUE", /lr/],
    [{ epochs: 0 }, "VALUE", /epochs/],
    [{ batchSize: 1.5 }, "VALUE", /batchSize/],
    [{ batchSize: null }, "VALUE", /batchSize/],
    [{ rows: "100" }, "VALUE", /rows/],
    [{ optimizer: "SGD" }, "VALUE", /optimizer/],
    [{ optimizer: "adam", momentum: 0.9 }, "OPTION", /momentum/],
    [{ nesterov: true }, "OPTION", /nesterov/],
    [{ curvature: 1, stableRate: 2 }, "OPTION", /both/],
    [{ curvature: -1 }, "VALUE", /curvature/],
    [{ groups: [] }, "VALUE", /groups/],
    [{ groups: [{ params: [] }] }, "VALUE", /groups\[0\]: .*params/],
    [{ groups: [{ params: ["w", "w"] }] }, "VALUE", /"w" twice/],
    [{ groups: [{ params: ["w"] }, { params: ["w"] }] }, "VALUE", /groups\[1\]/],
    [{ groups: [{ params: ["w"], weight_decay: 1 }] }, "OPTION", /weight_decay/],
    [{ groups: [{ params: ["w"], weightDecay: -1 }] }, "VALUE", /weightDecay/],
    [{ groups: [{ params: ["w"], weightDecay: 1, l2: 1 }] }, "OPTION", /both/],
    [{ groups: [{ params: ["w"], lambda: 1 }] }, "OPTION", /lambda/],
    [{ groups: [7] }, "OPTION", /groups\[0\]/],
  ])("refuses %j: %s", (change, code, says) => {
    const wrong = () => lintTraining({ ...sound, ...change } as never, "set-up.json");
    expect(wrong).toThrow(expect.objectContaining({ code }));
    expect(wrong).toThrow(says);
    expect(wrong).toThrow(/^set-up\.json/);
  });

  it.each([null, [], 7, "sgd"])("refuses %j, which is no set-up", (config) => {
    expect(() => lintTraining(config as never)).toThrow(expect.objectContaining({ code: "OPTION" }));
  });
});

describe("decayAfter(lr, lambda, momentum, nesterov, steps)", () => {
  /** The same loop in rational arithmetic: SGD's two lines, a step at a time. */
  function exactly(lr: number, lambda: number, momentum: number, nesterov: boolean, steps: number): number {
    const BITS = 20; // of which the arguments are multiples
    const whole = (x: number) => BigInt(x * 2 ** BITS);
    const [h, l, m] = [whole(lr), whole(lambda), whole(momentum)];
    const one = 1n << BigInt(BITS);
    // each step makes the numbers' common denominator larger by 2^(3·BITS) at most
    let [w, v, scale] = [1n, 0n, 0];
    for (let step = 0; step < steps; step++) {
      const g = l * w; // /2^BITS
      const next = step === 0 ? g : m * v + g;
      const move = nesterov ? g * one + m * next : next * one; // /2^(2·BITS)
      w = w * one * one * one - h * move;
      v = next * one * one;
      scale += 3 * BITS;
    }
    const shift = Math.max(0, (w < 0n ? -w : w).toString(2).length - 64);
    return Number(w >> BigInt(shift)) * 2 ** (shift - scale);
  }
  const parts = (most: number) => fc.integer({ min: 1, max: most }).map((x) => x / 2 ** 20);

  it("is what SGD's own steps leave, in rational arithmetic", () => {
    const runs = fc.record({
      lr: parts(2 ** 19),
      lambda: parts(2 ** 21),
      momentum: fc.oneof(fc.constant(0), parts(2 ** 20)),
      nesterov: fc.boolean(),
      steps: fc.integer({ min: 1, max: 15 }),
    });
    fc.assert(
      fc.property(runs, ({ lr, lambda, momentum, nesterov, steps }) => {
        const right = exactly(lr, lambda, momentum, nesterov, steps);
        const found = decayAfter(lr, lambda, momentum, nesterov, steps);
        expect(Math.abs(found - right)).toBeLessThanOrEqual(2 ** -52 * Math.abs(right));
      }),
    );
  });

  it.each([
    { lr: 0.01, lambda: 0.1, momentum: 0.9, nesterov: false, steps: 40 },
    { lr: 0.01, lambda: 0.1, momentum: 0.9, nesterov: true, steps: 40 },
    { lr: 0.1, lambda: 0.5, momentum: 0.9, nesterov: false, steps: 40 }, // complex roots
    { lr: 0.1, lambda: 0.5, momentum: 0.9, nesterov: true, steps: 400 },
    { lr: 0.1, lambda: 0.5, momentum: 1, nesterov: false, steps: 1000 },
    { lr: 1, lambda: 3, momentum: 0.2, nesterov: false, steps: 200 }, // diverges
    { lr: 0.01, lambda: 0.01, momentum: 0, nesterov: false, steps: 10_000 },
  ])("is what `optim.SGD` leaves after $steps steps: %j", ({ steps, ...descent }) => {
    const { lr, lambda, momentum, nesterov } = descent;
    const left = decayed((w) => new optim.SGD([w], { lr, momentum, nesterov, weightDecay: lambda }), steps);
    const most = Math.max(...left.slice(-10).map(Math.abs));
    expect(Math.abs(decayAfter(lr, lambda, momentum, nesterov, steps) - left.at(-1)!) / most).toBeLessThan(
      1e-12,
    );
  });

  it("keeps its sign and its digits where powers overflow and underflow", () => {
    expect(decayAfter(1, 4, 0.5, false, 100_001)).toBe(Number.NEGATIVE_INFINITY);
    expect(decayAfter(1, 4, 0.5, false, 100_002)).toBe(Number.POSITIVE_INFINITY);
    expect(decayAfter(1e200, 1e200, 0.5, false, 3)).toBe(Number.NEGATIVE_INFINITY);
    expect(decayAfter(1, 0.5, 0, false, 10 ** 9)).toBe(0);
    expect(decayAfter(1, 0.5, 0, false, 1070)).toBe(2 ** -1070);
    expect(decayAfter(2 ** 600, 2 ** 300, 0, false, 1)).toBeCloseTo(-(2 ** 900), 0);
  });

  it("is what lintTraining says of an epoch and of all: momentum has to build up first", () => {
    const config = { ...notebook, batchSize: 25, epochs: 10, lr: 0.1, momentum: 0.9 };
    const groups = (weightDecay: number) => [{ params: ["w"], weightDecay }];
    const of = (weightDecay: number) =>
      lintTraining({ ...config, groups: groups(weightDecay) }).parameters[0]!;
    for (const weightDecay of [0.001, 0.5]) {
      const left = decayed((w) => new optim.SGD([w], { lr: 0.1, momentum: 0.9, weightDecay }), 40);
      expect(of(weightDecay).perEpoch! / left[3]!).toBeCloseTo(1, 12);
      expect(of(weightDecay).overall! / left[39]!).toBeCloseTo(1, 12);
    }
    // not the factor of a settled step to the power of the steps
    expect(of(0.001).overall! / of(0.001).perStep! ** 40).toBeGreaterThan(1.005);
    expect(Math.abs(of(0.5).overall!)).toBeLessThan(of(0.5).perStep! ** 40);
  });
});

describe("decayFactor(lr, lambda, momentum, nesterov)", () => {
  const runs = fc.record({
    lr: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
    lambda: fc.double({ min: 0.1, max: 1, noNaN: true }),
    momentum: fc.double({ min: 0.05, max: 0.9, noNaN: true }),
    nesterov: fc.boolean(),
  });

  it("is the larger root of the recurrence that SGD's steps follow", () => {
    fc.assert(
      fc.property(runs, ({ lr, lambda, momentum, nesterov }) => {
        const z = decayFactor(lr, lambda, momentum, nesterov);
        const [w1, w2, w3, w4] = decayed(
          (p) => new optim.SGD([p], { lr, momentum, nesterov, weightDecay: lambda }),
          4,
        ) as [number, number, number, number];
        // two steps back determine the next: the product of the roots is a ratio of Casoratians
        const product = (w3 * w3 - w2 * w4) / (w2 * w2 - w1 * w3);
        if (z * z <= product * (1 + 1e-9)) {
          expect((z * z) / product).toBeCloseTo(1, 6);
        } else {
          const other = product / z;
          expect(Math.abs(other)).toBeLessThanOrEqual(Math.abs(z));
          expect(w4 - other * w3).toBeCloseTo(z * (w3 - other * w2), 8);
        }
      }),
    );
  });

  it("leaves the unit circle at stableProduct", () => {
    for (const [momentum, nesterov] of [
      [0, false],
      [0.3, false],
      [0.9, false],
      [0.3, true],
      [0.9, true],
    ] as const) {
      const edge = stableProduct(momentum, nesterov);
      expect(Math.abs(decayFactor(1, edge * 0.9999, momentum, nesterov))).toBeLessThan(1);
      expect(Math.abs(decayFactor(1, edge * 1.0001, momentum, nesterov))).toBeGreaterThan(1);
    }
  });
});
