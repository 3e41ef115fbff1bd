import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { Ell2Error, ERROR_CODES } from "../../src/errors.js";
import type { Reader } from "./reader.js";

/** Milliseconds that reading a small input may take, on a machine that does other things besides. */
const LONGEST_MS = 10_000;

/** What would change if an input reached the objects that all others inherit from. */
const prototypes = (): string =>
  JSON.stringify(
    [Object.prototype, Array.prototype, Function.prototype, String.prototype].map((of) =>
      Reflect.ownKeys(of).map(String),
    ),
  );

/** Reads an input, and throws unless it gives a result or an error of ours, in time, and leaves prototypes alone. */
export async function execute(reader: Reader, input: unknown): Promise<void> {
  const before = prototypes();
  const start = performance.now();
  try {
    await reader.read(input);
  } catch (error) {
    if (!(error instanceof Ell2Error)) throw error;
    if (!ERROR_CODES.includes(error.code) || error.message === "") throw new Error(`no code: ${error.code}`);
  }
  if (prototypes() !== before) throw new Error("a prototype was changed");
  const took = performance.now() - start;
  if (took > LONGEST_MS) throw new Error(`took ${took} ms`);
}

/** A property of fast-check that counts its executions. */
export function property(reader: Reader, count: () => void): fc.IAsyncProperty<[unknown]> {
  return fc.asyncProperty(reader.inputs, async (input) => {
    count();
    await execute(reader, input);
  });
}

/** What was found by earlier runs, and is replayed: the inputs, and what was wrong. */
export function corpusOf(name: string): { found: string; input: unknown }[] {
  const path = `test/fuzz/corpus/${name}.json`;
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : [];
}
