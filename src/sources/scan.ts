import type { DuckDBDataChunk } from "@duckdb/node-api";
import type { Table } from "../data/table.js";
import { Matrix } from "../linalg/matrix.js";
import { interleave } from "../numbers/interleave.js";
import { type Chunk, isThere, numbersOf, pick } from "./chunk.js";
import { ROWS } from "./duckdb.js";
import { numberSql } from "./kinds.js";
import type { Plan } from "./plan.js";

/** Rows in the order of the source. */
export interface Block extends Table {
  /** A further column of numbers without missing cells, if one was asked for. */
  extra: Float64Array | null;
  /** Further columns as texts. */
  texts: (string | null)[][];
}

/** What has been read so far. */
export interface Counts {
  /** Rows that were looked at. */
  read: number;
  /** Rows that were left out because a cell was missing. */
  dropped: number;
  /** Missing cells of each column that has any, by name. */
  missing: Map<string, number>;
}

export interface ScanOptions {
  missing: "error" | "drop" | "mean";
  /** For each feature's column, whether missing cells of it are filled in where "mean" is asked for. */
  fillable: readonly boolean[];
  /** A further column of numbers, in SQL. */
  extra?: string | undefined;
  /** Further columns as texts, in SQL. */
  texts?: readonly string[];
  counts: Counts;
  /** Called where a cell is wrong: throws the error for it. */
  refuse(column: number, wrong: "empty" | "not finite"): Promise<never>;
}

/** Rows as DuckDB gives them, without those that are left out; good until they are released or the next are asked for. */
export interface Rows extends Chunk {
  /** Further columns as texts. */
  texts: (string | null)[][];
  /** The number in the source of the first row that DuckDB gave, and which of its rows these are; null for all. */
  first: number;
  whole: number[] | null;
  /** Says that everything is copied: the next rows may be read while these are worked on. */
  release(): void;
}

/** The rows of a source in order: columns of features, targets and weights, then the further column. */
export async function* scanColumns(plan: Plan, options: ScanOptions): AsyncGenerator<Rows> {
  const { missing, counts } = options;
  const { raw, targets, weight } = plan;
  const others = [...targets, ...(weight ? [weight] : [])];
  const names = [...raw, ...others].map(({ name }) => name);
  const select = [
    ...plan.codes,
    ...others.map(numberSql),
    ...(options.extra === undefined ? [] : [options.extra]),
  ];
  const texts = options.texts ?? [];
  const result = await plan.relation.stream(
    `SELECT ${[...select, ...texts].map((sql, i) => `${sql} AS v${i}`).join(", ")} FROM ${ROWS}`,
  );
  const fetch = async (): Promise<DuckDBDataChunk | null> => {
    try {
      return await result.fetchChunk();
    } catch (error) {
      throw plan.relation.explain(error);
    }
  };
  let next: Promise<DuckDBDataChunk | null> | null = fetch();
  const release = () => {
    next ??= fetch();
    next.catch(() => {}); // it is awaited later
  };
  try {
    for (;;) {
      const fetched = await (next ?? fetch());
      next = null;
      if (fetched === null || fetched.rowCount === 0) break;
      let chunk = numbersOf(fetched, select.length);
      let whole: number[] | null = null;
      if (missing !== "error" || chunk.masks.some((mask) => mask !== null)) {
        whole = await wholeRows(chunk, names, options);
        if (whole !== null) chunk = pick(chunk, whole);
      }
      const words = texts.map((_, j) => {
        const all = fetched.getColumnVector(select.length + j).toArray() as (string | null)[];
        return whole === null ? all : whole.map((i) => all[i]!);
      });
      const first = counts.read + 1;
      counts.read += fetched.rowCount;
      if (chunk.rows > 0) yield { ...chunk, texts: words, first, whole, release };
    }
  } finally {
    await (next as Promise<unknown> | null)?.catch(() => {}); // nothing may run on when the connection is closed
  }
}

/**
 * The rows of a source in blocks. A block's memory is used again for the next one, which is being read
 * while a block is worked on.
 */
export async function* scan(plan: Plan, options: ScanOptions & { blockRows: number }): AsyncGenerator<Block> {
  const { blockRows } = options;
  const { raw: columns, targets } = plan;
  const [c, k] = [columns.length, targets.length];
  const cells = new Float64Array(blockRows * c);
  const Y = new Float64Array(blockRows * k);
  const weights = plan.weight ? new Float64Array(blockRows) : null;
  const extra = options.extra === undefined ? null : new Float64Array(blockRows);
  // without rows left out, those of a block follow on one another
  const rowOf = options.missing === "drop" ? new Float64Array(blockRows) : null;
  let firstRow = 1;
  let texts: (string | null)[][] = [];
  let at = 0;

  const block = (): Block => {
    const start = firstRow;
    firstRow += at;
    return {
      columns,
      cells: new Matrix(at, c, cells.subarray(0, at * c)),
      outputs: targets.map(({ name }) => name),
      Y: new Matrix(at, k, Y.subarray(0, at * k)),
      weights: weights?.subarray(0, at) ?? null,
      rowOf: (i) => (rowOf === null ? start + i : rowOf[i]!),
      extra: extra?.subarray(0, at) ?? null,
      texts,
    };
  };

  for await (const { rows, values, first, whole, texts: words, release } of scanColumns(plan, options)) {
    for (let from = 0; from < rows; ) {
      const count = Math.min(rows - from, blockRows - at);
      if (at === 0) texts = words.map(() => []);
      interleave(values, 0, c, from, count, cells, at);
      interleave(values, c, k, from, count, Y, at);
      weights?.set(values[c + k]!.subarray(from, from + count), at);
      extra?.set(values.at(-1)!.subarray(from, from + count), at);
      for (let i = 0; i < count && rowOf !== null; i++)
        rowOf[at + i] = first + (whole ? whole[from + i]! : from + i);
      for (const [j, word] of words.entries())
        for (let i = 0; i < count; i++) texts[j]!.push(word[from + i]!);
      at += count;
      from += count;
      if (from === rows) release();
      if (at < blockRows) continue;
      yield block();
      at = 0;
    }
  }
  if (at > 0) yield block();
}

/**
 * The rows of a chunk without a missing cell where rows are left out, or null for all of them. Missing
 * cells that are to be filled in become NaN, in place; a number that is NaN already is refused.
 */
async function wholeRows(
  { rows, values, masks }: Chunk,
  names: readonly string[],
  { missing, fillable, counts, refuse }: ScanOptions,
): Promise<number[] | null> {
  const lacks = new Uint8Array(rows);
  let lacking = 0;
  for (const [j, name] of names.entries()) {
    const [column, mask] = [values[j]!, masks[j]!];
    let count = 0;
    for (let i = 0; i < rows; i++) {
      if (isThere(mask, i)) {
        if (!Number.isFinite(column[i]!)) await refuse(j, "not finite");
        continue;
      }
      count++;
      if (missing === "drop") {
        lacking += 1 - lacks[i]!;
        lacks[i] = 1;
      } else if (missing === "mean" && fillable[j]) column[i] = Number.NaN;
      else await refuse(j, "empty");
    }
    if (count > 0) counts.missing.set(name, (counts.missing.get(name) ?? 0) + count);
  }
  if (lacking === 0) return null;
  counts.dropped += lacking;
  const whole: number[] = [];
  for (let i = 0; i < rows; i++) if (lacks[i] === 0) whole.push(i);
  return whole;
}
