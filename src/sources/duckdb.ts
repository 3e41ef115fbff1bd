import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { Ell2Error } from "../errors.js";
import { literal } from "../sql/quote.js";
import type { Answer } from "./engine.js";
import { engineError, type Failure } from "./engineError.js";
import { typeKind } from "./typeKind.js";

/** The view that all sources are read through. */
export const ROWS = "rows_read";
/** The column of that view which holds the file of a row, where there are several. */
export const FILE = "file_of_row";

/** Memory for DuckDB's own work; what does not fit goes to temporary files. */
const MEMORY = "512MB";
/** What DuckDB reads ahead while the rows before are worked on. */
const READ_AHEAD = "48MB";

/**
 * Opens DuckDB, works with it, and closes everything again. It cannot load extensions, so it has no
 * way to a network.
 * @throws MISSING_PART where DuckDB is not installed; and whatever `use` throws
 */
export async function withDuckDB<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const { DuckDBInstance } = loadDuckDB();
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    memory_limit: MEMORY,
    temp_directory: join(tmpdir(), `ell2-${process.pid}`),
  });
  const connection = await instance.connect();
  try {
    await connection.run(`SET streaming_buffer_size = ${literal(READ_AHEAD)}; SET TimeZone = 'UTC'`);
    return await use(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function loadDuckDB(): typeof import("@duckdb/node-api") {
  try {
    // import() would first look through its 180 CommonJS files for what they export, for longer than they take to run
    return createRequire(import.meta.url)("@duckdb/node-api");
  } catch {
    throw new Ell2Error("MISSING_PART", {
      where: "reading a file",
      expected: "the optional package @duckdb/node-api",
      got: "none for this platform",
      remedy: "npm install @duckdb/node-api",
    });
  }
}

/** The rows that a query gives, as JavaScript's own values. */
export const queryRows = async (connection: DuckDBConnection, sql: string): Promise<unknown[][]> =>
  (await connection.runAndReadAll(sql)).getRowsJS();

/** What a query gives, as an engine answers. */
export async function queryAnswer(connection: DuckDBConnection, sql: string): Promise<Answer> {
  const result = await connection.runAndReadAll(sql);
  const types = result.columnTypes().map(String);
  return {
    columns: result.columnNames().map((name, i) => ({ name, kind: typeKind(types[i]!), type: types[i]! })),
    rows: result
      .getRowsJS()
      .map((row) => row.map((cell) => (typeof cell === "bigint" ? Number(cell) : cell))),
  };
}

/** What DuckDB's errors mean, by how they begin. */
const FAILURES: [RegExp, Failure][] = [
  [/^Out of Memory/, "exhausted"],
  [/^Catalog Error: Table .* already exists/, "exists"],
  [/^(Catalog Error: Table|IO Error)/, "missing"],
  [/^Out of Range/, "overflow"],
  [/^Conversion Error/, "unreadable"],
];

/** What DuckDB says of a query that failed, as that of an engine. */
export function duckdbFailure(error: unknown, name: string): Error {
  if (error instanceof Ell2Error) return error;
  const { message } = error as Error;
  const [, failure = "invalid"] = FAILURES.find(([pattern]) => pattern.test(message)) ?? [];
  return engineError(failure, name, message.split("\n", 1)[0]!);
}

/** A path as DuckDB's pattern for this path alone: what would be special in it is put in brackets. */
export const exactPath = (path: string): string => path.replace(/^~/, "./~").replace(/[*?[]/g, "[$&]");

/** What DuckDB says of a failed call, as an error of ours. */
export function duckdbError(
  error: unknown,
  name: string,
  code: "DATA" | "VALUE",
  expected: string,
): Ell2Error {
  if (error instanceof Ell2Error) return error;
  const { message } = error as Error;
  const extension =
    /requires the extension (\w+)/.exec(message)?.[1] ?? /extension "?(\w+)"? /.exec(message)?.[1];
  if (message.includes("Missing Extension") || extension !== undefined) {
    return new Ell2Error("MISSING_PART", {
      where: name,
      expected: "a file that DuckDB reads by itself",
      got: `one that needs its extension ${extension ?? ""}`.trim(),
      remedy: "network and further extensions stay off; bring the rows into a local file",
    });
  }
  return new Ell2Error(message.startsWith("IO Error") && code === "VALUE" ? "SOURCE" : code, {
    where: name,
    expected,
    got: message.split("\n", 1)[0]!.trim(),
  });
}
