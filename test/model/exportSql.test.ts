import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportSql } from "../../src/model/exportSql.js";
import { refuses } from "../nn/help.js";
import { exportSqlSuite, type Run, tableOf } from "./exportSqlSuite.js";
import { type Postgres, postgresPrograms, startPostgres } from "./postgres.js";
import { AWKWARD, everyKind, everyModel, modelOf, numbers, rows } from "./raw.js";

const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});
const duckdb: Run = async (statements) => {
  for (const statement of statements.slice(0, -1)) await connection.run(statement);
  return (await connection.runAndReadAll(statements.at(-1)!)).getRows() as number[][];
};

let server: Postgres | null = null;
const postgres: Run = async (statements) =>
  server!.query(statements.join("\n")).map((row) => row.map((cell) => (cell === "" ? null : Number(cell))));

beforeAll(() => {
  if (postgresPrograms !== undefined) server = startPostgres();
}, 120_000);
afterAll(() => server?.stop());

exportSqlSuite("DuckDB", "duckdb", duckdb);
exportSqlSuite(
  "PostgreSQL (skipped where it is not installed)",
  "postgres",
  postgres,
  postgresPrograms !== undefined,
);

describe("exportSql", () => {
  test("names the predictions as the targets", async () => {
    await duckdb(tableOf("named", everyModel, rows));
    const read = await connection.runAndReadAll(exportSql(everyModel, { table: "named" }));
    expect(read.columnNames()).toEqual(everyModel.outputs);
  });

  const category = { kind: "category", name: "c", levels: ["a", "b"], reference: null } as const;
  const constant = modelOf([category], ["y", "z"]);

  test("writes doubles, never decimals: in DuckDB", async () => {
    await duckdb(tableOf("typed", constant, [["a"]]));
    const read = await connection.runAndReadAll(exportSql(constant, { table: "typed" }));
    expect(read.columnTypes().map(String)).toEqual(["DOUBLE", "DOUBLE"]);
  });

  test.skipIf(postgresPrograms === undefined)("writes doubles, never decimals: in PostgreSQL", () => {
    const query = exportSql(constant, { dialect: "postgres", table: "typed" }).replace(";", "");
    const statements = [
      ...tableOf("typed", constant, [["a"]]),
      `SELECT pg_typeof(y), pg_typeof(z) FROM (${query}) AS t;`,
    ];
    expect(server!.query(statements.join("\n"))).toEqual([["double precision", "double precision"]]);
  });

  test("writes for Trino, which test/trino runs, this text", () => {
    const model = modelOf(
      everyKind.filter(({ name }) => name !== AWKWARD),
      ['the "y"'],
    );
    for (const [j] of model.weight.data.entries()) model.weight.data[j] = (j - 2) / 4;
    expect(exportSql({ ...model, bias: [-1e-7] }, { dialect: "trino", table: "t" })).toBe(
      [
        "SELECT",
        '  COALESCE(CAST("Size" AS double), 1E-1) * (-5E-1)',
        '  + (to_unixtime("day") / 86400E0) * (-2.5E-1)',
        '  + COALESCE(CASE WHEN "is it" THEN 1E0 WHEN NOT "is it" THEN 0E0 END, 2.5E-1) * 0E0',
        `  + CASE CAST("colour" AS varchar) WHEN 'red' THEN 2.5E-1 WHEN 'green' THEN 0E0 END`,
        '  + COALESCE((to_unixtime("time") / 86400E0), 1.90005E4) * 5E-1',
        '  + CASE WHEN "Y" THEN 1E0 WHEN NOT "Y" THEN 0E0 END * 7.5E-1',
        '  + CAST("order" AS double) * 1E0',
        "  + (-1E-7)",
        '  AS "the ""y"""',
        'FROM "t";',
        "",
      ].join("\n"),
    );
  });

  test("refuses a dialect or an option that does not exist, and names that no database takes", () => {
    refuses(
      () => exportSql(everyModel, { dialect: "mysql" as never }),
      "VALUE",
      /duckdb, postgres, trino, got "mysql"/,
    );
    refuses(() => exportSql(everyModel, { dialect: "constructor" as never }), "VALUE");
    refuses(() => exportSql(everyModel, { tabel: "t" } as never), "OPTION", /tabel/);
    refuses(() => exportSql(everyModel, { table: "" }), "VALUE", /table to be a name/);
    refuses(() => exportSql(modelOf(numbers(["a\0b"]), ["y"])), "VALUE", /code 0/);
    refuses(() => exportSql({ ...everyModel, bias: [1, 2, Number.NaN] }), "NOT_FINITE");
    refuses(() => exportSql(null as never), "VALUE", /exportSql: expected a fitted model/);
  });
});
