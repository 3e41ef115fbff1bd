import { type Column, firstFeatures, type NumberColumn } from "../data/columns.js";
import { Ell2Error } from "../errors.js";
import { checkOptions, show } from "../numbers/check.js";
import { DIALECTS, type Dialect, numberCell, WRITING } from "../sql/dialect.js";
import { identifier, literal } from "../sql/quote.js";
import { checkFitted, type FittedModel } from "./fitted.js";

export { DIALECTS, type Dialect };

/** The options of `exportSql`. */
export interface SqlOptions {
  dialect?: Dialect;
  table?: string;
}

/** Terms of a plain sum; longer ones are halved, so that sums nest only as deep as the logarithm of their length. */
const LONGEST = 16;

/**
 * A fitted model as SQL: for each target Σⱼ xⱼ·weightₗⱼ + biasₗ, named as the target.
 *
 * All numbers are doubles, written so that they are read back to the bit. The sum is the exact one but
 * for rounding: its order is a tree's, not that of `predictFitted`. A missing (NULL) cell stands for
 * its column's fill; without one, and for a level that the model does not know, the prediction is NULL.
 * @param model whose columns have these types in the table: numbers of any type; DATE or TIMESTAMP
 *   (taken as UTC) for dates; BOOLEAN; for categories what casts to the text of a level
 * @param options.dialect "duckdb" (by default), "postgres" or "trino"
 * @param options.table the name of a table, quoted whole: the result is then `SELECT … FROM table`;
 *   without it, the list that stands between the two
 * @throws OPTION for an option that does not exist; VALUE for another dialect, an empty table name,
 *   names with a character of code 0 (which no database takes), or what is no fitted model; SHAPE and
 *   NOT_FINITE as `save`
 * Source: docs/export.md.
 */
export function exportSql(model: FittedModel, options: SqlOptions = {}): string {
  const where = "exportSql";
  checkOptions(where, options, ["dialect", "table"]);
  checkFitted(where, model);
  const { dialect = "duckdb", table } = options;
  const value = (expected: string, got: unknown) =>
    new Ell2Error("VALUE", { where, expected, got: show(got) });
  if (!DIALECTS.includes(dialect)) throw value(`dialect to be one of ${DIALECTS.join(", ")}`, dialect);
  if (table !== undefined && (typeof table !== "string" || table === ""))
    throw value("table to be a name", table);

  const { outputs, columns, weight, bias } = model;
  const levels = columns.flatMap((column) => (column.kind === "category" ? column.levels : []));
  const texts = [...outputs, ...columns.map(({ name }) => name), ...levels, table ?? ""];
  const bad = texts.find((text) => text.includes("\0"));
  if (bad !== undefined) throw value("names without a character of code 0", bad);
  const placed = firstFeatures(columns);
  const targets = outputs.map((output, l) => {
    const weights = weight.data.subarray(l * weight.cols, (l + 1) * weight.cols);
    const terms = placed.map(([column, first]) => term(column, weights.subarray(first), dialect));
    return `  ${sum([...terms, WRITING[dialect].double(bias[l]!)])}\n  AS ${identifier(output)}`;
  });
  const list = targets.join(",\n");
  return table === undefined ? `${list}\n` : `SELECT\n${list}\nFROM ${identifier(table)};\n`;
}

/** What a column adds to the prediction of a target. */
function term(column: Column, weights: Float64Array, dialect: Dialect): string {
  const { double, text } = WRITING[dialect];
  if (column.kind !== "category") return `${cell(column, dialect)} * ${double(weights[0]!)}`;
  const cases = column.levels.map((level, i) => `WHEN ${literal(level)} THEN ${double(weights[i]!)}`);
  if (column.reference !== null) cases.push(`WHEN ${literal(column.reference)} THEN ${double(0)}`);
  return `CASE ${text(identifier(column.name))} ${cases.join(" ")} END`;
}

/** The value of a column of numbers, dates or booleans as a double, with its fill. */
function cell({ kind, name, fill }: NumberColumn, dialect: Dialect): string {
  const value = numberCell(dialect, kind, identifier(name));
  return fill === null ? value : `COALESCE(${value}, ${WRITING[dialect].double(fill)})`;
}

function sum(terms: readonly string[], indent = "  "): string {
  const half = Math.ceil(terms.length / 2);
  const part = (some: readonly string[]) => `(${sum(some, `${indent}  `)})`;
  const parts = terms.length <= LONGEST ? terms : [part(terms.slice(0, half)), part(terms.slice(half))];
  return parts.join(`\n${indent}+ `);
}
