import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { corpusOf, execute, property } from "./execute.js";
import { READERS } from "./readers/index.js";

/** New inputs of each reader at every run; those that open DuckDB are slower. */
const RUNS = 300;
const SLOW: Record<string, number> = { csv: 60, jsonRows: 60, written: 40 };

describe("whatever comes, a reader gives a result or an error of ours", () => {
  const found = Object.keys(READERS).flatMap((name) => corpusOf(name).map((one, i) => ({ name, i, ...one })));

  it("has a corpus of known readers alone", () => {
    const names = readdirSync("test/fuzz/corpus").map((file) => file.replace(/\.json$/, ""));
    expect(names.filter((name) => !(name in READERS))).toEqual([]);
    expect(found.length).toBeGreaterThan(5);
  });

  it.each(found)("$name, found before: $found ($i)", async ({ name, input }) => {
    await execute(READERS[name]!, input);
  });

  it.each(Object.entries(READERS))(
    "%s, new inputs",
    async (name, reader) => {
      await fc.assert(
        property(reader, () => {}),
        { numRuns: SLOW[name] ?? RUNS },
      );
    },
    300_000,
  );
});
