import { constants, writeFileSync } from "node:fs";
import { access, readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Ell2Error } from "../errors.js";
import { reason } from "../sources/file.js";
import { attempt, replacing } from "./replace.js";

/**
 * Makes sure, before work begins, that a file can be written where it is wanted.
 * @param others files that are read or written too, and so must not be written over
 * @throws SOURCE where its folder is missing or may not be written to, or the path is no file; USAGE
 *   where it is one of the others
 */
export async function checkWritable(path: string, others: readonly string[]): Promise<void> {
  const look = (at: string) => stat(at).catch(() => null);
  const [folder, target] = [await look(dirname(path)), await look(path)];
  for (const other of others) {
    const there = target && (await look(other));
    const same = there && there.ino === target.ino && there.dev === target.dev;
    if (!same && resolve(other) !== resolve(path)) continue;
    throw new Ell2Error("USAGE", {
      where: path,
      expected: "another file than those that are read or written besides",
      got: "the same",
    });
  }
  const refuse = (got: string) =>
    new Ell2Error("SOURCE", {
      where: path,
      expected: "a place to write a file in a folder that exists",
      got,
    });
  if (target && !target.isFile()) throw refuse(target.isDirectory() ? "a folder" : "a pipe or device");
  if (!folder?.isDirectory()) throw refuse(`${folder ? "a file" : "nothing"} at ${dirname(path)}`);
  await access(dirname(path), constants.W_OK).catch((error: unknown) => {
    throw refuse(reason(error));
  });
}

/**
 * Writes a file whole or not at all.
 * @throws SOURCE where it cannot be written; what was there before is then still there
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const file = replacing(path);
  try {
    attempt(path, () => writeFileSync(file.beside, content, { flag: "wx" }));
    file.commit();
  } finally {
    file.done();
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
