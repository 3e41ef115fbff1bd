/** No document of a command holds a number that is not finite, and what a fit does not know has a reason. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type CommandDef, runCommand } from "citty";
import { describe, expect, it, vi } from "vitest";
import { evaluate } from "../../src/cli/evaluate.js";
import { fit } from "../../src/cli/fit.js";
import { lambda } from "../../src/cli/lambda.js";
import { lint } from "../../src/cli/lint.js";
import { moments } from "../../src/cli/moments.js";
import { path } from "../../src/cli/path.js";
import { predict } from "../../src/cli/predict.js";
import { Ell2Error } from "../../src/errors.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { json, put, root, temporaryFolder } from "./help.js";

/** What the commands print: documents before they become text, and lines. */
const documents: unknown[] = [];
const lines: string[] = [];
vi.mock("../../src/cli/output.js", async (original) => {
  const own = await original<typeof import("../../src/cli/output.js")>();
  const toJson = (value: unknown) => {
    documents.push(value);
    return own.toJson(value);
  };
  return { ...own, toJson, print: (text = "") => lines.push(text), say: (text: string) => lines.push(text) };
});

/** Runs a command; false where it is refused in words. */
async function done(command: unknown, rawArgs: string[]): Promise<boolean> {
  try {
    await runCommand(command as CommandDef, { rawArgs });
    return true;
  } catch (error) {
    if (!(error instanceof Ell2Error)) throw error;
    expect(error.message).not.toMatch(/\bNaN\b|undefined/);
    return false;
  }
}

/** The document of a command; null where it is refused. */
async function documentOf(command: unknown, ...rawArgs: string[]): Promise<unknown> {
  documents.length = 0;
  return (await done(command, [...rawArgs, "--json"])) ? (documents[0] ?? {}) : null;
}

/** The lines that a command prints, also before it is refused. */
async function textOf(command: unknown, ...rawArgs: string[]): Promise<string> {
  lines.length = 0;
  await done(command, rawArgs);
  return lines.join("\n");
}

interface Fitness {
  r2: number | null;
  rmse: number | null;
  reasons: string[];
}

interface Fit {
  metrics: {
    heldOut: { r2: (number | null)[]; reasons: string[] } | null;
    train: Fitness[];
    valid: Fitness[] | null;
  };
  inference:
    | { absent: string }
    | { standardError: (number | null)[][]; variance: unknown[]; notes: string[] };
  diagnostics: { condition: { before: number | null }; reasons: string[] };
}

/** Where a document holds a number that is not finite, or its name. */
function notFinite(value: unknown, at = ""): string[] {
  if (typeof value === "number") return Number.isFinite(value) ? [] : [`${at}: ${value}`];
  if (typeof value === "string") return /^-?(NaN|Infinity)$/.test(value) ? [`${at}: ${value}`] : [];
  if (value instanceof Matrix) return notFinite(value.data, at);
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, item]) => notFinite(item, `${at}/${key}`));
}

const folder = temporaryFolder();
const CASES = join(root, "test/cases");
const weighted: Record<string, string[]> = {
  "constant_weighted.csv": ["--weight", "w"],
  "pass_ridge.csv": ["--weight", "w"],
  "precision_weights.csv": ["--weight", "w", "--weight-kind", "precision"],
};
const table = (name: string, row: (i: number) => readonly (number | string)[], header = "a,b,y") =>
  join(
    folder,
    put(folder, name, `${header}\n${Array.from({ length: 12 }, (_, i) => row(i).join(",")).join("\n")}\n`),
  );
const noise = [3, -1, 4, -1, 5, -9, 2, 6, -5, 3, 5, -8];
const tables: [string, string[]][] = [
  ...readdirSync(CASES)
    .filter((name) => name.endsWith(".csv"))
    .map((name): [string, string[]] => [join(CASES, name), weighted[name] ?? []]),
  [table("twice.csv", (i) => [i, i, noise[i]!]), []],
  [table("zero.csv", (i) => [i, noise[i]!, 0]), []],
  [table("nothing.csv", (i) => [7, 7, noise[i]!]), []],
  [table("perfect.csv", (i) => [i, noise[i]!, 2 * i - noise[i]!]), []],
  [table("large.csv", (i) => [`${noise[i]}e150`, i, `${i + 1}e150`]), []],
  [table("larger.csv", (i) => [i, noise[i]!, `${i % 2 ? "" : "-"}1.7e308`]), []],
  [table("small.csv", (i) => [`${noise[i]}e-160`, i, `${noise[11 - i]}e-160`]), []],
  [table("tiny.csv", (i) => [`${noise[i]}e-300`, i, i]), []],
  [table("subnormal.csv", (i) => [i, noise[i]!, noise[11 - i]!, "1e-320"], "a,b,y,w"), ["--weight", "w"]],
  [table("heavy.csv", (i) => [i, noise[i]!, noise[11 - i]!, "1e306"], "a,b,y,w"), ["--weight", "w"]],
  [table("zeros.csv", (i) => [i, noise[i]!, noise[11 - i]!, i < 3 ? 1 : 0], "a,b,y,w"), ["--weight", "w"]],
  [table("levels.csv", (i) => [`l${i}`, i, noise[i]!]), ["--categorical", "a"]],
  [table("groups.csv", (i) => [`l${i % 3}`, i, noise[i]!]), ["--categorical", "a"]],
];

const WAYS: [string, string[]][] = [
  ["λ chosen in folds", []],
  ["λ chosen by leave-one-out", ["--folds", "loo"]],
  ["λ chosen by generalised cross-validation", ["--folds", "gcv"]],
  ["λ = 0", ["--lambda", "0"]],
  ["λ = 0 without a bias", ["--lambda", "0", "--no-intercept"]],
  ["λ = 1", ["--lambda", "1"]],
  ["a tiny λ, not standardised", ["--lambda", "1e-300", "--no-standardize"]],
  ["a huge λ", ["--lambda", "1e300"]],
  ["rows to validate on", ["--lambda", "0.1", "--valid", "0.3"]],
  ["gradient descent", ["--sgd", "--lambda", "0.1", "--epochs", "3"]],
];

describe.each(tables)("the document of %s %s", (file, more) => {
  it.each(WAYS)("ell2 fit with %s is finite, and says why something is not known", async (_, way) => {
    const found = (await documentOf(fit, file, "--target", "y", ...more, ...way)) as Fit | null;
    expect(notFinite(found)).toEqual([]);
    if (found === null) return;
    const { metrics, inference, diagnostics } = found;
    for (const { r2, rmse, reasons } of [...metrics.train, ...(metrics.valid ?? [])])
      if (r2 === null || rmse === null) expect(reasons).not.toEqual([]);
    if (metrics.heldOut?.r2.includes(null)) expect(metrics.heldOut!.reasons).not.toEqual([]);
    const unknown = (values: unknown[]) => values.flat().includes(null);
    if ("absent" in inference) expect(inference.absent).not.toBe("");
    else if (unknown(inference.standardError) || unknown(inference.variance))
      expect(inference.notes).not.toEqual([]);
    if (diagnostics.condition.before === null) expect(diagnostics.reasons).not.toEqual([]);
  });

  it("of the other commands are finite", async () => {
    const at = join(folder, "model.json");
    const sums = join(folder, "moments.json");
    const target = ["--target", "y", ...more];
    expect(notFinite(await documentOf(path, file, ...target))).toEqual([]);
    expect(notFinite(await documentOf(path, file, ...target, "--folds", "loo"))).toEqual([]);
    const written = await documentOf(fit, file, ...target, "--lambda", "0", "--out", at);
    if (written !== null) {
      expect(notFinite(await documentOf(evaluate, at, file))).toEqual([]);
      expect(notFinite(await documentOf(predict, at, file))).toEqual([]);
    }
    const kept = target.filter(
      (_, i) => !target[i]!.startsWith("--weight-kind") && target[i] !== "precision",
    );
    if ((await documentOf(moments, file, ...kept, "--out", sums)) === null) return;
    for (const way of [["--lambda", "0"], ["--lambda", "1"], []])
      expect(notFinite(await documentOf(fit, sums, ...way))).toEqual([]);
    expect(notFinite(await documentOf(path, sums))).toEqual([]);
  });
});

const NO_NUMBER = /\b(NaN|Infinity|undefined|null)\b/;

describe.each(tables)("the text that is printed of %s %s", (file, more) => {
  it("has no NaN, Infinity, undefined or null", async () => {
    const target = ["--target", "y", ...more];
    for (const way of [
      [],
      ["--lambda", "0"],
      ["--lambda", "0", "--no-intercept"],
      ["--sgd", "--epochs", "3"],
    ])
      expect(await textOf(fit, file, ...target, ...way)).not.toMatch(NO_NUMBER);
    expect(await textOf(path, file, ...target)).not.toMatch(NO_NUMBER);
    const at = join(folder, "text.json");
    if (await done(fit, [file, ...target, "--lambda", "1", "--out", at]))
      expect(await textOf(evaluate, at, file)).not.toMatch(NO_NUMBER);
    const kept = target.filter(
      (_, i) => !target[i]!.startsWith("--weight-kind") && target[i] !== "precision",
    );
    const sums = join(folder, "text-moments.json");
    expect(await textOf(moments, file, ...kept, "--out", sums)).not.toMatch(NO_NUMBER);
    expect(await textOf(fit, sums, "--lambda", "0.1")).not.toMatch(NO_NUMBER);
  });
});

describe("the documents of commands without rows", () => {
  it.each([
    ["lint", lint, ["examples/training.json"]],
    ["lambda", lambda, ["0.01", "--rows", "100", "--outputs", "3"]],
    ["lambda of a large number", lambda, ["1e308", "--rows", "1000000", "--outputs", "3"]],
    ["lambda of a small number", lambda, ["5e-324", "--rows", "3", "--lr", "0.1"]],
  ])("%s are finite", async (_, command, args) => {
    expect(notFinite(await documentOf(command, ...args))).toEqual([]);
  });

  it.each([[["--epochs", "20", "--lr", "3"]], [["--lambda", "0", "--noise", "0", "--epochs", "2"]]])(
    "run %s lacks nothing but PyTorch",
    (args) => {
      const { before, afterCopy, afterTraining, log } = json<{
        before: unknown;
        afterCopy: unknown;
        afterTraining: unknown;
        log: { scratch: unknown; nn: unknown }[];
      }>(["run", ...args]);
      const losses = log.map(({ scratch, nn }) => [scratch, nn]);
      expect(JSON.stringify([before, afterCopy, afterTraining, losses])).not.toMatch(/null|NaN|Infinity/);
    },
  );
});
