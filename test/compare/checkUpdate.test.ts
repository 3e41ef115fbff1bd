import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RIGHT as FORMULA, type Formula, type Step, take } from "../../src/compare/updateFormula.js";
import { type KnownSlip, SLIPS } from "../../src/compare/updateSlips.js";
import { attempt } from "../../src/compare/updateTrial.js";
import { checkUpdate, LinearRegression, Matrix, random, type UpdateRule } from "../../src/index.js";
import { refuses } from "../nn/help.js";
import { RIGHT, TWO_WRONG, WRONG } from "./rules.js";

const names = (rule: UpdateRule) => checkUpdate(rule).slips.map(({ name }) => name);
const right = RIGHT["matrices, assigned"]!();

describe("checkUpdate(update) of a right rule", () => {
  test.each(Object.keys(RIGHT))("agrees: %s", (name) => {
    const { ok, steps, error, bound, parting, slips, problem } = checkUpdate(RIGHT[name]!());
    expect({ ok, steps, parting, slips, problem }).toEqual({
      ok: true,
      steps: 11,
      parting: null,
      slips: [],
      problem: null,
    });
    expect(bound).toBe(1e-9);
    expect(error).toBeLessThan(1e-14);
  });

  test("calls it with sizes of which no two are alike, with one row, with one output, and without λ", () => {
    const seen: { m: number; n: number; k: number; lambda: number }[] = [];
    checkUpdate(function (x, yTrue, yPred, lr) {
      right.call(this, x, yTrue, yPred, lr);
      seen.push({ m: x.rows, n: x.cols, k: yTrue.cols, lambda: this.lambda });
    });
    const apart = seen.filter(({ m, n, k }) => new Set([1, 2, m, n, k, m * k, m * n, n * k]).size === 8);
    expect(apart.length).toBeGreaterThanOrEqual(4);
    expect(new Set(seen.filter(({ m }) => m === 1).map(({ k }) => k))).toEqual(new Set([1, 3, 4]));
    expect(seen.filter(({ m, k }) => m > 1 && k === 1).length).toBeGreaterThanOrEqual(2);
    expect(seen.filter(({ lambda }) => lambda === 0).length).toBeGreaterThanOrEqual(2);
  });

  test("agrees to the bit with the class' own", () => {
    const { ok, error } = checkUpdate(LinearRegression.prototype.update);
    expect({ ok, error }).toEqual({ ok: true, error: 0 });
  });

  test("draws nothing from the default generator", () => {
    random.manualSeed(3);
    const expected = new LinearRegression(2, 2).w;
    random.manualSeed(3);
    checkUpdate(WRONG["bias decayed"]!());
    expect(new LinearRegression(2, 2).w).toEqual(expected);
  });

  test("takes one in float32 with rtol 1e-5 alone", () => {
    const single: UpdateRule = function (x, yTrue, yPred, lr) {
      right.call(this, x, yTrue, yPred, lr);
      this.w = new Matrix(this.w.rows, this.w.cols, this.w.data.map(Math.fround));
    };
    expect(checkUpdate(single, { rtol: 1e-5 }).ok).toBe(true);
    expect(checkUpdate(single)).toMatchObject({ ok: false, slips: [] });
  });
});

describe("checkUpdate(update) of a wrong rule", () => {
  test.each(Object.keys(WRONG))("names its slip: %s", (name) => {
    expect(names(WRONG[name]!())).toEqual([name]);
  });

  test.each(Object.keys(TWO_WRONG))("names both slips: %s", (name) => {
    expect(names(TWO_WRONG[name]!()).join(" + ")).toBe(name);
  });

  test("says where it first parts: step, sizes, parameter, entry, what was expected", () => {
    const { ok, steps, parting } = checkUpdate(WRONG["bias decayed"]!());
    expect({ ok, steps }).toEqual({ ok: false, steps: 11 });
    expect(parting).toMatchObject({ step: 0, m: 5, n: 4, k: 3, lr: 0.11, lambda: 0.6, parameter: "b" });
    expect(parting).toMatchObject({ row: 0, col: 0 });
    expect(parting!.ratio.w).toBeCloseTo(1, 9);
    expect(parting!.ratio.b).toBeNull();
    expect(Math.abs(parting!.expected - parting!.got)).toBeGreaterThan(1e-4);
  });

  test("finds the step and the entry of a rule that goes wrong late and in one place", () => {
    let steps = 0;
    const late: UpdateRule = function (x, yTrue, yPred, lr) {
      right.call(this, x, yTrue, yPred, lr);
      if (steps++ === 6) this.w.data[7]! += 1e-6;
    };
    const { parting, slips } = checkUpdate(late);
    expect(slips).toEqual([]);
    expect(parting).toMatchObject({ step: 6, m: 7, n: 5, k: 4, parameter: "w", row: 1, col: 3 });
    expect(parting!.got - parting!.expected).toBeCloseTo(1e-6, 12);
  });

  test("gives the ratio of the changes where no slip is known", () => {
    const thrice: UpdateRule = function (x, yTrue, yPred, lr) {
      right.call(this, x, yTrue, yPred, 3 * lr);
    };
    const { parting, slips } = checkUpdate(thrice);
    expect(slips).toEqual([]);
    expect(parting!.ratio.w).toBeCloseTo(3, 9);
    expect(parting!.ratio.b).toBeCloseTo(3, 9);
  });
});

describe("checkUpdate(update) of a rule that cannot be compared", () => {
  const cases: [what: string, kind: string, message: RegExp, rule: UpdateRule][] = [
    ["throws", "throws", /throws Error: oh/, () => { throw new Error("oh"); }], // biome-ignore format: one line
    ["throws something else", "throws", /throws "oh"/, () => { throw "oh"; }], // biome-ignore format: one line
    [
      "calls itself",
      "throws",
      /RangeError/,
      function (...args) {
        this.update(...args);
      },
    ],
    ["is asynchronous", "async", /promise/, async () => {}],
    ["is asynchronous and fails", "async", /promise/, () => Promise.reject(new Error("oh"))],
    ["does nothing", "nothing changed", /neither this\.w nor this\.b/, () => {}],
    ["returns what it should assign", "nothing changed", /assign/, (x) => x.T],
    [
      "makes NaN",
      "not finite",
      /this\.b\[0, 1\] NaN/,
      function () {
        this.b.data[1] = Number.NaN;
      },
    ],
    [
      "makes infinity",
      "not finite",
      /this\.w\[1, 2\] -Infinity/,
      function () {
        this.w.data[5] = Number.NEGATIVE_INFINITY;
      },
    ],
    [
      "assigns an array",
      "not a matrix",
      /an array of 1 to this\.b/,
      function () {
        this.b = this.b.toArray() as never;
      },
    ],
    [
      "transposes the weight",
      "shape",
      /this\.w \[3×4\]: it has to stay \[4×3\]/,
      function () {
        this.w = this.w.T;
      },
    ],
    [
      "makes the bias a column",
      "shape",
      /this\.b \[3×1\]/,
      function () {
        this.b = this.b.T;
      },
    ],
    [
      "centres the data in place",
      "inputs changed",
      /changes x,/,
      function (x, yTrue, yPred, lr) {
        right.call(this, x, yTrue, yPred, lr);
        x.data[0]! -= 1;
      },
    ],
    [
      "subtracts in place from yTrue",
      "inputs changed",
      /changes yTrue,/,
      function (x, yTrue, yPred, lr) {
        right.call(this, x, yTrue, yPred, lr);
        yTrue.data[0]! -= 1;
      },
    ],
    [
      "changes λ",
      "inputs changed",
      /this\.lambda/,
      function (x, yTrue, yPred, lr) {
        right.call(this, x, yTrue, yPred, lr);
        this.lambda *= 0.9;
      },
    ],
  ];

  test.each(cases)("says that it %s", (_what, kind, message, rule) => {
    const { ok, problem } = checkUpdate(rule);
    expect({ ok, kind: problem?.kind }).toEqual({ ok: false, kind });
    expect(problem!.message).toMatch(message);
  });

  test("says that an arrow function has no this", () => {
    const arrow = new Function("'use strict'; return () => { this.w = 1; }")() as UpdateRule;
    expect(checkUpdate(arrow).problem!.message).toMatch(/TypeError.*an arrow function has no this/);
  });

  test("keeps what parted before it failed", () => {
    let steps = 0;
    const { parting, problem } = checkUpdate(function (x, yTrue, yPred, lr) {
      if (++steps === 3) throw new Error("third");
      right.call(this, x, yTrue, yPred, 2 * lr);
    });
    expect(parting!.step).toBe(0);
    expect(problem!.kind).toBe("throws");
  });

  test("refuses what is no function, and options that do not exist", () => {
    for (const value of [undefined, null, {}, "update"]) {
      refuses(() => checkUpdate(value as never), "VALUE", /a function update\(x, yTrue, yPred, lr\)/);
    }
    refuses(() => checkUpdate(right, { tolerance: 1 } as never), "OPTION", /rtol/);
    for (const rtol of [0, -1, Number.NaN]) refuses(() => checkUpdate(right, { rtol }), "VALUE", /rtol/);
  });
});

describe("the known slips", () => {
  const { taken } = attempt(right, { n: 4, k: 3, batches: [5, 5, 1, 8] });

  /** A rule that makes its steps by a formula. */
  const ruleOf = (formula: Formula): UpdateRule => {
    let first: Step["first"] | undefined;
    const models = new WeakSet();
    return function (x, yTrue, yPred, lr) {
      const { w, b, lambda } = this;
      if (!models.has(this)) first = { rows: x.rows, lr, lambda };
      models.add(this);
      Object.assign(this, take(formula, { x, yTrue, yPred, lr, w, b, lambda, first: first! }));
    };
  };
  const slipped = (formula: Formula, { change }: KnownSlip) => ({ ...formula, ...change(formula) });

  test("are changes of a formula that is the class' own update", () => {
    for (const { step, w, b } of taken) {
      const by = take(FORMULA, step);
      for (const [got, expected] of [
        [by.w, w],
        [by.b, b],
      ] as const) {
        // biome-ignore format: two pairs
        for (const [i, x] of expected.data.entries()) expect(got.data[i]).toBeCloseTo(x, 12);
      }
    }
  });

  test("differ in what they do, and each is found as itself", () => {
    expect(new Set(SLIPS.map(({ name }) => name)).size).toBe(SLIPS.length);
    for (const slip of SLIPS) {
      expect(names(ruleOf(slipped(FORMULA, slip))), slip.name).toEqual([slip.name]);
    }
  });

  test("explain any two of them together, by two or by one that does the same", () => {
    const pair = fc.uniqueArray(fc.constantFrom(...SLIPS), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(pair, (two) => {
        const [one, other] = two.sort((a, b) => SLIPS.indexOf(a) - SLIPS.indexOf(b));
        const formula = slipped(slipped(FORMULA, other!), one!);
        const { ok, slips, problem } = checkUpdate(ruleOf(formula));
        if (ok || problem) return;
        const named = slips.map(({ name }) => SLIPS.find((slip) => slip.name === name)!);
        expect([1, 2]).toContain(named.length);
        const same = checkUpdate(ruleOf(named.reduceRight(slipped, FORMULA))).slips;
        expect(same).toEqual(slips);
      }),
      { numRuns: 40 },
    );
  });

  test("each say what is wrong and how to mend it", () => {
    expect(SLIPS.length).toBeGreaterThanOrEqual(15);
    for (const { wrong, mend } of SLIPS) {
      expect(wrong.length).toBeGreaterThan(15);
      expect(mend.length).toBeGreaterThan(10);
    }
  });

  test("are each found in a rule that somebody could have written", () => {
    const own = SLIPS.map(({ name }) => name).filter((name) => !/, in [wb] alone$/.test(name));
    expect(own.filter((name) => !(name in WRONG))).toEqual([]);
  });

  test("are those that docs/check.md lists", () => {
    const page = readFileSync(new URL("../../docs/check.md", import.meta.url), "utf8");
    const list = page.split("## The slips that it knows")[1]!.split("\n## ")[0]!;
    const groups = list
      .trim()
      .split(/^- .*?: /m)
      .slice(1);
    const listed = groups.flatMap((items) =>
      items.split("·").map((item) => item.replace(/\s+/g, " ").trim()),
    );
    const known = new Set(SLIPS.map(({ name }) => name.replace(/, in [wb] alone$/, "")));
    const split = SLIPS.filter(({ name }) => name.endsWith(", in w alone")).map(({ name }) =>
      name.slice(0, -12),
    );
    expect(listed.sort()).toEqual(
      [...known].map((name) => (split.includes(name) ? `${name}*` : name)).sort(),
    );
  });
});
