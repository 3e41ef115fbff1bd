import { parseArgs } from "node:util";
import type { ArgsDef } from "citty";
import Papa from "papaparse";
import { Ell2Error } from "../errors.js";

const usage = (where: string, expected: string, got: string, remedy?: string) =>
  new Ell2Error("USAGE", { where, expected, got, ...(remedy === undefined ? {} : { remedy }) });

/**
 * Refuses what a command does not know: misspelt options, options given twice or without their
 * value, and words too many or too few. (The parser behind citty takes them all.)
 * @param options.many whether the last word may come several times
 * @throws USAGE
 */
export function checkArguments(
  command: string,
  args: readonly string[],
  definition: ArgsDef,
  { many = false }: { many?: boolean } = {},
): void {
  const where = `ell2 ${command}`;
  const options = Object.entries(definition).filter(([, arg]) => arg.type !== "positional");
  const takesValue = new Map(options.map(([name, arg]) => [name, arg.type !== "boolean"]));
  const words = Object.entries(definition).filter(([, arg]) => arg.type === "positional");
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      [...takesValue].map(([name, value]) => [name, { type: value ? "string" : "boolean" } as const]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const seen = new Set<string>();
  let positionals = 0;
  for (const token of tokens) {
    if (token.kind === "positional" && ++positionals > words.length && !many) {
      throw usage(where, `at most ${words.length} words`, JSON.stringify(token.value), `see ${where} --help`);
    }
    if (token.kind !== "option") continue;
    const negated = token.name.startsWith("no-") && takesValue.get(token.name.slice(3)) === false;
    const name = negated ? token.name.slice(3) : token.name;
    const valued = takesValue.get(name);
    if (valued === undefined) {
      const known = [...takesValue.keys()].map((option) => `--${option}`).join(" ");
      throw usage(where, "an option that exists", token.rawName, `the options are ${known}`);
    }
    if (seen.has(name)) throw usage(where, `${token.rawName} once`, "it twice");
    seen.add(name);
    if (valued && token.value === undefined) throw usage(where, `a value for ${token.rawName}`, "none");
    if (valued && !token.inlineValue && token.value?.startsWith("--")) {
      throw usage(
        where,
        `a value for ${token.rawName}`,
        token.value,
        `write ${token.rawName}=${token.value} if that is it`,
      );
    }
    if (!valued && token.value !== undefined) {
      throw usage(where, `${token.rawName} without a value`, JSON.stringify(token.value));
    }
  }
  const missing = words.slice(positionals).find(([, arg]) => arg.required);
  if (missing)
    throw usage(
      where,
      `${missing[0].toUpperCase()}, ${missing[1].description}`,
      "none",
      `see ${where} --help`,
    );
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The number that a text is, or undefined if it is none, such as "" or "0x10". */
export const readNumber = (text: string): number | undefined =>
  NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;

/**
 * The number that an option holds, or undefined if it was not given.
 * @throws USAGE for text that is no number, such as "" or "0x10"
 */
export function numberOption(where: string, name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = readNumber(text);
  if (value !== undefined) return value;
  throw usage(where, `--${name} to be a number`, JSON.stringify(text));
}

/** As `numberOption`, and within a range that `holds`. */
export function rangeOption(
  where: string,
  name: string,
  text: string | undefined,
  range: string,
  holds: (x: number) => boolean,
): number | undefined {
  const value = numberOption(where, name, text);
  if (value === undefined || holds(value)) return value;
  throw usage(where, `--${name} to be a number ${range}`, text!);
}

/** As `numberOption`, for whole numbers of at least `least`. */
export const wholeOption = (where: string, name: string, text: string | undefined, least: number) =>
  rangeOption(
    where,
    name,
    text,
    `that is whole and ≥ ${least}`,
    (x) => Number.isSafeInteger(x) && x >= least,
  );

/** As `numberOption`, for a seed that NumPy and PyTorch both take. */
export const seedOption = (where: string, text: string | undefined) =>
  rangeOption(
    where,
    "seed",
    text,
    "that is whole and in [0, 2³² − 1]",
    (x) => Number.isSafeInteger(x) && x >= 0 && x < 2 ** 32,
  );

/** The names in a list with commas, one with a comma in quotes; undefined if the option was not given. */
export function listOption(where: string, name: string, text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  const { data, errors } = Papa.parse<string[]>(text, { delimiter: "," });
  // a quote that is part of a name, and not around it, is no quoting
  const names = (errors.length === 0 ? (data[0] ?? []) : text.split(",")).map((item) => item.trim());
  if (names.length > 0 && names.every((item) => item !== "")) return names;
  throw usage(where, `--${name} to be names with commas between them`, JSON.stringify(text));
}

/** One of some words; undefined if the option was not given. */
export function choiceOption<T extends string>(
  where: string,
  name: string,
  text: string | undefined,
  choices: readonly T[],
): T | undefined {
  const choice = choices.find((word) => word === text);
  if (choice !== undefined || text === undefined) return choice;
  throw usage(where, `--${name} to be one of ${choices.join(", ")}`, JSON.stringify(text));
}
