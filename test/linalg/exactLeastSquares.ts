/** Least squares in whole numbers (BigInt), independent of the library: what its float64 results are held against. */

/** x as numerators over one denominator > 0. */
export interface Exact {
  numerators: bigint[];
  denominator: bigint;
}

/** Solves M·X = B for whole M [n×n] and B [n×k] by elimination without fractions (Bareiss); null where M is singular. */
export function solveExactly(M: bigint[][], B: bigint[][]): { X: bigint[][]; denominator: bigint } | null {
  const n = M.length;
  const rows = M.map((row, i) => [...row, ...B[i]!]);
  let before = 1n;
  for (let j = 0; j < n; j++) {
    const pivotRow = rows.findIndex((row, i) => i >= j && row[j] !== 0n);
    if (pivotRow < 0) return null;
    [rows[j], rows[pivotRow]] = [rows[pivotRow]!, rows[j]!];
    const pivot = rows[j]![j]!;
    for (let i = 0; i < n; i++) {
      if (i === j) continue;
      const factor = rows[i]![j]!;
      rows[i] = rows[i]!.map((entry, c) => (entry * pivot - factor * rows[j]![c]!) / before);
    }
    before = pivot;
  }
  const sign = before < 0n ? -1n : 1n;
  return { X: rows.map((row) => row.slice(n).map((entry) => sign * entry)), denominator: sign * before };
}

/** A·B */
export const multiplyExactly = (A: bigint[][], B: bigint[][]): bigint[][] =>
  A.map((row) => B[0]!.map((_, c) => row.reduce((sum, entry, l) => sum + entry * B[l]![c]!, 0n)));

const transposed = (A: bigint[][]): bigint[][] => A[0]!.map((_, j) => A.map((row) => row[j]!));

/** Whole float64 numbers [m×n] as BigInt. */
const whole = (values: Float64Array, m: number, n: number): bigint[][] =>
  Array.from({ length: m }, (_, i) => Array.from({ length: n }, (_, j) => BigInt(values[i * n + j]!)));

/** min‖b − A·x‖ for whole A [m×n] and b [m], by the normal equations; null where the columns are dependent. */
export function leastSquaresExactly(A: Float64Array, m: number, n: number, b: Float64Array): Exact | null {
  const rows = whole(A, m, n);
  const columns = transposed(rows);
  const solved = solveExactly(multiplyExactly(columns, rows), multiplyExactly(columns, whole(b, m, 1)));
  return solved && { numerators: solved.X.map((row) => row[0]!), denominator: solved.denominator };
}
