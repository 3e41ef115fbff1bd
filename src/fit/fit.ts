import { Ell2Error } from "../errors.js";
import type { LinearRegression, LogEntry } from "../model/linearRegression.js";
import { show } from "../numbers/check.js";
import type { FitOptions, TrainingData } from "./options.js";
import { type FitResult, Run } from "./run.js";

/**
 * Trains a model to the end by gradient descent on J, changing its parameters.
 *
 * For a squared loss the rows count only through the moments of their batches, so that training
 * from those gives the same numbers to rounding, at a cost that does not grow with the rows; see
 * `strategy`. Batches are taken in row order (or a new random order every epoch), the last one smaller; a
 * batch's loss is taken before its update, the validation MSE after the epoch. If the model's
 * `update`, `predict` or `mseLoss` was replaced, the replacement is what runs.
 *
 * @param model n features, k targets; λ and the shuffling generator are its own
 * @param train m ≥ 1 rows of n features and k targets; or their moments; or those of fixed batches
 * @param options how to train, see `FitOptions`
 * @returns the log, how it was trained, whether it converged, and warnings
 * @throws DIVERGED at the first loss or parameter that is not finite: the error's `data` names
 *   epoch, batch, loss and a safe rate, the model keeps the last finite parameters; SHAPE, VALUE or
 *   OPTION for arguments that do not fit
 * Source: PyTorch's `optim.SGD` on `nn.MSELoss`, with `weight_decay` on the weight alone;
 * docs/derivation.md.
 */
export function fit(model: LinearRegression, train: TrainingData, options: FitOptions): FitResult {
  const run = new Run("fit", model, train, options);
  while (!run.done) run.advance(Number.POSITIVE_INFINITY);
  return run.result();
}

/**
 * Trains a model an epoch at a time: a generator of log entries. Leaving the loop stops training,
 * with the parameters as they are after that epoch; with `patience`, the last entry comes when the
 * model has its best ones.
 * @param model as for `fit`
 * @param train as for `fit`
 * @param options as for `fit`
 * @throws as `fit`
 * @returns a generator of an entry an epoch; its own result is that of `fit`
 * Source: as `fit`.
 */
export function* epochs(
  model: LinearRegression,
  train: TrainingData,
  options: FitOptions,
): Generator<LogEntry, FitResult, void> {
  const run = new Run("epochs", model, train, options);
  while (!run.done) yield run.advance(Number.POSITIVE_INFINITY)!;
  return run.result();
}

/**
 * Trains like `fit`, but gives way to the event loop between slices of some 10 ms, so that timers
 * fire, pages stay alive and a signal is heard.
 * @param model as for `fit`
 * @param train as for `fit`
 * @param options as for `fit`; and `signal`, which ends training between two batches: the promise
 *   is rejected with the signal's reason, and the model keeps the parameters of the last batch
 * @throws as `fit`, as a rejection
 * @returns a promise of the result of `fit`
 * Source: as `fit`.
 */
export async function fitAsync(
  model: LinearRegression,
  train: TrainingData,
  options: FitOptions & { signal?: AbortSignal },
): Promise<FitResult> {
  const { signal, ...rest } = options ?? {};
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new Ell2Error("VALUE", {
      where: "fitAsync",
      expected: "signal to be an AbortSignal",
      got: show(signal),
    });
  }
  const run = new Run("fitAsync", model, train, rest as FitOptions);
  signal?.throwIfAborted();
  return run.inSlices(() => signal?.throwIfAborted());
}
