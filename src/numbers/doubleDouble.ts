import { fastTwoSum, low, twoProduct, twoSum } from "./errorFree.js";

/**
 * Double-double arithmetic: a number as the unevaluated sum high + low of two float64, some 106
 * bits (Dekker 1971; the error bounds are those of Joldes, Muller and Popescu, ACM TOMS 44, 2017).
 * Values are [high, low] pairs; only scalar, non-critical code uses them.
 */
export type DoubleDouble = readonly [high: number, low: number];

/** a + b */
export function ddAdd(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const s = twoSum(a[0], b[0]);
  const sLow = low;
  const t = twoSum(a[1], b[1]);
  const tLow = low;
  const high = fastTwoSum(s, sLow + t);
  const h = fastTwoSum(high, low + tLow);
  return [h, low];
}

/** a · b */
export function ddMultiply(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const p = twoProduct(a[0], b[0]);
  const h = fastTwoSum(p, low + (a[0] * b[1] + a[1] * b[0]));
  return [h, low];
}

/** a / b */
export function ddDivide(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const q = a[0] / b[0];
  const r = ddAdd(a, ddMultiply([-q, 0], b));
  const h = fastTwoSum(q, r[0] / b[0]);
  return [h, low];
}
