import { Ell2Error, type NotebookRun, parseTrace, runNotebook } from "ell2";
import { biasOf } from "./problem.js";
import type { State } from "./state.js";

/** The MSEs of an epoch. */
type Losses = NotebookRun["log"][number]["scratch"];

/** The notebook's seven comparisons, and the parameters they are about. */
export interface Comparison {
  beforeCopy: number;
  afterCopy: number;
  loss: number;
  log: { epoch: number; scratch: Losses; nn: Losses; pytorch: Losses | null }[];
  nn: After;
  /** What real PyTorch trained with the same settings; null where it was not recorded. */
  pytorch: (After & { version: string }) | null;
  /** The weights after training [n·k], as the model from scratch has them. */
  weights: { scratch: Float64Array; nn: Float64Array; pytorch: Float64Array | null };
}

/** Distances of scratch after training. */
interface After {
  prediction: number;
  bias: number;
  weight: number;
}

/** Epochs beyond which nn takes too long. */
const MOST_EPOCHS = 2000;

/**
 * The notebook with a state's numbers, beside nn and beside a recorded PyTorch where it was given the same numbers.
 * @param recorded the text of a trace; null without one
 * @returns the comparisons; or why there are none
 */
export function comparisonOf(state: State, recorded: string | null): Comparison | { absent: string } {
  const { seed, train, valid, features, targets, informative, noise, lambda, lr, epochs, batch } = state;
  const same =
    state.data === "regression" &&
    !state.standardize &&
    valid > 0 &&
    state.start === "torch" &&
    state.optimizer === "sgd" &&
    state.momentum === 0 &&
    !state.decayBias;
  if (!same) {
    const absent =
      "the comparison is the notebook's: made data with validation rows, not standardised, plain SGD, the bias not decayed";
    return { absent };
  }
  if (epochs > MOST_EPOCHS) return { absent: `nn takes too long for more than ${MOST_EPOCHS} epochs` };
  const bias = biasOf(state);
  const sizes = { samples: train + valid, train, features, targets, informative, noise, bias };
  const options = { ...sizes, lambda, lr, epochs, batch };
  const trace = recorded === null ? null : notebookTrace(recorded);
  const fits =
    trace !== null &&
    trace.seed === seed &&
    Object.entries(trace.options).every(([name, value]) => options[name as keyof typeof options] === value);
  const run = runNotebook(options, seed, fits ? trace : null);
  const { parameters } = run;
  return {
    beforeCopy: run.before.prediction,
    afterCopy: run.afterCopy.prediction,
    loss: run.afterCopy.loss,
    log: run.log.map(({ epoch, scratch, nn, pytorch }) => ({ epoch, scratch, nn: nn!, pytorch })),
    nn: run.afterTraining!,
    pytorch: run.pytorch,
    weights: {
      scratch: parameters.scratch.w.data,
      nn: parameters.nn!.weight.T.data,
      pytorch: parameters.pytorch?.weight.T.data ?? null,
    },
  };
}

function notebookTrace(text: string) {
  const trace = parseTrace(text, "recorded PyTorch");
  if (trace.kind === "notebook") return trace;
  throw new Ell2Error("FORMAT", {
    where: "recorded PyTorch",
    expected: "the notebook's trace",
    got: trace.kind,
  });
}
