import { readFile, stat } from "node:fs/promises";
import type { Chunk } from "./chunk.js";
import type { Header } from "./header.js";

/** Columns from which on DuckDB, which plans each by itself, takes longer over a query than over the rows. */
export const LEAST_COLUMNS = 300;
/** Bytes of a file, and cells, that are kept in memory. */
const MOST_BYTES = 2 ** 28;
const MOST_CELLS = 2 ** 25;
/** DuckDB's longest line. */
const MOST_LINE = 2_000_000;
/** The smallest number with all its digits. */
const LEAST_NORMAL = 2.2250738585072014e-308;
/** Significant digits that are read as they are meant by whoever reads them. */
const MOST_DIGITS = 17;

/** The columns of a wide CSV file that hold plain numbers and empty cells alone. */
export interface PlainCells {
  rows: number;
  /** By the place of the column in the file; null for one that holds something else. */
  columns: (PlainColumn | null)[];
}

export interface PlainColumn {
  /** NaN where the cell is empty [rows]. */
  values: Float64Array;
  /** How many cells are not empty. */
  present: number;
}

const [NEWLINE, RETURN, QUOTE, ZERO, NINE, POINT, MINUS, PLUS] = [10, 13, 34, 48, 57, 46, 45, 43];
const [LOWER_E, UPPER_E] = [101, 69];
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/**
 * Reads the plain numbers of a wide CSV file.
 * @param na what a cell holds that is missing, besides nothing
 * @returns null for a file that is not wide, too large, or in any way irregular: it is left to DuckDB, which
 *   says what is wrong with it; quotes below the line of names count as irregular
 */
export async function readPlainCells(
  path: string,
  { names, separator }: Header,
  na: readonly string[],
): Promise<PlainCells | null> {
  const count = names.length;
  if (count < LEAST_COLUMNS || (await stat(path)).size > MOST_BYTES) return null;
  const bytes = await readFile(path);
  const start = bytes.indexOf(NEWLINE) + 1;
  if (start === 0 || bytes.includes(QUOTE, start) || bytes.includes(0, start)) return null;
  // names in quotes may hold line ends
  if (bytes.subarray(0, start).filter((byte) => byte === QUOTE).length % 2 !== 0) return null;
  const lines = lineEnds(bytes, start);
  if (lines === null || lines.ends.length * count > MOST_CELLS || !isUtf8(bytes)) return null;
  return parse(bytes, start, lines, count, separator.charCodeAt(0), na);
}

function isUtf8(bytes: Uint8Array): boolean {
  let isAscii = true;
  for (let at = 0; at < bytes.length && isAscii; at++) isAscii = bytes[at]! < 0x80;
  if (isAscii) return true;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Where each line ends, and how long its line end is; null where they do not end alike, or one is empty or very long. */
function lineEnds(bytes: Buffer, start: number): { ends: number[]; skip: number } | null {
  const ends: number[] = [];
  const skip = bytes[start - 2] === RETURN ? 2 : 1;
  let returns = 0;
  for (let at = bytes.indexOf(RETURN, start); at >= 0; at = bytes.indexOf(RETURN, at + 1)) returns++;
  for (let at = start; at < bytes.length; ) {
    const found = bytes.indexOf(NEWLINE, at);
    const end = found < 0 ? bytes.length : found + 1 - skip;
    if (end <= at || end - at > MOST_LINE) return null;
    if (skip === 2 && found >= 0 && bytes[end] !== RETURN) return null;
    if (skip === 2 && found >= 0) returns--;
    ends.push(end);
    at = end + skip;
  }
  return returns === 0 ? { ends, skip } : null;
}

function parse(
  bytes: Buffer,
  start: number,
  { ends, skip }: { ends: number[]; skip: number },
  count: number,
  separator: number,
  na: readonly string[],
): PlainCells | null {
  const rows = ends.length;
  const columns: (PlainColumn | null)[] = Array.from({ length: count }, () => ({
    values: new Float64Array(rows),
    present: 0,
  }));
  const isMissing = (from: number, to: number) =>
    from === to || (na.length > 0 && na.includes(bytes.toString("utf8", from, to)));
  let at = start;
  for (let i = 0; i < rows; i++) {
    const end = ends[i]!;
    for (let j = 0; j < count; j++) {
      let to = at;
      while (to < end && bytes[to] !== separator) to++;
      if (j < count - 1 ? to === end : to < end) return null;
      const column = columns[j];
      if (column) {
        const value = plainNumber(bytes, at, to);
        if (!Number.isNaN(value)) {
          column.values[i] = value;
          column.present++;
        } else if (isMissing(at, to)) column.values[i] = Number.NaN;
        else columns[j] = null;
      }
      at = to + 1;
    }
    at = end + skip;
  }
  return { rows, columns };
}

/** A number in digits, such as -12.5e-3; NaN for anything else, and for one that a float64 may not hold as it is spelt. */
export function plainNumber(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  if (bytes[at] === MINUS) at++;
  let mantissa = 0;
  let digits = 0;
  let places = 0;
  let seen = 0;
  for (let point = false; at < to; at++) {
    const byte = bytes[at]!;
    if (byte >= ZERO && byte <= NINE) {
      mantissa = mantissa * 10 + (byte - ZERO);
      if (mantissa > 0) digits++;
      if (point) places++;
      seen++;
    } else if (byte === POINT && !point && seen > 0) {
      point = true;
      seen = 0; // at least one more has to follow
    } else break;
  }
  if (seen === 0 || digits > MOST_DIGITS) return Number.NaN;
  if (at === to && digits <= 15 && places < POWERS.length) {
    const value = mantissa / POWERS[places]!; // both exact, so this is the nearest
    return bytes[from] === MINUS ? -value : value;
  }
  if (at < to) {
    if (bytes[at] !== LOWER_E && bytes[at] !== UPPER_E) return Number.NaN;
    at++;
    if (bytes[at] === MINUS || bytes[at] === PLUS) at++;
    if (at === to) return Number.NaN;
    for (; at < to; at++) if (!(bytes[at]! >= ZERO && bytes[at]! <= NINE)) return Number.NaN;
  }
  const value = Number(String.fromCharCode(...bytes.subarray(from, to)));
  const size = Math.abs(value);
  const lost = !(size <= Number.MAX_SAFE_INTEGER) || (size < LEAST_NORMAL && mantissa > 0);
  return lost ? Number.NaN : value;
}

/** The cells of some columns in rows [from, from + rows), as DuckDB would give them. */
export function chunkOf(columns: readonly PlainColumn[], from: number, rows: number): Chunk {
  const values = columns.map((column) => column.values.slice(from, from + rows));
  const masks = columns.map(({ values: all, present }) => {
    if (present === all.length) return null;
    const mask = new Uint8Array(Math.ceil(rows / 8));
    for (let i = 0; i < rows; i++) if (!Number.isNaN(all[from + i]!)) mask[i >> 3]! |= 1 << (i & 7);
    return mask;
  });
  return { rows, values, masks };
}
