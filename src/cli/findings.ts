import type { Findings } from "../sources/index.js";
import { say, visible } from "./output.js";

/** What reading met, without the rows that came with it: this is printed in `--json`. */
export const findingsOf = ({ leftOut, dropped, missing, filled, unknown }: Findings): Findings => ({
  leftOut,
  dropped,
  missing,
  filled,
  unknown,
});

/** Says what reading met: columns and rows left out, cells filled in, levels unknown. */
export function sayFindings({ leftOut, dropped, missing, filled, unknown }: Findings): void {
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
}

const rows = (count: number): string => `${count} ${count === 1 ? "row" : "rows"}`;
