import {
  type Dataset,
  Ell2Error,
  epochMap,
  fit,
  type LinearRegression,
  type LogEntry,
  Moments,
  stableLearningRate,
} from "ell2";
import { History, type Log } from "./history.js";
import { shortBelow } from "./numbers.js";
import { type Problem, startOf } from "./problem.js";
import { pairOf } from "./series.js";
import type { State } from "./state.js";
import { fromScratch, kindOf, type Stepper, stepperOf } from "./stepper.js";

/** Where training is. */
export interface Snapshot {
  epoch: number;
  /** Batches of the epoch that are done, of how many. */
  batch: number;
  batches: number;
  /** [n×k] */
  w: Float64Array;
  b: Float64Array;
  /** L on the training rows, with the parameters as they are. */
  mse: number;
  /** L on the validation rows; null without any. */
  mseValid: number | null;
  /** ‖w‖ */
  norm: number;
  /** (λ/2)‖w‖² */
  penalty: number;
  /** J = L + ℓ₂ */
  objective: number;
  log: Log;
  trail: [number, number][];
  running: boolean;
  /** Why training ended by itself; null while it has not. */
  ended: { reason: "epochs" | "converged" | "unstable" | "diverged" | "limit"; message: string } | null;
}

/** The largest stable rate, and what this one does. */
export interface Gauge {
  /** Null for optimisers that it says nothing about. */
  rate: number | null;
  exact: boolean;
  /** By how much an epoch shrinks what is left; null where that takes too long to know. */
  radius: number | null;
}

/** Rows × features from which epochs are made from moments, where that is cheaper. */
const LARGE = 200_000;
/** More features than this make the epoch map slow. */
const MAP_FEATURES = 60;
const SETTLED = 1e-9;
/** A loss that is so many times the start's will not come back. */
const EXPLODED = 1e6;

/** Trains one model on one problem, a batch, an epoch or some milliseconds at a time; settings may change in between. */
export class Trainer {
  readonly model: LinearRegression;
  readonly #problem: Problem;
  #state: State;
  #batches: Dataset[] = [];
  #moments: Moments[] | null = null;
  #validMoments: Moments | null = null;
  #stepper: Stepper;
  readonly #history = new History();
  #epoch = 0;
  #batch = 0;
  #losses: number[] = [];
  /** Epochs that were asked for beyond the state's. */
  #goal = 0;
  /** L before the first step. */
  readonly #first: number;
  ended: Snapshot["ended"] = null;

  constructor(problem: Problem, state: State) {
    this.#problem = problem;
    this.#state = state;
    this.model = startOf(state, problem.train.X.cols, problem.train.Y.cols);
    this.#stepper = stepperOf(this.model, state);
    this.#cut();
    this.#history.pass(this.model.w.data);
    this.#first = this.model.evaluate(problem.train.X, problem.train.Y);
  }

  /** New settings: taken from the next batch on; another batch size begins its epoch anew. */
  set(state: State): void {
    const before = this.#state;
    this.#state = state;
    this.model.lambda = state.lambda;
    if (kindOf(before) !== kindOf(state)) this.#stepper = stepperOf(this.model, state);
    else this.#stepper.set(state);
    if (before.batch !== state.batch) this.#cut();
    this.goOn();
  }

  /** Forgets why training ended, unless no step can be made any more. */
  goOn(): void {
    if (this.ended?.reason !== "diverged") this.ended = null;
  }

  /** Asks for as many epochs again, where those that were asked for are done. */
  again(): void {
    if (this.#epoch >= this.#last) this.#goal = this.#epoch + this.#state.epochs;
  }

  /** Epochs that are done. */
  get epoch(): number {
    return this.#epoch;
  }

  get batchMoments(): Moments[] {
    this.#moments ??= Moments.ofBatches(this.#problem.train, this.#size);
    return this.#moments;
  }

  /** One batch. */
  stepBatch(): void {
    if (this.ended?.reason === "diverged") return;
    this.#guard(() => this.#one());
    this.#history.pass(this.model.w.data);
  }

  /** What is left of the epoch. */
  stepEpoch(): void {
    if (this.ended?.reason === "diverged") return;
    this.#guard(() => {
      if (this.#batch === 0 && fromScratch(this.#state)) this.#whole(1);
      else for (const epoch = this.#epoch; this.#epoch === epoch; ) this.#one();
      this.#history.pass(this.model.w.data);
    });
  }

  /** Epochs until the last one that was asked for, or until the time is over; whether there are more. */
  run(milliseconds: number): boolean {
    const until = performance.now() + milliseconds;
    while (performance.now() < until && this.ended === null) {
      if (this.#epoch >= this.#last) {
        this.ended = { reason: "epochs", message: `Done: ${this.#epoch} epochs.` };
      } else if (this.#byMoments && this.#batch === 0) {
        this.#guard(() => this.#whole(Math.min(16, this.#last - this.#epoch)));
        this.#history.pass(this.model.w.data);
      } else this.stepEpoch();
    }
    return this.ended === null;
  }

  /** To where training ends: by the epoch map, or a slice of epochs on the way there; whether there is more to do. */
  converge(milliseconds: number): boolean {
    const { optimizer, decayBias, lr, lambda, momentum } = this.#state;
    const n = this.model.w.rows;
    if (this.ended?.reason === "diverged") return false;
    if (optimizer === "sgd" && !decayBias && n <= (momentum > 0 ? MAP_FEATURES : 4 * MAP_FEATURES)) {
      this.#jump(epochMap(this.batchMoments, { lr, lambda, momentum }));
      return false;
    }
    this.ended = null;
    const until = performance.now() + milliseconds;
    while (performance.now() < until && this.ended === null) {
      const before = this.model.w.data.slice();
      this.stepEpoch();
      if (this.ended === null && settled(before, this.model.w.data)) {
        this.ended = { reason: "converged", message: `At rest after ${this.#epoch} epochs.` };
      } else if (this.ended === null && this.#epoch >= 1_000_000) {
        this.ended = { reason: "limit", message: "Not at rest after a million epochs." };
      }
    }
    return this.ended === null;
  }

  gauge(): Gauge {
    const { optimizer, lambda, momentum, lr, decayBias } = this.#state;
    if (optimizer !== "sgd" || decayBias) return { rate: null, exact: false, radius: null };
    const small = this.model.w.rows <= MAP_FEATURES;
    const parts = small ? this.batchMoments : [Moments.merge(this.batchMoments)];
    const { rate, exact } = stableLearningRate(parts, { lambda, momentum });
    const radius = small ? epochMap(parts, { lr, lambda, momentum }).spectralRadius : null;
    return { rate, exact, radius };
  }

  snapshot(running: boolean): Snapshot {
    const { w, b, lambda } = this.model;
    const { train, valid } = this.#problem;
    const square = w.data.reduce((sum, x) => sum + x * x, 0);
    const mse = this.model.evaluate(train.X, train.Y);
    const k = w.cols;
    const [first, second] = pairOf(this.#state, w.rows).map(
      (j) => j * k + Math.min(this.#state.target, k - 1),
    );
    return {
      epoch: this.#epoch,
      batch: this.#batch,
      batches: this.#batches.length,
      w: w.data.slice(),
      b: b.data.slice(),
      mse,
      mseValid: valid && this.model.evaluate(valid.X, valid.Y),
      norm: Math.sqrt(square),
      penalty: (lambda / 2) * square,
      objective: mse + (lambda / 2) * square,
      log: this.#history.log(),
      trail: [...this.#history.trail(first!, second!), [w.data[first!]!, w.data[second!]!]],
      running,
      ended: this.#endOf(mse),
    };
  }

  #endOf(mse: number): Snapshot["ended"] {
    if (this.ended?.reason === "diverged" || !(mse > EXPLODED * this.#first)) return this.ended;
    return { reason: "unstable", message: `Epoch ${this.#epoch}: it diverges. Lower η, and reset.` };
  }

  get #last(): number {
    return Math.max(this.#goal, this.#state.epochs);
  }

  get #size(): number {
    return Math.min(this.#state.batch, this.#problem.train.rows);
  }

  get #byMoments(): boolean {
    const { X } = this.#problem.train;
    return fromScratch(this.#state) && X.numel >= LARGE && this.#batches.length * X.cols * X.cols < X.numel;
  }

  #cut(): void {
    const { train } = this.#problem;
    this.#batches = Array.from({ length: Math.ceil(train.rows / this.#size) }, (_, i) =>
      train.slice(i * this.#size, Math.min(train.rows, (i + 1) * this.#size)),
    );
    this.#moments = null;
    this.#batch = 0;
    this.#losses = [];
  }

  #one(): void {
    const loss = this.#stepper.step(this.#batches[this.#batch]!);
    if (!Number.isFinite(loss)) {
      const message = `The loss left the finite numbers in epoch ${this.#epoch}. A smaller rate may do. Reset, and try.`;
      this.ended = { reason: "diverged", message };
      this.#epoch++;
      return;
    }
    this.#losses.push(loss);
    if (++this.#batch < this.#batches.length) return;
    const mse = this.#losses.reduce((sum, x) => sum + x, 0) / this.#losses.length;
    this.#batch = 0;
    this.#losses = [];
    this.#log({ epoch: this.#epoch, mse, mseValid: this.#evaluate() });
  }

  /** Whole epochs by `fit`: row by row, or from the moments of the batches. */
  #whole(epochs: number): void {
    const { train, valid } = this.#problem;
    const { lr } = this.#state;
    if (this.#byMoments) {
      this.#validMoments ??= valid && Moments.of(valid);
      const held = this.#validMoments ? { valid: this.#validMoments } : {};
      const { log } = fit(this.model, this.batchMoments, { epochs, lr, ...held });
      for (const { mse, mseValid } of log) this.#log({ epoch: this.#epoch, mse, mseValid });
      return;
    }
    const held = valid ? { valid } : {};
    const { log } = fit(this.model, train, { epochs, lr, batchSize: this.#size, strategy: "rows", ...held });
    for (const { mse, mseValid } of log) this.#log({ epoch: this.#epoch, mse, mseValid });
  }

  /** The epochs up to where nothing moves any more, some of them logged. */
  #jump(map: ReturnType<typeof epochMap>): void {
    if (!map.converges) {
      const { rate } = this.gauge();
      const message = `This rate does not converge: each epoch multiplies what is left by ${map.spectralRadius.toPrecision(4)}. ${rate === null ? "" : `${shortBelow(rate)} does.`}`;
      this.ended = { reason: "unstable", message };
      return;
    }
    const start = { w: this.model.w.clone(), b: this.model.b.clone() };
    const all = map.epochsTo(SETTLED, start) ?? 2 ** 40;
    const size = this.model.w.rows + 1;
    const most = Math.max(3, Math.min(60, Math.floor(2e9 / (20 * size * size * size))));
    const counts = new Set(
      Array.from({ length: most }, (_, i) =>
        Math.round(2 ** ((i / (most - 1)) * Math.log2(Math.max(all, 1)))),
      ),
    );
    const from = this.#epoch;
    for (const count of [...counts].filter((count) => count >= 1)) {
      this.#put(map.after(count - 1, start));
      const [entry] = fit(this.model, this.batchMoments, { epochs: 1, lr: this.#state.lr }).log;
      this.#history.jump(
        { epoch: from + count - 1, mse: entry!.mse, mseValid: this.#evaluate() },
        this.#norm(),
      );
      this.#history.pass(this.model.w.data);
    }
    this.#put(map.after(Number.POSITIVE_INFINITY, start));
    this.#history.pass(this.model.w.data);
    this.#epoch = from + all;
    this.#batch = 0;
    this.#stepper = stepperOf(this.model, this.#state);
    this.ended = {
      reason: "converged",
      message:
        all === 0
          ? "At rest already: no step moves a parameter any more."
          : `At rest: after ${all.toLocaleString("en")} epochs no parameter is further from the end than a billionth of the largest.`,
    };
  }

  #put({ w, b }: { w: LinearRegression["w"]; b: LinearRegression["b"] }): void {
    this.model.w.data.set(w.data);
    this.model.b.data.set(b.data);
  }

  #evaluate(): number | null {
    const { valid } = this.#problem;
    return valid && this.model.evaluate(valid.X, valid.Y);
  }

  #norm = () => Math.sqrt(this.model.w.data.reduce((sum, x) => sum + x * x, 0));

  #log(entry: LogEntry): void {
    this.#history.push(entry, this.#norm());
    this.#epoch = entry.epoch + 1;
  }

  /** Runs some training, and keeps in words why it diverged if it did. */
  #guard(train: () => void): void {
    try {
      train();
    } catch (error) {
      if (!(error instanceof Ell2Error && error.code === "DIVERGED")) throw error;
      const { safeLearningRate } = error.data as { safeLearningRate: number };
      this.ended = {
        reason: "diverged",
        message: `Diverged in epoch ${this.#epoch}: the loss left the finite numbers. A rate of ${shortBelow(safeLearningRate)} is safe. Reset, and try.`,
      };
    }
  }
}

const settled = (before: Float64Array, now: Float64Array): boolean => {
  let [largest, change] = [0, 0];
  for (let i = 0; i < now.length; i++) {
    largest = Math.max(largest, Math.abs(now[i]!));
    change = Math.max(change, Math.abs(now[i]! - before[i]!));
  }
  return change <= SETTLED * largest;
};
