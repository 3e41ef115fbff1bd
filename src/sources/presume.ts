import { open, stat } from "node:fs/promises";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { ColumnChoice } from "./choose.js";
import { type KindedColumn, kindsOf, spelling } from "./kinds.js";
import { LEAST_COLUMNS } from "./plainCells.js";
import { type Plan, type Presumed, planOf } from "./plan.js";
import { type Relation, view } from "./relation.js";
import type { Block } from "./scan.js";

/** Bytes from which reading a file once in place of twice is worth looking at it before. */
const LEAST_BYTES = 2 ** 20;
/** Rows by which the kinds of the columns are presumed, and how much of the file is read for them. */
const FIRST_ROWS = 1000;
const FIRST_BYTES = 4_000_000;
/** From here on float64 numbers may be others than those that are spelt. */
const FIRST_INEXACT = 2 ** 53;

/**
 * Plans to read a CSV file once, in the types that its first rows have; otherwise its cells are read as text for what
 * columns hold, and again for their numbers. What then comes must be held against what was presumed (`checkPresumed`).
 * DuckDB reads a cell of type DOUBLE as it casts a text to one, only that 1_000 is a number: a file with such a mark
 * is not presumed to be anything.
 * @returns null where nothing can be presumed
 * @throws as `planReading`
 */
export async function presumedPlan(
  connection: DuckDBConnection,
  relation: Relation,
  choice: ColumnChoice,
): Promise<Plan | null> {
  const { csv, files, columns: all } = relation;
  if (csv === null || !relation.hasLines || files.length !== 1 || hasLevels(choice)) return null;
  if (all.length >= LEAST_COLUMNS) return null; // those are read without DuckDB
  if ((await stat(files[0]!)).size < LEAST_BYTES) return null;
  const spelt = await spellings(files[0]!);
  if (spelt === null) return null;
  const first = await kindsOf(relation, `(${csv([], FIRST_BYTES)} LIMIT ${FIRST_ROWS})`);
  const unclear = ({ kind, words }: KindedColumn) => (kind === "number" ? words > 0 : words === 0);
  if (first.columns.some(unclear)) return null;
  const isNumber = first.columns.map(({ kind }) => kind === "number");
  await connection.run(view(csv(isNumber.map((number) => (number ? "DOUBLE" : "VARCHAR")))));
  const columns = first.columns.map((column, i) =>
    isNumber[i] ? { ...column, type: "DOUBLE", spelt: false, mayRound: false } : column,
  );
  const others = columns.filter((_, i) => !isNumber[i]).map(isOther);
  const otherKind =
    others.length === 0 ? null : `CASE WHEN ${others.join(" OR ")} THEN CAST(1 AS DOUBLE) ELSE 0 END`;
  const presumed = { otherKind, small: spelt.small };
  return planOf(connection, relation, { columns, rows: spelt.rows, presumed }, choice);
}

/** Throws where a block holds what was not presumed. */
export function checkPresumed({ otherKind, small }: Presumed, { cells, Y, weights, extra }: Block): void {
  const other = otherKind !== null && extra!.some((other) => other !== 0);
  if (other || [cells.data, Y.data, weights].some((values) => values && holdsInexact(values, small)))
    throw new Error("not as presumed");
}

/** Whether there is a number that may be spelt otherwise than a float64 can hold. */
function holdsInexact(values: Float64Array, small: boolean): boolean {
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (Math.abs(value) >= FIRST_INEXACT || (small && value === 0)) return true;
  }
  return false;
}

/** Levels take a reading of their own. */
const hasLevels = ({ categorical, columns }: ColumnChoice): boolean =>
  (categorical?.length ?? 0) > 0 || (columns?.some(({ kind }) => kind === "category") ?? false);

/** Whether a cell is of another kind than those before it, in SQL. */
function isOther(column: KindedColumn): string {
  if (column.kind === "date" || column.kind === "boolean")
    return `(${column.cell} IS NOT NULL AND ${spelling(column, column.kind)} IS NULL)`;
  return `${spelling(column, "number")} IS NOT NULL`;
}

const CHUNK = 2 ** 20;
/** The part of a chunk whose lines are counted. */
const COUNTED = 2 ** 14;
const LINE_FEED = 10;
/** A number with so many zeros in a row may be too small for a float64. */
const ZEROS = Buffer.from("0".repeat(300));

/**
 * Looks at the bytes of a file below its first line.
 * @returns whether numbers may be spelt in it that are too small, and somewhat more rows than it seems to have; null
 *   where there is a low line, with which DuckDB reads other numbers
 */
async function spellings(path: string): Promise<{ small: boolean; rows: number } | null> {
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafe(ZEROS.length + CHUNK);
    let [kept, first, small] = [0, true, false];
    let [lines, counted, size] = [0, 0, 0];
    for (;;) {
      const { bytesRead } = await file.read(buffer, kept, CHUNK, null);
      if (bytesRead === 0) break;
      const end = kept + bytesRead;
      const begin = first ? buffer.subarray(0, end).indexOf(LINE_FEED) + 1 : 0;
      const part = buffer.subarray(begin, end);
      if (part.includes("_")) return null;
      small ||= part.includes("e-") || part.includes("E-") || part.includes(ZEROS);
      const looked = part.subarray(0, COUNTED);
      for (const byte of looked) if (byte === LINE_FEED) lines++;
      counted += looked.length;
      size += bytesRead;
      // what may go on in the next chunk
      kept = Math.min(end, ZEROS.length);
      buffer.copyWithin(0, end - kept, end);
      first = false;
    }
    return { small, rows: Math.ceil(1.1 * (lines / counted) * size) + FIRST_ROWS };
  } finally {
    await file.close();
  }
}
