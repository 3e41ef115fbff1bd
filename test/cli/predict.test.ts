import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ell2, json, program, put, temporaryFolder } from "./help.js";

const cwd = temporaryFolder();
const model = {
  format: "ell2-model",
  schema: 1,
  inputs: ["a", "b"],
  outputs: ["y", "z"],
  lambda: 0.01,
  standardized: { mean: [0, 0], scale: [1, 1] },
  weight: [
    [2, 10],
    [0.5, -1],
  ],
  bias: [100, 0.25],
  training: { rows: 9, strategy: "rows", lr: 0.1, epochs: 3, batchSize: 9 },
};
const save = (name: string, changes: object) => put(cwd, name, JSON.stringify({ ...model, ...changes }));
save("model.json", {});

describe("ell2 predict", () => {
  it("prints a line of names and a line of predictions for each row", () => {
    put(cwd, "rows.csv", "a,b\n1,2\n-3,0.5\n0,0\n");
    const { stdout, stderr, exit } = ell2(["predict", "model.json", "rows.csv"], { cwd });
    expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
    expect(stdout).toBe("y,z\n122,-1.25\n99,-1.75\n100,0.25\n");
  });

  it("--json prints {outputs, predictions}", () => {
    put(cwd, "rows.csv", "a,b\n1,2\n-3,0.5\n0,0\n");
    expect(json(["predict", "model.json", "rows.csv"], { cwd })).toEqual({
      outputs: ["y", "z"],
      predictions: [
        [122, -1.25],
        [99, -1.75],
        [100, 0.25],
      ],
      dropped: 0,
      filled: 0,
      unknown: 0,
      rounded: [],
    });
  });

  it("finds the columns by name in any order and ignores the others, even bad ones", () => {
    put(cwd, "order.csv", "note,b,extra,a\nx,2,,1\ny,0.5,NaN,-3\n");
    const { stdout, exit } = ell2(["predict", "model.json", "order.csv"], { cwd });
    expect(stdout).toBe("y,z\n122,-1.25\n99,-1.75\n");
    expect(exit).toBe(0);
  });

  it("prints the predictions of a file of one row and one column", () => {
    save("single.json", { inputs: ["a"], weight: [[2], [4]], standardized: null, training: null });
    put(cwd, "single.csv", "a\n3\n");
    expect(ell2(["predict", "single.json", "single.csv"], { cwd }).stdout).toBe("y,z\n106,12.25\n");
  });

  it("quotes names that hold separators, quotes or line breaks", () => {
    save("quoted.json", { outputs: ["y,1", 'z "2"'] });
    put(cwd, "rows.csv", "a,b\n1,2\n");
    const { stdout } = ell2(["predict", "quoted.json", "rows.csv"], { cwd });
    expect(stdout).toBe('"y,1","z ""2"""\n122,-1.25\n');
  });

  it("prints nothing that steers a terminal, whatever the model's names hold", () => {
    save("escapes.json", { outputs: ["\u001b[31mred", "z"], inputs: ["a", "\u001b]0;title\u0007"] });
    put(cwd, "rows.csv", "a,b\n1,2\n");
    const { stderr, exit } = ell2(["predict", "escapes.json", "rows.csv"], { cwd });
    expect(exit).toBe(3);
    expect(stderr.includes("\u001b")).toBe(false);
  });

  it("keeps all digits", () => {
    save("digits.json", {
      weight: [
        [0.1, 1e-300],
        [1 / 3, 0],
      ],
      bias: [0.2, 0],
    });
    put(cwd, "rows.csv", "a,b\n1,2\n");
    const { stdout } = ell2(["predict", "digits.json", "rows.csv"], { cwd });
    expect(stdout).toBe("y,z\n0.30000000000000004,0.3333333333333333\n");
  });

  it("ends without an error when its reader, such as head, has seen enough", async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `${i},${i / 7}`);
    put(cwd, "long.csv", `a,b\n${rows.join("\n")}\n`);
    const child = spawn(process.execPath, [program, "predict", "model.json", "long.csv"], { cwd });
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.stdout.once("data", () => child.stdout.destroy());
    const exit = await new Promise((resolve) => child.once("close", resolve));
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
  });
});

describe("ell2 predict ends", () => {
  put(cwd, "good.csv", "a,b\n1,2\n");
  put(cwd, "lacks.csv", "a,c\n1,2\n");
  put(cwd, "bad.csv", "a,b\n1,2\n3,x\n");
  put(cwd, "infinite.csv", "a,b\n1,2\n3,inf\n");
  put(cwd, "truncated.json", readFileSync(join(cwd, "model.json"), "utf8").slice(0, 90));
  put(cwd, "null.json", "null");
  put(cwd, "other.json", '{"some": "file"}');
  save("schema.json", { schema: 3 });
  save("shape.json", { weight: [[1, 2]] });
  save("text.json", { bias: ["1", 2] });
  save("twice.json", { inputs: ["a", "a"] });
  save("infinite.json", { bias: [null, 2] });
  save("scale.json", { standardized: { mean: [0, 0], scale: [1] } });

  const cases: [string, string, string, number, RegExp][] = [
    ["where a column is missing", "model.json", "lacks.csv", 3, /^lacks\.csv: .*"b".*a, c/],
    ["where a cell is no number", "model.json", "bad.csv", 3, /^bad\.csv:3: .*"b", row 2, got "x"/],
    ["where a cell is infinite", "model.json", "infinite.csv", 3, /^infinite\.csv:3: .*"b", row 2/],
    ["where the rows are missing", "model.json", "nothing.csv", 5, /^nothing\.csv: .*nothing there/],
    ["where the model is missing", "nothing.json", "good.csv", 5, /^nothing\.json: .*nothing there/],
    ["where the model is a folder", ".", "good.csv", 5, /^\.: expected a file, got/],
    ["where the model is cut short", "truncated.json", "good.csv", 3, /^truncated\.json: .*ell2 fit --out/],
    ["where the model is null", "null.json", "good.csv", 3, /^null\.json: expected an ell2 model/],
    ["where the model is other JSON", "other.json", "good.csv", 3, /^other\.json: expected an ell2 model/],
    ["where the model is data", "good.csv", "good.csv", 3, /^good\.csv: expected a model/],
    ["where the model is of another schema", "schema.json", "good.csv", 3, /schema 1 or 2, got 3/],
    ["where a weight is missing", "shape.json", "good.csv", 3, /weight to have 2 rows/],
    ["where a bias is text", "text.json", "good.csv", 3, /bias to be 2 finite numbers/],
    ["where a bias is not finite", "infinite.json", "good.csv", 3, /bias to be 2 finite numbers/],
    ["where an input stands twice", "twice.json", "good.csv", 3, /inputs to be names, each once/],
    ["where a scale is missing", "scale.json", "good.csv", 3, /standardized\.scale/],
  ];

  it.each(cases)("%s: %s %s → exit %i", (_, saved, data, code, message) => {
    const { stdout, stderr, exit } = ell2(["predict", saved, data], { cwd });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect({ stdout, exit }).toEqual({ stdout: "", exit: code });
  });

  it("with exit 2 without its two words, or with a third", () => {
    expect(ell2(["predict"], { cwd })).toMatchObject({ exit: 2, stderr: expect.stringMatching(/MODEL/) });
    expect(ell2(["predict", "model.json"], { cwd })).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/DATA/),
    });
    expect(ell2(["predict", "model.json", "good.csv", "x"], { cwd }).exit).toBe(2);
  });
});
