// One training on both sides: the same rows, start, steps and log.
import { ofTrainings } from "../agreement.mjs";

/** Row by row, or the moments of every batch once and then its epochs. Validation rows count as rows read. */
function workOf(strategy, { rows, n, k, epochs, batches, valid }) {
  const bytes = 8 * (rows + valid) * (n + k);
  if (strategy === "rows") {
    return { bytes: epochs * bytes, flops: epochs * (4 * rows + 2 * valid) * n * k };
  }
  return { bytes, flops: (rows + valid) * (n + k) * (n + k + 1) + 2 * epochs * batches * n * n * k };
}

/**
 * The two sides of a training, as functions that measure calls.
 * @param context of the run
 * @param set {train, valid, all}: the data sets, of which `all` has the rows of both
 * @param start () => a model with the parameters that both begin with
 * @param options those of `fit`
 */
export function sides({ ell2 }, { train, valid }, start, options) {
  const { epochs, lr, batchSize } = options;
  const given = valid === null ? options : { ...options, valid };
  const ours = (changed = {}) => {
    const model = start();
    const { log, strategy } = ell2.fit(model, train, { ...given, ...changed });
    return { model, log, strategy };
  };
  const first = start();
  const job = {
    data: "rows",
    epochs,
    lr,
    batchSize,
    weightDecay: first.lambda,
    start: { weight: first.w.T.toArray(), bias: Array.from(first.b.data) },
  };
  const shape = {
    rows: train.rows,
    n: train.X.cols,
    k: train.Y.cols,
    epochs,
    batches: Math.ceil(train.rows / batchSize),
    valid: valid?.rows ?? 0,
  };
  return { ours, job, work: (strategy) => workOf(strategy, shape) };
}

/** What `run` of a training workload resolves to. */
export const outcome = ({ ell2, peer, ours, theirs }, tolerance, peerName, work) => ({
  ell2,
  peer,
  peerName,
  agreement: { error: ofTrainings(ours, theirs), tolerance },
  work: work(ours.strategy),
});
