import { describe, expect, test } from "vitest";
import { MSELoss, Tensor } from "../../src/nn/index.js";
import { Adam, AdamW, SGD } from "../../src/nn/optim.js";
import { refuses } from "./help.js";
import { RUNS, START, X, Y } from "./recorded.js";

const optimizers = { SGD, Adam, AdamW };
const parameter = (values: number[] = [1, -2]) => Tensor.from(values, { requiresGrad: true });

/**
 * Relative to the largest parameter, and to the loss. Both sides round each operation to 1e-16, but
 * PyTorch fuses multiply-adds and sums features in another order, and ten steps carry that on.
 */
const PYTORCH = { rtol: 4e-15, atol: 0, observed: 4.2e-16 };

describe("ten steps are PyTorch's", () => {
  test.each(RUNS)("$optimizer $options weightDecay $weightDecay", (run) => {
    const { optimizer: name, options, weightDecay, steps } = run;
    const weight = Tensor.from(START.weight, { requiresGrad: true });
    const bias = Tensor.from(START.bias, { requiresGrad: true });
    const [x, y] = [Tensor.from(X), Tensor.from(Y)];
    const decayed = weightDecay === null ? { params: weight } : { params: weight, weightDecay };
    const optimizer = new optimizers[name]([decayed, { params: [bias], weightDecay: 0 }], options as object);
    for (const [recordedLoss, ...recorded] of steps) {
      const loss = new MSELoss().forward(x.matmul(weight.T).add(bias), y);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      expect(Math.abs(loss.item() - recordedLoss)).toBeLessThanOrEqual(PYTORCH.rtol * recordedLoss);
      const largest = Math.max(...recorded.map(Math.abs));
      for (const [i, value] of [...weight.data, ...bias.data].entries()) {
        const error = Math.abs(value - recorded[i]!) / largest;
        expect(error).toBeLessThanOrEqual(PYTORCH.rtol);
      }
    }
  });
});

const all = [
  ["SGD", SGD],
  ["Adam", Adam],
  ["AdamW", AdamW],
] as const;

describe.each(all)("every optimiser: %s", (name, Optimizer) => {
  test(`${name} has PyTorch's defaults, and a group's options go before its own`, () => {
    const optimizer = new Optimizer([{ params: parameter(), weightDecay: 0.5 }, { params: parameter() }], {
      lr: 0.25,
    });
    const { params, ...options } = optimizer.paramGroups[1]!;
    expect(params.length).toBe(1);
    expect(options).toEqual(
      name === "SGD"
        ? { lr: 0.25, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false }
        : {
            lr: 0.25,
            betas: [0.9, 0.999],
            eps: 1e-8,
            weightDecay: name === "AdamW" ? 0.01 : 0,
            maximize: false,
          },
    );
    expect(optimizer.paramGroups[0]!.weightDecay).toBe(0.5);
    expect(new Optimizer([parameter()]).paramGroups[0]!.lr).toBe(0.001);
  });

  test(`${name} skips a parameter without a gradient, and does not decay it`, () => {
    const [used, unused] = [parameter(), parameter()];
    const optimizer = new Optimizer([used, unused], { lr: 0.1, weightDecay: 0.5 });
    used.sum().backward();
    optimizer.step();
    expect(used.toArray()).not.toEqual([1, -2]);
    expect(unused.toArray()).toEqual([1, -2]);
  });

  test(`${name} decays a parameter whose gradient is zero`, () => {
    const p = parameter();
    p.grad = Tensor.zeros([2]);
    new Optimizer([p], { lr: 0.1, weightDecay: 0.5 }).step();
    expect(Math.abs(p.data[0]!)).toBeLessThan(1);
    expect(Math.abs(p.data[1]!)).toBeLessThan(2);
  });

  test(`${name} takes options that change between steps, and refuses impossible ones before it changes anything`, () => {
    const [p, q] = [parameter(), parameter()];
    const optimizer = new Optimizer([{ params: p }, { params: q }], { lr: 0.1 });
    p.add(q).sum().backward();
    optimizer.paramGroups[1]!.lr = Number.NaN;
    refuses(() => optimizer.step(), "VALUE", /lr/);
    expect(p.toArray()).toEqual([1, -2]);
    optimizer.paramGroups[1]!.lr = 0;
    optimizer.step();
    expect(p.toArray()).not.toEqual([1, -2]);
    expect(q.toArray()).toEqual([1, -2]);
  });

  test(`${name} zeroGrad sets gradients to null`, () => {
    const p = parameter();
    p.sum().backward();
    new Optimizer([p]).zeroGrad();
    expect(p.grad).toBeNull();
  });

  test(`${name} refuses a rate or a decay that is negative, NaN or infinite`, () => {
    for (const value of [-0.1, Number.NaN, Number.POSITIVE_INFINITY, "0.1" as never]) {
      refuses(() => new Optimizer([parameter()], { lr: value }), "VALUE", /lr/);
      refuses(() => new Optimizer([parameter()], { weightDecay: value }), "VALUE", /weightDecay/);
      refuses(() => new Optimizer([{ params: parameter(), weightDecay: value }]), "VALUE", /weightDecay/);
    }
    refuses(() => new Optimizer([parameter()], { maximize: 1 as never }), "VALUE");
  });

  test(`${name} refuses a misspelt option, its own and a group's`, () => {
    refuses(() => new Optimizer([parameter()], { weight_decay: 0.1 } as never), "OPTION", /weightDecay/);
    refuses(() => new Optimizer([{ params: parameter(), weightdecay: 0.1 } as never]), "OPTION");
    refuses(() => new Optimizer([parameter()], { params: [] } as never), "OPTION");
    refuses(() => new Optimizer([parameter()], null as never), "OPTION");
  });

  test(`${name} refuses one tensor twice, in two groups or in one`, () => {
    const p = parameter();
    refuses(() => new Optimizer([{ params: p }, { params: [parameter(), p] }]), "VALUE", /twice/);
    refuses(() => new Optimizer([p, p]), "VALUE", /twice/);
  });

  test(`${name} refuses no parameters, and what is no parameter`, () => {
    refuses(() => new Optimizer([]), "VALUE", /at least one parameter/);
    refuses(() => new Optimizer([{ params: [] }]), "VALUE", /at least one parameter/);
    refuses(() => new Optimizer(parameter() as never), "VALUE", /an array/);
    refuses(() => new Optimizer([Tensor.from([1])]), "VALUE", /requiresGrad/);
    refuses(() => new Optimizer([parameter().mul(2)]), "VALUE", /leaf/);
    refuses(() => new Optimizer([{} as never]), "VALUE");
    refuses(() => new Optimizer([null as never]), "OPTION");
    refuses(() => new Optimizer([parameter(), { params: parameter() }] as never), "VALUE");
  });
});

describe("SGD's own options", () => {
  test("SGD refuses Nesterov without momentum", () => {
    refuses(() => new SGD([parameter()], { nesterov: true }), "OPTION", /Nesterov/);
    refuses(() => new SGD([{ params: parameter(), nesterov: true }]), "OPTION");
  });

  test("SGD refuses Nesterov with dampening", () => {
    refuses(() => new SGD([parameter()], { nesterov: true, momentum: 0.9, dampening: 0.1 }), "OPTION");
  });

  test("SGD refuses a momentum outside [0, 1] and a dampening that is no number", () => {
    for (const momentum of [-0.1, 1.1, Number.NaN]) {
      refuses(() => new SGD([parameter()], { momentum }), "VALUE", /momentum/);
    }
    refuses(() => new SGD([parameter()], { dampening: Number.NaN }), "VALUE", /dampening/);
    expect(new SGD([parameter()], { momentum: 1 }).paramGroups[0]!.momentum).toBe(1);
  });

  test("SGD does not dampen the first momentum step", () => {
    const p = parameter([1]);
    p.grad = Tensor.from([2]);
    new SGD([p], { lr: 0.5, momentum: 0.9, dampening: 0.5 }).step();
    expect(p.toArray()).toEqual([0]);
  });
});

describe("Adam's own options", () => {
  test.each([Adam, AdamW])("%o refuses betas outside [0, 1) and a negative eps", (Optimizer) => {
    for (const betas of [[1, 0.9], [0.9, -0.1], [Number.NaN, 0.9], [0.9], 0.9]) {
      refuses(() => new Optimizer([parameter()], { betas: betas as never }), "VALUE", /betas/);
    }
    refuses(() => new Optimizer([parameter()], { eps: -1e-8 }), "VALUE", /eps/);
  });

  test("Adam steps by lr while the gradient stays the same, for 5000 steps", () => {
    const p = parameter([0]);
    const optimizer = new Adam([p], { lr: 1, eps: 0 });
    p.grad = Tensor.from([3]);
    for (let t = 1; t <= 5000; t++) {
      const before = p.data[0]!;
      optimizer.step();
      expect(before - p.data[0]!).toBeCloseTo(1, 10);
    }
  });

  test("Adam corrects its bias by the float64 nearest to βᵗ", () => {
    const beta = 0.999;
    const p = parameter([0]);
    const optimizer = new Adam([p], { lr: 1, betas: [beta, 0], eps: 0 }); // β₂ = 0: v is g², its correction 1
    p.grad = Tensor.from([1]);
    const mantissa = BigInt(beta * 2 ** 53);
    let m = 0;
    for (let t = 1; t <= 400; t++) {
      // βᵗ exactly, as a whole number over 2⁵³ᵗ; the last bit of the first 200 stands for those after it
      const power = mantissa ** BigInt(t);
      const cut = BigInt(Math.max(0, power.toString(2).length - 200));
      const nearest = Number((power >> cut) | 1n) * 2 ** (Number(cut) - 53 * t);
      m += (1 - beta) * (1 - m);
      p.data[0] = 0;
      optimizer.step();
      expect(p.data[0]).toBe(-((1 / (1 - (t === 1 ? beta : nearest))) * m));
    }
  });

  test("Adam's decay passes through the scaling, whatever its size; AdamW's is 1 − lr·weightDecay", () => {
    const stepped = (Optimizer: typeof Adam | typeof AdamW, weightDecay: number) => {
      const p = parameter([1]);
      p.grad = Tensor.zeros([1]);
      new Optimizer([p], { lr: 0.1, weightDecay }).step();
      return p.data[0]!;
    };
    expect(stepped(Adam, 0.5)).toBeCloseTo(0.9, 7);
    expect(stepped(Adam, 5)).toBeCloseTo(0.9, 7);
    expect(stepped(AdamW, 0.5)).toBe(1 - 0.1 * 0.5);
    expect(stepped(AdamW, 5)).toBe(1 - 0.1 * 5);
  });
});
