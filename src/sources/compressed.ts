import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { Ell2Error } from "../errors.js";

/**
 * Makes sure that a compressed file is whole: DuckDB reads one that was cut off as far as it goes, and
 * says nothing. A gzip file is decompressed once for it; a zstd file says itself where its blocks end.
 * @param name what messages call it
 * @throws DATA where its end is missing or it is damaged
 */
export async function checkWhole(path: string, compression: "gzip" | "zstd", name: string): Promise<void> {
  const damage = compression === "gzip" ? await gzipDamage(path) : await zstdDamage(path);
  if (damage === null) return;
  throw new Ell2Error("DATA", {
    where: name,
    expected: `a whole ${compression} file`,
    got: damage,
    remedy: "copy or compress it again",
  });
}

async function gzipDamage(path: string): Promise<string | null> {
  try {
    await pipeline(createReadStream(path), createGunzip(), async (parts) => {
      for await (const _ of parts);
    });
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The sizes of the dictionary's number and of the content's size in a frame's header, by their flags (RFC 8878, 3.1.1.1). */
const DICTIONARY_BYTES = [0, 1, 2, 4];
const SIZE_BYTES = [0, 2, 4, 8];

/** Walks over the frames and blocks of a zstd file (RFC 8878, 3.1.1), reading their headers alone. */
async function zstdDamage(path: string): Promise<string | null> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    let at = 0;
    while (at < size) {
      const magic = await number(file, at, 4);
      if (magic >>> 4 === 0x184d2a5) at += 8 + (await number(file, at + 4, 4));
      else if (magic === 0xfd2fb528) at = await frameEnd(file, at + 4, size);
      else return `no frame at byte ${at}`;
    }
    return at === size ? null : "a file that was cut off";
  } finally {
    await file.close();
  }
}

async function frameEnd(file: FileHandle, start: number, size: number): Promise<number> {
  const descriptor = await number(file, start, 1);
  const single = (descriptor >> 5) & 1;
  const flag = descriptor >> 6;
  let at = start + 1 + (1 - single) + DICTIONARY_BYTES[descriptor & 3]!;
  at += flag === 0 ? single : SIZE_BYTES[flag]!;
  for (let last = false; !last; ) {
    if (at + 3 > size) return Number.POSITIVE_INFINITY;
    const header = await number(file, at, 3);
    last = (header & 1) === 1;
    const isRepeated = ((header >> 1) & 3) === 1;
    at += 3 + (isRepeated ? 1 : header >> 3);
  }
  return at + ((descriptor >> 2) & 1 ? 4 : 0);
}

/** A little-endian number of up to four bytes; what is behind the end counts as 0. */
async function number(file: FileHandle, at: number, bytes: number): Promise<number> {
  const { buffer } = await file.read(Buffer.alloc(4), 0, bytes, at);
  return buffer.readUInt32LE(0);
}
