import { show } from "../numbers/check.js";
import { parseJson } from "./json.js";
import type { Fail } from "./readModel.js";

/** A dense array: its shape, and its entries row-major. */
export interface Tensor {
  shape: readonly number[];
  data: Float64Array;
}

/** Bytes before the header: its length, as a little-endian 64-bit number. */
const PREFIX = 8;
/** The format's own bound. */
const LONGEST_HEADER = 100_000_000;

/** Bytes of an entry of the types that can be read. */
const WIDTH = new Map<unknown, 4 | 8>([
  ["F64", 8],
  ["F32", 4],
]);

/**
 * The bytes of a safetensors file: the header's length, the header (JSON, padded with spaces so that
 * the data begin at a multiple of 8), the tensors in float64, little-endian, one behind the other.
 * Source: the format's description, github.com/huggingface/safetensors.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: ReadonlyMap<string, string>,
): Uint8Array<ArrayBuffer> {
  let end = 0;
  const entries = [...tensors].map(([name, { shape, data }]) => {
    const begin = end;
    end += 8 * data.length;
    return [name, { dtype: "F64", shape, data_offsets: [begin, end] }];
  });
  const header = new TextEncoder().encode(
    JSON.stringify(Object.fromEntries([["__metadata__", Object.fromEntries(metadata)], ...entries])),
  );
  const length = 8 * Math.ceil(header.length / 8);
  const bytes = new Uint8Array(PREFIX + length + end).fill(0x20, PREFIX, PREFIX + length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(length), true);
  bytes.set(header, PREFIX);
  let at = PREFIX + length;
  for (const { data } of tensors.values()) {
    for (const x of data) {
      view.setFloat64(at, x, true);
      at += 8;
    }
  }
  return bytes;
}

/** Whether bytes are meant as safetensors: no text has four zeros where the header's length has its upper half. */
export const isSafetensors = (bytes: Uint8Array): boolean =>
  bytes.length >= PREFIX && bytes.subarray(4, PREFIX).every((byte) => byte === 0);

/**
 * Reads a safetensors file of float64 and float32 tensors.
 * @throws what `fail` makes, for a file that breaks a rule of the format: a length beyond the file, a
 *   header that is no JSON or names something twice, offsets outside the data, overlapping or with
 *   holes between them, a shape that does not make that many bytes; and for another type of number
 */
export function readSafetensors(
  bytes: Uint8Array,
  fail: Fail,
): { tensors: Map<string, Tensor>; metadata: Map<string, string> } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  const longest = Math.min(LONGEST_HEADER, bytes.length - PREFIX);
  if (length > longest) throw fail(`a safetensors header of at most ${longest} bytes`, `${length}`);
  const start = PREFIX + Number(length);
  const header = parseHeader(bytes.subarray(PREFIX, start), fail);
  const metadata = readMetadata(header.get("__metadata__") ?? {}, fail);
  header.delete("__metadata__");

  const infos = [...header].map(([name, info]) => readInfo(name, info, fail));
  infos.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const info of infos) {
    if (info.begin !== end) throw fail(`tensor ${show(info.name)} to begin at byte ${end}`, `${info.begin}`);
    end = info.end;
  }
  const size = bytes.length - start;
  if (end !== size)
    throw fail(`tensors that fill the ${size} bytes behind the header`, `${end} bytes of them`);
  const tensors = infos.map(({ name, shape, width, begin, end }): [string, Tensor] => {
    const data = new Float64Array((end - begin) / width);
    for (let i = 0, at = start + begin; i < data.length; i++, at += width) {
      data[i] = width === 8 ? view.getFloat64(at, true) : view.getFloat32(at, true);
    }
    return [name, { shape, data }];
  });
  return { tensors: new Map(tensors), metadata };
}

function parseHeader(bytes: Uint8Array, fail: Fail): Map<string, unknown> {
  let [text, header]: [string, unknown] = ["", null];
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    header = parseJson(text);
  } catch (error) {
    throw fail("a safetensors header in JSON", (error as Error).message);
  }
  if (!text.startsWith("{")) throw fail("a safetensors header that begins with {", show(text.slice(0, 8)));
  return new Map(Object.entries(header as object));
}

function readMetadata(value: unknown, fail: Fail): Map<string, string> {
  const entries = typeof value === "object" && !Array.isArray(value) ? Object.entries(value!) : null;
  if (entries?.every(([, text]) => typeof text === "string")) return new Map(entries);
  throw fail("__metadata__ to hold texts", show(value));
}

/** Where a tensor stands in the data, and what of. */
interface Info {
  name: string;
  shape: readonly number[];
  width: 4 | 8;
  begin: number;
  end: number;
}

function readInfo(name: string, value: unknown, fail: Fail): Info {
  const what = `tensor ${show(name)}`;
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  const wholes = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((x) => Number.isSafeInteger(x) && x >= 0);
  const width = WIDTH.get(dtype);
  if (width === undefined) throw fail(`${what} to be of dtype F64 or F32`, show(dtype));
  if (!wholes(shape)) throw fail(`${what} to have a shape of whole numbers`, show(shape));
  if (!(wholes(offsets) && offsets.length === 2))
    throw fail(`${what} to have two data_offsets`, show(offsets));
  const [begin, end] = offsets as [number, number];
  const size = shape.reduce((product, x) => product * x, width as number);
  if (end - begin !== size) throw fail(`${what} to have the ${size} bytes of its shape`, `${end - begin}`);
  return { name, shape, width, begin, end };
}
