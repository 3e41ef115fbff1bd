import { withEngine } from "../../src/sources/index.js";
import { exportSqlSuite } from "../model/exportSqlSuite.js";
import { engineSuite } from "../sources/engineSuite.js";
import { ask, cluster } from "./cluster.js";
import { commandSuite } from "./commands.js";
import { connectorSuite } from "./connector.js";
import { lostWorkerSuite } from "./lostWorker.js";

connectorSuite();
exportSqlSuite("Trino", "trino", async (statements) => {
  let rows: unknown[][] = [];
  for (const statement of statements) rows = (await ask(statement.trim().replace(/;$/, ""))).rows;
  return rows as (number | null)[][];
});
engineSuite(
  "Trino",
  async () => {
    const schema = `suite_${Math.floor(Math.random() * 1e9)}`;
    await ask(`CREATE SCHEMA ${schema}`);
    const path = cluster.url.replace(/default$/, schema);
    return {
      source: (table) => ({ path, table }),
      query: (sql) => ({ path, sql }),
      run: (statements) =>
        withEngine(path, { writes: true }, async ({ query }) => {
          for (const statement of statements) await query(statement);
        }),
      types: {
        double: "double",
        text: "varchar",
        boolean: "boolean",
        date: "date",
        bigint: "bigint",
        decimal: "decimal(38, 2)",
      },
      mod: (column, by) => `${column} % ${by}`,
      longestName: 200,
      lowersNames: true,
      stop: () => {},
    };
  },
  600_000,
);
commandSuite();
lostWorkerSuite(); // last: from then on a worker is missing
