import { describe, expect, test } from "vitest";
import { noGrad, Tensor } from "../../src/nn/index.js";
import { refuses } from "./help.js";

const leaf = (value: number | number[]) => Tensor.from(value, { requiresGrad: true });

describe("backward", () => {
  test("accumulates in grad, in the same tensor, until it is set to null", () => {
    const x = leaf([1, 2]);
    x.mul(3).sum().backward();
    const { grad } = x;
    x.mul(x).sum().backward();
    expect(x.grad).toBe(grad);
    expect(x.grad!.toArray()).toEqual([5, 7]);
    x.grad = null;
    x.sum().backward();
    expect(x.grad!.toArray()).toEqual([1, 1]);
  });

  test("adds up every path to a leaf", () => {
    const x = leaf(2);
    const y = x.mul(x); // x²
    y.mul(y).add(y).add(x).backward(); // x⁴ + x² + x
    expect(x.grad!.item()).toBe(4 * 8 + 2 * 2 + 1);
  });

  test("leaves each leaf a gradient with memory of its own", () => {
    const [x, y] = [leaf([1, 2]), leaf([3, 4])];
    x.clone().add(y.clone()).sum().backward();
    x.grad!.data[0] = 9;
    expect(y.grad!.toArray()).toEqual([1, 1]);
  });

  test("gives no gradient to results, detached tensors and tensors that require none", () => {
    const [x, fixed] = [leaf(2), Tensor.from(5)];
    const y = x.mul(fixed);
    y.mul(y.detach()).backward();
    expect(x.grad!.item()).toBe(50);
    expect([y.grad, fixed.grad]).toEqual([null, null]);
    expect(x.grad!.requiresGrad).toBe(false);
  });

  test("on a leaf itself adds 1 each time", () => {
    const x = leaf(2);
    x.backward();
    x.backward();
    expect(x.grad!.item()).toBe(2);
  });

  test("takes any tensor of one entry", () => {
    const x = leaf([3]);
    x.pow(2).backward();
    expect(x.grad!.toArray()).toEqual([6]);
  });

  test("goes through a chain of 50 000 operations", () => {
    const x = leaf(1);
    let y = x;
    for (let i = 0; i < 50_000; i++) y = y.add(x);
    y.backward();
    expect(x.grad!.item()).toBe(50_001);
  });

  test("walks a lattice of shared results once each, not once a path", () => {
    const x = leaf(1);
    let y = x;
    for (let i = 0; i < 100; i++) y = y.add(y);
    y.backward();
    expect(x.grad!.item()).toBe(2 ** 100);
  });

  test("is refused a second time through the same graph", () => {
    const x = leaf(2);
    const y = x.mul(x);
    y.backward();
    refuses(() => y.backward(), "AUTOGRAD", /backward was already called through this graph/);
    expect(x.grad!.item()).toBe(4);
  });

  test("is refused through a shared part that was set free, and changes no gradient then", () => {
    const [x, z] = [leaf(2), leaf(3)];
    const shared = x.mul(x);
    const [first, second] = [shared.mul(2), z.mul(z).add(shared)];
    first.backward();
    refuses(() => second.backward(), "AUTOGRAD");
    expect(z.grad).toBeNull();
    expect(x.grad!.item()).toBe(8);
    refuses(() => shared.add(1).backward(), "AUTOGRAD");
  });

  test("is refused on more than one entry, and where nothing requires a gradient", () => {
    refuses(() => leaf([1, 2]).mul(2).backward(), "AUTOGRAD", /one entry, got \[2\]/);
    refuses(() => leaf([]).mul(2).backward(), "AUTOGRAD");
    refuses(() => Tensor.from(1).mul(2).backward(), "AUTOGRAD", /requires no gradient/);
    refuses(() => leaf(1).detach().backward(), "AUTOGRAD");
  });
});

describe("noGrad", () => {
  test("records nothing, and returns what the function returns", () => {
    const x = leaf(2);
    const y = noGrad(() => x.mul(x));
    expect(y.item()).toBe(4);
    expect([y.requiresGrad, y.isLeaf]).toEqual([false, true]);
    expect(x.mul(x).requiresGrad).toBe(true);
  });

  test("nests", () => {
    const x = leaf(2);
    noGrad(() => {
      noGrad(() => x.mul(x));
      expect(x.mul(x).requiresGrad).toBe(false);
    });
    expect(x.mul(x).requiresGrad).toBe(true);
  });

  test("restores recording when the function throws", () => {
    const failure = new Error("inside");
    expect(() =>
      noGrad(() => {
        throw failure;
      }),
    ).toThrow(failure);
    expect(leaf(2).mul(2).requiresGrad).toBe(true);
  });

  test("lets a leaf made inside require a gradient", () => {
    expect(noGrad(() => leaf(2)).requiresGrad).toBe(true);
  });

  test("refuses an asynchronous function", () => {
    refuses(() => noGrad(async () => 1), "VALUE", /promise/);
    expect(leaf(2).mul(2).requiresGrad).toBe(true);
  });
});
