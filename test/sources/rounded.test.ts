import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  engineMoments,
  momentsOf,
  readDataset,
  type Source,
  streamDataset,
} from "../../src/sources/index.js";
import { duckdb, testFolder } from "./help.js";

const { folder, file } = testFolder();
const rounded = async (source: Source, targets = ["y"]) => (await readDataset(source, { targets })).rounded;

describe("numbers that are read as others", () => {
  test.each([
    "9007199254740993",
    "-9007199254740993",
    "+9007199254740993",
    "9007199254740993.0",
    "100000000000000000000000",
    "123456789012345678901234567890123456789012345",
    "1e-400",
    "-0.5e-330",
    `0.${"0".repeat(330)}7`,
  ])("of CSV, %s", async (text) => {
    const path = file(`x,y\n1,2\n3,5\n${text},4\n1,1\n${text},2\n`);
    const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text;
    const number = Number(text) || 0;
    expect(await rounded(path)).toEqual([{ column: "x", cells: 2, row: 3, text: shown, number }]);
  });

  test.each([
    "9007199254740992",
    "9007199254740994",
    "-36028797018963968",
    "1e300",
    "1.7976931348623157e308",
    "0.1",
    "0.12345678901234567890123",
    "1234567.123456789012345678",
    "1e25",
    "3.14159265358979323846264338327950288e20",
    "0.000000000000",
    "-0e-999",
    "5e-324",
    "00000000000000000000012",
  ])("of CSV, not %s", async (text) => {
    expect(await rounded(file(`x,y\n1,2\n${text},4\n3,1\n`))).toEqual([]);
  });

  test("are counted in the columns that are read as numbers alone", async () => {
    const big = "9007199254740993";
    const path = file(`id,x,y,w\n${big},1,2,1\n${big},2,5,2\n${big},4,${big},${big}\n`);
    const options = { targets: ["y"], features: ["x"] };
    const of = async (more: object) =>
      (await readDataset(path, { ...options, ...more })).rounded.map(({ column, cells }) => [column, cells]);
    expect(await of({})).toEqual([["y", 1]]);
    expect(await of({ weight: "w" })).toEqual([
      ["y", 1],
      ["w", 1],
    ]);
    expect(await of({ features: ["x", "id"], categorical: ["id"] })).toEqual([["y", 1]]);
    expect(await of({ features: ["id"] })).toEqual([
      ["id", 3],
      ["y", 1],
    ]);
  });

  test("of one column, too large and too small ones", async () => {
    const path = file("x,y\n1e-400,2\n9007199254740993,5\n0,1\n1,3\n");
    expect(await rounded(path)).toEqual([
      { column: "x", cells: 1, row: 2, text: "9007199254740993", number: 9007199254740992 },
      { column: "x", cells: 1, row: 1, text: "1e-400", number: 0 },
    ]);
  });

  test("of several files, with the file and the row in it", async () => {
    file("x,y\n1,2\n2,3\n4,4\n", "part1.csv");
    const second = file("x,y\n1,2\n9007199254740993,3\n4,4\n", "part2.csv");
    expect(await rounded(join(folder, "part?.csv"))).toEqual([
      { column: "x", cells: 1, row: 2, file: second, text: "9007199254740993", number: 9007199254740992 },
    ]);
  });

  test.each([
    ["BIGINT", "9007199254740993", "9007199254740993"],
    ["UBIGINT", "18446744073709551615", "18446744073709551615"],
    ["DECIMAL(18,0)", "999999999999999999", "999999999999999999"],
    ["DECIMAL(38,2)", "9007199254740993", "9007199254740993.00"],
  ])("of Parquet's %s", async (type, value, text) => {
    const path = join(folder, `${type.replace(/\W/g, "")}.parquet`);
    const number = `CASE WHEN range = 5 THEN CAST('${value}' AS ${type}) ELSE CAST(range AS ${type}) END`;
    await duckdb(`COPY (SELECT ${number} AS x, range * 2 AS y FROM range(10)) TO '${path}'`);
    expect(await rounded(path)).toEqual([{ column: "x", cells: 1, row: 6, text, number: Number(value) }]);
  });

  test("of HUGEINT", async () => {
    const path = join(folder, "huge.duckdb");
    const number = "CASE WHEN range = 5 THEN CAST('-10000000000000000000000001' AS HUGEINT) ELSE range END";
    await duckdb(
      `ATTACH '${path}' AS d`,
      `CREATE TABLE d.t AS SELECT ${number} AS x, range * 2 AS y FROM range(10)`,
    );
    expect(await rounded(path)).toEqual([
      { column: "x", cells: 1, row: 6, text: "-10000000000000000000000001", number: -1e25 },
    ]);
  });

  test("not fractions of DECIMAL, nor doubles", async () => {
    const path = join(folder, "fractions.parquet");
    const columns = "CAST(range + 0.1 AS DECIMAL(38,18)) AS x, 99999999999999.12::DECIMAL(16,2) + range AS z";
    await duckdb(`COPY (SELECT ${columns}, 1e17 + range AS v, range AS y FROM range(10)) TO '${path}'`);
    expect(await rounded(path)).toEqual([]);
  });

  test("of JSON's whole numbers", async () => {
    const path = file('{"x":9007199254740993,"y":1}\n{"x":2,"y":3}\n{"x":3,"y":4}\n', "rows.ndjson");
    expect(await rounded(path)).toMatchObject([{ column: "x", cells: 1, row: 1 }]);
  });

  test("are told by every way of reading", async () => {
    const path = file("x,y\n9007199254740993,2\n2,5\n3,1\n");
    const expected = [{ column: "x", cells: 1, row: 1, text: "9007199254740993", number: 9007199254740992 }];
    const options = { targets: ["y"] };
    expect((await momentsOf(path, options)).rounded).toEqual(expected);
    expect((await streamDataset(path, options, () => {})).rounded).toEqual(expected);
    expect((await engineMoments(path, { ...options, where: "y < 9" })).rounded).toEqual(expected);
  });
});
