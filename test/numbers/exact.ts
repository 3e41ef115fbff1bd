/** Arithmetic on whole numbers (BigInt), independent of the library: what its float64 results are held against. */

const float = new Float64Array(1);
const word = new BigUint64Array(float.buffer);

/** A finite x as mantissa·2^exponent, exactly. */
export function parts(x: number): { mantissa: bigint; exponent: number } {
  float[0] = x;
  const bits = word[0]!;
  const field = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const size = field === 0 ? fraction : fraction | 0x10000000000000n;
  return { mantissa: bits >> 63n ? -size : size, exponent: Math.max(field, 1) - 1075 };
}

/** x·2^bits as a whole number; x must have no digits below 2^−bits. */
export function fixed(x: number, bits: number): bigint {
  const { mantissa, exponent } = parts(x);
  const shift = bits + exponent;
  if (shift >= 0) return mantissa << BigInt(shift);
  if (mantissa & ((1n << BigInt(-shift)) - 1n)) throw new RangeError(`${x} has digits below 2^-${bits}`);
  return mantissa >> BigInt(-shift);
}

/** The float64 nearest to value·2^exponent, ties to even, subnormal and infinite results included. */
export function nearest(value: bigint, exponent: number): number {
  if (value < 0n) return -nearest(-value, exponent);
  const length = value.toString(2).length;
  if (length + exponent > 1025) return Number.POSITIVE_INFINITY;
  const shift = Math.max(length - 53, -1074 - exponent);
  if (shift <= 0) {
    // few enough digits: exact, and scaled in two steps since 2^exponent may be no float64
    const half = Math.trunc(exponent / 2);
    return Number(value) * 2 ** half * 2 ** (exponent - half);
  }
  const unit = 1n << BigInt(shift);
  let quotient = value / unit;
  const twice = 2n * (value % unit);
  if (twice > unit || (twice === unit && quotient & 1n)) quotient += 1n;
  const at = exponent + shift;
  return at > 971 ? Number.POSITIVE_INFINITY : Number(quotient) * 2 ** at;
}

/** How many float64 numbers lie between a and b, of the same sign. */
export function ulpsBetween(a: number, b: number): number {
  float[0] = a;
  const first = word[0]!;
  float[0] = b;
  const distance = Number(first - word[0]!);
  return Math.abs(distance);
}

/** The bits of a float64, so that 0 and −0 differ. */
export function bitsOf(x: number): bigint {
  float[0] = x;
  return word[0]!;
}

/** Digits behind the binary point of the series below. */
const BITS = 320;
const ONE = 1n << BigInt(BITS);

const times = (a: bigint, b: bigint): bigint => (a * b) >> BigInt(BITS);

/** Σ_j (±1)^j z^(2j+1)/(2j+1): atanh or, alternating, atan */
function inverseTangent(z: bigint, alternating: boolean): bigint {
  const square = times(z, z);
  let power = z;
  let sum = 0n;
  for (let j = 0n; power !== 0n && power !== -1n; j++) {
    sum += (alternating && j % 2n === 1n ? -power : power) / (2n * j + 1n);
    power = times(power, square);
  }
  return sum;
}

const LN2 = 2n * inverseTangent(ONE / 3n, false);
/** Machin: π/4 = 4·atan(1/5) − atan(1/239) */
const PI = 4n * (4n * inverseTangent(ONE / 5n, true) - inverseTangent(ONE / 239n, true));

/** Σ_j sign_j·r^(first + step·j)/(first + step·j)! */
function exponentialSeries(r: bigint, first: number, step: number, alternating: boolean): bigint {
  let term = first === 0 ? ONE : r;
  let sum = 0n;
  for (let j = first; term !== 0n && term !== -1n; j += step) {
    sum += term;
    for (let i = 1; i <= step; i++) term = times(term, r) / BigInt(j + i);
    if (alternating) term = -term;
  }
  return sum;
}

/** log(numerator/denominator·2^exponent) in fixed point, for 1 ≤ numerator/denominator < 2 */
function logarithm(numerator: bigint, denominator: bigint, exponent: number): bigint {
  const s = ((numerator - denominator) * ONE) / (numerator + denominator);
  return 2n * inverseTangent(s, false) + BigInt(exponent) * LN2;
}

/** log x, correctly rounded; x > 0 and normal */
export function exactLog(x: number): number {
  const { mantissa, exponent } = parts(x);
  return nearest(logarithm(mantissa, 1n << 52n, exponent + 52), -BITS);
}

/** log(1 + x), correctly rounded; x > −1 with |x| ≥ 2⁻¹⁰⁰ */
export function exactLog1p(x: number): number {
  const sum = ONE + fixed(x, BITS);
  const exponent = sum.toString(2).length - 1 - BITS;
  const one = exponent < 0 ? ONE >> BigInt(-exponent) : ONE << BigInt(exponent);
  return nearest(logarithm(sum, one, exponent), -BITS);
}

/** eˣ, correctly rounded; |x| in [2⁻¹⁰⁰, 709] */
export function exactExp(x: number): number {
  const whole = Math.round(x / Math.LN2);
  const r = fixed(x, BITS) - BigInt(whole) * LN2;
  return nearest(exponentialSeries(r, 0, 1, false), whole - BITS);
}

function sineOf(x: number, quarters: bigint): number {
  const half = PI / 2n;
  const k = BigInt(Math.round(x / (Math.PI / 2)));
  const r = fixed(x, BITS) - k * half;
  const quadrant = (((k + quarters) % 4n) + 4n) % 4n;
  const value = exponentialSeries(r, quadrant % 2n === 0n ? 1 : 0, 2, true);
  return nearest(quadrant < 2n ? value : -value, -BITS);
}

/** sin x, correctly rounded; |x| in [2⁻¹⁰⁰, 2²⁰] */
export const exactSin = (x: number): number => sineOf(x, 0n);

/** cos x, correctly rounded; |x| in [2⁻¹⁰⁰, 2²⁰] */
export const exactCos = (x: number): number => sineOf(x, 1n);

/** `count` numbers spread evenly over (0, 1), always the same ones, with all 53 bits in use. */
export function spread(count: number, seed = 1): number[] {
  let state = (BigInt(seed) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn;
  return Array.from({ length: count }, () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return (Number(state >> 11n) + 0.5) / 2 ** 53;
  });
}
