import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Ell2Error } from "../../src/errors.js";
import type { ReadOptions } from "../../src/sources/openRows.js";
import { readAtMost, readDataset } from "../../src/sources/readDataset.js";
import { testFolder } from "./help.js";

const { file } = testFolder();
const ROWS = 25_000;
const NAMES = ["x_1", "x2", "word", "day", "yes", "y"];
const OPTIONS: ReadOptions = { targets: ["y"] };

const cells = (i: number): string[] => [
  String(i / 7),
  ` ${i % 13}e+2`,
  `w${i % 3} x`,
  `2024-01-${String((i % 28) + 1).padStart(2, "0")}`,
  i % 2 ? "true" : "False",
  String(i * 0.25 - 5.1),
];

/** More than a megabyte of CSV, in which some cells are others: a row counted from 0, and a column by its name. */
function csv(changes: [row: number, column: string, cell: string][] = []): string {
  const rows = Array.from({ length: ROWS }, (_, i) => cells(i));
  for (const [row, column, cell] of changes) rows[row]![NAMES.indexOf(column)] = cell;
  return `${[NAMES, ...rows].map((row) => row.join(",")).join("\n")}\n`;
}

const hash = (values: Float64Array) => createHash("sha256").update(values).digest("hex");

/** What comes of reading: rows and findings, or an error without the place, which compressed files do not have. */
async function outcome(path: string, options: ReadOptions) {
  let total = 0;
  const onProgress = (progress: { total: number }) => {
    total = progress.total;
  };
  const read = await readDataset({ path, na: ["NA"] }, { ...options, onProgress }).then(
    ({ dataset, table, ...rest }) => ({
      ...rest,
      rows: dataset.rows,
      names: [dataset.inputs, dataset.outputs],
      bits: [dataset.X.data, dataset.Y.data, dataset.weights].map((values) => values && hash(values)),
      lastRow: table.rowOf(table.cells.rows - 1),
    }),
    ({ code, message }: Ell2Error) => ({ code, message: message.replace(/^.*?: expected/, "expected") }),
  );
  // where all rows were looked at first, their number is known
  return { read, exact: total === ROWS };
}

/** Reads a text as a plain file, which may be presumed, and compressed, which is not; returns how the plain one was read. */
async function bothWays(text: string, options: ReadOptions = OPTIONS) {
  const plain = await outcome(file(text, "plain.csv"), options);
  const careful = await outcome(file(gzipSync(text), "careful.csv.gz"), options);
  expect(plain.read).toEqual(careful.read);
  return plain;
}

describe("a CSV file of a megabyte whose rows are as its first ones is read once", () => {
  it.each<[string, ReadOptions]>([
    ["by itself", OPTIONS],
    ["with dates and booleans as features", { targets: ["y"], features: ["yes", "day", "x2"] }],
    ["with a weight", { targets: ["y"], weight: "x2" }],
    ["without targets", { features: ["x2", "x_1"] }],
    ["with the columns of a model", { columns: [{ kind: "number", name: "x2", fill: 3 }], targets: ["y"] }],
  ])("%s, to the same bits", async (_, options) => {
    const { exact, read } = await bothWays(csv(), options);
    expect(exact).toBe(false);
    expect(read).toHaveProperty("rows", ROWS);
  });

  it.each(["drop", "mean"] as const)("with missing cells: %s", async (missing) => {
    const text = csv([
      [5, "x2", ""],
      [ROWS - 1, "x_1", "NA"],
      [ROWS - 9, "word", ""],
    ]);
    const { exact, read } = await bothWays(text, { ...OPTIONS, missing });
    expect(exact).toBe(false);
    expect(read).toHaveProperty("missing.length", 2);
  });

  it("whatever the line endings are, and without a last one", async () => {
    expect((await bothWays(csv().replaceAll("\n", "\r\n"))).exact).toBe(false);
    expect((await bothWays(csv().trimEnd())).exact).toBe(false);
  });
});

describe("where a later row is otherwise, the file is read anew with all rows looked at first:", () => {
  it.each<[string, string, string]>([
    ["a word among numbers", "x2", "1O3"],
    ["a number among words", "word", "12"],
    ["a word among dates", "day", "soon"],
    ["a word among booleans", "yes", "maybe"],
    ["an empty cell", "x2", ""],
    ["a low line, with which DuckDB reads another number", "x_1", "1_000"],
    ["an infinite number", "x_1", "-inf"],
    ["a number that overflows", "y", "1e400"],
    ["a number that underflows", "y", "1e-400"],
    ["a number that underflows, without an exponent", "y", `0.${"0".repeat(330)}1`],
    ["a whole number that float64 does not have", "x_1", "9007199254740993"],
    ["a cell too many", "y", "1,2"],
    ["a quote without end", "word", '"w'],
    ["half of the lines short", "word", "w\n1"],
  ])("%s", async (_, column, cell) => {
    for (const row of [3, ROWS - 1]) {
      const { exact, read } = await bothWays(csv([[row, column, cell]]));
      // a word among the first dates is a column of words
      if ("rows" in read && row > 3) expect(exact).toBe(true);
    }
  });

  it("a negative weight", async () => {
    const { read } = await bothWays(csv([[ROWS - 1, "x2", "-1"]]), { ...OPTIONS, weight: "x2" });
    expect(read).toMatchObject({ code: "DATA", message: expect.stringContaining("got -1") });
  });

  it("a column that is empty at first", async () => {
    const empty = Array.from({ length: 1500 }, (_, i): [number, string, string] => [i, "x2", ""]);
    const { exact } = await bothWays(csv(empty), { ...OPTIONS, missing: "drop" });
    expect(exact).toBe(true);
  });

  it("rows that are much shorter than those before", async () => {
    const long = Array.from({ length: ROWS / 2 }, (_, i) => `${"0".repeat(200)}${i},1`);
    const short = Array.from({ length: ROWS / 2 }, (_, i) => `${i % 10},2`);
    const text = `a,y\n${[...long, ...short].join("\n")}\n`;
    expect((await bothWays(text)).read).toHaveProperty("rows", ROWS);
  });
});

describe("readAtMost", () => {
  it("reads what is small enough, and otherwise says how many rows there are", async () => {
    const path = file(csv(), "most.csv");
    const entries = 3 * ROWS; // two features and the boolean one, and the target
    expect(await readAtMost(path, entries, OPTIONS)).toBe(ROWS);
    const read = await readAtMost(path, 5 * entries, OPTIONS);
    expect(read).toHaveProperty("dataset.rows", ROWS);
  });
});
