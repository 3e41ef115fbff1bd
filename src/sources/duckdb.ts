import type { DuckDBConnection } from "@duckdb/node-api";
import { Ell2Error } from "../errors.js";
import { identifier, literal } from "../sql/quote.js";
import { checkFile } from "./file.js";
import { type Header, readHeader } from "./header.js";

/** What is known of a column after one look at its cells; every cell is text until it is cast. */
interface Column {
  name: string;
  /** Cells that hold something. */
  filled: number;
  /** Cells that hold a number, NaN and infinities included. */
  numbers: number;
}

/** A table whose cells are text, in the order of the file. */
export interface TextTable {
  path: string;
  rows: number;
  columns: Column[];
  /** The first row (from 1) and cell of a column that is empty, or that is no number. */
  firstCell(column: string, which: "empty" | "not a number"): Promise<{ row: number; cell: string }>;
  /** The columns as numbers; every cell of them must be one. */
  numbers(columns: readonly string[]): Promise<Float64Array[]>;
}

const TABLE = "rows_as_text";

/**
 * Opens a CSV file with DuckDB, works with it, and closes everything again.
 * @param path a file with a line of column names; the separator (, ; | or tab) is read off that line
 * @throws SOURCE where the file cannot be read, MISSING_PART where DuckDB is not installed, DATA for
 *   a file that is not a table or has bad column names; and whatever `use` throws
 */
export async function withCsv<T>(path: string, use: (table: TextTable) => Promise<T>): Promise<T> {
  await checkFile(path);
  const { DuckDBInstance } = await loadDuckDB();
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  try {
    return await use(await loadTable(connection, path));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function loadDuckDB(): Promise<typeof import("@duckdb/node-api")> {
  try {
    return await import("@duckdb/node-api");
  } catch {
    throw new Ell2Error("MISSING_PART", {
      where: "reading a file",
      expected: "the optional package @duckdb/node-api",
      got: "none for this platform",
      remedy: "npm install @duckdb/node-api",
    });
  }
}

async function loadTable(connection: DuckDBConnection, path: string): Promise<TextTable> {
  const header = await readHeader(path);
  const { names } = header;
  await readCsv(connection, path, header);
  const all = (sql: string) => connection.runAndReadAll(sql);
  const cellOf = (name: string) => identifier(positional(names.indexOf(name)));
  // DuckDB would take 1_000 for a number
  const number = (name: string) =>
    `CASE WHEN contains(${cellOf(name)}, '_') THEN NULL ELSE TRY_CAST(${cellOf(name)} AS DOUBLE) END`;

  const counts = names.flatMap((name) => [`count(${cellOf(name)})`, `count(${number(name)})`]);
  const row = (await all(`SELECT count(*), ${counts.join(", ")} FROM ${TABLE}`)).getRows()[0]!.map(Number);
  const rows = row[0]!;
  return {
    path,
    rows,
    columns: names.map((name, i) => ({ name, filled: row[1 + 2 * i]!, numbers: row[2 + 2 * i]! })),
    async firstCell(column, which) {
      const cell = cellOf(column);
      const condition =
        which === "empty" ? `${cell} IS NULL` : `${cell} IS NOT NULL AND ${number(column)} IS NULL`;
      const found = await all(
        `SELECT rowid + 1, ${cell} FROM ${TABLE} WHERE ${condition} ORDER BY rowid LIMIT 1`,
      );
      const [at, text] = found.getRows()[0]!;
      return { row: Number(at), cell: text === null ? "" : String(text) };
    },
    async numbers(columns) {
      if (columns.length === 0) return [];
      const read = await all(`SELECT ${columns.map(number).join(", ")} FROM ${TABLE} ORDER BY rowid`);
      return read.getColumnsJS().map((column) => Float64Array.from(column as number[]));
    },
  };
}

/** What a column is called inside DuckDB, to which names that differ in capitals are the same. */
const positional = (i: number): string => `c${i}`;

/** Reads a CSV file into a table with every cell as text: none guessed, none dropped. */
async function readCsv(connection: DuckDBConnection, path: string, header: Header): Promise<void> {
  const columns = header.names.map((_, i) => `${literal(positional(i))}: 'VARCHAR'`);
  const separator = literal(header.separator);
  // a path is a pattern to DuckDB: what would be special in it is put in brackets
  const pattern = literal(path.replace(/^~/, "./~").replace(/[*?[]/g, "[$&]"));
  const options = `auto_detect = false, header = true, delim = ${separator}, quote = '"', escape = '"',
    nullstr = '', strict_mode = true, columns = {${columns.join(", ")}}`;
  try {
    await connection.run(`CREATE TABLE ${TABLE} AS SELECT * FROM read_csv([${pattern}], ${options})`);
  } catch (error) {
    throw new Ell2Error("DATA", {
      where: path,
      expected: `UTF-8 text, each row with ${header.names.length} cells separated by ${JSON.stringify(header.separator)}`,
      got: explain((error as Error).message),
      remedy: "text that holds separators or quotes stands in quotes; all lines end alike",
    });
  }
}

/** The part of DuckDB's message that speaks of the file, not of DuckDB's options. */
function explain(message: string): string {
  const line = /CSV Error on Line: (\d+)/.exec(message)?.[1];
  const counts = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (line !== undefined && counts !== null) return `${counts[2]} cells in line ${line}`;
  if (line !== undefined && message.includes("unterminated quote"))
    return `a quote without end in line ${line}`;
  if (line !== undefined && message.includes("unicode")) return `bytes that are not UTF-8 in line ${line}`;
  if (message.includes("state machine")) return "quotes or line endings that do not match";
  return message.split("\n", 1)[0]!;
}
