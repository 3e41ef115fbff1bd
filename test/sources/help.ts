/** Files in a folder of their own, and refusals. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, expect } from "vitest";
import { Ell2Error, type ErrorCode } from "../../src/errors.js";

/** A folder that is removed after the tests of a file, and what puts files into it. */
export function testFolder(): { folder: string; file(content: string | Uint8Array, name?: string): string } {
  const folder = mkdtempSync(join(tmpdir(), "ell2-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    file(content, name = "rows.csv") {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
  };
}

/** Runs statements in a DuckDB of their own. */
export async function duckdb(...statements: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

/** Expects that a promise is refused with an error of ours; returns it. */
export async function refuses(
  promise: Promise<unknown>,
  code: ErrorCode,
  message: RegExp,
): Promise<Ell2Error> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Ell2Error);
  expect((error as Ell2Error).message).toMatch(message);
  expect((error as Ell2Error).code).toBe(code);
  return error as Ell2Error;
}
