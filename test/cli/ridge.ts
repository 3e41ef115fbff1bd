/** Ridge regression in closed form, written for these tests alone: nothing of src is used. */

export interface Solution {
  mean: number[];
  scale: number[];
  /** [k×n], in the data's units. */
  weight: number[][];
  bias: number[];
}

const average = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/**
 * Minimises 1/(mk)·‖Xw + b − Y‖² + (λ/2)·‖w‖², the bias free: with centred columns
 * (XᵀX + λmk/2·I)·w = XᵀY and b = mean(Y) − mean(X)·w.
 * @param X rows of features
 * @param Y rows of targets
 * @param standardized whether the penalty is on the weights of features divided by their population deviation
 */
export function ridge(X: number[][], Y: number[][], lambda: number, standardized = true): Solution {
  const [m, n, k] = [X.length, X[0]!.length, Y[0]!.length];
  const column = (A: number[][], j: number) => A.map((row) => row[j]!);
  const mean = Array.from({ length: n }, (_, j) => average(column(X, j)));
  const meanY = Array.from({ length: k }, (_, l) => average(column(Y, l)));
  const scale = mean.map((center, j) => {
    const deviation = Math.sqrt(average(column(X, j).map((x) => (x - center) ** 2)));
    return standardized && deviation > 0 ? deviation : 1;
  });
  const Z = X.map((row) => row.map((x, j) => (x - mean[j]!) / scale[j]!));
  const alpha = (lambda * m * k) / 2;
  const gram = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => Z.reduce((sum, z) => sum + z[i]! * z[j]!, 0) + (i === j ? alpha : 0)),
  );
  const weight = meanY.map((center, l) => {
    const right = mean.map((_, i) => Z.reduce((sum, z, row) => sum + z[i]! * (Y[row]![l]! - center), 0));
    return solve(gram, right).map((w, j) => w / scale[j]!);
  });
  const bias = weight.map((row, l) => meanY[l]! - row.reduce((sum, w, j) => sum + w * mean[j]!, 0));
  return { mean, scale, weight, bias };
}

/** A·x = y by elimination with row exchanges. */
function solve(A: number[][], y: number[]): number[] {
  const n = y.length;
  const rows = A.map((row, i) => [...row, y[i]!]);
  for (let j = 0; j < n; j++) {
    const pivot = rows.reduce(
      (best, row, i) => (i >= j && Math.abs(row[j]!) > Math.abs(rows[best]![j]!) ? i : best),
      j,
    );
    [rows[j], rows[pivot]] = [rows[pivot]!, rows[j]!];
    for (let i = j + 1; i < n; i++) {
      const factor = rows[i]![j]! / rows[j]![j]!;
      for (let c = j; c <= n; c++) rows[i]![c]! -= factor * rows[j]![c]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    const rest = x.reduce((sum, value, j) => (j > i ? sum + rows[i]![j]! * value : sum), 0);
    x[i] = (rows[i]![n]! - rest) / rows[i]![i]!;
  }
  return x;
}
