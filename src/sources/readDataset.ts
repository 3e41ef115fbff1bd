import { Dataset } from "../data/dataset.js";
import { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";
import { checkOptions, show } from "../numbers/check.js";
import { type TextTable, withCsv } from "./duckdb.js";
import { checkFile, lineOf } from "./file.js";
import { readHeader } from "./header.js";

/** Which columns are read. */
export interface ColumnChoice {
  /** The targets, at least one. */
  targets: readonly string[];
  /** The features; every other column that holds numbers if left out. */
  features?: readonly string[];
}

/** The rows of a file, and the columns that were left out because they hold no number. */
export interface FileDataset {
  dataset: Dataset;
  leftOut: string[];
}

/**
 * Reads a data set from a CSV file with a line of column names. Nothing is guessed: a column is
 * numeric if every cell of it is a number; one of which only some are is refused.
 * @param path of the file
 * @param choice the columns
 * @throws DATA (with file, row and column) for a missing column, a cell that is empty, no number,
 *   NaN or infinite, or a file without rows; SOURCE where the file cannot be read; MISSING_PART
 *   without DuckDB
 */
export async function readDataset(path: string, choice: ColumnChoice): Promise<FileDataset> {
  checkOptions("readDataset", choice, ["targets", "features"]);
  for (const names of [choice.targets, choice.features ?? []]) {
    if (Array.isArray(names)) continue;
    throw new Ell2Error("VALUE", {
      where: "readDataset",
      expected: "targets and features as arrays of names",
      got: show(names),
    });
  }
  return withCsv(path, async (table) => {
    checkChoice(table, choice);
    checkRows(table);
    const candidates = choice.features ?? otherColumns(table, choice.targets);
    const numeric = (name: string) => table.columns.find((column) => column.name === name)!.numbers > 0;
    const leftOut = choice.features ? [] : candidates.filter((name) => !numeric(name));
    const inputs = candidates.filter((name) => !leftOut.includes(name));
    if (inputs.length === 0) throw await noFeature(table, leftOut);
    const X = await readColumns(table, inputs);
    const Y = await readColumns(table, choice.targets);
    return { dataset: new Dataset({ X, Y, inputs, outputs: choice.targets }), leftOut };
  });
}

async function noFeature(table: TextTable, leftOut: readonly string[]): Promise<Ell2Error> {
  const text = leftOut.find((name) => table.columns.find((column) => column.name === name)!.filled > 0);
  const example = text === undefined ? null : await table.firstCell(text, "not a number");
  return new Ell2Error("DATA", {
    where: table.path,
    expected: "at least one feature that holds numbers",
    got:
      example === null
        ? "no other column with cells"
        : `${JSON.stringify(example.cell)} in column ${JSON.stringify(text)}`,
    remedy: "numbers are written with a decimal point and without separators of thousands",
  });
}

/**
 * Reads columns of a CSV file as a matrix.
 * @param path of the file
 * @param names the columns, in the order that they are wanted
 * @returns [rows×names]
 * @throws as `readDataset`
 */
export async function readMatrix(path: string, names: readonly string[]): Promise<Matrix> {
  return withCsv(path, async (table) => {
    checkColumns(table, names);
    checkRows(table);
    return readColumns(table, names);
  });
}

/**
 * The column names of a CSV file.
 * @throws SOURCE where it cannot be read, DATA where it has no good line of names
 */
export async function readNames(path: string): Promise<string[]> {
  await checkFile(path);
  return (await readHeader(path)).names;
}

function checkChoice(table: TextTable, { targets, features = [] }: ColumnChoice): void {
  const names = [...targets, ...features];
  checkColumns(table, names);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return;
  throw new Ell2Error("DATA", {
    where: table.path,
    expected: "each column once, as a target or as a feature",
    got: `${JSON.stringify(twice)} twice`,
  });
}

function checkColumns(table: TextTable, names: readonly string[]): void {
  const present = table.columns.map(({ name }) => name);
  const missing = names.filter((name) => !present.includes(name));
  if (missing.length === 0) return;
  throw new Ell2Error("DATA", {
    where: table.path,
    expected: `the column ${missing.map((name) => JSON.stringify(name)).join(", ")}`,
    got: `the columns ${present.join(", ")}`,
    remedy: "names are compared letter by letter",
  });
}

function checkRows(table: TextTable): void {
  if (table.rows > 0) return;
  throw new Ell2Error("DATA", {
    where: table.path,
    expected: "rows below the column names",
    got: "none",
  });
}

const otherColumns = (table: TextTable, targets: readonly string[]): string[] =>
  table.columns.map(({ name }) => name).filter((name) => !targets.includes(name));

async function readColumns(table: TextTable, names: readonly string[]): Promise<Matrix> {
  for (const name of names) await checkCells(table, name);
  const columns = await table.numbers(names);
  const out = new Matrix(table.rows, names.length);
  for (const [j, column] of columns.entries()) {
    for (let i = 0; i < table.rows; i++) {
      const value = column[i]!;
      if (!Number.isFinite(value)) {
        throw await badCell(table, names[j]!, i + 1, String(value), "remove the row or mend the value");
      }
      out.data[i * names.length + j] = value;
    }
  }
  return out;
}

/** Throws unless every cell of a column is a number. */
async function checkCells(table: TextTable, name: string): Promise<void> {
  const { filled, numbers } = table.columns.find((column) => column.name === name)!;
  if (numbers < filled) {
    const { row, cell } = await table.firstCell(name, "not a number");
    const count = filled - numbers;
    const all = count === 1 ? "this one cell is" : `${count} of ${table.rows} cells are`;
    throw await badCell(
      table,
      name,
      row,
      JSON.stringify(cell),
      `${all} no number: mend the file, or choose other columns`,
    );
  }
  if (filled < table.rows) {
    const { row } = await table.firstCell(name, "empty");
    const count = table.rows - filled;
    throw await badCell(
      table,
      name,
      row,
      "an empty cell",
      `${count} of ${table.rows} rows ${count === 1 ? "lacks" : "lack"} a value here: remove them or fill them in`,
    );
  }
}

async function badCell(
  table: TextTable,
  column: string,
  row: number,
  got: string,
  remedy: string,
): Promise<Ell2Error> {
  const line = await lineOf(table.path, row, table.rows);
  return new Ell2Error("DATA", {
    where: line === undefined ? table.path : `${table.path}:${line}`,
    expected: `a finite number in column ${JSON.stringify(column)}, row ${row}`,
    got,
    remedy,
    data: { file: table.path, row, column, ...(line === undefined ? {} : { line }) },
  });
}
