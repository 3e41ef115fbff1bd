import type { DuckDBDataChunk } from "@duckdb/node-api";

/** Columns of float64 of some rows, copied out of DuckDB's memory or to be copied before the next chunk is asked for. */
export interface Chunk {
  rows: number;
  /** A column each. */
  values: Float64Array[];
  /** For each column, null where no cell is missing, otherwise a bit for each row, 0 where it is missing. */
  masks: (Uint8Array | null)[];
}

/** The parts of a vector of float64 that its type does not show; its own way to a cell takes ten times as long. */
interface Inner {
  items: Float64Array;
  validity: { data: BigUint64Array | null };
}

/** The first `count` columns of a chunk, which are float64. */
export function numbersOf(chunk: DuckDBDataChunk, count: number): Chunk {
  const values: Float64Array[] = [];
  const masks: (Uint8Array | null)[] = [];
  for (let j = 0; j < count; j++) {
    const { items, validity } = chunk.getColumnVector(j) as unknown as Inner;
    values.push(items);
    const { data } = validity;
    const mask = data && new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    masks.push(mask === null || areAllThere(mask, chunk.rowCount) ? null : mask);
  }
  return { rows: chunk.rowCount, values, masks };
}

/** DuckDB also gives a mask where no cell is missing. */
function areAllThere(mask: Uint8Array, rows: number): boolean {
  const whole = rows >> 3;
  for (let at = 0; at < whole; at++) if (mask[at] !== 255) return false;
  for (let i = whole << 3; i < rows; i++) if (!isThere(mask, i)) return false;
  return true;
}

/** Whether the cell of a row is there. */
export const isThere = (mask: Uint8Array | null, i: number): boolean =>
  mask === null || ((mask[i >> 3]! >> (i & 7)) & 1) === 1;

/** The rows of a chunk at some indices, copied; masks as they are there. */
export function pick({ values, masks }: Chunk, indices: readonly number[]): Chunk {
  return {
    rows: indices.length,
    values: values.map((column) => Float64Array.from(indices, (i) => column[i]!)),
    masks: masks.map(() => null),
  };
}
