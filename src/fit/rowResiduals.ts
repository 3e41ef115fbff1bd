import type { Dataset } from "../data/dataset.js";
import { blockCount, stepSums, sumsLength } from "../kernels/index.js";
import { ddDot } from "../numbers/doubleDouble.js";
import { low, twoProduct, twoSum } from "../numbers/errorFree.js";

const SPLITTER = 134217729; // 2²⁷ + 1, as in twoProduct

/** What the residuals r = y − b − x·w of rows add up to. */
export interface ResidualSums {
  /** Σω(x − c)·r [n×k] */
  cross: Float64Array;
  /** Σωr [k] */
  total: Float64Array;
  /** Σωr² [k] */
  squares: Float64Array;
}

/** Parameters as nearest doubles and what is left. */
export interface Parameters {
  w: Float64Array;
  wLow: Float64Array;
  b: Float64Array;
  bLow: Float64Array;
}

/**
 * The residual y − b − Σxⱼwⱼ of one row, in double-double: the low part is left in `residualLow`.
 * @param at where the row begins in x
 * @param first where the target's n weights begin in w and wLow
 */
export function residualOfRow(
  x: Float64Array,
  at: number,
  n: number,
  y: number,
  w: Float64Array,
  wLow: Float64Array,
  first: number,
  b: number,
  bLow: number,
): number {
  const product = ddDot(n, x, at, 1, w, wLow, first, 1);
  const productLow = low;
  const rest = twoSum(y, -b);
  let lost = low - bLow - productLow;
  const high = twoSum(rest, -product);
  lost += low;
  residualLow = high + lost;
  const value = residualLow;
  residualLow = lost - (value - high);
  return value;
}

/** What `residualOfRow` leaves of the last residual. */
export let residualLow = 0;

/** The transpose of [rows×cols]. */
export function transposed(values: Float64Array, rows: number, cols: number): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = values[i * cols + j]!;
  return out;
}

/** The sums of the residuals of all rows: residuals and their products with x − c in double-double. */
export function residualSums(
  { X, Y, weights }: Dataset,
  centre: Float64Array,
  { w, wLow, b, bLow }: Parameters,
): ResidualSums {
  const [n, k] = [X.cols, Y.cols];
  const [columns, columnsLow] = [transposed(w, n, k), transposed(wLow, n, k)];
  const cross = new Float64Array(n * k);
  const crossLow = new Float64Array(n * k);
  const total = new Float64Array(k);
  const totalLow = new Float64Array(k);
  const squares = new Float64Array(k);
  for (let i = 0; i < X.rows; i++) {
    const omega = weights === null ? 1 : weights[i]!;
    if (omega === 0) continue;
    for (let l = 0; l < k; l++) {
      const r = residualOfRow(
        X.data,
        i * n,
        n,
        Y.data[i * k + l]!,
        columns,
        columnsLow,
        l * n,
        b[l]!,
        bLow[l]!,
      );
      const rLow = residualLow;
      squares[l]! += omega * r * r;
      const weighted = twoProduct(omega, r);
      const weightedLow = low + omega * rLow;
      total[l] = twoSum(total[l]!, weighted);
      totalLow[l]! += low + weightedLow;
      const tr = SPLITTER * weighted;
      const rh = tr - (tr - weighted);
      const rl = weighted - rh;
      for (let j = 0, from = i * n, at = l * n; j < n; j++, from++, at++) {
        // twoSum(x, −c), twoProduct(ωr, x − c) and twoSum(sum, product), written out: a call leaves its low part in the heap
        const entry = X.data[from]!;
        const c = -centre[j]!;
        const x = entry + c;
        const moved = x - entry;
        const xLow = entry - (x - moved) + (c - moved);
        const product = weighted * x;
        const tx = SPLITTER * x;
        const xh = tx - (tx - x);
        const xl = x - xh;
        const productLow = rl * xl - (product - rh * xh - rl * xh - rh * xl);
        const sum = cross[at]!;
        const s = sum + product;
        const part = s - sum;
        cross[at] = s;
        crossLow[at]! +=
          sum - (s - part) + (product - part) + (productLow + (weightedLow * x + weighted * xLow));
      }
    }
  }
  for (let at = 0; at < cross.length; at++) cross[at]! += crossLow[at]!;
  for (let l = 0; l < k; l++) total[l]! += totalLow[l]!;
  return { cross: transposed(cross, k, n), total, squares };
}

/** `residualSums` in doubles, by the kernel of a descent step. */
export function plainSums({ X, Y }: Dataset, centre: Float64Array, { w, b }: Parameters): ResidualSums {
  const [n, k] = [X.cols, Y.cols];
  const sums = new Float64Array(blockCount(X.rows) * sumsLength(n, k));
  stepSums(X.data, Y.data, null, 0, X.rows, n, k, w, b, sums);
  const total = sums.slice(n * k, (n + 1) * k).map((sum) => -sum);
  const cross = sums.slice(0, n * k).map((sum, at) => -sum - centre[Math.floor(at / k)]! * total[at % k]!);
  return { cross, total, squares: sums.slice((n + 1) * k, (n + 2) * k) };
}
