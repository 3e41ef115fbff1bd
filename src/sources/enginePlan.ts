import { Ell2Error } from "../errors.js";
import { checkOptions } from "../numbers/check.js";
import { WRITING } from "../sql/dialect.js";
import { bracketed } from "../sql/expression.js";
import type { SumsPlan } from "../sql/sums.js";
import { type ColumnChoice, checkChoice, chooseColumns } from "./choose.js";
import type { EngineTable } from "./engineTable.js";
import type { KindedColumn } from "./kinds.js";

/** What is added up in an engine, and how. */
export interface EngineMomentsOptions
  extends Pick<ColumnChoice, "targets" | "features" | "without" | "weight"> {
  /** Rows with a missing cell: an error (the default), or left out. */
  missing?: "error" | "drop";
  /** A condition of the rows that count, in the engine's SQL. */
  where?: string;
  /** An expression in the engine's SQL: rows for which it is the same are a fold. */
  foldBy?: string;
  /** An expression in the engine's SQL: rows for which it is the same are a batch. */
  batchBy?: string;
  /** Cancels, in the server as well. */
  signal?: AbortSignal;
}

/** What is asked of an opened table. */
export interface Planned {
  table: EngineTable;
  plan: SumsPlan;
  /** The plan without the condition that no cell is missing. */
  everyRow: SumsPlan;
  inputs: string[];
  outputs: string[];
  /** Features, targets, and the weight, in the order of the plan. */
  names: string[];
  leftOut: string[];
}

/** Looks at what is to be added up, and plans how. @throws DATA, VALUE, OPTION */
export async function planSums(
  where: string,
  table: EngineTable,
  options: EngineMomentsOptions,
): Promise<Planned> {
  checkOptions(where, options, OPTIONS);
  const { where: condition, foldBy, batchBy, signal: _, ...choice } = options;
  checkChoice(where, choice);
  const filter = condition === undefined ? [] : [bracketed("where", condition)];
  const keys = [
    ...(foldBy === undefined ? [] : [bracketed("foldBy", foldBy)]),
    ...(batchBy === undefined ? [] : [bracketed("batchBy", batchBy)]),
  ];
  const { features, targets, weight, leftOut } = chooseColumns(table.name, table.columns, choice);
  if (features.length === 0) throw columnError(table, "at least one feature of numbers", "none");
  const columns = [...features, ...targets];
  const all = weight === null ? columns : [...columns, weight];
  for (const column of all) await checkNumeric(table, column);
  const everyRow: SumsPlan = {
    dialect: table.engine.dialect,
    from: table.from,
    where: filter,
    columns: columns.map(table.number),
    exact: columns.map(({ kind, cell, type }) =>
      kind === "number" ? WRITING[table.engine.dialect].exact(cell, type) : null,
    ),
    weight: weight && table.number(weight),
    keys,
  };
  const whole = choice.missing === "drop" ? all.map(({ cell }) => `${cell} IS NOT NULL`) : [];
  const plan = { ...everyRow, where: [...filter, ...whole] };
  const names = (list: readonly KindedColumn[]) => list.map(({ name }) => name);
  return {
    table,
    plan,
    everyRow,
    inputs: names(features),
    outputs: names(targets),
    names: names(all),
    leftOut,
  };
}

const OPTIONS = [
  "targets",
  "features",
  "without",
  "weight",
  "missing",
  "where",
  "foldBy",
  "batchBy",
  "signal",
];

/** What is wrong with the rows of a table. */
export const columnError = (
  { name }: EngineTable,
  expected: string,
  got: string,
  remedy?: string,
): Ell2Error =>
  new Ell2Error("DATA", { where: name, expected, got, ...(remedy === undefined ? {} : { remedy }) });

async function checkNumeric(table: EngineTable, column: KindedColumn): Promise<void> {
  if (["number", "date", "boolean"].includes(column.kind)) return table.checkSpelling(column);
  throw columnError(
    table,
    `numbers, dates or booleans in column ${JSON.stringify(column.name)}`,
    column.type.toLowerCase(),
    "leave it out, or write numbers of it in a query (sql), such as CASE WHEN … THEN 1 ELSE 0 END for a level; levels by themselves need the rows",
  );
}
