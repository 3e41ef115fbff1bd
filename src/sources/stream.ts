import type { Column } from "../data/columns.js";
import type { Dataset } from "../data/dataset.js";
import { MomentStream } from "../data/momentStream.js";
import { Moments } from "../data/moments.js";
import { checkInteger } from "../numbers/check.js";
import { FoldRows, type Folds, foldOfRow } from "./folds.js";
import { type OpenRows, type ReadOptions, withRows } from "./openRows.js";
import { levelsOf } from "./plan.js";
import { type Findings, findings } from "./readDataset.js";
import type { Source } from "./source.js";

/** Rows from which another thread pays. */
const LEAST_THREADED = 2 ** 20;

/** A part of the rows; it is good until the next is asked for, which uses its memory again. */
export interface Part {
  /** The rows of the part. */
  dataset: Dataset;
  /** How the features come from the columns of the source. */
  columns: readonly Column[];
  /** The columns that were asked for as `texts`, each with a cell for each row; null where it is empty. */
  texts: (string | null)[][];
  /** What reading has met so far. */
  findings: Findings;
}

/**
 * Works through the rows of a source in order, a part at a time, in bounded memory however many there are.
 * What has to be learnt of the columns (levels, means) takes a reading of its own before.
 * @param source as for `readDataset`
 * @param options as for `readDataset`, and `texts`: columns to hand on as they are
 * @param use called with each part
 * @returns what reading met
 * @throws as `readDataset`; and what `use` throws
 * Source: docs/files.md.
 */
export async function streamDataset(
  source: Source,
  { texts = [], ...options }: ReadOptions & { texts?: readonly string[] },
  use: (part: Part) => void | Promise<void>,
): Promise<Findings> {
  return withRows("streamDataset", source, options, async (rows) => {
    for (const name of texts) rows.column(name);
    const columns = await rows.learn();
    await rows.blocks(
      async (block) => {
        const dataset = await rows.encode(block, columns);
        await use({ dataset, columns, texts: block.texts, findings: findings(rows) });
      },
      { texts },
    );
    return findings(rows);
  });
}

/** What the rows of a source add up to. */
export interface SourceMoments extends Findings {
  /** Of all rows; or of each fold. */
  moments: Moments[];
  /** How the features come from the columns of the source. */
  columns: Column[];
}

/**
 * The moments of a source: the rows are read once, in bounded memory, and merged in the order that
 * `Moments.of` merges, so that the same bits come out. A million rows or more are added up in another
 * thread, which is started if there is none.
 * @param source as for `readDataset`
 * @param options as for `readDataset`, and `folds`: how many, to which rows are dealt by a hash of
 *   their number and `seed`; or the column whose texts say which rows belong together
 * @returns one set of moments, or one for each fold
 * @throws as `readDataset`; VALUE for less than 2 folds
 * Source: docs/files.md and docs/moments.md.
 */
export async function momentsOf(
  source: Source,
  { folds, seed = 14, ...options }: ReadOptions & { folds?: Folds; seed?: number },
): Promise<SourceMoments> {
  if (typeof folds === "number") checkInteger("momentsOf", "folds", folds, 2);
  return withRows("momentsOf", source, options, async (rows) => {
    const columns = await rows.learn();
    const moments =
      folds === undefined ? [await allMoments(rows, columns)] : await foldMoments(rows, columns, folds, seed);
    return { moments, columns, ...findings(rows) };
  });
}

async function allMoments(rows: OpenRows, columns: readonly Column[]): Promise<Moments> {
  if (columns.some((column) => column.kind === "category" || column.fill !== null)) {
    const sum = new MomentTree();
    await rows.blocks(async (block) => sum.add(Moments.of(await rows.encode(block, columns))));
    return sum.merged();
  }
  const { targets, weight, rows: count } = rows.plan;
  const inputs = columns.map(({ name }) => name);
  const outputs = targets.map(({ name }) => name);
  const sum =
    count < LEAST_THREADED
      ? new MomentStream(inputs, outputs, weight !== null)
      : await MomentStream.threaded(inputs, outputs, weight !== null);
  await rows.columns((part) => {
    sum.add(part.values, part.rows);
    part.release();
  });
  try {
    return sum.moments();
  } catch (error) {
    await rows.refuseNotFinite();
    throw error;
  }
}

async function foldMoments(
  rows: OpenRows,
  columns: readonly Column[],
  folds: Folds,
  seed: number,
): Promise<Moments[]> {
  const column = typeof folds === "number" ? null : folds.column;
  const levels = column === null ? null : await levelsOf(rows.plan.relation, rows.column(column));
  const parts = Array.from({ length: levels?.length ?? (folds as number) }, () => new MomentTree());
  const buffers = parts.map(() => new FoldRows());
  let row = 0;
  const extra = column === null || levels === null ? {} : { extra: { column, levels } };
  await rows.blocks(async (block) => {
    const dataset = await rows.encode(block, columns);
    for (let i = 0; i < dataset.rows; i++) {
      const fold = block.extra ? block.extra[i]! : foldOfRow(row++, parts.length, seed);
      if (fold < 0) throw await rows.emptyCell(column!);
      const full = buffers[fold]!.add(dataset, i);
      if (full) parts[fold]!.add(Moments.of(full));
    }
  }, extra);
  return parts.map((part, fold) => {
    const rest = buffers[fold]!.rest();
    if (rest) part.add(Moments.of(rest));
    return part.merged();
  });
}

/** Moments of parts of equal size (a power of two of blocks, the last one smaller), merged as `Moments.of` merges blocks. */
class MomentTree {
  readonly #stack: Moments[] = [];
  #count = 0;

  add(part: Moments): void {
    this.#stack.push(part);
    for (let done = ++this.#count; done % 2 === 0; done /= 2) this.#carry();
  }

  merged(): Moments {
    while (this.#stack.length > 1) this.#carry();
    return this.#stack[0]!;
  }

  #carry(): void {
    const last = this.#stack.pop()!;
    this.#stack.push(this.#stack.pop()!.add(last));
  }
}
