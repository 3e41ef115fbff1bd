/**
 * Moments of rows that come as columns, some at a time, added up by another thread while more come.
 * Rows are gathered in chunks that are a power of two blocks, so that their sums are nodes of the
 * pairwise tree: the bits are those of the rows in one piece, whoever adds them up.
 */
import { BLOCK_ROWS } from "../numbers/blockSum.js";
import { interleave } from "../numbers/interleave.js";
import { momentsLength, momentsOfChunk, putMoments } from "./jobs.js";
import { folded, push, rangeSums, type Sums } from "./moments.js";
import { post, threadCount } from "./pool.js";
import * as reference from "./reference.js";
import { allocateShared } from "./shared.js";
import type { Kernels } from "./stream.js";
import { wasmKernels } from "./wasm.js";

/** Chunks that are being gathered or added up at a time. */
const SLOTS = 6;
/** Entries of a chunk at most, if it has more than one block: 1 MB. */
const MOST_ENTRIES = 2 ** 17;
/** Milliseconds after which a thread leaves a stream that does not go on, and a wait looks whether there is a thread yet. */
const PATIENCE = 20;

/** Places in the control: chunks gathered, chunks added up, whether a thread works on the stream; then the rows in each slot. */
const GATHERED = 0;
const ADDED = 1;
const PRESENT = 2;
const ROWS = 3;

/** A stream that a thread adds up. */
export interface ColumnsWork {
  kind: "columns";
  /** The slots; in each the columns (features, targets, weights), `capacity` entries apart. */
  columns: Float64Array;
  capacity: number;
  slots: number;
  weighted: boolean;
  n: number;
  k: number;
  /** The moments of each slot. */
  out: Float64Array;
}

/** Adds up the chunks of a stream as they come, until none has come for a while. */
export function addChunks(kernels: Kernels, work: ColumnsWork, control: Int32Array): void {
  for (let chunk = Atomics.load(control, ADDED); ; chunk++) {
    while (Atomics.load(control, GATHERED) <= chunk) {
      if (Atomics.wait(control, GATHERED, chunk, PATIENCE) !== "timed-out") continue;
      Atomics.store(control, PRESENT, 0);
      // one may have come just now, and its thread have seen this one still there
      const left = Atomics.load(control, GATHERED) <= chunk;
      if (left || Atomics.compareExchange(control, PRESENT, 0, 1) !== 0) return;
    }
    addChunk(kernels, work, control, chunk);
  }
}

/** What a chunk is put into, row by row. */
let scratch = { X: new Float64Array(0), Y: new Float64Array(0) };

function addChunk(kernels: Kernels, work: ColumnsWork, control: Int32Array, chunk: number): void {
  const { columns, capacity, slots, weighted, n, k, out } = work;
  const slot = chunk % slots;
  const rows = control[ROWS + slot]!;
  if (scratch.X.length < capacity * n || scratch.Y.length < capacity * k)
    scratch = { X: new Float64Array(capacity * n), Y: new Float64Array(capacity * k) };
  const { X, Y } = scratch;
  const width = n + k + (weighted ? 1 : 0);
  const all = Array.from({ length: width }, (_, j) => {
    const at = (slot * width + j) * capacity;
    return columns.subarray(at, at + rows);
  });
  interleave(all, 0, n, 0, rows, X, 0);
  interleave(all, n, k, 0, rows, Y, 0);
  const weights = weighted ? all[n + k]! : null;
  putMoments(rangeSums(kernels, { X, Y, weights, n, k }, 0, rows), out, slot);
  Atomics.store(control, ADDED, chunk + 1);
  Atomics.notify(control, ADDED);
}

export class ColumnRing {
  readonly #work: ColumnsWork;
  readonly #control: Int32Array;
  readonly #width: number;
  readonly #stack: Sums[] = [];
  /** The chunk that is being gathered, how many of its rows are there, and how many chunks are merged. */
  #chunk = 0;
  #rows = 0;
  #merged = 0;

  /** @param weighted whether a column of row weights comes last */
  constructor(n: number, k: number, weighted: boolean) {
    const width = n + k + (weighted ? 1 : 0);
    const slots = threadCount() > 1 ? SLOTS : 1;
    let capacity = BLOCK_ROWS;
    while (2 * capacity * width <= MOST_ENTRIES) capacity *= 2;
    const columns = allocateShared(slots * capacity * width);
    const out = allocateShared(slots * momentsLength(n + k));
    this.#width = width;
    this.#work = { kind: "columns", columns, capacity, slots, weighted, n, k, out };
    this.#control = new Int32Array(new SharedArrayBuffer(4 * (ROWS + slots)));
  }

  /** Adds rows: of each column the first `rows` entries, which are copied. */
  add(all: readonly Float64Array[], rows: number): void {
    const { columns, capacity, slots } = this.#work;
    for (let from = 0; from < rows; ) {
      const count = Math.min(rows - from, capacity - this.#rows);
      const slot = this.#chunk % slots;
      for (let j = 0; j < this.#width; j++) {
        const column = all[j]!;
        const part = count === column.length ? column : column.subarray(from, from + count);
        columns.set(part, (slot * this.#width + j) * capacity + this.#rows);
      }
      this.#rows += count;
      from += count;
      if (this.#rows === capacity) this.#close();
    }
  }

  /** The sums of all rows; undefined where there are none. */
  sums(): Sums | undefined {
    if (this.#rows > 0) this.#close();
    while (this.#merged < this.#chunk) this.#merge();
    return folded(this.#stack);
  }

  /** Leaves a chunk to another thread if there is one, and makes room for the next. */
  #close(): void {
    const { slots } = this.#work;
    this.#control[ROWS + (this.#chunk % slots)] = this.#rows;
    this.#rows = 0;
    Atomics.store(this.#control, GATHERED, ++this.#chunk);
    if (slots > 1) {
      Atomics.notify(this.#control, GATHERED);
      if (Atomics.exchange(this.#control, PRESENT, 1) === 0) post(this.#work, this.#control, "one");
    }
    if (this.#chunk - this.#merged === slots) this.#merge();
  }

  /** Waits for the oldest chunk, or adds it up where there is no thread (any more), and merges its sums. */
  #merge(): void {
    const { slots, n, k, out } = this.#work;
    while (Atomics.load(this.#control, ADDED) <= this.#merged) {
      if (threadCount() === 1) addChunk(wasmKernels() ?? reference, this.#work, this.#control, this.#merged);
      else Atomics.wait(this.#control, ADDED, this.#merged, PATIENCE);
    }
    const slot = this.#merged % slots;
    const length = momentsLength(n + k);
    const sums = momentsOfChunk(out.slice(slot * length, (slot + 1) * length), 0, n + k);
    push(this.#stack, this.#merged++, sums);
  }
}
