import { Matrix } from "../linalg/matrix.js";

/** Control characters, line separators, and marks that turn the direction of writing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const STEERING = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Prints a result. */
export function print(text = ""): void {
  process.stdout.write(`${text}\n`);
}

/** Says something that is no result: progress, warnings, errors; whatever it quotes cannot steer the terminal. */
export function say(text: string): void {
  process.stderr.write(`${text.split("\n").map(visible).join("\n")}\n`);
}

/**
 * One JSON document: matrices as nested arrays, numbers that are not finite as null (JSON has none),
 * and characters that could steer a terminal escaped.
 */
export function toJson(value: unknown): string {
  const text = JSON.stringify(
    value,
    (_, item) => {
      if (item instanceof Matrix) return item.toArray();
      if (item instanceof Float64Array) return Array.from(item);
      return item;
    },
    2,
  );
  return text.replace(STEERING, (c) =>
    c === "\n" ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Rows of cells as columns: the first one to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[], indent = "  "): string {
  const widths = rows[0]!.map((_, j) => Math.max(...rows.map((row) => printedWidth(row[j] ?? ""))));
  return rows
    .map((row) =>
      row
        .map((cell, j) => {
          const space = " ".repeat(widths[j]! - printedWidth(cell));
          return j === 0 ? cell + space : space + cell;
        })
        .join("   "),
    )
    .map((line) => indent + line.trimEnd())
    .join("\n");
}

const printedWidth = (text: string): number => [...text].length;

/** From here on a number is written with an exponent. */
const LARGE = 1e10;

/** A number with six significant digits, for reading; results keep all digits in `--json`. */
export function brief(x: number): string {
  const rounded = Number(x.toPrecision(6));
  return Math.abs(rounded) < LARGE ? String(rounded) : rounded.toExponential();
}

/** Names from a file, with the characters made visible that could steer the terminal or change how a line reads. */
export const visible = (name: string): string =>
  name.replace(STEERING, (c) => {
    const code = c.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
  });
