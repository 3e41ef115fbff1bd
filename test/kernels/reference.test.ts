import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  augmentedGram,
  blockCount,
  centredGram,
  centredSums,
  columnSumsCentred,
  matmul,
  mergeBlocks,
  predict,
  residualSums,
  squaredDifferences,
  squaredErrors,
  stepSums,
  sumsLength,
} from "../../src/kernels/reference.js";
import { BLOCK_ROWS, columnSums } from "../../src/numbers/blockSum.js";
import { NumPy, Torch } from "../../src/random/index.js";

const SIZES = [0, 1, 2, 3, 7, 8, 9, 31, 33, 1023, 1024, 1025, 3000];

/** A problem of normal numbers whose rows differ in size, so that another order of a sum shows. */
function problem(rows: number, n = 4, k = 3, seed = 14) {
  const generator = new NumPy(seed);
  const X = generator.standardNormal(rows * n).map((x, at) => x * 10 ** (Math.floor(at / n) % 7));
  const Y = generator.standardNormal(rows * k).map((y) => 100 * y);
  return { X, Y, n, k, w: generator.standardNormal(n * k), b: generator.standardNormal(k) };
}

/** What is left in `sums`, which starts as rubbish, when a kernel has run. */
function run(length: number, blocks: number, kernel: (sums: Float64Array) => void): number[] {
  const sums = new Float64Array(blocks * length).fill(Number.NaN);
  kernel(sums);
  return Array.from(sums.subarray(0, length));
}

/** Predictions minus targets of rows that were gathered beforehand. */
function residuals({ X, Y, n, k, w, b }: ReturnType<typeof problem>, rows: ArrayLike<number>): Float64Array {
  const R = new Float64Array(rows.length * k);
  for (let p = 0; p < rows.length; p++) {
    predict(X, rows[p]!, rows[p]! + 1, n, w, b, k, R.subarray(p * k, (p + 1) * k));
    for (let l = 0; l < k; l++) R[p * k + l]! -= Y[rows[p]! * k + l]!;
  }
  return R;
}

const range = (start: number, stop: number) => Array.from({ length: stop - start }, (_, i) => start + i);
const gather = (A: Float64Array, cols: number, rows: ArrayLike<number>) =>
  Float64Array.from(
    { length: rows.length * cols },
    (_, at) => A[rows[Math.floor(at / cols)]! * cols + (at % cols)]!,
  );

describe.each(SIZES)("%d rows", (rows) => {
  const data = problem(rows);
  const { X, Y, n, k, w, b } = data;
  const length = sumsLength(n, k);
  const blocks = blockCount(rows);

  test("stepSums has the bits of predict, a subtraction, and residualSums", () => {
    const fused = run(length, blocks, (sums) => stepSums(X, Y, null, 0, rows, n, k, w, b, sums));
    const R = residuals(data, range(0, rows));
    expect(fused).toEqual(run(length, blocks, (sums) => residualSums(X, 0, rows, n, R, k, sums)));
  });

  test("stepSums with an order has the bits of stepSums of the rows in that order", () => {
    const order = new Torch(rows).randperm(rows);
    const ordered = run(length, blocks, (sums) => stepSums(X, Y, order, 0, rows, n, k, w, b, sums));
    const [X2, Y2] = [gather(X, n, order), gather(Y, k, order)];
    expect(ordered).toEqual(run(length, blocks, (sums) => stepSums(X2, Y2, null, 0, rows, n, k, w, b, sums)));
  });

  test("stepSums, residualSums and squaredErrors of a part are those of that part on its own", () => {
    const [start, stop] = [Math.floor(rows / 3), rows - Math.floor(rows / 5)];
    const part = range(start, stop);
    const [X2, Y2] = [gather(X, n, part), gather(Y, k, part)];
    const R = residuals(data, part);
    const count = blockCount(part.length);
    const alone = run(length, count, (sums) => stepSums(X2, Y2, null, 0, part.length, n, k, w, b, sums));
    expect(run(length, count, (sums) => stepSums(X, Y, null, start, stop, n, k, w, b, sums))).toEqual(alone);
    expect(run(length, count, (sums) => residualSums(X, start, stop, n, R, k, sums))).toEqual(alone);
    const order = Uint32Array.from(range(0, rows));
    expect(run(length, count, (sums) => stepSums(X, Y, order, start, stop, n, k, w, b, sums))).toEqual(alone);
    expect(run(k, count, (sums) => squaredErrors(X, Y, start, stop, n, k, w, b, sums))).toEqual(
      alone.slice((n + 1) * k),
    );
  });

  test("squaredErrors has the bits of squaredDifferences of predict, and of stepSums' last sums", () => {
    const prediction = new Float64Array(rows * k);
    predict(X, 0, rows, n, w, b, k, prediction);
    const errors = run(k, blocks, (sums) => squaredErrors(X, Y, 0, rows, n, k, w, b, sums));
    expect(errors).toEqual(run(k, blocks, (sums) => squaredDifferences(prediction, Y, rows, k, sums)));
    const all = run(length, blocks, (sums) => stepSums(X, Y, null, 0, rows, n, k, w, b, sums));
    expect(errors).toEqual(all.slice((n + 1) * k));
  });

  test("residualSums has the bits of columnSums of x·r, r and r²", () => {
    const R = residuals(data, range(0, rows));
    const entries = (i: number) => {
      const r = Array.from(R.subarray(i * k, (i + 1) * k));
      const x = Array.from(X.subarray(i * n, (i + 1) * n));
      return [...x.flatMap((xj) => r.map((rl) => xj * rl)), ...r, ...r.map((rl) => rl * rl)];
    };
    const table = Float64Array.from(range(0, rows).flatMap(entries));
    expect(run(length, blocks, (sums) => residualSums(X, 0, rows, n, R, k, sums))).toEqual(
      Array.from(columnSums(table, rows, length)),
    );
  });

  test("kernels leave their inputs alone", () => {
    const again = problem(rows);
    expect(data).toEqual(again);
  });
});

test("predict adds the features from left to right starting from 0, and then the bias", () => {
  const X = Float64Array.of(1e16, 1, -1e16, 3);
  const out = new Float64Array(1);
  predict(X, 0, 1, 4, Float64Array.of(1, 1, 1, 1), Float64Array.of(0.5), 1, out);
  expect(out[0]).toBe(1e16 + 1 - 1e16 + 3 + 0.5);
  predict(X, 0, 1, 3, Float64Array.of(1, 1, 0), Float64Array.of(-1e16), 1, out);
  expect(out[0]).toBe(0);
});

test("predict fuses no multiply-add", () => {
  const u = 1 + 2 ** -30;
  const out = new Float64Array(1);
  predict(Float64Array.of(1, u), 0, 1, 2, Float64Array.of(-(u * u), u), Float64Array.of(0), 1, out);
  expect(out[0]).toBe(0);
});

test("predict of rows in [start, stop) writes from the front of out", () => {
  const { X, n, k, w, b } = problem(9);
  const whole = new Float64Array(9 * k);
  predict(X, 0, 9, n, w, b, k, whole);
  const part = new Float64Array(4 * k + 1).fill(7);
  predict(X, 3, 7, n, w, b, k, part);
  expect(Array.from(part)).toEqual([...whole.subarray(3 * k, 7 * k), 7]);
});

test("matmul(a, b) is the sum over the inner size, and overwrites what was in out", () => {
  const matrices = fc.record({
    m: fc.integer({ min: 0, max: 5 }),
    n: fc.integer({ min: 0, max: 5 }),
    k: fc.integer({ min: 0, max: 5 }),
    seed: fc.integer({ min: 0, max: 1000 }),
  });
  fc.assert(
    fc.property(matrices, ({ m, n, k, seed }) => {
      const generator = new NumPy(seed);
      const [a, b] = [generator.standardNormal(m * n), generator.standardNormal(n * k)];
      const out = new Float64Array(m * k).fill(Number.NaN);
      matmul(a, b, m, n, k, out);
      for (let i = 0; i < m; i++) {
        for (let l = 0; l < k; l++) {
          let sum = 0;
          for (let j = 0; j < n; j++) sum += a[i * n + j]! * b[j * k + l]!;
          expect(out[i * k + l]).toBe(sum);
        }
      }
    }),
  );
});

describe("mergeBlocks", () => {
  test("mergeBlocks adds each block to its neighbour, then each pair to the next", () => {
    const powers = [1, 2 ** -53, 2 ** -53, 2 ** -52, 2 ** -53, 3, 7];
    const [a, b, c, d, e, f, g] = powers as [number, number, number, number, number, number, number];
    const trees = [a, a + b, a + b + c, a + b + (c + d), a + b + (c + d) + e];
    trees.push(a + b + (c + d) + (e + f), a + b + (c + d) + (e + f + g));
    for (const [i, expected] of trees.entries()) {
      const sums = Float64Array.from(powers.slice(0, i + 1));
      mergeBlocks(sums, i + 1, 1);
      expect(sums[0]).toBe(expected);
    }
  });

  test("mergeBlocks keeps the sums of a block apart, and one block as it is", () => {
    const sums = Float64Array.of(1, 10, 2, 20, 3, 30);
    mergeBlocks(sums, 3, 2);
    expect(Array.from(sums.subarray(0, 2))).toEqual([6, 60]);
    const one = Float64Array.of(1, -0, 5);
    mergeBlocks(one, 1, 2);
    expect(Array.from(one)).toEqual([1, -0, 5]);
  });

  test("blockCount(rows) is ⌈rows/1024⌉, and at least one", () => {
    expect(SIZES.map(blockCount)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3]);
    expect(blockCount(3 * BLOCK_ROWS)).toBe(3);
    expect(sumsLength(4, 3)).toBe(18);
  });
});

describe("augmentedGram", () => {
  test("augmentedGram is [X 1]ᵀ[X 1] of the rows asked for, in both triangles", () => {
    const { X, n } = problem(40, 3);
    const out = new Float64Array(16).fill(Number.NaN);
    augmentedGram(X, 5, 35, n, out);
    for (let j = 0; j <= n; j++) {
      for (let l = 0; l <= n; l++) {
        const at = (i: number, c: number) => (c === n ? 1 : X[i * n + c]!);
        let [sum, size] = [0, 0];
        for (let i = 5; i < 35; i++) {
          sum += at(i, j) * at(i, l);
          size += Math.abs(at(i, j) * at(i, l));
        }
        expect(Math.abs(out[j * (n + 1) + l]! - sum)).toBeLessThanOrEqual(30 * 2 ** -52 * size);
        expect(out[j * (n + 1) + l]).toBe(out[l * (n + 1) + j]);
      }
    }
    expect(out[15]).toBe(30);
  });

  test("augmentedGram of no rows is zero", () => {
    const out = new Float64Array(9).fill(7);
    augmentedGram(new Float64Array(0), 0, 0, 2, out);
    expect(out).toEqual(new Float64Array(9));
  });
});

describe("NaN, infinities and −0", () => {
  const one = Float64Array.of(1);
  const sums = (x: number, y: number, w: number, b: number) =>
    run(3, 1, (s) =>
      stepSums(
        Float64Array.of(x),
        Float64Array.of(y),
        null,
        0,
        1,
        1,
        1,
        Float64Array.of(w),
        Float64Array.of(b),
        s,
      ),
    );

  test("stepSums passes NaN and infinities on, from any of its inputs", () => {
    expect(sums(Number.NaN, 0, 1, 0)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(sums(1, Number.NaN, 1, 0)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(sums(Infinity, 0, 1, 0)).toEqual([Infinity, Infinity, Infinity]);
    expect(sums(-Infinity, 0, 1, 0)).toEqual([Infinity, -Infinity, Infinity]);
    expect(sums(Infinity, 0, 0, 0)).toEqual([Number.NaN, Number.NaN, Number.NaN]); // 0·∞ is not skipped
    expect(sums(0, 0, Infinity, 0)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(sums(2, 0, 1, Infinity)).toEqual([Infinity, Infinity, Infinity]);
    expect(sums(1e200, 0, 1e200, 0)).toEqual([Infinity, Infinity, Infinity]);
  });

  test("stepSums keeps NaN in its own target, in a block of its own too", () => {
    const rows = 2 * BLOCK_ROWS + 5;
    const { X, Y, n, k, w, b } = problem(rows);
    Y[(BLOCK_ROWS + 3) * k + 1] = Number.NaN;
    const result = run(sumsLength(n, k), blockCount(rows), (s) =>
      stepSums(X, Y, null, 0, rows, n, k, w, b, s),
    );
    for (const [at, sum] of result.entries()) expect(Number.isNaN(sum)).toBe(at % k === 1);
    const errors = run(k, blockCount(rows), (s) => squaredErrors(X, Y, 0, rows, n, k, w, b, s));
    expect(errors.map(Number.isNaN)).toEqual([false, true, false]);
  });

  test("stepSums and predict start from 0, so that −0 counts as 0", () => {
    const out = new Float64Array(1);
    predict(Float64Array.of(-0), 0, 1, 1, one, Float64Array.of(-0), 1, out);
    expect(Object.is(out[0], 0)).toBe(true);
    expect(sums(-0, -0, 1, -0)).toEqual([0, 0, 0]);
  });
});

describe("sums about a centre", () => {
  const { X, Y, n, k } = problem(30, 3, 2);
  const p = n + k;
  const c = Float64Array.of(0.5, -1, 1e3, 7, -0.1);
  const weights = new NumPy(9).randomSample(30);
  const z = (i: number, j: number) => (j < n ? X[i * n + j]! : Y[i * k + j - n]!) - c[j]!;

  test.each([
    ["without weights", null],
    ["with weights", weights],
  ])(
    "%s: each is a sum over the rows in order, of ω(z − c), and of (ω(zⱼ − cⱼ))(zₗ − cₗ) for j ≤ l",
    (_, omega) => {
      const [sums, gram] = [new Float64Array(p).fill(7), new Float64Array(p * p).fill(7)];
      columnSumsCentred(X, Y, 4, 29, n, k, c, omega, sums);
      centredGram(X, Y, 4, 29, n, k, c, omega, gram);
      for (let j = 0; j < p; j++) {
        const left = (i: number) => (omega === null ? z(i, j) : omega[i]! * z(i, j));
        expect(sums[j]).toBe(range(4, 29).reduce((sum, i) => sum + left(i), 0));
        for (let l = 0; l < p; l++) {
          expect(gram[j * p + l]).toBe(
            l < j ? 0 : range(4, 29).reduce((sum, i) => sum + left(i) * z(i, l), 0),
          );
        }
      }
      const [sums2, gram2] = [new Float64Array(p), new Float64Array(p * p)];
      centredSums(X, Y, 4, 29, n, k, c, omega, sums2, gram2);
      expect([sums2, gram2]).toEqual([sums, gram]);
    },
  );

  test("of no rows they are zero", () => {
    const gram = new Float64Array(p * p).fill(7);
    centredGram(X, Y, 4, 4, n, k, c, weights, gram);
    expect(gram).toEqual(new Float64Array(p * p));
  });
});
