/** A number for reading: six significant digits. */
export const figure = (x: number): string =>
  Number.isFinite(x) ? String(Number(x.toPrecision(6))) : x > 0 ? "∞" : String(x);

/** A share as per cent. */
export const percent = (x: number): string => `${Number((100 * x).toPrecision(3))} %`;
