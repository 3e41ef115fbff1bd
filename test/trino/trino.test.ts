import { exportSqlSuite } from "../model/exportSqlSuite.js";
import { ask } from "./cluster.js";
import { connectorSuite } from "./connector.js";
import { lostWorkerSuite } from "./lostWorker.js";

connectorSuite();
exportSqlSuite("Trino", "trino", async (statements) => {
  let rows: unknown[][] = [];
  for (const statement of statements) rows = (await ask(statement.trim().replace(/;$/, ""))).rows;
  return rows as (number | null)[][];
});
lostWorkerSuite(); // last: from then on a worker is missing
