/**
 * The Cholesky factor of a symmetric positive semidefinite matrix with diagonal pivoting,
 * PᵀAP = L·Lᵀ: the largest diagonal entry that is left is eliminated next, until none is above
 * n·ε of the largest of A (Higham, Accuracy and Stability of Numerical Algorithms, §10.3).
 *
 * @param A row-major [n×n], finite; only its lower triangle is read; not changed
 * @param n ≥ 0
 * @returns L [n×n], whose columns from rank on are 0; order: row i of L belongs to row order[i] of A;
 *   rank, the number of pivots that are not rounding
 */
export function pivotedCholesky(
  A: Float64Array,
  n: number,
): { L: Float64Array; order: number[]; rank: number } {
  const L = new Float64Array(n * n);
  const order = Array.from({ length: n }, (_, i) => i);
  const rest = Float64Array.from({ length: n }, (_, i) => A[i * n + i]!); // in the order of A
  const least = n * Number.EPSILON * rest.reduce((most, x) => Math.max(most, x), 0);
  for (let c = 0; c < n; c++) {
    let best = c;
    for (let i = c + 1; i < n; i++) if (rest[order[i]!]! > rest[order[best]!]!) best = i;
    if (!(rest[order[best]!]! > least)) return { L, order, rank: c };
    swapRows(L, order, n, c, best);
    const pivot = order[c]!;
    const root = Math.sqrt(rest[pivot]!);
    L[c * n + c] = root;
    for (let i = c + 1; i < n; i++) {
      const row = order[i]!;
      let sum = A[Math.max(row, pivot) * n + Math.min(row, pivot)]!;
      for (let l = 0; l < c; l++) sum -= L[i * n + l]! * L[c * n + l]!;
      const entry = sum / root;
      L[i * n + c] = entry;
      rest[row]! -= entry * entry;
    }
  }
  return { L, order, rank: n };
}

function swapRows(L: Float64Array, order: number[], n: number, a: number, b: number): void {
  [order[a], order[b]] = [order[b]!, order[a]!];
  for (let l = 0; l < Math.min(a, b); l++) [L[a * n + l], L[b * n + l]] = [L[b * n + l]!, L[a * n + l]!];
}
