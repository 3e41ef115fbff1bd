import { type Column, numberColumns } from "../data/columns.js";
import { Moments } from "../data/moments.js";
import { Ell2Error } from "../errors.js";
import { checkOptions } from "../numbers/check.js";
import { WRITING } from "../sql/dialect.js";
import { bracketed } from "../sql/expression.js";
import { groupsQuery, type SumsPlan, sampleQuery, sumsQueries } from "../sql/sums.js";
import { type ColumnChoice, checkChoice, chooseColumns } from "./choose.js";
import { emptyCells, missingCells, notFinite } from "./engineCells.js";
import { type Group, readGroups } from "./engineGroups.js";
import { type EngineTable, withEngineTable } from "./engineTable.js";
import type { KindedColumn } from "./kinds.js";
import type { Findings } from "./readDataset.js";
import type { Source } from "./source.js";

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

/** Moments of parts of the rows, in the order of their labels (of their values where all are numbers). */
export interface LabelledMoments {
  labels: string[];
  moments: Moments[];
}

/** What rows in an engine add up to. */
export interface EngineMoments extends Findings {
  moments: Moments;
  /** null without `foldBy`. */
  folds: LabelledMoments | null;
  /** null without `batchBy`. */
  batches: LabelledMoments | null;
  columns: Column[];
}

/** A query as `explainMoments` prints it. */
export interface ExplainedQuery {
  what: string;
  sql: string;
}

/** Groups at most, and numbers that may come back. */
const MOST_GROUPS = 100_000;
const MOST_NUMBERS = 2 ** 24;
/** Wδ²/S beyond which a centre is too far from the mean, so that more than two digits would be lost. */
const FAR = 100;

/**
 * The moments of rows that stay where they are: the engine adds up, and only sums come back. One scan
 * about centres taken from the first rows (for wide data several, each with some of the products); where these
 * turn out to be far from the means of a group, another one about its own.
 * @param source a table or a query behind `postgres://…`, or whatever DuckDB reads
 * @param options which columns, of numbers, dates or booleans; and which rows
 * @returns the moments of all rows, of each fold and of each batch
 * @throws DATA for a column of text or one that is missing, for missing cells with their counts, NaN and
 *   infinity with theirs, negative weights, no rows, too many groups; VALUE for SQL that is none; SOURCE for whatever goes
 *   wrong between here and the engine; the signal's reason
 */
export const engineMoments = (source: Source, options: EngineMomentsOptions): Promise<EngineMoments> =>
  withEngineTable(source, signalOf(options), (table) => momentsOfTable(table, options));

/** `engineMoments` of a table that is open. */
export async function momentsOfTable(
  table: EngineTable,
  options: EngineMomentsOptions,
): Promise<EngineMoments> {
  return addUp(await planSums("engineMoments", table, options), options);
}

/**
 * What `engineMoments` would ask, without asking it (only the names and types of the columns are looked up).
 * @param source as for `engineMoments`
 * @param options as for `engineMoments`
 * @returns the queries in order; numbers that an earlier one gives are written `:c0`, `:c1`, …
 */
export const explainMoments = (source: Source, options: EngineMomentsOptions): Promise<ExplainedQuery[]> =>
  withEngineTable(source, signalOf(options), async (table) => {
    const { plan } = await planSums("explainMoments", table, options);
    const centres = plan.columns.map((_, i) => `:c${i}`);
    return [
      { what: "numbers near the means, from the first rows", sql: sampleQuery(plan) },
      ...sumsQueries(plan, centres, mostGroups(plan)).map(({ sql }, i, all) => ({
        what: `the sums about them${all.length === 1 ? "" : `, ${i + 1} of ${all.length}`}`,
        sql,
      })),
    ];
  });

const signalOf = ({ signal }: EngineMomentsOptions) => (signal === undefined ? {} : { signal });

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

async function planSums(where: string, table: EngineTable, options: EngineMomentsOptions): Promise<Planned> {
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

const columnError = ({ name }: EngineTable, expected: string, got: string, remedy?: string): Ell2Error =>
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

async function addUp(
  planned: Planned,
  { foldBy, batchBy, missing }: EngineMomentsOptions,
): Promise<EngineMoments> {
  const { table, plan, inputs, outputs, leftOut } = planned;
  const lacking = missing === "drop" ? await missingCells(planned) : null;
  const groups = await groupsOf(planned);
  const parts = groups.map((group) => momentsOfGroup(planned, group));
  const by = (key: number): LabelledMoments => {
    const labels = [...new Set(groups.map(({ keys }) => keys[key]!))].sort(inOrder);
    const of = new Map(labels.map((label): [string, Moments[]] => [label, []]));
    for (const [i, { keys }] of groups.entries()) of.get(keys[key]!)!.push(parts[i]!);
    return { labels, moments: labels.map((label) => Moments.merge(of.get(label)!)) };
  };
  const folds = foldBy === undefined ? null : by(0);
  const batches = batchBy === undefined ? null : by(plan.keys.length - 1);
  return {
    moments: Moments.merge(parts),
    folds,
    batches,
    columns: numberColumns(inputs).map((column) => {
      const { kind } = table.columns.find(({ name }) => name === column.name)!;
      return { ...column, kind } as Column;
    }),
    leftOut,
    dropped: lacking?.dropped ?? 0,
    missing: lacking?.missing ?? [],
    filled: 0,
    unknown: 0,
  };

  function momentsOfGroup(
    { plan }: Planned,
    { rows, weight, centres, deviations, products }: Group,
  ): Moments {
    return Moments.fromSums(
      { inputs, outputs },
      { rows, weight: plan.weight === null ? rows : weight, centre: centres, deviations, products },
    );
  }
}

/** The sums of each group, about centres that are near enough to its means. */
async function groupsOf(planned: Planned): Promise<Group[]> {
  const { plan } = planned;
  const centres = await centresOf(planned);
  const groups = await sums(planned, centres.map(WRITING[plan.dialect].double));
  if (!groups.some(isFar)) return groups;
  if (plan.keys.length > 0) return sums(planned, "groups");
  const [{ centres: from, deviations, weight }] = groups as [Group];
  return sums(
    planned,
    Array.from(from, (c, i) => WRITING[plan.dialect].double(c + deviations[i]! / weight)),
  );
}

function isFar({ weight, deviations, products }: Group): boolean {
  const p = deviations.length;
  return deviations.some((sum, i) => {
    const miss = sum * (sum / weight);
    return miss > FAR * (products[i * p + i]! - miss);
  });
}

/** Numbers near the means, from a sample; and a look at how many groups there may be. */
async function centresOf(planned: Planned): Promise<number[]> {
  const { table, plan } = planned;
  const finite = (x: unknown) => (typeof x === "number" && Number.isFinite(x) ? x : 0);
  let sample: unknown[];
  try {
    sample = (await table.engine.query(sampleQuery(plan))).rows[0]!;
  } catch (error) {
    throw await notFiniteInstead(planned, error);
  }
  const [rows, ...rest] = sample as [number, ...unknown[]];
  const values = rest.slice(0, plan.keys.length) as number[];
  if (rows === 0)
    throw columnError(table, "at least one row", plan.where.length > 0 ? "none that counts" : "none");
  // a key that tells most rows apart would make as many groups
  if (values.some((count) => count > 1000 && count > rows / 2)) {
    const most = mostGroups(plan);
    const [[count]] = (await table.engine.query(groupsQuery(plan, most))).rows as [[number]];
    if (count > most) throw tooMany(table, most);
  }
  return rest.slice(plan.keys.length).map(finite);
}

const mostGroups = ({ columns: { length: p } }: SumsPlan): number =>
  Math.max(1, Math.min(MOST_GROUPS, Math.floor(MOST_NUMBERS / ((p * (p + 1)) / 2 + 3 * p + 5))));

const tooMany = (table: EngineTable, most: number): Ell2Error =>
  columnError(
    table,
    `at most ${most} folds and batches together, of so many columns`,
    "more",
    "group by something coarser, such as a hash of the key modulo 1000",
  );

/** The sums, checked: no missing cell, nothing that is not finite, no weight below 0, no row without a group. */
async function sums(planned: Planned, centres: readonly string[] | "groups"): Promise<Group[]> {
  const { table, plan } = planned;
  const most = mostGroups(plan);
  let groups: Group[];
  try {
    groups = await readGroups(table, plan, sumsQueries(plan, centres, most));
  } catch (error) {
    throw await notFiniteInstead(planned, error);
  }
  if (groups.length > most) throw tooMany(table, most);
  const lost = groups
    .filter(({ keys }) => keys.includes(null as never))
    .reduce((sum, { rows }) => sum + rows, 0);
  if (lost > 0) {
    const rows = lost === 1 ? "1 row" : `${lost} rows`;
    throw columnError(
      table,
      "a fold and a batch for every row",
      `NULL for ${rows}`,
      "leave them out (where), or give them one (COALESCE)",
    );
  }
  if (groups.some(({ counts, rows }) => counts.some((count) => count !== rows)))
    throw await emptyCells(planned);
  if (groups.some(({ leastWeight }) => leastWeight < 0))
    throw columnError(
      table,
      `weights ≥ 0 in column ${JSON.stringify(planned.names.at(-1))}`,
      "one below 0",
      "a weight says how often a row counts",
    );
  const finite = groups.every((g) =>
    [g.deviations, g.products, [g.weight]].every((part) => part.every(Number.isFinite)),
  );
  if (!finite) throw await notFinite(planned);
  if (groups.every(({ weight }) => weight === 0)) throw columnError(table, "a weight above 0", "zeros alone");
  return groups.sort(
    (a, b) => inOrder(a.keys[0] ?? "", b.keys[0] ?? "") || inOrder(a.keys[1] ?? "", b.keys[1] ?? ""),
  );
}

/** Some engines stop at the first overflow: then what is not finite is told, if that is it. */
async function notFiniteInstead(planned: Planned, error: unknown): Promise<unknown> {
  const { data } = error as Ell2Error;
  return error instanceof Ell2Error && data.failure === "overflow" ? notFinite(planned) : error;
}

/** By value where both are numbers, otherwise by code units. */
function inOrder(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => (text.trim() === "" ? Number.NaN : Number(text))) as [number, number];
  if (!Number.isNaN(x) && !Number.isNaN(y) && x !== y) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}
