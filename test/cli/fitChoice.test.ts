import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type FitData, readFitData } from "../../src/cli/fitData.js";
import { Dataset } from "../../src/data/dataset.js";
import { Moments } from "../../src/data/moments.js";
import { type ChooseLambdaOptions, chooseLambda } from "../../src/fit/chooseLambda.js";
import { fitRidge } from "../../src/fit/fitRidge.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { ell2, json, put, putExamples, root, temporaryFolder } from "./help.js";

interface Document {
  model: { inputs: string[]; lambda: number | number[]; weight: number[][]; bias: number[] };
  solver: string;
  strategy: string;
  metrics: { train: { rmse: number }[]; valid: { rmse: number }[] | null };
  log: unknown[];
  lambdaChoice: { how: string; least: number | number[] } | null;
  training: { rows: number; fingerprint: string; descent: null };
  inference: { kind?: string; absent?: string };
  predictionIntervals: number[] | null;
  dropped: number;
  filled: number;
}

const cwd = temporaryFolder();
putExamples(cwd);
const fit = (...args: string[]) => json<Document>(["fit", ...args], { cwd });
const refused = (...args: string[]) => {
  const { stdout, stderr, exit } = ell2(["fit", ...args], { cwd });
  expect({ stdout, exit }).toEqual({ stdout: "", exit: 2 });
  return stderr;
};

const LINNERUD = ["examples/linnerud.csv", "--target", "Weight,Waist,Pulse"];
const rows = readFileSync(join(root, "examples/linnerud.csv"), "utf8")
  .trim()
  .split(/\r?\n/)
  .slice(1)
  .map((line) => line.split(",").map(Number));
const linnerud = new Dataset({
  X: Matrix.from(rows.map((row) => row.slice(0, 3))),
  Y: Matrix.from(rows.map((row) => row.slice(3))),
});
const chosen = (options: ChooseLambdaOptions) => chooseLambda(linnerud, options);

describe("ell2 fit --lambda auto", () => {
  it("is the default, chooses what chooseLambda chooses, and typed back gives the same model", () => {
    const auto = fit(...LINNERUD);
    expect(auto.model.lambda).toBe(chosen({}).lambda);
    expect([auto.solver, auto.strategy, auto.log]).toEqual(["exact", "rows", []]);
    expect(auto.lambdaChoice!.how).toBe("5 folds, shuffled with seed 14");
    const typed = fit(...LINNERUD, "--lambda", String(auto.model.lambda));
    expect(typed.model).toEqual(auto.model);
    expect(typed.lambdaChoice).toBeNull();
    expect(auto.training.fingerprint).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it.each([
    [["--folds", "4", "--seed", "3"], { folds: 4, randomState: 3 }],
    [
      ["--folds", "loo", "--pool", "raw", "--no-standardize"],
      { folds: "loo", pool: "raw", standardize: false },
    ],
    [["--one-se"], { oneStandardError: true }],
    [["--lambda-per-target"], { perTarget: true }],
    [["--no-intercept"], { intercept: false }],
  ] as [string[], ChooseLambdaOptions][])("with %j chooses as the library", (args, options) => {
    const { model } = fit(...LINNERUD, ...args);
    const { lambda, fit: best } = chosen(options);
    expect(model.lambda).toEqual(lambda);
    expect(model.weight).toEqual(best.model.weight.toArray());
    expect(model.bias).toEqual([...best.model.bias]);
  });

  it("--folds COLUMN keeps rows of one kind together, and does not take it as a feature", () => {
    const [header, ...lines] = readFileSync(join(root, "examples/linnerud.csv"), "utf8")
      .trim()
      .split(/\r?\n/);
    const label = (i: number) => i % 4;
    put(cwd, "groups.csv", `${header},group\n${lines.map((line, i) => `${line},${label(i)}`).join("\n")}\n`);
    const { model } = fit("groups.csv", "--target", "Weight,Waist,Pulse", "--folds", "group");
    expect(model.inputs).toEqual(["Chins", "Situps", "Jumps"]);
    expect(model.lambda).toBe(chosen({ folds: rows.map((_, i) => label(i)) }).lambda);
  });
});

describe("ell2 path", () => {
  interface Path {
    lambda: number | number[];
    heldOut: { outputs: string[]; r2: (number | null)[]; rmse: number[]; optimistic: boolean } | null;
    points: { lambda: number; weight: number[][]; loo: number[] | null }[];
  }
  const path = (...args: string[]) => json<Path>(["path", ...args], { cwd });

  it("has the λ, the R² and the RMSE on held-out rows that the library has, and prints them", () => {
    for (const [args, options] of [
      [[], {}],
      [["--lambda-per-target", "--folds", "4"], { perTarget: true, folds: 4 }],
      [["--folds", "loo"], { folds: "loo" }],
    ] as [string[], ChooseLambdaOptions][]) {
      const { lambda, heldOut, path: tried } = chosen(options);
      const document = path(...LINNERUD, ...args);
      expect(document.lambda).toEqual(lambda);
      expect(document.heldOut).toEqual({ outputs: ["Weight", "Waist", "Pulse"], ...heldOut });
      expect(document.points.map((point) => point.lambda)).toEqual(tried.points.map((point) => point.lambda));
      expect(document.points.every(({ loo }) => (loo === null) === (options.folds !== "loo"))).toBe(true);
    }
    const { stdout } = ell2(["path", ...LINNERUD], { cwd });
    const { heldOut, lambda } = chosen({});
    expect(stdout).toContain(`held-out rows, at λ ${lambda}`);
    for (const [l, name] of ["Weight", "Waist", "Pulse"].entries()) {
      const [r2, rmse] = [heldOut!.r2[l]!, heldOut!.rmse[l]!].map((x) => String(Number(x.toPrecision(4))));
      expect(stdout).toMatch(new RegExp(`^ +${name} +${r2} +${rmse}$`, "m"));
    }
    expect(stdout).toMatch(/slightly optimistic, because λ was chosen by this error/);
  });

  it("draws and says that least squares is best, which a log axis has no place for", () => {
    const line = Array.from({ length: 20 }, (_, i) => `${i},${(i * 7) % 5},${3 * i - 2 * ((i * 7) % 5) + 1}`);
    put(cwd, "line.csv", `a,b,y\n${line.join("\n")}\n`);
    const { stdout, stderr, exit } = ell2(["path", "line.csv", "--target", "y"], { cwd });
    expect(exit).toBe(0);
    expect(stderr).toContain("warning: least squares (λ = 0) has the least error");
    expect(stdout).toMatch(/^λ 0 chosen/m);
    expect(stdout).toMatch(/^ +0 +2 .*← chosen$/m);
    expect(ell2(["fit", "line.csv", "--target", "y", "--report", "line.html"], { cwd }).exit).toBe(0);
  });
});

describe("ell2 fit --missing", () => {
  const lines = Array.from({ length: 30 }, (_, i) => {
    const x = Math.sin(i);
    const z = Math.cos(3 * i);
    return [i % 7 === 2 ? "" : x.toFixed(3), z.toFixed(3), (2 * x - z + 0.3 * Math.sin(11 * i)).toFixed(4)];
  });
  put(cwd, "holes.csv", `x,z,y\n${lines.map((line) => line.join(",")).join("\n")}\n`);

  it("error is the default, drop leaves rows out and counts them", () => {
    expect(ell2(["fit", "holes.csv", "--target", "y"], { cwd }).exit).toBe(3);
    const { dropped, training } = fit("holes.csv", "--target", "y", "--missing", "drop");
    expect([dropped, training.rows]).toEqual([4, 26]);
  });

  it("mean learns the means in each fold from the other folds alone", async () => {
    const plan = {
      columns: { targets: ["y"], missing: "mean" as const },
      folds: undefined,
      choose: true,
      dropFirst: false,
      rowsFor: null,
      valid: "0",
      seed: 14,
      mostEntries: 1e6,
    };
    const data = await readFitData("test", join(cwd, "holes.csv"), plan, () => {});
    const splits = data.choice!.folds as { train: Dataset; test: Dataset }[];
    expect(splits).toHaveLength(5);
    const there = lines.flatMap(([x]) => (x === "" ? [] : [Number(x)]));
    const whole = there.reduce((sum, x) => sum + x, 0) / there.length;
    const fills = splits.map(({ train, test }) => {
      const column = [train, test].flatMap(({ X }) => X.toArray().map((row) => row[0]!));
      const filled = column.filter((x) => !there.includes(x));
      expect(filled).toHaveLength(4);
      expect(new Set(filled).size).toBe(1); // in what is held out too: with the mean of the others
      const own = train.X.toArray()
        .map((row) => row[0]!)
        .filter((x) => there.includes(x));
      expect(filled[0]).toBeCloseTo(own.reduce((sum, x) => sum + x, 0) / own.length, 12);
      return filled[0]!;
    });
    for (const fill of fills) expect(Math.abs(fill - whole)).toBeGreaterThan(1e-6);
    const { filled, model } = fit("holes.csv", "--target", "y", "--missing", "mean");
    expect(filled).toBe(4);
    expect(model.lambda).toBe(chooseLambda(data.train as Dataset, { folds: splits }).lambda);
  });

  it("mean with leave-one-out is refused, since the means would know the row", () => {
    expect(refused("holes.csv", "--target", "y", "--missing", "mean", "--folds", "loo")).toMatch(
      /--missing mean/,
    );
  });
});

describe("ell2 fit on texts and weights", () => {
  const lines = Array.from({ length: 24 }, (_, i) => [
    ["red", "green", "blue"][i % 3],
    Math.sin(i).toFixed(3),
    (i % 3) + Number(Math.sin(i).toFixed(3)) + 0.1 * (i % 2),
    1 + (i % 2),
  ]);
  const table = (factor: number) =>
    `colour,x,y,often\n${lines.map((line) => [...line.slice(0, 3), (line[3] as number) * factor].join(",")).join("\n")}\n`;
  put(cwd, "colours.csv", table(1));
  put(cwd, "doubled.csv", table(2));

  it("keeps every level for λ > 0 and drops the first for λ = 0, and the model predicts again", () => {
    const args = ["colours.csv", "--target", "y", "--features", "x", "--categorical", "colour"];
    expect(fit(...args).model.inputs).toEqual(["x", "colour=blue", "colour=green", "colour=red"]);
    const exact = fit(...args, "--lambda", "0", "--out", "colours.json");
    expect(exact.model.inputs).toEqual(["x", "colour=green", "colour=red"]);
    expect(exact.metrics.train[0]!.rmse).toBeLessThan(0.06);
    expect(exact.inference.kind).toBe("confidence");
    expect(exact.predictionIntervals![0]).toBeGreaterThan(0);
    const predicted = ell2(["predict", "colours.json", "colours.csv"], { cwd });
    expect(predicted.stdout.trim().split("\n")).toHaveLength(25);
  });

  it("doubling every weight changes nothing, and weights count rows", () => {
    const args = ["--target", "y", "--features", "x", "--weight", "often", "--lambda", "0.1"];
    const [once, twice] = ["colours.csv", "doubled.csv"].map((file) => fit(file!, ...args).model);
    for (const [j, w] of once!.weight[0]!.entries()) expect(twice!.weight[0]![j]! / w).toBeCloseTo(1, 12);
    const repeated = lines.flatMap((line) => new Array<typeof line>(line[3] as number).fill(line));
    put(cwd, "repeated.csv", `x,y\n${repeated.map((line) => line.slice(1, 3).join(",")).join("\n")}\n`);
    const other = fit("repeated.csv", "--target", "y", "--lambda", "0.1").model;
    expect(other.weight[0]![0]! / once!.weight[0]![0]!).toBeCloseTo(1, 12);
  });
});

describe("ell2 fit over rows that do not fit in memory", () => {
  it("adds them up, and gives the same model as in memory; says what sums cannot tell", async () => {
    const plan = {
      columns: { targets: ["progression"] },
      folds: "3",
      choose: true,
      dropFirst: false,
      rowsFor: null,
      valid: "0",
      seed: 14,
      mostEntries: 100,
    };
    const source = join(root, "examples/diabetes_raw.csv");
    const read = (more: object): Promise<FitData> =>
      readFitData("ell2 fit", source, { ...plan, ...more }, () => {});
    const data = await read({});
    expect(data.train).toBeInstanceOf(Moments);
    expect(data.choice!.data as Moments[]).toHaveLength(3);
    const { lambda } = chooseLambda(data.choice!.data as Moments[], {});
    const whole = await read({ mostEntries: 1e6 });
    const [streamed, inMemory] = [data.train, whole.train].map((part) => fitRidge(part, { lambda }).model);
    for (const [j, w] of streamed!.weight.data.entries())
      expect(inMemory!.weight.data[j]! / w).toBeCloseTo(1, 9);
    await expect(read({ rowsFor: "gradient descent" })).rejects.toThrow(
      /do not fit in memory.*gradient descent/,
    );
    await expect(read({ folds: "loo" })).rejects.toThrow(/--folds loo/);
    await expect(read({ valid: "0.2" })).rejects.toThrow(/--valid/);
    await expect(read({ columns: { ...plan.columns, missing: "mean" } as never })).rejects.toThrow(
      /each fold/,
    );
  });
});

describe("ell2 fit --report", () => {
  it("writes a page with what was fitted, escaped, beside the result", () => {
    put(cwd, "odd.csv", "a <b>,y\n1,2\n2,3\n3,5\n4,4\n5,8\n6,7\n");
    const { stderr } = ell2(["fit", "odd.csv", "--target", "y", "--report", "page.html"], { cwd });
    expect(stderr).toContain("report written to page.html");
    const page = readFileSync(join(cwd, "page.html"), "utf8");
    expect(page).toContain("a &lt;b&gt;");
    expect(page).not.toContain("a <b>");
    expect(page).toMatch(/<svg/);
    expect(page).not.toMatch(/<script/);
  });

  it("tells the epochs of descent, and that λ was given", () => {
    ell2(["fit", ...LINNERUD, "--sgd", "--valid", "5", "--report", "descent.html"], { cwd });
    const page = readFileSync(join(cwd, "descent.html"), "utf8");
    expect(page).toContain("λ was given");
    expect(page).toMatch(/epoch/);
  });
});

describe("ell2 fit refuses what does not go together", () => {
  it.each([
    [["--exact", "--lr", "0.1"], /--exact and --lr/],
    [["--lambda", "1", "--folds", "3"], /--folds with --lambda auto/],
    [["--sgd", "--lambda", "auto", "--lambda-per-target"], /one λ for gradient descent/],
    [["--sgd", "--no-intercept"], /--no-intercept/],
    [["--sgd", "--patience", "3"], /--valid with --patience/],
    [["--pool", "mean"], /--pool to be one of variance, raw/],
    [["--weight-kind", "rows"], /--weight-kind/],
  ])("%j", (args, message) => {
    expect(refused(...LINNERUD, ...args)).toMatch(message);
  });

  it("warns of a rate before training, and says which would do", () => {
    const { stderr, exit } = ell2(["fit", ...LINNERUD, "--lr", "3"], { cwd });
    expect(stderr).toMatch(/^warning: at learning rate 3 .* does not settle; rates below \S+ are stable/);
    expect(exit).toBe(4);
  });

  it("stops early with patience, with the parameters of the best epoch", () => {
    const { log, ...rest } = fit(...LINNERUD, "--sgd", "--valid", "8", "--patience", "3", "--lambda", "0");
    const losses = (log as { mseValid: number }[]).map(({ mseValid }) => mseValid);
    const best = losses.indexOf(Math.min(...losses));
    expect((rest.training as unknown as { bestEpoch: number }).bestEpoch).toBe(best);
    expect(losses.length).toBe(Math.min(10_000, best + 4));
  });
});

describe("ell2 fit says", () => {
  it("with weights and --missing mean what repeated rows say: the mean counts a row as often", () => {
    const lines = Array.from({ length: 20 }, (_, i) => [
      i % 5 === 1 ? "" : (i * 0.7).toFixed(2),
      (3 * Math.sin(i)).toFixed(3),
      1 + (i % 3),
    ]);
    const text = (rows: typeof lines) => rows.map((row) => row.join(",")).join("\n");
    put(cwd, "weighted.csv", `x,y,w\n${text(lines)}\n`);
    const repeated = lines.flatMap((line) => new Array<typeof line>(line[2] as number).fill(line));
    put(cwd, "again.csv", `x,y,w\n${text(repeated)}\n`);
    const args = ["--target", "y", "--features", "x", "--missing", "mean", "--lambda", "0.1"];
    const [one, other] = [fit("weighted.csv", ...args, "--weight", "w"), fit("again.csv", ...args)];
    expect(one.model.weight[0]![0]! / other.model.weight[0]![0]!).toBeCloseTo(1, 12);
    expect(one.model.bias[0]! / other.model.bias[0]!).toBeCloseTo(1, 12);
  });

  it.each([
    ["a target that is constant", "a,y\n1,5\n2,5\n3,5\n", ["--lambda", "1"], 0, /target y is constant/],
    [
      "weights that are all 0",
      "a,y,w\n1,5,0\n2,6,0\n3,5,0\n",
      ["--weight", "w"],
      3,
      /f\.csv: .*"w", got zeros/,
    ],
    [
      "a date that was left out",
      "d,a,y\n2024-01-01,1,2\n2024-01-02,2,3\n2024-01-03,4,4\n",
      [],
      0,
      /date .*--features/,
    ],
    ["a column whose squares overflow", "a b,y\n1e200,1\n-1e200,2\n3e200,4\n", [], 3, /column "a b"/],
    [
      "one fold",
      "a,y\n1,2\n2,3\n3,5\n",
      ["--folds", "1"],
      2,
      /--folds to be a whole number of at least 2, loo/,
    ],
  ] as [string, string, string[], number, RegExp][])("%s", (_, content, args, code, message) => {
    put(cwd, "f.csv", content);
    const { stderr, exit } = ell2(["fit", "f.csv", "--target", "y", ...args], { cwd });
    expect(stderr).toMatch(message);
    expect(exit).toBe(code);
  });
});

describe("ell2 fit --na", () => {
  put(cwd, "na.csv", "a,b,y\n1,NA,2\n2,3,NaN\n3,4,5\n4,5,6\n5,7,7\n");
  put(cwd, "valid-na.csv", "a,b,y\n6,NA,2\n7,8,9\n");

  it("says which words mean a missing cell, in the file that validates too", () => {
    const args = ["na.csv", "--target", "y", "--na", "NA,NaN", "--missing", "drop", "--lambda", "0.1"];
    const { training, dropped, metrics } = fit(...args, "--valid", "valid-na.csv");
    expect([training.rows, dropped]).toEqual([3, 2]);
    expect(metrics.valid).toHaveLength(1);
  });

  it("is what an error for such a cell advises, and is refused where there is no CSV", () => {
    const { stderr, exit } = ell2(["fit", "na.csv", "--target", "y"], { cwd });
    expect(stderr).toMatch(
      /^na\.csv:2: .*got "NA"; mend the cell, or if "NA" means a missing one, say so \(option na\)/,
    );
    expect(exit).toBe(3);
    put(cwd, "na.json", '[{"a": 1, "y": 2}, {"a": 2, "y": 3}]');
    const other = ell2(["fit", "na.json", "--target", "y", "--na", "NA"], { cwd });
    expect(other.stderr).toMatch(/expected CSV.*got json; there a missing cell is NULL/);
    expect(other.exit).toBe(2);
  });
});
