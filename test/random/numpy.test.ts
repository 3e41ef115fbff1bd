import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumPy } from "../../src/random/index.js";
import { refuses } from "../nn/help.js";

const list = (values: ArrayLike<number>) => Array.from(values);
const sorted = (values: ArrayLike<number>) => Float64Array.from(values).sort();
const upTo = (n: number) => Float64Array.from({ length: n }, (_, i) => i);

describe("new NumPy(seed), seed", () => {
  test("new NumPy takes whole seeds in [0, 2³² − 1], as number or bigint", () => {
    for (const seed of [0, 1, 2 ** 32 - 1]) {
      expect(new NumPy(BigInt(seed)).randomSample(3)).toEqual(new NumPy(seed).randomSample(3));
    }
    const firsts = [0, 1, 14, 2 ** 31, 2 ** 32 - 1].map((seed) => new NumPy(seed).randomSample(1)[0]);
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  test("new NumPy([seed]) is another stream than new NumPy(seed), and every number of an array counts", () => {
    const first = (seed: number | number[]) => new NumPy(seed).randomSample(1)[0];
    expect(new Set([first(5), first([5]), first([5, 0]), first([0, 5]), first([5, 5])]).size).toBe(5);
    const long = Array.from({ length: 700 }, (_, i) => i);
    expect(first(long)).not.toBe(first(long.slice(0, 699)));
    expect(new NumPy(long).randomSample(700)).toEqual(new NumPy(long).randomSample(700));
  });

  test("new NumPy refuses every other seed with SEED", () => {
    for (const seed of [-1, 2 ** 32, 1.5, Number.NaN, Infinity, -1n, 2n ** 32n, 2n ** 64n]) {
      refuses(() => new NumPy(seed), "SEED", /\[0, 2³² − 1\]/);
      refuses(() => new NumPy([1, seed as number]), "SEED");
    }
    for (const seed of ["5", null, undefined, true, {}, 5e-324, new Date(0)]) {
      refuses(() => new NumPy(seed as number), "SEED");
    }
    refuses(() => new NumPy([]), "SEED", /at least one/);
  });

  test("seed(s) starts again as new NumPy(s), and clears the kept normal", () => {
    const generator = new NumPy(3);
    generator.standardNormal(5);
    generator.seed(8);
    expect(generator.standardNormal(4)).toEqual(new NumPy(8).standardNormal(4));
    generator.seed([8]);
    expect(generator.standardNormal(4)).toEqual(new NumPy([8]).standardNormal(4));
  });
});

describe("the state", () => {
  test("standardNormal keeps the second of a pair across every other call", () => {
    const calls: ((g: NumPy) => unknown)[] = [
      (g) => g.randomSample(3),
      (g) => g.uniform(0, 1, 2),
      (g) => g.randint(0, 10, 5),
      (g) => g.randint(0, 2 ** 40, 2),
      (g) => g.permutation(6),
      (g) => g.shuffle([1, 2, 3]),
      (g) => g.choice(5, 3),
      (g) => g.choice(5, 3, { replace: false }),
      (g) => g.standardNormal(0),
    ];
    const [, second] = new NumPy(14).standardNormal(2);
    for (const call of calls) {
      const generator = new NumPy(14);
      generator.standardNormal(1);
      call(generator);
      expect(generator.standardNormal(1)[0]).toBe(second);
    }
  });

  test("standardNormal(a), then standardNormal(b), is standardNormal(a + b)", () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), sizes, (seed, parts) => {
        const generator = new NumPy(seed);
        const drawn = parts.flatMap((n) => list(generator.standardNormal(n)));
        expect(drawn).toEqual(list(new NumPy(seed).standardNormal(drawn.length)));
      }),
    );
  });

  test("randomSample goes on from where the kept normal left it: a pair of normals costs at least two doubles", () => {
    const generator = new NumPy(0);
    generator.standardNormal(1);
    const next = generator.randomSample(1)[0];
    expect(list(new NumPy(0).randomSample(40)).indexOf(next!) % 2).toBe(0);
    expect(list(new NumPy(0).randomSample(40)).indexOf(next!)).toBeGreaterThan(0);
  });
});

describe("draws", () => {
  test("randomSample lies in [0, 1), uniform(low, high, n) is low + (high − low)·u", () => {
    const u = new NumPy(1).randomSample(1000);
    expect(u.every((x) => x >= 0 && x < 1)).toBe(true);
    expect(new NumPy(1).uniform(-2, 5, 1000)).toEqual(u.map((x) => -2 + 7 * x));
    expect(new NumPy(1).uniform(5, -2, 3)).toEqual(u.slice(0, 3).map((x) => 5 - 7 * x));
  });

  test("normal(loc, scale, n) is loc + scale·z; with scale 0 it still draws", () => {
    const z = new NumPy(2).standardNormal(9);
    expect(new NumPy(2).normal(3, 0.5, 9)).toEqual(z.map((x) => 3 + 0.5 * x));
    const generator = new NumPy(2);
    expect(generator.normal(3, 0, 2)).toEqual(Float64Array.of(3, 3));
    expect(generator.standardNormal(1)[0]).toBe(z[2]);
  });

  test("standardNormal has mean 0 and variance 1", () => {
    const z = new NumPy(3).standardNormal(20000);
    const mean = z.reduce((sum, x) => sum + x, 0) / z.length;
    const variance = z.reduce((sum, x) => sum + (x - mean) ** 2, 0) / z.length;
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(z.length));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / z.length));
  });

  test("randint(low, high, n) takes every whole number in [low, high) and no other, at any width", () => {
    expect(new Set(new NumPy(4).randint(-2, 3, 200))).toEqual(new Set([-2, -1, 0, 1, 2]));
    const width = fc.constantFrom(
      2,
      3,
      1000,
      2 ** 31 + 1,
      2 ** 32 - 1,
      2 ** 32,
      2 ** 32 + 1,
      2 ** 45,
      2 ** 52,
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1000 }),
        width,
        fc.integer({ min: -5, max: 5 }),
        (seed, most, low) => {
          const drawn = new NumPy(seed).randint(low, low + most, 20);
          expect(drawn.every((x) => Number.isSafeInteger(x) && x >= low && x < low + most)).toBe(true);
          expect(Math.max(...drawn) - low).toBeGreaterThan(most / 20); // not the low word alone
        },
      ),
      { seed: 14 },
    );
  });

  test("randint and uniform of a range of one draw nothing and one each", () => {
    const generator = new NumPy(5);
    expect(generator.randint(7, 8, 3)).toEqual([7, 7, 7]);
    expect(generator.randomSample(1)).toEqual(new NumPy(5).randomSample(1));
    expect(new NumPy(5).uniform(7, 7, 2)).toEqual(Float64Array.of(7, 7));
  });

  test("permutation(n) holds 0 … n − 1 once each, and is shuffle of them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 1000 }), (n, seed) => {
        const order = new NumPy(seed).permutation(n);
        expect(sorted(order)).toEqual(upTo(n));
        const array = list(upTo(n));
        new NumPy(seed).shuffle(array);
        expect(array).toEqual(list(order));
      }),
    );
    expect(list(new NumPy(0).permutation(50))).not.toEqual(list(upTo(50)));
  });

  test("shuffle moves every element to every place, evenly, whatever the elements are", () => {
    const counts = new Map<string, number>();
    const generator = new NumPy(6);
    for (let i = 0; i < 6000; i++) {
      const array = [null, "b", { c: 1 }];
      generator.shuffle(array);
      const key = JSON.stringify(array);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  test("choice(n, size) is randint(0, n, size); without replacement the head of permutation(n)", () => {
    expect(new NumPy(7).choice(9, 20)).toEqual(new NumPy(7).randint(0, 9, 20));
    expect(new NumPy(7).choice(9, 4, { replace: false })).toEqual(
      list(new NumPy(7).permutation(9)).slice(0, 4),
    );
    expect(new NumPy(7).choice(9, 9, { replace: false })).toEqual(list(new NumPy(7).permutation(9)));
  });
});

test("NumPy's draws refuse sizes and ranges that make no sense", () => {
  const g = new NumPy(0);
  for (const n of [-1, 1.5, Number.NaN, Infinity, "3" as unknown as number]) {
    for (const draw of [
      () => g.randomSample(n),
      () => g.standardNormal(n),
      () => g.uniform(0, 1, n),
      () => g.normal(0, 1, n),
      () => g.randint(0, 5, n),
      () => g.permutation(n),
      () => g.choice(5, n),
      () => g.choice(n, 1),
      () => g.choice(5, n, { replace: false }),
    ]) {
      refuses(draw, "VALUE");
    }
  }
  for (const bad of [Number.NaN, Infinity]) {
    refuses(() => g.uniform(bad, 1, 1), "VALUE", /low/);
    refuses(() => g.uniform(0, bad, 1), "VALUE", /high/);
    refuses(() => g.normal(bad, 1, 1), "VALUE", /loc/);
    refuses(() => g.normal(0, bad, 1), "VALUE", /scale/);
  }
  refuses(() => g.uniform(-1e308, 1e308, 1), "VALUE", /high/);
  refuses(() => g.normal(0, -1, 1), "VALUE", /scale/);
  for (const high of [5, 4, 5.5]) refuses(() => g.randint(5, high, 1), "VALUE", /high/);
  refuses(() => g.randint(-(2 ** 52), 2 ** 52 + 1, 1), "VALUE", /high − low/);
  refuses(() => g.choice(5, 6, { replace: false }), "VALUE", /at most n = 5/);
  refuses(() => g.choice(5, 1, { replaced: false } as object), "OPTION", /replaced/);
  refuses(() => g.choice(5, 1, { replace: 0 as unknown as boolean }), "VALUE", /replace/);
  expect(g.randomSample(1)).toEqual(new NumPy(0).randomSample(1)); // refusing draws nothing
});

test("randint(low, high, n) takes a range of 2⁵³, as its documentation says", () => {
  const [low, high] = [-(2 ** 52), 2 ** 52];
  expect(new NumPy(0).randint(low, high, 50).every((x) => x >= low && x < high)).toBe(true);
});

test("randint(low, high, n) draws again what a wide range does not hold, every one of them as often", () => {
  // of 34 bits a little more than half are in the range
  const most = 2 ** 33;
  const drawn = new NumPy(1).randint(0, most + 1, 4000);
  expect(Math.max(...drawn)).toBeLessThanOrEqual(most);
  for (const quarter of [0, 1, 2, 3]) {
    const count = drawn.filter((x) => Math.floor(x / 2 ** 31) === quarter).length;
    expect(Math.abs(count - 1000)).toBeLessThan(150);
  }
});
