import { type Column, type NumberColumn, numberColumns } from "../data/columns.js";
import { Moments } from "../data/moments.js";
import { sampleQuery, sumsQueries } from "../sql/sums.js";
import { missingCells } from "./engineCells.js";
import { type EngineMomentsOptions, type Planned, planSums } from "./enginePlan.js";
import { groupsOf, inOrder, mostGroups } from "./engineSums.js";
import { type EngineTable, withEngineTable } from "./engineTable.js";
import type { Findings } from "./readDataset.js";
import type { Source } from "./source.js";

/** Moments of parts of the rows, in the order of their labels (of their values where all are numbers). */
export interface LabelledMoments {
  /** What the expression gives for each part, as text. */
  labels: string[];
  /** As many as labels. */
  moments: Moments[];
}

/** What rows in an engine add up to. */
export interface EngineMoments extends Findings {
  /** Of all rows. */
  moments: Moments;
  /** null without `foldBy`. */
  folds: LabelledMoments | null;
  /** null without `batchBy`. */
  batches: LabelledMoments | null;
  /** The columns that the features come from. */
  columns: Column[];
}

/** A query as `explainMoments` prints it. */
export interface ExplainedQuery {
  /** What it asks for, in words. */
  what: string;
  /** The query, in the engine's SQL. */
  sql: string;
}

/**
 * The moments of rows that stay where they are: the engine adds up, and only sums come back. One scan
 * about centres taken from the first rows (for wide data several, each with some of the products); where these
 * turn out to be far from the means of a group, another one about its own.
 * Source: docs/engines.md; the update of the sums is that of `Moments.fromSums`.
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
 * Source: docs/engines.md.
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

async function addUp(
  planned: Planned,
  { foldBy, batchBy, missing }: EngineMomentsOptions,
): Promise<EngineMoments> {
  const { table, plan, inputs, outputs, leftOut } = planned;
  const lacking = missing === "drop" ? await missingCells(planned) : null;
  const groups = await groupsOf(planned);
  const parts = groups.map(({ rows, weight, centres, centresLow, deviations, products }) =>
    Moments.fromSums(
      { inputs, outputs },
      {
        rows,
        weight: plan.weight === null ? rows : weight,
        centre: centres,
        centreLow: centresLow,
        deviations,
        products,
      },
    ),
  );
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
    columns: numberColumns(inputs).map((column) => ({
      ...column,
      kind: table.columns.find(({ name }) => name === column.name)!.kind as NumberColumn["kind"],
    })) as Column[],
    leftOut,
    dropped: lacking?.dropped ?? 0,
    missing: lacking?.missing ?? [],
    filled: 0,
    unknown: 0,
    rounded: await table.rounded(table.columns.filter(({ name }) => planned.names.includes(name))),
  };
}
