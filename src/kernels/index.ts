/**
 * The kernels that the rest of the library calls: WebAssembly where the engine has it with SIMD,
 * the reference elsewhere and for what is small. The bits are the same
 * everywhere, so only speed decides. reference.ts says what each computes.
 */
import * as reference from "./reference.js";
import type { Kernels } from "./stream.js";
import { wasmKernels } from "./wasm.js";

export { blockCount, mergeBlocks, squaredDifferences, sumsLength } from "./reference.js";

/** Multiply-adds from which a call is faster in WebAssembly, if it has at least so many rows. */
const LEAST_WORK = 128;
const LEAST_ROWS = 4;
/** Multiply-adds of such calls after which compiling (1 to 3 ms) has paid. */
let beforeCompiling = 2 ** 19;

/** The rule by which kernels are chosen. */
function choose(rows: number, workPerRow: number): Kernels {
  const work = rows * workPerRow;
  if (rows < LEAST_ROWS || work < LEAST_WORK) return reference;
  if (beforeCompiling > 0) {
    beforeCompiling -= work;
    if (beforeCompiling > 0) return reference;
  }
  return wasmKernels() ?? reference;
}

/** Which kernels large calls run on here. */
export const kernelName = (): "wasm" | "reference" => (wasmKernels() === null ? "reference" : "wasm");

export const matmul: Kernels["matmul"] = (a, b, m, n, k, out) => choose(m, n * k).matmul(a, b, m, n, k, out);

export const predict: Kernels["predict"] = (X, start, stop, n, w, b, k, out) =>
  choose(stop - start, n * k).predict(X, start, stop, n, w, b, k, out);

export const residualSums: Kernels["residualSums"] = (X, start, stop, n, R, k, sums) =>
  choose(stop - start, n * k).residualSums(X, start, stop, n, R, k, sums);

export const stepSums: Kernels["stepSums"] = (X, Y, order, start, stop, n, k, w, b, sums) =>
  choose(stop - start, n * k).stepSums(X, Y, order, start, stop, n, k, w, b, sums);

export const squaredErrors: Kernels["squaredErrors"] = (X, Y, start, stop, n, k, w, b, sums) =>
  choose(stop - start, n * k).squaredErrors(X, Y, start, stop, n, k, w, b, sums);

export const augmentedGram: Kernels["augmentedGram"] = (X, start, stop, n, out) =>
  choose(stop - start, (n * n) / 2).augmentedGram(X, start, stop, n, out);

export const columnSumsCentred: Kernels["columnSumsCentred"] = (X, Y, start, stop, n, k, c, weights, out) =>
  choose(stop - start, n + k).columnSumsCentred(X, Y, start, stop, n, k, c, weights, out);

export const centredGram: Kernels["centredGram"] = (X, Y, start, stop, n, k, c, weights, out) =>
  choose(stop - start, ((n + k) * (n + k)) / 2).centredGram(X, Y, start, stop, n, k, c, weights, out);

export const centredSums: Kernels["centredSums"] = (X, Y, start, stop, n, k, c, weights, sums, gram) =>
  choose(stop - start, ((n + k) * (n + k)) / 2).centredSums(X, Y, start, stop, n, k, c, weights, sums, gram);
