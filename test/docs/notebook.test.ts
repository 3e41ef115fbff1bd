/** examples/weight-decay.ipynb, its cells run one after the other. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { expect, it } from "vitest";
import { ell2, root } from "../cli/help.js";

interface Notebook {
  nbformat: number;
  cells: { cell_type: string; source: string[] }[];
}

const { nbformat, cells } = JSON.parse(
  readFileSync(join(root, "examples/weight-decay.ipynb"), "utf8"),
) as Notebook;
const code = cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => source.join(""));

it("examples/weight-decay.ipynb prints the log and the comparisons of ell2 run", () => {
  expect(nbformat).toBe(4);
  const folder = mkdtempSync(join(tmpdir(), "ell2-notebook-"));
  const [file, outfile] = [join(folder, "cells.ts"), join(folder, "cells.mjs")];
  writeFileSync(file, code.join("\n"));
  buildSync({
    entryPoints: [file],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    keepNames: true,
    alias: { "npm:ell2": join(root, "dist/index.js") },
  });
  const { stdout, stderr, status } = spawnSync(process.execPath, [outfile], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const run = ell2(["run"]).stdout;
  const lines = (text: string) => text.match(/epoch: \d+ - MSE: [\d.]+ - MSE_v: [\d.]+/g);
  const log = lines(run)!;
  expect(log.length).toBe(16);
  expect(lines(stdout)).toEqual([...log, ...log]); // of nn, then of scratch
  const after = (text: string, what: RegExp) => Number(what.exec(text)![1]);
  expect(after(stdout, /^1 prediction ([\d.]+)$/m)).toBe(after(run, /1 prediction +([\d.]+)/));
  expect(after(stdout, /^2 prediction (\d+)$/m)).toBe(0);
  expect(after(stdout, /^3 loss (\d+)$/m)).toBe(0);
  for (const what of ["5 prediction", "6 bias", "7 weight"]) {
    // the update is written with another order of operations than the built-in one
    expect(after(stdout, new RegExp(`^${what} (.+)$`, "m"))).toBeLessThan(1e-14);
  }
});
