const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/**
 * The largest power of two that is at most |x|: dividing by it is exact, so that scaling costs no digit.
 * @param x finite; 0 gives 1, a subnormal number 2⁻¹⁰²²
 */
export function powerOfTwoBelow(x: number): number {
  if (x === 0) return 1;
  float[0] = Math.abs(x);
  words[1] = Math.max(words[1]! & 0x7ff00000, 0x00100000);
  words[0] = 0;
  return float[0]!;
}

/** `powerOfTwoBelow` of the largest size among values[start], values[start + stride], … (`count` of them). */
export function scaleOf(values: Float64Array, start = 0, count = values.length, stride = 1): number {
  let most = 0;
  for (let i = 0; i < count; i++) most = Math.max(most, Math.abs(values[start + i * stride]!));
  return powerOfTwoBelow(most);
}
