import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const src = fileURLToPath(new URL("../../src", import.meta.url));

/**
 * Runs a module in a Node of its own, bundled with what it imports from the library: for what
 * would take the test runner along (an endless loop), or needs flags of its own.
 * @param code JavaScript that imports from "./…", relative to src
 * @param flags for Node
 * @returns what it wrote; null if it ran for longer than `seconds`
 */
export async function runInChild(code: string, flags: string[], seconds: number): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), "ell2-test-"));
  try {
    const outfile = join(folder, "child.mjs");
    await build({
      stdin: { contents: code, resolveDir: src, loader: "js" },
      bundle: true,
      format: "esm",
      platform: "node",
      outfile,
    });
    const child = spawnSync(process.execPath, [...flags, outfile], {
      encoding: "utf8",
      timeout: 1000 * seconds,
    });
    if (child.signal !== null) return null;
    if (child.status !== 0) throw new Error(child.stderr);
    return child.stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
