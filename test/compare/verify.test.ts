import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { replayTraining } from "../../src/compare/replayTraining.js";
import { parseTrace, readMatrix, readNumber, readValues, type Trace } from "../../src/compare/trace.js";
import { verify } from "../../src/compare/verify.js";
import { Ell2Error } from "../../src/errors.js";

const text = (name: string) =>
  readFileSync(join(import.meta.dirname, `../../golden/traces/${name}.json`), "utf8");
const read = (name: string) => parseTrace(text(name), name);

// biome-ignore lint/suspicious/noExplicitAny: an altered trace is any JSON
type Any = any;
type Change = (trace: Any) => void;

/** Replaces what stands at a path in a trace; undefined removes it. */
const edit =
  (path: string, change: (old: Any, trace: Any) => unknown): Change =>
  (trace) => {
    const keys = path.split(".");
    const last = keys.pop()!;
    const holder = keys.reduce((inner, key) => inner[key], trace);
    holder[last] = change(holder[last], trace);
  };

const times = (factor: number) => (x: number) => x * factor;
const becomes = (value: unknown) => () => value;
const withoutLast = (list: unknown[]) => list.slice(0, -1);
const largestOf = (rows: number[][]) => Math.max(...rows.flat().map(Math.abs));

/** Whether an altered trace is noticed: flagged as a miss, or refused as no trace. */
function outcome(name: string, ...changes: Change[]): "holds" | "flagged" | "refused" {
  const trace = read(name);
  for (const change of changes) change(trace);
  try {
    return verify([trace]).ok ? "holds" : "flagged";
  } catch (error) {
    if (error instanceof Ell2Error && error.code === "FORMAT") return "refused";
    throw error;
  }
}

describe("verify", () => {
  it("holds for traces as they are, and says what recorded them", () => {
    const names = ["momentum", "adam", "splits", "regression-noise", "random-python", "diverges"];
    const { ok, traces } = verify(names.map(read));
    expect(ok).toBe(true);
    expect(traces.map(({ name }) => name)).toEqual(names);
    for (const { versions, checks } of traces) {
      expect(versions.torch).toMatch(/^\d/);
      expect(checks.length).toBeGreaterThan(0);
    }
  });

  it("does not certify nothing", () => {
    expect(verify([]).ok).toBe(false);
  });

  it("fails as a whole where one of several does", () => {
    const bad = read("adam");
    edit("parameters.2.bias.0", (x) => x + 1e-9)(bad);
    const { ok, traces } = verify([read("momentum"), bad]);
    expect([ok, ...traces.map((trace) => trace.ok)]).toEqual([false, true, false]);
  });

  it.each(["sgd-lambda-0.01", "momentum", "nesterov", "batch-1"])(
    "%s: flags one parameter of the last epoch that is altered by 1e-13 of the largest",
    (name) => {
      const last = (read(name) as Any).parameters.length - 1;
      const change = edit(`parameters.${last}.weight`, (weight) => {
        weight[0][0] += 1e-13 * largestOf(weight);
        return weight;
      });
      expect(outcome(name, change)).toBe("flagged");
    },
  );

  it("adam: flags one that is altered by 1e-12 of the largest", () => {
    const change = edit("parameters.4.weight", (weight) => {
      weight[0][0] += 1e-12 * largestOf(weight);
      return weight;
    });
    expect(outcome("adam", change)).toBe("flagged");
  });

  const training: [string, Change][] = [
    ["a bias", edit("parameters.0.bias.0", times(1 + 1e-12))],
    ["the start", edit("initial.weight.0.0", (x) => x + 1e-9)],
    ["the rate", edit("optimizer.lr", times(1 + 1e-12))],
    ["λ", edit("optimizer.weightDecay", (x) => x + 1e-9)],
    ["the momentum", edit("optimizer.momentum", becomes(0.5))],
    ["the batch size", edit("batchSize", (size) => size - 1)],
    ["a target", edit("data.Y.0.0", (y) => y + 1e-6)],
    ["a feature", edit("data.X.3.1", (x) => x + 1e-6)],
  ];

  it.each(training)("batch-not-divides: flags that %s is altered", (_, change) => {
    expect(outcome("batch-not-divides", change)).toBe("flagged");
  });

  const losses: [string, string, Change][] = [
    ["batch-not-divides", "a batch's loss", edit("losses.2.1", times(1 + 1e-11))],
    ["batch-not-divides", "an epoch's MSE", edit("log.2.mse", times(1 + 1e-11))],
    ["batch-not-divides", "an epoch's MSE_v", edit("log.2.mseValid", times(1 + 1e-11))],
    ["adam", "a batch's loss", edit("losses.2.1", times(1 + 1e-11))],
    ["adam", "an epoch's MSE", edit("log.2.mse", times(1 + 1e-11))],
    ["full-batch-long", "the one batch's loss", edit("losses.2.0", times(1 + 1e-11))],
    ["full-batch-long", "an epoch's MSE", edit("log.2.mse", times(1 + 1e-11))],
    ["diverges", "a loss on the way", edit("losses.20.0", times(1 + 1e-6))],
    ["diverges", "an MSE on the way", edit("log.20.mse", times(1 + 1e-6))],
  ];

  it.each(losses)("%s: flags that %s is altered", (name, _, change) => {
    expect(outcome(name, change)).toBe("flagged");
  });

  const shorter: [string, string, Change][] = [
    ["batch-not-divides", "the parameters of an epoch", edit("parameters", withoutLast)],
    ["batch-not-divides", "an epoch in the middle", edit("parameters", (all) => all.toSpliced(3, 1))],
    ["batch-not-divides", "the log of an epoch", edit("log", withoutLast)],
    ["batch-not-divides", "the losses of an epoch", edit("losses", withoutLast)],
    ["batch-not-divides", "the loss of a batch", edit("losses.1", withoutLast)],
    ["full-batch-long", "the losses of an epoch", edit("losses", withoutLast)],
    ["batch-not-divides", "two epochs in the count", edit("epochs", (count) => count - 2)],
    ["batch-not-divides", "a row of X", edit("data.X", withoutLast)],
    ["batch-not-divides", "the optimiser", edit("optimizer", becomes(undefined))],
    ["batch-not-divides", "the start", edit("initial", becomes(undefined))],
    ["random-python", "a drawn value", edit("runs.0.draws.0.values", withoutLast)],
    ["random-python", "the runs", edit("runs", becomes(undefined))],
    ["regression-noise", "a row", edit("X", withoutLast)],
    ["splits", "a row of a split", edit("cases.0.train", withoutLast)],
  ];

  it.each(shorter)("%s: flags or refuses that there is missing: %s", (name, _, change) => {
    expect(["flagged", "refused"]).toContain(outcome(name, change));
  });

  it("flags, and does not throw, where an altered rate makes training diverge", () => {
    expect(outcome("momentum", edit("optimizer.lr", becomes(1e200)))).toBe("flagged");
  });

  it.each(["random-python", "random-numpy", "random-torch-2"])(
    "%s: flags one exact value that is an ULP off",
    (name) => {
      const change = edit("runs.0.draws", (draws) => {
        const fraction = (draw: Any) => draw.exact && draw.values[0] > 0 && draw.values[0] < 1;
        const { values } = draws.find(fraction);
        values[0] += values[0] * 2 ** -52;
        return draws;
      });
      expect(outcome(name, change)).toBe("flagged");
    },
  );

  it("flags streams of another seed, and of the other release of PyTorch", () => {
    expect(outcome("random-torch-2", edit("runs.0.seed", becomes(1234567)))).toBe("flagged");
    expect(outcome("random-torch-2", edit("release", becomes("1.13")))).toBe("flagged");
    expect(outcome("random-torch-1.13", edit("release", becomes("2")))).toBe("flagged");
  });

  it.each(["X", "Y", "coef"])("regression-noise: flags an entry of %s that is altered", (key) => {
    expect(
      outcome(
        "regression-noise",
        edit(`${key}.0.0`, (x) => x * (1 + 1e-12) + 1e-12),
      ),
    ).toBe("flagged");
  });

  it("regression-noise: flags another seed and other noise", () => {
    expect(
      outcome(
        "regression-noise",
        edit("options.randomState", (seed) => seed + 1),
      ),
    ).toBe("flagged");
    expect(outcome("regression-noise", edit("options.noise", times(2)))).toBe("flagged");
  });

  const splits: [string, (cases: Any[]) => void][] = [
    ["rows in another order", (cases) => sound(cases).train.reverse()],
    [
      "rows on the wrong side",
      (cases) => {
        const { train, test } = sound(cases);
        [train[0], test[0]] = [test[0], train[0]];
      },
    ],
    ["a refusal that is none", (cases) => Object.assign(sound(cases), { error: true })],
    [
      "sizes that should have been refused",
      (cases) => {
        const refused = cases.find(({ error }) => error);
        Object.assign(refused, { error: undefined, train: [0], test: [1] });
      },
    ],
  ];
  const sound = (cases: Any[]) => cases.find(({ train, test }) => train?.length > 1 && test?.length > 1);

  it.each(splits)("splits: flags %s", (_, change) => {
    expect(outcome("splits", ({ cases }) => change(cases))).toBe("flagged");
  });

  const notebook: [string, Change][] = [
    ["an epoch's MSE", edit("log.7.mse", times(1 + 1e-11))],
    ["a weight", edit("parameters.15.weight.0.0", times(1 + 1e-12))],
    ["the MAPE before copying", edit("comparisons.before.prediction", times(1 + 1e-9))],
    ["the MAPE after copying", edit("comparisons.afterCopy.prediction", becomes(1e-9))],
    ["the seed", edit("seed", becomes(15))],
    ["the noise", edit("options.noise", becomes(2))],
    ["the start of scratch", edit("scratch.initial.w.0.0", times(1 + 1e-9))],
    ["a weight of scratch", edit("scratch.w.0.0", times(1 + 1e-9))],
    ["an MSE of scratch", edit("scratch.log.3.mse", times(1 + 1e-9))],
  ];

  it.each(notebook)("notebook: flags that %s is altered", (_, change) => {
    expect(outcome("notebook", change)).toBe("flagged");
  });
});

describe("parseTrace", () => {
  const refusals: [string, string][] = [
    ["no JSON", "{"],
    ["nothing", ""],
    ["null", "null"],
    ["a number", "3"],
    ["a list", "[]"],
    ["another format", '{"format": 2, "kind": "stream"}'],
    ["no kind", '{"format": 1}'],
    ["another kind", '{"format": 1, "kind": "constructor"}'],
    ["a kind that is no text", '{"format": 1, "kind": ["stream"]}'],
  ];

  it.each(refusals)("refuses %s as FORMAT, and names the file", (_, content) => {
    expect(() => parseTrace(content, "my.json")).toThrow(
      expect.objectContaining({ code: "FORMAT", message: expect.stringMatching(/^my\.json: /) }),
    );
  });

  it("reads every shipped kind", () => {
    const kinds = ["random-numpy", "regression-bias", "splits", "adam", "notebook"].map(
      (name) => read(name).kind,
    );
    expect(kinds).toEqual(["stream", "dataset", "split", "training", "notebook"]);
  });

  it("gives base64 and nested lists as the same numbers", () => {
    const float64 = Buffer.from(Float64Array.of(1, -0, 2.5, 1e-300).buffer).toString("base64");
    expect(readMatrix({ shape: [2, 2], float64 }).toArray()).toEqual([
      [1, -0],
      [2.5, 1e-300],
    ]);
    const lists = [
      [1, "NaN"],
      ["-Infinity", 2],
    ];
    expect([...readValues(lists)]).toEqual([1, Number.NaN, Number.NEGATIVE_INFINITY, 2]);
    expect(readMatrix([1, 2, 3]).shape).toBe(readMatrix([[1, 2, 3]]).shape);
    expect(readNumber("Infinity")).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("replayTraining of a run that diverges", () => {
  it("diverges in the recorded epoch, from scratch and with nn, with the losses of the way there", () => {
    const checks = replayTraining(read("diverges") as Extract<Trace, { kind: "training" }>);
    for (const witness of ["scratch", "nn"]) {
      const end = checks.find(({ what }) => what === `${witness}: last epoch`);
      expect(end).toMatchObject({ error: 0, bound: 0, ok: true });
      const losses = checks.find(({ what }) => what === `${witness}: losses`)!;
      expect(losses.ok).toBe(true);
      expect(losses.error).toBeLessThan(1e-9);
    }
  });

  it("fails where the recording ends an epoch later", () => {
    const again = (list: Any[]) => [...list, list.at(-1)];
    const changes = ["log", "losses", "parameters"].map((key) => edit(key, again));
    expect(
      outcome(
        "diverges",
        ...changes,
        edit("epochs", (count) => count + 1),
      ),
    ).toBe("flagged");
  });

  it("fails where the recording says that it ended an epoch earlier", () => {
    expect(
      outcome(
        "diverges",
        edit("epochs", (count) => count - 1),
      ),
    ).toBe("flagged");
  });

  it("fails where the recording calls it stable", () => {
    expect(outcome("diverges", edit("stable", becomes(true)))).toBe("flagged");
  });
});
