import type { Dataset } from "../data/dataset.js";

/** Row by row, or from what the rows add up to. */
export type Strategy = "rows" | "moments";

/**
 * The cheaper of the two for fixed batches, in multiply-adds; shapes alone decide, so that the same
 * call always takes the same way.
 *
 *   rows:     2mnk an epoch, and 20 for each of its batches; vnk to validate
 *   moments:  (m + v)(n + k)²/8 and 300 for each batch once, then n²k + 20 a batch and epoch
 */
export function cheaperStrategy(
  train: Dataset,
  valid: Dataset | null,
  batchSize: number,
  epochs: number,
): Strategy {
  const [m, n, k] = [train.rows, train.X.cols, train.Y.cols];
  const v = valid?.rows ?? 0;
  const batches = Math.ceil(m / batchSize);
  const rows = epochs * (2 * m * n * k + 20 * batches + v * n * k);
  const once = ((m + v) * (n + k) * (n + k)) / 8 + 300 * batches;
  const moments = once + epochs * (batches + (v > 0 ? 1 : 0)) * (n * n * k + 20);
  return moments < rows ? "moments" : "rows";
}
