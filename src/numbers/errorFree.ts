/**
 * Error-free transformations: sums and products of two float64 numbers as an unevaluated sum
 * high + low that is exact (Knuth 1969; Dekker 1971), and what follows from them.
 *
 * Results come in two module variables rather than in an object, so that hot loops allocate
 * nothing: read `low` right after the call.
 */
export let low = 0;

const SPLITTER = 134217729; // 2²⁷ + 1

/** a + b rounded; the exact error is left in `low`. */
export function twoSum(a: number, b: number): number {
  const s = a + b;
  const bb = s - a;
  low = a - (s - bb) + (b - bb);
  return s;
}

/** a + b rounded, for |a| ≥ |b| or a = 0; the exact error is left in `low`. */
export function fastTwoSum(a: number, b: number): number {
  const s = a + b;
  low = b - (s - a);
  return s;
}

/** a · b − p for p = a · b rounded. Exact while |a|, |b| < 2⁹⁹⁵ and the result is no subnormal. */
export function productError(a: number, b: number, p: number): number {
  const ta = SPLITTER * a;
  const ah = ta - (ta - a);
  const al = a - ah;
  const tb = SPLITTER * b;
  const bh = tb - (tb - b);
  const bl = b - bh;
  return al * bl - (p - ah * bh - al * bh - ah * bl);
}

/** a · b rounded; the exact error is left in `low`, see `productError`. */
export function twoProduct(a: number, b: number): number {
  const p = a * b;
  low = productError(a, b, p);
  return p;
}
