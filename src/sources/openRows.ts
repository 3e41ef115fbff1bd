import type { DuckDBConnection } from "@duckdb/node-api";
import type { Column } from "../data/columns.js";
import type { Dataset } from "../data/dataset.js";
import { encode } from "../data/encode.js";
import { ColumnLearner } from "../data/learn.js";
import type { Table } from "../data/table.js";
import { Ell2Error } from "../errors.js";
import { cellError, located } from "./cellError.js";
import { type ColumnChoice, checkChoice, expand } from "./choose.js";
import { FILE, ROWS, withDuckDB } from "./duckdb.js";
import { type KindedColumn, textSql } from "./kinds.js";
import { codeSql, type Plan, planReading } from "./plan.js";
import { checkPresumed, presumedPlan } from "./presume.js";
import { openRelation, view } from "./relation.js";
import { type Block, type Counts, type Rows, type ScanOptions, scan, scanColumns } from "./scan.js";
import type { Source } from "./source.js";

/** Rows of a block that is worked on while the next is read. */
const BLOCK_ROWS = 2048;

/** How far reading has come. */
export interface Progress {
  /** Rows that were read so far. */
  rows: number;
  /** Rows that there are. */
  total: number;
}

/** How a source is read. */
export interface ReadOptions extends ColumnChoice {
  /** Called after every block. */
  onProgress?: (progress: Progress) => void;
}

/** A source that is open for reading, as often as one likes. */
export interface OpenRows {
  plan: Plan;
  counts: Counts & { filled: number; unknown: number };
  /** The rows in blocks; `texts` are further columns by name, `extra` the index of a column's text among `levels`, −1 where there is none. */
  blocks(use: (block: Block) => Promise<void> | void, options?: BlockOptions): Promise<void>;
  /** The rows as columns, features as they are read, in parts as DuckDB gives them. */
  columns(use: (rows: Rows) => void): Promise<void>;
  /** Throws the error for the first number that is not finite, if there is one. */
  refuseNotFinite(): Promise<void>;
  /** What is learnt of the columns, or the model's. */
  learn(): Promise<Column[]>;
  /** A column by its name. @throws DATA where there is none */
  column(name: string): KindedColumn;
  /** How many rows there are. @throws where that is presumed */
  count(): number;
  /** The error for rows that are others than those that were counted. */
  changed(): Error;
  /** The error for the first empty cell of a column. */
  emptyCell(column: string): Promise<Ell2Error>;
  /** A block as features. @param keepLevels as in `encode` */
  encode(block: Table, columns: readonly Column[], keepLevels?: boolean): Promise<Dataset>;
}

interface BlockOptions {
  blockRows?: number;
  texts?: readonly string[];
  extra?: { column: string; levels: readonly string[] };
}

/**
 * Opens a source, works with it, and closes it again.
 * @param use called with the open source; twice where `presume` is set, and what was presumed of the rows was wrong
 * @param presume whether the rows are only read once, in blocks, and all of them are kept: then what they hold may be
 *   presumed, and their number too
 * @throws whatever can be wrong with a source, a choice of columns or a cell; and what `use` throws
 */
export async function withRows<T>(
  where: string,
  source: Source,
  { onProgress, ...choice }: ReadOptions,
  use: (rows: OpenRows) => Promise<T>,
  presume = false,
): Promise<T> {
  checkChoice(where, choice);
  return withDuckDB(async (connection) => {
    const relation = await openRelation(connection, source);
    if (presume && relation.csv !== null) {
      try {
        const plan = await presumedPlan(connection, relation, choice);
        if (plan !== null) return await read(connection, plan);
      } catch {
        // whatever is wrong is said when all rows were looked at
      }
      await connection.run(view(relation.csv()));
    }
    return read(connection, await planReading(connection, relation, choice));
  });

  async function read(connection: DuckDBConnection, plan: Plan): Promise<T> {
    const { relation, rows, features, targets, weight } = plan;
    const counts = { read: 0, dropped: 0, missing: new Map<string, number>(), filled: 0, unknown: 0 };
    const read = [...features, ...targets, ...(weight ? [weight] : [])];
    const refuseFirst = async (wrong: "not finite" | "negative", columns = read): Promise<void> => {
      for (const column of columns) {
        if (plan.categorical.has(column.name)) continue;
        const error = await cellError(relation, column, wrong, rows);
        if (error) throw error;
      }
    };
    let extras = 0;
    const learnt = choice.columns;
    const fills = (j: number) => {
      const column = learnt?.[j];
      return column === undefined || (column.kind !== "category" && column.fill !== null);
    };
    const missing = choice.missing ?? (learnt?.some((_, j) => fills(j)) ? "mean" : "error");
    const fillable = plan.raw.map((column, j) => column.kind !== "category" && fills(j));
    const column = (name: string): KindedColumn => expand(relation.name, plan.available, [name], [])[0]!;

    /** Options of a scan from the first row on. */
    const begin = (more: Pick<ScanOptions, "texts" | "extra"> = {}): ScanOptions => {
      Object.assign(counts, { read: 0, dropped: 0, filled: 0, unknown: 0 });
      counts.missing.clear();
      const refuse: ScanOptions["refuse"] = async (j, wrong) => {
        throw (await cellError(relation, read[j]!, wrong, rows)) ?? changed(relation.name);
      };
      return { ...more, missing, fillable, counts, refuse };
    };
    const tell = () => onProgress?.({ rows: counts.read, total: rows });
    const finish = () => {
      if (!plan.presumed && counts.read !== rows) throw changed(relation.name);
      if (counts.dropped < counts.read) return;
      throw new Ell2Error("DATA", {
        where: relation.name,
        expected: "rows without a missing cell",
        got: `none of ${rows}`,
      });
    };
    const checkWeights = async (weights: Float64Array | null | undefined): Promise<void> => {
      if (weights?.some((x) => !(x >= 0))) await refuseFirst("negative", [weight!]);
    };

    const blocks: OpenRows["blocks"] = async (use, { blockRows = BLOCK_ROWS, texts = [], extra } = {}) => {
      const codes =
        extra &&
        (await codeSql(connection, textSql(column(extra.column)), extra.levels, `extra_${extras++}`));
      const more = {
        texts: texts.map((name) => textSql(column(name))),
        extra: codes ? `coalesce(${codes}, -1)` : (plan.presumed?.otherKind ?? undefined),
      };
      await scan(plan, { ...begin(more), blockRows }, async (block) => {
        if (plan.presumed) checkPresumed(plan.presumed, block);
        await checkWeights(block.weights);
        if ((choice.unknown ?? "error") === "error") await refuseUnknown(block);
        await use(block);
        tell();
      });
      finish();
    };

    const columns: OpenRows["columns"] = async (use) => {
      await scanColumns(plan, begin(), async (part) => {
        if (weight) await checkWeights(part.values.at(-1)!);
        use(part);
        tell();
      });
      finish();
    };

    async function refuseUnknown({ columns, cells }: Block): Promise<void> {
      for (const [j, column] of columns.entries()) {
        if (column.kind !== "category") continue;
        for (let i = 0; i < cells.rows; i++) {
          if (cells.data[i * cells.cols + j] === -1) throw await unknownLevel(j);
        }
      }
    }

    async function unknownLevel(j: number): Promise<Ell2Error> {
      const file = relation.files.length > 1 ? FILE : "NULL";
      const [row, text, at] = (
        await relation.query(`SELECT row, cell, file FROM (SELECT row_number() OVER () AS row,
          ${textSql(features[j]!)} AS cell, ${file} AS file, ${plan.codes[j]} AS code FROM ${ROWS})
          WHERE code = -1 ORDER BY row LIMIT 1`)
      )[0]!;
      const { name, levels } = plan.raw[j] as { name: string; levels: readonly string[] };
      const shown = levels.slice(0, 12).map((level) => JSON.stringify(level));
      return located(relation, name, Number(row), rows, at === null ? null : String(at), {
        expected: `a level that was there in training (${shown.join(", ")}${levels.length > 12 ? ", …" : ""})`,
        got: JSON.stringify(text),
        remedy: "mend the cell, or ignore unknown levels (all indicators of the column are then 0)",
      });
    }

    async function learn(): Promise<Column[]> {
      if (choice.columns !== undefined) return [...choice.columns];
      const fill = choice.missing === "mean";
      const { dropFirst = false, reference = {} } = choice;
      const learner = new ColumnLearner(plan.raw, { fill, dropFirst, reference });
      if (fill || plan.categorical.size > 0) await blocks((block) => void learner.add(block));
      return learner.columns();
    }

    return use({
      plan,
      counts,
      blocks,
      columns,
      refuseNotFinite: () => refuseFirst("not finite"),
      learn,
      column,
      count() {
        if (plan.presumed) throw changed(relation.name);
        return rows;
      },
      changed: () => changed(relation.name),
      emptyCell: async (name) =>
        (await cellError(relation, column(name), "empty", rows)) ?? changed(relation.name),
      async encode(block, columns, keepLevels = false) {
        try {
          const { dataset, filled, unknown } = encode(block, columns, { unknown: "ignore", keepLevels });
          counts.filled += filled;
          counts.unknown += unknown;
          return dataset;
        } catch (error) {
          if ((error as Ell2Error).code === "NOT_FINITE" || (error as Ell2Error).code === "VALUE")
            await refuseFirst("not finite");
          throw error;
        }
      },
    });
  }
}

const changed = (name: string): Ell2Error =>
  new Ell2Error("SOURCE", {
    where: name,
    expected: "the same rows each time they are read",
    got: "others",
    remedy: "a query that is read more than once needs a result that does not change",
  });
