import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { engineSuite } from "./engineSuite.js";

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
    types: { double: "DOUBLE", text: "VARCHAR", boolean: "BOOLEAN", date: "DATE", bigint: "BIGINT" },
    mod: (column, by) => `${column} % ${by}`,
    longestName: 200,
    stop: () => rmSync(folder, { recursive: true }),
  };
});
