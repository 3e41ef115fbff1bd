import type { DuckDBConnection } from "@duckdb/node-api";
import { Ell2Error } from "../errors.js";
import { literal } from "../sql/quote.js";
import { exactPath, FILE, queryRows } from "./duckdb.js";
import type { Format } from "./file.js";
import { type Header, parseHeader, readHead } from "./header.js";

/** How a CSV file is read: its header, and the query for its rows. */
export interface Csv extends Header {
  /**
   * The query for the rows.
   * @param types DuckDB's type of each column; VARCHAR for all by default
   * @param bufferBytes how much is read at a time, for a query of the first rows alone
   */
  sql(types?: readonly string[], bufferBytes?: number): string;
}

/** Lines of a compressed file within which its header must end. */
const HEAD_LINES = 100;

/**
 * How CSV files are read: every cell as text, none guessed, none dropped; columns are called c0, c1, …
 * because DuckDB takes names that differ in capitals alone for the same.
 * @param na what a cell holds that is missing, besides nothing
 * @throws DATA where a file has no good line of names, or another than the first file
 */
export async function csvColumns(
  connection: DuckDBConnection,
  files: readonly string[],
  compression: Format["compression"],
  name: string,
  na: readonly string[],
): Promise<Csv> {
  const where = (file: string) => (files.length > 1 ? file : name);
  const headOf = (file: string) =>
    compression === "none"
      ? readHead(file, where(file))
      : decompressedHead(connection, file, compression, name);
  const headers = await Promise.all(files.map(async (file) => parseHeader(await headOf(file), where(file))));
  const first = headers[0]!;
  const other = headers.findIndex((header) => JSON.stringify(header) !== JSON.stringify(first));
  if (other > 0) {
    throw new Ell2Error("DATA", {
      where: `${files[other]}:1`,
      expected: `the columns ${first.names.join(", ")}, separated by ${JSON.stringify(first.separator)}, as in ${files[0]}`,
      got: `${headers[other]!.names.join(", ")}, separated by ${JSON.stringify(headers[other]!.separator)}`,
    });
  }
  const paths = files.map((file) => literal(exactPath(file)));
  const several = files.length > 1 ? `, filename = ${literal(FILE)}` : "";
  const sql: Csv["sql"] = (types = [], bufferBytes) => {
    const columns = first.names.map((_, i) => `'c${i}': '${types[i] ?? "VARCHAR"}'`);
    const buffer = bufferBytes === undefined ? "" : `, buffer_size = ${bufferBytes}`;
    return `SELECT * FROM read_csv([${paths.join(", ")}], auto_detect = false, header = true,
    delim = ${literal(first.separator)}, quote = '"', escape = '"', nullstr = [${["", ...na].map(literal).join(", ")}], strict_mode = true,
    compression = ${literal(compression)}, columns = {${columns.join(", ")}}${several}${buffer})`;
  };
  return { ...first, sql };
}

async function decompressedHead(
  connection: DuckDBConnection,
  file: string,
  compression: Format["compression"],
  name: string,
): Promise<string> {
  try {
    const lines = await queryRows(
      connection,
      `SELECT line FROM read_csv([${literal(exactPath(file))}], auto_detect = false, header = false, delim = '\u0001',
        quote = '', escape = '', columns = {'line': 'VARCHAR'}, compression = ${literal(compression)}) LIMIT ${HEAD_LINES}`,
    );
    return lines.map(([line]) => `${line ?? ""}\n`).join("");
  } catch (error) {
    throw new Ell2Error("DATA", {
      where: name,
      expected: `a text compressed with ${compression}`,
      got: (error as Error).message.split("\n", 1)[0]!,
    });
  }
}

/** What DuckDB says of a CSV file, as an error of ours. */
export function csvError(error: unknown, name: string, { names, separator }: Header): Error {
  if (error instanceof Ell2Error) return error;
  return new Ell2Error("DATA", {
    where: name,
    expected: `UTF-8 text, each row with ${names.length} ${names.length === 1 ? "cell" : "cells"} separated by ${JSON.stringify(separator)}`,
    got: explain((error as Error).message),
    remedy: "text that holds separators or quotes stands in quotes; all lines end alike",
  });
}

/** The part of DuckDB's message that speaks of the file, not of DuckDB's options. */
function explain(message: string): string {
  const line = /CSV Error on Line: (\d+)/.exec(message)?.[1];
  const counts = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (line !== undefined && counts !== null)
    return `${counts[2]} ${counts[2] === "1" ? "cell" : "cells"} in line ${line}`;
  if (line !== undefined && message.includes("Maximum line size"))
    return `a line of more than 2 MB, line ${line}`;
  if (line !== undefined && message.includes("unterminated quote"))
    return `a quote without end in line ${line}`;
  if (line !== undefined && message.includes("unicode")) return `bytes that are not UTF-8 in line ${line}`;
  if (message.includes("state machine")) return "quotes or line endings that do not match";
  return message.split("\n", 1)[0]!;
}
