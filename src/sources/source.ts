import { open, stat } from "node:fs/promises";
import type { DuckDBConnection } from "@duckdb/node-api";
import { Ell2Error } from "../errors.js";
import { checkOptions, show } from "../numbers/check.js";
import { literal } from "../sql/quote.js";
import { checkWhole } from "./compressed.js";
import { queryRows } from "./duckdb.js";
import { checkFile, type Format } from "./file.js";
import { checkDepth } from "./json.js";
import { isEngineAddress } from "./withEngine.js";

/** Where rows come from: a file by its path or a pattern of paths, a table in a DuckDB file, or a query. */
export type Source =
  | string
  | {
      /** A file, or a pattern with `*`, `?` or `[…]` for several of the same kind. */
      path?: string;
      /** What messages call it; the path by default. */
      name?: string;
      /** The table or view to read of a DuckDB file. */
      table?: string;
      /** Of CSV files, what a cell holds that is missing, besides nothing: such as NA. */
      na?: readonly string[];
      /** A query in DuckDB's SQL; the tables of a DuckDB file at `path` are in reach. */
      sql?: string;
    };

/** A source whose files were found. */
export interface Located {
  name: string;
  files: string[];
  /** null for a query without a file. */
  format: Format | null;
  table: string | undefined;
  sql: string | undefined;
  na: readonly string[];
}

/**
 * Finds the files of a source.
 * @throws SOURCE where there is nothing to read, DATA for an empty file or files of several kinds,
 *   OPTION for a table of a file that has none
 */
export async function locate(connection: DuckDBConnection, source: Source): Promise<Located> {
  const given = typeof source === "string" ? { path: source } : source;
  checkOptions("source", given, ["path", "name", "table", "sql", "na"]);
  const { path, table, sql, na = [] } = given;
  if (path !== undefined && isEngineAddress(path)) {
    throw new Ell2Error("OPTION", {
      where: "source",
      expected: "files, whose rows are read",
      got: "the address of a database, whose rows stay where they are",
      remedy:
        "fit, path and moments add up in it, and predict with into writes there; or export the rows to a file",
    });
  }
  if (path === undefined && sql === undefined) {
    throw new Ell2Error("OPTION", { where: "source", expected: "a path or a query", got: show(source) });
  }
  const name = given.name ?? path ?? "the query";
  if (path === undefined) return { name, files: [], format: null, table, sql, na };
  const files = await expand(connection, path, name);
  for (const file of files) await checkFile(file, file === path ? name : file);
  const formats = await Promise.all(files.map(detect));
  const format = formats[0]!;
  const other = formats.findIndex((f) => f.kind !== format.kind || f.compression !== format.compression);
  if (other >= 0 || (files.length > 1 && format.kind === "duckdb")) {
    throw new Ell2Error("DATA", {
      where: name,
      expected: "files of one kind, and no databases among them",
      got: `${describe(format)} in ${files[0]}, ${describe(formats[Math.max(other, 1)]!)} in ${files[Math.max(other, 1)]}`,
    });
  }
  if (format.compression !== "none") {
    for (const file of files) await checkWhole(file, format.compression, file === path ? name : file);
  }
  if (format.kind === "json") {
    for (const file of files) await checkDepth(file, format.compression, file === path ? name : file);
  }
  if (format.kind !== "duckdb" && (table !== undefined || sql !== undefined)) {
    throw new Ell2Error("OPTION", {
      where: name,
      expected: "a DuckDB file, for a table or a query of it",
      got: describe(format),
      remedy: "leave the file out and name it in the query: select … from 'file'",
    });
  }
  if (na.length > 0 && format.kind !== "csv") {
    throw new Ell2Error("OPTION", {
      where: name,
      expected: "CSV, for words that mean a missing cell",
      got: describe(format),
      remedy: "there a missing cell is NULL",
    });
  }
  return { name, files, format, table, sql, na };
}

/** The file of this very name, or else those that the pattern matches, in the order of their names. */
async function expand(connection: DuckDBConnection, path: string, name: string): Promise<string[]> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (exists || !/[*?[]/.test(path)) return [path];
  const found = await queryRows(connection, `SELECT file FROM glob(${literal(path)})`);
  const files = found.map(([file]) => {
    const text = String(file);
    return path.startsWith("./") ? text : text.replace(/^\.\//, "");
  });
  if (files.length > 0) return files.sort();
  throw new Ell2Error("SOURCE", { where: name, expected: "a file", got: "nothing there" });
}

const describe = ({ kind, compression }: Format): string =>
  compression === "none" ? kind : `${kind} (${compression})`;

const HEAD = 4096;

async function detect(path: string): Promise<Format> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    const head = buffer.subarray(0, bytesRead);
    const starts = (hex: string, at = 0) => head.subarray(at, at + hex.length / 2).toString("hex") === hex;
    if (starts("50415231")) return { kind: "parquet", compression: "none" };
    if (starts("4455434b", 8)) return { kind: "duckdb", compression: "none" };
    const compression = starts("1f8b") ? "gzip" : starts("28b52ffd") ? "zstd" : "none";
    const isJson =
      /\.(json|ndjson|jsonl)(\.(gz|gzip|zst|zstd))?$/i.test(path) ||
      (!/\.\w+$/.test(path) && /^(\[\s*)?\{/.test(head.toString("utf8").trimStart()));
    return { kind: isJson ? "json" : "csv", compression };
  } finally {
    await file.close();
  }
}
