/**
 * Moments of rows that come as columns, some at a time, added up by another thread while more come.
 * Rows are gathered in chunks that are a power of two blocks, so that their sums are nodes of the
 * pairwise tree: the bits are those of the rows in one piece, whoever adds them up.
 */
import { BLOCK_ROWS } from "../numbers/blockSum.js";
import { type ColumnsJob, momentsLength, momentsOfChunk, runChunk } from "./jobs.js";
import { folded, push, type Sums } from "./moments.js";
import { post, threadCount, waitForEnd } from "./pool.js";
import * as reference from "./reference.js";
import { allocateShared } from "./shared.js";
import { wasmKernels } from "./wasm.js";

/** Chunks that are being gathered or added up at a time. */
const SLOTS = 6;
/** Entries of a chunk at most, if it has more than one block: 2 MB. */
const MOST_ENTRIES = 2 ** 18;

interface Slot {
  job: ColumnsJob;
  /** Of the task that adds it up; null where there is none. */
  control: Int32Array | null;
}

export class ColumnRing {
  readonly #width: number;
  readonly #chunkRows: number;
  readonly #slots: Slot[];
  readonly #stack: Sums[] = [];
  /** The chunk that is being gathered, how many of its rows are there, and how many chunks are merged. */
  #chunk = 0;
  #rows = 0;
  #merged = 0;

  /** @param weighted whether a column of row weights comes last */
  constructor(n: number, k: number, weighted: boolean) {
    this.#width = n + k + (weighted ? 1 : 0);
    this.#chunkRows = BLOCK_ROWS;
    while (2 * this.#chunkRows * this.#width <= MOST_ENTRIES) this.#chunkRows *= 2;
    this.#slots = Array.from({ length: threadCount() > 1 ? SLOTS : 1 }, () => ({
      job: {
        kind: "columns",
        columns: allocateShared(this.#chunkRows * this.#width),
        chunkRows: this.#chunkRows,
        weighted,
        n,
        k,
        start: 0,
        stop: 0,
        out: allocateShared(momentsLength(n + k)),
      },
      control: null,
    }));
  }

  /** Adds rows: of each column the first `rows` entries, which are copied. */
  add(columns: readonly Float64Array[], rows: number): void {
    for (let from = 0; from < rows; ) {
      const { job } = this.#slots[this.#chunk % this.#slots.length]!;
      const count = Math.min(rows - from, this.#chunkRows - this.#rows);
      for (let j = 0; j < this.#width; j++) {
        const part = count === columns[j]!.length ? columns[j]! : columns[j]!.subarray(from, from + count);
        job.columns.set(part, j * this.#chunkRows + this.#rows);
      }
      this.#rows += count;
      from += count;
      if (this.#rows === this.#chunkRows) this.#close();
    }
  }

  /** The sums of all rows; undefined where there are none. */
  sums(): Sums | undefined {
    if (this.#rows > 0) this.#close();
    while (this.#merged < this.#chunk) this.#merge();
    return folded(this.#stack);
  }

  /** Gives a chunk to another thread if there is one, and makes room for the next. */
  #close(): void {
    const slot = this.#slots[this.#chunk % this.#slots.length]!;
    slot.job.stop = this.#rows;
    if (threadCount() > 1) {
      slot.control = new Int32Array(new SharedArrayBuffer(8));
      post(slot.job, slot.control, "one");
    } else runChunk(wasmKernels() ?? reference, slot.job, 0);
    this.#chunk++;
    this.#rows = 0;
    if (this.#chunk - this.#merged === this.#slots.length) this.#merge();
  }

  /** Waits for the oldest chunk, and merges its sums. */
  #merge(): void {
    const slot = this.#slots[this.#merged % this.#slots.length]!;
    if (slot.control && !waitForEnd(slot.control)) runChunk(wasmKernels() ?? reference, slot.job, 0);
    slot.control = null;
    const { n, k, out } = slot.job;
    push(this.#stack, this.#merged++, momentsOfChunk(out.slice(), 0, n + k));
  }
}
