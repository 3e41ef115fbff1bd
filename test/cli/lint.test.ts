import { describe, expect, it } from "vitest";
import { ell2, expectPlain, json, put, temporaryFolder } from "./help.js";

const cwd = temporaryFolder();
const notebook = {
  optimizer: "sgd",
  lr: 0.01,
  rows: 100,
  batchSize: 33,
  epochs: 16,
  groups: [
    { params: ["weight"], weightDecay: 0.01 },
    { params: ["bias"], weightDecay: 0 },
  ],
};
const sound = { ...notebook, batchSize: 25, epochs: 10_000 };
const file = (name: string, config: unknown) => put(cwd, name, JSON.stringify(config));

describe("ell2 lint CONFIG", () => {
  it("says what is decayed and how much, and warns", () => {
    const { stdout, stderr, exit } = ell2(["lint", file("notebook.json", notebook)], { cwd });
    expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
    expect(stdout).toContain("4 steps an epoch, the last of 1 row; 64 steps in all\n");
    expect(stdout).toMatch(/^ {2}weight +0\.01 +in the gradient +0\.9999 +0\.9996 +0\.99362$/m);
    expect(stdout).toMatch(/^warning LAST_BATCH: .*\n {2}take batches of 25 or 50 rows/m);
    expect(stdout).toMatch(/^warning LAMBDA_INVISIBLE: /m);
    expect(stdout).toMatch(/\n2 warnings\n$/);
  });

  it("--json: one document", () => {
    const found = json<object>(["lint", file("notebook.json", notebook)], { cwd });
    expect(found).toMatchObject({ stepsPerEpoch: 4, steps: 64, lastBatch: 1, stableRate: null });
    expect(found).toMatchObject({ warnings: [{ code: "LAST_BATCH" }, { code: "LAMBDA_INVISIBLE" }] });
  });

  it("reads the notebook's set-up in examples/, and its stable rate", () => {
    const { stdout, exit } = ell2(["lint", "examples/training.json"]);
    expect(exit).toBe(0);
    expect(stdout).toContain("stable below the rate 1.949");
  });

  it("--strict: exit 1 if there are warnings, 0 if there are none", () => {
    const warned = ell2(["lint", file("notebook.json", notebook), "--strict"], { cwd });
    expect(warned.exit).toBe(1);
    expect(warned.stdout).toContain("LAST_BATCH");
    const clean = ell2(["lint", file("sound.json", sound), "--strict"], { cwd });
    expect(clean.exit).toBe(0);
    expect(clean.stdout).toMatch(/\n0 warnings\n$/);
  });

  it("shows names with escapes in them harmlessly", () => {
    const groups = [{ params: ["\u001b[31mbias"], weightDecay: 1 }];
    const name = file("red.json", { ...sound, groups });
    expectPlain(ell2(["lint", name], { cwd }).stdout);
  });

  it.each([
    ["no such file", "missing.json", null, 5, /missing\.json/],
    ["no JSON", "broken.json", "{", 3, /broken\.json: expected JSON/],
    [
      "a misspelt option",
      "typo.json",
      JSON.stringify({ ...sound, momentun: 1 }),
      2,
      /typo\.json: .*momentun/,
    ],
    ["__proto__", "proto.json", '{"__proto__": {}}', 2, /__proto__/],
    ["a rate that is none", "rate.json", JSON.stringify({ ...sound, lr: "0.1" }), 2, /rate\.json: .*lr/],
    [
      "a group's option",
      "group.json",
      JSON.stringify({ ...sound, groups: [{ params: ["w"], wd: 1 }] }),
      2,
      /group\.json: groups\[0\]: .*"wd"/,
    ],
  ])("%s: exits with a known error", (_, name, content, code, says) => {
    if (content !== null) put(cwd, name, content);
    const { stdout, stderr, exit } = ell2(["lint", name], { cwd });
    expect({ stdout, exit }).toEqual({ stdout: "", exit: code });
    expect(stderr).toMatch(says);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});
