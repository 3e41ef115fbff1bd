import { productError } from "../numbers/errorFree.js";
import { exponentOf, powerOfTwo, toFixedPoint } from "../numbers/fixedPoint.js";
import type { Dataset } from "./dataset.js";

/** Fractional bits of the sums. Accumulated to about 150 bits of the largest term; the rest is room for the small ones. */
export const SUM_BITS = 320;

/**
 * The values of a column over the rows that count (weight above 0), and the exact change of unit in
 * which they are summed: v = z·2^−exponent − centre, at most about 1 in size.
 */
export interface ColumnRange {
  least: number;
  most: number;
  exponent: number;
  /** 0, or near the values where these are far from 0 beside their range: then v is exact, by Sterbenz' lemma. */
  centre: number;
}

/** How far from 0, in ranges, values are centred before they are multiplied. */
const FAR = 1024;

/** Sums of one group of rows over z = [x y 1], of values v in the units of `ranges` and weights in units of 2^weightExponent. */
export interface ExactSums {
  n: number;
  k: number;
  ranges: readonly ColumnRange[];
  weightExponent: number;
  /** Rows with a weight above 0. */
  rows: number;
  /** Σω, Σωv [n + k], and of the products Σωvvᵀ [(n + k)×(n + k)] those with a feature or of a target by itself; in fixed point. */
  weight: bigint;
  totals: bigint[];
  products: bigint[];
}

/** The range of each column of X, then of Y. Without a row that counts every range is 0. */
export function columnRanges({ X, Y, weights }: Dataset): ColumnRange[] {
  return [X, Y].flatMap(({ data, rows, cols }) => {
    const least = new Float64Array(cols).fill(Number.POSITIVE_INFINITY);
    const most = new Float64Array(cols).fill(Number.NEGATIVE_INFINITY);
    for (let i = 0; i < rows; i++) {
      if (weights !== null && weights[i] === 0) continue;
      for (let j = 0; j < cols; j++) {
        const value = data[i * cols + j]!;
        if (value < least[j]!) least[j] = value;
        if (value > most[j]!) most[j] = value;
      }
    }
    return Array.from(least, (low, j) => rangeOf(low <= most[j]! ? low : 0, low <= most[j]! ? most[j]! : 0));
  });
}

function rangeOf(least: number, most: number): ColumnRange {
  const size = Math.max(Math.abs(least), Math.abs(most));
  const exponent = Math.max(-1000, exponentOf(size));
  const [low, high] = [scaledBy(least, exponent), scaledBy(most, exponent)];
  const range = high - low;
  const middle = low + range / 2;
  if (Math.abs(middle) <= FAR * range || size === 0) return { least, most, exponent, centre: 0 };
  const finer = range === 0 ? 0 : exponentOf(range);
  return { least, most, exponent: exponent + finer, centre: scaledBy(middle, finer) };
}

/** z·2^−exponent, exact but for what is subnormal beside the column's largest value. */
const scaledBy = (z: number, exponent: number): number =>
  Math.abs(exponent) <= 1000
    ? z * powerOfTwo(-exponent)
    : z *
      powerOfTwo(exponent > 0 ? -1000 : 1000) *
      powerOfTwo(exponent > 0 ? 1000 - exponent : -1000 - exponent);

/** Columns of one value alone. */
export const isConstant = ({ least, most }: ColumnRange): boolean => least === most;

/** Columns whose values are at most 4 units in the last place apart. */
export function isNarrow(range: ColumnRange): boolean {
  const size = Math.max(Math.abs(range.least), Math.abs(range.most));
  const ulp = scaledBy(1, 53 - Math.max(-1021, exponentOf(size)));
  return !isConstant(range) && range.most - range.least <= 4 * ulp;
}

/** How many products of two columns a row takes. */
export const productsPerRow = (n: number, k: number): number => (n * (n + 1)) / 2 + n * k + n + 2 * k;

/**
 * The sums of rows, each good to some 2⁻¹⁴⁵ of the sum of the sizes of its terms: products and weights
 * are taken without rounding (Dekker's), and added up in three parts (Knuth's two-sum, twice).
 *
 * Source: Ogita, Rump and Oishi, Accurate sum and dot product, SIAM J. Sci. Comput. 26, 2005.
 * @param ranges of these rows, or of more
 * @param indices which rows; all by default
 */
export function exactSums(
  { X, Y, weights, rows }: Dataset,
  ranges: readonly ColumnRange[],
  indices?: ArrayLike<number>,
): ExactSums {
  const [n, k] = [X.cols, Y.cols];
  const p = n + k;
  const accumulators = new Accumulators(n, k);
  const values = new Float64Array(p);
  const shift = (range: ColumnRange, z: number) => scaledBy(z, range.exponent) - range.centre;
  const plain = ranges.map(({ exponent }) => (Math.abs(exponent) <= 1000 ? powerOfTwo(-exponent) : 0));
  const fast = plain.every((factor) => factor !== 0);
  const centres = Float64Array.from(ranges, ({ centre }) => centre);
  const most = weights === null ? 1 : weights.reduce((a, b) => Math.max(a, b), 0);
  const weightExponent = weights === null ? 0 : Math.max(-1000, exponentOf(most));
  const count = indices?.length ?? rows;
  let counted = 0;
  for (let at = 0; at < count; at++) {
    const i = indices === undefined ? at : indices[at]!;
    const weight = weights === null ? 1 : scaledBy(weights[i]!, weightExponent);
    if (weight === 0) continue;
    counted++;
    for (let j = 0; j < n; j++) {
      const z = X.data[i * n + j]!;
      values[j] = fast ? z * plain[j]! - centres[j]! : shift(ranges[j]!, z);
    }
    for (let l = 0; l < k; l++) {
      const z = Y.data[i * k + l]!;
      values[n + l] = fast ? z * plain[n + l]! - centres[n + l]! : shift(ranges[n + l]!, z);
    }
    if (weights === null) accumulators.add(values);
    else accumulators.addWeighted(values, weight);
  }
  return { n, k, ranges, weightExponent, rows: counted, ...accumulators.sums() };
}

const combined = (a: ExactSums, b: ExactSums, sign: 1n | -1n): ExactSums => ({
  ...a,
  rows: a.rows + Number(sign) * b.rows,
  weight: a.weight + sign * b.weight,
  totals: a.totals.map((total, j) => total + sign * b.totals[j]!),
  products: a.products.map((product, at) => product + sign * b.products[at]!),
});

/** The sums of two groups of rows that were summed in the same units. */
export const plus = (a: ExactSums, b: ExactSums): ExactSums => combined(a, b, 1n);

/** The sums of the rows of a that are not in b, which is a part of a. */
export const minus = (a: ExactSums, b: ExactSums): ExactSums => combined(a, b, -1n);

const SPLITTER = 134217729; // 2²⁷ + 1

/** Sums in three parts, high + middle + low, of which the first two lose nothing. */
class Accumulators {
  readonly #high: Float64Array;
  readonly #middle: Float64Array;
  readonly #low: Float64Array;
  readonly #upper: Float64Array;
  readonly #lower: Float64Array;
  /** Of the products that are summed: which two columns; column p is 1 throughout. */
  readonly #first: Int32Array;
  readonly #second: Int32Array;

  constructor(
    readonly n: number,
    readonly k: number,
  ) {
    const p = n + k;
    const pairs: [number, number][] = [];
    for (let a = 0; a < n; a++) for (let b = a; b <= p; b++) pairs.push([a, b]);
    for (let l = n; l < p; l++) pairs.push([l, l], [l, p]);
    pairs.push([p, p]);
    this.#first = Int32Array.from(pairs, ([a]) => a);
    this.#second = Int32Array.from(pairs, ([, b]) => b);
    [this.#high, this.#middle, this.#low] = [0, 0, 0].map(() => new Float64Array(pairs.length)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    this.#upper = new Float64Array(p + 1);
    this.#lower = new Float64Array(p + 1);
    this.#upper[p] = 1;
  }

  add(values: Float64Array): void {
    const [high, middle, low, upper, lower] = [this.#high, this.#middle, this.#low, this.#upper, this.#lower];
    const [n, p] = [this.n, this.n + this.k];
    for (let j = 0; j < p; j++) {
      const v = values[j]!;
      const t = SPLITTER * v;
      upper[j] = t - (t - v);
      lower[j] = v - upper[j]!;
    }
    let at = 0;
    for (let a = 0; a < n; a++) {
      const u = values[a]!;
      const uh = upper[a]!;
      const ul = lower[a]!;
      for (let b = a; b <= p; b++) {
        const v = b === p ? 1 : values[b]!;
        const vh = upper[b]!;
        const vl = lower[b]!;
        const product = u * v;
        const error = ul * vl - (product - uh * vh - ul * vh - uh * vl);
        const h = high[at]!;
        const s = h + product;
        const part = s - h;
        const e = h - (s - part) + (product - part);
        high[at] = s;
        const m = middle[at]!;
        const s2 = m + e;
        const part2 = s2 - m;
        const s3 = s2 + error;
        const part3 = s3 - s2;
        middle[at] = s3;
        low[at]! += m - (s2 - part2) + (e - part2) + (s2 - (s3 - part3) + (error - part3));
        at++;
      }
    }
    for (let l = n; l < p; l++) {
      this.#accumulate(at++, values[l]!, values[l]!);
      this.#accumulate(at++, values[l]!, 1);
    }
    this.#accumulate(at, 1, 1);
  }

  addWeighted(values: Float64Array, weight: number): void {
    const [first, second] = [this.#first, this.#second];
    const p = this.n + this.k;
    for (let at = 0; at < first.length; at++) {
      const u = first[at] === p ? 1 : values[first[at]!]!;
      const v = second[at] === p ? 1 : values[second[at]!]!;
      const product = u * v;
      this.#accumulate(at, product, weight);
      const error = productError(u, v, product);
      if (error !== 0) this.#accumulate(at, error, weight);
    }
  }

  /** Adds u·v to a sum. */
  #accumulate(at: number, u: number, v: number): void {
    const product = u * v;
    const error = productError(u, v, product);
    const [high, middle] = [this.#high, this.#middle];
    const h = high[at]!;
    const s = h + product;
    const part = s - h;
    const e = h - (s - part) + (product - part);
    high[at] = s;
    const m = middle[at]!;
    const s2 = m + e;
    const part2 = s2 - m;
    const s3 = s2 + error;
    const part3 = s3 - s2;
    middle[at] = s3;
    this.#low[at]! += m - (s2 - part2) + (e - part2) + (s2 - (s3 - part3) + (error - part3));
  }

  sums(): Pick<ExactSums, "weight" | "totals" | "products"> {
    const p = this.n + this.k;
    const totals = new Array<bigint>(p).fill(0n);
    const products = new Array<bigint>(p * p).fill(0n);
    let weight = 0n;
    for (const [at, a] of this.#first.entries()) {
      const b = this.#second[at]!;
      const sum = [this.#high, this.#middle, this.#low].reduce(
        (total, part) => total + toFixedPoint(part[at]!, SUM_BITS),
        0n,
      );
      if (a === p) weight = sum;
      else if (b === p) totals[a] = sum;
      else products[a * p + b] = products[b * p + a] = sum;
    }
    return { weight, totals, products };
  }
}
