import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blockCount, predict, squaredDifferences } from "../../src/kernels/reference.js";
import { Linear, Module, MSELoss, noGrad, Tensor } from "../../src/nn/index.js";
import { BLOCK_ROWS, columnSums } from "../../src/numbers/blockSum.js";
import { defaultGenerator, manualSeed, Torch } from "../../src/random/torch.js";
import { refuses } from "./help.js";
import { LINEAR } from "./recorded.js";

class Net extends Module {
  layer = new Linear(3, 2, { generator: new Torch(1) });
  scale = Tensor.from([1, 1], { requiresGrad: true });
  offset = Tensor.from([0, 0]);
  loss = new MSELoss();
  again = this.layer;
  last: Tensor | null = null;

  override forward(x: Tensor): Tensor {
    this.last = this.layer.forward(x).mul(this.scale).add(this.offset);
    return this.last;
  }
}

describe("Module", () => {
  test("namedParameters walks own tensors, then modules, each once, and no results", () => {
    const net = new Net();
    net.forward(Tensor.zeros([1, 3]));
    expect(net.namedParameters().map(([name]) => name)).toEqual(["scale", "layer.weight", "layer.bias"]);
    expect(net.parameters()).toEqual([net.scale, net.layer.weight, net.layer.bias]);
  });

  test("namedParameters gives a tensor that two modules share its first name alone", () => {
    class Tied extends Net {
      copy = this.layer.weight;
    }
    expect(new Tied().namedParameters().map(([name]) => name)).toEqual(["scale", "copy", "layer.bias"]);
  });

  test("namedParameters ends where modules hold each other", () => {
    const [a, b] = [new Net(), new Net()] as (Net & { other?: Module })[];
    a!.other = b!;
    b!.other = a!;
    expect(a!.namedParameters().map(([name]) => name)).toEqual([
      "scale",
      "layer.weight",
      "layer.bias",
      "other.scale",
      "other.layer.weight",
      "other.layer.bias",
    ]);
  });

  test("train and eval reach the modules inside", () => {
    const net = new Net();
    expect(net.training).toBe(true);
    expect(net.eval()).toBe(net);
    expect([net.training, net.layer.training, net.loss.training]).toEqual([false, false, false]);
    net.train();
    expect([net.training, net.layer.training]).toEqual([true, true]);
    refuses(() => net.train("no" as never), "VALUE");
  });

  test("zeroGrad sets every gradient to null", () => {
    const net = new Net();
    net
      .forward(Tensor.from([[1, 2, 3]]))
      .sum()
      .backward();
    expect(net.parameters().every((parameter) => parameter.grad !== null)).toBe(true);
    net.zeroGrad();
    expect(net.parameters().every((parameter) => parameter.grad === null)).toBe(true);
  });
});

describe("Linear", () => {
  test.each(LINEAR)("starts as PyTorch does with seed $seed, $inFeatures → $outFeatures", (recorded) => {
    const { seed, inFeatures, outFeatures, weight, bias } = recorded;
    const layer = new Linear(inFeatures, outFeatures, { generator: new Torch(seed) });
    expect(layer.weight.toArray()).toEqual(weight);
    expect(layer.bias.toArray()).toEqual(bias);
    expect(layer.weight.requiresGrad && layer.bias.requiresGrad).toBe(true);
  });

  test("draws from the default generator unless given one", () => {
    const { seed, inFeatures, outFeatures, weight } = LINEAR[0]!;
    manualSeed(seed);
    expect(new Linear(inFeatures, outFeatures).weight.toArray()).toEqual(weight);
    expect(defaultGenerator.rand(1)).not.toEqual(new Torch(seed).rand(1));
  });

  test("refuses sizes, generators and options that are none", () => {
    refuses(() => new Linear(0, 1), "VALUE");
    refuses(() => new Linear(1, 2.5), "VALUE");
    refuses(() => new Linear(1, 1, { generator: Math.random as never }), "VALUE");
    refuses(() => new Linear(1, 1, { seed: 1 } as never), "OPTION");
  });

  test("forward refuses other columns and dimensions", () => {
    const layer = new Linear(3, 2, { generator: new Torch(1) });
    refuses(() => layer.forward(Tensor.zeros([5, 2])), "SHAPE", /\[m×3\], got \[5×2\]/);
    refuses(() => layer.forward(Tensor.zeros([3])), "SHAPE");
    refuses(() => layer.forward([[1, 2, 3]] as never), "SHAPE");
  });

  test("forward has the same bits as the reference kernel's predict", () => {
    const sizes = fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 4 }));
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 1e9 }), ([m, n, k], seed) => {
        const generator = new Torch(seed);
        const layer = new Linear(n, k, { generator });
        const X = new Tensor(generator.randn(m * n), [m, n]);
        const expected = new Float64Array(m * k);
        predict(X.data, 0, m, n, layer.weight.toMatrix().T.data, layer.bias.data, k, expected);
        expect(layer.forward(X).data).toEqual(expected);
      }),
    );
  });
});

describe("MSELoss", () => {
  test("is the mean of the squared differences, with its gradient", () => {
    const input = Tensor.from(
      [
        [1, 2],
        [3, 5],
      ],
      { requiresGrad: true },
    );
    const loss = new MSELoss().forward(input, Tensor.zeros([2, 2]));
    expect(loss.item()).toBe(39 / 4);
    loss.backward();
    expect(input.grad!.toArray()).toEqual([
      [0.5, 1],
      [1.5, 2.5],
    ]);
  });

  test.each([1, 33, BLOCK_ROWS, BLOCK_ROWS + 1, 5 * BLOCK_ROWS + 7, 10_000])(
    "has the same bits as the reference kernel's sums for %i rows",
    (rows) => {
      const k = 3;
      const generator = new Torch(rows);
      const [input, target] = [0, 1].map(() => new Tensor(generator.randn(rows * k), [rows, k]));
      const sums = new Float64Array(blockCount(rows) * k);
      squaredDifferences(input!.data, target!.data, rows, k, sums);
      const expected = (sums[0]! + sums[1]! + sums[2]!) / (rows * k);
      expect(new MSELoss().forward(input!, target!).item()).toBe(expected);
    },
  );

  test("refuses different shapes, which PyTorch would broadcast", () => {
    const loss = new MSELoss();
    refuses(() => loss.forward(Tensor.zeros([20, 1]), Tensor.zeros([20])), "SHAPE", /\[20×1\] and \[20\]/);
    refuses(() => loss.forward(Tensor.zeros([20]), 0 as never), "VALUE");
  });
});

describe("columnSums", () => {
  test("adds rows in order inside a block, and blocks pairwise", () => {
    // 1e16 + 1 is 1e16, 1e16 + 2 is not: which ones are lost tells the order
    const rows = 4 * BLOCK_ROWS;
    const first = Float64Array.of(1e16, 1, 1);
    expect(columnSums(first, 3, 1)).toEqual(Float64Array.of(1e16));
    const values = new Float64Array(rows);
    for (const [block, value] of [1e16, 1, 1, 1].entries()) values[block * BLOCK_ROWS] = value;
    expect(columnSums(values, rows, 1)).toEqual(Float64Array.of(1e16 + 2));
    expect(columnSums(new Float64Array(0), 0, 2)).toEqual(Float64Array.of(0, 0));
  });
});

test("a notebook's peer evaluates without leaving a graph", () => {
  const net = new Net();
  const y = noGrad(() => net.eval().forward(Tensor.from([[1, 2, 3]])));
  expect(y.requiresGrad).toBe(false);
});
