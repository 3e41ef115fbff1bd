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

const SPLITTER = 134217729; // 2²⁷ + 1, as in twoProduct

/**
 * Σᵢ a[aAt + i·aStep]·x[xAt + i·xStep] for i < count, x in double-double; allocates nothing.
 *
 * Each product and sum is that of `ddAdd` and `ddMultiply` in their short form, so the error is at
 * most some count·2⁻¹⁰⁴ of Σ|a·x|. Holds while |a|, |x| < 2⁹⁹⁵ and no product's error is subnormal.
 *
 * @param a float64
 * @param x the high parts
 * @param xLow the low parts
 * @returns the high part; the low part is left in `low` of errorFree.ts
 */
export function ddDot(
  count: number,
  a: Float64Array,
  aAt: number,
  aStep: number,
  x: Float64Array,
  xLow: Float64Array,
  xAt: number,
  xStep: number,
): number {
  let high = 0;
  let rest = 0;
  for (let i = 0; i < count; i++) {
    const u = a[aAt + i * aStep]!;
    const v = x[xAt + i * xStep]!;
    // twoProduct(u, v) and twoSum(high, p), written out: a call leaves its low part in the heap
    const p = u * v;
    const tu = SPLITTER * u;
    const uh = tu - (tu - u);
    const ul = u - uh;
    const tv = SPLITTER * v;
    const vh = tv - (tv - v);
    const vl = v - vh;
    const s = high + p;
    const part = s - high;
    const lost = high - (s - part) + (p - part) + (ul * vl - (p - uh * vh - ul * vh - uh * vl));
    rest += lost + u * xLow[xAt + i * xStep]!;
    high = s + rest;
    rest -= high - s;
  }
  return fastTwoSum(high, rest);
}
