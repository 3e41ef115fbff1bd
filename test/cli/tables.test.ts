import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { progressLine, progressStep } from "../../src/cli/progress.js";
import { makeRegression } from "../../src/data/makeRegression.js";
import { readColumns, readDataset } from "../../src/sources/index.js";
import { ell2, expectPlain, json, put, temporaryFolder } from "./help.js";

const cwd = temporaryFolder();

/** y = 2a + 1 for p, 2a + 11 for q, of the columns day and city besides. */
const model = {
  format: "ell2-model",
  schema: 2,
  inputs: ["a", "c=p", "c=q"],
  outputs: ["y"],
  columns: [
    { kind: "number", name: "a", fill: 5 },
    { kind: "category", name: "c", levels: ["p", "q"], reference: null },
  ],
  lambda: 0.01,
  standardized: null,
  weight: [[2, 1, 11]],
  bias: [0],
  training: null,
};

beforeAll(() => {
  put(cwd, "model.json", JSON.stringify(model));
  put(cwd, "rows.csv", 'id,a,c,y\n"x, 1",1,p,3\n007,2,q,16\n,3,p,7\n');
});
const run = (line: string, input?: string) =>
  ell2(line.split(" "), { cwd, ...(input === undefined ? {} : { input }) });

describe("ell2 predict", () => {
  it("keeps columns as they are, and a target's name for the target", () => {
    expect(run("predict model.json rows.csv --keep id,y").stdout).toBe(
      'id,y,y_predicted\n"x, 1",3,3\n007,16,15\n,7,7\n',
    );
    expect(json(["predict", "model.json", "rows.csv", "--keep", "id"], { cwd })).toMatchObject({
      predictions: [[3], [15], [7]],
      kept: { id: ["x, 1", "007", null] },
    });
  });

  it("writes CSV and Parquet files whole", async () => {
    expect(run("predict model.json rows.csv --keep id --out p.csv")).toEqual({
      stdout: "",
      stderr: "predictions written to p.csv\n",
      exit: 0,
    });
    expect(readFileSync(join(cwd, "p.csv"), "utf8")).toBe('id,y\n"x, 1",3\n007,15\n,7\n');
    expect(run("predict model.json rows.csv --keep a --out p.parquet").exit).toBe(0);
    const { dataset } = await readDataset(join(cwd, "p.parquet"), {
      targets: ["y"],
      features: [],
      categorical: ["a"],
    });
    expect([...dataset.Y.data]).toEqual([3, 15, 7]);
    expect(await readColumns(join(cwd, "p.parquet"))).toEqual([
      { name: "a", type: "VARCHAR" },
      { name: "y", type: "DOUBLE" },
    ]);
    run("predict model.json p.parquet --out again.parquet");
    expect(readdirSync(cwd).filter((name) => name.includes("tmp"))).toEqual([]);
  });

  it("leaves what was there where a row is bad, and nothing beside it", () => {
    put(cwd, "old.csv", "old\n");
    put(cwd, "bad.csv", `a,c\n${"1,p\n".repeat(5000)}x,p\n`);
    put(cwd, "unknown.csv", `a,c\n${"1,p\n".repeat(5000)}1,r\n`);
    for (const name of ["bad.csv", "unknown.csv"]) {
      const { stdout, stderr, exit } = run(`predict model.json ${name} --out old.csv`);
      expect({ stdout, exit }).toEqual({ stdout: "", exit: 3 });
      expect(stderr).toMatch(/csv:5002: .*row 5001/);
    }
    expect(readFileSync(join(cwd, "old.csv"), "utf8")).toBe("old\n");
    expect(readdirSync(cwd).filter((name) => name.includes("tmp"))).toEqual([]);
  });

  it("reads standard input: CSV, JSON and nothing", () => {
    expect(run("predict model.json -", "c,a\np,1\nq,2\n").stdout).toBe("y\n3\n15\n");
    expect(run("predict model.json -", '{"c":"q","a":1}\n{"c":"p","a":4}\n').stdout).toBe("y\n13\n9\n");
    const empty = run("predict model.json -", "");
    expect(empty).toMatchObject({ stdout: "", exit: 3 });
    expect(empty.stderr).toMatch(/^standard input: .*an empty file/);
    const bad = run("predict model.json -", "c,a\np,1\nq,two\n");
    expect(bad.stderr).toMatch(/^standard input:3: .*column "a", row 2, got "two"/);
  });

  it("reads a query, and says which columns a bad one lacks", () => {
    const sql = "SELECT 4 AS a, c FROM 'rows.csv' WHERE c = 'q'";
    expect(ell2(["predict", "model.json", "--sql", sql], { cwd })).toEqual({
      stdout: "y\n19\n",
      stderr: "",
      exit: 0,
    });
    expect(ell2(["predict", "model.json", "--sql", "SELECT 1 AS b"], { cwd })).toMatchObject({
      exit: 3,
      stderr: expect.stringMatching(/^the query: .*column "a", "c", got the columns b/),
    });
    expect(ell2(["predict", "model.json", "--sql", "nonsense"], { cwd }).exit).toBe(2);
    expect(run("predict model.json rows.csv --table t").exit).toBe(2);
  });

  it("fills in what the model has learnt to, or leaves the row out, and counts", () => {
    put(cwd, "holes.csv", "a,c\n,p\n1,q\n");
    const filled = run("predict model.json holes.csv");
    expect(filled.stdout).toBe("y\n11\n13\n");
    expect(filled.stderr).toBe("filled in: 1 missing cell with the mean (1 in a)\n");
    const dropped = run("predict model.json holes.csv --missing drop");
    expect(dropped.stdout).toBe("y\n13\n");
    expect(dropped.stderr).toBe("left out: 1 row with a missing cell (1 in a)\n");
    expect(run("predict model.json holes.csv --missing error").exit).toBe(3);
    expect(run("predict model.json holes.csv --missing nonsense").exit).toBe(2);
  });

  it("ignores unknown levels where asked to, and counts them", () => {
    put(cwd, "new.csv", "a,c\n1,r\n1,q\n");
    expect(run("predict model.json new.csv")).toMatchObject({ stdout: "", exit: 3 });
    const { stdout, stderr } = run("predict model.json new.csv --unknown ignore");
    expect(stdout).toBe("y\n2\n13\n");
    expect(stderr).toBe("unknown: 1 cell with a level that the model does not have\n");
  });
});

describe("numbers that are read as others", () => {
  it("are named by every command that reads rows", () => {
    put(cwd, "big.csv", "x,y\n1,2\n9007199254740993,5\n3,1e-400\n9007199254740995,1\n-1e-400,3\n");
    const said = [
      'rounded: column "x": 2 values have more digits than a double holds (first: row 2, 9007199254740993 → 9007199254740992)',
      'rounded: column "x": 1 value is too small for a double and is read as 0 (first: row 5, -1e-400 → 0)',
      'rounded: column "y": 1 value is too small for a double and is read as 0 (first: row 3, 1e-400 → 0)',
    ];
    const rounded = said.map(() => expect.objectContaining({ cells: expect.any(Number) }));
    const { stderr, exit } = run("fit big.csv --target y --lambda 1 --out big.json");
    expect(exit).toBe(0);
    expect(stderr.split("\n").slice(0, 3)).toEqual(said);
    for (const line of ["path big.csv --target y", "moments big.csv --target y", "evaluate big.json big.csv"])
      expect(run(line).stderr.split("\n").slice(0, 3)).toEqual(said);
    expect(run("predict big.json big.csv").stderr.split("\n").slice(0, 2)).toEqual(said.slice(0, 2));
    for (const args of ["fit big.csv --target y --lambda 1", "evaluate big.json big.csv"]) {
      const document = JSON.parse(run(`${args} --json`).stdout) as object;
      expect(document).toMatchObject({ rounded });
    }
  });
});

describe("ell2 evaluate", () => {
  it("prints a table and the same as JSON", () => {
    const { stdout, stderr, exit } = run("evaluate model.json rows.csv");
    expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
    expect(stdout).toMatch(/R² +RMSE +MAE +n\n +y +0\.98\d* +0\.57735 +0\.333333 +3\n/);
    expectPlain(stdout);
    const document = json<{
      rows: number;
      metrics: { output: string; mae: number; rmse: number; r2: number }[];
    }>(["evaluate", "model.json", "rows.csv"], { cwd });
    expect(document.rows).toBe(3);
    expect(document.metrics[0]).toMatchObject({ output: "y", mae: 1 / 3, rmse: Math.sqrt(1 / 3) });
    expect(document.metrics[0]!.r2).toBeCloseTo(1 - 1 / (532 / 6), 14);
  });

  it("needs the target", () => {
    put(cwd, "noTarget.csv", "a,c\n1,p\n");
    expect(run("evaluate model.json noTarget.csv")).toMatchObject({
      stdout: "",
      exit: 3,
      stderr: expect.stringMatching(/column "y", got the columns a, c/),
    });
  });
});

describe("ell2 make", () => {
  it.each([["made.csv"], ["made.parquet"]])(
    "writes makeRegression's numbers with all digits: %s",
    async (name) => {
      const line = `make ${name} --rows 300 --features 4 --targets 2 --informative 3 --noise 0.5 --seed 7`;
      const { stdout, stderr, exit } = run(line);
      expect({ stdout, exit }).toEqual({ stdout: "", exit: 0 });
      expect(stderr).toContain(`written to ${name}`);
      const { dataset } = await readDataset(join(cwd, name), { targets: ["y0", "y1"] });
      const { X, Y } = makeRegression({
        nSamples: 300,
        nFeatures: 4,
        nTargets: 2,
        nInformative: 3,
        noise: 0.5,
        randomState: 7,
      });
      expect(dataset.X.data).toEqual(X.data);
      expect(dataset.Y.data).toEqual(Y.data);
      expect(dataset.inputs).toEqual(["x0", "x1", "x2", "x3"]);
    },
  );

  it("refuses numbers out of range and folders that are not there", () => {
    expect(run("make x.csv --rows 0").exit).toBe(2);
    expect(run("make x.csv --noise -1").exit).toBe(2);
    expect(run("make none/x.csv").exit).toBe(5);
    expect(readdirSync(cwd)).not.toContain("x.csv");
  });
});

describe("progressLine", () => {
  it("shows rows, rate and time left within the terminal's width", () => {
    const line = progressLine({ rows: 5_000_000, total: 20_000_000 }, 2, 80);
    expect(line).toMatch(/^█+░+ 5\.0M of 20\.0M rows {2}2\.5M rows\/s {2}0:06 left$/);
    for (const columns of [20, 60, 200]) {
      expect([...progressLine({ rows: 1, total: 3000 }, 1, columns)].length).toBeLessThan(columns);
    }
  });

  describe("with row weights", () => {
    const rows = Array.from({ length: 60 }, (_, i) => {
      const [a, b] = [(i * 7) % 13, (i * 5) % 11];
      return `${a},${b},${1 + (i % 4)},${3 * a - b + ((i * 3) % 5)}`;
    });
    const table = (part: readonly string[]) => `a,b,w,y\n${part.join("\n")}\n`;
    type Metrics = {
      metrics: { r2: number; rmse: number; mae: number; mse: number }[];
      weight: string | null;
    };
    const NOTE = "weighted by column w, as the model's rows were (--unweighted counts every row once)\n";

    beforeAll(() => {
      put(cwd, "train.csv", table(rows.slice(0, 40)));
      put(cwd, "valid.csv", table(rows.slice(40)));
      put(cwd, "plain.csv", "a,b,y\n1,2,2\n3,1,9\n");
    });

    it.each(["frequency", "precision"])("says what fit said of the same rows: %s", (kind) => {
      const fit = "fit train.csv --target y --features a,b --weight w --valid valid.csv --lambda 0.1".split(
        " ",
      );
      const fitted = json<{ metrics: { valid: Metrics["metrics"] } }>(
        [...fit, "--weight-kind", kind, "--out", `${kind}.json`],
        { cwd },
      );
      const { weight, metrics } = json<Metrics>(["evaluate", `${kind}.json`, "valid.csv"], { cwd });
      expect(weight).toBe("w");
      for (const name of ["r2", "rmse", "mae", "mse"] as const)
        expect(metrics[0]![name] / fitted.metrics.valid[0]![name]).toBeCloseTo(1, 14);
      const asked = json<Metrics>(["evaluate", `${kind}.json`, "valid.csv", "--weight", "w"], { cwd });
      expect(asked.metrics).toEqual(metrics);
      const plain = json<Metrics>(["evaluate", `${kind}.json`, "valid.csv", "--unweighted"], { cwd });
      expect(plain.weight).toBeNull();
      expect(Math.abs(plain.metrics[0]!.r2 - metrics[0]!.r2)).toBeGreaterThan(1e-6);
    });

    it("says that it weights, and that it cannot", () => {
      const { stderr } = run("evaluate frequency.json valid.csv");
      expect(stderr).toBe(NOTE);
      expect(run("evaluate frequency.json valid.csv --weight w").stderr).toBe("");
      expect(run("evaluate frequency.json valid.csv --unweighted").stderr).toBe("");
      expect(run("evaluate frequency.json plain.csv")).toMatchObject({
        exit: 0,
        stderr: "not weighted: the model's rows were weighted by column w, which is not there\n",
      });
      expect(run("evaluate frequency.json valid.csv --unweighted --weight w")).toMatchObject({
        exit: 2,
        stderr: expect.stringContaining("--weight or --unweighted"),
      });
    });

    it.each([
      ["", "missing"],
      ["-1", "negative"],
      ["nan", "NaN"],
      ["x", "a word"],
    ])("refuses a weight of %j as fit does (%s)", (weight) => {
      put(cwd, "bad.csv", table([...rows.slice(0, 9), `1,2,${weight},3`]));
      const evaluated = run("evaluate frequency.json bad.csv");
      const fitted = run("fit bad.csv --target y --features a,b --weight w");
      expect(evaluated).toMatchObject({ stdout: "", exit: 3 });
      expect(evaluated.stderr).toBe(NOTE + fitted.stderr);
    });

    it("refuses weights that are all 0 as fit does", () => {
      put(cwd, "zeros.csv", table(["1,2,0,3", "2,3,0,5"]));
      const evaluated = run("evaluate frequency.json zeros.csv");
      expect(evaluated).toMatchObject({ stdout: "", exit: 3 });
      expect(evaluated.stderr).toBe(NOTE + run("fit zeros.csv --target y --features a,b --weight w").stderr);
    });
  });

  it("has no R² of a constant target, and says why", () => {
    put(cwd, "constant.csv", "a,c,y\n1,p,3.7\n2,q,3.7\n4,p,3.7\n");
    const { stdout, stderr, exit } = run("evaluate model.json constant.csv");
    expect({ stderr, exit }).toEqual({ stderr: "y: R² is not defined: the target is constant\n", exit: 0 });
    expect(stdout).toMatch(/\n +y +– +[\d.]+ +[\d.]+ +3\n/);
    const document = json<{ metrics: object[] }>(["evaluate", "model.json", "constant.csv"], { cwd });
    expect(document.metrics[0]).toMatchObject({
      r2: null,
      reasons: ["R² is not defined: the target is constant"],
    });
  });

  it("names both R² of a model without a bias", () => {
    put(cwd, "far.csv", "x,y\n1,100\n2,103\n3,99\n4,104\n");
    expect(run("fit far.csv --target y --no-intercept --lambda 0 --no-standardize --out far.json").exit).toBe(
      0,
    );
    const { stdout } = run("evaluate far.json far.csv");
    expect(stdout).toMatch(/R² about the mean +R² about 0 +RMSE/);
    const { metrics } = json<{ metrics: { r2: number; r2Uncentred: number }[] }>(
      ["evaluate", "far.json", "far.csv"],
      { cwd },
    );
    // exactly: Σxy = 1019, Σx² = 30, Σy² = 41226, Σ(y − ȳ)² = 17
    const squares = 41226 - 1019 ** 2 / 30;
    expect(metrics[0]!.r2Uncentred).toBeCloseTo(1 - squares / 41226, 12);
    expect(metrics[0]!.r2).toBeCloseTo(1 - squares / 17, 9);
    const withBias = json<{ metrics: object[] }>(["evaluate", "model.json", "rows.csv"], { cwd });
    expect(withBias.metrics[0]).not.toHaveProperty("r2Uncentred");
  });
});

describe("progressStep", () => {
  it("says on a terminal what is computed, takes it away, and is silent elsewhere", () => {
    const written: string[] = [];
    const stream = (isTTY: boolean) =>
      ({ isTTY, write: (text: string) => written.push(text) > 0 }) as unknown as NodeJS.WriteStream;
    progressStep("solving", stream(false))();
    expect(written).toEqual([]);
    progressStep("solving", stream(true))();
    expect(written).toEqual(["\r\x1b[Ksolving …", "\r\x1b[K"]);
  });
});
