import { describe, expect, it } from "vitest";
import { PRESETS } from "../../lab/presets.js";
import { problemOf, startOf } from "../../lab/problem.js";
import { defaults, type State } from "../../lab/state.js";
import { decayStudy, pairStudy, pathStudy } from "../../lab/study.js";
import { Trainer } from "../../lab/trainer.js";
import { chooseLambda, fit, Moments, ridge, stableLearningRate } from "../../src/index.js";

const setting = (set: Partial<State> = {}): State => ({ ...defaults(), valid: 200, ...set });
const trainer = (state: State) => new Trainer(problemOf(state, null), state);
const untilRest = (of: Trainer) => {
  while (of.converge(50));
  return of.snapshot(false);
};

describe("Trainer", () => {
  it("has the bits of fit, by epochs and batch by batch", () => {
    const state = setting();
    const { train, valid } = problemOf(state, null);
    const model = startOf(state, 6, 3);
    const { log } = fit(model, train, {
      epochs: 16,
      lr: 0.01,
      batchSize: 33,
      valid: valid!,
      strategy: "rows",
    });
    const byEpochs = trainer(state);
    while (byEpochs.run(1000));
    const byBatches = trainer(state);
    for (let i = 0; i < 64; i++) byBatches.stepBatch();
    for (const one of [byEpochs, byBatches]) {
      const { log: seen, w, b, epoch, batch } = one.snapshot(false);
      expect({ epoch, batch }).toEqual({ epoch: 16, batch: 0 });
      expect(seen.mse).toEqual(log.map(({ mse }) => mse));
      expect(seen.mseValid).toEqual(log.map(({ mseValid }) => mseValid));
      expect([w, b]).toEqual([model.w.data, model.b.data]);
    }
  });

  it("comes to rest at ridge, by its map and with momentum", () => {
    for (const momentum of [0, 0.5]) {
      const state = setting({ batch: 100, lambda: 0.3, lr: 0.1, momentum });
      const goal = ridge(problemOf(state, null).train, { lambda: 0.3 });
      const { w, ended } = untilRest(trainer(state));
      expect(ended?.reason).toBe("converged");
      w.forEach((x, i) => {
        expect(x).toBeCloseTo(goal.w.data[i]!, 8);
      });
    }
  });

  it("takes new settings between steps", () => {
    const state = setting();
    const one = trainer(state);
    one.stepEpoch();
    one.set({ ...state, lambda: 5, batch: 50, optimizer: "adamw" });
    one.stepEpoch();
    one.set({ ...state, lambda: 5, momentum: 0.9 });
    one.stepEpoch();
    const { log, penalty, norm } = one.snapshot(false);
    expect(log.epoch).toEqual([0, 1, 2]);
    expect(penalty).toBeCloseTo(2.5 * norm * norm, 10);
  });

  it.each([
    ["run", "diverged"],
    ["converge", "unstable"],
  ] as const)("%s at too large a rate ends, and says which would do", (how, reason) => {
    const one = trainer(setting({ lr: 8, epochs: 100_000 }));
    while (one[how](50));
    const { ended } = one.snapshot(false);
    expect(ended?.reason).toBe(reason);
    expect(ended?.message).toMatch(/rate of [\d.]+ is safe|[\d.]+ does/);
  });

  it("trains after convergence was refused, at the same rate and at a smaller one", () => {
    const state = setting({ lr: 3 });
    const one = trainer(state);
    expect(one.converge(50)).toBe(false);
    expect(one.snapshot(false)).toMatchObject({ epoch: 0, ended: { reason: "unstable" } });
    one.goOn();
    one.again();
    one.stepBatch();
    expect(one.snapshot(false)).toMatchObject({ batch: 1, ended: null });
    one.converge(50);
    one.set({ ...state, lr: 0.1 });
    while (one.run(50));
    expect(one.snapshot(false).ended).toEqual({ reason: "epochs", message: "Done: 16 epochs." });
    one.goOn();
    one.again();
    while (one.run(50));
    expect(one.snapshot(false).ended).toEqual({ reason: "epochs", message: "Done: 32 epochs." });
  });

  it("says of a loss that explodes that it diverges, though its numbers are finite", () => {
    const one = trainer(setting({ lr: 10 }));
    while (one.run(50));
    const { mse, ended } = one.snapshot(false);
    expect(Number.isFinite(mse)).toBe(true);
    expect(ended).toMatchObject({ reason: "unstable", message: expect.stringContaining("it diverges") });
  });

  it("trains many rows from their moments, and thins a long log but keeps its last epoch", () => {
    const state = setting({ train: 50_000, valid: 100, epochs: 10_000, batch: 50_000, lr: 1e-4 });
    const one = trainer(state);
    while (one.run(200));
    const { log, epoch } = one.snapshot(false);
    expect(epoch).toBe(10_000);
    expect(log.epoch.length).toBeLessThanOrEqual(2001);
    expect(log.epoch.at(-1)).toBe(9999);
  }, 60_000);
});

describe("what λ does", () => {
  it.each(Object.keys(PRESETS))("%s: the two gradients cancel at the ridge point", (name) => {
    const state = { ...setting(PRESETS[name]!.set), features: Math.max(2, PRESETS[name]!.set.features ?? 6) };
    const problem = problemOf(state, null);
    const pair = pairStudy(problem, state, pathStudy(problem));
    const goal = ridge(problem.train, { lambda: state.lambda });
    const k = problem.train.Y.cols;
    const size = Math.max(Math.abs(goal.w.data[0]!), Math.abs(goal.w.data[k]!));
    expect(Math.abs(pair.ridge[0] - goal.w.data[0]!)).toBeLessThan(1e-9 * size);
    expect(Math.abs(pair.ridge[1] - goal.w.data[k]!)).toBeLessThan(1e-9 * size);
  });

  it("has the trail over the same two features as the contours, also where one is chosen twice", () => {
    const state = setting({ first: 2, second: 2 });
    const one = trainer(state);
    const problem = problemOf(state, null);
    const { w, trail } = one.snapshot(false);
    expect(trail.at(-1)).toEqual([w[2 * 3], w[3 * 3]]);
    expect(pairStudy(problem, state, pathStudy(problem)).names).toEqual(
      [2, 3].map((j) => problem.train.inputs[j]),
    );
  });

  it("holds a line that an outlier pulls, at the preset's λ too", () => {
    for (const seed of [14, 15, 16, 17]) {
      const state = { ...defaults(), ...PRESETS.outlier!.set, seed };
      const problem = problemOf(state, null);
      const { valid, lambdas } = pathStudy(problem);
      const least = Math.min(...valid!);
      expect(least).toBeLessThan(0.9 * valid!.at(-1)!);
      const near = lambdas.findIndex((lambda) => lambda <= state.lambda);
      expect(valid![near]).toBeLessThan(0.9 * valid!.at(-1)!);
    }
  });

  it("chooses λ over the grid and the folds of the command line", () => {
    const sets: Partial<State>[] = [
      { train: 60, noise: 30 },
      { train: 40, features: 3, noise: 0.001 },
      { noise: 1000 },
    ];
    for (const set of sets) {
      const { train } = problemOf(setting(set), null);
      const choice = chooseLambda(train, { folds: 5, randomState: 14, standardize: false, pool: "raw" });
      const { lambdas, best, folds, foldsError } = pathStudy(problemOf(setting(set), null));
      const shown = choice.curve.filter((point) => point.lambda >= lambdas.at(-1)!);
      expect(best).toBe(choice.lambda);
      expect(lambdas).toEqual(shown.map(({ lambda }) => lambda));
      expect(folds).toEqual(shown.map(({ error }) => error));
      expect(foldsError).toEqual(shown.map(({ standardError }) => standardError));
    }
  });

  it("SGD decays the same either way, Adam does not", () => {
    const state = setting({ lambda: 1 });
    const problem = problemOf(state, null);
    const { rate } = stableLearningRate(Moments.of(problem.train), { lambda: 1 });
    const study = decayStudy(problem, startOf(state, 6, 3), 1, rate);
    expect(study.sgdApart).toBeLessThan(1e-13);
    expect(Math.abs(study.adamCoupled.at(-1)! / study.adamDecoupled.at(-1)! - 1)).toBeGreaterThan(0.05);
  });

  it("compares the decays at rates that are stable, however large λ is", () => {
    const problem = problemOf(setting(), null);
    const { rate } = stableLearningRate(Moments.of(problem.train), { lambda: 1000 });
    const { adamDecoupled } = decayStudy(problem, startOf(setting(), 6, 3), 1000, rate);
    expect(Math.max(...adamDecoupled)).toBe(adamDecoupled[0]);
  });

  it("decays the start away where decay decides, as the derivation's table says", () => {
    const state = { ...defaults(), ...PRESETS.decides!.set };
    const one = trainer(state);
    while (one.run(1000));
    const { mse, mseValid, norm } = one.snapshot(false);
    expect([mse.toPrecision(2), mseValid!.toFixed(4), norm.toFixed(3)]).toEqual([
      "0.00046",
      "0.0321",
      "0.088",
    ]);
  });
});
