/** The two kernels meet: every bit of what wasm computes is the reference's, NaN payloads aside. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as reference from "../../src/kernels/reference.js";
import { type Kernels, streamKernels } from "../../src/kernels/stream.js";
import { wasmKernels, wasmModule } from "../../src/kernels/wasm.js";
import { BLOCK_ROWS } from "../../src/numbers/blockSum.js";
import { NumPy, Torch } from "../../src/random/index.js";
import { difference } from "./bits.js";

const ROWS = [0, 1, 2, 3, 7, 8, 9, 31, 33, 1023, 1024, 1025, 3000];
const FEATURES = [1, 2, 3, 5, 6, 20, 33];
const TARGETS = [1, 2, 3, 4, 5];
const AWKWARD = [
  ...[0, -0, 1, -1, Number.NaN, Infinity, -Infinity, 5e-324, -5e-324, 2 ** -1022, -(2 ** -1023)],
  ...[Number.MAX_VALUE, -Number.MAX_VALUE, 1e160, -1e160, 1e-160, 1 + 2 ** -52, 0.1, -0.3, 1e16],
];

interface Problem {
  rows: number;
  n: number;
  k: number;
  X: Float64Array;
  Y: Float64Array;
  w: Float64Array;
  b: Float64Array;
  c: Float64Array;
  weights: Float64Array;
  order: Uint32Array;
}

/** A problem whose rows differ in size, so that another order of a sum shows. */
function normals(rows: number, n: number, k: number): Problem {
  const generator = new NumPy(rows + 100 * n + 10_000 * k);
  const X = generator.standardNormal(rows * n).map((x, at) => x * 10 ** (Math.floor(at / n) % 7));
  const [Y, w] = [generator.standardNormal(rows * k), generator.standardNormal(n * k)];
  const [b, c] = [generator.standardNormal(k), generator.standardNormal(n + k)];
  const weights = generator.randomSample(rows);
  return { rows, n, k, X, Y, w, b, c, weights, order: new Torch(rows).randperm(rows) };
}

/** A problem of NaN, infinities, zeros of both signs, subnormals and the like: every `sparse`-th number is one. */
function awkward(rows: number, n: number, k: number, sparse: number, seed = 14): Problem {
  const problem = normals(rows, n, k);
  const generator = new NumPy(seed);
  for (const values of [problem.X, problem.Y, problem.w, problem.b, problem.c, problem.weights]) {
    const picks = generator.randint(0, AWKWARD.length * sparse, values.length);
    for (let i = 0; i < values.length; i++) values[i] = AWKWARD[picks[i]!] ?? values[i]!;
  }
  return problem;
}

/** Every kernel's result for a problem, out of arrays that start as rubbish and are longer than asked for. */
function results(kernels: Kernels, { rows, n, k, X, Y, w, b, c, weights, order }: Problem) {
  const length = reference.sumsLength(n, k);
  const blocks = reference.blockCount(rows);
  const p = n + k;
  const [start, stop] = [Math.floor(rows / 3), rows - Math.floor(rows / 5)];
  const block = Math.min(stop, start + BLOCK_ROWS);
  const run = (size: number, kernel: (out: Float64Array) => void, used = size) => {
    const out = new Float64Array(size + 1).fill(7);
    kernel(out.subarray(0, size));
    expect(out[size]).toBe(7);
    return out.slice(0, used);
  };
  return {
    matmul: run(rows * k, (out) => kernels.matmul(X, w, rows, n, k, out)),
    predict: run(rows * k, (out) => kernels.predict(X, 0, rows, n, w, b, k, out)),
    "predict of a part": run((stop - start) * k, (out) => kernels.predict(X, start, stop, n, w, b, k, out)),
    residualSums: run(blocks * length, (out) => kernels.residualSums(X, 0, rows, n, Y, k, out), length),
    "residualSums of a part": run(
      blocks * length,
      (out) => kernels.residualSums(X, start, stop, n, Y, k, out),
      length,
    ),
    stepSums: run(blocks * length, (out) => kernels.stepSums(X, Y, null, 0, rows, n, k, w, b, out), length),
    "stepSums of a part": run(
      blocks * length,
      (out) => kernels.stepSums(X, Y, null, start, stop, n, k, w, b, out),
      length,
    ),
    "stepSums in an order": run(
      blocks * length,
      (out) => kernels.stepSums(X, Y, order, start, stop, n, k, w, b, out),
      length,
    ),
    squaredErrors: run(blocks * k, (out) => kernels.squaredErrors(X, Y, 0, rows, n, k, w, b, out), k),
    "squaredErrors of a part": run(
      blocks * k,
      (out) => kernels.squaredErrors(X, Y, start, stop, n, k, w, b, out),
      k,
    ),
    augmentedGram: run((n + 1) ** 2, (out) => kernels.augmentedGram(X, start, stop, n, out)),
    columnSumsCentred: run(p, (out) => kernels.columnSumsCentred(X, Y, start, block, n, k, c, null, out)),
    "columnSumsCentred with weights": run(p, (out) =>
      kernels.columnSumsCentred(X, Y, start, block, n, k, c, weights, out),
    ),
    "columnSumsCentred about zero": run(p, (out) =>
      kernels.columnSumsCentred(X, Y, start, block, n, k, new Float64Array(p), null, out),
    ),
    "centredSums, the products": run(p * p, (out) =>
      kernels.centredSums(X, Y, start, block, n, k, c, null, new Float64Array(p), out),
    ),
    "centredSums with weights, the sums": run(p, (out) =>
      kernels.centredSums(X, Y, start, block, n, k, c, weights, out, new Float64Array(p * p)),
    ),
    centredGram: run(p * p, (out) => kernels.centredGram(X, Y, start, block, n, k, c, null, out)),
    "centredGram with weights": run(p * p, (out) =>
      kernels.centredGram(X, Y, start, block, n, k, c, weights, out),
    ),
    ...tridiagonal(kernels, X, Math.min(rows, 2 * n + k)),
  };
}

/** The reduction of a symmetric matrix whose lower triangle is filled with numbers of X, as often as needed. */
function tridiagonal(kernels: Kernels, X: Float64Array, n: number) {
  const a = Float64Array.from({ length: (n * (n + 1)) / 2 }, (_, at) => X[at % X.length]!);
  const [diagonal, offDiagonal, h] = [n, Math.max(0, n - 1), n].map((size) => new Float64Array(size));
  kernels.tridiagonalise(a, n, diagonal!, offDiagonal!, h!);
  return {
    tridiagonalise: a,
    "tridiagonalise, the diagonal": diagonal!,
    "tridiagonalise, beside it": offDiagonal!,
    "tridiagonalise, h": h!,
  };
}

const wasm = wasmKernels()!;
const agree = (problem: Problem, kernels = wasm) =>
  expect(difference(results(kernels, problem), results(reference, problem))).toBeNull();

test("WebAssembly is there to be compared", () => {
  expect(wasm).not.toBeNull();
  expect(wasmKernels()).toBe(wasm);
});

test("every kernel is compared", () => {
  const compared = Object.keys(results(reference, normals(3, 2, 1))).map((name) => /^\w+/.exec(name)![0]);
  expect([...new Set(compared)].sort()).toEqual(Object.keys(wasm).sort());
});

describe.each(FEATURES)("%d features", (n) => {
  describe.each(TARGETS)("%d targets", (k) => {
    test.each(ROWS)("%d rows: the bits of the reference", (rows) => agree(normals(rows, n, k)));

    test("with NaN, infinities, −0 and subnormals", () => {
      for (const rows of [1, 2, 7, 33, 1025]) {
        for (const sparse of [1, 4, 40 * rows]) agree(awkward(rows, n, k, sparse));
      }
    });
  });
});

test("a comparison of these results sees a single bit, and the sign of zero", () => {
  const problem = normals(3, 2, 1);
  const [a, b] = [results(reference, problem), results(reference, problem)];
  b.centredGram[4] = b.centredGram[4]! * (1 + 2 ** -52);
  expect(difference(a, b)).toMatch(/^centredGram\[4\]/);
  const zero = results(reference, { ...problem, w: new Float64Array(2) });
  const negative = { ...zero, matmul: zero.matmul.map((x) => -x) };
  expect(difference(zero, negative)).toMatch(/^matmul\[0\]/);
});

test("matmul of an inner size of 0, or of no columns, is what the reference makes of it", () => {
  for (const [m, n, k] of [
    [3, 0, 2],
    [3, 2, 0],
    [0, 0, 0],
  ] as const) {
    const out = new Float64Array(m * k).fill(7);
    wasm.matmul(new Float64Array(m * n), new Float64Array(n * k), m, n, k, out);
    expect(out).toEqual(new Float64Array(m * k));
  }
});

test("matmul with a second factor that is too large for the module's memory", () => {
  const draw = new NumPy(3);
  const [m, n, k] = [5, 3000, 701];
  const [a, b] = [draw.standardNormal(m * n), draw.standardNormal(n * k)];
  const [out, expected] = [new Float64Array(m * k), new Float64Array(m * k)];
  wasm.matmul(a, b, m, n, k, out);
  reference.matmul(a, b, m, n, k, expected);
  expect(out.every((x, i) => x === expected[i])).toBe(true);
});

describe("memory", () => {
  test("grows for a wide problem after small ones, and small ones still hold", () => {
    const kernels = streamKernels(wasmModule()!);
    agree(normals(9, 2, 1), kernels);
    agree(normals(40, 700, 3), kernels);
    agree(normals(9, 2, 1), kernels);
    agree(awkward(5, 513, 5, 1000), kernels);
    agree(normals(1025, 20, 3), kernels);
  });

  test.each([
    [254, 1],
    [254, 2],
    [255, 2],
    [256, 1],
    [511, 3],
  ])("%d features and %d targets: around the width of a stripe", (n, k) => agree(normals(21, n, k)));

  test("a problem too wide for it gives the reference's bits too", () => {
    const [n, k, rows] = [400_000, 4, 3];
    const draw = new NumPy(1);
    const [X, w, b] = [draw.randomSample(rows * n), draw.randomSample(n * k), draw.randomSample(k)];
    const [Y, length] = [draw.randomSample(rows * k), reference.sumsLength(n, k)];
    const [a, e] = [new Float64Array(length), new Float64Array(length)];
    wasm.stepSums(X, Y, null, 0, rows, n, k, w, b, a);
    reference.stepSums(X, Y, null, 0, rows, n, k, w, b, e);
    expect(a.every((x, i) => x === e[i])).toBe(true);
  });
});

test("any sizes and any numbers: the bits of the reference", () => {
  const sizes = fc.record({
    rows: fc.oneof(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 1000, max: 2100 })),
    n: fc.integer({ min: 1, max: 40 }),
    k: fc.integer({ min: 1, max: 9 }),
    sparse: fc.integer({ min: 1, max: 3000 }),
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
  });
  fc.assert(
    fc.property(sizes, ({ rows, n, k, sparse, seed }) => {
      agree(awkward(rows, n, k, sparse, seed));
    }),
    { numRuns: 60 },
  );
});
