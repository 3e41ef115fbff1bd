import { identifier, literal } from "../sql/quote.js";
import { duckdbError, exactPath, withDuckDB } from "./duckdb.js";

/**
 * Writes a CSV file as Parquet, in bounded memory.
 * @param from a CSV file with a line of names, separated by commas; an empty cell is a missing one
 * @param to the file to write
 * @param columns the names, and DuckDB's type of each
 * @throws DATA where a cell does not have the type of its column, or the file cannot be written
 * Source: docs/files.md.
 */
export async function csvToParquet(
  from: string,
  to: string,
  columns: readonly { name: string; type: string }[],
): Promise<void> {
  await withDuckDB(async (connection) => {
    const types = columns.map(({ type }, i) => `c${i}: ${literal(type)}`);
    const names = columns.map(({ name }, i) => `c${i} AS ${identifier(name)}`);
    try {
      await connection.run(`COPY (SELECT ${names.join(", ")} FROM read_csv([${literal(exactPath(from))}],
        auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', nullstr = '',
        columns = {${types.join(", ")}})) TO ${literal(to)} (FORMAT parquet)`);
    } catch (error) {
      throw duckdbError(error, to, "DATA", "rows that fit their types");
    }
  });
}
