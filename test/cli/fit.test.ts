import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ell2, expectPlain, json, put, putExamples, root, temporaryFolder } from "./help.js";
import { ridge, type Solution } from "./ridge.js";

interface Metrics {
  output: string;
  mse: number;
  rmse: number;
  mae: number;
  r2: number;
}

interface FitDocument {
  model: {
    inputs: string[];
    outputs: string[];
    lambda: number;
    standardized: { mean: number[]; scale: number[] } | null;
    weight: number[][];
    bias: number[];
  };
  strategy: string;
  solver: string;
  metrics: { train: Metrics[]; valid: Metrics[] | null };
  log: { epoch: number; mse: number; mseValid: number | null }[];
}

const cwd = temporaryFolder();
putExamples(cwd);

const LINNERUD = "examples/linnerud.csv";
const text = readFileSync(join(root, LINNERUD), "utf8");
const [header, ...lines] = text.trim().split(/\r?\n/);
const names = header!.split(",");
const rows = lines.map((line) => line.split(",").map(Number));
const pick = (columns: string[], of = rows) =>
  of.map((row) => columns.map((name) => row[names.indexOf(name)]!));
const FEATURES = ["Chins", "Situps", "Jumps"];
const TARGETS = ["Weight", "Waist", "Pulse"];

const fit = (options: string[], target = TARGETS.join(",")) =>
  json<FitDocument>(["fit", LINNERUD, "--target", target, ...options], { cwd });

/** Every target from every feature, by descent with every default. */
const plain = fit(["--sgd"]);

/** Expects weights and biases within `bound` of a solution, each beside the largest of its kind. */
function expectClose({ weight, bias }: FitDocument["model"], solution: Solution, bound: number): void {
  const largest = (values: number[]) => Math.max(...values.map(Math.abs));
  const close = (ours: number[], theirs: number[]) =>
    expect(largest(ours.map((x, i) => x - theirs[i]!)) / largest(theirs)).toBeLessThanOrEqual(bound);
  close(weight.flat(), solution.weight.flat());
  close(bias, solution.bias);
}

/** Rows with two features near [−1, 1], on which raw gradient descent is quick to converge. */
const raw = Array.from({ length: 30 }, (_, i) => {
  const [p, q] = [Math.sin(1 + 3 * i), Math.cos(2 + 5 * i)];
  return [p, q, 0.5 + 2 * p - q + 0.1 * Math.sin(7 * i)];
});
put(cwd, "raw.csv", `p,q,y\n${raw.map((row) => row.join(",")).join("\n")}\n`);

describe("ell2 fit", () => {
  it("linnerud, 2000 epochs at 0.1 with λ 0.1, lands on the closed-form ridge solution to 1e-9", () => {
    const options = "--lambda 0.1 --lr 0.1 --epochs 2000 --batch 20 --valid 0".split(" ");
    const { model, log } = fit(options);
    const solution = ridge(pick(FEATURES), pick(TARGETS), 0.1);
    for (const [l, row] of solution.weight.entries()) {
      for (const [j, w] of row.entries())
        expect(Math.abs(model.weight[l]![j]! - w)).toBeLessThanOrEqual(1e-9);
      expect(Math.abs(model.bias[l]! - solution.bias[l]!)).toBeLessThanOrEqual(1e-9);
    }
    expect(log).toHaveLength(2000);
  });

  it("without rate and epochs settles by itself on the solution for λ 0.01", () => {
    const { model, log } = plain;
    expect(model.lambda).toBe(0.01);
    expect(log.length).toBeLessThan(10_000);
    expectClose(model, ridge(pick(FEATURES), pick(TARGETS), 0.01), 1e-9);
  });

  it("--lambda 0 settles on least squares", () => {
    expectClose(fit(["--sgd", "--lambda=0"]).model, ridge(pick(FEATURES), pick(TARGETS), 0), 1e-9);
  });

  it("--momentum 0.5 settles on the same solution", () => {
    expectClose(fit(["--momentum", "0.5"]).model, ridge(pick(FEATURES), pick(TARGETS), 0.01), 1e-9);
  });

  it("--target with one column takes every other one as a feature, in the file's order", () => {
    const { model } = fit(["--epochs=1"], "Waist");
    expect(model.inputs).toEqual(["Chins", "Situps", "Jumps", "Weight", "Pulse"]);
    expect(model.outputs).toEqual(["Waist"]);
  });

  it("--features takes those columns, in that order", () => {
    const { model } = fit(["--features", " Jumps, Chins ", "--lambda", "0.01"], "Pulse,Weight");
    expect(model).toMatchObject({ inputs: ["Jumps", "Chins"], outputs: ["Pulse", "Weight"] });
    expectClose(model, ridge(pick(["Jumps", "Chins"]), pick(["Pulse", "Weight"]), 0.01), 1e-9);
  });

  it("--batch 7 takes batches of 7, 7 and 6 in row order", () => {
    const { log } = fit(["--batch=7", "--epochs=1", "--lr=0"]);
    const Y = pick(TARGETS);
    const losses = [Y.slice(0, 7), Y.slice(7, 14), Y.slice(14)].map((batch) => {
      const means = [0, 1, 2].map((l) => Y.reduce((sum, row) => sum + row[l]!, 0) / Y.length);
      const squares = batch.flatMap((row) => row.map((y, l) => (y - means[l]!) ** 2)); // it starts at the means
      return squares.reduce((sum, x) => sum + x) / squares.length;
    });
    expect(log[0]!.mse).toBeCloseTo((losses[0]! + losses[1]! + losses[2]!) / 3, 9);
  });

  it("--no-standardize penalises the weights in the data's units", () => {
    const { model } = json<FitDocument>(
      ["fit", "raw.csv", "--target", "y", "--lambda", "0.5", "--no-standardize"],
      { cwd },
    );
    const [X, Y] = [raw.map((row) => row.slice(0, 2)), raw.map((row) => row.slice(2))];
    expect(model.standardized).toBeNull();
    expectClose(model, ridge(X, Y, 0.5, false), 1e-9);
    const other = json<FitDocument>(["fit", "raw.csv", "--target", "y", "--lambda", "0.5"], { cwd });
    expectClose(other.model, ridge(X, Y, 0.5), 1e-9);
    expect(Math.abs(other.model.weight[0]![0]! - model.weight[0]![0]!)).toBeGreaterThan(1e-3);
  });

  it("--json prints one document with the keys of the design, in its order", () => {
    const document = fit(["--epochs=3"]);
    expect(Object.keys(document).slice(0, 5)).toEqual(["model", "strategy", "solver", "metrics", "log"]);
    expect(Object.keys(document.model)).toEqual([
      "inputs",
      "outputs",
      "lambda",
      "standardized",
      "weight",
      "bias",
    ]);
    const { model, metrics, log } = document;
    expect([model.weight.length, model.weight[0]!.length, model.bias.length]).toEqual([3, 3, 3]);
    expect(metrics.train.map(({ output }) => output)).toEqual(TARGETS);
    expect(metrics.valid).toBeNull();
    expect(log.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
    expect(log[0]).toEqual({ epoch: 0, mse: log[0]!.mse, mseValid: null });
  });

  it("prints metrics in the data's units", () => {
    const { model, metrics } = plain;
    const [X, Y] = [pick(FEATURES), pick(TARGETS)];
    for (const [l, { mse, rmse, mae, r2 }] of metrics.train.entries()) {
      const truth = Y.map((row) => row[l]!);
      const errors = X.map(
        (x, i) => x.reduce((sum, v, j) => sum + v * model.weight[l]![j]!, model.bias[l]!) - truth[i]!,
      );
      const average = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
      const squares = average(errors.map((e) => e * e));
      const variance = average(truth.map((t) => (t - average(truth)) ** 2));
      expect(mse / squares).toBeCloseTo(1, 9);
      expect(rmse / Math.sqrt(squares)).toBeCloseTo(1, 9);
      expect(mae / average(errors.map(Math.abs))).toBeCloseTo(1, 9);
      expect(r2).toBeCloseTo(1 - squares / variance, 9);
    }
  });

  it("prints the log, the metrics of each target and the weights with their names", () => {
    const { stdout, exit } = ell2(["fit", LINNERUD, "--target", "Weight,Waist", "--valid", "5", "--sgd"], {
      cwd,
    });
    expect(exit).toBe(0);
    expect(stdout).toMatch(/15 rows, 4 features .*2 targets; gradient descent.*\nλ 0.01/);
    expect(stdout).toMatch(/epoch: 0 - MSE: \S+ - MSE_v: \S+/);
    expect(stdout).toMatch(/settled after \d+ epochs/);
    expect(stdout).toMatch(/training +R² +RMSE +MAE/);
    expect(stdout).toMatch(/validation +R² +RMSE +MAE/);
    for (const name of ["Weight", "Waist", "Chins", "Situps", "Jumps", "Pulse", "bias"]) {
      expect(stdout).toMatch(new RegExp(`^ +${name} `, "m"));
    }
  });
});

describe("ell2 fit --valid", () => {
  // train_test_split(range(20), test_size=…, random_state=…) of scikit-learn
  const splits: [string, string, number[]][] = [
    ["5", "14", [19, 5, 2, 1, 4]],
    ["0.2", "14", [19, 5, 2, 1]],
    ["5", "3", [14, 2, 1, 17, 4]],
  ];

  it.each(splits)(
    "%s --seed %s holds out scikit-learn's rows, and learns the scaler on the others",
    (valid, seed, out) => {
      const { model, metrics, log } = fit(["--sgd", "--valid", valid, "--seed", seed]);
      const kept = rows.filter((_, i) => !out.includes(i));
      const held = out.map((i) => rows[i]!);
      const solution = ridge(pick(FEATURES, kept), pick(TARGETS, kept), 0.01);
      for (const [j, mean] of solution.mean.entries()) {
        expect(model.standardized!.mean[j]! / mean).toBeCloseTo(1, 12);
        expect(model.standardized!.scale[j]! / solution.scale[j]!).toBeCloseTo(1, 12);
      }
      expectClose(model, solution, 1e-9);
      const errors = TARGETS.map((_, l) => {
        const squares = pick(FEATURES, held).map((x, i) => {
          const predicted = x.reduce((sum, v, j) => sum + v * solution.weight[l]![j]!, solution.bias[l]!);
          return (predicted - pick(TARGETS, held)[i]![l]!) ** 2;
        });
        return squares.reduce((sum, v) => sum + v, 0) / squares.length;
      });
      for (const [l, mse] of errors.entries()) expect(metrics.valid![l]!.mse / mse).toBeCloseTo(1, 8);
      expect(log.at(-1)!.mseValid! / ((errors[0]! + errors[1]! + errors[2]!) / 3)).toBeCloseTo(1, 8);
    },
  );

  it("FILE evaluates on its rows, columns matched by name, and learns nothing from them", () => {
    const shuffled = ["note", "Pulse", "Jumps", "Situps", "Weight", "Waist", "Chins"];
    const body = rows
      .slice(0, 4)
      .map((row) => shuffled.map((name) => (name === "note" ? "x" : row[names.indexOf(name)]!)).join(","));
    put(cwd, "valid.csv", `${shuffled.join(",")}\n${body.join("\n")}\n`);
    const both = fit(["--sgd", "--valid", "valid.csv"]);
    expect(both.model).toEqual(plain.model);
    expect(both.metrics.valid!.map(({ output }) => output)).toEqual(TARGETS);
    expect(both.log.at(-1)!.mseValid).toBeGreaterThan(0);
  });

  it("FILE that lacks a column ends with exit 3 and names that file", () => {
    put(cwd, "lacks.csv", "Chins,Situps,Weight,Waist,Pulse\n1,2,3,4,5\n");
    const { stderr, exit } = ell2(["fit", LINNERUD, "--target", TARGETS.join(","), "--valid", "lacks.csv"], {
      cwd,
    });
    expect(stderr).toMatch(/^lacks\.csv: expected the column "Jumps"/);
    expect(exit).toBe(3);
  });
});

describe("ell2 fit leaves out and names", () => {
  it("on stderr a column of text, which is not among the inputs", () => {
    put(cwd, "text.csv", "who,a,empty,b\nx,1,,2\ny,3,,4\nz,5,,7\n");
    const { stdout, stderr, exit } = ell2(["fit", "text.csv", "--target", "b", "--json"], { cwd });
    expect(exit).toBe(0);
    expect(stderr).toContain("left out: column who");
    expect(stderr).toContain("left out: column empty");
    expect((JSON.parse(stdout) as FitDocument).model.inputs).toEqual(["a"]);
  });

  it("a constant column, which gets weight 0", () => {
    put(cwd, "constant.csv", "a,same,b\n1,0.1,2\n3,0.1,4\n5,0.1,7\n");
    const { stdout, stderr, exit } = ell2(
      ["fit", "constant.csv", "--target", "b", "--lambda", "0.01", "--json"],
      { cwd },
    );
    expect(exit).toBe(0);
    expect(stderr).toMatch(/warning: column same is constant, so its weight is 0/);
    const { model } = JSON.parse(stdout) as FitDocument;
    expect(model.weight[0]![model.inputs.indexOf("same")]).toBe(0);
    expect(model.standardized!.scale[1]).toBe(1);
    expect(model.weight[0]![0]).toBeCloseTo(ridge([[1], [3], [5]], [[2], [4], [7]], 0.01).weight[0]![0]!, 9);
  });

  it("a constant target, which is predicted exactly", () => {
    put(cwd, "target.csv", "a,b\n1,7\n3,7\n5,7\n");
    const { model, metrics } = json<FitDocument>(["fit", "target.csv", "--target", "b"], { cwd });
    expect(model.weight[0]![0]).toBeCloseTo(0, 12);
    expect(model.bias[0]).toBeCloseTo(7, 9);
    expect(metrics.train[0]!.rmse).toBeLessThan(1e-9);
  });
});

describe("ell2 fit with odd names", () => {
  const odd = ["__proto__", "constructor", '"; DROP TABLE x; --', "\u001b[31mred\u001b]0;title\u0007", "a,b"];
  const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
  const name = `it's "my" [data] *.csv`;
  put(
    cwd,
    name,
    `${odd.map(quote).join(",")},"\u001b[1mtext",b\n1,5,2,3,1,x,2\n2,1,4,5,9,y,7\n3,2,9,1,2,z,8\n4,4,1,1,2,z,6\n`,
  );

  it("of columns and of the file works, and shows nothing that steers the terminal", () => {
    const { stdout, stderr, exit } = ell2(["fit", name, "--target", "b", "--out", "odd.json"], { cwd });
    expect(exit, stderr).toBe(0);
    expectPlain(stdout + stderr);
    for (const column of odd.slice(0, 3)) expect(stdout).toContain(`  ${column} `);
    expect(stdout).toContain("\\x1b[31mred\\x1b]0;title\\x07");
    expect(stderr).toContain("left out: column \\x1b[1mtext");
    const { inputs } = JSON.parse(readFileSync(join(cwd, "odd.json"), "utf8"));
    expect(inputs).toEqual(odd);
    expect(ell2(["predict", "odd.json", name], { cwd }).stdout.split("\n")).toHaveLength(6);
  });

  it("takes such a column as a target", () => {
    for (const target of odd.slice(0, 3)) {
      const { model } = json<FitDocument>(["fit", name, "--target", target, "--epochs", "1"], { cwd });
      expect(model.outputs).toEqual([target]);
      expect(model.inputs).toHaveLength(5);
    }
  });

  it("takes a column with a comma in its name as a target, in quotes as CSV writes it", () => {
    const { model } = json<FitDocument>(["fit", name, "--target", '"a,b",b', "--epochs", "1"], { cwd });
    expect(model.outputs).toEqual(["a,b", "b"]);
  });

  it("lists the columns harmlessly where the target is left out", () => {
    const { stderr, exit } = ell2(["fit", name], { cwd });
    expect(exit).toBe(2);
    expectPlain(stderr);
    expect(stderr).toContain("__proto__, constructor");
  });
});

describe("ell2 fit --out", () => {
  const args = ["fit", LINNERUD, "--target", TARGETS.join(",")];

  it("writes a model with which predict gives the same numbers back", () => {
    const { model } = json<FitDocument>([...args, "--out", "model with a space.json"], { cwd });
    const saved = JSON.parse(readFileSync(join(cwd, "model with a space.json"), "utf8"));
    expect(saved).toMatchObject({ format: "ell2-model", schema: 2, ...model });
    const { outputs, predictions } = json<{ outputs: string[]; predictions: number[][] }>(
      ["predict", "model with a space.json", LINNERUD],
      { cwd },
    );
    expect(outputs).toEqual(TARGETS);
    for (const [i, x] of pick(FEATURES).entries()) {
      for (const [l, predicted] of predictions[i]!.entries()) {
        const expected = x.reduce((sum, v, j) => sum + v * model.weight[l]![j]!, model.bias[l]!);
        expect(predicted / expected).toBeCloseTo(1, 13);
      }
    }
  });

  it("replaces a model that is there, and leaves nothing beside it", () => {
    put(cwd, "again.json", "old");
    expect(ell2([...args, "--epochs=1", "--out", "again.json"], { cwd }).exit).toBe(0);
    expect(JSON.parse(readFileSync(join(cwd, "again.json"), "utf8")).format).toBe("ell2-model");
    expect(readdirSync(cwd).filter((name) => name.includes("tmp"))).toEqual([]);
  });

  it("into a folder that is missing, onto a folder or below a file ends with exit 5 before anything is trained", () => {
    for (const out of ["missing/model.json", "examples", `${LINNERUD}/model.json`]) {
      const { stdout, stderr, exit } = ell2([...args, "--out", out], { cwd });
      expect({ stdout, exit }).toEqual({ stdout: "", exit: 5 });
      expect(stderr).toContain(`${out}: expected a place to write a file`);
    }
    expect(existsSync(join(cwd, "missing"))).toBe(false);
  });

  it("with a name that is too long ends with exit 5 and names it", () => {
    const out = `${"m".repeat(300)}.json`;
    const { stderr, exit } = ell2([...args, "--epochs=1", "--out", out], { cwd });
    expect(exit).toBe(5);
    expect(stderr).toContain(out);
    expect(stderr).not.toContain("    at ");
  });

  it("onto the data itself is refused, and the data is still there", () => {
    put(cwd, "precious.csv", text);
    const { exit } = ell2(
      ["fit", "precious.csv", "--target", "Weight", "--epochs", "1", "--out", "precious.csv"],
      { cwd },
    );
    const after = readFileSync(join(cwd, "precious.csv"), "utf8");
    writeFileSync(join(cwd, "precious.csv"), text);
    expect(after).toBe(text);
    expect(exit).not.toBe(0);
  });

  it("where training diverges ends with exit 4, names epoch and rate, and writes no file", () => {
    const { stdout, stderr, exit } = ell2([...args, "--lr", "9", "--epochs=2000", "--out", "diverged.json"], {
      cwd,
    });
    expect({ stdout, exit }).toEqual({ stdout: "", exit: 4 });
    expect(stderr).toMatch(/in epoch \d+.* at learning rate 9; a rate of at most \d\.\d+ is safe/);
    expect(existsSync(join(cwd, "diverged.json"))).toBe(false);
  });

  it("writes only models that load again, also where a feature's squares overflow", () => {
    put(cwd, "huge.csv", "a,b\n1e200,2\n3,4\n5,7\n");
    const { exit } = ell2(["fit", "huge.csv", "--target", "b", "--out", "huge.json"], { cwd });
    const usable = exit === 0 && ell2(["predict", "huge.json", "huge.csv"], { cwd }).exit === 0;
    const refused = exit !== 0 && !existsSync(join(cwd, "huge.json"));
    expect({ exit, usable, refused }).toMatchObject(exit === 0 ? { usable: true } : { refused: true });
  });
});

describe("ell2 fit refuses with exit 2", () => {
  const target = [LINNERUD, "--target", "Weight"];
  const cases: [string, string[], RegExp][] = [
    ["no file", [], /expected DATA \(a file.*got neither; see ell2 fit --help/],
    ["no target, and lists the columns", [LINNERUD], /Chins, Situps, Jumps, Weight, Waist, Pulse/],
    ["an empty target", [LINNERUD, "--target="], /--target to be names/],
    ["a comma too many", [LINNERUD, "--target", "Weight,"], /--target to be names/],
    ["two files", [...target, "other.csv"], /got "other\.csv"/],
    ["an option that does not exist", [...target, "--alpha", "1"], /got --alpha/],
    ["an option twice", [...target, "--lr=1", "--lr=2"], /--lr once/],
    ["an option without its value", [...target, "--lr", "--json"], /--lr|--json/],
    ["a negative λ", [...target, "--lambda=-1"], /--lambda .* ≥ 0, or auto, got -1/],
    ["NaN for λ", [...target, "--lambda=NaN"], /--lambda to be a number/],
    ["a negative rate", [...target, "--lr=-1"], /--lr .* ≥ 0/],
    ["a batch of 0", [...target, "--batch=0"], /--batch .* ≥ 1/],
    ["half an epoch", [...target, "--epochs=0.5"], /--epochs .* whole/],
    ["momentum above 1", [...target, "--momentum=1.5"], /--momentum .*\[0, 1\]/],
    ["the seed 2^32", [...target, "--seed=4294967296"], /--seed/],
    ["negative rows to validate on", [...target, "--valid=-1"], /--valid/],
    ["rows and a half to validate on", [...target, "--valid=1.5"], /--valid/],
    ["all rows to validate on", [...target, "--valid=20"], /--valid .* leaves some of the 20 rows/],
    ["nearly all rows to validate on", [...target, "--valid=0.99"], /valid|train/],
    ["--standardize with a value", [...target, "--standardize=no"], /without a value/],
  ];

  it.each(cases)("%s", (_, args, message) => {
    const { stdout, stderr, exit } = ell2(["fit", ...args, "--out", "refused.json"], { cwd });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect({ stdout, exit }).toEqual({ stdout: "", exit: 2 });
    expect(existsSync(join(cwd, "refused.json"))).toBe(false);
  });
});

describe("ell2 fit ends", () => {
  it("for a λ so large that its squares overflow", () => {
    const { exit } = ell2(["fit", "raw.csv", "--target", "y", "--lambda", "1e200", "--epochs", "1"], { cwd });
    expect(exit).not.toBeNull();
  });
});
