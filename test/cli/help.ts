/** Runs the built command line in folders of its own. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";

export const root = join(import.meta.dirname, "../..");
export const program = join(root, "dist/cli.js");

buildOnce();

/** Builds dist/ if it is missing; test files that need it at the same moment wait for the one that builds. */
function buildOnce(): void {
  const lock = join(root, "node_modules/.ell2-build");
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(program) || existsSync(lock)) {
    try {
      mkdirSync(lock);
    } catch {
      const started = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
      if (Date.now() - started > 120_000) rmSync(lock, { recursive: true, force: true });
      Atomics.wait(pause, 0, 0, 100);
      continue;
    }
    try {
      if (existsSync(program)) return;
      const { status, stderr } = spawnSync(process.execPath, [join(root, "scripts/build.mjs")], {
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(`the build failed:\n${stderr}`);
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
}

export interface Outcome {
  stdout: string;
  stderr: string;
  /** The exit code; null where a signal ended the program. */
  exit: number | null;
}

/** A Python that is not there. */
export const NO_PYTHON = join(tmpdir(), "no-such-folder", "python3");

interface Circumstances {
  cwd?: string;
  env?: Record<string, string>;
  /** The cli.js that is run; the one in dist by default. */
  cli?: string;
  input?: string;
  /** Milliseconds after which it is killed; 20 000 by default. */
  timeout?: number;
}

/** `ell2 ARGS`, without Python unless `env` says otherwise; killed where it takes too long. */
export function ell2(
  args: readonly string[],
  { cwd = root, env, cli, input, timeout = 20_000 }: Circumstances = {},
): Outcome {
  const { stdout, stderr, status } = spawnSync(process.execPath, [cli ?? program, ...args], {
    cwd,
    encoding: "utf8",
    input: input ?? "",
    timeout,
    maxBuffer: 2 ** 28,
    env: { ...process.env, ELL2_PYTHON: NO_PYTHON, ...env },
  });
  return { stdout, stderr, exit: status };
}

/** The JSON that a call prints; it must end well and print nothing else. */
export function json<T>(args: readonly string[], circumstances?: Circumstances): T {
  const { stdout, stderr, exit } = ell2([...args, "--json"], circumstances);
  expect(exit, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

/** A folder that is removed after the tests of a file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "ell2-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Puts a file into a folder; returns its name. */
export function put(folder: string, name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return name;
}

/** Puts the package's examples/ into a folder. */
export const putExamples = (folder: string): void =>
  cpSync(join(root, "examples"), join(folder, "examples"), { recursive: true });

/** Expects that nothing in some output steers a terminal. */
export function expectPlain(text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
}
