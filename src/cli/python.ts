import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { RECORDER } from "./package.js";

const HAS_ALL =
  "import sys, importlib.util as u; sys.exit(not all(map(u.find_spec, ('torch', 'sklearn', 'numpy'))))";

/**
 * A Python that has torch, scikit-learn and NumPy: `ELL2_PYTHON` if it is set, otherwise the first
 * such `python3` or `python` on the path; null if there is none.
 */
export function findPython(): string | null {
  const chosen = process.env.ELL2_PYTHON;
  const candidates = chosen
    ? [chosen]
    : (process.env.PATH ?? "")
        .split(delimiter)
        .flatMap((folder) =>
          ["python3", "python", "python3.exe", "python.exe"].map((name) => join(folder, name)),
        )
        .filter((path) => existsSync(path));
  return (
    candidates.find((path) => spawnSync(path, ["-c", HAS_ALL], { timeout: 20_000 }).status === 0) ?? null
  );
}

/** Runs golden/record.py and returns what it prints. */
export async function record(python: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(python, [RECORDER, ...args], { maxBuffer: 2 ** 30 });
  return stdout;
}
