import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readColumns, readDataset } from "../../src/sources/index.js";
import { duckdb, refuses, testFolder } from "./help.js";

const { folder, file } = testFolder();
const at = (name: string) => join(folder, name);
const ROWS = 5000;
const choice = { targets: ["y"], categorical: ["s"] };

beforeAll(async () => {
  const table = `SELECT i AS id, i / 7.0 AS x, i % 3 = 0 AS b, DATE '2020-01-01' + CAST(i AS INTEGER) AS d,
    'level ' || (i % 4) AS s, CAST(i * 2 - 5 AS DECIMAL(18, 3)) AS y FROM range(${ROWS}) t(i)`;
  const copy = (name: string, options = "") => `COPY (${table}) TO '${at(name)}' ${options}`;
  await duckdb(
    copy("a.csv"),
    copy("a.tsv", "(DELIMITER '\t')"),
    copy("a.csv.gz"),
    copy("gz-without-its-name", "(FORMAT csv, COMPRESSION gzip)"),
    copy("a.csv.zst", "(COMPRESSION zstd)"),
    copy("a.json", "(FORMAT json, ARRAY true)"),
    copy("a.ndjson", "(FORMAT json)"),
    copy("a.jsonl.gz", "(FORMAT json, COMPRESSION gzip)"),
    copy("a.ndjson.zst", "(FORMAT json, COMPRESSION zstd)"),
    copy("a.parquet"),
    copy("renamed.dat", "(FORMAT parquet)"),
    `ATTACH '${at("a.duckdb")}' AS a`,
    `CREATE TABLE a.rows AS ${table}`,
    "CREATE TABLE a.other AS SELECT 1 AS one",
    "CREATE VIEW a.half AS SELECT * FROM rows WHERE id < 2500",
    `COPY (SELECT * FROM (${table}) WHERE id < 100) TO '${at("part-1.parquet")}'`,
    `COPY (SELECT * FROM (${table}) WHERE id >= 100 AND id < 300) TO '${at("part-2.parquet")}'`,
    `COPY (SELECT * FROM (${table}) WHERE id < 100) TO '${at("part-1.csv")}'`,
    `COPY (SELECT * FROM (${table}) WHERE id >= 100 AND id < 300) TO '${at("part-2.csv")}'`,
  );
});

describe("readDataset gives the same rows from", () => {
  it.each([
    ["a.csv"],
    ["a.tsv"],
    ["a.csv.gz"],
    ["gz-without-its-name"],
    ["a.csv.zst"],
    ["a.json"],
    ["a.ndjson"],
    ["a.jsonl.gz"],
    ["a.ndjson.zst"],
    ["a.parquet"],
    ["renamed.dat"],
  ])("%s", async (name) => {
    const { dataset, leftOut } = await readDataset(at(name), choice);
    expect(leftOut).toEqual(["d"]);
    expectRows(dataset);
  });

  it("a table of a DuckDB file, and a query of one", async () => {
    const path = at("a.duckdb");
    expectRows((await readDataset({ path, table: "rows" }, choice)).dataset);
    expectRows((await readDataset({ path, sql: "SELECT * FROM rows ORDER BY id;" }, choice)).dataset);
    expect((await readDataset({ path, table: "half" }, choice)).dataset.rows).toBe(2500);
    await refuses(readDataset(path, choice), "DATA", /one table.*half, other, rows/);
    await refuses(
      readDataset({ path, table: "x" }, choice),
      "DATA",
      /the table "x", got the tables half, other/,
    );
  });

  it("a query of a file", async () => {
    const sql = `SELECT * FROM '${at("a.parquet")}' WHERE id < 10`;
    expect((await readDataset({ sql }, choice)).dataset.rows).toBe(10);
  });
});

function expectRows({ X, Y, inputs, rows }: Awaited<ReturnType<typeof readDataset>>["dataset"]): void {
  expect(rows).toBe(ROWS);
  expect(inputs).toEqual(["id", "x", "b", "s=level 0", "s=level 1", "s=level 2", "s=level 3"]);
  for (const i of [0, 1, 2, 2047, 2048, 4999]) {
    const levels = [0, 1, 2, 3].map((level) => (i % 4 === level ? 1 : 0));
    expect(X.slice(i, i + 1).toArray()).toEqual([[i, i / 7, i % 3 === 0 ? 1 : 0, ...levels]]);
    expect(Y.data[i]).toBe(2 * i - 5);
  }
}

describe("readDataset of several files", () => {
  it.each([["part-?.csv"], ["part-*.parquet"], ["part-[12].csv"]])(
    "by the pattern %s, in order",
    async (pattern) => {
      const { dataset } = await readDataset(at(pattern), { targets: ["y"], features: ["id"] });
      expect([...dataset.X.data]).toEqual(Array.from({ length: 300 }, (_, i) => i));
    },
  );

  it("says in which of them a cell is wrong", async () => {
    file("a,y\n1,2\n3,4\n", "q-1.csv");
    const bad = file("a,y\n5,6\nseven,8\n", "q-2.csv");
    const error = await refuses(readDataset(at("q-*.csv"), { targets: ["y"] }), "DATA", /row 2, got "seven"/);
    expect(error.where).toBe(`${bad}:3`);
    expect(error.data).toEqual({ file: bad, row: 2, column: "a", line: 3 });
  });

  it("refuses other columns and other kinds", async () => {
    file("a,y\n1,2\n", "r-1.csv");
    file("a,z\n1,2\n", "r-2.csv");
    await refuses(readDataset(at("r-*.csv"), { targets: ["y"] }), "DATA", /r-2\.csv:1.*columns a, y/);
    await refuses(readDataset(at("part-1.*"), { targets: ["y"] }), "DATA", /files of one kind/);
    await refuses(readDataset(at("none-*.csv"), { targets: ["y"] }), "SOURCE", /nothing there/);
  });
});

describe("readDataset takes types as they are:", () => {
  it("dates as days, booleans as 1 and 0, only where dates are named", async () => {
    const path = file(
      "d,t,b,y\n1970-01-03,2020-01-01T12:00:00Z,TRUE,1\n1969-12-31,2020-01-02 00:00,false,2\n",
    );
    const { dataset, columns } = await readDataset(path, { targets: ["y"], features: ["d", "t", "b"] });
    expect(dataset.X.toArray()).toEqual([
      [2, 18262.5, 1],
      [-1, 18263, 0],
    ]);
    expect(columns.map(({ kind }) => kind)).toEqual(["date", "date", "boolean"]);
    const unasked = await readDataset(path, { targets: ["y"] });
    expect([unasked.dataset.inputs, unasked.leftOut]).toEqual([["b"], ["d", "t"]]);
  });

  it("an offset of a time zone counts", async () => {
    const path = file("t,y\n1970-01-02T01:00:00+01:00,1\n1970-01-02T00:00:00-12,1\n");
    const { dataset } = await readDataset(path, { targets: ["y"], features: ["t"] });
    expect([...dataset.X.data]).toEqual([1, 1.5]);
  });

  it("the same dates and times from Parquet", async () => {
    const path = at("times.parquet");
    await duckdb(
      `COPY (SELECT DATE '1970-01-03' AS d, TIMESTAMP '1970-01-02 12:00' AS t, TIMESTAMPTZ '1970-01-02 00:00:00+00' AS z,
        CAST('1970-01-02' AS TIMESTAMP_NS) AS n, 1::UTINYINT AS u, 2::HUGEINT AS h, 1.5::FLOAT AS f, 1 AS y) TO '${path}'`,
    );
    const features = ["d", "t", "z", "n", "u", "h", "f"];
    const { dataset } = await readDataset(path, { targets: ["y"], features });
    expect([...dataset.X.data]).toEqual([2, 1.5, 1, 1, 1, 2, 1.5]);
  });

  it("text of a typed source is text, even if it spells numbers", async () => {
    const path = at("zip.parquet");
    await duckdb(`COPY (SELECT '0' || i AS zip, i AS x, i AS y FROM range(3) t(i)) TO '${path}'`);
    expect((await readDataset(path, { targets: ["y"] })).leftOut).toEqual(["zip"]);
  });

  it("a JSON column of numbers and texts is refused, as in CSV", async () => {
    const path = file('[{"a":1,"y":1},{"a":"z","y":2}]', "mixed.json");
    await refuses(readDataset(path, { targets: ["y"] }), "DATA", /column "a", row 2, got "z"/);
  });

  it("lists of numbers are no feature", async () => {
    const path = file('[{"a":[1],"x":1,"y":1},{"a":[2],"x":2,"y":2}]', "lists.json");
    expect((await readDataset(path, { targets: ["y"] })).leftOut).toEqual(["a"]);
    await refuses(
      readDataset(path, { targets: ["y"], features: ["a"] }),
      "DATA",
      /column "a", got BIGINT\[\]/,
    );
  });

  it("NULL is missing, and not 0; NaN is no missing cell", async () => {
    const path = at("nulls.parquet");
    await duckdb(
      `COPY (SELECT CASE WHEN i = 2100 THEN NULL ELSE i END AS x, i AS y FROM range(3000) t(i)) TO '${path}'`,
    );
    await refuses(
      readDataset(path, { targets: ["y"] }),
      "DATA",
      /column "x", row 2101, got an empty cell; 1 of 3000 rows lacks/,
    );
    await duckdb(`COPY (SELECT 'NaN'::DOUBLE AS x, 1 AS y) TO '${path}'`);
    for (const missing of ["error", "drop", "mean"] as const) {
      await refuses(readDataset(path, { targets: ["y"], missing }), "DATA", /column "x", row 1, got NaN/);
    }
  });
});

describe("readDataset refuses", () => {
  it("what is broken, and what only the network has", async () => {
    const choice = { targets: ["y"] };
    const broken = file("PAR1 and then nothing", "broken.parquet");
    await refuses(readDataset(broken, choice), "DATA", /broken\.parquet.*parquet file/);
    await refuses(readDataset(file('[{"a": 1', "broken.json"), choice), "DATA", /json file/);
    for (const name of ["a.csv.gz", "a.csv.zst", "a.ndjson.zst"]) {
      const bytes = readFileSync(at(name));
      for (const part of [0.5, 0.99]) {
        const cut = file(bytes.subarray(0, bytes.length * part), `cut-${name}`);
        await refuses(readDataset(cut, choice), "DATA", /a whole (gzip|zstd) file/);
      }
    }
    await refuses(
      readDataset({ sql: "SELECT * FROM 'https://x.invalid/a.csv'" }, choice),
      "MISSING_PART",
      /httpfs/,
    );
  });

  it("queries that are none, tables of files that have none, misspelt options", async () => {
    const choice = { targets: ["y"] };
    await refuses(readDataset({ sql: "SELEC 1" }, choice), "VALUE", /query/);
    await refuses(readDataset({ sql: "SELECT 1; SELECT 2" }, choice), "VALUE", /one query, got 2/);
    await refuses(readDataset({ path: at("a.csv"), table: "t" }, choice), "OPTION", /a DuckDB file/);
    await refuses(readDataset({}, choice), "OPTION", /a path or a query/);
    await refuses(readDataset({ paht: "x" } as never, choice), "OPTION", /paht/);
    await refuses(readDataset(at("a.csv"), { ...choice, mising: "drop" } as never), "OPTION", /mising/);
    await refuses(
      readDataset(at("a.csv"), { ...choice, missing: "skip" } as never),
      "VALUE",
      /error or drop or mean/,
    );
  });
});

describe("readDataset finds columns", () => {
  it("by patterns, which pass over the targets, and by exact names first", async () => {
    const path = file("x1,x2,x*,xy,z\n1,2,3,4,5\n6,7,8,9,0\n");
    const names = async (features: string[], targets = ["xy"]) =>
      (await readDataset(path, { targets, features })).dataset.inputs;
    expect(await names(["x?"])).toEqual(["x1", "x2", "x*"]);
    expect(await names(["x*"])).toEqual(["x*"]);
    expect(await names(["*"], ["z"])).toEqual(["x1", "x2", "x*", "xy"]);
    expect(await names(["x2", "x?"])).toEqual(["x2", "x1", "x*"]);
    await refuses(names(["q*"]), "DATA", /the column "q\*"/);
  });

  it("with their types", async () => {
    expect(await readColumns(at("a.parquet"))).toContainEqual({ name: "d", type: "DATE" });
  });
});
