import { wholePower } from "../numbers/wholePower.js";

/** A decimal number units·10^−scale. */
interface Decimal {
  units: bigint;
  scale: number;
}

/** A double as two: the number is their sum. */
export type Split = readonly [high: number, low: number];

/** Decimals of a number that has no end in SQL's types: more than a double tells of one that is not near 0. */
const MOST_SCALE = 60;

/**
 * The decimal number that a sum is, without exponent, as every dialect reads it.
 * @param text a decimal number
 * @param more what is added, finite: its shortest digits count
 * @param scale decimals to keep; null for as many as there are
 */
export function addDecimal(text: string, more: number, scale: number | null): string {
  const [a, b] = [read(text), read(String(more))];
  const most = Math.max(a.scale, b.scale);
  const sum = { units: atScale(a, most) + atScale(b, most), scale: most };
  return write({
    units: atScale(sum, Math.min(most, scale ?? MOST_SCALE)),
    scale: Math.min(most, scale ?? MOST_SCALE),
  });
}

/** The nearest double of a decimal number, and what is left of it. */
export function splitDecimal(text: string): Split {
  const { units, scale } = read(text);
  const high = Number(text);
  let [whole, halvings] = [high, 0];
  for (; !Number.isInteger(whole); halvings++) whole *= 2;
  const left = (units << BigInt(halvings)) - BigInt(whole) * power(scale);
  return [high, quotient(left, power(scale) << BigInt(halvings))];
}

/** 10^exponent */
const power = (exponent: number): bigint => BigInt(`1${"0".repeat(exponent)}`);

/** a/b to some 60 bits, for numbers that a double holds. */
function quotient(a: bigint, b: bigint): number {
  const size = (x: bigint) => 4 * x.toString(16).replace("-", "").length;
  const shift = Math.max(0, 64 + size(b) - size(a));
  let value = Number((a << BigInt(shift)) / b);
  for (let rest = shift; rest > 0; rest -= 512) value *= wholePower(0.5, Math.min(rest, 512));
  return value;
}

function read(text: string): Decimal {
  const [, sign, whole = "", fraction = "", exponent = "0"] = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(
    text.trim(),
  )!;
  const units = BigInt(`${sign === "-" ? "-" : ""}${whole}${fraction}`);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { units, scale } : { units: units * power(-scale), scale: 0 };
}

/** The units at another scale, rounded half away from 0. */
function atScale({ units, scale }: Decimal, other: number): bigint {
  if (other >= scale) return units * power(other - scale);
  const step = power(scale - other);
  const half = units < 0n ? -step / 2n : step / 2n;
  return (units + half) / step;
}

function write({ units, scale }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const [whole, fraction] = [digits.slice(0, digits.length - scale), digits.slice(digits.length - scale)];
  return `${units < 0n ? "-" : ""}${whole}${scale > 0 ? `.${fraction}` : ""}`;
}
