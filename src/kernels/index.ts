/**
 * The kernels that the rest of the library calls: WebAssembly where the engine has it with SIMD,
 * the reference elsewhere and for what is small. The bits are the same
 * everywhere, so only speed decides. reference.ts says what each computes.
 */
import {
  CHUNK_ROWS,
  chunkCount,
  type Job,
  type MomentsJob,
  momentsLength,
  momentsOfChunk,
  partLength,
} from "./jobs.js";
import { folded, type MomentKernels, push, type Rows, rangeSums, type Sums } from "./moments.js";
import { share, threadCount } from "./pool.js";
import * as reference from "./reference.js";
import { allocateShared, isShared } from "./shared.js";
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

/** Multiply-adds from which a call is worth sharing between threads: below, waking them costs more. */
const LEAST_SHARED_WORK = 2 ** 21;

/** The kernels for a job that other threads share in; null if they would not help, or cannot. */
function sharing(rows: number, workPerRow: number, ...arrays: (Float64Array | null)[]): Kernels | null {
  if (threadCount() === 1 || rows * workPerRow < LEAST_SHARED_WORK || !isShared(...arrays)) return null;
  return choose(rows, workPerRow);
}

/** Fills `sums` by a job of all threads. */
function shareSums(kernels: Kernels, job: Extract<Job, { kind: "sums" }>, sums: Float64Array): void {
  const length = partLength(job.n, job.k, job.full);
  const chunks = chunkCount(job);
  job.out = allocateShared(chunks * length);
  share(kernels, job);
  reference.mergeBlocks(job.out, chunks, length);
  sums.set(job.out.subarray(0, length));
}

export const matmul: Kernels["matmul"] = (a, b, m, n, k, out) => {
  const shared = sharing(m, n * k, a, out);
  if (shared)
    share(shared, {
      kind: "predict",
      X: a,
      start: 0,
      stop: m,
      chunkRows: CHUNK_ROWS,
      n,
      k,
      w: b,
      b: null,
      out,
    });
  else choose(m, n * k).matmul(a, b, m, n, k, out);
};

export const predict: Kernels["predict"] = (X, start, stop, n, w, b, k, out) => {
  const shared = sharing(stop - start, n * k, X, out);
  if (shared) share(shared, { kind: "predict", X, start, stop, chunkRows: CHUNK_ROWS, n, k, w, b, out });
  else choose(stop - start, n * k).predict(X, start, stop, n, w, b, k, out);
};

export const residualSums: Kernels["residualSums"] = (X, start, stop, n, R, k, sums) =>
  choose(stop - start, n * k).residualSums(X, start, stop, n, R, k, sums);

export const stepSums: Kernels["stepSums"] = (X, Y, order, start, stop, n, k, w, b, sums) => {
  const shared = order === null ? sharing(stop - start, n * k, X, Y) : null;
  if (shared)
    shareSums(
      shared,
      { kind: "sums", X, Y, start, stop, chunkRows: CHUNK_ROWS, n, k, w, b, full: true, out: sums },
      sums,
    );
  else choose(stop - start, n * k).stepSums(X, Y, order, start, stop, n, k, w, b, sums);
};

export const squaredErrors: Kernels["squaredErrors"] = (X, Y, start, stop, n, k, w, b, sums) => {
  const shared = sharing(stop - start, n * k, X, Y);
  if (shared)
    shareSums(
      shared,
      { kind: "sums", X, Y, start, stop, chunkRows: CHUNK_ROWS, n, k, w, b, full: false, out: sums },
      sums,
    );
  else choose(stop - start, n * k).squaredErrors(X, Y, start, stop, n, k, w, b, sums);
};

export const augmentedGram: Kernels["augmentedGram"] = (X, start, stop, n, out) =>
  choose(stop - start, (n * n) / 2).augmentedGram(X, start, stop, n, out);

export const tridiagonalise: Kernels["tridiagonalise"] = (a, n, diagonal, offDiagonal, h) =>
  choose(n, (n * n) / 2).tridiagonalise(a, n, diagonal, offDiagonal, h);

/** The moments of rows. */
export function momentSums(data: Rows, rows: number): Sums {
  const parts = sharedMoments(data, rows, CHUNK_ROWS);
  if (parts === null) return rangeSums(choosing, data, 0, rows);
  const stack: Sums[] = [];
  for (const [index, part] of parts.entries()) push(stack, index, part);
  return folded(stack)!;
}

/** The moments of each batch of rows in order, the last one smaller. */
export function batchMomentSums(data: Rows, rows: number, batchSize: number): Sums[] {
  return (
    sharedMoments(data, rows, batchSize) ??
    Array.from({ length: Math.ceil(rows / batchSize) }, (_, batch) =>
      rangeSums(choosing, data, batch * batchSize, Math.min(rows, (batch + 1) * batchSize)),
    )
  );
}

/** The moments of chunks of rows by all threads; null if they would not help, or cannot. */
function sharedMoments(data: Rows, rows: number, chunkRows: number): Sums[] | null {
  const p = data.n + data.k;
  const kernels = sharing(rows, (p * p) / 2, data.X, data.Y, data.weights);
  if (kernels === null) return null;
  const out = allocateShared(Math.ceil(rows / chunkRows) * momentsLength(p));
  const job: MomentsJob = { kind: "moments", ...data, start: 0, stop: rows, chunkRows, out };
  share(kernels, job);
  return Array.from({ length: chunkCount(job) }, (_, chunk) => momentsOfChunk(out, chunk, p));
}

/** The kernels of moments, chosen for every block. */
const choosing: MomentKernels = {
  columnSumsCentred: (X, Y, start, stop, n, k, c, weights, out) =>
    choose(stop - start, n + k).columnSumsCentred(X, Y, start, stop, n, k, c, weights, out),
  centredSums: (X, Y, start, stop, n, k, c, weights, sums, gram) =>
    choose(stop - start, ((n + k) * (n + k)) / 2).centredSums(
      X,
      Y,
      start,
      stop,
      n,
      k,
      c,
      weights,
      sums,
      gram,
    ),
};
