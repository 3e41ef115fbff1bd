import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Ell2Error } from "../errors.js";
import { reason } from "../sources/file.js";

/**
 * Makes sure, before work begins, that a file can be written where it is wanted.
 * @param inputs files that are read, and so must not be written over
 * @throws SOURCE where its folder is missing or the path is a folder, USAGE where it is an input
 */
export async function checkWritable(path: string, inputs: readonly string[]): Promise<void> {
  if (inputs.some((input) => resolve(input) === resolve(path))) {
    throw new Ell2Error("USAGE", {
      where: path,
      expected: "another file than those that are read",
      got: "the same",
    });
  }
  const kind = async (at: string) =>
    stat(at).then(
      (info) => (info.isDirectory() ? "a folder" : "a file"),
      () => "nothing",
    );
  const [folder, target] = [await kind(dirname(path)), await kind(path)];
  if (folder === "a folder" && target !== "a folder") return;
  throw new Ell2Error("SOURCE", {
    where: path,
    expected: "a place to write a file in a folder that exists",
    got: target === "a folder" ? target : `${folder} at ${dirname(path)}`,
  });
}

/**
 * Writes a file whole or not at all: beside it first, synced, then renamed over it.
 * @throws SOURCE where it cannot be written; what was there before is then still there
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(beside, "wx");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {});
    throw new Ell2Error("SOURCE", { where: path, expected: "to write a file", got: reason(error) });
  }
}

/**
 * Reads a file.
 * @throws SOURCE where it cannot be read
 */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new Ell2Error("SOURCE", { where: path, expected: "a file", got: reason(error) });
  }
}

/**
 * Reads a text file.
 * @throws SOURCE where it cannot be read
 */
export const readText = async (path: string): Promise<string> =>
  new TextDecoder().decode(await readBytes(path));
