import { Ell2Error } from "../errors.js";
import { type Check, check } from "./check.js";
import { largest, relative } from "./distance.js";
import { runNotebook } from "./notebook.js";
import { replayDataset, replaySplit } from "./replayData.js";
import { replayStream } from "./replayStream.js";
import { replayTraining } from "./replayTraining.js";
import { type NotebookTrace, readNumber, type Trace } from "./trace.js";

/** What became of one trace. */
export interface Verdict {
  name: string;
  kind: Trace["kind"];
  about: string;
  /** What recorded it. */
  versions: Trace["versions"];
  checks: Check[];
  ok: boolean;
}

/** The outcome for every trace. */
export interface Certificate {
  ok: boolean;
  traces: Verdict[];
}

/**
 * Replays recorded traces of real PyTorch, scikit-learn, NumPy and Python, and says of each how far
 * ell2 is from it and whether every error is within its bound.
 * @param traces what `parseTrace` returned, or the parsed JSON of golden/traces
 * @throws FORMAT for a trace whose contents do not fit its kind
 */
export function verify(traces: readonly Trace[]): Certificate {
  const verdicts = traces.map((trace): Verdict => {
    const { name, kind, about, versions } = trace;
    const checks = replay(trace);
    return { name, kind, about, versions, checks, ok: checks.every(({ ok }) => ok) };
  });
  return { ok: verdicts.every(({ ok }) => ok), traces: verdicts };
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
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new Ell2Error("FORMAT", {
      where: trace.name,
      expected: `the contents of a trace of kind ${trace.kind}`,
      got: error.message,
      remedy: "record it anew with golden/record.py",
    });
  }
}

/** The whole notebook from its seed alone, against the recording of its cells. */
function replayNotebook(trace: NotebookTrace): Check[] {
  const release = trace.versions.torch.startsWith("1.") ? "1.13" : "2";
  const run = runNotebook(trace.options, trace.seed, trace, release);
  const { before, afterCopy } = trace.comparisons;
  const errors = run.log.flatMap(({ scratch, nn, pytorch }) =>
    [scratch, nn].flatMap((ours) => [
      relative(ours.mse, pytorch!.mse),
      relative(ours.mseValid!, pytorch!.mseValid!),
    ]),
  );
  const { prediction, bias, weight } = run.pytorch!;
  return [
    check("from the seed: losses", "relative", largest(errors), 1e-13),
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
      5e-15,
    ),
    check("scratch against PyTorch: prediction", "relative", prediction, 5e-15),
    check("scratch against PyTorch: bias", "relative", bias, 5e-15),
    check("scratch against PyTorch: weight", "relative", weight, 1e-15),
  ];
}
