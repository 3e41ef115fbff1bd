/**
 * log, exp, sin and cos with the same bits in every JavaScript engine.
 *
 * Engines differ in the last bit of Math.log and its kin, so a random stream that passes through
 * them differs too. Here each value is summed in double-double to about 2⁻⁷⁵ and rounded once:
 * in all but some 10⁻⁶ of the cases the correctly rounded result.
 */
import { type DoubleDouble, ddAdd, ddDivide, ddMultiply } from "./doubleDouble.js";
import { low, twoProduct } from "./errorFree.js";

const LN2: DoubleDouble = [Math.LN2, 2.3190468138462996e-17];
const HALF_PI = [Math.PI / 2, 6.123233995736766e-17, -1.4973849048591698e-33] as const;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** 2ᵏ for −1022 ≤ k ≤ 1023 */
function powerOfTwo(k: number): number {
  words[0] = 0;
  words[1] = (k + 1023) << 20;
  return float[0]!;
}

/** Coefficients of a power series: the first ones in double-double, the small rest in float64. */
interface Series {
  head: readonly DoubleDouble[];
  tail: readonly number[];
}

function series(terms: number, headTerms: number, coefficient: (j: number) => DoubleDouble): Series {
  const all = Array.from({ length: terms }, (_, j) => coefficient(j));
  return { head: all.slice(0, headTerms), tail: all.slice(headTerms).map((c) => c[0]) };
}

/** Σⱼ cⱼ zʲ by Horner's rule */
function evaluate({ head, tail }: Series, z: DoubleDouble): DoubleDouble {
  let rest = 0;
  for (let j = tail.length - 1; j >= 0; j--) rest = rest * z[0] + tail[j]!;
  let sum: DoubleDouble = [rest, 0];
  for (let j = head.length - 1; j >= 0; j--) sum = ddAdd(head[j]!, ddMultiply(sum, z));
  return sum;
}

const reciprocalFactorials: DoubleDouble[] = [[1, 0]];
for (let j = 1; j <= 27; j++) reciprocalFactorials.push(ddDivide(reciprocalFactorials[j - 1]!, [j, 0]));
const signed = ([h, l]: DoubleDouble, j: number): DoubleDouble => (j % 2 === 0 ? [h, l] : [-h, -l]);

// The tails start where a term's share is below 2⁻²⁵ of the sum, and end below 2⁻⁷⁸ of it.
const LOG = series(17, 5, (j) => ddDivide([1, 0], [2 * j + 1, 0])); // atanh(s)/s in s²
const EXP = series(19, 8, (j) => reciprocalFactorials[j]!);
const SIN = series(13, 5, (j) => signed(reciprocalFactorials[2 * j + 1]!, j)); // sin(r)/r in r²
const COS = series(14, 5, (j) => signed(reciprocalFactorials[2 * j]!, j));

/**
 * Natural logarithm: x = 2ᵏ·m with m in [√½, √2), log x = k·ln 2 + 2·atanh((m − 1)/(m + 1)).
 * @param x above 0 and normal (≥ 2⁻¹⁰²²), finite
 */
export function log(x: number): number {
  float[0] = x;
  let k = (words[1]! >>> 20) - 1023;
  words[1] = (words[1]! & 0xfffff) | 0x3ff00000;
  let m = float[0]!;
  if (m > Math.SQRT2) {
    m /= 2;
    k += 1;
  }
  const s = ddDivide([m - 1, 0], ddAdd([m, 0], [1, 0]));
  const atanh = ddMultiply(s, evaluate(LOG, ddMultiply(s, s)));
  return ddAdd(ddMultiply([k, 0], LN2), [2 * atanh[0], 2 * atanh[1]])[0];
}

/**
 * eˣ = 2ᵏ·eʳ with |r| ≤ ln(2)/2.
 * @param x at most 709; below −708 the result is 0
 */
export function exp(x: number): number {
  if (x < -708) return 0;
  const k = Math.round(x / LN2[0]);
  const r = ddAdd([x, 0], ddMultiply([-k, 0], LN2));
  return evaluate(EXP, r)[0] * powerOfTwo(k);
}

/** x − k·π/2 in [−π/4, π/4], with k modulo 4 */
function reduce(x: number): { r: DoubleDouble; quadrant: number } {
  const k = Math.round(x / HALF_PI[0]);
  let r: DoubleDouble = [x, 0];
  for (const part of HALF_PI) {
    const product = twoProduct(-k, part);
    r = ddAdd(r, [product, low]);
  }
  return { r, quadrant: k & 3 };
}

function sine(r: DoubleDouble): number {
  return ddMultiply(r, evaluate(SIN, ddMultiply(r, r)))[0];
}

function cosine(r: DoubleDouble): number {
  return evaluate(COS, ddMultiply(r, r))[0];
}

/** sin x. @param x radians, |x| ≤ 2²⁰ */
export function sin(x: number): number {
  const { r, quadrant } = reduce(x);
  const value = quadrant % 2 === 0 ? sine(r) : cosine(r);
  return quadrant < 2 ? value : -value;
}

/** cos x. @param x radians, |x| ≤ 2²⁰ */
export function cos(x: number): number {
  const { r, quadrant } = reduce(x);
  const value = quadrant % 2 === 0 ? cosine(r) : sine(r);
  return quadrant === 0 || quadrant === 3 ? value : -value;
}
