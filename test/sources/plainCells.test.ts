/** Wide CSV files are read in two ways: plain numbers by us, everything else by DuckDB. They must agree. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ReadOptions, readDataset } from "../../src/sources/index.js";
import { plainNumber } from "../../src/sources/plainCells.js";
import { testFolder } from "./help.js";

const { file } = testFolder();
const COLUMNS = 310;

/** A file of 310 columns x0, x1, …, y whose first columns hold these cells. */
function wide(
  columns: readonly (readonly string[])[],
  { end = "\n", name = "wide.csv", quoted = false } = {},
): string {
  const rows = columns[0]!.length;
  const names = [...Array.from({ length: COLUMNS - 1 }, (_, j) => `x${j}`), "y"];
  const cell = (i: number, j: number) => columns[j]?.[i] ?? `${(i * 7 + j * 3) % 11}.5`;
  const lines = Array.from({ length: rows }, (_, i) =>
    names.map((_, j) => (quoted && i === 0 && j === COLUMNS - 1 ? `"${cell(i, j)}"` : cell(i, j))).join(","),
  );
  return file([names.join(","), ...lines, ""].join(end), name);
}

/** What reading gives, or what it says. */
async function read(path: string, options: ReadOptions & { texts?: string[] }) {
  try {
    const { dataset, columns, texts, ...findings } = await readDataset(path, options);
    const { X, Y, inputs, weights } = dataset;
    const [bitsX, bitsY] = [X, Y].map(({ data }) => createHash("sha256").update(data).digest("hex"));
    return {
      rows: X.rows,
      bitsX,
      bitsY,
      inputs,
      weights,
      columns,
      texts,
      leftOut: findings.leftOut,
      missing: findings.missing,
      dropped: findings.dropped,
    };
  } catch (error) {
    return (error as Error).message.replace(/quoted\.csv|wide\.csv/, "the file");
  }
}

/** A quote anywhere in the rows leaves the file to DuckDB. */
async function agree(columns: readonly (readonly string[])[], options: ReadOptions & { texts?: string[] }) {
  const ours = await read(wide(columns), options);
  expect(ours).toEqual(await read(wide(columns, { quoted: true, name: "quoted.csv" }), options));
  return ours;
}

const NUMBERS = [
  "0",
  "-0",
  "7",
  "-12.5",
  "3.14159265358979",
  "0.1",
  "1e5",
  "2.5E-3",
  "00012",
  "123456789012345678",
  "1.7976931348623157e308",
  "4.9e-320",
];
const OTHERS = [
  "",
  "NA",
  " 1",
  "+1",
  ".5",
  "5.",
  "1_000",
  "nan",
  "inf",
  "1e400",
  "1e-400",
  "0x10",
  "true",
  "FALSE",
  "2024-02-29",
  "text",
  "Zürich",
  "1,5".replace(",", ";"),
  "-",
  "1e",
  "--1",
];

describe("a wide CSV file is read as DuckDB reads it", () => {
  test("whatever its cells hold", { timeout: 240_000 }, async () => {
    const number = fc.constantFrom(...NUMBERS);
    const column = fc.oneof(
      fc.array(number, { minLength: 3, maxLength: 3 }),
      fc.array(fc.oneof(number, fc.constantFrom(...OTHERS)), { minLength: 3, maxLength: 3 }),
    );
    const options = fc.constantFrom<ReadOptions>(
      { targets: ["y"] },
      { targets: ["y"], missing: "drop" },
      { targets: ["y"], missing: "mean" },
      { targets: ["y"], features: ["x0", "x1", "x7"] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(column, { minLength: 1, maxLength: 4 }), options, async (...given) => {
        await agree(...given);
      }),
      {
        numRuns: 12,
      },
    );
  });

  test("with a category, a row weight and texts among plain numbers", async () => {
    const columns = [
      ["b", "a", "b", "c"],
      ["2", "1", "", "4"],
      ["one", "two", "", "one"],
    ];
    const found = await agree(columns, {
      targets: ["y"],
      categorical: ["x0"],
      missing: "mean",
      weight: "x3",
      without: ["x2"],
      texts: ["x2"],
    });
    expect(found).toMatchObject({ leftOut: [], texts: [["one", "two", null, "one"]] });
  });

  test("with carriage returns, without a last line end, and with more rows than are read at a time", async () => {
    const many = [Array.from({ length: 2500 }, (_, i) => (i === 2100 ? "" : String(i / 8)))];
    const plain = await agree(many, { targets: ["y"], missing: "drop" });
    expect(plain).toMatchObject({ dropped: 1 });
    expect(await read(wide(many, { end: "\r\n" }), { targets: ["y"], missing: "drop" })).toEqual(plain);
  });

  test.each([
    ["a row with a cell too many", (text: string) => text.replace("\n", "\n1,")],
    ["a row with a cell too few", (text: string) => text.replace("\n0.5,", "\n")],
    [
      "bytes that are no UTF-8",
      (text: string) => new Uint8Array([...new TextEncoder().encode(text).slice(0, -3), 0xff, 10]),
    ],
  ])("and refused where it has %s", async (_, spoil) => {
    const names = [...Array.from({ length: COLUMNS - 1 }, (_, j) => `x${j}`), "y"];
    const row = names.map(() => "0.5").join(",");
    const path = file(spoil([names.join(","), row, row, row, ""].join("\n")), "spoilt.csv");
    await expect(readDataset(path, { targets: ["y"] })).rejects.toThrow(/spoilt\.csv/);
  });
});

test("what is irregular in a wide file is left to DuckDB: an empty line", async () => {
  const names = [...Array.from({ length: COLUMNS - 1 }, (_, j) => `x${j}`), "y"];
  const row = names.map(() => "0.5").join(",");
  const path = file([names.join(","), row, "", row, ""].join("\n"), "irregular.csv");
  expect((await readDataset(path, { targets: ["y"] })).dataset.rows).toBe(2);
});

test("plainNumber gives the nearest number, or NaN for what is not plain", () => {
  const parse = (text: string) => plainNumber(new TextEncoder().encode(`;${text};`), 1, 1 + text.length);
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: 0, max: 30 }),
      (x, places) => {
        for (const text of [
          String(x),
          x.toExponential(),
          Math.abs(x) < 1e15 ? x.toFixed(places) : String(x),
        ]) {
          const value = parse(text);
          if (!Number.isNaN(value)) expect(value).toBe(Number(text));
        }
      },
    ),
    { numRuns: 2000 },
  );
  for (const text of NUMBERS.slice(0, 9)) expect(parse(text)).toBe(Number(text));
  for (const text of [
    "",
    "-",
    ".",
    "1.",
    ".1",
    "1e",
    "1e+",
    "e5",
    "+1",
    " 1",
    "1 ",
    "1_0",
    "0x1",
    "1e999",
    "1e-999",
    "123456789012345678",
  ])
    expect(parse(text)).toBeNaN();
});
