/**
 * A float as Python prints it: the shortest digits that read back to the same number, with `.0`
 * behind whole ones, and an exponent of two digits below 1e-4 and from 1e16.
 * @param x any float64; NaN and infinity are "nan", "inf" and "-inf"
 * Source: Python's `repr` of a float.
 */
export function pythonFloat(x: number): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  if (Object.is(x, -0)) return "-0.0";
  const size = Math.abs(x);
  if (x !== 0 && (size < 1e-4 || size >= 1e16)) {
    return x.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  const text = String(x);
  return text.includes(".") ? text : `${text}.0`;
}

/** `round(x, 4)` as Python rounds: the exact decimal value, halves to even. */
export function round4(x: number): number {
  if (x === 0) return x; // with its sign
  // a tie needs x to be an odd multiple of 1/32, since 2·10⁴ = 2⁵·5⁴
  const eighths = Math.abs(x) * 8;
  const tie = Math.abs(x) < 2 ** 40 && (eighths * 4) % 2 === 1;
  if (!tie || !Number.isFinite(x)) return Number.isFinite(x) && Math.abs(x) < 1e21 ? Number(x.toFixed(4)) : x;
  const scaled = x * 10000; // exact: a half
  const down = Math.floor(scaled);
  return (down % 2 === 0 ? down : down + 1) / 10000;
}

/**
 * A line of the notebook's log: `epoch: 0 - MSE: 11756.956 - MSE_v: 14593.4043`, both rounded to four
 * decimals as Python's `round` does.
 * @param epoch counted from 0
 * @param mse the epoch's training MSE
 * @param mseValid the MSE of the validation rows, or null: the line then ends before it
 * Source: the notebook's `fit`.
 */
export function logLine(epoch: number, mse: number, mseValid: number | null): string {
  const line = `epoch: ${epoch} - MSE: ${pythonFloat(round4(mse))}`;
  return mseValid === null ? line : `${line} - MSE_v: ${pythonFloat(round4(mseValid))}`;
}

/** Positions of a readable selection out of `count` lines: all of a few, otherwise 0, 1, 2, 5, 10, 20, 50, … and the last. */
export function selection(count: number, most = 25): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  const picked = [0];
  for (let decade = 1; decade < count; decade *= 10) picked.push(decade, 2 * decade, 5 * decade);
  return [...picked.filter((i) => i < count - 1), count - 1];
}
