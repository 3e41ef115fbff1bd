import { Ell2Error } from "../errors.js";
import { checkInteger, checkNonNegative, checkOptions, checkPositive, show } from "../numbers/check.js";
import { factorOf, LAMBDA_FACTORS, type LambdaSystemName, type Quantities } from "./lambdaFactors.js";

/** Between which systems, and what their numbers depend on. */
export interface TranslateLambdaOptions extends Quantities {
  /** The system that `value` is of. */
  from: LambdaSystemName;
  /** The system that it is wanted for. */
  to: LambdaSystemName;
}

/**
 * The number that means in one system what `value` means in another: with it both have the same
 * solution, the bias not decayed.
 *
 * Each system's number is λ of J = 1/(mk)·‖Xw + 1bᵀ − Y‖² + (λ/2)·‖w‖² times ½ and some of m, k,
 * σ_y and B; what occurs on both sides cancels and need not be known.
 *
 * @param value the number in the system `from`, ≥ 0
 * @param options.from, options.to systems, as in docs/lambda.md; "ell2" and "pytorch" are λ itself
 * @param options.rows m ≥ 1, or the sum of the row weights
 * @param options.outputs k, whole, ≥ 1
 * @param options.ySpread σ_y > 0, in the target's unit: its population standard deviation
 * @param options.batchSize B, whole, ≥ 1
 * @returns the number in the system `to`
 * @throws OPTION for a system or an option that does not exist, or a quantity that is needed and
 *   missing; VALUE out of range, or where the result is beyond what a double holds
 * Source: docs/lambda.md, which derives each system's factor.
 */
export function translateLambda(value: number, options: TranslateLambdaOptions): number {
  const where = "translateLambda";
  checkOptions(where, options, ["from", "to", "rows", "outputs", "ySpread", "batchSize"]);
  checkNonNegative(where, "value", value);
  const [from, to] = [system(where, "from", options.from), system(where, "to", options.to)];
  const given = checkQuantities(where, options);
  const [missing] = missingQuantities(from, to, given);
  if (missing !== undefined) {
    throw new Ell2Error("OPTION", {
      where,
      expected: `the option ${missing}, on which ${options.from} to ${options.to} depends`,
      got: "none",
      data: { missing },
    });
  }
  const { dividing, multiplying } = difference(from, to);
  let result = value * (factorOf(from).half ? 2 : 1) * (factorOf(to).half ? 0.5 : 1);
  for (const name of multiplying) result *= given[name]!;
  for (const name of dividing) result /= given[name]!;
  if (Number.isFinite(result) && (result > 0 || value === 0)) return result;
  throw new Ell2Error("VALUE", {
    where,
    expected: `a number that is between 5e-324 and 1.8e308 in ${options.to} too`,
    got: show(value),
  });
}

/** What a translation needs, and `given` has not. */
export function missingQuantities(
  from: LambdaSystemName,
  to: LambdaSystemName,
  given: Quantities,
): (keyof Quantities)[] {
  const { dividing, multiplying } = difference(from, to);
  return [...multiplying, ...dividing].filter((name) => given[name] === undefined);
}

function difference(from: LambdaSystemName, to: LambdaSystemName) {
  const [divisors, factors] = [factorOf(from).times, factorOf(to).times];
  return {
    dividing: divisors.filter((name) => !factors.includes(name)),
    multiplying: factors.filter((name) => !divisors.includes(name)),
  };
}

function system(where: string, option: string, name: unknown): LambdaSystemName {
  if (typeof name === "string" && Object.hasOwn(LAMBDA_FACTORS, name)) return name as LambdaSystemName;
  throw new Ell2Error("OPTION", {
    where,
    expected: `${option} to be ${Object.keys(LAMBDA_FACTORS).join(", ")}`,
    got: show(name),
  });
}

function checkQuantities(where: string, { rows, outputs, ySpread, batchSize }: Quantities): Quantities {
  const given: Quantities = {};
  if (rows !== undefined) given.rows = checkPositive(where, "rows", rows);
  if (outputs !== undefined) given.outputs = checkInteger(where, "outputs", outputs, 1);
  if (ySpread !== undefined) given.ySpread = checkPositive(where, "ySpread", ySpread);
  if (batchSize !== undefined) given.batchSize = checkInteger(where, "batchSize", batchSize, 1);
  return given;
}
