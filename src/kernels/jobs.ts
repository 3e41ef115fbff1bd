/**
 * Work that threads share. A job is cut into chunks of blocks that are a power of two, so that what
 * comes out of a chunk is a node of the pairwise tree: whoever does which, the bits are the same.
 */
import { BLOCK_ROWS, blockCount } from "../numbers/blockSum.js";
import { type Rows, rangeSums, type Sums } from "./moments.js";
import { sumsLength } from "./reference.js";
import type { Kernels } from "./stream.js";

/** Rows in a chunk where sums are taken: a power of two of blocks. */
export const CHUNK_ROWS = 16 * BLOCK_ROWS;

/** `predict`, or `matmul` where b is null, into shared memory. */
interface PredictJob {
  kind: "predict";
  X: Float64Array;
  start: number;
  stop: number;
  chunkRows: number;
  n: number;
  k: number;
  w: Float64Array;
  b: Float64Array | null;
  out: Float64Array;
}

/** `stepSums`, or `squaredErrors` if not `full`: the sums of a chunk to its place in shared memory. */
interface SumsJob extends Omit<PredictJob, "kind" | "b"> {
  kind: "sums";
  Y: Float64Array;
  b: Float64Array;
  full: boolean;
}

/** The moments of a chunk to its place in shared memory: rows, weight, mean, meanLow, s. */
export interface MomentsJob extends Rows {
  kind: "moments";
  chunkRows: number;
  start: number;
  stop: number;
  out: Float64Array;
}

export type Job = PredictJob | SumsJob | MomentsJob;

export const chunkCount = (job: Job): number => Math.ceil((job.stop - job.start) / job.chunkRows);

/** Entries in a chunk's part of the result. */
export const momentsLength = (p: number): number => 2 + 2 * p + p * p;
export const partLength = (n: number, k: number, full: boolean): number => (full ? sumsLength(n, k) : k);

/** Does one chunk of a job. */
export function runChunk(kernels: Kernels, job: Job, chunk: number): void {
  const first = job.start + chunk * job.chunkRows;
  const last = Math.min(job.stop, first + job.chunkRows);
  const { n, k } = job;
  if (job.kind === "predict") {
    const { X, w, b, start, out } = job;
    const part = out.subarray((first - start) * k, (last - start) * k);
    if (b !== null) kernels.predict(X, first, last, n, w, b, k, part);
    else kernels.matmul(X.subarray(first * n, last * n), w, last - first, n, k, part);
  } else if (job.kind === "sums") {
    const { X, Y, w, b, full, out } = job;
    const length = partLength(n, k, full);
    const sums = new Float64Array(blockCount(last - first) * length);
    if (full) kernels.stepSums(X, Y, null, first, last, n, k, w, b, sums);
    else kernels.squaredErrors(X, Y, first, last, n, k, w, b, sums);
    out.set(sums.subarray(0, length), chunk * length);
  } else {
    putMoments(rangeSums(kernels, job, first, last), job.out, chunk);
  }
}

/** Puts moments to a chunk's place. */
export function putMoments({ rows, weight, mean, meanLow, s }: Sums, out: Float64Array, chunk: number): void {
  const p = mean.length;
  const at = chunk * momentsLength(p);
  out.set([rows, weight], at);
  out.set(mean, at + 2);
  out.set(meanLow, at + 2 + p);
  out.set(s, at + 2 + 2 * p);
}

/** The moments that `putMoments` put to a chunk's place, where they stay. */
export function momentsOfChunk(out: Float64Array, chunk: number, p: number): Sums {
  const at = chunk * momentsLength(p);
  return {
    rows: out[at]!,
    weight: out[at + 1]!,
    mean: out.subarray(at + 2, at + 2 + p),
    meanLow: out.subarray(at + 2 + p, at + 2 + 2 * p),
    s: out.subarray(at + 2 + 2 * p, at + momentsLength(p)),
  };
}
