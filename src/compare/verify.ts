import { Ell2Error } from "../errors.js";
import { LinearRegression } from "../model/linearRegression.js";
import { Linear } from "../nn/linear.js";
import { Torch } from "../random/torch.js";
import { type Check, check } from "./check.js";
import { largest, ofLargest, relative, ulps } from "./distance.js";
import { runNotebook } from "./notebook.js";
import { replayDataset, replaySplit } from "./replayData.js";
import { replayStream } from "./replayStream.js";
import { replayTraining } from "./replayTraining.js";
import { type NotebookTrace, readNumber, readValues, releaseOf, type Trace } from "./trace.js";

/** What became of one trace. */
export interface Verdict {
  /** The name of the trace. */
  name: string;
  /** What was recorded. */
  kind: Trace["kind"];
  /** The recording in a sentence. */
  about: string;
  /** What recorded it. */
  versions: Trace["versions"];
  /** Each thing that was compared. */
  checks: Check[];
  /** Whether every check holds. */
  ok: boolean;
}

/** The outcome for every trace. */
export interface Certificate {
  /** Whether every trace holds, and there is at least one. */
  ok: boolean;
  /** A verdict for each trace, in their order. */
  traces: Verdict[];
}

/**
 * Replays recorded traces of real PyTorch, scikit-learn, NumPy and Python, and says of each how far
 * ell2 is from it and whether every error is within its bound.
 * @param traces what `parseTrace` returned, or the parsed JSON of golden/traces
 * @returns a verdict for each; a trace that cannot be replayed, or none at all, does not hold
 * Source: docs/verification.md.
 */
export function verify(traces: readonly Trace[]): Certificate {
  const verdicts = traces.map((trace): Verdict => {
    const { name, kind, about, versions } = trace;
    const checks = replay(trace);
    return { name, kind, about, versions, checks, ok: checks.every(({ ok }) => ok) };
  });
  return { ok: verdicts.length > 0 && verdicts.every(({ ok }) => ok), traces: verdicts };
}

function replay(trace: Trace): Check[] {
  try {
    switch (trace.kind) {
      case "stream":
        return replayStream(trace);
      case "dataset":
        return replayDataset(trace);
      case "split":
        return replaySplit(trace);
      case "training":
        return replayTraining(trace);
      case "notebook":
        return [...replayTraining(trace), ...replayNotebook(trace)];
    }
  } catch (error) {
    const refused = error instanceof Ell2Error || error instanceof TypeError || error instanceof RangeError;
    if (!refused) throw error;
    return [check(`replayed at all: ${error.message}`, "mismatches", 1, 0)];
  }
}

const pairs = (a: Float64Array, b: Float64Array): [number, number][] =>
  Array.from(b, (y, i) => [a[i] ?? Number.NaN, y]);

/** The whole notebook from its seed alone, against the recording of its cells. */
function replayNotebook(trace: NotebookTrace): Check[] {
  const release = releaseOf(trace);
  const run = runNotebook(trace.options, trace.seed, trace, release);
  const { before, afterCopy } = trace.comparisons;
  const errors = run.log.flatMap(({ scratch, nn, pytorch }) =>
    [scratch, nn!].flatMap((ours) => [
      relative(ours.mse, pytorch!.mse),
      relative(ours.mseValid!, pytorch!.mseValid!),
    ]),
  );
  const { prediction, bias, weight } = run.pytorch!;
  const { initial, w, b, log } = trace.scratch;
  const drawn = new Torch(trace.seed, { release });
  new Linear(trace.options.features, trace.options.targets, { generator: drawn });
  const start = new LinearRegression(trace.options.features, trace.options.targets, { generator: drawn });
  const startUlps = [
    ...pairs(start.w.data, readValues(initial.w)),
    ...pairs(start.b.data, readValues(initial.b)),
  ];
  const scratch = run.parameters.scratch;
  const scratchLog = run.log.flatMap(({ scratch: ours }, epoch) => [
    relative(ours.mse, readNumber(log[epoch]!.mse)),
    relative(ours.mseValid!, readNumber(log[epoch]!.mseValid!)),
  ]);
  const ended = Math.max(ofLargest(scratch.w.data, readValues(w)), ofLargest(scratch.b.data, readValues(b)));
  return [
    check("from the seed: the start of scratch", "ULP", largest(startUlps.map(([x, y]) => ulps(x, y))), 2),
    check("from the seed: scratch beside PyTorch's scratch, losses", "relative", largest(scratchLog), 4e-15),
    check(
      "from the seed: scratch beside PyTorch's scratch, parameters",
      "of the largest entry",
      ended,
      1.5e-15,
    ),
    check("from the seed: losses", "relative", largest(errors), 4e-15),
    check(
      "from the seed: MAPE before copying",
      "relative",
      relative(run.before.prediction, readNumber(before.prediction)),
      1e-14,
    ),
    check(
      "from the seed: MAPE after copying, beside PyTorch's",
      "relative",
      Math.abs(run.afterCopy.prediction - readNumber(afterCopy.prediction)),
      0,
    ),
    check("scratch against PyTorch: prediction", "relative", prediction, 5e-15),
    check("scratch against PyTorch: bias", "relative", bias, 2e-15),
    check("scratch against PyTorch: weight", "relative", weight, 1e-15),
  ];
}
