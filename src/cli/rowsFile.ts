import { type FileHandle, open } from "node:fs/promises";
import Papa from "papaparse";
import { csvToParquet } from "../sources/index.js";
import { replacing, writeError } from "./replace.js";

/** Where rows are written to, some at a time. */
export interface RowsWriter {
  /** Writes at least one row. */
  write(rows: readonly (readonly (string | number | null)[])[]): Promise<void>;
}

/**
 * Writes rows to standard output or to a file, as CSV, or as Parquet if the file's name ends in
 * .parquet. A file is written whole or not at all.
 * @param path null for standard output
 * @param columns the names, and DuckDB's type of each
 * @param work writes the rows
 * @throws SOURCE where it cannot be written; what was there before is then still there
 */
export async function writeRows(
  path: string | null,
  columns: readonly { name: string; type: string }[],
  work: (writer: RowsWriter) => Promise<void>,
): Promise<void> {
  const names = columns.map(({ name }) => name);
  const text = (rows: readonly (readonly unknown[])[]) =>
    `${Papa.unparse(rows as unknown[][], { newline: "\n" })}\n`;
  if (path === null) {
    // standard output may be full: then it says when it has room again
    const print = async (part: string) => {
      if (!process.stdout.write(part)) await new Promise((resolve) => process.stdout.once("drain", resolve));
    };
    // the names come with the first rows, so that nothing is printed where nothing can be read
    let head: readonly (readonly unknown[])[] = [names];
    await work({
      async write(rows) {
        await print(text([...head, ...rows]));
        head = [];
      },
    });
    return;
  }
  const csv = replacing(path);
  const parquet = /\.parquet$/i.test(path) ? replacing(path) : null;
  let file: FileHandle | null = null;
  const written = <T>(step: () => Promise<T>): Promise<T> =>
    step().catch((error: unknown) => {
      throw writeError(path, error);
    });
  try {
    const handle = await written(() => open(csv.beside, "wx"));
    file = handle;
    await written(() => handle.writeFile(text([names])));
    await work({ write: (rows) => written(() => handle.writeFile(text(rows))) });
    await written(() => handle.close());
    file = null;
    if (parquet) await written(() => csvToParquet(csv.beside, parquet.beside, columns));
    (parquet ?? csv).commit();
  } finally {
    await file?.close().catch(() => {});
    csv.done();
    parquet?.done();
  }
}
