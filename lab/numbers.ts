/** A number for reading: six significant digits. */
export function figure(x: number): string {
  if (!Number.isFinite(x)) return x > 0 ? "∞" : String(x);
  const rounded = Number(x.toPrecision(6));
  return rounded !== 0 && Math.abs(rounded) < 1e-3 ? rounded.toExponential() : String(rounded);
}

/** Three digits, not above. */
export const shortBelow = (x: number): string => {
  const rounded = Number(x.toPrecision(3));
  return String(rounded <= x ? rounded : Number((0.995 * x).toPrecision(3)));
};
