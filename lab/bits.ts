/** A float64 taken apart: its sign, exponent and fraction in binary. */
export interface Bits {
  sign: string;
  /** 11 digits. */
  exponent: string;
  /** 52 digits. */
  fraction: string;
}

const asInteger = (x: number): bigint => new BigInt64Array(Float64Array.of(x).buffer)[0]!;

export function bitsOf(x: number): Bits {
  const text = BigInt.asUintN(64, asInteger(x)).toString(2).padStart(64, "0");
  return { sign: text.slice(0, 1), exponent: text.slice(1, 12), fraction: text.slice(12) };
}

/** How many float64 numbers y is above x, counting every one between; ±0 are one. NaN where either is NaN. */
export function ulpsBetween(x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  // negative numbers count down from zero
  const place = (value: number) => {
    const bits = asInteger(value);
    return bits < 0n ? -BigInt.asUintN(63, bits) : bits;
  };
  return Number(place(y) - place(x));
}
