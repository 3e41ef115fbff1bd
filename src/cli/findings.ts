import type { Findings } from "../sources/index.js";
import { say, visible } from "./output.js";

/** What reading met, without the rows that came with it: this is printed in `--json`. */
export const findingsOf = ({ leftOut, dropped, missing, filled, unknown, rounded }: Findings): Findings => ({
  leftOut,
  dropped,
  missing,
  filled,
  unknown,
  rounded,
});

/** Says what reading met: columns and rows left out, cells filled in, levels unknown, numbers rounded. */
export function sayFindings({ leftOut, dropped, missing, filled, unknown, rounded }: Findings): void {
  for (const name of leftOut) {
    say(
      `left out: column ${visible(name)}, which holds no numbers (with a decimal point, and no separators of thousands); ` +
        "a date becomes a feature if --features names it, text if --categorical does",
    );
  }
  const lacking = missing.map(({ column, cells }) => `${cells} in ${visible(column)}`).join(", ");
  if (dropped > 0) say(`left out: ${rows(dropped)} with a missing cell (${lacking})`);
  if (filled > 0)
    say(`filled in: ${filled} missing ${filled === 1 ? "cell" : "cells"} with the mean (${lacking})`);
  if (unknown > 0)
    say(`unknown: ${unknown} ${unknown === 1 ? "cell" : "cells"} with a level that the model does not have`);
  for (const { column, cells, row, file, text, number } of rounded) {
    const [values, have, are] = cells === 1 ? ["value", "has", "is"] : ["values", "have", "are"];
    const why =
      number === 0
        ? `${are} too small for a double and ${are} read as 0`
        : `${have} more digits than a double holds`;
    const where = `${file === undefined ? "" : `${visible(file)}, `}row ${row}`;
    const first = `first: ${where}, ${visible(text)} → ${number}`;
    say(`rounded: column "${visible(column)}": ${cells} ${values} ${why} (${first})`);
  }
}

const rows = (count: number): string => `${count} ${count === 1 ? "row" : "rows"}`;
