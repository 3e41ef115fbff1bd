import { Ell2Error } from "../errors.js";
import { checkOptions } from "../numbers/check.js";
import type { Axis } from "./axis.js";
import type { Mark, Series } from "./series.js";

/** What is checked of a chart's options: only those that exist, axes that exist, lists of the same length. */
interface Parts {
  axes?: readonly Axis[];
  series?: readonly Series[];
  marks?: readonly Mark[];
}

/**
 * Refuses options of a chart that do not exist, and lists that do not fit each other.
 * @param known the names that its options may have, beside title and description
 * @throws OPTION, SHAPE
 */
export function checkChart(
  where: string,
  options: object,
  known: readonly string[],
  parts: Parts = {},
): void {
  checkOptions(where, options, ["title", "description", ...known]);
  for (const axis of parts.axes ?? []) {
    checkOptions(where, axis, ["label", "unit", "scale", "reverse"]);
    const { scale = "linear" } = axis;
    if (scale === "linear" || scale === "log") continue;
    throw new Ell2Error("OPTION", { where, expected: 'scale to be "linear" or "log"', got: String(scale) });
  }
  for (const mark of parts.marks ?? []) checkOptions(where, mark, ["x", "label"]);
  for (const line of parts.series ?? []) {
    checkOptions(where, line, ["name", "x", "y", "error", "level"]);
    checkLengths(where, line.x, line.y);
    checkLengths(where, line.x, line.error ?? line.x);
  }
}

/** @throws SHAPE where two lists have different lengths */
export function checkLengths(where: string, one: readonly number[], other: readonly number[]): void {
  if (one.length === other.length) return;
  throw new Ell2Error("SHAPE", {
    where,
    expected: "lists of the same length",
    got: `${one.length} and ${other.length}`,
  });
}
