const float = new Float64Array(1);
const word = new BigInt64Array(float.buffer);

/** The place of a float64 among all float64, in their order; both zeros have place 0. */
function place(x: number): bigint {
  float[0] = x;
  const bits = word[0]!;
  return bits >= 0n ? bits : -(bits & 0x7fffffffffffffffn);
}

/**
 * How many float64 lie from one number to another (units in the last place), |place(a) − place(b)|: 0
 * for equal numbers, and for NaN beside NaN; Infinity for NaN beside a number. Source: docs/verification.md.
 * @param a any number
 * @param b any number
 * @returns a whole number ≥ 0, or Infinity
 */
export function ulps(a: number, b: number): number {
  if (a === b) return 0;
  if (Number.isNaN(a) || Number.isNaN(b))
    return Number.isNaN(a) && Number.isNaN(b) ? 0 : Number.POSITIVE_INFINITY;
  const distance = Number(place(a) - place(b));
  return Math.abs(distance);
}

/** |a − b|/|b|; 0 where they are equal. */
export const relative = (a: number, b: number): number => (a === b ? 0 : Math.abs(a - b) / Math.abs(b));

/** The middle value, or the mean of the two middle ones; 0 of nothing. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The largest of some errors; NaN if one of them is NaN. */
export const largest = (values: Iterable<number>): number => {
  let most = 0;
  for (const value of values) most = Math.max(most, value);
  return most;
};

/** The largest difference from some recorded values, beside the largest of them; NaN where one is missing. */
export function ofLargest(ours: Float64Array, theirs: Float64Array): number {
  const scale = largest(theirs.map(Math.abs));
  return largest(theirs.map((value, i) => Math.abs((ours[i] ?? Number.NaN) - value) / scale));
}
