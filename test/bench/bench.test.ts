/** The benchmark end to end, on its smallest workload. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { root, temporaryFolder } from "../cli/help.js";

// src/cli/package.ts finds the package from dist/, where it is bundled
vi.mock("../../src/cli/package.js", () => ({ RECORDER: "" }));
const { findPython } = await import("../../src/cli/python.js");

const python = findPython();
const needs = python === null ? " (skipped: needs Python with torch, scikit-learn and NumPy)" : "";
const NAME = "notebook fit, row by row";
/** Milliseconds: torch takes long to import on a busy machine. */
const PATIENCE = 300_000;

interface Measured {
  name: string;
  unit: string;
  ell2: number;
  peer: number;
  peerName: string;
  ratio: number;
  agreement: { error: number; tolerance: number };
}

const bench = (folder: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(folder, "bench/run.mjs"), ...args], {
    encoding: "utf8",
    // one thread of PyTorch: two that wait for each other take long where tests run side by side
    env: { ...process.env, OMP_NUM_THREADS: "1", ...(python === null ? {} : { ELL2_PYTHON: python }) },
  });

/** A copy of the benchmark in which a peer does something else. */
function withOtherPeer(from: string, to: string): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "bench"));
  for (const part of ["dist", "node_modules"]) symlinkSync(join(root, part), join(folder, part));
  cpSync(join(root, "bench"), join(folder, "bench"), {
    recursive: true,
    filter: (path) => !path.includes("bench/node_modules"),
  });
  const text = readFileSync(join(root, "bench/peers.py"), "utf8");
  expect(text).toContain(from);
  writeFileSync(join(folder, "bench/peers.py"), text.replace(from, to));
  return folder;
}

describe("npm run bench", () => {
  it.skipIf(python === null)(
    `--json prints an array with both times, their ratio, and that both did the same job${needs}`,
    () => {
      const { stdout, stderr, status } = bench(root, "--json", "--scale", "0.01", NAME);
      expect(status, stderr).toBe(0);
      const [result, ...others] = JSON.parse(stdout) as Measured[];
      expect(others).toEqual([]);
      expect(Object.keys(result!)).toEqual([
        "name",
        "unit",
        "ell2",
        "peer",
        "peerName",
        "ratio",
        "agreement",
      ]);
      expect(result).toMatchObject({ name: NAME, unit: "ms" });
      expect(result!.peerName).toContain("PyTorch");
      expect(result!.ell2).toBeGreaterThan(0);
      expect(result!.ratio).toBeCloseTo(result!.peer / result!.ell2, 9);
      expect(result!.agreement.error).toBeLessThanOrEqual(result!.agreement.tolerance);
    },
    PATIENCE,
  );

  it.skipIf(python === null)(
    `exit 1 where the peer did not do the same job${needs}`,
    () => {
      const other = withOtherPeer('"weight_decay": weightDecay', '"weight_decay": 2 * weightDecay');
      const { stdout, stderr, status } = bench(other, "--json", "--scale", "0.01", NAME);
      expect(status).toBe(1);
      expect(stderr).toContain("NOT THE SAME JOB");
      const [{ agreement }] = JSON.parse(stdout) as [Measured];
      expect(agreement.error).toBeGreaterThan(agreement.tolerance);
    },
    PATIENCE,
  );

  it("refuses an option or a name that does not exist: exit 2, with the usage", () => {
    for (const args of [["--jsn"], ["no such workload"], ["--scale", "2"], ["--scale", "x"]]) {
      const { stdout, stderr, status } = bench(root, ...args);
      expect({ stdout, status }).toEqual({ stdout: "", status: 2 });
      expect(stderr).toContain("npm run bench -- [WORD…]");
    }
  });

  it("has every workload in docs/performance.md", async () => {
    const list = join(root, "bench/workloads/index.mjs");
    const { workloads } = (await import(list)) as { workloads: { name: string }[] };
    const page = readFileSync(join(root, "docs/performance.md"), "utf8");
    for (const { name } of workloads) expect(page).toContain(`\n| ${name} `);
  });
});
