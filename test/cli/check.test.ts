import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ell2, expectPlain, put, putExamples, root, temporaryFolder } from "./help.js";

const cwd = temporaryFolder();
putExamples(cwd);

interface Result {
  file: string;
  ok: boolean;
  steps: number;
  error: number | null;
  parting: {
    step: number;
    parameter: string;
    row: number;
    col: number;
    expected: number;
    got: number;
  } | null;
  slips: { name: string; wrong: string; mend: string }[];
  problem: { kind: string; message: string } | null;
}

/** `ell2 check` of a file with this text. */
function check(name: string, text: string, args: string[] = []) {
  put(cwd, name, text);
  const outcome = ell2(["check", name, ...args], { cwd });
  expectPlain(outcome.stdout + outcome.stderr);
  expect(outcome.stderr).not.toContain("    at ");
  return outcome;
}

const body = `{
  const delta = yPred.minus(yTrue).times(2 / yTrue.numel);
  this.b = this.b.minus(delta.sum(0).times(lr));
  this.w = this.w.minus(x.T.matmul(delta).plus(this.w.times(this.lambda)).times(lr));
}`;
const rule = (inner: string) => `function update(x, yTrue, yPred, lr) {\n  ${inner}\n}\n`;

describe("ell2 check of a right rule: exit 0", () => {
  it.each([
    ["script.js", `function update(x, yTrue, yPred, lr) ${body}`],
    ["value.js", `const update = function (x, yTrue, yPred, lr) ${body}; // the rule`],
    ["sloppy.js", `function update(x, yTrue, yPred, lr) ${body.replace("const delta", "delta")}`],
    ["named.js", `export function update(x, yTrue, yPred, lr) ${body}`],
    ["default.mjs", `export default function (x, yTrue, yPred, lr) ${body}`],
    ["both.mjs", `export default function update(x, yTrue, yPred, lr) ${body}`],
    ["later.mjs", `await null; function rule(x, yTrue, yPred, lr) ${body}\nexport { rule as update };`],
    ["with space & ü.mjs", `export function update(x, yTrue, yPred, lr) ${body}`],
  ])("%s", (name, text) => {
    const { stdout, stderr, exit } = check(name, text);
    expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
    expect(stdout).toMatch(/ agrees with the reference: 11 steps, every step within .*e-1\d of/);
  });

  it('that imports "ell2" where that is installed, with its Matrix', () => {
    mkdirSync(join(cwd, "node_modules"), { recursive: true });
    symlinkSync(root, join(cwd, "node_modules/ell2"), "dir");
    const text = `import { Matrix } from "ell2";
export function update(x, yTrue, yPred, lr) {
  const r = yPred.minus(yTrue).times(new Matrix(1, 1, Float64Array.of(2 / yTrue.numel)));
  this.b = new Matrix(1, r.cols, this.b.minus(r.sum(0).times(lr)).data);
  this.w = this.w.minus(x.T.matmul(r).plus(this.w.times(this.lambda)).times(lr));
}`;
    expect(check("imports.mjs", text)).toMatchObject({ stderr: "", exit: 0 });
  });

  it("that leaves timers running, without waiting for them", () => {
    const started = performance.now();
    expect(
      check("timer.js", `setInterval(() => {}, 1000);\n${`function update(x, yTrue, yPred, lr) ${body}`}`)
        .exit,
    ).toBe(0);
    expect(performance.now() - started).toBeLessThan(4000);
  });

  it("--json prints one document", () => {
    const { stdout, exit } = ell2(["check", "examples/update.js", "--json"], { cwd });
    expect(exit).toBe(0);
    const { file, ok, steps, parting, slips, problem } = JSON.parse(stdout) as Result;
    expect({ file, ok, steps, parting, slips, problem }).toEqual({
      file: "examples/update.js",
      ok: true,
      steps: 11,
      parting: null,
      slips: [],
      problem: null,
    });
  });
});

describe("ell2 check of a wrong rule: exit 1", () => {
  it("says where it parts, the slip, and how to mend it", () => {
    const { stdout, stderr, exit } = ell2(["check", "examples/slips/bias-decayed.js"], { cwd });
    expect({ stderr, exit }).toEqual({ stderr: "", exit: 1 });
    expect(stdout).toMatch(/first at step 1 of 11: m = 5 rows, n = 4 features, k = 3 outputs/);
    expect(stdout).toMatch(/this\.b\[0, 0\]: expected 0\.\d+, got 0\.\d+/);
    expect(stdout).toMatch(/likely cause\n +bias decayed: .*\n +mend it: /);
  });

  it("names two slips where it takes two", () => {
    const { stdout, exit } = ell2(["check", "examples/slips/two.js"], { cwd });
    expect(exit).toBe(1);
    expect(stdout).toMatch(/two slips\n +factor 2 missing: [\s\S]*\n +λ forgotten: /);
  });

  it("--json gives the same with every digit", () => {
    const { stdout, exit } = ell2(["check", "examples/slips/bias-decayed.js", "--json"], { cwd });
    expect(exit).toBe(1);
    const { ok, parting, slips } = JSON.parse(stdout) as Result;
    expect({ ok, slips: slips.map(({ name }) => name) }).toEqual({ ok: false, slips: ["bias decayed"] });
    expect(parting).toMatchObject({ step: 0, parameter: "b", row: 0, col: 0 });
  });

  it("gives the ratio where no slip is known", () => {
    const { stdout, exit } = check(
      "thrice.js",
      `const one = function (x, yTrue, yPred, lr) ${body};\n${rule("one.call(this, x, yTrue, yPred, 3 * lr);")}`,
    );
    expect(exit).toBe(1);
    expect(stdout).toMatch(
      /change of w is 3 times[\s\S]*change of b is 3 times[\s\S]*no known slip explains it/,
    );
  });
});

describe("ell2 check of a rule that misbehaves: exit 1, in words", () => {
  it.each([
    ["endless", rule("for (;;) {}"), /did not end within 1 s; --timeout gives it more/],
    ["endless-load", `for (;;) {}\n${rule("")}`, /did not load within 1 s/],
    [
      "never",
      `await new Promise((done) => setTimeout(done, 60_000));\nexport ${rule("")}`,
      /did not load within 1 s/,
    ],
    ["exit", rule("process.exit(0);"), /ended the program it ran in, such as by process\.exit/],
    ["exit-load", `process.exit(0);\n${rule("")}`, /ended the program/],
    ["throws", rule('throw new Error("\\u001b[31mred");'), /throws Error: \\x1b\[31mred \(line 2\)/],
    ["unknown", rule("this.w = this.w.minus(gradient);"), /gradient is not defined \(line 2\)/],
    ["async", `async ${rule("")}`, /returns a promise/],
    ["nothing", rule(""), /neither this\.w nor this\.b/],
    ["nan", rule("this.w.data[0] = NaN;"), /makes this\.w\[0, 0\] NaN/],
    ["array", rule("this.b = [1, 2, 3];"), /assigns an array of 3 to this\.b/],
    ["shape", rule("this.w = this.w.T;"), /this\.w \[3×4\]: it has to stay \[4×3\]/],
    ["inputs", rule("this.b = this.b.times(0); x.data[0] = 7;"), /changes x,/],
    ["arrow", "export const update = (x) => { this.w = x; };", /an arrow function has no this/],
    ["memory", rule("const all = []; for (;;) all.push([1, 2, 3]);"), /took more than 256 MB|within 9 s/],
    ["syntax", "function update(x {}", /cannot be loaded: SyntaxError/],
    [
      "load-throws",
      `nonsense();\n${rule("")}`,
      /cannot be loaded: ReferenceError: nonsense is not defined \(line 1\)/,
    ],
    [
      "rejects",
      rule("Promise.reject(new Error('late')); return new Promise(() => {});"),
      /returns a promise/,
    ],
    ["no-rule", "const rule = 1;", /there is no rule in the file: write function update/],
    ["no-function", "export default 3;", /there is no rule in the file/],
    ["empty", "", /there is no rule in the file/],
  ])("%s", (name, text, message) => {
    const { stdout, exit } = check(`${name}.mjs`, text, ["--timeout", name === "memory" ? "9" : "1"]);
    expect(exit).toBe(1);
    expect(stdout).toMatch(message);
    expect(stdout).toContain(`${name}.mjs does not agree with the reference`);
  });

  it("names the slip where a rule throws because rows and columns are mistaken", () => {
    const { stdout, exit } = check(
      "transposed.js",
      `function update(x, yTrue, yPred, lr) ${body.replace("x.T.matmul", "x.matmul")}`,
    );
    expect(exit).toBe(1);
    expect(stdout).toMatch(/throws SHAPE: Matrix\.matmul[\s\S]*likely cause\n +x not transposed/);
  });

  it("says what to do where the folder makes the file CommonJS", () => {
    mkdirSync(join(cwd, "old"), { recursive: true });
    put(cwd, "old/package.json", '{"type": "commonjs"}');
    const { stdout, exit } = check("old/update.js", `export function update(x, yTrue, yPred, lr) ${body}`);
    expect(exit).toBe(1);
    expect(stdout).toMatch(/SyntaxError.*call the file \.mjs/);
  });

  it("--json says why in problem", () => {
    const { stdout, exit } = check("exit.js", rule("process.exit(0);"), ["--json"]);
    expect(exit).toBe(1);
    const { ok, problem } = JSON.parse(stdout) as Result;
    expect({ ok, kind: problem?.kind }).toEqual({ ok: false, kind: "ended" });
  });
});

describe("ell2 check", () => {
  it("passes what a rule prints on to stderr, not endlessly, and none to stdout", () => {
    const printing = `function update(x, yTrue, yPred, lr) { console.log("at \\u001b[31m", lr); ${body.slice(1)}`;
    const { stdout, stderr, exit } = check("prints.js", printing, ["--json"]);
    expect(exit).toBe(0);
    expect(() => JSON.parse(stdout)).not.toThrow();
    expect(stderr).toContain("at \\x1b[31m 0.11");
    const chatty = check("chatty.js", rule('for (;;) console.log("again and again");'), ["--timeout", "1"]);
    expect(chatty.exit).toBe(1);
    expect(chatty.stderr.length).toBeLessThan(10_000);
  });

  it("refuses a file that is not there (exit 5), and a timeout that makes no sense (exit 2)", () => {
    expect(ell2(["check", "absent.js"], { cwd })).toMatchObject({ stdout: "", exit: 5 });
    expect(ell2(["check", "examples"], { cwd })).toMatchObject({ stdout: "", exit: 5 });
    expect(ell2(["check"], { cwd })).toMatchObject({ stdout: "", exit: 2 });
    for (const timeout of ["0", "-1", "nan", "1e9", "5s"]) {
      const { stdout, stderr, exit } = ell2(["check", "examples/update.js", `--timeout=${timeout}`], { cwd });
      expect({ stdout, exit }).toEqual({ stdout: "", exit: 2 });
      expect(stderr).toMatch(/--timeout to be a number/);
    }
  });
});
