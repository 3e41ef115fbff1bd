import { type ChildProcess, spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { train } from "../../src/cli/train.js";
import type { Dataset } from "../../src/data/dataset.js";
import { fit } from "../../src/fit/fit.js";
import { Python } from "../../src/random/python.js";
import { newModel, parameters, problem } from "../model/help.js";
import { ell2, expectPlain, program, temporaryFolder } from "./help.js";

const cwd = temporaryFolder();
const at = (name: string) => join(cwd, name);
const rows = problem(60, 20, 3);
const valid = problem(30, 20, 3, 20);
const options = { epochs: 40, lr: 0.02, batchSize: 7, momentum: 0.9, tol: 0 };

/** Trains from the same start, with a checkpoint. */
async function trained(path: string, resume: boolean, more = {}, data: Dataset = rows) {
  const model = newModel(20, 3, 0.1);
  const result = await train(model, data, { ...options, ...more }, { path, resume }, () => {});
  return { ...result, parameters: parameters(model) };
}
/** The same without interruption. */
function whole(more = {}, data: Dataset = rows) {
  const model = newModel(20, 3, 0.1);
  const result = fit(model, data, { ...options, ...more });
  return { ...result, parameters: parameters(model) };
}
const fresh = (name: string): string => {
  rmSync(at(name), { force: true });
  return at(name);
};

describe("a checkpoint", () => {
  it.each([
    ["plain", { momentum: 0 }],
    ["with momentum", {}],
    ["with a validation loss", { valid }],
    ["with patience, which ends it", { valid, patience: 3, lr: 0.05, epochs: 500 }],
    ["with tol, which ends it", { tol: 1e-3, momentum: 0, epochs: 5000 }],
    ["full batch, which is trained from moments", { batchSize: 60, epochs: 300 }],
  ])("cut off anywhere, gives the same bits when it is gone on from: %s", async (_, more) => {
    const path = fresh("cut");
    const expected = whole(more);
    expect(await trained(path, false, more)).toEqual(expected);
    const text = readFileSync(path);
    const head = text.indexOf("\n") + 1;
    const random = new Python(14);
    const lengths = [head, head + 1, text.length - 1, text.length];
    for (let i = 0; i < 12; i++) lengths.push(Math.floor(random.uniform(head, text.length)));
    for (const length of lengths) {
      writeFileSync(path, text.subarray(0, length));
      expect(await trained(path, true, more)).toEqual(expected);
    }
  });

  it("has every epoch as soon as it is over", async () => {
    const path = fresh("every");
    const sizes: number[] = [];
    const model = newModel(20, 3, 0.1);
    const predict = model.evaluate.bind(model);
    // the validation loss is taken behind each epoch: then those before are all in the file
    model.evaluate = (X, Y) => {
      sizes.push(readFileSync(path, "utf8").trimEnd().split("\n").length - 1);
      return predict(X, Y);
    };
    await train(model, rows, { ...options, valid }, { path, resume: false }, () => {});
    expect(sizes).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it("does not grow without end, and keeps the whole log when it is written anew", async () => {
    const path = fresh("long");
    const more = { epochs: 4000, momentum: 0.5, valid, patience: 4000 };
    const expected = whole(more);
    expect(await trained(path, false, more)).toEqual(expected);
    const line = readFileSync(path, "utf8").split("\n").at(-2)!.length;
    expect(statSync(path).size).toBeLessThan((4000 * line) / 2);
    expect(await trained(path, true, more)).toEqual(expected);
  });

  it("is left where training ends with an error, and no file stands beside it", async () => {
    const path = fresh("diverged");
    await expect(trained(path, false, { lr: 1e3, epochs: 1000 })).rejects.toMatchObject({ code: "DIVERGED" });
    await expect(trained(path, true, { lr: 1e3, epochs: 1000 })).rejects.toMatchObject({ code: "DIVERGED" });
    expect(readdirSync(cwd).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("is not written over where training begins", async () => {
    const path = fresh("there");
    await trained(path, false);
    const before = readFileSync(path);
    await expect(trained(path, false)).rejects.toMatchObject({ code: "USAGE" });
    expect(readFileSync(path)).toEqual(before);
  });

  it.each([
    ["another rate", { lr: 0.03 }, rows, { code: "USAGE", got: "lr 0.03" }],
    ["another batch", { batchSize: 8 }, rows, { code: "USAGE", got: "batchSize 8" }],
    ["more epochs", { epochs: 41 }, rows, { code: "USAGE", got: "epochs 41" }],
    ["no momentum", { momentum: 0 }, rows, { code: "USAGE", got: "momentum 0" }],
    ["patience", { valid, patience: 3 }, rows, { code: "USAGE", got: "patience 3" }],
    ["rows to validate on", { valid }, rows, { code: "DATA", got: "others" }],
    ["another order of rows", {}, rows.take(Array.from({ length: 60 }, (_, i) => 59 - i)), { code: "DATA" }],
  ])("refuses another training: %s", async (_, more, data, error) => {
    const path = fresh("other");
    await trained(path, false);
    const before = readFileSync(path);
    await expect(trained(path, true, more, data)).rejects.toMatchObject(error);
    expect(readFileSync(path)).toEqual(before);
  });

  it("refuses a file that is none, and one with a damaged line, and leaves it alone", async () => {
    const path = fresh("bad");
    await trained(path, false);
    const text = readFileSync(path, "utf8");
    const lines = text.split("\n");
    lines[3] = lines[3]!.replace(/"w":"(.)/, (_, c) => `"w":"${c === "A" ? "B" : "A"}`);
    for (const content of ["", "{}", "x,y\n1,2\n", lines.join("\n"), text.slice(0, 40)]) {
      writeFileSync(path, content);
      await expect(trained(path, true), content.slice(0, 40)).rejects.toMatchObject({ code: "FORMAT" });
      expect(readFileSync(path, "utf8")).toBe(content);
    }
  });
});

const FIT = [
  ...["fit", "d.csv", "--target", "y*", "--lr", "0.0001", "--batch", "16", "--epochs", "800"],
  ...["--momentum", "0.9", "--valid", "0.2", "--patience", "700"],
];

describe("ell2 fit --checkpoint FILE --resume", () => {
  it("killed again and again, ends with the bytes of a run that nothing disturbed", async () => {
    ell2(["make", "d.csv", "--rows", "1000", "--features", "8", "--targets", "2"], { cwd });
    const alone = ell2([...FIT, "--out", "alone.json", "--json"], { cwd });
    expect(alone.exit, alone.stderr).toBe(0);
    const random = new Python(14);
    const args = [...FIT, "--checkpoint", "c", "--resume", "--out", "killed.json", "--json"];
    for (let kills = 0; kills < 5; kills++) {
      const before = existsSync(at("c")) ? statSync(at("c")).size : 0;
      const child = spawn(process.execPath, [program, ...args], { cwd, stdio: "ignore" });
      await grown(child, before + random.uniform(1_000, 30_000));
      child.kill("SIGKILL");
      await new Promise((resolve) => child.once("close", resolve));
      if (kills === 3) appendFileSync(at("c"), "0123");
    }
    expect(existsSync(at("killed.json"))).toBe(false);
    const last = ell2(args, { cwd });
    expect(last.exit, last.stderr).toBe(0);
    expect(Number(/behind epoch (\d+)/.exec(last.stderr)?.[1])).toBeGreaterThan(4);
    expect(last.stdout).toBe(alone.stdout);
    expect(readFileSync(at("killed.json"))).toEqual(readFileSync(at("alone.json")));
  });

  it("says what does not fit, and needs a checkpoint to resume", () => {
    const refused = (...args: string[]) => {
      const { stdout, stderr, exit } = ell2(args, { cwd });
      expect(stdout).toBe("");
      expectPlain(stderr);
      return { exit, stderr };
    };
    expect(refused(...FIT, "--checkpoint", "c").stderr).toContain("give --resume to go on from it");
    expect(refused(...FIT, "--lambda", "3", "--checkpoint", "c", "--resume")).toEqual({
      exit: 2,
      stderr: expect.stringContaining("(lambda 0.01), got lambda 3"),
    });
    expect(refused(...FIT, "--resume").exit).toBe(2);
    expect(refused(...FIT, "--checkpoint", "d.csv", "--resume").exit).toBe(2);
    expect(refused(...FIT, "--checkpoint", "x", "--out", "x").exit).toBe(2);
    expect(refused("fit", "d.csv", "--target", "y0", "--exact", "--checkpoint", "x").exit).toBe(2);
  });
});

/** Waits until the checkpoint has grown to a size, or the program has ended. */
async function grown(child: ChildProcess, size: number): Promise<void> {
  while (child.exitCode === null) {
    if (existsSync(at("c")) && statSync(at("c")).size >= size) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error("the program ended before it could be killed");
}
