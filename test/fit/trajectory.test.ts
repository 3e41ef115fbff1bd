import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseTrace, readMatrix, type TrainingTrace } from "../../src/compare/trace.js";
import { Dataset } from "../../src/data/dataset.js";
import { makeRegression } from "../../src/data/makeRegression.js";
import { Moments } from "../../src/data/moments.js";
import { fit } from "../../src/fit/fit.js";
import { cheaperStrategy } from "../../src/fit/strategy.js";
import { LinearRegression } from "../../src/model/linearRegression.js";
import { Torch } from "../../src/random/torch.js";

const folder = join(import.meta.dirname, "../../golden/traces");
const traces = readdirSync(folder)
  .map((name) => parseTrace(readFileSync(join(folder, name), "utf8"), name))
  .filter((trace): trace is TrainingTrace => trace.kind === "training" && trace.optimizer.name === "SGD");

const rows = new Dataset(
  makeRegression({
    nSamples: 400,
    nFeatures: 5,
    nInformative: 4,
    nTargets: 2,
    noise: 3,
    bias: 1,
    randomState: 14,
  }),
);
const fresh = (lambda = 0.1) => new LinearRegression(5, 2, { lambda, generator: new Torch(14) });

describe("fit with strategy moments", () => {
  it.each(traces.filter(({ stable }) => stable))("walks the way of row by row: $name", (trace) => {
    const { lr, weightDecay, momentum = 0, dampening = 0, nesterov = false } = trace.optimizer;
    const dataset = ({ X, Y }: NonNullable<TrainingTrace["data"]["valid"]>) =>
      new Dataset({ X: readMatrix(X), Y: readMatrix(Y) });
    const train = dataset(trace.data);
    const valid = trace.data.valid && dataset(trace.data.valid);
    const run = (strategy: "rows" | "moments") => {
      const model = new LinearRegression(train.X.cols, train.Y.cols, { lambda: weightDecay });
      model.copyParams({ weight: readMatrix(trace.initial.weight), bias: readMatrix(trace.initial.bias) });
      const { epochs, batchSize } = trace;
      const options = {
        epochs,
        lr,
        batchSize,
        momentum,
        dampening,
        nesterov,
        strategy,
        ...(valid ? { valid } : {}),
      };
      return { model, result: fit(model, train, options) };
    };
    const [byRows, byMoments] = [run("rows"), run("moments")];
    expect(byRows.result.strategy).toBe("rows");
    expect(byMoments.result.strategy).toBe("moments");
    const largest = Math.max(...byRows.model.w.data.map(Math.abs));
    byRows.model.w.data.forEach((x, i) => {
      expect(Math.abs(x - byMoments.model.w.data[i]!)).toBeLessThanOrEqual(1e-12 * largest);
    });
    const meanSquare = train.Y.data.reduce((sum, y) => sum + y * y, 0) / train.Y.numel;
    byRows.result.log.forEach((entry, i) => {
      for (const key of ["mse", "mseValid"] as const) {
        if (entry[key] === null) continue;
        const difference = Math.abs(entry[key] - byMoments.result.log[i]![key]!);
        expect(difference).toBeLessThanOrEqual(1e-10 * entry[key] + 1e-13 * meanSquare);
      }
    });
  });

  it("diverges in the same epoch, with the same advice", () => {
    const trace = traces.find(({ stable }) => !stable)!;
    const train = new Dataset({ X: readMatrix(trace.data.X), Y: readMatrix(trace.data.Y) });
    const seen = (["rows", "moments"] as const).map((strategy) => {
      const model = new LinearRegression(train.X.cols, train.Y.cols, { lambda: trace.optimizer.weightDecay });
      model.copyParams({ weight: readMatrix(trace.initial.weight), bias: readMatrix(trace.initial.bias) });
      try {
        fit(model, train, { epochs: 400, lr: trace.optimizer.lr, batchSize: trace.batchSize, strategy });
      } catch (error) {
        const { epoch, safeLearningRate } = (error as { data: Record<string, number> }).data;
        return [epoch, safeLearningRate!.toPrecision(10)];
      }
      return null;
    });
    expect(seen[0]).not.toBeNull();
    expect(seen[1]).toEqual(seen[0]);
  });

  it("takes moments in place of rows, and validates on moments", () => {
    const [train, valid] = [rows.slice(0, 300), rows.slice(300)];
    const [a, b] = [fresh(), fresh()];
    const options = { epochs: 30, lr: 0.05 };
    const fromRows = fit(a, train, { ...options, batchSize: 100, valid, strategy: "moments" });
    const fromMoments = fit(b, Moments.ofBatches(train, 100), { ...options, valid: Moments.of(valid) });
    expect(fromMoments.strategy).toBe("moments");
    expect(b.w.data).toEqual(a.w.data);
    expect(fromMoments.log).toEqual(fromRows.log);
  });

  it("counts row weights: twice the weight is the row twice", () => {
    const weights = Array.from({ length: rows.rows }, (_, i) => i % 3);
    const repeated = rows.take(weights.flatMap((weight, i) => Array(weight).fill(i)));
    const [a, b] = [fresh(), fresh()];
    fit(a, new Dataset({ X: rows.X, Y: rows.Y, weights }), { epochs: 50, lr: 0.1 });
    fit(b, repeated, { epochs: 50, lr: 0.1 });
    for (const [i, x] of a.w.data.entries()) expect(x).toBeCloseTo(b.w.data[i]!, 10);
  });

  it("takes a loss from the rows where moments have too few digits for it, and says so where there are no rows", () => {
    const exact = new Dataset(
      makeRegression({ nSamples: 60, nFeatures: 3, nInformative: 3, nTargets: 1, randomState: 1 }),
    );
    const train = (data: Dataset | Moments) => {
      const model = new LinearRegression(3, 1, { lambda: 0, generator: new Torch(1) });
      return fit(model, data, { epochs: 400, lr: 0.5, strategy: "moments" });
    };
    const withRows = train(exact);
    expect(withRows.log.at(-1)!.mse).toBeGreaterThan(0);
    expect(withRows.log.at(-1)!.mse).toBeLessThan(1e-20);
    expect(withRows.warnings).toEqual([]);
    expect(train(Moments.of(exact)).warnings.join()).toContain("near a perfect fit");
  });

  it.each([
    ["shuffled", { shuffle: true, strategy: "moments" as const }, rows],
    ["rows of moments", { strategy: "rows" as const }, Moments.of(rows)],
    ["shuffled moments", { shuffle: true }, Moments.of(rows)],
  ])("refuses what cannot be: %s", (_, options, data) => {
    expect(() => fit(fresh(), data, { epochs: 1, lr: 0.1, ...options })).toThrow(
      expect.objectContaining({ code: "OPTION" }),
    );
  });

  it("refuses weights row by row", () => {
    const weighted = new Dataset({ X: rows.X, Y: rows.Y, weights: new Array(rows.rows).fill(2) });
    for (const options of [{ strategy: "rows" as const }, { shuffle: true }]) {
      expect(() => fit(fresh(), weighted, { epochs: 1, lr: 0.1, ...options })).toThrow(
        expect.objectContaining({ code: "OPTION" }),
      );
    }
  });
});

describe("strategy auto", () => {
  it("depends on shapes alone: many rows go by moments, one epoch of few goes row by row", () => {
    expect(cheaperStrategy(rows, null, 400, 1000)).toBe("moments");
    expect(cheaperStrategy(rows, null, 4, 1)).toBe("rows");
    expect(fit(fresh(), rows, { epochs: 1000, lr: 0.1 }).strategy).toBe("moments");
    expect(fit(fresh(), rows, { epochs: 1, lr: 0.1, batchSize: 4 }).strategy).toBe("rows");
  });

  it("goes row by row for shuffled rows and for a rule of one's own", () => {
    expect(fit(fresh(), rows, { epochs: 1000, lr: 0.1, shuffle: true }).strategy).toBe("rows");
    const own = fresh();
    own.update = function (...batch) {
      LinearRegression.prototype.update.apply(this, batch);
    };
    expect(fit(own, rows, { epochs: 20, lr: 0.1 }).strategy).toBe("rows");
  });
});
