/**
 * The rows of a shuffled epoch, put into the epoch's order by another thread ahead of the batches that
 * need them. Rows are taken in units of whole batches; whichever thread is first takes a unit, so that
 * neither waits for long. What the other thread has ready stands in a ring that fits its cache.
 */
import { gatherRows } from "./gather.js";
import { post, threadCount } from "./pool.js";
import { allocateShared, isShared } from "./shared.js";

/** A unit is free, being gathered by the other thread, there, or left to this thread. */
const FREE = 0;
const BUSY = 1;
const READY = 2;
const OURS = 3;

/** Places in the control: the unit that training is at, whether a thread works on the epoch; then the units' states. */
const AT = 0;
const PRESENT = 1;
const STATES = 2;

const UNIT_ROWS = 1024;
/** Units in the ring. */
const SLOTS = 8;
/** Entries of the ring at most: 8 MB. */
const MOST_RING = 2 ** 20;
/** Entries of X and Y from which their rows no longer come out of the cache: 16 MB. */
const LEAST_ENTRIES = 2 ** 21;
/** Milliseconds after which a thread leaves an epoch that does not go on. */
const PATIENCE = 20;

/** An epoch that a thread gathers for. */
export interface GatherWork {
  kind: "gather";
  X: Float64Array;
  Y: Float64Array;
  n: number;
  k: number;
  order: Uint32Array;
  /** Rows a unit. */
  unit: number;
  ringX: Float64Array;
  ringY: Float64Array;
}

/** Gathers units ahead of where training is, until none is left or training has stopped. */
export function gatherUnits(work: GatherWork, control: Int32Array): void {
  const units = control.length - STATES;
  for (let u = Atomics.load(control, AT); u < units; u++) {
    for (let at = Atomics.load(control, AT); u >= at + SLOTS; at = Atomics.load(control, AT)) {
      if (Atomics.wait(control, AT, at, PATIENCE) !== "timed-out") continue;
      Atomics.store(control, PRESENT, 0);
      return;
    }
    gatherUnit(work, control, u);
  }
}

/** Gathers a unit into its slot, if nobody has taken it. @returns whether it was free */
function gatherUnit(work: GatherWork, control: Int32Array, u: number): boolean {
  if (Atomics.compareExchange(control, STATES + u, FREE, BUSY) !== FREE) return false;
  const { X, Y, n, k, order, unit, ringX, ringY } = work;
  const [start, stop] = [u * unit, Math.min(order.length, (u + 1) * unit)];
  const slot = (u % SLOTS) * unit;
  gatherRows(X, n, order, start, stop, ringX, slot * n);
  gatherRows(Y, k, order, start, stop, ringY, slot * k);
  Atomics.store(control, STATES + u, READY);
  Atomics.notify(control, STATES + u);
  return true;
}

export class GatherAhead {
  readonly #work: GatherWork;
  #control: Int32Array;

  /** Null where another thread would not help: there is none, the rows are few or not shared, or the batches are large. */
  static over(X: Float64Array, Y: Float64Array, n: number, k: number, batchSize: number): GatherAhead | null {
    const unit = batchSize * Math.ceil(UNIT_ROWS / batchSize);
    const small = SLOTS * unit * (n + k) <= MOST_RING;
    const helps = threadCount() > 1 && isShared(X, Y) && X.length + Y.length >= LEAST_ENTRIES;
    return helps && small ? new GatherAhead(X, Y, n, k, unit) : null;
  }

  private constructor(X: Float64Array, Y: Float64Array, n: number, k: number, unit: number) {
    const rows = Y.length / k;
    const order = new Uint32Array(new SharedArrayBuffer(4 * rows));
    const ringX = allocateShared(SLOTS * unit * n);
    const ringY = allocateShared(SLOTS * unit * k);
    this.#work = { kind: "gather", X, Y, n, k, order, unit, ringX, ringY };
    this.#control = new Int32Array(0);
  }

  /** Begins an epoch. @param order of its rows */
  begin(order: Uint32Array): void {
    this.#work.order.set(order);
    const units = Math.ceil(order.length / this.#work.unit);
    this.#control = new Int32Array(new SharedArrayBuffer(4 * (STATES + units)));
  }

  /**
   * The rows [start, …) of a batch in the epoch's order, and the place of the first; null if they are
   * left to the caller. Batches are asked for in turn.
   */
  rows(start: number): { X: Float64Array; Y: Float64Array; at: number } | null {
    const { unit, ringX, ringY } = this.#work;
    const u = Math.floor(start / unit);
    const control = this.#control;
    if (Atomics.exchange(control, AT, u) !== u) Atomics.notify(control, AT);
    if (Atomics.exchange(control, PRESENT, 1) === 0) post(this.#work, control, "one");
    const state = Atomics.compareExchange(control, STATES + u, FREE, OURS);
    if (state === FREE || state === OURS) return null;
    // while the other thread is at this unit, this one gathers one that comes after it
    const end = Math.min(u + SLOTS, control.length - STATES);
    for (let next = u + 1; next < end && Atomics.load(control, STATES + u) === BUSY; ) {
      if (gatherUnit(this.#work, control, next)) next = u + 1;
      else next++;
    }
    while (Atomics.load(control, STATES + u) === BUSY) Atomics.wait(control, STATES + u, BUSY);
    return { X: ringX, Y: ringY, at: (u % SLOTS) * unit + (start - u * unit) };
  }
}
