import fc from "fast-check";
import { expect, test } from "vitest";
import { Python } from "../../src/random/index.js";
import { refuses } from "../nn/help.js";

const draws = (seed: number | bigint) => {
  const generator = new Python(seed);
  return [generator.random(), generator.random()];
};

test("new Python takes any whole seed, ignoring its sign, number and bigint alike", () => {
  for (const seed of [0, 14, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]) {
    expect(draws(BigInt(seed))).toEqual(draws(seed));
    expect(draws(-seed)).toEqual(draws(seed));
  }
  expect(draws(-(2n ** 100n))).toEqual(draws(2n ** 100n));
  const seeds = [0n, 1n, 2n ** 32n, 2n ** 32n + 1n, 2n ** 64n, 2n ** 100n];
  expect(new Set(seeds.map((seed) => draws(seed)[0])).size).toBe(seeds.length);
});

test("new Python refuses every other seed with SEED", () => {
  for (const seed of [0.5, Number.NaN, Infinity, 2 ** 53, "14", null, undefined, true, [14]]) {
    refuses(() => new Python(seed as number), "SEED", /bigint/);
  }
});

test("seed(s) starts again as new Python(s)", () => {
  const generator = new Python(1);
  generator.random();
  generator.seed(2);
  expect([generator.random(), generator.random()]).toEqual(draws(2));
});

test("random() lies in [0, 1), and uniform(a, b) is a + (b − a)·random()", () => {
  const [generator, again] = [new Python(3), new Python(3)];
  for (let i = 0; i < 1000; i++) {
    const u = generator.random();
    expect(u >= 0 && u < 1).toBe(true);
    expect(again.uniform(-3, 4)).toBe(-3 + 7 * u);
  }
});

test("shuffle(array) permutes in place, evenly, and leaves arrays of none and one alone", () => {
  fc.assert(
    fc.property(fc.array(fc.anything(), { maxLength: 40 }), fc.integer(), (array, seed) => {
      const before = [...array];
      new Python(seed).shuffle(array);
      const places = array.map((value) => before.findIndex((other) => Object.is(other, value)));
      expect(places.every((place) => place >= 0)).toBe(true);
      expect(array.length).toBe(before.length);
    }),
  );
  const counts = new Map<string, number>();
  const generator = new Python(4);
  for (let i = 0; i < 6000; i++) {
    const array = Int8Array.of(0, 1, 2);
    generator.shuffle(array);
    counts.set(array.join(), (counts.get(array.join()) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  const large = Array.from({ length: 500 }, (_, i) => i);
  generator.shuffle(large);
  expect([...large].sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, i) => i));
  const one = new Python(5);
  one.shuffle([]);
  one.shuffle([1]);
  expect(one.random()).toBe(draws(5)[0]);
});

test("uniform refuses ends that are not finite numbers", () => {
  for (const bad of [Number.NaN, Infinity, -Infinity, "1" as unknown as number]) {
    refuses(() => new Python(0).uniform(bad, 1), "VALUE", / a /);
    refuses(() => new Python(0).uniform(0, bad), "VALUE", / b /);
  }
});
