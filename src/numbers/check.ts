import { Ell2Error } from "../errors.js";

/** How a value is shown in a message: short, quoted where it is text, never throwing. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null)
    return `an object (${value.constructor?.name ?? "no prototype"})`;
  return String(value);
}

/**
 * Returns `value` if it is a finite number for which `holds` is true; throws `VALUE` otherwise.
 * NaN fails every range.
 */
export function checkNumber(
  where: string,
  name: string,
  value: unknown,
  range: string,
  holds: (x: number) => boolean,
): number {
  if (typeof value === "number" && Number.isFinite(value) && holds(value)) return value;
  throw new Ell2Error("VALUE", {
    where,
    expected: `${name} to be a finite number ${range}`,
    got: show(value),
  });
}

/** Returns `value` if it is a finite number ≥ 0; throws `VALUE` otherwise. */
export const checkNonNegative = (where: string, name: string, value: unknown): number =>
  checkNumber(where, name, value, "≥ 0", (x) => x >= 0);

/** Returns `value` if it is a finite number > 0; throws `VALUE` otherwise. */
export const checkPositive = (where: string, name: string, value: unknown): number =>
  checkNumber(where, name, value, "> 0", (x) => x > 0);

/** Returns `value` if it is a whole number of at least `least`, exact in float64; throws `VALUE` otherwise. */
export function checkInteger(where: string, name: string, value: unknown, least: number): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
  throw new Ell2Error("VALUE", {
    where,
    expected: `${name} to be a whole number ≥ ${least}`,
    got: show(value),
  });
}

/** Returns `value` if it is a boolean; throws `VALUE` otherwise. */
export function checkBoolean(where: string, name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new Ell2Error("VALUE", { where, expected: `${name} to be true or false`, got: show(value) });
}

/**
 * Refuses (with `OPTION`) options that do not exist, so that a misspelt one is never ignored.
 * @param options the object that the caller gave
 * @param known every name that it may have
 */
export function checkOptions(where: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new Ell2Error("OPTION", { where, expected: "an object of options", got: show(options) });
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new Ell2Error("OPTION", {
      where,
      expected: "only options that exist",
      got: show(name),
      remedy: `the options are ${known.join(", ")}`,
    });
  }
}
