import { low, twoProduct, twoSum } from "./errorFree.js";

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer); // little-endian, as on every platform with a JavaScript engine

/** a + b rounded to odd: where the sum is inexact, to the neighbour whose last bit is 1. */
function oddSum(a: number, b: number): number {
  const s = twoSum(a, b);
  const error = low;
  if (error === 0) return s;
  float[0] = s;
  if ((words[0]! & 1) === 0) {
    if (error > 0 === s > 0) words[0]! |= 1;
    else if (words[0]!-- === 0) words[1]!--;
  }
  return float[0]!;
}

/**
 * Fused multiply-add: a·b + c with one rounding, as the processors' FMA instruction gives it.
 *
 * Emulated exactly by rounding the inner sum to odd (Boldo and Melquiond, "Emulation of FMA and
 * correctly rounded sums", IEEE Trans. Computers 57, 2008). Holds while |a|, |b| and |a·b| stay
 * below 2⁹⁹⁵ and a·b's low half is no subnormal (|a·b| above 2⁻⁹⁶⁸, or 0).
 *
 * @param a factor
 * @param b factor
 * @param c summand
 * @returns the float64 nearest to the exact a·b + c
 */
export function fma(a: number, b: number, c: number): number {
  const product = twoProduct(a, b);
  const productLow = low;
  const inner = twoSum(c, productLow);
  const innerLow = low;
  const outer = twoSum(product, inner);
  return outer + oddSum(innerLow, low);
}
