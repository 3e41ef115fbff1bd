import { Ell2Error } from "../errors.js";
import { numberCell, WRITING } from "../sql/dialect.js";
import { bracketed } from "../sql/expression.js";
import { identifier, tableName } from "../sql/quote.js";
import { duckdbFailure, queryAnswer, ROWS, withDuckDB } from "./duckdb.js";
import type { Engine, EngineOptions } from "./engine.js";
import { type KindedColumn, kindsOf, numberSql, typedSql } from "./kinds.js";
import { checkNumbers } from "./plan.js";
import { openRelation } from "./relation.js";
import { type RoundedCells, roundedCells } from "./rounded.js";
import type { Source } from "./source.js";
import { isEngineAddress, withEngine } from "./withEngine.js";

/** Rows that an engine can add up where they are. */
export interface EngineTable {
  engine: Engine;
  /** What messages call it. */
  name: string;
  /** What stands after FROM, with columns of these names. */
  from: string;
  columns: readonly KindedColumn[];
  /** The cells of a column of numbers, dates or booleans as doubles, in SQL. */
  number(column: KindedColumn): string;
  /** Whether a table can be made beside it. */
  writable: boolean;
  /** Throws the error for a cell of a column that spells no number, if there is one; types decide where there are any. */
  checkSpelling(column: KindedColumn): Promise<void>;
  /** Cells that spell other numbers than they are read as. */
  rounded(columns: readonly KindedColumn[]): Promise<RoundedCells[]>;
}

/** Whether a source is a table or a query of a server. */
export function isEngineSource(source: Source): boolean {
  const path = typeof source === "string" ? source : source.path;
  return path !== undefined && isEngineAddress(path);
}

/**
 * Opens a table, a query, or files, works with them, and closes them again.
 * @param source with the address of an engine as its path, and a table or a query; or any other, which DuckDB reads
 * @throws as `withEngine`; OPTION where neither a table nor a query is named
 */
export async function withEngineTable<T>(
  source: Source,
  options: EngineOptions,
  use: (table: EngineTable) => Promise<T>,
): Promise<T> {
  if (!isEngineSource(source)) return withFiles(source, options, use);
  const { path, table, sql, na } = typeof source === "string" ? { path: source } : source;
  if ((table === undefined) === (sql === undefined) || na !== undefined) {
    throw new Ell2Error("OPTION", {
      where: "source",
      expected: "a table or a query of the database, and nothing that is for files",
      got: table === undefined && sql === undefined ? "neither" : na !== undefined ? "na" : "both",
    });
  }
  return withEngine(path!, options, async (engine) => {
    const from =
      sql === undefined
        ? tableName(table!, WRITING[engine.dialect].mostBytes)
        : `${bracketed("sql", sql)} AS t`;
    const { columns } = await engine.query(`SELECT * FROM ${from} LIMIT 0`);
    const number = ({ kind, cell }: KindedColumn) =>
      numberCell(engine.dialect, kind as "number" | "date" | "boolean", cell);
    return use({
      engine,
      name: table === undefined ? `a query of ${engine.name}` : `table ${table} of ${engine.name}`,
      from,
      columns: columns.map((column) => ({
        ...column,
        cell: identifier(column.name),
        spelt: false,
        words: 0,
        mayRound: false,
      })),
      number,
      writable: true,
      checkSpelling: async () => {},
      rounded: async () => [],
    });
  });
}

/** The same of whatever DuckDB reads. */
async function withFiles<T>(
  source: Source,
  { signal, writes = false }: EngineOptions,
  use: (table: EngineTable) => Promise<T>,
): Promise<T> {
  return withDuckDB(async (connection) => {
    const relation = await openRelation(connection, source, { writes });
    const { columns: found, rows } = await kindsOf(relation);
    const names = distinct(found.map(({ name }) => name)).map(identifier);
    const cells = found.map((column, i) => `${typedSql(column)} AS ${names[i]!}`);
    const columns = found.map((column, i) => ({ ...column, cell: names[i]!, spelt: false }));
    const query = async (sql: string) => {
      signal?.throwIfAborted();
      const interrupt = () => connection.interrupt();
      signal?.addEventListener("abort", interrupt, { once: true });
      try {
        return await queryAnswer(connection, sql);
      } catch (error) {
        signal?.throwIfAborted();
        throw duckdbFailure(error, relation.name);
      } finally {
        signal?.removeEventListener("abort", interrupt);
      }
    };
    if (writes) await connection.run("BEGIN TRANSACTION");
    const result = await use({
      engine: { name: "DuckDB", dialect: "duckdb", query },
      name: relation.name,
      from: `(SELECT ${cells.join(", ")} FROM ${ROWS}) AS t`,
      columns,
      number: numberSql,
      writable: relation.database,
      checkSpelling: (column) =>
        checkNumbers(relation, found.find(({ name }) => name === column.name)!, rows),
      rounded: (chosen) =>
        roundedCells(
          relation,
          found.filter(({ name, mayRound }) => mayRound && chosen.some((column) => column.name === name)),
        ),
    });
    if (writes) await query("COMMIT");
    return result;
  });
}

/** Names that DuckDB tells apart, to which capitals are the same: of those that it would not, all but the first get a number. */
function distinct(names: readonly string[]): string[] {
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const seen = new Set<string>();
  return names.map((name) => {
    const first = !seen.has(name.toLowerCase());
    seen.add(name.toLowerCase());
    let free = name;
    for (let i = 2; !first && taken.has(free.toLowerCase()); i++) free = `${name} ${i}`;
    taken.add(free.toLowerCase());
    return free;
  });
}
