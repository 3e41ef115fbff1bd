/** How many digits of a float64 result are right. */
import { absolute, exactly, isZero, minus, over, type Rational, toNumber } from "./rational.js";

/** What a float64 number can have at most. */
export const MOST = 16;

/**
 * −log₁₀ of the relative error of a result, at most 16, at least 0; 0 for one that is not finite.
 * @param beside what the error is measured by where the exact value is 0
 */
export function digits(got: number, exact: Rational, beside: Rational): number {
  if (!Number.isFinite(got)) return 0;
  const error = absolute(minus(exactly(got), exact));
  if (isZero(error)) return MOST;
  const by = isZero(exact) ? beside : absolute(exact);
  if (isZero(by)) return 0;
  return Math.min(MOST, Math.max(0, -Math.log10(toNumber(over(error, by)))));
}
