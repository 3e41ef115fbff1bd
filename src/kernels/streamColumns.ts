import { even, type Memory, pieceRows, ROOM } from "./memory.js";

/** Entries of centred columns that are multiplied at a time: 128 KB. */
const PIECE = 16_384;
/** Columns whose products are taken at a time, so that memory stays bounded however many there are. */
const STRIPE = 256;

/** The columns of z = [x y], with a centre and row weights. */
export interface Columns {
  X: Float64Array;
  /** null: one column of ones. */
  Y: Float64Array | null;
  n: number;
  k: number;
  /** null: zeros. */
  c: Float64Array | null;
  weights: Float64Array | null;
}

/** A range of columns of z, as ranges of X's and of Y's. */
const split = (n: number, left: number, right: number) => ({
  xs: [Math.min(left, n), Math.min(right, n)] as const,
  ys: [Math.max(left, n) - n, Math.max(right, n) - n] as const,
});

/** Puts the columns [left, right) of the rows [start, stop) to `at`, X's and then Y's; returns where Y's are. */
function putRaw(
  memory: Memory,
  { X, Y, n, k }: Columns,
  start: number,
  stop: number,
  left: number,
  right: number,
  at: number,
): number {
  const { xs, ys } = split(n, left, right);
  const atY = at + even((stop - start) * (xs[1] - xs[0])) + ROOM;
  memory.putColumns(X, n, start, stop, ...xs, at);
  if (Y !== null) memory.putColumns(Y, k, start, stop, ...ys, atY);
  else memory.heap.fill(1, atY, atY + (stop - start) * (ys[1] - ys[0]));
  return atY;
}

/**
 * Σω(z − c) to `sums`, and the upper triangle of Σω(z − c)(z − c)ᵀ to `gram`, over the rows in order,
 * without blocks; either may be null.
 * @returns false where memory does not suffice
 */
export function streamColumns(
  memory: Memory,
  data: Columns,
  start: number,
  stop: number,
  sums: Float64Array | null,
  gram: Float64Array | null,
): boolean {
  const { wasm } = memory;
  const { n, k, c, weights } = data;
  const p = n + k;
  const width = Math.min(p, STRIPE);
  const step = even(width + 1) + (width % 32 > 28 ? 4 : 0); // rows a power of two apart would share their cache lines
  const outStep = even(width + 3);
  const piece = pieceRows(PIECE, step, stop - start);
  const Z = (piece + 1) * step;
  const products = gram === null ? 0 : (width + 3) * outStep;
  const places = memory.layout(piece * width + ROOM, step, piece, Z, Z, Z, products, outStep);
  if (places === null) return false;
  const [at, atC, atWeights, atZ, atV, atOther, atGram, atSums] = places;

  /** Puts z − c of the columns [left, right) of some rows to `to`. */
  function centre(first: number, rows: number, left: number, right: number, to: number): void {
    const { xs, ys } = split(n, left, right);
    const atY = putRaw(memory, data, first, first + rows, left, right, at);
    if (c === null) memory.zero(atC, right - left);
    else memory.put(c, left, right, atC);
    const [xCols, yCols] = [xs[1] - xs[0], ys[1] - ys[0]];
    wasm.centre(8 * at, 8 * xCols, xCols, 8 * atY, 8 * yCols, yCols, rows, 8 * atC, 8 * to, 8 * step);
  }

  for (let top = 0; top < p; top += STRIPE) {
    const bottom = Math.min(p, top + STRIPE);
    const height = bottom - top;
    for (let left = top; left < (gram === null ? bottom : p); left += STRIPE) {
      const right = Math.min(p, left + STRIPE);
      const diagonal = left === top;
      if (gram !== null) memory.zero(atGram, (height + 3) * outStep);
      memory.zero(atSums, outStep);
      for (let i = start; i < stop; i += piece) {
        const rows = Math.min(piece, stop - i);
        centre(i, rows, top, bottom, atZ);
        if (weights !== null) {
          memory.put(weights, i, i + rows, atWeights);
          wasm.weigh(8 * atZ, 8 * step, rows, 8 * atWeights, 8 * atV);
        }
        const atWeighted = weights === null ? atZ : atV;
        if (diagonal && sums !== null) wasm.addColumns(8 * atWeighted, 8 * step, rows, height, 8 * atSums);
        if (gram === null) continue;
        if (!diagonal) centre(i, rows, left, right, atOther);
        const atRight = 8 * (diagonal ? atZ : atOther);
        wasm.gram(
          8 * atWeighted,
          atRight,
          8 * step,
          rows,
          8 * atGram,
          8 * outStep,
          height,
          right - left,
          diagonal,
        );
      }
      if (diagonal && sums !== null) memory.take(atSums, sums, top, bottom);
      if (gram === null) continue;
      for (let j = top; j < bottom; j++) {
        const from = Math.max(j, left);
        memory.take(atGram + (j - top) * outStep + from - left, gram, j * p + from, j * p + right);
      }
    }
  }
  return true;
}

/** Σz of each column, as `streamColumns` would take it about zero without weights; nothing is centred, so nothing is copied twice. */
export function streamPlainSums(
  memory: Memory,
  data: Columns,
  start: number,
  stop: number,
  sums: Float64Array,
): boolean {
  const { n, k } = data;
  const piece = pieceRows(PIECE, n + k, stop - start);
  const places = memory.layout(piece * (n + k) + ROOM, n + 3, k + 3);
  if (places === null) return false;
  const [at, atX, atY] = places;
  memory.zero(atX, n + 3);
  memory.zero(atY, k + 3);
  for (let i = start; i < stop; i += piece) {
    const rows = Math.min(piece, stop - i);
    const from = putRaw(memory, data, i, i + rows, 0, n + k, at);
    memory.wasm.addColumns(8 * at, 8 * n, rows, n, 8 * atX);
    memory.wasm.addColumns(8 * from, 8 * k, rows, k, 8 * atY);
  }
  memory.take(atX, sums, 0, n);
  memory.take(atY, sums, n, n + k);
  return true;
}
