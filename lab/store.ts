import { type Signal, signal } from "@preact/signals";
import type { ComponentChildren, ComponentType } from "preact";
import { type Client, startEngine } from "./client.js";
import type { Comparison } from "./compare.js";
import { DATA_NAMES } from "./dataNames.js";
import { download } from "./download.js";
import type { Report, RowsView } from "./engine.js";
import type { Log } from "./history.js";
import { figure } from "./numbers.js";
import { PRESETS } from "./presets.js";
import type { OwnData } from "./problem.js";
import { defaults, type Name, type State } from "./state.js";
import type { DecayStudy, PairStudy, PathStudy } from "./study.js";
import type { ModelFormat } from "./takeAway.js";
import type { Gauge, Snapshot } from "./trainer.js";
import type { Verdict } from "./verdict.js";

/** A run that is kept to compare with. */
interface Pin {
  label: string;
  log: Log;
}

/** What an editor for a rule is given; its children stand in its place until it is opened. */
export interface EditorProps {
  /** Its name for a screen reader. */
  label: string;
  text: Signal<string>;
  /** What was said of the text; null where it has not been checked. */
  verdict: Signal<Verdict | null>;
  write(text: string): void;
  children: ComponentChildren;
}

/** One lab: what is set, what the engine said last, and what can be asked. */
export interface Lab {
  /** Different for each lab of a page. */
  id: string;
  /** Whether the address of the page holds the state. */
  linked: boolean;
  /** What has no control here. */
  hidden: Signal<ReadonlySet<Name>>;
  /** The id of a place in the article: in a page of its own the name, in others' pages one that is nobody else's. */
  place(name: string): string;
  /** The text of the trace that real PyTorch left; null where it is not at hand. */
  recorded: (() => Promise<string>) | null;
  /** The editor for a rule; null where a text area has to do. */
  editor: ComponentType<EditorProps> | null;
  state: Signal<State>;
  data: Signal<RowsView | null>;
  snapshot: Signal<Snapshot | null>;
  gauge: Signal<Gauge | null>;
  path: Signal<PathStudy | null>;
  pair: Signal<PairStudy | null>;
  decay: Signal<DecayStudy | null | undefined>;
  comparison: Signal<Comparison | { absent: string } | null>;
  /** What went wrong last; empty if nothing did. */
  problem: Signal<string>;
  /** What a screen reader is told. */
  status: Signal<string>;
  pins: Signal<readonly Pin[]>;
  set<N extends Name>(name: N, value: State[N]): void;
  put(state: State): void;
  preset(name: string): void;
  own(data: OwnData): void;
  ask(kind: "run" | "pause" | "batch" | "epoch" | "converge" | "reset"): void;
  compare(): void;
  /** Hands the model to the reader as a file. */
  take(format: ModelFormat): void;
  pin(): void;
  /** Ends the engine. */
  close(): void;
}

const MOST_PINS = 2;
const RUNNING = "Running.";

const FILE_TYPES: Record<ModelFormat, string> = {
  json: "application/json",
  safetensors: "application/octet-stream",
  onnx: "application/octet-stream",
};

/** What is around a lab: a page of its own, or a page of others. */
export interface Surroundings extends Pick<Lab, "linked" | "recorded" | "editor"> {
  /** What has no control. */
  hidden?: ReadonlySet<Name>;
}

export function createLab(
  initial: State,
  { linked, recorded, editor, hidden = new Set() }: Surroundings,
): Lab {
  // no counter: a notebook loads the module once for each widget
  const id = `ell2-${Math.random().toString(36).slice(2)}`;
  const lab: Lab = {
    id,
    linked,
    recorded,
    editor,
    hidden: signal(hidden),
    place: (name) => (linked ? name : `${id}-${name}`),
    state: signal(initial),
    data: signal(null),
    snapshot: signal(null),
    gauge: signal(null),
    path: signal(null),
    pair: signal(null),
    decay: signal(undefined),
    comparison: signal(null),
    problem: signal(""),
    status: signal(""),
    pins: signal([]),
    set(name, value) {
      if (lab.state.value[name] !== value) lab.put({ ...lab.state.value, [name]: value });
    },
    put(state) {
      lab.problem.value = "";
      lab.comparison.value = null;
      const before = lab.state.value;
      if (DATA_NAMES.some((name) => before[name] !== state[name])) lab.pins.value = [];
      lab.state.value = state;
      client.send({ kind: "set", state });
    },
    preset(name) {
      lab.put({ ...defaults(), ...PRESETS[name]!.set });
      lab.status.value = `${PRESETS[name]!.label}: loaded.`;
    },
    own(data) {
      lab.problem.value = "";
      lab.comparison.value = null;
      lab.pins.value = [];
      const rows = data.X.length;
      const train = Math.max(2, Math.min(100_000, Math.round(rows * 0.8)));
      const state: State = {
        ...lab.state.value,
        data: "csv",
        train,
        valid: Math.min(100_000, rows - train),
        batch: Math.min(train, 100_000),
        standardize: true,
      };
      lab.state.value = state;
      client.send({ kind: "set", state, own: data });
      lab.status.value = `${data.name}: ${rows} rows, ${data.inputs.length} features, ${data.outputs.length} targets.`;
    },
    ask(kind) {
      if (kind === "run") lab.status.value = RUNNING;
      client.send({ kind });
    },
    async compare() {
      lab.comparison.value = null;
      try {
        client.send({ kind: "compare", recorded: (await recorded?.()) ?? null });
      } catch {
        lab.problem.value = "PyTorch's recorded run could not be loaded: load the page again.";
      }
    },
    take: (format) => client.send({ kind: "file", format }),
    pin() {
      const { snapshot, pins } = lab;
      if (snapshot.value === null || snapshot.value.log.epoch.length === 0) return;
      const { lambda, lr, optimizer } = begun;
      const label = `λ ${lambda}, η ${lr}${optimizer === "sgd" ? "" : `, ${optimizer}`}`;
      pins.value = [...pins.value, { label, log: snapshot.value.log }].slice(-MOST_PINS);
      lab.status.value = `Kept: ${label}.`;
    },
    close() {
      cancelAnimationFrame(frame);
      client.close();
    },
  };

  let pending: Snapshot | null = null;
  let frame = 0;
  /** The state with which the run that is shown began. */
  let begun = initial;
  const show = (snapshot: Snapshot) => {
    const before = lab.snapshot.value;
    lab.snapshot.value = snapshot;
    if (!before?.log.epoch.length || snapshot.epoch < before.epoch) begun = lab.state.value;
    const moved =
      before !== null &&
      (before.running ||
        before.epoch !== snapshot.epoch ||
        before.batch !== snapshot.batch ||
        before.ended?.message !== snapshot.ended?.message);
    // a run that ends at once is not seen running
    if ((moved || lab.status.value === RUNNING) && !snapshot.running) tell(snapshot);
    client.send({ kind: "drawn" });
  };
  const tell = ({ epoch, batch, mse, mseValid, ended }: Snapshot) => {
    const losses = `L, train ${figure(mse)}${mseValid === null ? "" : `, validation ${figure(mseValid)}`}.`;
    const where = `Epoch ${epoch}${batch > 0 ? `, batch ${batch}` : ""}`;
    lab.status.value = `${ended?.message ?? `${where}.`} ${losses}`;
  };
  const onReport = (report: Report) => {
    if (report.kind === "snapshot") {
      // the newest one, when the page next draws
      if (pending === null) {
        frame = requestAnimationFrame(() => {
          const newest = pending!;
          pending = null;
          show(newest);
        });
      }
      pending = report.snapshot;
    } else if (report.kind === "file") {
      download(`model.${report.format}`, FILE_TYPES[report.format], report.bytes);
    } else if (report.kind === "problem") lab.problem.value = report.message;
    else Object.assign(lab[report.kind], { value: (report as never)[report.kind] });
  };
  const client: Client = startEngine(onReport);
  client.send({ kind: "set", state: initial });
  return lab;
}
