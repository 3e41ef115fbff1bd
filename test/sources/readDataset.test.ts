import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { Ell2Error, type ErrorCode } from "../../src/errors.js";
import { readDataset, readMatrix, readNames } from "../../src/sources/index.js";

const folder = mkdtempSync(join(tmpdir(), "ell2-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (content: string | Uint8Array, name = "rows.csv"): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

async function refuses(promise: Promise<unknown>, code: ErrorCode, message: RegExp): Promise<Ell2Error> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Ell2Error);
  expect((error as Ell2Error).code).toBe(code);
  expect((error as Ell2Error).message).toMatch(message);
  return error as Ell2Error;
}

/** A cell of a CSV file, in quotes. */
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

const ROWS = [
  [1, 2],
  [3, 4],
  [5, 7],
];

describe("readDataset reads", () => {
  const spellings: [string, string | Uint8Array][] = [
    ["commas", "a,y\n1,2\n3,4\n5,7\n"],
    ["semicolons", "a;y\n1;2\n3;4\n5;7\n"],
    ["tabs", "a\ty\n1\t2\n3\t4\n5\t7\n"],
    ["bars", "a|y\n1|2\n3|4\n5|7\n"],
    ["no line end after the last row", "a,y\n1,2\n3,4\n5,7"],
    ["CRLF", "a,y\r\n1,2\r\n3,4\r\n5,7\r\n"],
    ["a byte order mark", "\ufeffa,y\n1,2\n3,4\n5,7\n"],
    ["a byte order mark before quotes, and CRLF", '\ufeff"a","y"\r\n1,2\r\n3,4\r\n5,7\r\n'],
    ["blanks around numbers and names", " a , y\n 1 , 2\n3 ,4 \n5,\t7\n"],
    ["numbers in quotes", '"a","y"\n"1","2"\n"3","4"\n"5","7"\n'],
    ["other spellings of numbers", "a,y\n+1.,2e0\n.3E1,4.0\n50e-1,0007\n"],
    ["blank lines between and after the rows", "a,y\n1,2\n\n3,4\n5,7\n\n\n"],
  ];

  it.each(spellings)("%s", async (_, content) => {
    const { dataset, leftOut } = await readDataset(file(content), { targets: ["y"] });
    expect(dataset.X.toArray()).toEqual(ROWS.map(([a]) => [a]));
    expect(dataset.Y.toArray()).toEqual(ROWS.map(([, y]) => [y]));
    expect([dataset.inputs, dataset.outputs, leftOut]).toEqual([["a"], ["y"], []]);
  });

  it("columns in the order that is asked for, and the other ones in the file's", async () => {
    const path = file("q,y,p,z,r\n1,2,3,4,5\n6,7,8,9,0\n");
    const chosen = await readDataset(path, { targets: ["z", "y"], features: ["r", "q"] });
    expect(chosen.dataset.X.toArray()).toEqual([
      [5, 1],
      [0, 6],
    ]);
    expect(chosen.dataset.Y.toArray()).toEqual([
      [4, 2],
      [9, 7],
    ]);
    const { dataset } = await readDataset(path, { targets: ["p"] });
    expect(dataset.inputs).toEqual(["q", "y", "z", "r"]);
  });

  it("and leaves out columns without any number, naming them", async () => {
    const path = file("who,a,empty,y,when\nx,1,,2,2020-01-01\ny,3,,4,2020-01-02\n");
    const { dataset, leftOut } = await readDataset(path, { targets: ["y"] });
    expect(leftOut).toEqual(["who", "empty", "when"]);
    expect(dataset.inputs).toEqual(["a"]);
  });

  it("rows in the file's order, ten thousand of them", async () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => `${i},${i * i}`);
    const { dataset } = await readDataset(file(`a,y\n${lines.join("\n")}\n`), { targets: ["y"] });
    expect(dataset.rows).toBe(10_000);
    expect(dataset.X.data.every((x, i) => x === i)).toBe(true);
    expect(dataset.Y.data.every((y, i) => y === i * i)).toBe(true);
  });

  it("every finite float64 back to the same bits", async () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    await fc.assert(
      fc.asyncProperty(fc.array(number, { minLength: 50, maxLength: 200 }), async (values) => {
        const { dataset } = await readDataset(file(`a,y\n${values.map((x) => `${x},1`).join("\n")}\n`), {
          targets: ["y"],
        });
        expect([...dataset.X.data]).toEqual(values.map((x) => (Object.is(x, -0) ? expect.closeTo(0) : x)));
      }),
      { numRuns: 10 },
    );
  });

  it.each([
    "my data.csv",
    "it's.csv",
    'say "hi".csv',
    "[1].csv",
    "*.csv",
    "{a,b}?.csv",
    "100%.csv",
    "-.csv",
    "ελλ.csv",
    "a;b.csv",
    "data.parquet",
  ])("a file whose name is %j, and no other", async (name) => {
    file("a,y\n9,9\n9,9\n", "1.csv");
    const { dataset } = await readDataset(file("a,y\n1,2\n3,4\n5,7\n", name), { targets: ["y"] });
    expect(dataset.rows).toBe(3);
  });

  it("a file in a folder with blanks and brackets in its name", async () => {
    mkdirSync(join(folder, "my [data] *"));
    const { dataset } = await readDataset(file("a,y\n1,2\n3,4\n", "my [data] */f.csv"), { targets: ["y"] });
    expect(dataset.rows).toBe(2);
  });

  const names = [
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    '"; DROP TABLE x; --',
    "'; DROP TABLE x; --",
    "select",
    "rowid",
    "filename",
    "rows_as_text",
    "a,b",
    'say "hi"',
    "two\nlines",
    "it's",
    "\u001b[31mred",
    "with blanks",
    "λ",
    "👍",
    "1",
    "NaN",
  ];

  it.each(names)("a column named %j, as a feature and as a target", async (name) => {
    const path = file(`${quoted(name)},y\n1,2\n3,4\n5,7\n`);
    const feature = await readDataset(path, { targets: ["y"] });
    expect(feature.dataset.inputs).toEqual([name]);
    expect(feature.dataset.X.toArray()).toEqual([[1], [3], [5]]);
    const target = await readDataset(path, { targets: [name] });
    expect(target.dataset.Y.toArray()).toEqual([[1], [3], [5]]);
    expect(await readNames(path)).toEqual([name, "y"]);
  });

  it("all such names in one file", async () => {
    const path = file(
      `${names.map(quoted).join(",")},y\n${`${names.map((_, i) => i).join(",")},9\n`.repeat(2)}`,
    );
    const { dataset } = await readDataset(path, { targets: ["y"] });
    expect(dataset.inputs).toEqual(names);
    expect(dataset.X.toArray()[1]).toEqual(names.map((_, i) => i));
  });

  it("names that differ in capitals alone", async () => {
    const { dataset } = await readDataset(file("a,A,y\n1,2,3\n4,5,6\n"), { targets: ["y"], features: ["A"] });
    expect(dataset.X.toArray()).toEqual([[2], [5]]);
  });

  it("cells of text that hold separators, quotes and line breaks", async () => {
    const path = file('note,a,y\n"x, ""y""\nz",1,2\n"\n\n",3,4\n"p;q|r\ts",5,7\n');
    const { dataset, leftOut } = await readDataset(path, { targets: ["y"] });
    expect(leftOut).toEqual(["note"]);
    expect(dataset.X.toArray()).toEqual([[1], [3], [5]]);
  });

  it("a header of a thousand names", async () => {
    const many = Array.from({ length: 1000 }, (_, j) => `column ${j}`);
    const path = file(`${many.join(",")}\n${`${many.map((_, j) => j).join(",")}\n`.repeat(2)}`);
    const { dataset } = await readDataset(path, { targets: ["column 999"] });
    expect(dataset.X.cols).toBe(999);
    expect(dataset.X.toArray()[0]![500]).toBe(500);
  });

  it("the two data sets of the package", async () => {
    const examples = join(import.meta.dirname, "../../examples");
    const linnerud = await readDataset(join(examples, "linnerud.csv"), { targets: ["Pulse"] });
    expect([linnerud.dataset.rows, linnerud.dataset.X.cols, linnerud.leftOut]).toEqual([20, 5, []]);
    const diabetes = await readDataset(join(examples, "diabetes_raw.csv"), { targets: ["progression"] });
    expect([diabetes.dataset.rows, diabetes.dataset.X.cols, diabetes.leftOut]).toEqual([442, 10, []]);
    const line = readFileSync(join(examples, "diabetes_raw.csv"), "utf8").split("\n")[442]!.trim();
    expect([...diabetes.dataset.X.toArray()[441]!, diabetes.dataset.Y.toArray()[441]![0]]).toEqual(
      line.split(",").map(Number),
    );
  });
});

describe("readMatrix reads", () => {
  it("columns by name in the order that is asked for", async () => {
    const path = file("x,b,a\nq,2,1\n,4,3\n");
    expect((await readMatrix(path, ["a", "b"])).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it("a file of one column", async () => {
    expect((await readMatrix(file("a\n1\n2\n"), ["a"])).toArray()).toEqual([[1], [2]]);
  });
});

describe("readDataset refuses", () => {
  const choice = { targets: ["y"] };
  const cells: [string, string, RegExp, { row?: number; column?: string; line?: number }][] = [
    ["an empty cell in quotes", 'a,y\n1,2\n"",4\n', /an empty cell/, { row: 2, column: "a", line: 3 }],
    ["an empty target", "a,y\n1,2\n3,\n", /an empty cell/, { row: 2, column: "y", line: 3 }],
    ["a cell of blanks", "a,y\n1,2\n  ,4\n", /column "a"/, { row: 2, column: "a", line: 3 }],
    ["-Infinity", "a,y\n1,-Infinity\n3,4\n", /-Inf/, { row: 1, column: "y", line: 2 }],
    ["nan", "a,y\n1,2\nnan,4\n", /nan/i, { row: 2, column: "a", line: 3 }],
    ["NULL", "a,y\n1,2\nNULL,4\n", /got "NULL"/, { row: 2, column: "a", line: 3 }],
    ["NA", "a,y\n1,2\n3,NA\n", /got "NA"/, { row: 2, column: "y", line: 3 }],
    ["0x10", "a,y\n0x10,2\n3,4\n", /got "0x10"/, { row: 1, column: "a", line: 2 }],
    ["1_000", "a,y\n3,4\n1_000,2\n", /got "1_000"/, { row: 2, column: "a", line: 3 }],
    ["1,000", 'a,y\n"1,000",2\n3,4\n', /got "1,000"/, { row: 1, column: "a", line: 2 }],
    ["per cent", "a,y\n1%,2\n3,4\n", /got "1%"/, { row: 1, column: "a", line: 2 }],
    ["two numbers in a cell", "a,y\n1 2,2\n3,4\n", /got "1 2"/, { row: 1, column: "a", line: 2 }],
    ["a zero byte", "a,y\n1,2\u0000\n3,4\n", /got a NUL byte/, { line: 2 }],
    ["true among numbers", "a,y\ntrue,2\n3,4\n", /got "true"/, { row: 1, column: "a", line: 2 }],
    [
      "the second bad cell only after the first",
      "a,y\n1,2\nx,4\nz,5\n",
      /got "x"; 2 of 3 cells/,
      { row: 2, column: "a", line: 3 },
    ],
    [
      "a cell behind a line break in another, of which it cannot say the line",
      'note,a,y\n"p\nq",1,2\n"r",x,4\n',
      /row 2, got "x"/,
      { row: 2, column: "a" },
    ],
  ];

  it.each(cells)("%s", async (_, content, message, expected) => {
    const path = file(content);
    const { data, where } = await refuses(readDataset(path, choice), "DATA", message);
    expect(data).toEqual({ file: path, ...expected });
    expect(where).toBe(expected.line === undefined ? path : `${path}:${expected.line}`);
  });

  it("names in other letters, no column, a column twice", async () => {
    const path = file("a,Y\n1,2\n3,4\n");
    await refuses(readDataset(path, choice), "DATA", /column "y", got the columns a, Y/);
    await refuses(readDataset(path, { targets: ["Y", "Y"] }), "DATA", /"Y" twice/);
    await refuses(readDataset(path, { targets: ["Y"], features: ["a", "Y"] }), "DATA", /"Y" twice/);
    await refuses(readDataset(path, { targets: ["Y"], features: ["a", "a"] }), "DATA", /"a" twice/);
    await refuses(readDataset(path, { targets: ["constructor"] }), "DATA", /column "constructor"/);
    await refuses(readMatrix(path, ["a", "b", "c"]), "DATA", /column "b", "c"/);
  });

  it("files that are no table", async () => {
    await refuses(readDataset(file(""), choice), "DATA", /an empty file/);
    await refuses(readDataset(file("\n\n\n"), choice), "DATA", /names/);
    await refuses(readDataset(file("\ufeff"), choice), "DATA", /names/);
    await refuses(readDataset(file("a,y"), choice), "DATA", /rows below/);
    await refuses(readDataset(file("a,y\r\n"), choice), "DATA", /rows below/);
    await refuses(readDataset(file("y\n1\n2\n"), choice), "DATA", /at least one feature/);
    await refuses(readDataset(file("a,y,\n1,2,\n3,4,\n"), choice), "DATA", /no name for column 3/);
    await refuses(readDataset(file("a,y,  \n1,2,3\n"), choice), "DATA", /no name for column 3/);
    await refuses(readDataset(file("a,y, a\n1,2,3\n"), choice), "DATA", /"a" twice/);
    await refuses(readDataset(file("1,2.5e3,-.5\n1,2,3\n"), choice), "DATA", /got numbers/);
    await refuses(
      readDataset(file(Uint8Array.from({ length: 500 }, (_, i) => (i * 7) % 256)), choice),
      "DATA",
      /./,
    );
  });

  it("bytes that are not UTF-8, in a cell, in the header, and UTF-16", async () => {
    const latin = (text: string) => file(Buffer.from(text, "latin1"));
    await refuses(readDataset(latin("a,y,c\n1,2,caf\u00e9\n3,4,x\n"), choice), "DATA", /UTF-8/);
    await refuses(readDataset(latin("a,y,caf\u00e9\n1,2,3\n3,4,5\n"), choice), "DATA", /UTF-8/);
    await refuses(readDataset(file(Buffer.from("\ufeffa,y\n1,2\n", "utf16le")), choice), "DATA", /UTF-8/);
  });

  it("what cannot be reached", async () => {
    await refuses(readDataset(join(folder, "missing.csv"), choice), "SOURCE", /nothing there/);
    await refuses(readDataset(folder, choice), "SOURCE", /a folder/);
    await refuses(readDataset(join(file("a,y\n1,2\n"), "below.csv"), choice), "SOURCE", /below\.csv/);
    await refuses(readNames(join(folder, "missing.csv")), "SOURCE", /nothing there/);
    await refuses(readMatrix(join(folder, "missing.csv"), ["a"]), "SOURCE", /nothing there/);
  });
});
