import { log } from "../numbers/elementary.js";

/** A double holds 15 decimal digits whatever they are. */
const MOST_DIGITS = 15;

/** The whole decimal digits that the worst of some relative errors leaves, 0 to 15. */
export function wholeDigits(errors: readonly number[]): number {
  const worst = errors.reduce((most, error) => (error > most || Number.isNaN(error) ? error : most), 0);
  if (!(worst < 1)) return 0;
  return worst === 0 ? MOST_DIGITS : Math.min(MOST_DIGITS, Math.floor(-log(worst) / Math.LN10));
}
