import { literal } from "../sql/quote.js";
import { ROWS } from "./duckdb.js";
import type { Relation, SourceColumn } from "./relation.js";
import { type Kind, typeKind } from "./typeKind.js";

export interface KindedColumn extends SourceColumn {
  kind: Kind;
  /** How many of its spelt cells hold something that is no number. */
  words: number;
  /** Whether a spelt cell may hold another number than the double that is read. */
  mayRound: boolean;
}

/**
 * For text t that spells the double n, in SQL, a number of at least 2⁵³ where n may be another number than t: it is that large,
 * or 0 from six characters or more (1e-324 is the shortest such text). One maximum a column costs half of what two counts do.
 */
const roundable = (t: string, n: string): string =>
  `CASE WHEN ${n} = 0 THEN strlen(${t}) * 1.6e15 ELSE abs(${n}) END`;

const ISO_DATE = String.raw`\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?)?`;

/**
 * What each column holds. Types decide where there are any. Of spelt cells a column holds numbers if at
 * least one is a number, dates if all are ISO 8601 dates, booleans if all are true or false.
 * @param rows what is looked at, in SQL; all rows by default
 * @returns the columns with their kinds, and how many rows there are
 */
export async function kindsOf(
  relation: Relation,
  rows: string = ROWS,
): Promise<{ columns: KindedColumn[]; rows: number }> {
  const plain = await relation.plain();
  const spelt = relation.columns.filter((column, i) => column.spelt && !plain?.columns[i]);
  const { total, counts } = await countCells(relation, spelt, plain?.rows, rows);
  const rest = spelt.filter((_, i) => counts[i]!.cells > 0 && counts[i]!.numbers === 0);
  const words = rest.length === 0 ? [] : await wordKinds(relation, rest, rows);
  const columns = relation.columns.map((column, i): KindedColumn => {
    if (!column.spelt) return { ...column, kind: typeKind(column.type), words: 0, mayRound: false };
    const own = plain?.columns[i];
    if (own) {
      const kind = own.present > 0 ? "number" : "text";
      return { ...column, kind, words: 0, mayRound: own.values.some((x) => Math.abs(x) >= 2 ** 53) };
    }
    const { cells, numbers, mayRound } = counts[spelt.indexOf(column)]!;
    const kind = numbers > 0 ? "number" : (words[rest.indexOf(column)] ?? "text");
    return { ...column, kind, words: cells - numbers, mayRound };
  });
  return { columns, rows: total };
}

/** Columns that one query counts: it takes memory for each. */
const COUNTED_AT_ONCE = 250;

/**
 * How many rows there are, how many cells of each column are not empty, how many of these are numbers, and whether one may
 * be another than the double that is read.
 */
async function countCells(
  relation: Relation,
  columns: readonly SourceColumn[],
  known: number | undefined,
  rows: string,
): Promise<{ total: number; counts: { cells: number; numbers: number; mayRound: boolean }[] }> {
  let total = known;
  const counts: { cells: number; numbers: number; mayRound: boolean }[] = [];
  for (let first = 0; first < columns.length || total === undefined; first += COUNTED_AT_ONCE) {
    const some = columns.slice(first, first + COUNTED_AT_ONCE);
    const cells = some.flatMap((column, i) => [
      `${column.cell} AS t${i}`,
      `${spelling(column, "number")} AS n${i}`,
    ]);
    const sums = some.flatMap((_, i) => [
      `count(t${i})`,
      `count(n${i})`,
      `max(${roundable(`t${i}`, `n${i}`)})`,
    ]);
    const from = some.length === 0 ? rows : `(SELECT ${cells.join(", ")} FROM ${rows})`;
    const [count, ...found] = (
      await relation.query(`SELECT ${["count(*)", ...sums].join(", ")} FROM ${from}`)
    )[0]!.map(Number);
    total = count!;
    for (const i of some.keys()) {
      const [cells, numbers, largest] = found.slice(3 * i, 3 * i + 3) as [number, number, number];
      counts.push({ cells, numbers, mayRound: largest >= 2 ** 53 });
    }
  }
  return { total: total!, counts };
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
