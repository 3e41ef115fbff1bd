/** Height of the letters of a chart, in its units. */
export const FONT_SIZE = 12;

/** About how wide a text is, in units of the chart: the letters of a sans-serif face are some 0.6 of their height. */
export const textWidth = (text: string, size: number = FONT_SIZE): number => [...text].length * size * 0.6;

/** A text cut to about `width` units, with … for what was cut. */
export function fitText(text: string, width: number, size: number = FONT_SIZE): string {
  const letters = [...text];
  const most = Math.max(1, Math.floor(width / (size * 0.6)));
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join("")}…`;
}

/** A label with its unit: `Weight (pounds)`. */
export const withUnit = ({ label, unit }: { label: string; unit?: string }): string =>
  unit === undefined || unit === "" ? label : `${label} (${unit})`;

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** k of |x| = c·10ᵏ with 1 ≤ c < 10; 0 for 0. */
const decade = (x: number): number => Number(x.toExponential().split("e")[1]);

/**
 * A tick's value as text: `0.05`, `−20`, or, where that would be long, `3×10⁻⁵`.
 * @param x the value, finite
 * @param step between ticks, which says how many digits are needed to tell them apart; for a log axis the value
 * @param longest how many characters are not yet long
 */
export function tickText(x: number, step: number, longest: number = 6): string {
  if (x === 0) return "0";
  const sign = x < 0 ? "−" : "";
  const size = Math.abs(x);
  const fixed = size.toFixed(Math.min(20, Math.max(0, -decade(step))));
  if (size < 1e21 && fixed.length <= longest) return sign + fixed;
  const digits = Math.min(20, Math.max(0, decade(x) - decade(step)));
  const [mantissa, exponent] = size.toExponential(digits).split("e") as [string, string];
  const power = exponent
    .replace("+", "")
    .replace("-", "⁻")
    .replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)]!);
  return `${sign}${mantissa === "1" ? "" : `${mantissa}×`}10${power}`;
}

/** A number for reading, with four significant digits. */
export const readable = (x: number): string =>
  Number.isFinite(x) ? String(Number(x.toPrecision(4))).replace("-", "−") : String(x);
