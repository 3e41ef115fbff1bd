import { Ell2Error } from "../errors.js";
import { literal } from "../sql/quote.js";
import { FILE, ROWS } from "./duckdb.js";
import { lineOf } from "./file.js";
import { type KindedColumn, numberSql, textSql } from "./kinds.js";
import type { Relation } from "./relation.js";

/** What may be wrong with a cell. */
export type Wrong = "empty" | "not a number" | "not finite" | "negative";

const condition = (column: KindedColumn, wrong: Wrong): string => {
  const [cell, number] = [column.cell, numberSql(column)];
  if (wrong === "empty") return `${cell} IS NULL`;
  if (wrong === "not a number") return `${cell} IS NOT NULL AND ${number} IS NULL`;
  return wrong === "negative" ? `${number} < 0` : `NOT isfinite(${number})`;
};

/**
 * The error for the first cell of a column that is wrong in one way, with file, line where it is known,
 * row and cell; null if there is none.
 */
export async function cellError(
  relation: Relation,
  column: KindedColumn,
  wrong: Wrong,
  rows: number,
): Promise<Ell2Error | null> {
  const is = condition(column, wrong);
  const count = Number((await relation.query(`SELECT count(*) FROM ${ROWS} WHERE ${is}`))[0]![0]);
  if (count === 0) return null;
  const value = wrong === "not finite" || wrong === "negative" ? numberSql(column) : textSql(column);
  const file = relation.files.length > 1 ? FILE : "NULL";
  const [row, cell, at] = (
    await relation.query(`SELECT row, cell, file FROM (
      SELECT row_number() OVER () AS row, ${value} AS cell, ${file} AS file, (${is}) AS wrong FROM ${ROWS}
    ) WHERE wrong ORDER BY row LIMIT 1`)
  )[0]!;
  const got =
    wrong === "empty" ? "an empty cell" : typeof cell === "number" ? String(cell) : JSON.stringify(cell);
  const expected = wrong === "negative" ? "a number ≥ 0" : "a finite number";
  return located(relation, column.name, Number(row), rows, at === null ? null : String(at), {
    expected: column.kind === "text" && wrong === "empty" ? "a value" : expected,
    got,
    remedy:
      isMissing(cell) && relation.hasLines
        ? `mend the cell, or if ${got} means a missing one, say so (option na)`
        : remedy(wrong, count, rows),
  });
}

/** Whether a cell that is no number is one of the usual words for none. */
const isMissing = (cell: unknown): boolean =>
  (typeof cell === "string" && /^(na|n\/a|nan|null|none|missing|[-.?])$/i.test(cell.trim())) ||
  Number.isNaN(cell);

function remedy(wrong: Wrong, count: number, rows: number): string {
  if (wrong === "not finite") return "remove the row or mend the value";
  if (wrong === "negative") return "a weight says how often a row counts";
  if (wrong === "empty") {
    const lack = `${count} of ${rows} rows ${count === 1 ? "lacks" : "lack"} a value here`;
    return `${lack}: remove them, fill them in, or say what becomes of such rows (option missing: drop or mean)`;
  }
  const all = count === 1 ? "this one cell is" : `${count} of ${rows} cells are`;
  return `${all} no number: mend the file, choose other columns, or name it as categorical if its cells are levels`;
}

/** An error for a cell, with the line of its file where that is known. */
export async function located(
  relation: Relation,
  column: string,
  row: number,
  rows: number,
  file: string | null,
  { expected, got, remedy }: { expected: string; got: string; remedy: string },
): Promise<Ell2Error> {
  let [place, inFile, rowsOfFile] = [relation.name, row, rows];
  if (file !== null) {
    place = file;
    const counts = `count(*) FILTER (row <= ${row}), count(*)`;
    const numbered = `(SELECT row_number() OVER () AS row, ${FILE} FROM ${ROWS})`;
    const found = await relation.query(`SELECT ${counts} FROM ${numbered} WHERE ${FILE} = ${literal(file)}`);
    [inFile, rowsOfFile] = found[0]!.map(Number) as [number, number];
  }
  const path = file ?? relation.files[0];
  const line = relation.hasLines && path !== undefined ? await lineOf(path, inFile, rowsOfFile) : undefined;
  return new Ell2Error("DATA", {
    where: line === undefined ? place : `${place}:${line}`,
    expected: `${expected} in column ${JSON.stringify(column)}, row ${inFile}`,
    got,
    remedy,
    data: { file: place, row: inFile, column, ...(line === undefined ? {} : { line }) },
  });
}
