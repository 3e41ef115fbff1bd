import type { Column } from "../data/columns.js";
import { Ell2Error } from "../errors.js";
import { type Dialect, WRITING } from "../sql/dialect.js";
import { identifier, tableName } from "../sql/quote.js";
import { chooseColumns, expand } from "./choose.js";
import { withEngineTable } from "./engineTable.js";
import type { Source } from "./source.js";

/** Which table is made of what. */
export interface WriteTableOptions {
  /** The table that is made. */
  into: string;
  /** Whether one of this name is replaced; otherwise that is an error. */
  replace: boolean;
  /** Whether the statements are only made, and not run. */
  dryRun: boolean;
  /** The columns that the results are made of. */
  columns: readonly Column[];
  /** Columns that stand before the results. */
  keep: readonly string[];
  /** The list of results, in SQL. */
  select(dialect: Dialect): string;
  /** Their names. */
  results: readonly string[];
  /** Cancels, in the server as well. */
  signal?: AbortSignal;
}

/** What was written, or would be. */
export interface Written {
  /** The statements, in the engine's SQL. */
  statements: string[];
  /** How many rows were written. */
  rows: number;
  /** For each result, how many of the rows have none. */
  without: number[];
}

/**
 * Makes a table in an engine of what a list of results gives for the rows of another one. One statement
 * does it, or where a table is replaced two in one transaction (in Trino, which has none over tables, three: the
 * old table goes when the new one is whole).
 * Source: docs/engines.md.
 * @param source a table or a query of an engine, or of a DuckDB file
 * @returns the statements, and how many rows came of them
 * @throws SOURCE where the table is there already; VALUE for a name that is too long; DATA for columns that are missing or of
 *   another kind; OPTION for files, which hold no tables; and as `withEngine`
 */
export async function writeTable(source: Source, options: WriteTableOptions): Promise<Written> {
  const { into, replace, dryRun, columns, keep, select, results, signal } = options;
  const opened = { writes: !dryRun, ...(signal === undefined ? {} : { signal }) };
  return withEngineTable(source, opened, async (table) => {
    const { engine, from } = table;
    if (!table.writable) {
      throw new Ell2Error("OPTION", {
        where: table.name,
        expected: "a database, to make a table in",
        got: "files",
        remedy: "write the predictions to a file (out)",
      });
    }
    chooseColumns(table.name, table.columns, { columns });
    const kept = expand(table.name, table.columns, keep, []);
    const { mostBytes } = WRITING[engine.dialect];
    for (const name of results) tableName(identifier(name), mostBytes);
    const target = tableName(into, mostBytes);
    const list = [...kept.map(({ cell }) => cell), select(engine.dialect).trim()].join(",\n");
    const query = `AS\nSELECT ${list}\nFROM ${from}`;
    const beside = target.replace(/"$/, '_ell2_new"');
    const create = `CREATE TABLE ${target} ${query}`;
    const statements = !replace
      ? [create]
      : engine.dialect === "trino"
        ? [
            `CREATE TABLE ${beside} ${query}`,
            `DROP TABLE IF EXISTS ${target}`,
            `ALTER TABLE ${beside} RENAME TO ${target}`,
          ]
        : [`DROP TABLE IF EXISTS ${target}`, create];
    if (replace && from === target) {
      throw new Ell2Error("VALUE", {
        where: table.name,
        expected: "another table to write than the one that is read",
        got: into,
      });
    }
    if (dryRun) return { statements, rows: 0, without: [] };
    for (const statement of statements) await engine.query(statement);
    const counts = results.map((name) => `count(${identifier(name)})`);
    const [rows, ...there] = (await engine.query(`SELECT count(*), ${counts.join(", ")} FROM ${target}`))
      .rows[0] as number[];
    return { statements, rows: rows!, without: there.map((count) => rows! - count) };
  });
}
