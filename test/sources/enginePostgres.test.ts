import { withEngine } from "../../src/sources/index.js";
import { postgresPrograms, startPostgres } from "../model/postgres.js";
import { engineSuite } from "./engineSuite.js";

engineSuite(
  "PostgreSQL",
  postgresPrograms === undefined
    ? null
    : async () => {
        const server = startPostgres();
        return {
          source: (table) => ({ path: server.address, table }),
          query: (sql) => ({ path: server.address, sql }),
          run: (statements) =>
            withEngine(server.address, { writes: true }, async ({ query }) => {
              for (const statement of statements) await query(statement);
            }),
          types: {
            double: "double precision",
            text: "text",
            boolean: "boolean",
            date: "date",
            bigint: "bigint",
            decimal: "numeric",
          },
          mod: (column, by) => `${column} % ${by}`,
          longestName: 63,
          stop: server.stop,
        };
      },
);
