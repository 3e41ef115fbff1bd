import { basename } from "node:path";
import type { DuckDBConnection, DuckDBResult } from "@duckdb/node-api";
import { Ell2Error } from "../errors.js";
import { identifier, literal } from "../sql/quote.js";
import { type Csv, csvColumns, csvError } from "./csv.js";
import { duckdbError, exactPath, FILE, queryRows, ROWS } from "./duckdb.js";
import { type PlainCells, readPlainCells } from "./plainCells.js";
import { type Located, locate, type Source } from "./source.js";

/** A column as DuckDB has it. */
export interface SourceColumn {
  name: string;
  /** Its cells, in SQL. */
  cell: string;
  /** DuckDB's type of them. */
  type: string;
  /** Whether cells are text that may spell numbers, dates and booleans. */
  spelt: boolean;
}

/** Rows of any source, which can be read as often as one likes. */
export interface Relation {
  name: string;
  files: readonly string[];
  columns: readonly SourceColumn[];
  /** Whether rows are lines of a text that can be pointed at. */
  hasLines: boolean;
  /** Whether they are in a database, in which a table can be made. */
  database: boolean;
  query(sql: string): Promise<unknown[][]>;
  stream(sql: string): Promise<DuckDBResult>;
  /** Of CSV alone: the query for its rows, by the columns' types. */
  csv: Csv["sql"] | null;
  /** The plain numbers of a wide CSV file; null for any other source. Read when first asked for. */
  plain(): Promise<PlainCells | null>;
  /** What DuckDB says of the source, as an error of ours. */
  explain(error: unknown): Error;
}

/**
 * Makes a view of a source.
 * @param options.writes whether a database is opened for writing, and tables are made there; false by default
 * @throws as `locate`; DATA for what cannot be read as its kind, VALUE for a query that DuckDB refuses
 */
export async function openRelation(
  connection: DuckDBConnection,
  source: Source,
  { writes = false }: { writes?: boolean } = {},
): Promise<Relation> {
  const located = await locate(connection, source);
  const { name, files, format } = located;
  let explain = (error: unknown): Error =>
    located.sql === undefined
      ? duckdbError(error, name, "DATA", `a ${format?.kind ?? ""} file that can be read`)
      : duckdbError(error, name, "VALUE", "a query that gives rows");
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw explain(error);
    }
  };
  let columns: SourceColumn[];
  let sql: Relation["csv"] = null;
  let plain = async (): Promise<PlainCells | null> => null;
  if (format?.kind === "csv" && located.sql === undefined) {
    const csv = await csvColumns(connection, files, format.compression, name, located.na);
    explain = (error) => csvError(error, name, csv);
    sql = csv.sql;
    await guarded(() => connection.run(view(csv.sql())));
    columns = csv.names.map((column, i) => ({
      name: column,
      cell: `c${i}`,
      type: "VARCHAR",
      spelt: true,
    }));
    if (files.length === 1 && format.compression === "none") {
      let read: Promise<PlainCells | null> | undefined;
      plain = () => {
        read ??= readPlainCells(files[0]!, csv, located.na);
        return read;
      };
    }
  } else {
    columns = await guarded(async () => {
      await connection.run(view(await select(connection, located, writes)));
      const described = await queryRows(connection, `DESCRIBE ${ROWS}`);
      if (format?.kind === "json" && located.sql === undefined) checkObjects(described, name);
      return described.filter(([column]) => column !== FILE || files.length < 2).map(typedColumn);
    });
  }
  return {
    name,
    files,
    columns,
    database: format?.kind === "duckdb",
    hasLines: format?.kind === "csv" && format.compression === "none",
    csv: sql,
    plain,
    query: (sql) => guarded(() => queryRows(connection, sql)),
    stream: (sql) => guarded(() => connection.stream(sql)),
    explain: (error) => explain(error),
  };
}

/** DuckDB makes a column "json" of what are no objects, or of nothing. */
function checkObjects([first, ...others]: unknown[][], name: string): void {
  if (others.length > 0 || first?.[0] !== "json" || !/^JSON/.test(String(first[1]))) return;
  throw new Ell2Error("DATA", {
    where: name,
    expected: "JSON objects, one a row, with the columns' names as keys",
    got: "none",
  });
}

/** The statement by which all that reads the source reads this query. */
export const view = (select: string): string => `CREATE OR REPLACE TEMP VIEW ${ROWS} AS ${select}`;

function typedColumn([name, type]: unknown[]): SourceColumn {
  const cell = identifier(String(name));
  return type === "JSON"
    ? { name: String(name), cell: `(${cell} ->> '$')`, type: "VARCHAR", spelt: true }
    : { name: String(name), cell, type: String(type), spelt: false };
}

/** The query for the rows of files that have types, of a table, or the user's own. */
async function select(connection: DuckDBConnection, located: Located, writes: boolean): Promise<string> {
  const { files, format, sql, name } = located;
  if (format?.kind === "duckdb") {
    // views name the database by the file's name, as DuckDB does when it opens one
    const stem = basename(files[0]!).replace(/\.[^.]*$/, "");
    const database = ["memory", "system", "temp", ""].includes(stem.toLowerCase()) ? "given" : stem;
    await connection.run(
      `ATTACH ${literal(files[0]!)} AS ${identifier(database)}${writes ? "" : " (READ_ONLY)"}`,
    );
    if (writes) await connection.run(`USE ${identifier(database)}`);
    if (sql === undefined) return `SELECT * FROM ${await tableOf(connection, database, located)}`;
    await connection.run(`USE ${identifier(database)}`);
  }
  if (sql !== undefined) {
    const statements = await connection.extractStatements(sql);
    if (statements.count === 1) return sql.replace(/;\s*$/, "");
    throw new Ell2Error("VALUE", {
      where: name,
      expected: "one query",
      got: `${statements.count}`,
    });
  }
  const list = `[${files.map((file) => literal(exactPath(file))).join(", ")}]`;
  const several = files.length > 1 ? `, filename = ${literal(FILE)}` : "";
  if (format?.kind === "parquet") return `SELECT * FROM read_parquet(${list}${several})`;
  const compression = format?.compression === "none" ? "uncompressed" : format?.compression;
  return `SELECT * FROM read_json(${list}, sample_size = -1, convert_strings_to_integers = false, compression = '${compression}'${several})`;
}

async function tableOf(
  connection: DuckDBConnection,
  database: string,
  { table, name }: Located,
): Promise<string> {
  const found = await queryRows(
    connection,
    `SELECT schema_name, name FROM (
      SELECT database_name, schema_name, table_name AS name, internal FROM duckdb_tables() UNION ALL
      SELECT database_name, schema_name, view_name, internal FROM duckdb_views()
    ) WHERE database_name = ${literal(database)} AND NOT internal ORDER BY ALL`,
  );
  const tables = found.map(([schema, table]) => ({ schema: String(schema), table: String(table) }));
  const matches =
    table === undefined
      ? tables
      : tables.filter((item) => item.table === table || `${item.schema}.${item.table}` === table);
  if (matches.length === 1) {
    return `${identifier(database)}.${identifier(matches[0]!.schema)}.${identifier(matches[0]!.table)}`;
  }
  throw new Ell2Error("DATA", {
    where: name,
    expected:
      table === undefined
        ? "one table, or the name of the one to read"
        : `the table ${JSON.stringify(table)}`,
    got: tables.length === 0 ? "none" : `the tables ${tables.map((item) => item.table).join(", ")}`,
  });
}
