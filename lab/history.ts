import type { LogEntry } from "ell2";

/** The log of a run in columns, as it is sent and drawn. */
export interface Log {
  epoch: number[];
  mse: number[];
  /** NaN without validation rows. */
  mseValid: number[];
  /** ‖w‖ after the epoch. */
  norm: number[];
}

/** More epochs are thinned: every second kept one goes, again and again. */
const MOST = 2000;
const MOST_POINTS = 400;

/** What is kept of a run: its log, and the weights on the way, both thinned evenly when they grow long. */
export class History {
  #log: (LogEntry & { norm: number })[] = [];
  #last: (LogEntry & { norm: number }) | null = null;
  #every = 1;
  #points: Float64Array[] = [];
  #pointsEvery = 1;
  #pointsSeen = 0;

  push(entry: LogEntry, norm: number): void {
    this.#last = { ...entry, norm };
    if (entry.epoch % this.#every !== 0) return;
    this.#log.push(this.#last);
    if (this.#log.length <= MOST) return;
    this.#every *= 2;
    this.#log = this.#log.filter(({ epoch }) => epoch % this.#every === 0);
  }

  /** An entry of a run that was not walked through: kept whatever its epoch. */
  jump(entry: LogEntry, norm: number): void {
    this.#last = { ...entry, norm };
    this.#log.push(this.#last);
  }

  /** Notes where the weights are. */
  pass(w: Float64Array): void {
    if (this.#pointsSeen++ % this.#pointsEvery !== 0) return;
    this.#points.push(w.slice());
    if (this.#points.length <= MOST_POINTS) return;
    this.#pointsEvery *= 2;
    this.#points = this.#points.filter((_, i) => i % 2 === 0);
  }

  /** The log, with the last epoch always in it. */
  log(): Log {
    const last = this.#last !== null && this.#log.at(-1) !== this.#last ? [this.#last] : [];
    const all = [...this.#log, ...last];
    return {
      epoch: all.map(({ epoch }) => epoch),
      mse: all.map(({ mse }) => mse),
      mseValid: all.map(({ mseValid }) => mseValid ?? Number.NaN),
      norm: all.map(({ norm }) => norm),
    };
  }

  /** The way of two weights: [first, second] of each point. */
  trail(first: number, second: number): [number, number][] {
    return this.#points.map((w) => [w[first]!, w[second]!]);
  }
}
