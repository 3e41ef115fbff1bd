import { expect, test, vi } from "vitest";
import * as kernels from "../../src/kernels/index.js";
import { rangeSums } from "../../src/kernels/moments.js";
import * as reference from "../../src/kernels/reference.js";
import { NumPy, Torch } from "../../src/random/index.js";
import { difference } from "./bits.js";

/** Every kernel over rows, by what the rest of the library calls and by the reference, for sizes on both sides of the rule. */
function both(rows: number, n: number, k: number) {
  const draw = new NumPy(rows + n + k);
  const [X, Y] = [draw.standardNormal(rows * n), draw.standardNormal(rows * k)];
  const [w, b] = [draw.standardNormal(n * k), draw.standardNormal(k)];
  const weights = draw.randomSample(rows);
  const order = new Torch(1).randperm(rows);
  const blocks = reference.blockCount(rows);
  const moments = (chosen: boolean) => {
    const { mean, meanLow, s } = chosen
      ? kernels.momentSums({ X, Y, weights, n, k }, rows)
      : rangeSums(reference, { X, Y, weights, n, k }, 0, rows);
    return { mean, meanLow, s };
  };
  return [kernels, reference].map((K) => {
    const run = (length: number, kernel: (out: Float64Array) => void) => {
      const out = new Float64Array(length);
      kernel(out);
      return out;
    };
    const sums = blocks * reference.sumsLength(n, k);
    return {
      matmul: run(rows * k, (out) => K.matmul(X, w, rows, n, k, out)),
      predict: run(rows * k, (out) => K.predict(X, 0, rows, n, w, b, k, out)),
      residualSums: run(sums, (out) => K.residualSums(X, 0, rows, n, Y, k, out)),
      stepSums: run(sums, (out) => K.stepSums(X, Y, null, 0, rows, n, k, w, b, out)),
      ordered: run(sums, (out) => K.stepSums(X, Y, order, 0, rows, n, k, w, b, out)),
      squaredErrors: run(blocks * k, (out) => K.squaredErrors(X, Y, 0, rows, n, k, w, b, out)),
      augmentedGram: run((n + 1) ** 2, (out) => K.augmentedGram(X, 0, rows, n, out)),
      ...moments(K === kernels),
    };
  });
}

const SIZES = [
  [1, 1, 1],
  [3, 200, 2],
  [33, 6, 3],
  [2500, 20, 3],
] as const;

test("kernels give the reference's bits, before the module is compiled and after", () => {
  for (let round = 0; round < 3; round++) {
    for (const [rows, n, k] of SIZES) {
      const [chosen, expected] = both(rows, n, k);
      expect(difference(chosen!, expected!)).toBeNull();
    }
  }
  expect(kernels.kernelName()).toBe("wasm");
});

test("without WebAssembly, or where compiling is forbidden, the reference stands in", async () => {
  const forbidden = class {
    constructor() {
      throw new RangeError("disallowed");
    }
  };
  for (const engine of [undefined, { Module: forbidden }]) {
    vi.resetModules();
    vi.stubGlobal("WebAssembly", engine);
    const alone = await import("../../src/kernels/index.js");
    expect(alone.kernelName()).toBe("reference");
    const [rows, n] = [3000, 200];
    const out = new Float64Array(rows);
    alone.predict(
      new Float64Array(rows * n).fill(1),
      0,
      rows,
      n,
      new Float64Array(n).fill(1),
      Float64Array.of(1),
      1,
      out,
    );
    expect(out.every((x) => x === n + 1)).toBe(true);
  }
  vi.unstubAllGlobals();
});
