/**
 * The one rule by which rows are added up: in order inside blocks of `BLOCK_ROWS`, then the blocks
 * pairwise (each with its neighbour, then each pair with the next, …). Blocks can so be summed
 * anywhere, in any number of threads, and the bits stay the same; the rounding error grows with
 * the logarithm of the number of blocks.
 */

/** Rows whose sums are taken in one run. */
export const BLOCK_ROWS = 1024;

/**
 * The sum of each column, Σᵢ values[i, l], blocked and pairwise.
 * @param values [rows×cols], row by row
 * @returns [cols]; zeros if there are no rows
 */
export function columnSums(values: Float64Array, rows: number, cols: number): Float64Array {
  const blocks = Math.max(1, Math.ceil(rows / BLOCK_ROWS));
  const sums = new Float64Array(blocks * cols);
  for (let i = 0; i < rows; i++) {
    const at = Math.floor(i / BLOCK_ROWS) * cols;
    for (let l = 0; l < cols; l++) sums[at + l]! += values[i * cols + l]!;
  }
  for (let stride = 1; stride < blocks; stride *= 2) {
    for (let block = 0; block + stride < blocks; block += 2 * stride) {
      for (let l = 0; l < cols; l++) sums[block * cols + l]! += sums[(block + stride) * cols + l]!;
    }
  }
  return sums.slice(0, cols);
}
