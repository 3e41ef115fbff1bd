import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type MakeRegressionOptions, makeRegression } from "../../src/data/makeRegression.js";
import { largestEigenvalue } from "../../src/linalg/largestEigenvalue.js";
import { NumPy } from "../../src/random/index.js";
import { farthest } from "../linalg/random.js";
import { refuses } from "../nn/help.js";

const sizes = fc.record({
  nSamples: fc.integer({ min: 1, max: 12 }),
  nFeatures: fc.integer({ min: 1, max: 8 }),
  nInformative: fc.integer({ min: 0, max: 10 }),
  nTargets: fc.integer({ min: 1, max: 4 }),
  bias: fc.double({ min: -100, max: 100, noNaN: true }),
  shuffle: fc.boolean(),
  effectiveRank: fc.constantFrom(null, 1, 3),
  randomState: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});

describe("makeRegression", () => {
  test("makeRegression gives X [m×n], Y [m×k] and coef [n×k] with Y = X·coef + bias, for any sizes", () => {
    fc.assert(
      fc.property(sizes, (options) => {
        const { X, Y, coef } = makeRegression({ ...options, coef: true });
        const { nSamples: m, nFeatures: n, nTargets: k, nInformative, bias } = options;
        expect([X.shape, Y.shape, coef.shape]).toEqual([`[${m}×${n}]`, `[${m}×${k}]`, `[${n}×${k}]`]);
        expect(farthest(X.matmul(coef).plus(bias), Y)).toBeLessThan(1e-11);
        const rows = coef.toArray().filter((row) => row.some((x) => x !== 0));
        expect(rows.length).toBe(Math.min(n, nInformative));
        expect(coef.data.every((x) => x >= 0 && x < 100)).toBe(true);
      }),
    );
  });

  test("makeRegression() has scikit-learn's defaults", () => {
    const { X, Y, coef } = makeRegression({ randomState: 1, coef: true });
    expect([X.shape, Y.shape]).toEqual(["[100×100]", "[100×1]"]);
    expect(coef.data.filter((x) => x !== 0).length).toBe(10);
    expect(farthest(X.matmul(coef), Y)).toBeLessThan(1e-11);
    const spelt: MakeRegressionOptions = {
      nSamples: 100,
      nFeatures: 100,
      nInformative: 10,
      nTargets: 1,
      bias: 0,
      effectiveRank: null,
      tailStrength: 0.5,
      noise: 0,
      shuffle: true,
      coef: false,
      randomState: 1,
    };
    expect(makeRegression(spelt)).toEqual({ X, Y });
    expect("coef" in makeRegression({ randomState: 1 })).toBe(false);
  });

  test("makeRegression with the same seed gives the same, with another or with none something else", () => {
    const options = { nSamples: 3, nFeatures: 2 };
    expect(makeRegression({ ...options, randomState: 4 })).toEqual(
      makeRegression({ ...options, randomState: 4 }),
    );
    expect(makeRegression({ ...options, randomState: [4] })).toEqual(
      makeRegression({ ...options, randomState: [4] }),
    );
    const draws = [4, 5, [4], undefined, undefined].map(
      (randomState) =>
        makeRegression({ ...options, ...(randomState === undefined ? {} : { randomState }) }).X.data[0],
    );
    expect(new Set(draws).size).toBe(5);
  });

  test("makeRegression goes on with a generator that is passed in", () => {
    const generator = new NumPy(4);
    const first = makeRegression({ nSamples: 3, nFeatures: 3, randomState: generator });
    const second = makeRegression({ nSamples: 3, nFeatures: 3, randomState: generator });
    expect(first).toEqual(makeRegression({ nSamples: 3, nFeatures: 3, randomState: 4 }));
    expect(second).not.toEqual(first);
    const after = new NumPy(4);
    makeRegression({ nSamples: 3, nFeatures: 3, randomState: after });
    expect(second).toEqual(makeRegression({ nSamples: 3, nFeatures: 3, randomState: after }));
  });

  test("makeRegression's first noise is the normal that an odd X left over", () => {
    const [x, left] = new NumPy(0).standardNormal(2);
    const options = { nSamples: 1, nFeatures: 1, nInformative: 0, noise: 1, bias: 10, shuffle: false };
    const { X, Y } = makeRegression({ ...options, randomState: 0 });
    expect([X.data[0], Y.data[0]]).toEqual([x, 10 + left!]);
  });

  test("makeRegression adds noise of the deviation asked for", () => {
    const options = { nSamples: 4000, nFeatures: 2, shuffle: false, randomState: 6 };
    const [clean, noisy] = [makeRegression(options), makeRegression({ ...options, noise: 3 })];
    expect(noisy.X).toEqual(clean.X);
    const errors = noisy.Y.minus(clean.Y).data;
    const deviation = Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length);
    expect(Math.abs(deviation / 3 - 1)).toBeLessThan(5 / Math.sqrt(2 * errors.length));
  });

  test("makeRegression shuffles whole rows, and columns together with their coefficients", () => {
    const options = { nSamples: 30, nFeatures: 6, nInformative: 3, nTargets: 2, noise: 1, randomState: 7 };
    const plain = makeRegression({ ...options, shuffle: false, coef: true });
    const mixed = makeRegression({ ...options, coef: true });
    expect(plain.coef.slice(3).data.every((x) => x === 0)).toBe(true);
    const coefOf = (c: typeof plain.coef) => c.toArray().map(String).sort();
    expect(coefOf(mixed.coef)).toEqual(coefOf(plain.coef));
    const rowsOf = ({ X, Y }: typeof plain) =>
      X.toArray()
        .map((row, i) => [...row.toSorted((a, b) => a - b), ...Y.toArray()[i]!].join())
        .sort();
    expect(rowsOf(mixed)).toEqual(rowsOf(plain));
    expect(mixed.Y).not.toEqual(plain.Y);
    expect(mixed.coef).not.toEqual(plain.coef);
    const errors = (r: typeof plain) => Array.from(r.Y.minus(r.X.matmul(r.coef)).data).sort((a, b) => a - b);
    for (const [i, e] of errors(mixed).entries()) expect(Math.abs(e - errors(plain)[i]!)).toBeLessThan(1e-11);
  });

  test.each([
    [2, 0],
    [3, 0.5],
    [1, 1],
  ])(
    "makeRegression with effectiveRank %d and tailStrength %d has the singular values asked for",
    (rank, tail) => {
      const options = { nSamples: 20, nFeatures: 7, effectiveRank: rank, tailStrength: tail, randomState: 8 };
      for (const shape of [options, { ...options, nSamples: 7, nFeatures: 20 }]) {
        const { X } = makeRegression(shape);
        const gram = shape.nSamples > 7 ? X.T.matmul(X) : X.matmul(X.T);
        const s = Array.from({ length: 7 }, (_, i) => {
          return (1 - tail) * Math.exp(-((i / rank) ** 2)) + tail * Math.exp((-0.1 * i) / rank);
        });
        const trace = gram.toArray().reduce((sum, row, i) => sum + row[i]!, 0);
        const power = (p: number) => s.reduce((sum, x) => sum + x ** p, 0);
        expect(largestEigenvalue(gram.data, 7)).toBeCloseTo(1, 12);
        expect(trace).toBeCloseTo(power(2), 12);
        expect(gram.times(gram).sum()).toBeCloseTo(power(4), 12);
      }
    },
  );
});

test.each<[string, unknown[]]>([
  ["nSamples", [0, -1, 1.5, Number.NaN, "10"]],
  ["nFeatures", [0, 1.5, Number.NaN]],
  ["nInformative", [-1, 0.5, Number.NaN]],
  ["nTargets", [0, 1.5, Number.NaN]],
  ["bias", [Number.NaN, Infinity, "1"]],
  ["tailStrength", [-0.1, 1.1, Number.NaN]],
  ["noise", [-1, Number.NaN, Infinity]],
  ["shuffle", [0, 1, "true"]],
  ["coef", [0, 1, "true"]],
  ["effectiveRank", [0, -1, Number.NaN, "2"]],
])("makeRegression refuses %s out of its range", (name, values) => {
  for (const value of values) {
    refuses(() => makeRegression({ nSamples: 3, nFeatures: 3, [name]: value }), "VALUE", new RegExp(name));
  }
});

test("makeRegression refuses an effectiveRank below 1, as its documentation says", () => {
  refuses(() => makeRegression({ nSamples: 3, nFeatures: 3, effectiveRank: 0.5 }), "VALUE", /effectiveRank/);
});

test("makeRegression refuses seeds that NumPy refuses, and misspelt options", () => {
  for (const randomState of [-1, 2 ** 32, 0.5, "14", {}, []]) {
    refuses(() => makeRegression({ randomState: randomState as number }), "SEED");
  }
  refuses(() => makeRegression({ n_samples: 3 } as MakeRegressionOptions), "OPTION", /n_samples.*nSamples/);
  refuses(() => makeRegression(3 as MakeRegressionOptions), "OPTION");
});
