import type { Column } from "../data/columns.js";
import type { Dataset } from "../data/dataset.js";
import { encode } from "../data/encode.js";
import { kFold, rowsOfFolds } from "../data/folds.js";
import { learnColumns } from "../data/learn.js";
import { Moments } from "../data/moments.js";
import { trainTestRows } from "../data/split.js";
import { type Table, takeTable } from "../data/table.js";
import { Ell2Error } from "../errors.js";
import type { ChooseLambdaOptions } from "../fit/chooseLambda.js";
import {
  type Findings,
  isEngineAddress,
  momentsOf,
  type Progress,
  type ReadOptions,
  readAtMost,
  readDataset,
  readNames,
  type Source,
} from "../sources/index.js";
import { rangeOption } from "./args.js";
import { findingsOf, sayFindings } from "./findings.js";
import { visible } from "./output.js";
import { progressBar } from "./progress.js";

/** Entries of features and targets that are kept in memory: 512 MB; beyond, rows are read through for what they add up to. */
const MOST_ENTRIES = 2 ** 26;

/** What is read, and how. */
export interface ReadPlan {
  columns: ReadOptions;
  folds: string | undefined;
  /** Whether λ is chosen, for which folds are needed. */
  choose: boolean;
  /** Whether the first level of a text column goes without a feature, as λ = 0 needs. */
  dropFirst: boolean;
  /** Whether the rows are needed, however many they are, and by what. */
  rowsFor: string | null;
  valid: string;
  seed: number;
  /** Entries of features and targets that are kept in memory; 512 MB of them by default. */
  mostEntries?: number;
}

/** Rows to fit to, in memory or as what they add up to. */
export interface FitData {
  train: Dataset | Moments;
  valid: Dataset | Moments | null;
  columns: Column[];
  findings: Findings;
  /** What `chooseLambda` is given, and how that is said. */
  choice: {
    data: Dataset | Moments | readonly Moments[];
    folds: ChooseLambdaOptions["folds"];
    how: string;
  } | null;
  /** The number of a training row in the source, from 1; null where the rows are not there. */
  rowOf: ((i: number) => number) | null;
  /** Fixed batches for descent, in order; null where there are none but parts of the rows. */
  batches: readonly Moments[] | null;
  /** Why the rows are not there; null where they are. */
  noRows: string | null;
  /** Whether the same rows always add up to the same bits, as they do here, and not in a database. */
  repeatable: boolean;
}

/**
 * Reads what a fit needs. Levels, means that fill in and the scaler are learnt from the training rows
 * alone, and in cross-validation from the other folds alone.
 * @throws USAGE for what cannot be had from rows that do not fit in memory; and as `readDataset`
 */
export async function readFitData(
  where: string,
  source: Source,
  plan: ReadPlan,
  onProgress: (progress: Progress) => void,
): Promise<FitData> {
  const foldColumn = columnOfFolds(plan.folds);
  const options: ReadOptions = {
    ...plan.columns,
    dropFirst: plan.dropFirst,
    ...(foldColumn === null ? {} : { without: [foldColumn] }),
    onProgress,
  };
  // training needs every feature as a column
  const keepLevels = plan.rowsFor === null;
  const read = await readAtMost(source, plan.mostEntries ?? MOST_ENTRIES, {
    ...options,
    keepLevels,
    ...(foldColumn === null ? {} : { texts: [foldColumn] }),
  });
  if (typeof read === "number") return readThrough(where, source, plan, options, read);
  const { table, texts } = read;
  const parts = splitRows(where, plan, table.cells.rows);
  const train = parts ? takeTable(table, parts.train) : table;
  const valid = parts ? takeTable(table, parts.test) : null;
  const { missing, reference = {} } = plan.columns;
  const learnt = { fill: missing === "mean", dropFirst: plan.dropFirst, reference };
  const learn = (part: Table) => learnColumns(part, learnt);
  const encoded = (part: Table, by: readonly Column[]) =>
    encode(part, by, { unknown: "ignore", keepLevels }).dataset;
  const features = parts ? learn(train) : read.columns;
  const trainRows = parts ? encoded(train, features) : read.dataset;
  checkTwoRows(source, trainRows.rows);
  checkSomeWeight(source, plan.columns.weight, trainRows.weights?.some((weight) => weight > 0) ?? true);
  return {
    train: trainRows,
    valid: valid
      ? encode(valid, features, { unknown: "ignore" }).dataset
      : await validFile(source, plan, features, trainRows.outputs),
    columns: features,
    findings: findingsOf(read),
    choice: plan.choose
      ? chooseFrom(where, plan, trainRows, train, features, labelsOf(parts, texts[0]), learn, encoded)
      : null,
    rowOf: (i) => train.rowOf(i),
    batches: null,
    noRows: null,
    repeatable: true,
  };
}

/** The moments of the rows of another file to validate on, if there is one. */
export async function validMoments(
  source: Source,
  { valid, columns: { missing, weight } }: ReadPlan,
  columns: readonly Column[],
  targets: readonly string[],
): Promise<Moments | null> {
  if (!Number.isNaN(Number(valid)) && valid.trim() !== "") return null;
  const options = { columns, targets, ...(missing && { missing }), ...(weight !== undefined && { weight }) };
  return Moments.merge((await momentsOf(asRead(source, valid), options)).moments);
}

/** Refuses a choice without targets, and lists what there is to choose. @throws USAGE */
export async function requireTargets(where: string, source: Source, { targets }: ReadOptions): Promise<void> {
  if (targets !== undefined) return;
  throw new Ell2Error("USAGE", {
    where,
    expected: "--target with columns to predict",
    got: "none",
    remedy: `the columns of ${nameOf(source)} are ${(await readNames(source)).map(visible).join(", ")}`,
  });
}

/** `readFitData`, which shows on a terminal how far it has come, and says what it met. */
export async function readWithProgress(where: string, source: Source, plan: ReadPlan): Promise<FitData> {
  const bar = progressBar();
  const data = await readFitData(where, source, plan, bar.onProgress).finally(bar.done);
  sayFindings(data.findings);
  return data;
}

/** The column that says which rows belong together; null for a number of folds, loo and none. */
const columnOfFolds = (folds: string | undefined): string | null =>
  folds === undefined || folds === "loo" || /^\d+$/.test(folds) ? null : folds;

/** Which rows train and which validate; null where none of the file's validate. */
function splitRows(where: string, { valid, seed }: ReadPlan, rows: number) {
  const size = Number(valid);
  if (valid.trim() === "" || Number.isNaN(size) || size === 0) return null;
  rangeOption(
    where,
    "valid",
    valid,
    `that is a fraction below 1 or whole, and leaves some of the ${rows} rows to train on`,
    (x) => x > 0 && (x < 1 ? Math.ceil(x * rows) : x) < rows && (x < 1 || Number.isSafeInteger(x)),
  );
  return trainTestRows(rows, size, seed);
}

/** The rows of another file to validate on, if there is one. */
async function validFile(
  source: Source,
  { valid, columns: { missing, weight } }: ReadPlan,
  columns: readonly Column[],
  targets: readonly string[],
): Promise<Dataset | null> {
  if (!Number.isNaN(Number(valid)) && valid.trim() !== "") return null;
  const options = { columns, targets, ...(missing && { missing }), ...(weight !== undefined && { weight }) };
  return (await readDataset(asRead(source, valid), options)).dataset;
}

export function checkTwoRows(source: Source, rows: number): void {
  if (rows >= 2) return;
  throw new Ell2Error("DATA", {
    where: nameOf(source),
    expected: "at least 2 rows to train on",
    got: `${rows}`,
  });
}

/** Weights that are all 0 leave nothing to fit or to measure. @throws DATA */
export function checkSomeWeight(source: Source, column: string | undefined, some: boolean): void {
  if (some) return;
  throw new Ell2Error("DATA", {
    where: nameOf(source),
    expected: `a weight above 0 in column ${JSON.stringify(column)}`,
    got: "zeros alone",
  });
}

/** Another file, read as the source is. */
const asRead = (source: Source, path: string): Source =>
  typeof source === "object" && source.na ? { path, na: source.na } : path;

export function nameOf(source: Source): string {
  const { name, path, table } = typeof source === "string" ? { path: source } : source;
  // an address may hold a password
  if (path !== undefined && isEngineAddress(path)) return table === undefined ? "a query" : `table ${table}`;
  return name ?? path ?? "a query";
}

/** The label of each training row; null without a column of labels. */
function labelsOf(
  parts: { train: ArrayLike<number> } | null,
  texts: (string | null)[] | undefined,
): (string | null)[] | null {
  if (texts === undefined) return null;
  return parts ? Array.from(parts.train, (i) => texts[i]!) : texts;
}

function chooseFrom(
  where: string,
  { folds, seed }: ReadPlan,
  rows: Dataset,
  table: Table,
  features: readonly Column[],
  labels: (string | null)[] | null,
  learn: (part: Table) => Column[],
  read: (part: Table, by: readonly Column[]) => Dataset,
): FitData["choice"] {
  const fills = features.some((column) => column.kind !== "category" && column.fill !== null);
  if (folds === "loo") {
    if (!fills) return { data: rows, folds: "loo", how: "leaving one row out" };
    throw new Ell2Error("USAGE", {
      where,
      expected: "folds whose means are learnt without the rows that are held out",
      got: "--folds loo with --missing mean",
      remedy: "give a number of folds, or --missing drop",
    });
  }
  const empty = labels?.indexOf(null) ?? -1;
  if (empty >= 0) {
    throw new Ell2Error("DATA", {
      where,
      expected: `the fold of every row in column ${JSON.stringify(folds)}`,
      got: `an empty cell in row ${table.rowOf(empty)}`,
    });
  }
  const count = Math.min(Number(folds ?? 5), rows.rows);
  const foldOf =
    (labels as string[] | null) ?? kFold(rows.rows, { folds: count, shuffle: true, randomState: seed });
  const how = labels ? `folds by column ${folds}` : `${count} folds, shuffled with seed ${seed}`;
  if (!fills) return { data: rows, folds: foldOf, how };
  const splits = rowsOfFolds(where, foldOf, rows.rows).map((held) => {
    const out = new Set(held);
    const rest = Array.from({ length: rows.rows }, (_, i) => i).filter((i) => !out.has(i));
    const [train, test] = [takeTable(table, rest), takeTable(table, held)];
    const columns = learn(train);
    // features as all rows have them: a level that a fold lacks is a column of zeros there
    const known = columns.map((column, j) => (column.kind === "category" ? features[j]! : column));
    return { train: read(train, known), test: read(test, known) };
  });
  return { data: rows, folds: splits, how: `${how}, means learnt in each` };
}

/** What rows that do not fit in memory add up to. */
async function readThrough(
  where: string,
  source: Source,
  plan: ReadPlan,
  options: ReadOptions,
  rows: number,
): Promise<FitData> {
  const refuse = (what: string, remedy: string) =>
    new Ell2Error("USAGE", {
      where,
      expected: "what sums over the rows can tell, since they do not fit in memory",
      got: `${what} over ${rows} rows`,
      remedy,
    });
  if (plan.rowsFor !== null) throw refuse(plan.rowsFor, "use the closed form, or fewer rows");
  if (Number(plan.valid) > 0)
    throw refuse("--valid as a part of the rows", "give a file of its own to --valid");
  const fills = plan.columns.missing === "mean";
  const { folds = "5" } = plan;
  if (plan.choose && folds === "loo") throw refuse("--folds loo", "give a number of folds");
  if (plan.choose && fills) throw refuse("means learnt in each fold", "use --missing drop, or give --lambda");
  const column = columnOfFolds(plan.folds);
  const read = await momentsOf(source, {
    ...options,
    seed: plan.seed,
    ...(plan.choose && { folds: column === null ? Number(folds) : { column } }),
  });
  const { moments, columns } = read;
  const train = Moments.merge(moments);
  checkTwoRows(source, train.rows);
  const how =
    column === null ? `${folds} folds, dealt by a hash with seed ${plan.seed}` : `folds by column ${column}`;
  return {
    train,
    valid: await validMoments(source, plan, columns, train.outputs),
    columns,
    findings: findingsOf(read),
    choice: plan.choose ? { data: moments, folds: undefined, how } : null,
    rowOf: null,
    batches: null,
    noRows: "the rows did not fit in memory: only what they add up to was kept",
    repeatable: true,
  };
}
