import { expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { Moments } from "../../src/data/moments.js";
import { fit } from "../../src/fit/fit.js";
import { cheaperStrategy } from "../../src/fit/strategy.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { LinearRegression } from "../../src/model/linearRegression.js";
import { Torch } from "../../src/random/torch.js";

const rowsOf = (m: number, n: number, k: number) => new Dataset({ X: new Matrix(m, n), Y: new Matrix(m, k) });

it("cheaperStrategy is the one of fewer multiply-adds, on both sides of the number of epochs where they cost the same", () => {
  // [m, n, k, batch, v]: rows cost 2mnk + 20·batches + vnk an epoch, moments (m + v)(n + k)²/8 + 300·batches once
  // and (n²k + 20)·(batches, and one for validation) an epoch
  for (const [m, n, k, batch, v] of [
    [1000, 4, 2, 1000, 0],
    [1000, 4, 3, 100, 0],
    [1000, 4, 3, 100, 500],
    [990, 6, 3, 100, 70],
  ] as const) {
    const batches = Math.ceil(m / batch);
    const once = ((m + v) * (n + k) ** 2) / 8 + 300 * batches;
    const saved = 2 * m * n * k + 20 * batches + v * n * k - (n * n * k + 20) * (batches + (v > 0 ? 1 : 0));
    const even = once / saved;
    const valid = v > 0 ? rowsOf(v, n, k) : null;
    expect(cheaperStrategy(rowsOf(m, n, k), valid, batch, Math.ceil(even) + 1)).toBe("moments");
    expect(cheaperStrategy(rowsOf(m, n, k), valid, batch, Math.max(0, Math.floor(even) - 1))).toBe("rows");
  }
});

it("cheaperStrategy never takes the moments of single rows", () => {
  expect(cheaperStrategy(rowsOf(1000, 5, 1), null, 1, 1e6)).toBe("rows");
});

it('fit with strategy "auto" takes moments for weighted rows, and where it validates on moments', () => {
  const [X, Y] = [[[1], [2], [4]], [[1], [2], [3]]]; // biome-ignore format: rows
  const strategyOf = (train: Dataset, valid?: Dataset | Moments) =>
    fit(new LinearRegression(1, 1, { generator: new Torch(1) }), train, {
      epochs: 1,
      lr: 0.01,
      batchSize: 1,
      ...(valid && { valid }),
    }).strategy;
  const plain = new Dataset({ X, Y });
  expect(strategyOf(plain)).toBe("rows");
  expect(strategyOf(plain, plain)).toBe("rows");
  expect(strategyOf(plain, Moments.of(plain))).toBe("moments");
  expect(strategyOf(new Dataset({ X, Y, weights: [1, 2, 3] }))).toBe("moments");
});
