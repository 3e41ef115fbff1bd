import type { DuckDBConnection } from "@duckdb/node-api";
import type { RawColumn } from "../data/table.js";
import { Ell2Error } from "../errors.js";
import { literal } from "../sql/quote.js";
import { cellError } from "./cellError.js";
import { type Chosen, type ColumnChoice, chooseColumns } from "./choose.js";
import { ROWS } from "./duckdb.js";
import { type KindedColumn, kindsOf, numberSql, textSql } from "./kinds.js";
import type { Relation } from "./relation.js";
import { type RoundedCells, roundedCells } from "./rounded.js";

/** The most levels of a column: each is a feature. */
const MOST_LEVELS = 10_000;

/** What is presumed of the rows of a CSV file, and has to be held against each. */
export interface Presumed {
  /** 1 for a row in which a column holds another kind of cell than its first ones, otherwise 0, in SQL; null where DuckDB's types see to it. */
  otherKind: string | null;
  /** Whether a number may be spelt that is too small for a float64. */
  small: boolean;
}

/** What will be read of a source. */
export interface Plan extends Chosen {
  relation: Relation;
  available: readonly KindedColumn[];
  /** How many rows the source has; where that is presumed, about how many. */
  rows: number;
  /** What is presumed of the rows until they are read; null where all of them were looked at. */
  presumed: Presumed | null;
  /** The features' columns as they will be read. */
  raw: RawColumn[];
  /** The features as float64, in SQL: of text the index of its level. */
  codes: string[];
  /** Cells that are read as other numbers than they hold. */
  rounded: RoundedCells[];
}

/**
 * Looks at all rows of a source, and plans what is read.
 * @throws SOURCE, DATA, VALUE, OPTION: whatever can be wrong with its rows or a choice of columns
 */
export async function planReading(
  connection: DuckDBConnection,
  relation: Relation,
  choice: ColumnChoice,
): Promise<Plan> {
  return planOf(connection, relation, { ...(await kindsOf(relation)), presumed: null }, choice);
}

/** Plans what is read of columns whose kinds are known. @throws as `planReading` */
export async function planOf(
  connection: DuckDBConnection,
  relation: Relation,
  { columns: available, rows, presumed }: { columns: KindedColumn[] } & Pick<Plan, "rows" | "presumed">,
  choice: ColumnChoice,
): Promise<Plan> {
  const chosen = chooseColumns(relation.name, available, choice);
  if (rows === 0) {
    throw new Ell2Error("DATA", {
      where: relation.name,
      expected: relation.hasLines ? "rows below the column names" : "rows",
      got: "none",
    });
  }
  const { features, targets, weight, categorical } = chosen;
  if (features.length === 0) throw await noFeature(relation, chosen, available, rows);
  const numeric = [...features, ...targets, ...(weight ? [weight] : [])].filter(
    (column) => !features.includes(column) || !categorical.has(column.name),
  );
  for (const column of numeric) await checkNumbers(relation, column, rows);
  checkLevels(relation, features, categorical);
  const complete =
    choice.missing === "drop"
      ? [...features, ...targets, ...(weight ? [weight] : [])].map(({ cell }) => `${cell} IS NOT NULL`)
      : [];
  const raw: RawColumn[] = [];
  const codes: string[] = [];
  for (const [j, column] of features.entries()) {
    const { name, kind } = column;
    if (!categorical.has(name)) {
      raw.push({ kind: choice.columns?.[j]?.kind ?? kind, name } as RawColumn);
      codes.push(numberSql(column));
      continue;
    }
    const of = choice.columns?.[j];
    const levels =
      of?.kind === "category"
        ? [...(of.reference === null ? [] : [of.reference]), ...of.levels]
        : await levelsOf(relation, column, complete);
    raw.push({ kind: "category", name, levels });
    codes.push(await codeSql(connection, textSql(column), levels, `levels_${j}`));
  }
  const rounded = await roundedCells(relation, numeric);
  return { ...chosen, relation, available, rows, presumed, raw, codes, rounded };
}

/** The texts of a column, in the order of their code units. */
export async function levelsOf(
  relation: Relation,
  column: KindedColumn,
  conditions: readonly string[] = [],
): Promise<string[]> {
  const where = [`${column.cell} IS NOT NULL`, ...conditions].join(" AND ");
  const found = await relation.query(
    `SELECT DISTINCT ${textSql(column)} FROM ${ROWS} WHERE ${where} LIMIT ${MOST_LEVELS + 1}`,
  );
  if (found.length <= MOST_LEVELS) return found.map(([level]) => String(level)).sort();
  throw new Ell2Error("DATA", {
    where: relation.name,
    expected: `at most ${MOST_LEVELS} levels in column ${JSON.stringify(column.name)}`,
    got: "more",
    remedy: "leave it out, or put its levels together",
  });
}

/** The index of a text among levels, in SQL: NULL for no text, −1 for another. */
export async function codeSql(
  connection: DuckDBConnection,
  text: string,
  levels: readonly string[],
  type: string,
): Promise<string> {
  if (levels.length === 0) return `CASE WHEN ${text} IS NULL THEN NULL ELSE CAST(-1 AS DOUBLE) END`;
  await connection.run(`CREATE TEMP TYPE ${type} AS ENUM (${levels.map(literal).join(", ")})`);
  return `CASE WHEN ${text} IS NULL THEN NULL ELSE CAST(coalesce(CAST(enum_code(TRY_CAST(${text} AS ${type})) AS INTEGER), -1) AS DOUBLE) END`;
}

/** Throws the error for a cell of a column that is no number, if there is one. @throws DATA */
export async function checkNumbers(relation: Relation, column: KindedColumn, rows: number): Promise<void> {
  if (column.kind === "other") {
    throw new Ell2Error("DATA", {
      where: relation.name,
      expected: `numbers in column ${JSON.stringify(column.name)}`,
      got: column.type,
    });
  }
  const words =
    column.kind === "text" ? !column.spelt || column.words > 0 : column.kind === "number" && column.words > 0;
  if (!words) return;
  const error = await cellError(relation, column, "not a number", rows);
  if (error !== null) throw error;
}

function checkLevels(
  relation: Relation,
  features: readonly KindedColumn[],
  categorical: ReadonlySet<string>,
): void {
  const bad = features.find((column) => categorical.has(column.name) && column.kind === "other");
  if (bad === undefined) return;
  throw new Ell2Error("DATA", {
    where: relation.name,
    expected: `texts or numbers in column ${JSON.stringify(bad.name)}`,
    got: bad.type,
  });
}

async function noFeature(
  relation: Relation,
  { leftOut }: Chosen,
  available: readonly KindedColumn[],
  rows: number,
): Promise<Ell2Error> {
  const texts = available.filter((column) => column.words > 0 && leftOut.includes(column.name));
  const example = texts[0] && (await cellError(relation, texts[0], "not a number", rows));
  return new Ell2Error("DATA", {
    where: relation.name,
    expected: "at least one feature that holds numbers",
    got: example
      ? `${example.got} in column ${JSON.stringify(texts[0]!.name)}`
      : "no other column with numbers",
    remedy:
      "numbers are written with a decimal point and without separators of thousands; texts are named as categorical",
  });
}
