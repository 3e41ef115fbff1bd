import type { MakeRegressionOptions } from "../data/makeRegression.js";
import { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";
import type { TorchRelease } from "../random/torch.js";

/** What every recorded trace begins with; the format is described in golden/README.md. */
interface Header {
  format: 1;
  name: string;
  about: string;
  recorder: string;
  versions: { python: string; numpy: string; scikitLearn: string; torch: string; platform: string };
  seed: Seed;
}

/** A seed as JSON holds it: whole numbers beyond 2⁵³ are strings. */
export type Seed = number | string | number[];

/** Numbers as JSON holds them: nested lists, or base64 of little-endian float64 with a shape. */
export type Recorded = readonly unknown[] | { shape: readonly number[]; float64: string };

/** A number as JSON holds it: those that are not finite are strings. */
export type RecordedNumber = number | "NaN" | "Infinity" | "-Infinity";

export interface Draw {
  call: string;
  args: unknown[];
  repeat?: number;
  values: Recorded | { weight: Recorded; bias: Recorded };
  exact: boolean;
}

export interface StreamTrace extends Header {
  kind: "stream";
  generator: "python" | "numpy" | "torch";
  release?: TorchRelease;
  runs: { seed: Seed; draws: Draw[] }[];
}

export interface DatasetTrace extends Header {
  kind: "dataset";
  options: MakeRegressionOptions;
  X: Recorded;
  Y: Recorded;
  coef: Recorded;
}

export interface SplitTrace extends Header {
  kind: "split";
  cases: {
    options: {
      nSamples: number;
      testSize?: number;
      trainSize?: number;
      shuffle: boolean;
      randomState: number;
    };
    train?: Recorded;
    test?: Recorded;
    error?: true;
  }[];
}

interface RecordedLog {
  mse: RecordedNumber;
  mseValid: RecordedNumber | null;
}

/** Gradient descent as the notebook's `TorchLinearRegression` does it. */
interface TrainingRun {
  initial: { weight: Recorded; bias: Recorded };
  optimizer: {
    name: "SGD" | "Adam" | "AdamW";
    lr: number;
    weightDecay: number;
    momentum?: number;
    dampening?: number;
    nesterov?: boolean;
    betas?: [number, number];
    eps?: number;
  };
  epochs: number;
  batchSize: number;
  stable: boolean;
  losses: RecordedNumber[][];
  log: RecordedLog[];
  parameters: { weight: Recorded; bias: Recorded }[];
}

export interface TrainingTrace extends Header, TrainingRun {
  kind: "training";
  data: { X: Recorded; Y: Recorded; valid: { X: Recorded; Y: Recorded } | null };
}

/** Every number that the notebook sets. */
export interface NotebookOptions {
  samples: number;
  train: number;
  features: number;
  targets: number;
  informative: number;
  noise: number;
  bias: number;
  lambda: number;
  lr: number;
  epochs: number;
  batch: number;
}

export interface NotebookTrace extends Header, TrainingRun {
  kind: "notebook";
  seed: number;
  options: NotebookOptions;
  data: {
    X: Recorded;
    Y: Recorded;
    valid: { makeRegression: MakeRegressionOptions; start: number; stop: number };
  };
  scratch: { initial: { w: Recorded; b: Recorded }; log: RecordedLog[]; w: Recorded; b: Recorded };
  prediction: Recorded;
  comparisons: {
    before: { prediction: RecordedNumber };
    afterCopy: { prediction: RecordedNumber; loss: RecordedNumber };
    afterTraining: { prediction: RecordedNumber; bias: RecordedNumber; weight: RecordedNumber };
  };
}

/** A recording of what Python, NumPy, scikit-learn or PyTorch did; golden/README.md describes each kind. */
export type Trace = StreamTrace | DatasetTrace | SplitTrace | TrainingTrace | NotebookTrace;

const KINDS = ["stream", "dataset", "split", "training", "notebook"];

/**
 * Reads the text of a trace.
 * @param where the file that it came from, for errors
 * @throws FORMAT for text that is no trace of a known format and kind
 * @param text JSON, as golden/record.py writes it
 * @returns the document, whose format and kind are known ones
 * Source: golden/README.md.
 */
export function parseTrace(text: string, where: string): Trace {
  let trace: Partial<Trace> | null;
  try {
    trace = JSON.parse(text);
  } catch (error) {
    throw new Ell2Error("FORMAT", { where, expected: "JSON", got: (error as Error).message });
  }
  if (trace?.format !== 1 || !KINDS.includes(trace.kind ?? "")) {
    throw new Ell2Error("FORMAT", {
      where,
      expected: `a trace of format 1 and kind ${KINDS.join(", ")}`,
      got: `format ${trace?.format}, kind ${trace?.kind}`,
      remedy: "record it anew with golden/record.py",
    });
  }
  return trace as Trace;
}

/** Whose small-size normals a trace has: those of the PyTorch that recorded it. */
export const releaseOf = ({ versions }: NotebookTrace): TorchRelease =>
  versions.torch.startsWith("1.") ? "1.13" : "2";

/** A recorded number as a number. */
export const readNumber = (value: RecordedNumber): number => Number(value);

/** Recorded numbers of any shape, row by row. */
export function readValues(recorded: Recorded): Float64Array {
  if ("float64" in recorded) {
    const bytes = Uint8Array.from(atob(recorded.float64), (c) => c.charCodeAt(0));
    return new Float64Array(bytes.buffer);
  }
  return Float64Array.from((recorded as unknown[]).flat(2) as RecordedNumber[], readNumber);
}

/** Recorded rows as a matrix; a flat list is one row. */
export function readMatrix(recorded: Recorded): Matrix {
  const values = readValues(recorded);
  if ("float64" in recorded)
    return new Matrix(recorded.shape[0]!, values.length / recorded.shape[0]!, values);
  const nested = Array.isArray(recorded[0]);
  const rows = nested ? recorded.length : 1;
  return new Matrix(rows, values.length / rows, values);
}
