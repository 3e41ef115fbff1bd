import { Ell2Error, Moments, stableLearningRate } from "ell2";
import { type Comparison, comparisonOf } from "./compare.js";
import { DATA_NAMES } from "./dataNames.js";
import { type OwnData, type Problem, problemOf, startOf } from "./problem.js";
import type { Name, State } from "./state.js";
import {
  type DecayStudy,
  decayStudy,
  type PairStudy,
  type PathStudy,
  pairStudy,
  pathStudy,
} from "./study.js";
import { type ModelFormat, modelFile } from "./takeAway.js";
import { type Gauge, type Snapshot, Trainer } from "./trainer.js";

/** What the page asks. */
export type Request =
  | { kind: "set"; state: State; own?: OwnData }
  | { kind: "run" | "pause" | "batch" | "epoch" | "converge" | "reset" }
  /** `recorded`: the text of PyTorch's trace, where there is one. */
  | { kind: "compare"; recorded: string | null }
  | { kind: "file"; format: ModelFormat }
  /** The last snapshot has been drawn: the next one may come. */
  | { kind: "drawn" };

/** What there is to know of the rows, with some of them to look at. */
export interface RowsView {
  rows: number;
  validRows: number;
  inputs: readonly string[];
  outputs: readonly string[];
  batches: number;
  /** The first training rows, column by column [n or k][≤ MOST_SHOWN]. */
  X: number[][];
  Y: number[][];
  /** Correlation of each feature and target over all training rows [n][k]. */
  correlation: number[][];
}

/** What the engine answers. */
export type Report =
  | { kind: "data"; data: RowsView }
  | { kind: "snapshot"; snapshot: Snapshot }
  | { kind: "gauge"; gauge: Gauge }
  | { kind: "path"; path: PathStudy }
  | { kind: "pair"; pair: PairStudy }
  | { kind: "decay"; decay: DecayStudy | null }
  | { kind: "comparison"; comparison: Comparison | { absent: string } }
  | { kind: "file"; format: ModelFormat; bytes: Uint8Array<ArrayBuffer> }
  | { kind: "problem"; message: string };

const MOST_SHOWN = 400;
const SLICE_MS = 8;
/** Rows × features beyond which four trainings by autograd take too long. */
const MOST_FOR_DECAY = 60_000;

/** Everything that computes: lives in the worker, or where there is none in the page. */
export class Engine {
  /** The first request sets it. */
  #state!: State;
  #own: OwnData | null = null;
  #problem: Problem | null = null;
  #trainer: Trainer | null = null;
  #mode: "run" | "converge" | null = null;
  #ticking = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting = false;
  #studies = new Set<"gauge" | "path" | "pair" | "decay">();
  #path: PathStudy | null = null;

  /** @param post sends a report to the page */
  constructor(private readonly post: (report: Report) => void) {}

  handle(request: Request): void {
    try {
      this.#answer(request);
    } catch (error) {
      this.#fail(error);
    }
    this.#schedule();
  }

  /** Ends what is under way: nothing is computed or posted any more, unless something is asked. */
  end(): void {
    this.#mode = null;
    this.#studies.clear();
    clearTimeout(this.#timer);
  }

  #answer(request: Request): void {
    if (request.kind === "set") this.#set(request.state, request.own);
    else if (request.kind === "drawn") this.#waiting = false;
    else if (request.kind === "compare") {
      this.post({ kind: "comparison", comparison: comparisonOf(this.#state, request.recorded) });
    } else if (request.kind === "file") this.#file(request.format);
    else this.#train(request.kind);
  }

  #train(kind: "run" | "pause" | "batch" | "epoch" | "converge" | "reset"): void {
    const trainer = this.#trainer;
    if (trainer === null) return;
    this.#mode = kind === "run" || kind === "converge" ? kind : null;
    trainer.goOn();
    if (kind === "run") trainer.again();
    if (kind === "batch") trainer.stepBatch();
    if (kind === "epoch") trainer.stepEpoch();
    if (kind === "reset") this.#trainer = new Trainer(this.#problem!, this.#state);
    this.#show();
  }

  #set(state: State, own: OwnData | undefined): void {
    const before = this.#state;
    this.#state = state;
    if (own) this.#own = own;
    const changed = (names: readonly Name[]) => names.some((name) => before[name] !== state[name]);
    const newRows = this.#problem === null || own !== undefined || changed(DATA_NAMES);
    if (newRows) {
      this.#mode = null;
      this.#problem = problemOf(state, this.#own);
      this.#path = null;
    }
    if (newRows || changed(["start"])) this.#trainer = new Trainer(this.#problem!, state);
    else this.#trainer!.set(state);
    if (newRows || changed(["batch"])) this.#showData();
    if (newRows || changed(["lambda", "lr", "batch", "momentum", "optimizer", "decayBias"]))
      this.#studies.add("gauge");
    if (newRows) this.#studies.add("path");
    if (newRows || changed(["lambda", "target", "first", "second"])) this.#studies.add("pair");
    if (newRows || changed(["lambda", "start"])) this.#studies.add("decay");
    this.#show();
  }

  #schedule(): void {
    if (this.#ticking || (this.#mode === null && this.#studies.size === 0)) return;
    this.#ticking = true;
    this.#timer = setTimeout(() => {
      this.#ticking = false;
      try {
        this.#tick();
      } catch (error) {
        this.#mode = null;
        this.#fail(error);
      }
      this.#schedule();
    }, 0);
  }

  #tick(): void {
    if (this.#mode !== null) {
      const more = this.#mode === "run" ? this.#trainer!.run(SLICE_MS) : this.#trainer!.converge(SLICE_MS);
      if (!more) this.#mode = null;
      if (!more || !this.#waiting) this.#show();
    }
    const [study] = this.#studies;
    if (study === undefined) return;
    this.#studies.delete(study);
    this.#study(study);
  }

  #study(kind: "gauge" | "path" | "pair" | "decay"): void {
    const problem = this.#problem!;
    if (kind === "gauge") this.post({ kind, gauge: this.#trainer!.gauge() });
    else if (kind === "decay") this.post({ kind, decay: this.#decay(problem) });
    else {
      if (this.#path === null || kind === "path") {
        this.#path = pathStudy(problem);
        this.#studies.delete("path");
        this.post({ kind: "path", path: this.#path });
      }
      if (kind === "pair" && problem.train.X.cols > 1)
        this.post({ kind, pair: pairStudy(problem, this.#state, this.#path) });
    }
  }

  #decay(problem: Problem): DecayStudy | null {
    const { X, Y } = problem.train;
    if (X.numel > MOST_FOR_DECAY) return null;
    const { lambda } = this.#state;
    const { rate } = stableLearningRate(Moments.of(problem.train), { lambda });
    return decayStudy(problem, startOf(this.#state, X.cols, Y.cols), lambda, rate);
  }

  #show(): void {
    this.#waiting = true;
    this.post({ kind: "snapshot", snapshot: this.#trainer!.snapshot(this.#mode !== null) });
  }

  #showData(): void {
    const { train, valid } = this.#problem!;
    const { X, Y, inputs, outputs } = train;
    const shown = Math.min(train.rows, MOST_SHOWN);
    const columns = (A: typeof X) =>
      Array.from({ length: A.cols }, (_, j) =>
        Array.from({ length: shown }, (_, i) => A.data[i * A.cols + j]!),
      );
    const { sxx, sxy, syy } = Moments.of(train);
    const correlation = inputs.map((_, j) =>
      outputs.map((_, l) => {
        const size = Math.sqrt(sxx.data[j * X.cols + j]! * syy.data[l * Y.cols + l]!);
        return size > 0 ? sxy.data[j * Y.cols + l]! / size : Number.NaN;
      }),
    );
    const batches = Math.ceil(train.rows / Math.min(this.#state.batch, train.rows));
    const data = { rows: train.rows, validRows: valid?.rows ?? 0, inputs, outputs, batches };
    this.post({ kind: "data", data: { ...data, X: columns(X), Y: columns(Y), correlation } });
  }

  #file(format: ModelFormat): void {
    const { model, epoch } = this.#trainer!;
    const bytes = modelFile(format, model, this.#problem!, this.#state, epoch);
    this.post({ kind: "file", format, bytes });
  }

  #fail(error: unknown): void {
    const known = error instanceof Ell2Error;
    this.post({ kind: "problem", message: known ? error.message : `A fault in the lab: ${String(error)}` });
  }
}
