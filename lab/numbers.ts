/** A number for reading: six significant digits. */
export function figure(x: number): string {
  if (!Number.isFinite(x)) return x > 0 ? "∞" : String(x);
  const rounded = Number(x.toPrecision(6));
  return rounded !== 0 && Math.abs(rounded) < 1e-3 ? rounded.toExponential() : String(rounded);
}
