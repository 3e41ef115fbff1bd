import { BLOCK_ROWS } from "../numbers/blockSum.js";
import { even, type Memory, pieceRows } from "./memory.js";
import { blockCount, sumsLength } from "./reference.js";

/** Entries of X that are computed on at a time: 48 KB. */
const PIECE = 6144;

/** `predict` of the reference, b null standing for zeros. @returns false where memory does not suffice */
export function predictRows(
  memory: Memory,
  X: Float64Array,
  start: number,
  stop: number,
  n: number,
  w: Float64Array,
  b: Float64Array | null,
  k: number,
  out: Float64Array,
): boolean {
  const piece = pieceRows(PIECE, n + k, stop - start);
  const places = memory.layout(n * k, k, (piece + 3) * n, (piece + 3) * even(k), piece * k);
  if (places === null) return false;
  const [atW, atB, atX, atP, atOut] = places;
  memory.put(w, 0, n * k, atW);
  if (b === null) memory.zero(atB, k);
  else memory.put(b, 0, k, atB);
  for (let i = start; i < stop; i += piece) {
    const rows = Math.min(piece, stop - i);
    memory.put(X, i * n, (i + rows) * n, atX);
    memory.wasm.predict(8 * atX, rows, n, k, 8 * atW, 8 * atB, 8 * atP, 8 * atOut);
    memory.take(atOut, out, (i - start) * k, (i - start + rows) * k);
  }
  return true;
}

/**
 * The sums of each block of the rows in [start, stop), unmerged. Without w and b, Y holds the
 * residuals, from row 0 on; without `full`, only Σr² is taken. Returns false where memory does not suffice.
 */
export function blockSums(
  memory: Memory,
  X: Float64Array,
  Y: Float64Array,
  order: Uint32Array | null,
  start: number,
  stop: number,
  n: number,
  k: number,
  w: Float64Array | null,
  b: Float64Array | null,
  sums: Float64Array,
  full: boolean,
): boolean {
  const piece = pieceRows(PIECE, n + k, Math.min(BLOCK_ROWS, stop - start));
  const wide = even(k);
  const [gradient, losses] = [full ? (n + 3) * wide : 0, 2 * wide];
  const parameters = w === null ? 0 : n * k;
  const places = memory.layout(
    parameters,
    k,
    (piece + 3) * n,
    piece * k,
    (piece + 3) * wide,
    losses,
    gradient,
  );
  if (places === null) return false;
  const [atW, atB, atX, atY, atP, atLosses, atSums] = places;
  if (w !== null && b !== null) {
    memory.put(w, 0, n * k, atW);
    memory.put(b, 0, k, atB);
  }
  const blocks = blockCount(stop - start);
  for (let block = 0; block < blocks; block++) {
    memory.zero(atLosses, losses);
    memory.zero(atSums, gradient);
    const first = start + block * BLOCK_ROWS;
    const last = Math.min(stop, first + BLOCK_ROWS);
    for (let i = first; i < last; i += piece) {
      const rows = Math.min(piece, last - i);
      if (order === null) {
        const from = w === null ? i - start : i;
        memory.put(X, i * n, (i + rows) * n, atX);
        memory.put(Y, from * k, (from + rows) * k, atY);
      } else {
        memory.gather(X, n, order, i, i + rows, atX);
        memory.gather(Y, k, order, i, i + rows, atY);
      }
      if (w === null) memory.wasm.residual(8 * atX, 8 * atY, rows, n, k, 8 * atLosses, 8 * atSums);
      else if (full) {
        memory.wasm.step(8 * atX, 8 * atY, rows, n, k, 8 * atW, 8 * atB, 8 * atP, 8 * atLosses, 8 * atSums);
      } else memory.wasm.errors(8 * atX, 8 * atY, rows, n, k, 8 * atW, 8 * atB, 8 * atP, 8 * atLosses);
    }
    if (full) {
      const at = block * sumsLength(n, k);
      memory.takeRows(atSums, wide, n, k, sums, at);
      memory.takeRows(atLosses, wide, 2, k, sums, at + n * k);
    } else memory.take(atLosses + wide, sums, block * k, (block + 1) * k);
  }
  return true;
}
