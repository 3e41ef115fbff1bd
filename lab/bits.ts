/** A float64 taken apart: its sign, exponent and fraction in binary. */
export interface Bits {
  sign: string;
  /** 11 digits. */
  exponent: string;
  /** 52 digits. */
  fraction: string;
}

export function bitsOf(x: number): Bits {
  const bits = new BigUint64Array(Float64Array.of(x).buffer)[0]!;
  const text = bits.toString(2).padStart(64, "0");
  return { sign: text.slice(0, 1), exponent: text.slice(1, 12), fraction: text.slice(12) };
}
