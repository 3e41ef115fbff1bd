import { literal } from "../sql/quote.js";
import { ROWS } from "./duckdb.js";
import type { Relation, SourceColumn } from "./relation.js";
import { type Kind, typeKind } from "./typeKind.js";

export interface KindedColumn extends SourceColumn {
  kind: Kind;
  /** How many of its spelt cells hold something that is no number. */
  words: number;
}

const ISO_DATE = String.raw`\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?)?`;

/**
 * What each column holds. Types decide where there are any. Of spelt cells a column holds numbers if at
 * least one is a number, dates if all are ISO 8601 dates, booleans if all are true or false.
 * @param from what is looked at, in SQL; all rows by default
 * @returns the columns with their kinds, and how many rows there are
 */
export async function kindsOf(
  relation: Relation,
  from: string = ROWS,
): Promise<{ columns: KindedColumn[]; rows: number }> {
  const plain = from === ROWS ? await relation.plain() : null;
  const spelt = relation.columns.filter((column, i) => column.spelt && !plain?.columns[i]);
  const { rows, counts } = await countCells(relation, spelt, from, plain?.rows);
  const rest = spelt.filter((_, i) => counts[i]!.cells > 0 && counts[i]!.numbers === 0);
  const words = rest.length === 0 ? [] : await wordKinds(relation, rest, from);
  const columns = relation.columns.map((column, i): KindedColumn => {
    if (!column.spelt) return { ...column, kind: typeKind(column.type), words: 0 };
    const own = plain?.columns[i];
    const { cells, numbers } = own
      ? { cells: own.present, numbers: own.present }
      : counts[spelt.indexOf(column)]!;
    const kind = numbers > 0 ? "number" : (words[rest.indexOf(column)] ?? "text");
    return { ...column, kind, words: cells - numbers };
  });
  return { columns, rows };
}

/** Columns that one query counts: it takes memory for each. */
const COUNTED_AT_ONCE = 250;

/** How many rows there are, how many cells of each column are not empty, and how many of these are numbers. */
async function countCells(
  relation: Relation,
  columns: readonly SourceColumn[],
  source: string,
  known: number | undefined,
): Promise<{ rows: number; counts: { cells: number; numbers: number }[] }> {
  let rows = known;
  const counts: { cells: number; numbers: number }[] = [];
  for (let from = 0; from < columns.length || rows === undefined; from += COUNTED_AT_ONCE) {
    const some = columns.slice(from, from + COUNTED_AT_ONCE);
    const sums = some.flatMap((column) => [`count(${column.cell})`, `count(${spelling(column, "number")})`]);
    const [total, ...found] = (
      await relation.query(`SELECT ${["count(*)", ...sums].join(", ")} FROM ${source}`)
    )[0]!.map(Number);
    rows = total!;
    for (const i of some.keys()) counts.push({ cells: found[2 * i]!, numbers: found[2 * i + 1]! });
  }
  return { rows: rows!, counts };
}

/** Of columns without numbers, which hold dates alone and which booleans alone. */
async function wordKinds(
  relation: Relation,
  columns: readonly SourceColumn[],
  from: string,
): Promise<(Kind | undefined)[]> {
  const counts = columns.flatMap((column) => [
    `count(*) FILTER (${column.cell} IS NOT NULL AND ${spelling(column, "date")} IS NULL)`,
    `count(*) FILTER (${column.cell} IS NOT NULL AND ${spelling(column, "boolean")} IS NULL)`,
  ]);
  const others = (await relation.query(`SELECT ${counts.join(", ")} FROM ${from}`))[0]!.map(Number);
  return columns.map((_, i) =>
    others[2 * i] === 0 ? "date" : others[2 * i + 1] === 0 ? "boolean" : undefined,
  );
}

/** A spelt cell as a value of a kind, in SQL: NULL where it is none. */
export function spelling({ cell }: SourceColumn, kind: "number" | "date" | "boolean"): string {
  // DuckDB would take 1_000 for a number
  if (kind === "number")
    return `CASE WHEN contains(${cell}, '_') THEN NULL ELSE TRY_CAST(${cell} AS DOUBLE) END`;
  if (kind === "boolean")
    return `CASE lower(trim(${cell})) WHEN 'true' THEN true WHEN 'false' THEN false ELSE NULL END`;
  return `CASE WHEN regexp_full_match(trim(${cell}), ${literal(ISO_DATE)}) THEN TRY_CAST(trim(${cell}) AS TIMESTAMPTZ) ELSE NULL END`;
}

/** The cells of a column as float64, in SQL, NULL where they are missing (or spelt otherwise): dates as days since 1970-01-01, booleans as 1 and 0. */
export function numberSql(column: KindedColumn): string {
  const { cell, spelt } = column;
  if (column.kind === "text" && !spelt) return `TRY_CAST(${cell} AS DOUBLE)`;
  const kind = column.kind === "date" || column.kind === "boolean" ? column.kind : "number";
  const value = spelt ? spelling(column, kind) : cell;
  if (kind !== "date") return `CAST(${value} AS DOUBLE)`;
  return `CASE WHEN isinf(${value}) THEN CAST('inf' AS DOUBLE) ELSE epoch_us(${value}) / 86400000000.0 END`;
}

/** The cells of a column as values of what it holds, in SQL. */
export const typedSql = (column: KindedColumn): string =>
  column.spelt && column.kind !== "text" && column.kind !== "other"
    ? spelling(column, column.kind)
    : column.cell;

/** The cells of a column as text, in SQL; whole numbers without a decimal point, whatever their type. */
export function textSql({ cell, type }: SourceColumn): string {
  if (type === "VARCHAR") return cell;
  if (type !== "DOUBLE" && type !== "FLOAT") return `CAST(${cell} AS VARCHAR)`;
  return `CASE WHEN ${cell} = trunc(${cell}) AND abs(${cell}) < 1e15 THEN CAST(CAST(${cell} AS BIGINT) AS VARCHAR) ELSE CAST(${cell} AS VARCHAR) END`;
}
