import { createHash } from "node:crypto";
import { Dataset } from "../data/dataset.js";
import type { Moments } from "../data/moments.js";
import type { FitOptions } from "../fit/options.js";
import { type FitResult, Run } from "../fit/run.js";
import type { LinearRegression } from "../model/linearRegression.js";
import { Checkpoint, type CheckpointOptions } from "./checkpoint.js";

/** How a model is trained here: with everything that the parameters depend on. */
export type TrainOptions = Required<Pick<FitOptions, "epochs" | "lr" | "momentum" | "tol">> &
  Pick<FitOptions, "batchSize" | "patience"> & { valid?: Dataset | Moments };

/**
 * Trains by gradient descent; with a checkpoint, goes on from there and keeps every epoch in it.
 * @param tell is told where it goes on
 */
export async function train(
  model: LinearRegression,
  rows: Dataset | Moments[],
  options: TrainOptions,
  checkpoint: CheckpointOptions | undefined,
  tell: (text: string) => void,
): Promise<FitResult> {
  const run = new Run("fit", model, rows, options);
  if (checkpoint === undefined) return run.inSlices();
  const { valid, ...numbers } = options;
  const file = await Checkpoint.open(checkpoint, {
    data: hashOf(rows, valid),
    options: { lambda: model.lambda, batchSize: null, patience: null, ...numbers },
    sizes: { w: model.w.numel, b: model.b.numel, epochs: options.epochs },
  });
  if (file.from) run.goOn(file.from);
  if (checkpoint.resume) tell(`going on behind epoch ${file.from?.log.length ?? 0} of ${options.epochs}`);
  try {
    return await run.inSlices(undefined, (state) => file.keep(state));
  } finally {
    file.close();
  }
}

/** A hash of all cells in their order, and of their names; or of what they add up to. */
function hashOf(rows: Dataset | Moments[], valid: Dataset | Moments | undefined): string {
  const hash = createHash("sha256");
  for (const part of [rows, ...(valid ? [valid] : [])].flat()) {
    if (!(part instanceof Dataset)) {
      hash.update(JSON.stringify(part));
      continue;
    }
    const { X, Y, weights, inputs, outputs } = part;
    hash.update(JSON.stringify([X.rows, inputs, outputs, weights !== null]));
    for (const values of [X.data, Y.data, weights]) if (values) hash.update(values);
  }
  return `sha256:${hash.digest("hex")}`;
}
