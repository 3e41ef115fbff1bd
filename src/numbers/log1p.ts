/**
 * log(1 + x) as the C libraries compute it, last bits included in all but some 0.02 % of the values:
 * PyTorch's small-size normals pass through it, and a correctly rounded log1p would differ in one
 * value of thirty.
 *
 * The method and the constants are those of Sun's fdlibm (1993), which glibc and musl follow:
 * 1 + x = 2ᵏ(1 + f), s = f/(2 + f), log(1 + f) = f − (f²/2 − s·(f²/2 + R(s²))).
 */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
// minimax coefficients of R(z)
const R = [
  0.6666666666666735, 0.3999999999940942, 0.2857142874366239, 0.22222198432149784, 0.1818357216161805,
  0.15313837699209373, 0.14798198605116586,
] as const;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** @param x in (−1, 2²⁰) */
export function log1p(x: number): number {
  const size = Math.abs(x);
  if (size < 2 ** -54) return x;
  if (size < 2 ** -29) return x - x * x * 0.5;

  let k = 0;
  let f = x;
  let correction = 0;
  // the bounds are √½ − 1 and √2 − 1 as fdlibm compares them, by high words
  if (x <= -0.2928934097290039 || x >= 0.4142136573791504) {
    let u = 1 + x;
    float[0] = u;
    k = (words[1]! >>> 20) - 1023;
    correction = (k > 0 ? 1 - (u - x) : x - (u - 1)) / u;
    const mantissa = words[1]! & 0xfffff;
    if (mantissa < 0x6a09e) {
      words[1] = mantissa | 0x3ff00000;
    } else {
      k += 1;
      words[1] = mantissa | 0x3fe00000;
    }
    u = float[0]!;
    f = u - 1;
  }

  const half = 0.5 * f * f;
  if (Math.abs(f) < 2 ** -20) {
    if (f === 0) return k * LN2_HIGH + (correction + k * LN2_LOW);
    const r = half * (1 - (2 / 3) * f);
    return k === 0 ? f - r : k * LN2_HIGH - (r - (k * LN2_LOW + correction) - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const z2 = z * z;
  const z4 = z2 * z2;
  const r = z * R[0] + z2 * (R[1] + z * R[2]) + z4 * (R[3] + z * R[4]) + z4 * z2 * (R[5] + z * R[6]);
  return k === 0
    ? f - (half - s * (half + r))
    : k * LN2_HIGH - (half - (s * (half + r) + (k * LN2_LOW + correction)) - f);
}
