import { describe, expect, test } from "vitest";
import { numberColumns } from "../../src/data/columns.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { checkFitted, type FittedModel } from "../../src/model/fitted.js";
import { refuses } from "../nn/help.js";

const whole: FittedModel = {
  inputs: ["a", "b"],
  outputs: ["y"],
  columns: numberColumns(["a", "b"]),
  lambda: 0.5,
  standardized: { mean: [1, 2], scale: [3, 4] },
  weight: Matrix.from([[5, 6]]),
  bias: [7],
  training: null,
};
const check = (change: Partial<FittedModel>) => () => checkFitted("save", { ...whole, ...change });

describe("checkFitted", () => {
  test("checkFitted(where, model) lets a model pass whose parts fit, standardised or not, with one λ or one a target", () => {
    for (const change of [{}, { standardized: null }, { lambda: [0.5] }]) expect(check(change)).not.toThrow();
  });

  test.each<[string, Partial<FittedModel>]>([
    ["an output too many", { outputs: ["y", "z"] }],
    ["a bias too many", { bias: [7, 8] }],
    ["a weight of more targets", { weight: Matrix.from([[5, 6], [5, 6]]) }], // biome-ignore format: one matrix
    ["a weight of more features", { weight: Matrix.from([[5, 6, 7]]) }],
    ["an input too many", { inputs: ["a", "b", "c"], weight: Matrix.from([[5, 6, 7]]) }],
    ["a column too many", { columns: numberColumns(["a", "b", "c"]) }],
    ["columns of other names", { columns: numberColumns(["a", "c"]) }],
    ["columns in another order", { columns: numberColumns(["b", "a"]) }],
  ])("checkFitted refuses %s", (_, change) => {
    refuses(check(change), "SHAPE", /^save: /);
  });

  test.each<[string, (bad: number) => Partial<FittedModel>]>([
    ["a weight", (bad) => ({ weight: Matrix.from([[5, bad]]) })],
    ["the bias", (bad) => ({ bias: [bad] })],
    ["a mean", (bad) => ({ standardized: { mean: [1, bad], scale: [3, 4] } })],
    ["a scale", (bad) => ({ standardized: { mean: [1, 2], scale: [bad, 4] } })],
    ["λ", (bad) => ({ lambda: bad })],
    ["the λ of a target", (bad) => ({ lambda: [bad] })],
    [
      "what a column is filled with",
      (bad) => ({ columns: [{ ...whole.columns[0]!, fill: bad } as never, whole.columns[1]!] }),
    ],
  ])("checkFitted refuses %s that is NaN or infinite", (_, change) => {
    for (const bad of [Number.NaN, Number.NEGATIVE_INFINITY]) {
      refuses(check(change(bad)), "NOT_FINITE", new RegExp(`got ${bad}$`));
    }
  });

  test("checkFitted refuses categories without a level, but for those of a reference alone", () => {
    const category = { kind: "category", name: "c", levels: [], reference: null } as const;
    refuses(
      check({ columns: [...whole.columns, { ...category, levels: [] } as never] }),
      "VALUE",
      /none of "c"/,
    );
    expect(
      check({ columns: [...whole.columns, { ...category, levels: [], reference: "r" } as never] }),
    ).not.toThrow();
  });

  test("checkFitted refuses what is no model", () => {
    for (const bad of [null, undefined, 3, {}, { weight: [[1]] }]) {
      refuses(() => checkFitted("save", bad as never), "VALUE", /fitted model/);
    }
  });
});
