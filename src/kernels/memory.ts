/** The memory of the WebAssembly module, seen as float64: how arrays are laid out in it, and copied in and out. */
import { gatherRows } from "./gather.js";

/** What assembly/index.ts exports. */
export interface Exports {
  memory: WebAssembly.Memory;
  predict(X: number, rows: number, n: number, k: number, w: number, b: number, P: number, out: number): void;
  errors(
    X: number,
    Y: number,
    rows: number,
    n: number,
    k: number,
    w: number,
    b: number,
    P: number,
    losses: number,
  ): void;
  step(
    X: number,
    Y: number,
    rows: number,
    n: number,
    k: number,
    w: number,
    b: number,
    P: number,
    losses: number,
    sums: number,
  ): void;
  residual(X: number, R: number, rows: number, n: number, k: number, losses: number, sums: number): void;
  centre(
    X: number,
    xStep: number,
    n: number,
    Y: number,
    yStep: number,
    k: number,
    rows: number,
    c: number,
    Z: number,
    step: number,
  ): void;
  weigh(Z: number, step: number, rows: number, weights: number, V: number): void;
  addColumns(Z: number, step: number, rows: number, width: number, sums: number): void;
  gram(
    V: number,
    Z: number,
    step: number,
    rows: number,
    out: number,
    outStep: number,
    height: number,
    width: number,
    upper: boolean,
  ): void;
  reflectAndMultiply(a: number, count: number, v0: number, p0: number, v: number, q: number): void;
}

/** Entries of memory: 32 MB; what would need more is left to the reference. */
const MOST_ENTRIES = 2 ** 22;
/** Entries after an array into which a tile may reach. */
export const ROOM = 4;
const PAGE = 65_536;
/** Entries below which a loop copies faster than a call. */
const SHORT = 48;

/** k rounded up to an even number. */
export const even = (k: number): number => (k + 1) & -2;

/** Rows of `width` entries, of at most `rows`, that make a piece of `entries`. */
export const pieceRows = (entries: number, width: number, rows: number): number =>
  Math.max(1, Math.min(rows, Math.max(8, 4 * Math.floor(entries / (4 * width)))));

/** An instance of the module. Places and lengths are counted in entries. */
export class Memory {
  readonly wasm: Exports;
  heap: Float64Array;

  constructor(module: WebAssembly.Module) {
    this.wasm = new WebAssembly.Instance(module).exports as unknown as Exports;
    this.heap = new Float64Array(this.wasm.memory.buffer);
  }

  /** Where arrays of these lengths stand, on even places; memory grows if they need it. Null if that would be too much. */
  layout<const Lengths extends readonly number[]>(
    ...lengths: Lengths
  ): { [i in keyof Lengths]: number } | null {
    let end = 0;
    const places = lengths.map((length) => {
      const place = end;
      end += even(length) + ROOM;
      return place;
    });
    if (end > MOST_ENTRIES) return null;
    if (end > this.heap.length) {
      this.wasm.memory.grow(Math.ceil((8 * (end - this.heap.length)) / PAGE));
      this.heap = new Float64Array(this.wasm.memory.buffer);
    }
    return places as { [i in keyof Lengths]: number };
  }

  zero(at: number, length: number): void {
    this.heap.fill(0, at, at + length);
  }

  /** Copies from[start, stop) to memory. */
  put(from: Float64Array, start: number, stop: number, to: number): void {
    if (stop - start > SHORT) this.heap.set(from.subarray(start, stop), to);
    else for (let i = start; i < stop; i++) this.heap[to++] = from[i]!;
  }

  /** Copies memory from `from` on to out[start, stop). */
  take(from: number, out: Float64Array, start: number, stop: number): void {
    if (stop - start > SHORT) out.set(this.heap.subarray(from, from + stop - start), start);
    else for (let i = start; i < stop; i++) out[i] = this.heap[from++]!;
  }

  /** The same for `rows` rows of `width` entries, which stand `step` apart in memory. */
  takeRows(from: number, step: number, rows: number, width: number, out: Float64Array, at: number): void {
    if (step === width) this.take(from, out, at, at + rows * width);
    else for (let i = 0; i < rows; i++) this.take(from + i * step, out, at + i * width, at + (i + 1) * width);
  }

  /** Copies the columns [left, right) of the rows [start, stop) of A [·×cols] to memory. */
  putColumns(
    A: Float64Array,
    cols: number,
    start: number,
    stop: number,
    left: number,
    right: number,
    to: number,
  ): void {
    const width = right - left;
    if (width === cols) this.put(A, start * cols, stop * cols, to);
    else
      for (let i = start; i < stop && width > 0; i++, to += width)
        this.put(A, i * cols + left, i * cols + right, to);
  }

  /** Copies the rows order[start, stop) of A [·×cols] to memory. */
  gather(A: Float64Array, cols: number, order: Uint32Array, start: number, stop: number, to: number): void {
    gatherRows(A, cols, order, start, stop, this.heap, to);
  }
}
