import { constants, createReadStream } from "node:fs";
import { access, stat } from "node:fs/promises";
import { Ell2Error } from "../errors.js";

/** What a file holds, told by its first bytes, and JSON by its name. */
export interface Format {
  kind: "csv" | "json" | "parquet" | "duckdb";
  compression: "none" | "gzip" | "zstd";
}

/**
 * Makes sure that there is a file to read.
 * @param name what messages call it
 * @throws SOURCE where there is none or it may not be read, DATA where it is empty
 */
export async function checkFile(path: string, name = path): Promise<void> {
  let info: Awaited<ReturnType<typeof stat>>;
  try {
    info = await stat(path);
    await access(path, constants.R_OK);
  } catch (error) {
    throw new Ell2Error("SOURCE", { where: name, expected: "a file", got: reason(error) });
  }
  if (!info.isFile())
    throw new Ell2Error("SOURCE", {
      where: name,
      expected: "a file",
      got: info.isDirectory() ? "a folder" : "a pipe or device",
    });
  if (info.size === 0) {
    throw new Ell2Error("DATA", {
      where: name,
      expected: "a line of column names and rows below it",
      got: "an empty file",
    });
  }
}

const REASONS = new Map([
  ["ENOENT", "nothing there"],
  ["EACCES", "no permission"],
  ["EPERM", "no permission"],
  ["EROFS", "a file system that is read-only"],
  ["ENOSPC", "no space left on the device"],
  ["EDQUOT", "no space left for this user"],
  ["EISDIR", "a folder"],
  ["ENOTDIR", "a file in place of a folder"],
  ["ENAMETOOLONG", "a name that is too long"],
  ["ELOOP", "a link that leads back to itself"],
]);

/** What the operating system says of a failed call, without its call stack. */
export function reason(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return REASONS.get(code) ?? message;
}

/**
 * The line on which a data row stands, if every row is one line; otherwise undefined.
 * @param row counted from 1, the header not counted
 * @param rows how many there are
 */
export async function lineOf(path: string, row: number, rows: number): Promise<number | undefined> {
  let lines = 0;
  let last = 0;
  for await (const bytes of createReadStream(path) as AsyncIterable<Buffer>) {
    for (const byte of bytes) if (byte === LINE_FEED) lines++;
    last = bytes.at(-1) ?? last;
  }
  if (last !== LINE_FEED) lines++;
  return lines === rows + 1 ? row + 1 : undefined;
}

const LINE_FEED = 10;
