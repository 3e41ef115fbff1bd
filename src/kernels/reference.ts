/**
 * The numeric kernels, on raw row-major arrays: readable, and the definition of correct.
 *
 * They return bare sums; what those mean (1/(mk), λ) is said in model/objective.ts. The order of
 * every sum is part of the definition: features left to right, rows in order inside blocks of
 * `BLOCK_ROWS`, blocks merged pairwise, so that the same bits come out wherever the blocks are
 * summed. No multiply-add is fused.
 *
 * Shapes: X [rows×n], Y [rows×k], w [n×k], b [k]; a kernel takes the rows in [start, stop).
 * A block of sums has (n + 2)·k entries: Xᵀr [n×k], then 1ᵀr [k], then Σr² [k], where r is the
 * residual prediction − Y.
 */
import { BLOCK_ROWS, blockCount, mergeBlocks } from "../numbers/blockSum.js";
import { overArray, reduce } from "./tridiagonal.js";

export { blockCount, mergeBlocks };

/** Entries in a block of sums. */
export const sumsLength = (n: number, k: number): number => (n + 2) * k;

/** out[i, l] = Σⱼ a[i, j]·b[j, l], from left to right. a [m×n], b [n×k], out [m×k]. */
export function matmul(
  a: Float64Array,
  b: Float64Array,
  m: number,
  n: number,
  k: number,
  out: Float64Array,
): void {
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += a[i * n + j]! * b[j * k + l]!;
      out[i * k + l] = sum;
    }
  }
}

/** out[i, l] = Σⱼ X[i, j]·w[j, l] + b[l] for the rows in [start, stop); out [(stop − start)×k]. */
export function predict(
  X: Float64Array,
  start: number,
  stop: number,
  n: number,
  w: Float64Array,
  b: Float64Array,
  k: number,
  out: Float64Array,
): void {
  for (let i = start; i < stop; i++) {
    for (let l = 0; l < k; l++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += X[i * n + j]! * w[j * k + l]!;
      out[(i - start) * k + l] = sum + b[l]!;
    }
  }
}

/**
 * The sums of a descent step from residuals that are already there.
 * @param R residuals of the rows in [start, stop), [(stop − start)×k]
 * @param sums at least blockCount(stop − start) blocks; the result is the first
 */
export function residualSums(
  X: Float64Array,
  start: number,
  stop: number,
  n: number,
  R: Float64Array,
  k: number,
  sums: Float64Array,
): void {
  const length = sumsLength(n, k);
  const blocks = blockCount(stop - start);
  sums.fill(0, 0, blocks * length);
  for (let block = 0; block < blocks; block++) {
    const at = block * length;
    const first = start + block * BLOCK_ROWS;
    const last = Math.min(stop, first + BLOCK_ROWS);
    for (let i = first; i < last; i++) {
      for (let l = 0; l < k; l++) addRow(X, i * n, n, k, l, R[(i - start) * k + l]!, sums, at);
    }
  }
  mergeBlocks(sums, blocks, length);
}

/**
 * The sums of a descent step in one pass over the rows: prediction, residual, and what it adds.
 * The same bits as `predict`, a subtraction, and `residualSums`.
 * @param order the rows to take, or null for those in [start, stop); with an order, start and stop index into it
 */
export function stepSums(
  X: Float64Array,
  Y: Float64Array,
  order: Uint32Array | null,
  start: number,
  stop: number,
  n: number,
  k: number,
  w: Float64Array,
  b: Float64Array,
  sums: Float64Array,
): void {
  const length = sumsLength(n, k);
  const blocks = blockCount(stop - start);
  sums.fill(0, 0, blocks * length);
  for (let block = 0; block < blocks; block++) {
    const at = block * length;
    const first = start + block * BLOCK_ROWS;
    const last = Math.min(stop, first + BLOCK_ROWS);
    for (let position = first; position < last; position++) {
      const i = order === null ? position : order[position]!;
      for (let l = 0; l < k; l++) {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += X[i * n + j]! * w[j * k + l]!;
        addRow(X, i * n, n, k, l, sum + b[l]! - Y[i * k + l]!, sums, at);
      }
    }
  }
  mergeBlocks(sums, blocks, length);
}

/** Adds what one residual r of target l contributes: x·r, r and r². */
function addRow(
  X: Float64Array,
  row: number,
  n: number,
  k: number,
  l: number,
  r: number,
  sums: Float64Array,
  at: number,
): void {
  for (let j = 0; j < n; j++) sums[at + j * k + l]! += X[row + j]! * r;
  sums[at + n * k + l]! += r;
  sums[at + (n + 1) * k + l]! += r * r;
}

/**
 * Σr² per target of the predictions of the rows in [start, stop), in one pass.
 * @param sums at least blockCount(stop − start)·k entries; the result is the first k
 */
export function squaredErrors(
  X: Float64Array,
  Y: Float64Array,
  start: number,
  stop: number,
  n: number,
  k: number,
  w: Float64Array,
  b: Float64Array,
  sums: Float64Array,
): void {
  const blocks = blockCount(stop - start);
  sums.fill(0, 0, blocks * k);
  for (let block = 0; block < blocks; block++) {
    const first = start + block * BLOCK_ROWS;
    const last = Math.min(stop, first + BLOCK_ROWS);
    for (let i = first; i < last; i++) {
      for (let l = 0; l < k; l++) {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += X[i * n + j]! * w[j * k + l]!;
        const r = sum + b[l]! - Y[i * k + l]!;
        sums[block * k + l]! += r * r;
      }
    }
  }
  mergeBlocks(sums, blocks, k);
}

/**
 * Σr² per target of two arrays of the same shape [rows×k].
 * @param sums at least blockCount(rows)·k entries; the result is the first k
 */
export function squaredDifferences(
  prediction: Float64Array,
  Y: Float64Array,
  rows: number,
  k: number,
  sums: Float64Array,
): void {
  const blocks = blockCount(rows);
  sums.fill(0, 0, blocks * k);
  for (let i = 0; i < rows; i++) {
    const at = Math.floor(i / BLOCK_ROWS) * k;
    for (let l = 0; l < k; l++) {
      const r = prediction[i * k + l]! - Y[i * k + l]!;
      sums[at + l]! += r * r;
    }
  }
  mergeBlocks(sums, blocks, k);
}

/**
 * [X 1]ᵀ[X 1] of the rows in [start, stop), means included: what curvature is made of.
 * @param out [(n + 1)×(n + 1)], both triangles
 */
export function augmentedGram(
  X: Float64Array,
  start: number,
  stop: number,
  n: number,
  out: Float64Array,
): void {
  const size = n + 1;
  out.fill(0);
  for (let i = start; i < stop; i++) {
    for (let j = 0; j < n; j++) {
      const x = X[i * n + j]!;
      for (let l = j; l < n; l++) out[j * size + l]! += x * X[i * n + l]!;
      out[j * size + n]! += x;
    }
  }
  out[n * size + n] = stop - start;
  for (let j = 0; j < size; j++) for (let l = 0; l < j; l++) out[j * size + l] = out[l * size + j]!;
}

/**
 * Σω(z − c) of each column of z = [x y], for a block of rows.
 * @param start, stop at most `BLOCK_ROWS` rows, summed in order
 * @param c the centre [n + k]
 * @param weights ω, one for each row of X; null where every row counts once
 * @param out [n + k]
 */
export function columnSumsCentred(
  X: Float64Array,
  Y: Float64Array,
  start: number,
  stop: number,
  n: number,
  k: number,
  c: Float64Array,
  weights: Float64Array | null,
  out: Float64Array,
): void {
  out.fill(0, 0, n + k);
  const z = new Float64Array(n + k);
  for (let i = start; i < stop; i++) {
    centredRow(X, Y, i, n, k, c, z);
    for (let j = 0; j < n + k; j++) out[j]! += weights === null ? z[j]! : weights[i]! * z[j]!;
  }
}

/**
 * The upper triangle of Σω(z − c)(z − c)ᵀ, z = [x y], for a block of rows; a term is (ω·(zⱼ − cⱼ))·(zₗ − cₗ), j ≤ l.
 * @param start, stop at most `BLOCK_ROWS` rows, summed in order
 * @param c the centre [n + k]
 * @param weights ω, one for each row of X; null where every row counts once
 * @param out [(n + k)×(n + k)], zero below the diagonal
 */
export function centredGram(
  X: Float64Array,
  Y: Float64Array,
  start: number,
  stop: number,
  n: number,
  k: number,
  c: Float64Array,
  weights: Float64Array | null,
  out: Float64Array,
): void {
  const p = n + k;
  out.fill(0, 0, p * p);
  const z = new Float64Array(p);
  for (let i = start; i < stop; i++) {
    centredRow(X, Y, i, n, k, c, z);
    for (let j = 0; j < p; j++) {
      const left = weights === null ? z[j]! : weights[i]! * z[j]!;
      for (let l = j; l < p; l++) out[j * p + l]! += left * z[l]!;
    }
  }
}

/** `columnSumsCentred` and `centredGram`, in one pass where that is faster. */
export function centredSums(
  X: Float64Array,
  Y: Float64Array,
  start: number,
  stop: number,
  n: number,
  k: number,
  c: Float64Array,
  weights: Float64Array | null,
  sums: Float64Array,
  gram: Float64Array,
): void {
  columnSumsCentred(X, Y, start, stop, n, k, c, weights, sums);
  centredGram(X, Y, start, stop, n, k, c, weights, gram);
}

/** z = [x y] − c of one row. */
function centredRow(
  X: Float64Array,
  Y: Float64Array,
  row: number,
  n: number,
  k: number,
  c: Float64Array,
  z: Float64Array,
): void {
  for (let j = 0; j < n; j++) z[j] = X[row * n + j]! - c[j]!;
  for (let l = 0; l < k; l++) z[n + l] = Y[row * k + l]! - c[n + l]!;
}

/**
 * Householder reduction of a symmetric matrix to tridiagonal form, as `reduce` says.
 * @param a its lower triangle, row by row [n(n+1)/2]; overwritten with the reflectors
 */
export function tridiagonalise(
  a: Float64Array,
  n: number,
  diagonal: Float64Array,
  offDiagonal: Float64Array,
  h: Float64Array,
): void {
  const size = (n * (n + 1)) / 2;
  const heap = new Float64Array(size + 4 * n);
  heap.set(a.subarray(0, size));
  const places = { a: 0, v0: size, p0: size + n, v: size + 2 * n, q: size + 3 * n };
  reduce(heap, places, n, overArray(heap), diagonal, offDiagonal, h);
  a.set(heap.subarray(0, size));
}
