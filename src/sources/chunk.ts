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
    masks.push(data === null ? null : new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return { rows: chunk.rowCount, values, masks };
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
