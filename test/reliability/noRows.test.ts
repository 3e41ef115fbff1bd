import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ell2, put, temporaryFolder } from "../cli/help.js";

const cwd = temporaryFolder();
const ROWS = 1009;
/** Cells that stand in one row each, of every column. */
const STINGS = { x: 123.456789012345, z: 234.567890123451, y: 345.678901234512, w: 4.567890123456 };

const lines = Array.from({ length: ROWS }, (_, i) => {
  const x = (i * 37) % 101;
  const z = (i * 61) % 89;
  const row = { x, z, y: 2 * x - z + ((i * 13) % 7), w: 1 + (i % 3) };
  const at = Object.keys(STINGS)[(i - 500) / 7] as keyof typeof STINGS | undefined;
  if (at !== undefined) row[at] = STINGS[at];
  return `${row.x},${row.z},${i % 2 ? "a" : "b"},${row.y},${row.w}`;
});
put(cwd, "rows.csv", `x,z,t,y,w\n${lines.join("\n")}\n`);
put(cwd, "rule.mjs", "export default {};\n");

const fit = ["fit", "rows.csv", "--target", "y", "--json"];
/** By command: what it is asked, in an order in which the files are there. */
const CALLS: Record<string, string[][]> = {
  fit: [
    [...fit, "--weight", "w", "--categorical", "t", "--out", "model.json", "--report", "report.html"],
    [...fit, "--lambda", "0", "--report", "report0.html", "--valid", "0.2"],
    [...fit, "--lambda", "0.1", "--weight", "w", "--weight-kind", "precision", "--valid", "rows.csv"],
    [...fit, "--folds", "loo"],
    [
      ...fit,
      "--lr",
      "0.1",
      "--batch",
      "100",
      "--epochs",
      "5",
      "--checkpoint",
      "run.ckpt",
      "--report",
      "gd.html",
    ],
    [...fit, "--fold-by", "x", "--weight", "w"],
  ],
  path: [
    ["path", "rows.csv", "--target", "y", "--json"],
    ["path", "rows.csv", "--target", "y", "--folds", "loo", "--weight", "w", "--json"],
  ],
  moments: [["moments", "rows.csv", "--target", "y", "--weight", "w", "--out", "moments.json", "--json"]],
  "moments merge": [["moments", "merge", "moments.json", "moments.json", "--out", "twice.json", "--json"]],
  evaluate: [["evaluate", "model.json", "rows.csv", "--json"]],
  export: ["json", "safetensors", "onnx", "sql", "js"].map((to) => [
    ...["export", "model.json", "--to", to, "--out", `out.${to}`],
  ]),
};
/** Commands that read no rows, or whose product they are. */
const WITHOUT = ["run", "predict", "make", "lambda", "lint", "verify", "check", "lab"];

/** Texts, and everything that base64 in them holds. */
function holds(bytes: Buffer, value: number): boolean {
  const text = bytes.toString("latin1");
  const [float64, float32] = [Buffer.alloc(8), Buffer.alloc(4)];
  float64.writeDoubleLE(value);
  float32.writeFloatLE(value);
  const packed = [...text.matchAll(/[A-Za-z0-9+/]{8,}=*/g)].map(([part]) => Buffer.from(part, "base64"));
  const binary = [float64, ...(text.includes("ell2-model") ? [] : [float32])];
  return (
    text.includes(String(value)) ||
    text.includes(String(value).slice(0, 9)) ||
    [bytes, ...packed].some((part) => binary.some((needle) => part.includes(needle)))
  );
}

/** The longest list in a document, wherever it is. */
function longest(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const inside = Object.values(value).map(longest);
  return Math.max(Array.isArray(value) ? value.length : 0, ...inside);
}

function expectNoRows(name: string, bytes: Buffer): void {
  for (const value of Object.values(STINGS)) expect(holds(bytes, value), `${value} in ${name}`).toBe(false);
}

describe("what is printed and written holds figures, and no rows", () => {
  it("covers every command", () => {
    const [, usage] = /^USAGE ell2 (.+)$/m.exec(ell2(["--help"]).stdout)!;
    const names = usage!.split("|");
    expect(names.length).toBeGreaterThan(10);
    const covered = [...Object.keys(CALLS), ...WITHOUT];
    expect(names.filter((name) => !covered.includes(name))).toEqual([]);
  });

  it.each(Object.values(CALLS).flat())("ell2 %s %s %s …", (...args) => {
    const before = new Set(readdirSync(cwd));
    const { stdout, stderr, exit } = ell2(args, { cwd });
    expect(exit, stderr).toBe(0);
    expectNoRows("what is printed", Buffer.from(stdout));
    if (args.includes("--json")) expect(longest(JSON.parse(stdout))).toBeLessThan(ROWS / 2);
    const written = readdirSync(cwd).filter((name) => !before.has(name));
    const named = ["--out", "--report", "--checkpoint"].filter((option) => args.includes(option));
    expect(written.length).toBe(named.length);
    for (const name of written) expectNoRows(name, readFileSync(join(cwd, name)));
  });

  it("finds a cell where one is", () => {
    const bytes = Buffer.alloc(40);
    bytes.writeDoubleLE(STINGS.x, 16);
    for (const content of [
      bytes,
      Buffer.from(`{"w":"${bytes.toString("base64")}"}`),
      Buffer.from(`[${STINGS.x}]`),
    ])
      expect(() => expectNoRows("it", content)).toThrow(/in it/);
    expect(longest({ a: [{ b: [1, 2, 3] }] })).toBe(3);
  });
});
