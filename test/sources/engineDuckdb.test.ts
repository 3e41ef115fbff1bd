import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { engineMoments } from "../../src/sources/index.js";
import { engineSuite } from "./engineSuite.js";

test("engineMoments tells columns of a file apart that differ in capitals alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ell2-duck-"));
  const path = join(folder, "rows.csv");
  writeFileSync(path, "a,A,y,A 2\n1,10,2,5\n2,30,5,5\n3,20,7,6\n");
  const { moments } = await engineMoments(path, { targets: ["y"], where: "a < 3" });
  expect(Array.from(moments.meanX)).toEqual([1.5, 20, 5]);
  rmSync(folder, { recursive: true });
});

engineSuite("DuckDB", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ell2-duck-"));
  const path = join(folder, "rows.duckdb");
  return {
    source: (table) => ({ path, table: table.replace(/^"(.*)"$/s, "$1").replaceAll('""', '"') }),
    query: (sql) => ({ path, sql }),
    async run(statements) {
      const instance = await DuckDBInstance.create(path);
      const connection = await instance.connect();
      for (const statement of statements) await connection.run(statement);
      connection.closeSync();
      instance.closeSync();
    },
    types: {
      double: "DOUBLE",
      text: "VARCHAR",
      boolean: "BOOLEAN",
      date: "DATE",
      bigint: "BIGINT",
      decimal: "DECIMAL(38,2)",
    },
    mod: (column, by) => `${column} % ${by}`,
    longestName: 200,
    stop: () => rmSync(folder, { recursive: true }),
  };
});
