/**
 * Fixed-point numbers as BigInt: an integer v stands for v·2^−bits. Sums and differences are exact;
 * `fixedProduct` and `fixedQuotient` round down in the last bit.
 */
const float = new Float64Array(1);
const words = new BigUint64Array(float.buffer);
const FRACTION = 2n ** 52n;

/** A finite double as integer·2^exponent, exactly. */
export function integerAndExponent(x: number): { integer: bigint; exponent: number } {
  float[0] = x;
  const word = words[0]!;
  const field = Number((word >> 52n) & 0x7ffn);
  const fraction = word & (FRACTION - 1n);
  const integer = field === 0 ? fraction : fraction | FRACTION;
  return { integer: word >> 63n ? -integer : integer, exponent: Math.max(field, 1) - 1075 };
}

/** v·2^count for any whole count, rounded down where bits are lost. */
export const shifted = (v: bigint, count: number): bigint =>
  count >= 0 ? v << BigInt(count) : v >> BigInt(-count);

/** A finite double in fixed point; what is below the last bit is rounded down. */
export function toFixedPoint(x: number, bits: number): bigint {
  const { integer, exponent } = integerAndExponent(x);
  return shifted(integer, exponent + bits);
}

export const fixedProduct = (a: bigint, b: bigint, bits: number): bigint => (a * b) >> BigInt(bits);

/** a/b for b ≠ 0 */
export const fixedQuotient = (a: bigint, b: bigint, bits: number): bigint => (a << BigInt(bits)) / b;

/** How many binary digits |v| has; 0 for 0. */
export function bitLength(v: bigint): number {
  const hex = (v < 0n ? -v : v).toString(16);
  return hex === "0" ? 0 : 4 * hex.length - Math.clz32(Number.parseInt(hex[0]!, 16)) + 28;
}

/** x·2^exponent, rounded once; an exponent far out of range gives 0 or an infinity. */
export function timesPowerOfTwo(x: number, exponent: number): number {
  let [value, rest] = [x, Math.max(-2200, Math.min(2200, exponent))];
  for (; rest > 1000; rest -= 1000) value *= powerOfTwo(1000);
  for (; rest < -1000; rest += 1000) value *= powerOfTwo(-1000);
  return value * powerOfTwo(rest);
}

/** 2^exponent for a whole exponent in [−1022, 1023]. */
export function powerOfTwo(exponent: number): number {
  words[0] = BigInt(exponent + 1023) << 52n;
  return float[0]!;
}

/** The exponent e for which |x| is in [2^(e−1), 2^e); 0 for 0. */
export function exponentOf(x: number): number {
  const { integer, exponent } = integerAndExponent(x);
  return integer === 0n ? 0 : bitLength(integer) + exponent;
}

/** The double nearest to v·2^−bits. */
export function fromFixedPoint(v: bigint, bits: number): number {
  const excess = bitLength(v) - 64;
  if (excess <= 0) return timesPowerOfTwo(Number(v), -bits);
  // Number rounds to nearest; a last bit stands for all that is cut off
  const cut = v >> BigInt(excess);
  const rest = cut << BigInt(excess) === v ? 0n : 1n;
  return timesPowerOfTwo(Number(cut | rest), excess - bits);
}

/** v·2^−bits as the double nearest to it, and the double nearest to what is left. */
export function fromFixedPointPair(v: bigint, bits: number): readonly [high: number, low: number] {
  const high = fromFixedPoint(v, bits);
  if (!Number.isFinite(high) || high === 0) return [high, 0];
  const { integer, exponent } = integerAndExponent(high);
  const finer = Math.max(bits, -exponent); // in which both are whole
  return [high, fromFixedPoint(shifted(v, finer - bits) - shifted(integer, exponent + finer), finer)];
}

/** ⌊√v⌋ in fixed point, v ≥ 0. */
export function fixedRoot(v: bigint, bits: number): bigint {
  const whole = v << BigInt(bits);
  if (whole <= 0n) return 0n;
  let root = 1n << BigInt(Math.ceil(bitLength(whole) / 2));
  for (;;) {
    const next = (root + whole / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
