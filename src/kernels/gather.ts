/** Rows whose cache lines are asked for at a time: about as many as the processor keeps addresses of pages. */
const TOUCHED = 32;
/** Entries in a cache line. */
const LINE = 8;

/** Copies the rows order[start, stop) of A [·×cols] to `out`, from `to` on. */
export function gatherRows(
  A: Float64Array,
  cols: number,
  order: Uint32Array,
  start: number,
  stop: number,
  out: Float64Array,
  to: number,
): void {
  for (let first = start; first < stop; first += TOUCHED) {
    const last = Math.min(stop, first + TOUCHED);
    // reading an entry of every cache line first lets the rows come from memory at the same time
    let read = 0;
    for (let position = first; position < last; position++) {
      const from = order[position]! * cols;
      for (let j = 0; j < cols; j += LINE) read += A[from + j]!;
      read += A[from + cols - 1]!;
    }
    out[to] = read; // so that the reads are not optimised away; the copy overwrites it
    for (let position = first; position < last; position++, to += cols) {
      const from = order[position]! * cols;
      for (let j = 0; j < cols; j++) out[to + j] = A[from + j]!;
    }
  }
}
