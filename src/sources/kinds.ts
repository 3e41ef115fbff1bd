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
  const spelt = relation.columns.filter((column) => column.spelt);
  const counts = spelt.flatMap((column) => [`count(${column.cell})`, `count(${spelling(column, "number")})`]);
  const [total, ...found] = (
    await relation.query(`SELECT ${["count(*)", ...counts].join(", ")} FROM ${from}`)
  )[0]!.map(Number);
  const rest = spelt.filter((_, i) => found[2 * i]! > 0 && found[2 * i + 1] === 0);
  const words = rest.length === 0 ? [] : await wordKinds(relation, rest, from);
  const kindOf = (column: SourceColumn): Kind => {
    if (!column.spelt) return typeKind(column.type);
    if (found[2 * spelt.indexOf(column) + 1]! > 0) return "number";
    return words[rest.indexOf(column)] ?? "text";
  };
  const wordsOf = (column: SourceColumn): number => {
    const i = spelt.indexOf(column);
    return i < 0 ? 0 : found[2 * i]! - found[2 * i + 1]!;
  };
  const columns = relation.columns.map((column) => ({
    ...column,
    kind: kindOf(column),
    words: wordsOf(column),
  }));
  return { columns, rows: total! };
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
