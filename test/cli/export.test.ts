import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exportJs } from "../../src/model/exportJs.js";
import { exportOnnx } from "../../src/model/exportOnnx.js";
import { exportSql } from "../../src/model/exportSql.js";
import { load, save } from "../../src/model/save.js";
import { ell2, put, temporaryFolder } from "./help.js";

const cwd = temporaryFolder();
const model = load(
  JSON.stringify({
    format: "ell2-model",
    schema: 1,
    inputs: ["a", "b"],
    outputs: ["y", "z"],
    lambda: 0.01,
    standardized: null,
    weight: [
      [2, 10],
      [0.5, -1],
    ],
    bias: [100, 0.25],
  }),
);
put(cwd, "model.json", save(model));
put(cwd, "rows.csv", "a,b\n1,2\n-3,0.5\n");

const written = (name: string) => readFileSync(join(cwd, name));
const exported = (args: string) => ell2(["export", "model.json", ...args.split(" ")], { cwd });

describe("ell2 export", () => {
  it.each([
    ["--to json", save(model)],
    ["--to js", exportJs(model)],
    ["--to sql", exportSql(model)],
    ["--to sql --dialect postgres", exportSql(model, { dialect: "postgres" })],
    ["--to sql --dialect trino --table t", exportSql(model, { dialect: "trino", table: "t" })],
  ])("%s prints the text, and nothing else", (args, text) => {
    expect(exported(args)).toEqual({ stdout: text, stderr: "", exit: 0 });
  });

  it.each([
    ["json", Buffer.from(save(model))],
    ["js", Buffer.from(exportJs(model))],
    ["sql", Buffer.from(exportSql(model))],
    ["onnx", Buffer.from(exportOnnx(model))],
    ["safetensors", Buffer.from(save(model, "safetensors"))],
  ])("--to %s --out writes the file, and says so on stderr", (to, bytes) => {
    expect(exported(`--to ${to} --out out.${to}`)).toEqual({
      stdout: "",
      stderr: `${to} written to out.${to}\n`,
      exit: 0,
    });
    expect(written(`out.${to}`)).toEqual(bytes);
  });

  it("writes safetensors that predict and export read again", () => {
    exported("--to safetensors --out again.safetensors");
    const predicted = ell2(["predict", "again.safetensors", "rows.csv"], { cwd });
    expect(predicted).toEqual({ stdout: "y,z\n122,-1.25\n99,-1.75\n", stderr: "", exit: 0 });
    const back = ell2(["export", "again.safetensors", "--to", "json"], { cwd });
    expect(back.stdout).toBe(written("model.json").toString());
  });

  put(cwd, "null.json", "null");
  put(cwd, "cut.safetensors", save(model, "safetensors").slice(0, 60));
  it.each([
    ["model.json", 2, /--to with json, safetensors, onnx, sql, js, got none/],
    ["model.json --to pickle", 2, /--to to be one of json, .*, got "pickle"/],
    ["model.json --to sql --dialect mysql", 2, /--dialect to be one of duckdb, postgres, trino, got "mysql"/],
    ["model.json --to json --dialect duckdb", 2, /--dialect and --table with --to sql alone, got --to json/],
    ["model.json --to js --table t", 2, /with --to sql alone/],
    ["model.json --to sql --table=", 2, /--table with a name/],
    ["model.json --to onnx", 2, /--out with a file for onnx, which is no text/],
    ["model.json --to safetensors", 2, /--out with a file for safetensors/],
    ["model.json --to json --out model.json", 2, /another file than those that are read/],
    ["model.json --to json --outt x", 2, /an option that exists/],
    ["--to json", 2, /MODEL/],
    ["nothing.json --to json", 5, /nothing\.json: .*nothing there/],
    ["model.json --to json --out no/such/folder", 5, /a folder that exists/],
    ["null.json --to json", 3, /null\.json: expected an ell2 model/],
    ["cut.safetensors --to json", 3, /cut\.safetensors: expected a safetensors header/],
    ["rows.csv --to json", 3, /rows\.csv: expected a model in JSON or safetensors/],
  ])("%s: exit %i, one line on stderr", (args, code, message) => {
    const { stdout, stderr, exit } = ell2(["export", ...args.split(" ")], { cwd });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect({ stdout, exit }).toEqual({ stdout: "", exit: code });
  });

  it("leaves nothing half-written where it fails", () => {
    ell2(["export", "null.json", "--to", "onnx", "--out", "half.onnx"], { cwd });
    expect(readdirSync(cwd).filter((name) => name.includes("half"))).toEqual([]);
    expect(existsSync(join(cwd, "half.onnx"))).toBe(false);
  });
});
