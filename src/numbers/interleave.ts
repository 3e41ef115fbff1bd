/**
 * Puts columns next to each other, row by row.
 * @param columns `cols` of them, the first of which is at index `first`
 * @param from the first row that is taken
 * @param count how many rows
 * @param to [·×cols], row-major
 * @param row where the first one goes
 */
export function interleave(
  columns: readonly Float64Array[],
  first: number,
  cols: number,
  from: number,
  count: number,
  to: Float64Array,
  row: number,
): void {
  const stop = from + count;
  let j = 0;
  // four at a time, so that a row's cache line is fetched less often
  for (; j + 4 <= cols; j += 4) {
    const a = columns[first + j]!;
    const b = columns[first + j + 1]!;
    const c = columns[first + j + 2]!;
    const d = columns[first + j + 3]!;
    for (let i = from, at = row * cols + j; i < stop; i++, at += cols) {
      to[at] = a[i]!;
      to[at + 1] = b[i]!;
      to[at + 2] = c[i]!;
      to[at + 3] = d[i]!;
    }
  }
  for (; j < cols; j++) {
    const column = columns[first + j]!;
    for (let i = from, at = row * cols + j; i < stop; i++, at += cols) to[at] = column[i]!;
  }
}
