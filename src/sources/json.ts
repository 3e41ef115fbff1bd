import { createReadStream } from "node:fs";
import zlib from "node:zlib";
import { Ell2Error } from "../errors.js";
import type { Format } from "./file.js";

/** Lists and objects within each other, at most: beyond some ten thousand DuckDB overflows its stack, and the program with it. */
const DEEPEST = 1000;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/**
 * Makes sure that a JSON file is not so deep that reading it ends the program.
 * @param name what messages call it
 * @throws DATA where it is deeper
 */
export async function checkDepth(
  path: string,
  compression: Format["compression"],
  name: string,
): Promise<void> {
  const decompress = decompressor(compression);
  if (decompress === null && compression !== "none") return;
  const file = createReadStream(path);
  const parts = decompress ? file.pipe(decompress) : file;
  file.on("error", (error) => parts.destroy(error));
  let [depth, inText, escaped] = [0, false, false];
  for await (const bytes of parts as AsyncIterable<Buffer>) {
    for (const byte of bytes) {
      if (escaped) escaped = false;
      else if (inText) {
        if (byte === QUOTE) inText = false;
        else if (byte === BACKSLASH) escaped = true;
      } else if (byte === QUOTE) inText = true;
      else if (byte === 0x5b || byte === 0x7b) depth++;
      else if (byte === 0x5d || byte === 0x7d) depth--;
      if (depth <= DEEPEST) continue;
      throw new Ell2Error("DATA", {
        where: name,
        expected: `JSON of at most ${DEEPEST} lists and objects within each other`,
        got: "more",
      });
    }
  }
}

/** Node has zstd from 22.15 on; without it such a file is read unchecked. */
function decompressor(compression: Format["compression"]): zlib.Gunzip | null {
  if (compression === "gzip") return zlib.createGunzip();
  const { createZstdDecompress } = zlib as unknown as { createZstdDecompress?: () => zlib.Gunzip };
  return compression === "zstd" ? (createZstdDecompress?.() ?? null) : null;
}
