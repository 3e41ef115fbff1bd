import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LinearRegression } from "../../src/model/linearRegression.js";
import { manualSeed, Torch, type TorchRelease } from "../../src/random/index.js";
import { refuses } from "../nn/help.js";

const list = (values: ArrayLike<number>) => Array.from(values);

describe("new Torch(seed), manualSeed", () => {
  test("new Torch takes seeds in [−2⁶³, 2⁶⁴ − 1], of which the low 32 bits count", () => {
    const draw = (seed: number | bigint) => new Torch(seed).rand(2);
    expect(draw(14n)).toEqual(draw(14));
    expect(draw(2 ** 32 + 14)).toEqual(draw(14));
    expect(draw(2n ** 63n + 14n)).toEqual(draw(14));
    expect(draw(-1)).toEqual(draw(2n ** 64n - 1n));
    expect(draw(-(2n ** 63n))).toEqual(draw(0));
    expect(draw(-1)).toEqual(draw(2 ** 32 - 1));
    expect(draw(15)).not.toEqual(draw(14));
  });

  test("new Torch refuses every other seed with SEED", () => {
    for (const seed of [2n ** 64n, -(2n ** 63n) - 1n]) refuses(() => new Torch(seed), "SEED", /2⁶⁴ − 1/);
    for (const seed of [0.5, Number.NaN, Infinity, 2 ** 60, "1", null, undefined, [1]]) {
      refuses(() => new Torch(seed as number), "SEED", /bigint/);
    }
  });

  test("new Torch refuses releases and options that do not exist", () => {
    for (const release of ["1", "2.0", 2, null]) {
      refuses(() => new Torch(0, { release: release as TorchRelease }), "VALUE", /release/);
    }
    refuses(() => new Torch(0, { version: "2" } as object), "OPTION", /version/);
  });

  test("manualSeed(s) starts again as new Torch(s), clears the kept normal, and returns the generator", () => {
    const generator = new Torch(1);
    generator.randn(3);
    expect(generator.manualSeed(2)).toBe(generator);
    expect(generator.randn(4)).toEqual(new Torch(2).randn(4));
  });

  test("a refused manualSeed leaves the stream as it was", () => {
    const generator = new Torch(6);
    generator.randn(1);
    refuses(() => generator.manualSeed(0.5), "SEED");
    expect(generator.randn(1)[0]).toBe(new Torch(6).randn(2)[1]);
  });

  test("random.manualSeed(s) seeds what LinearRegression draws from unless given a generator", () => {
    const generator = manualSeed(9);
    const model = new LinearRegression(2, 1);
    expect(model.generator).toBe(generator);
    expect(list(model.w.data)).toEqual(list(new Torch(9).randn(2)));
    refuses(() => manualSeed(0.5), "SEED");
    manualSeed(67280421310721);
  });
});

describe("the state", () => {
  test("randn below 16 values keeps the second of a pair across rand, uniform, randperm and large randn", () => {
    const calls: ((g: Torch) => unknown)[] = [
      (g) => g.rand(3),
      (g) => g.uniform(-1, 1, 2),
      (g) => g.randperm(9),
      (g) => g.randn(16),
      (g) => g.randn(37),
      (g) => g.randn(0),
    ];
    const [, second] = new Torch(14).randn(2);
    for (const call of calls) {
      const generator = new Torch(14);
      generator.randn(1);
      call(generator);
      expect(generator.randn(1)[0]).toBe(second);
    }
  });

  test("randn(a), then randn(b), is randn(a + b) below 16 values", () => {
    const sizes = fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 8 }));
    fc.assert(
      fc.property(fc.integer(), sizes, (seed, [a, b]) => {
        const generator = new Torch(seed);
        const drawn = [...generator.randn(a), ...generator.randn(b)];
        expect(drawn).toEqual(list(new Torch(seed).randn(a + b)));
      }),
    );
  });

  test("randn(n) from 16 values draws n uniforms, and 16 more where n is no multiple of 16", () => {
    for (const [n, drawn] of [
      [16, 16],
      [17, 33],
      [32, 32],
      [47, 63],
    ] as const) {
      const [generator, counting] = [new Torch(3), new Torch(3)];
      generator.randn(n);
      counting.rand(drawn);
      expect(generator.rand(1)).toEqual(counting.rand(1));
    }
  });

  test("randn(n) from 16 values fills blocks of 16, and its last 16 anew where n is no multiple", () => {
    const [long, short] = [new Torch(4).randn(40), new Torch(4).randn(32)];
    expect(list(long.subarray(0, 24))).toEqual(list(short.subarray(0, 24)));
    const again = new Torch(4);
    again.rand(40);
    expect(list(long.subarray(24))).toEqual(list(again.randn(16)));
  });
});

describe("draws", () => {
  test("rand lies in [0, 1), uniform(from, to, n) in [from, to]", () => {
    const u = new Torch(1).rand(1000);
    expect(u.every((x) => x >= 0 && x < 1)).toBe(true);
    const drawn = new Torch(1).uniform(-2, 3, 1000);
    expect(drawn.every((x, i) => x >= -2 && x <= 3 && Math.abs(x - (5 * u[i]! - 2)) < 1e-15)).toBe(true);
    expect(new Torch(1).uniform(2, 2, 3)).toEqual(Float64Array.of(2, 2, 2));
    expect(drawn.some((x, i) => x !== u[i]! * 5 - 2)).toBe(true); // fused
  });

  test.each([1, 15, 16, 17, 20000])("randn(%d), taken often, has mean 0 and variance 1", (n) => {
    const generator = new Torch(2);
    const z = Array.from({ length: Math.ceil(20000 / n) }, () => list(generator.randn(n))).flat();
    const mean = z.reduce((sum, x) => sum + x, 0) / z.length;
    const variance = z.reduce((sum, x) => sum + (x - mean) ** 2, 0) / z.length;
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(z.length));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / z.length));
  });

  test('randn of release "1.13" differs from "2" in the last place, below 16 values alone', () => {
    const [now, then] = [new Torch(5), new Torch(5, { release: "1.13" })];
    let different = 0;
    for (let i = 0; i < 2000; i++) {
      const [a, b] = [now.randn(1)[0]!, then.randn(1)[0]!];
      if (a !== b) different++;
      expect(Math.abs(a - b)).toBeLessThanOrEqual(2 ** -50 * Math.abs(a));
    }
    expect(different).toBeGreaterThan(10);
    expect(different).toBeLessThan(400);
    expect(new Torch(5, { release: "1.13" }).randn(48)).toEqual(new Torch(5).randn(48));
  });

  test("randperm(n) holds 0 … n − 1 once each, evenly", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer(), (n, seed) => {
        const order = new Torch(seed).randperm(n);
        expect(Uint32Array.from(order).sort()).toEqual(Uint32Array.from({ length: n }, (_, i) => i));
      }),
    );
    const counts = new Map<string, number>();
    const generator = new Torch(6);
    for (let i = 0; i < 6000; i++) {
      const key = generator.randperm(3).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  test("randperm(n) draws n − 1 times 32 bits", () => {
    const [generator, counting] = [new Torch(7), new Torch(7)];
    generator.randperm(9);
    counting.rand(4); // two draws each
    expect(generator.rand(1)).toEqual(counting.rand(1));
  });

  test("rand, randn, uniform and randperm refuse sizes and ranges that make no sense", () => {
    const g = new Torch(0);
    for (const n of [-1, 1.5, Number.NaN, Infinity, "3" as unknown as number]) {
      for (const draw of [() => g.rand(n), () => g.randn(n), () => g.uniform(0, 1, n), () => g.randperm(n)]) {
        refuses(draw, "VALUE");
      }
    }
    refuses(() => g.randperm(214748364), "VALUE", /2³²\/20/);
    for (const bad of [Number.NaN, Infinity, -Infinity, 2 ** 900]) {
      refuses(() => g.uniform(bad, 1, 1), "VALUE", /from/);
      refuses(() => g.uniform(0, bad, 1), "VALUE", /to/);
    }
    refuses(() => g.uniform(1, 0, 1), "VALUE", /≥ from = 1/);
    expect(g.rand(1)).toEqual(new Torch(0).rand(1));
  });
});
