import { checkUpdate, type UpdateRule } from "ell2";
import { describe, expect, it } from "vitest";
import { RULES } from "../../lab/rules.js";
import { verdictOf } from "../../lab/verdict.js";

const textOf = (label: string) => RULES.find(([name]) => name === label)![1];

/** What is said of a text that runs. */
const verdict = (text: string) => {
  const update = new Function(`${text}\nreturn update;`)() as UpdateRule;
  return verdictOf({ kind: "check", check: checkUpdate(update), line: null }, text);
};

describe("the rules to try", () => {
  it("begin with the right one, and are all different", () => {
    expect(verdict(RULES[0]![1])).toMatchObject({ ok: true, line: null, slips: [] });
    expect(new Set(RULES.map(([, text]) => text)).size).toBe(RULES.length);
  });

  it.each([
    ["No decay", 6, ["λ forgotten"]],
    ["Without the 2", 6, ["factor 2 missing"]],
    ["Rows alone", 6, ["1/k missing"]],
    ["Bias decays too", 5, ["bias decayed"]],
    ["Wrong way round", 6, ["sign of the residual"]],
    ["Decay at any rate", 6, ["λ not times lr"]],
    ["Two slips", 6, ["factor 2 missing", "λ forgotten"]],
  ])("%s: line %i, %j", (label, line, slips) => {
    const said = verdict(textOf(label));
    expect({ ...said, slips: said.slips.map(({ name }) => name) }).toMatchObject({ ok: false, line, slips });
    expect(said.message).toMatch(/^this\.[wb] parts from the reference at step 1 of 11\.$/);
  });

  it.each([
    ["Wrong shape", /has to stay \[4×3\]|throws SHAPE/],
    ["It throws", /error is not defined/],
    ["An arrow", /an arrow function has no this/],
  ])("%s: %s", (label, message) => {
    expect(verdict(textOf(label)).message).toMatch(message);
  });
});

describe("verdictOf(outcome, text)", () => {
  const body = (...lines: string[]) => ["function update(x, yTrue, yPred, lr) {", ...lines, "}"].join("\n");

  it.each([
    [["// this.w = 1", "this.w = this.w.times(2);"], 3],
    [["this.w = this.w.times(2);", "this.w.data[0] += 1;"], 3],
    [["const { w } = this;", "w.data[0] += 1;"], null],
    [["this.w.data.set(this.w.times(2).data);", "if (this.w == null) return;"], 2],
    [["const f = (z) => z;", "this.w  *= 1; this.w = f(x.T.matmul(yTrue));"], 3],
  ])("marks the last line that sets the parameter: %j", (lines, line) => {
    const text = body(...lines);
    const check = checkUpdate(function () {
      this.w = this.w.times(3);
    });
    expect(verdictOf({ kind: "check", check, line: null }, text).line).toBe(line);
  });

  it("gives the factor where no slip is known", () => {
    const said = verdict(
      body(
        "const delta = yPred.minus(yTrue).times(2 / yTrue.numel);",
        "this.b = this.b.minus(delta.sum(0).times(3 * lr));",
        "this.w = this.w.minus(x.T.matmul(delta).plus(this.w.times(this.lambda)).times(3 * lr));",
      ),
    );
    expect(said.details.slice(2)).toEqual([
      "Its change of w is 3 times the reference's.",
      "Its change of b is 3 times the reference's.",
      "No slip that is known explains it.",
    ]);
  });

  it("says what kept a rule from being checked, the line where it is known, and cuts what is long", () => {
    const unloadable = verdictOf({ kind: "unloadable", message: "x".repeat(1e5), line: 2 }, "");
    expect(unloadable).toMatchObject({ ok: false, line: 2 });
    expect(unloadable.message.length).toBeLessThan(600);
    expect(verdictOf({ kind: "too long", seconds: 2 }, "").message).toContain("within 2 s");
    expect(verdictOf({ kind: "forbidden" }, "").message).toContain("does not allow");
    const thrown = checkUpdate(() => {
      throw new Error("no");
    });
    expect(verdictOf({ kind: "check", check: thrown, line: 4 }, "")).toMatchObject({
      line: 4,
      message: "The rule throws Error: no.",
    });
  });
});
