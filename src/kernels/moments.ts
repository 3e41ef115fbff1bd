/**
 * What rows add up to: sums about each block's own mean, merged pairwise by the update of Chan, Golub
 * and LeVeque ("Updating formulae and a pairwise algorithm for computing sample variances", 1979).
 */
import { BLOCK_ROWS } from "../numbers/blockSum.js";
import { low, twoSum } from "../numbers/errorFree.js";
import type { Kernels } from "./stream.js";

/** What rows add up to, with the columns in one: z = [x y], p = n + k. */
export interface Sums {
  rows: number;
  weight: number;
  /** Means of z [p], in two parts. */
  mean: Float64Array;
  meanLow: Float64Array;
  /** Σω(z − mean)(z − mean)ᵀ [p×p], both triangles. */
  s: Float64Array;
}

/** Rows of X [·×n] and Y [·×k], and how often each counts (null: once). */
export interface Rows {
  X: Float64Array;
  Y: Float64Array;
  weights: Float64Array | null;
  n: number;
  k: number;
}

export type MomentKernels = Pick<Kernels, "columnSumsCentred" | "centredSums">;

function emptySums(p: number): Sums {
  return {
    rows: 0,
    weight: 0,
    mean: new Float64Array(p),
    meanLow: new Float64Array(p),
    s: new Float64Array(p * p),
  };
}

/** Rows of a block from which a sample of them is centre enough, and the sample. */
const LEAST_SAMPLED = 256;
const SAMPLE = 16;

/**
 * The sums of at most `BLOCK_ROWS` rows about a centre c near their mean, corrected by what the centre
 * misses: δ = Σω(z − c)/W, mean = c + δ, S = Σω(z − c)(z − c)ᵀ − Wδδᵀ. With few rows or weights c is
 * the mean, rounded; otherwise that of a sample, with which |δ| is below the rows' spread times
 * √(rows/sample), and a pass over the rows is saved.
 */
function blockSums(
  kernels: MomentKernels,
  { X, Y, weights, n, k }: Rows,
  start: number,
  stop: number,
  out: Sums,
): void {
  const p = n + k;
  for (const part of [out.mean, out.meanLow, out.s]) part.fill(0);
  out.weight = 0;
  out.rows = stop - start;
  if (weights === null) out.weight = out.rows;
  else for (let i = start; i < stop; i++) out.weight += weights[i]!;
  if (out.weight === 0) return;
  const { weight, mean, meanLow, s } = out;
  if (weights === null && out.rows >= LEAST_SAMPLED) {
    sampleMeans(X, n, start, mean, 0);
    sampleMeans(Y, k, start, mean, n);
  } else {
    kernels.columnSumsCentred(X, Y, start, stop, n, k, mean, weights, meanLow);
    for (let j = 0; j < p; j++) mean[j] = meanLow[j]! / weight;
  }
  kernels.centredSums(X, Y, start, stop, n, k, mean, weights, meanLow, s);
  for (let j = 0; j < p; j++) meanLow[j]! /= weight;
  for (let i = 0; i < p; i++) {
    for (let j = i; j < p; j++) {
      s[i * p + j]! -= weight * meanLow[i]! * meanLow[j]!;
      s[j * p + i] = s[i * p + j]!;
    }
  }
  for (let j = 0; j < p; j++) {
    mean[j] = twoSum(mean[j]!, meanLow[j]!);
    meanLow[j] = low;
  }
}

/** The mean of each column of a sample of rows, about the first one's entry, so that a constant column has none of rounding. */
function sampleMeans(A: Float64Array, cols: number, start: number, out: Float64Array, at: number): void {
  for (let j = 0; j < cols; j++) {
    const first = A[start * cols + j]!;
    let sum = 0;
    for (let i = 1; i < SAMPLE; i++) sum += A[(start + i) * cols + j]! - first;
    out[at + j] = first + sum / SAMPLE;
  }
}

/**
 * The sums of the rows in [start, stop): blocks are merged as a binary counter carries, which is the
 * pairwise tree, so that ranges that begin at a multiple of a power of two blocks can be merged in turn.
 */
export function rangeSums(kernels: MomentKernels, rows: Rows, start: number, stop: number): Sums {
  const stack: Sums[] = [];
  let room: Sums | undefined;
  for (let block = 0; start + block * BLOCK_ROWS < stop; block++) {
    const first = start + block * BLOCK_ROWS;
    const out = room ?? emptySums(rows.n + rows.k);
    blockSums(kernels, rows, first, Math.min(first + BLOCK_ROWS, stop), out);
    room = push(stack, block, out);
  }
  return folded(stack) ?? emptySums(rows.n + rows.k);
}

/** Puts the sums of part `index` on a stack, and merges what the pairwise tree merges then; returns sums that are free again. */
export function push(stack: Sums[], index: number, sums: Sums): Sums | undefined {
  let room: Sums | undefined;
  stack.push(sums);
  for (let done = index + 1; done % 2 === 0; done /= 2) room = carry(stack);
  return room;
}

/** All of a stack together; undefined for an empty one. */
export function folded(stack: Sums[]): Sums | undefined {
  while (stack.length > 1) carry(stack);
  return stack[0];
}

/** Merges the last two of a stack into one of them; returns the other. */
function carry(stack: Sums[]): Sums {
  const last = stack.pop()!;
  const before = stack.pop()!;
  const [into, room] = before.weight === 0 ? [last, before] : [before, last];
  stack.push(merged(before, last, into));
  return room;
}

/** mean(b) − mean(a) of a column, with the digits that their low parts hold. */
function difference(a: Sums, b: Sums, j: number): number {
  const high = twoSum(b.mean[j]!, -a.mean[j]!);
  return high + (low + (b.meanLow[j]! - a.meanLow[j]!));
}

/** base + step, as a mean in two parts. */
function shiftMean(base: Sums, j: number, step: number, out: Sums): void {
  const high = twoSum(base.mean[j]!, step);
  out.mean[j] = twoSum(high, low + base.meanLow[j]!);
  out.meanLow[j] = low;
}

/**
 * S = Sᴬ + Sᴮ + WᴬWᴮ/W·δδᵀ, mean = meanᴬ + Wᴮ/W·δ, with δ = meanᴮ − meanᴬ.
 * @param out where it goes; may be a
 */
export function merged(a: Sums, b: Sums, out: Sums = emptySums(a.mean.length)): Sums {
  if (a.weight === 0) return { ...b, rows: a.rows + b.rows };
  if (b.weight === 0) return { ...a, rows: a.rows + b.rows };
  const p = a.mean.length;
  const weight = a.weight + b.weight;
  const delta = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    delta[j] = difference(a, b, j);
    shiftMean(a, j, (delta[j]! * b.weight) / weight, out);
  }
  const factor = a.weight * (b.weight / weight);
  for (let i = 0; i < p; i++) {
    for (let j = i; j < p; j++) {
      const at = i * p + j;
      out.s[at] = a.s[at]! + b.s[at]! + factor * delta[i]! * delta[j]!;
      out.s[j * p + i] = out.s[at]!;
    }
  }
  out.rows = a.rows + b.rows;
  out.weight = weight;
  return out;
}

/** The inverse of `merged`: the part a of a whole of which b is the other part. */
export function without(whole: Sums, b: Sums): Sums {
  const p = whole.mean.length;
  const out = emptySums(p);
  out.rows = whole.rows - b.rows;
  out.weight = whole.weight - b.weight;
  if (b.weight === 0) return { ...whole, rows: out.rows };
  if (out.weight === 0) return out;
  const delta = new Float64Array(p); // meanᴮ − mean of the whole = Wᴬ/W·(meanᴮ − meanᴬ)
  for (let j = 0; j < p; j++) {
    delta[j] = difference(whole, b, j);
    shiftMean(whole, j, (-delta[j]! * b.weight) / out.weight, out);
  }
  const factor = b.weight * (whole.weight / out.weight);
  for (let i = 0; i < p; i++) {
    for (let j = i; j < p; j++) {
      const at = i * p + j;
      out.s[at] = whole.s[at]! - b.s[at]! - factor * delta[i]! * delta[j]!;
      out.s[j * p + i] = out.s[at]!;
    }
  }
  return out;
}
