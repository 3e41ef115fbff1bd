import type { Column } from "../data/columns.js";
import { numberColumns } from "../data/columns.js";
import type { Dataset } from "../data/dataset.js";
import { learnColumns } from "../data/learn.js";
import type { Table } from "../data/table.js";
import type { Matrix } from "../linalg/matrix.js";
import { withDuckDB } from "./duckdb.js";
import { isEngineSource, withEngineTable } from "./engineTable.js";
import { type OpenRows, type ReadOptions, withRows } from "./openRows.js";
import { openRelation, type SourceColumn } from "./relation.js";
import type { RoundedCells } from "./rounded.js";
import type { Source } from "./source.js";

/** What reading met besides the rows. */
export interface Findings {
  /** Columns that were left out because no feature can be made of them unasked. */
  leftOut: string[];
  /** Rows that were left out because a cell was missing. */
  dropped: number;
  /** How many cells were missing in each column that lacks any. */
  missing: { column: string; cells: number }[];
  /** Cells that were filled in. */
  filled: number;
  /** Cells with a level that the model does not have. */
  unknown: number;
  /** Cells that are read as other numbers than they hold: whole numbers with more digits than a double has, numbers that become 0. */
  rounded: RoundedCells[];
}

/** The rows of a source in memory. */
export interface SourceDataset extends Findings {
  /** The rows as features and targets. */
  dataset: Dataset;
  /** How the features come from the columns of the source. */
  columns: Column[];
  /** The rows before anything was learnt of them: for folds, each of which learns for itself. */
  table: Table;
  /** The columns that were asked for as `texts`, each with a cell for each row; null where it is empty. */
  texts: (string | null)[][];
}

/**
 * Reads a data set into memory: CSV, TSV, JSON, Parquet, any of the texts compressed, several files by
 * a pattern, a table of a DuckDB file, or a query. See docs/files.md for what becomes of each type.
 * @param source a path, a pattern, or where else the rows are
 * @param options the columns, what becomes of missing cells, and `texts`: columns to hand on as they are
 * @returns the rows in the order of the source, with row weights if a column of them was named
 * @throws DATA (with file, row and column) for a missing column, a cell that is missing, no number,
 *   NaN or infinite, a source without rows; SOURCE where it cannot be read; VALUE for a query that
 *   DuckDB refuses; OPTION for an option that does not exist; MISSING_PART without DuckDB
 * Source: docs/files.md.
 */
export async function readDataset(
  source: Source,
  options: ReadOptions & { texts?: readonly string[] },
): Promise<SourceDataset> {
  return (await readAtMost(source, Number.POSITIVE_INFINITY, options)) as SourceDataset;
}

/**
 * Reads a data set into memory, as `readDataset`, unless it is larger than that.
 * @param source as for `readDataset`
 * @param most how many entries, rows times columns that features and targets come from, are read
 * @param options as for `readDataset`, and `keepLevels` as for `encode`
 * @returns the data set; or how many rows the source has, where these are more entries
 * @throws as `readDataset`
 * Source: docs/files.md.
 */
export async function readAtMost(
  source: Source,
  most: number,
  {
    texts = [],
    keepLevels = false,
    ...options
  }: ReadOptions & { texts?: readonly string[]; keepLevels?: boolean },
): Promise<SourceDataset | number> {
  const work = async (rows: OpenRows): Promise<SourceDataset | number> => {
    const { plan } = rows;
    if (plan.rows * (plan.features.length + plan.targets.length) > most) return rows.count();
    let whole: SourceDataset | undefined;
    await rows.blocks(
      async (table) => {
        if (whole !== undefined) throw rows.changed();
        const { missing, dropFirst = false, reference = {} } = options;
        const learnt = { fill: missing === "mean", dropFirst, reference };
        const columns = options.columns ? [...options.columns] : learnColumns(table, learnt);
        const dataset = await rows.encode(table, columns, keepLevels);
        whole = { dataset, columns, table, texts: table.texts, ...findings(rows) };
      },
      { blockRows: plan.rows, texts },
    );
    return whole!;
  };
  return withRows("readDataset", source, options, work, texts.length === 0);
}

/**
 * How large what would be read is, without reading it.
 * @param source as for `readDataset`
 * @param options as for `readDataset`
 * @returns rows in the source, and columns of it that features and targets come from
 * @throws as `readDataset`, for the choice of columns
 * Source: docs/files.md.
 */
export const sizeOf = (source: Source, options: ReadOptions): Promise<{ rows: number; columns: number }> =>
  withRows("sizeOf", source, options, async ({ plan: { rows, features, targets } }) => ({
    rows,
    columns: features.length + targets.length,
  }));

/** What an open source has met so far. */
export function findings({ plan, counts }: OpenRows): Findings {
  return {
    leftOut: plan.leftOut,
    dropped: counts.dropped,
    missing: [...counts.missing].map(([column, cells]) => ({ column, cells })),
    filled: counts.filled,
    unknown: counts.unknown,
    rounded: plan.rounded,
  };
}

/**
 * Reads columns of numbers as a matrix.
 * @param source as for `readDataset`
 * @param names the columns, in the order that they are wanted
 * @returns [rows×names]
 * @throws as `readDataset`
 * Source: docs/files.md.
 */
export async function readMatrix(source: Source, names: readonly string[]): Promise<Matrix> {
  return (await readDataset(source, { columns: numberColumns(names) })).dataset.X;
}

/**
 * The columns of a source, with the engine's type of each (VARCHAR throughout for a CSV file, whatever it spells).
 * @throws SOURCE where it cannot be read, DATA where it has no good names
 * Source: docs/files.md.
 */
export const readColumns = (source: Source): Promise<{ name: string; type: string }[]> => {
  const named = ({ columns }: { columns: readonly SourceColumn[] }) =>
    columns.map(({ name, type }) => ({ name, type }));
  return isEngineSource(source)
    ? withEngineTable(source, {}, async (table) => named(table))
    : withDuckDB(async (connection) => named(await openRelation(connection, source)));
};

/**
 * The column names of a source.
 * @throws as `readColumns`
 * Source: docs/files.md.
 */
export const readNames = async (source: Source): Promise<string[]> =>
  (await readColumns(source)).map(({ name }) => name);
