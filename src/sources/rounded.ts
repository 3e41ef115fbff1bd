import { literal } from "../sql/quote.js";
import { FILE, ROWS } from "./duckdb.js";
import { type KindedColumn, numberSql } from "./kinds.js";
import type { Relation } from "./relation.js";

/** Numbers of a column that are others as doubles: whole ones with more digits than a double holds, or ones that become 0. */
export interface RoundedCells {
  /** The column's name. */
  column: string;
  /** How many cells. */
  cells: number;
  /** The row of the first of them, from 1; in its file, where there are several. */
  row: number;
  /** That file, where there are several. */
  file?: string;
  /** What the cell holds. */
  text: string;
  /** What is read. */
  number: number;
}

/** Types that hold whole numbers beyond. */
const WIDE = /^(U?BIGINT|U?HUGEINT|BIGNUM|DECIMAL\((1[6-9]|[23]\d),.*)$/;

/**
 * The cells that are read as other numbers than they hold. A fraction such as 0.1 is none of these, nor is what stands
 * with an exponent and is not 0: such a number is rounded wherever it is used.
 * @param columns that are read as numbers
 */
export async function roundedCells(
  relation: Relation,
  columns: readonly KindedColumn[],
): Promise<RoundedCells[]> {
  const wide = columns.filter(({ type, spelt }) => !spelt && WIDE.test(type));
  const ends = wide.flatMap(({ cell }) => [`CAST(min(${cell}) AS DOUBLE)`, `CAST(max(${cell}) AS DOUBLE)`]);
  const found = wide.length === 0 ? [] : (await relation.query(`SELECT ${ends.join(", ")} FROM ${ROWS}`))[0]!;
  const isLarge = (column: KindedColumn) => {
    const i = 2 * wide.indexOf(column);
    return i >= 0 && Math.max(Math.abs(Number(found[i])), Math.abs(Number(found[i + 1]))) >= 2 ** 53;
  };
  const rounded: RoundedCells[] = [];
  for (const column of columns) {
    if (column.mayRound || isLarge(column) || (column.kind === "text" && !column.spelt))
      rounded.push(...(await roundedOf(relation, column)));
  }
  return rounded;
}

/** The cells of one column: those with too many digits, and those that become 0. */
async function roundedOf(relation: Relation, column: KindedColumn): Promise<RoundedCells[]> {
  const several = relation.files.length > 1;
  const text = `CAST(${column.cell} AS VARCHAR)`;
  const digits = `CASE WHEN abs(number) >= 9007199254740992e0 AND isfinite(number) AND regexp_full_match(cell, '\\s*[+-]?\\d+(\\.0*)?\\s*')
    THEN TRY_CAST(ltrim(trim(cell), '+') AS BIGNUM) <> CAST(number AS BIGNUM) ELSE false END`;
  const small = "(number = 0 AND regexp_matches(cell, '^[^eE]*[1-9]'))";
  const numbered = `SELECT row_number() OVER () AS row, ${text} AS cell, ${numberSql(column)} AS number,
    ${several ? FILE : "NULL"} AS file FROM ${ROWS}`;
  const first = ["row", "cell", "number", "file"].map((name) => `arg_min(${name}, row)`);
  const rows = await relation.query(`SELECT count(*), ${first.join(", ")} FROM
    (SELECT *, ${digits} AS digits, ${small} AS small FROM (${numbered}))
    WHERE digits OR small GROUP BY digits ORDER BY digits DESC`);
  const list: RoundedCells[] = [];
  for (const [count, row, cell, number, file] of rows) {
    const found = {
      column: column.name,
      cells: Number(count),
      text: short(String(cell).trim()),
      number: Number(number) || 0,
    };
    if (!several) {
      list.push({ ...found, row: Number(row) });
      continue;
    }
    const before = `SELECT min(row) FROM (SELECT row_number() OVER () AS row, ${FILE} AS file FROM ${ROWS})
      WHERE file = ${literal(String(file))}`;
    const start = Number((await relation.query(before))[0]![0]);
    list.push({ ...found, row: Number(row) - start + 1, file: String(file) });
  }
  return list;
}

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
