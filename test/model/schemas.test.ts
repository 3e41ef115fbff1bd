import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { load, save } from "../../src/model/save.js";
import { ell2, put, root, temporaryFolder } from "../cli/help.js";

const folder = join(import.meta.dirname, "schemas");
const text = (name: string) => readFileSync(join(folder, name), "utf8");
/** The rows that each schema's file was recorded with. */
const ROWS: Record<string, string> = { 1: "linnerud.csv", 2: "diabetes_raw.csv" };
const models = readdirSync(folder).filter((name) => !name.endsWith(".csv"));

describe("a model file from an older schema", () => {
  it("is kept for each schema that there was", () => {
    expect(new Set(models.map((name) => name.split(".")[0]))).toEqual(new Set(Object.keys(ROWS)));
    const { schema } = JSON.parse(save(load(text("1.json"))));
    expect(Object.keys(ROWS).at(-1)).toBe(String(schema));
  });

  it.each(models)("still predicts what it did when it was written: %s", (name) => {
    const schema = name.split(".")[0]!;
    const predicted = ell2(["predict", join(folder, name), join(root, "examples", ROWS[schema]!)]);
    expect(predicted.exit, predicted.stderr).toBe(0);
    expect(predicted.stdout).toBe(text(`${schema}.csv`));
  });

  it.each(models)("loses nothing when it is written anew: %s", (name) => {
    const model = load(readFileSync(join(folder, name)), name);
    expect(load(save(model))).toEqual(model);
    expect(load(save(model, "safetensors"))).toEqual(model);
  });

  it("of a newer one is refused, and says to update", () => {
    const cwd = temporaryFolder();
    put(cwd, "m.json", text("2.json").replace('"schema": 2', '"schema": 3'));
    const { stdout, stderr, exit } = ell2(["predict", "m.json", join(root, "examples/linnerud.csv")], {
      cwd,
    });
    expect({ stdout, exit }).toEqual({ stdout: "", exit: 3 });
    expect(stderr).toBe("m.json: expected schema 1 or 2, got 3, of a newer ell2; update ell2\n");
  });
});
