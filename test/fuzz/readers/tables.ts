/** Readers of tables: files of CSV and JSON, with the options of `ell2 fit`, as the command reads them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import Papa from "papaparse";
import { readFitData } from "../../../src/cli/fitData.js";
import { columnChoice } from "../../../src/cli/tableOptions.js";
import { Dataset } from "../../../src/data/dataset.js";
import { Ell2Error } from "../../../src/errors.js";
import { readDataset } from "../../../src/sources/index.js";
import { changedText, hostileName, jsonText } from "../grammar.js";
import { must, type Reader } from "../reader.js";

const folder = mkdtempSync(join(tmpdir(), "ell2-fuzz-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const cell = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -9, max: 99 }).map(String) },
  { weight: 2, arbitrary: fc.double({ noNaN: true }).map(String) },
  fc.constantFrom(
    "",
    " ",
    "NA",
    "NaN",
    "inf",
    "1e999",
    "true",
    "2024-05-31",
    "2024-05-31T08:30Z",
    "1,5",
    '"1,5"',
    '"a\nb"',
    "x",
    "1_000",
    "0x10",
    "+1",
    " 2 ",
    "1e-999",
    "\u0000",
    "é",
  ),
  hostileName,
);
const name = fc.oneof({ weight: 4, arbitrary: fc.constantFrom("a", "b", "c", "y") }, hostileName);
const line = fc.constantFrom("\n", "\n", "\n", "\r\n", "\r");
const separator = fc.constantFrom(",", ",", ",", ";", "\t", "|");

const quoted = (text: string, by: string): string =>
  /["\n\r,;|\t]/.test(text) || text.includes(by) ? `"${text.replaceAll('"', '""')}"` : text;
const table = fc
  .tuple(
    fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
    fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { maxLength: 7 }),
    line,
    separator,
  )
  .map(([names, rows, end, by]) =>
    [[...names, "y"], ...rows.map((row) => row.slice(0, names.length + 1))]
      .map((cells) => cells.map((text) => quoted(text, by)).join(by))
      .join(end),
  );

const options = fc.record(
  {
    target: fc.constantFrom("y", "y", "y", "a", "*", "y,a", "__proto__"),
    features: fc.oneof(fc.constantFrom("a", "a,b", "*", "?"), hostileName),
    categorical: fc.constantFrom("a", "b", "c", "*", "y"),
    reference: fc.constantFrom("a=1", "c=x", "b="),
    missing: fc.constantFrom("error", "drop", "mean"),
    weight: fc.constantFrom("b", "y", "q"),
  },
  { requiredKeys: ["target"] },
);
interface TableInput {
  text: string;
  given: {
    target: string;
    features?: string;
    categorical?: string;
    reference?: string;
    missing?: string;
    weight?: string;
  };
  valid: string;
  folds: string;
}
const more = {
  given: options,
  valid: fc.constantFrom("0", "0", "0.3", "2", "1e9"),
  folds: fc.constantFrom("2", "5", "loo", "c"),
};

async function read(file: string, { text, given, valid, folds }: TableInput): Promise<void> {
  const path = join(folder, file);
  writeFileSync(path, text);
  const plan = {
    columns: columnChoice("ell2 fit", given),
    folds,
    choose: true,
    dropFirst: false,
    rowsFor: null,
    valid,
    seed: 14,
  };
  const { train } = await readFitData("ell2 fit", path, plan, () => {});
  must(
    train instanceof Dataset && train.X.data.every(Number.isFinite) && train.Y.data.every(Number.isFinite),
    "what is read is finite",
  );
  must(new Set(train.inputs).size === train.inputs.length, "features have names of their own");
}

export const csv: Reader<TableInput> = {
  inputs: fc.record({
    text: changedText(table, ['"', ",", "\n", "\r\n", "\0", "\ufeff", ";", "\\", "#", "\ud800"]),
    ...more,
  }),
  read: (input) => read("f.csv", input),
};

const rows = [
  { a: 1, b: 2, c: "x", y: 3 },
  { a: 2, b: 5, c: "z", y: 1 },
  { a: 4, b: 1, c: "x", y: 2 },
  { a: 7, b: 3, c: "z", y: 5 },
];
export const jsonRows: Reader<TableInput> = {
  inputs: fc.record({
    text: fc.oneof(
      jsonText(rows),
      fc.array(jsonText(rows[0]), { maxLength: 6 }).map((lines) => lines.join("\n")),
    ),
    ...more,
  }),
  read: (input) => read("f.json", input),
};

/** Numbers that are written as CSV, under hostile names, are read to the bit. */
export const written: Reader<{ names: string[]; numbers: number[][] }> = {
  inputs: fc.record({
    names: fc.uniqueArray(
      hostileName.filter((text) => text.trim() !== "" && !/[\r\0\ud800]/.test(text) && text !== "y"),
      { minLength: 1, maxLength: 3, selector: (text) => text.trim() },
    ),
    numbers: fc.array(
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 4, maxLength: 4 }),
      { minLength: 2, maxLength: 5 },
    ),
  }),
  async read({ names, numbers }) {
    const path = join(folder, "w.csv");
    const cells = numbers.map((row) => row.slice(0, names.length + 1));
    writeFileSync(path, Papa.unparse([[...names, "y"], ...cells], { newline: "\n" }));
    try {
      const { dataset } = await readDataset(path, { targets: ["y"] });
      const read = dataset.X.toArray().map((row, i) => [...row, dataset.Y.data[i]]);
      // −0 is written as 0
      must(
        JSON.stringify(read) === JSON.stringify(cells.map((row) => row.map((x) => x + 0))),
        "CSV keeps numbers",
      );
      must(
        JSON.stringify(dataset.inputs) === JSON.stringify(names.map((text) => text.trim())),
        "CSV keeps names",
      );
    } catch (error) {
      if (!(error instanceof Ell2Error)) throw error;
      throw new Error(`must be read: ${error.message}`);
    }
  },
};
