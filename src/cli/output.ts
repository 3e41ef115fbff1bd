import { Matrix } from "../linalg/matrix.js";

/** Prints a result. */
export function print(text = ""): void {
  process.stdout.write(`${text}\n`);
}

/** Says something that is no result: progress, warnings, errors; whatever it quotes cannot steer the terminal. */
export function say(text: string): void {
  process.stderr.write(`${text.split("\n").map(visible).join("\n")}\n`);
}

/** One JSON document: matrices as nested arrays, numbers that are not finite as strings. */
export function toJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_, item) => {
      if (typeof item === "number" && !Number.isFinite(item)) return String(item);
      if (item instanceof Matrix) return item.toArray();
      if (item instanceof Float64Array) return Array.from(item);
      return item;
    },
    2,
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

/** A number with six significant digits, for reading; results keep all digits in `--json`. */
export const brief = (x: number): string => String(Number(x.toPrecision(6)));

/** Names from a file, with control characters made visible, so that they cannot steer the terminal. */
export const visible = (name: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  name.replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);

/** Positions of a readable selection out of `count` lines: all of a few, otherwise 0, 1, 2, 5, 10, 20, 50, … and the last. */
export function selection(count: number, most = 25): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  const picked = [0];
  for (let decade = 1; decade < count; decade *= 10) picked.push(decade, 2 * decade, 5 * decade);
  return [...picked.filter((i) => i < count - 1), count - 1];
}
