import type { DuckDBDataChunk } from "@duckdb/node-api";
import type { Table } from "../data/table.js";
import { Matrix } from "../linalg/matrix.js";
import { interleave } from "../numbers/interleave.js";
import { type Chunk, isThere, numbersOf, pick } from "./chunk.js";
import { ROWS } from "./duckdb.js";
import { numberSql } from "./kinds.js";
import { chunkOf, type PlainColumn } from "./plainCells.js";
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

/**
 * Gives the rows of a source in order to `use`: columns of features, targets and weights, then the
 * further column. (One loop and no generators: at two thousand rows a turn these would cost a fifth of the time.)
 */
export async function scanColumns(
  plan: Plan,
  options: ScanOptions,
  use: (rows: Rows) => Promise<void> | void,
): Promise<void> {
  const { missing, counts } = options;
  const { raw, targets, weight } = plan;
  const others = [...targets, ...(weight ? [weight] : [])];
  const names = [...raw, ...others].map(({ name }) => name);
  const { next, release, end } = await partsOf(plan, options);
  try {
    for (let part = await next(); part !== null; part = await next()) {
      let { chunk } = part;
      const given = chunk.rows;
      let whole: number[] | null = null;
      if (missing !== "error" || chunk.masks.some((mask) => mask !== null)) {
        whole = await wholeRows(chunk, names, options);
        if (whole !== null) chunk = pick(chunk, whole);
      }
      const texts = part.texts.map((all) => (whole === null ? all : whole.map((i) => all[i]!)));
      const first = counts.read + 1;
      counts.read += given;
      if (chunk.rows === 0) continue;
      const { rows, values, masks } = chunk;
      const used = use({ rows, values, masks, texts, first, whole, release });
      if (used) await used;
    }
  } finally {
    await end(); // nothing may run on when the connection is closed
  }
}

/** Rows of a chunk that are read from memory. */
const CHUNK_ROWS = 2048;

/** Rows with every column that is asked for, as they are read. */
interface Part {
  chunk: Chunk;
  texts: (string | null)[][];
}

/** Gives the parts of a source in order. */
interface Parts {
  /** null after the last. */
  next(): Promise<Part | null>;
  /** Says that a part is copied: the next may be read. */
  release(): void;
  /** Waits for what is being read. */
  end(): Promise<void>;
}

/** The parts of a source, from DuckDB; the plain numbers of a wide CSV file from memory. */
async function partsOf(plan: Plan, { extra, texts = [] }: ScanOptions): Promise<Parts> {
  const { relation, features, targets, weight, codes, categorical } = plan;
  const others = [...targets, ...(weight ? [weight] : [])];
  const more = extra === undefined ? [] : [extra];
  const select = [...codes, ...others.map(numberSql), ...more];
  const plain = await relation.plain();
  const places = new Map(relation.columns.map(({ name }, i) => [name, i]));
  const known = [...features, ...others].map(({ name }, j) =>
    plain === null || (j < features.length && categorical.has(name))
      ? null
      : plain.columns[places.get(name)!],
  );
  const kept = known.filter((column) => column !== null && column !== undefined);
  const asked = [...select.filter((_, j) => !known[j]), ...texts];
  if (plain !== null && asked.length === 0) return partsInMemory(kept, plain.rows);
  const result = await relation.stream(
    `SELECT ${asked.map((sql, i) => `${sql} AS v${i}`).join(", ")} FROM ${ROWS}`,
  );
  let reading: Promise<DuckDBDataChunk | null> | null = null;
  let from = 0;
  const release = () => {
    reading ??= result.fetchChunk();
  };
  return {
    release,
    async next() {
      release();
      try {
        const given = await reading;
        if (given === null || given.rowCount === 0) return null;
        const count = asked.length - texts.length;
        const chunk = merged(known, numbersOf(given, count), chunkOf(kept, from, given.rowCount));
        from += given.rowCount;
        const words = texts.map((_, j) => given.getColumnVector(count + j).toArray() as (string | null)[]);
        return { chunk, texts: words };
      } catch (error) {
        throw relation.explain(error);
      } finally {
        reading = null;
      }
    },
    async end() {
      await reading?.catch(() => {});
    },
  };
}

function partsInMemory(columns: readonly PlainColumn[], total: number): Parts {
  let from = 0;
  return {
    release() {},
    async next() {
      const rows = Math.min(CHUNK_ROWS, total - from);
      if (rows === 0) return null;
      from += rows;
      return { chunk: chunkOf(columns, from - rows, rows), texts: [] };
    },
    async end() {},
  };
}

/** Columns in order: those that are known from memory, the others as they were read. */
function merged(known: readonly unknown[], read: Chunk, memory: Chunk): Chunk {
  if (memory.values.length === 0) return read;
  const [values, masks]: [Float64Array[], (Uint8Array | null)[]] = [[], []];
  let [fromMemory, fromRead] = [0, 0];
  for (let j = 0; j < read.values.length + memory.values.length; j++) {
    const [chunk, at] = known[j] ? [memory, fromMemory++] : [read, fromRead++];
    values.push(chunk.values[at]!);
    masks.push(chunk.masks[at]!);
  }
  return { rows: read.rows, values, masks };
}

/**
 * Gives the rows of a source in blocks to `use`. A block's memory is used again for the next one, which is being read
 * while a block is worked on.
 */
export async function scan(
  plan: Plan,
  options: ScanOptions & { blockRows: number },
  use: (block: Block) => Promise<void>,
): Promise<void> {
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

  await scanColumns(plan, options, async ({ rows, values, first, whole, texts: words, release }) => {
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
      await use(block());
      at = 0;
    }
  });
  if (at > 0) await use(block());
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
