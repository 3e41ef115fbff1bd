/**
 * The one rule by which rows are added up: in order inside blocks of `BLOCK_ROWS`, then the blocks
 * pairwise (each with its neighbour, then each pair with the next, …). Blocks can so be summed
 * anywhere, in any number of threads, and the bits stay the same; the rounding error grows with
 * the logarithm of the number of blocks.
 */

/** Rows whose sums are taken in one run. */
export const BLOCK_ROWS = 1024;

/** Blocks that hold `rows` rows; at least one. */
export const blockCount = (rows: number): number => Math.max(1, Math.ceil(rows / BLOCK_ROWS));

/** Merges `blocks` blocks of `length` sums pairwise into the first one. */
export function mergeBlocks(sums: Float64Array, blocks: number, length: number): void {
  for (let stride = 1; stride < blocks; stride *= 2) {
    for (let block = 0; block + stride < blocks; block += 2 * stride) {
      const into = block * length;
      const from = (block + stride) * length;
      for (let i = 0; i < length; i++) sums[into + i]! += sums[from + i]!;
    }
  }
}

/**
 * The sum of each column, Σᵢ values[i, l], blocked and pairwise.
 * @param values [rows×cols], row by row
 * @returns [cols]; zeros if there are no rows
 */
export function columnSums(values: Float64Array, rows: number, cols: number): Float64Array {
  const blocks = blockCount(rows);
  const sums = new Float64Array(blocks * cols);
  for (let i = 0; i < rows; i++) {
    const at = Math.floor(i / BLOCK_ROWS) * cols;
    for (let l = 0; l < cols; l++) sums[at + l]! += values[i * cols + l]!;
  }
  mergeBlocks(sums, blocks, cols);
  return sums.slice(0, cols);
}
