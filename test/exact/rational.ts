/** Rational numbers in whole numbers (BigInt), independent of the library: what its float64 results are held against. */
import { nearest, parts } from "../numbers/exact.js";

/** n/d·2^e with d > 0; fractions are not reduced, powers of two are kept apart since they cost nothing. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
  readonly e: number;
}

/** Bits that a square root keeps: some 77 decimal digits. */
const ROOT_BITS = 256;

const size = (x: bigint): bigint => (x < 0n ? -x : x);

/** The length of |x| in bits. */
const bitLength = (x: bigint): number => (x === 0n ? 0 : size(x).toString(16).length * 4);

export const rational = (n: bigint, d = 1n, e = 0): Rational => (d < 0n ? { n: -n, d: -d, e } : { n, d, e });

export const ZERO: Rational = rational(0n);
export const ONE: Rational = rational(1n);

/** A finite float64, exactly. */
export function exactly(x: number): Rational {
  const { mantissa, exponent } = parts(x);
  return rational(mantissa, 1n, exponent);
}

export function plus(a: Rational, b: Rational): Rational {
  const e = Math.min(a.e, b.e);
  const [an, bn] = [a.n << BigInt(a.e - e), b.n << BigInt(b.e - e)];
  return a.d === b.d ? rational(an + bn, a.d, e) : rational(an * b.d + bn * a.d, a.d * b.d, e);
}

const negative = ({ n, d, e }: Rational): Rational => rational(-n, d, e);
export const minus = (a: Rational, b: Rational): Rational => plus(a, negative(b));
export const times = (a: Rational, b: Rational): Rational => rational(a.n * b.n, a.d * b.d, a.e + b.e);
export const over = (a: Rational, b: Rational): Rational => {
  if (b.n === 0n) throw new RangeError("division by 0");
  return rational(a.n * b.d, a.d * b.n, a.e - b.e);
};
export const sum = (terms: readonly Rational[]): Rational => terms.reduce(plus, ZERO);
export const isZero = ({ n }: Rational): boolean => n === 0n;
export const equal = (a: Rational, b: Rational): boolean => isZero(minus(a, b));
export const absolute = ({ n, d, e }: Rational): Rational => rational(size(n), d, e);
export const larger = (a: Rational, b: Rational): Rational => (minus(a, b).n < 0n ? b : a);

/** The float64 nearest to a value, ties to even. */
export function toNumber({ n, d, e }: Rational): number {
  const shift = Math.max(0, 256 + bitLength(d) - bitLength(n));
  const shifted = size(n) << BigInt(shift);
  // an odd last bit stands for what the division leaves, so that no tie is seen where there is none
  const quotient = 2n * (shifted / d) + (shifted % d === 0n ? 0n : 1n);
  return nearest(n < 0n ? -quotient : quotient, e - shift - 1);
}

/** ⌊√x⌋ by Newton's method from above. */
export function integerRoot(x: bigint): bigint {
  if (x < 2n) return x;
  let root = 1n << BigInt(Math.ceil(bitLength(x) / 2) + 1);
  for (;;) {
    const next = (root + x / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** √x to some 77 digits; x ≥ 0 */
export function root({ n, d, e }: Rational): Rational {
  if (n < 0n) throw new RangeError("root of a negative number");
  if (n === 0n) return ZERO;
  let shift = Math.max(0, 2 * ROOT_BITS + bitLength(d) - bitLength(n));
  if ((e - shift) % 2 !== 0) shift += 1;
  return rational(integerRoot((n << BigInt(shift)) / d), 1n, (e - shift) / 2);
}

/** A value in decimals, for people: `digits` significant ones, cut and not rounded. */
export function decimals({ n, d, e }: Rational, digits = 40): string {
  if (n === 0n) return "0";
  const [top, bottom] = e >= 0 ? [size(n) << BigInt(e), d] : [size(n), d << BigInt(-e)];
  let power = top.toString().length - bottom.toString().length;
  const scaled = (p: number) =>
    p >= 0 ? (top * 10n ** BigInt(p)) / bottom : top / (bottom * 10n ** BigInt(-p));
  let text = scaled(digits - 1 - power).toString();
  if (text.length < digits) {
    power -= 1;
    text = scaled(digits - 1 - power).toString();
  }
  return `${n < 0n ? "-" : ""}${text[0]}.${text.slice(1, digits)}e${power}`;
}
