import { describe, expect, it } from "vitest";
import { ell2, expectPlain, json } from "./help.js";

interface Document {
  value: number;
  from: string;
  translations: {
    system: string;
    value: number | null;
    needs: string[];
    type: string | null;
    proof: string;
  }[];
}
const QUANTITIES = "--rows 100 --outputs 3 --y-spread 2 --batch 10".split(" ");

describe("ell2 lambda", () => {
  it("VALUE --from pytorch --to sklearn: the number, what to type, and how it is known", () => {
    const { stdout, stderr, exit } = ell2(
      "lambda 0.01 --from pytorch --to sklearn --rows 100 --outputs 3".split(" "),
    );
    expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
    expect(stdout).toContain("scikit-learn Ridge: alpha = 1.5\n");
    expect(stdout).toContain("Ridge(alpha=1.5)");
    expect(stdout).toMatch(/shown by +tests/);
    expectPlain(stdout);
  });

  it("VALUE: every system, and what those need that are not known yet", () => {
    const { stdout, exit } = ell2(["lambda", "0.01"]);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/Keras L2 +l2 +0\.005 .* derived, not run$/m);
    expect(stdout).toMatch(/Ridge +alpha +needs --rows and --outputs/);
    expect(stdout).toMatch(/glmnet +lambda +needs --outputs and --y-spread/);
    expect(stdout).toMatch(/Playground .*needs --outputs and --batch/);
    expect(stdout).not.toContain("NaN");
  });

  it("--json: all of them, with full precision and null where something is missing", () => {
    const { value, from, translations } = json<Document>(["lambda", "0.1", ...QUANTITIES]);
    expect([value, from]).toEqual([0.1, "ell2"]);
    expect(translations).toHaveLength(11);
    for (const { needs, type, value: number, proof } of translations) {
      expect(needs).toEqual([]);
      expect(type).toContain(String(number));
      expect(["run", "derived"]).toContain(proof);
    }
    const [ridge] = json<Document>(["lambda", "0.1", "--to", "sklearn"].concat(QUANTITIES)).translations;
    expect(ridge).toMatchObject({ system: "sklearn", parameter: "alpha", value: 15, biasDecayed: false });
    const bare = json<Document>(["lambda", "0.1"]).translations.find(({ system }) => system === "glmnet");
    expect(bare).toMatchObject({ value: null, type: null, needs: ["--outputs", "--y-spread"] });
  });

  it("--standardized: the pipeline that does the same", () => {
    const types = (args: string[]) =>
      json<Document>(["lambda", "0.1", ...QUANTITIES, ...args]).translations.map(({ type }) => type);
    const [plain, standardized] = [types([]), types(["--standardized"])];
    expect(standardized.join("\n")).toContain("make_pipeline(StandardScaler(), Ridge(alpha=15))");
    expect(standardized.filter((type) => type === null)).toHaveLength(1);
    standardized.forEach((type, i) => {
      expect(type).not.toBe(plain[i]);
    });
    expect(ell2(["lambda", "1", ...QUANTITIES, "--standardized"]).stdout).toContain("cannot standardise");
  });

  it.each([
    ["lambda", /VALUE/],
    ["lambda x", /VALUE to be a number/],
    ["lambda 0x10", /VALUE to be a number/],
    ["lambda 1 2", /at most 1 words/],
    ["lambda 1 --to pytorhc", /one of ell2, pytorch, .*all/],
    ["lambda 1 --from all", /--from to be one of ell2/],
    ["lambda 1 --from constructor", /--from/],
    ["lambda 1 --to sklearn", /--rows and --outputs/],
    ["lambda 1 --to sklearn --rows 0 --outputs 1", /--rows/],
    ["lambda 1 --to sklearn --rows 5 --outputs 1.5", /--outputs/],
    ["lambda 1 --to glmnet --outputs 1 --y-spread -1", /--y-spread/],
  ])("%s: exit 2", (args, says) => {
    const { stdout, stderr, exit } = ell2(args.split(" "));
    expect({ stdout, exit }).toEqual({ stdout: "", exit: 2 });
    expect(stderr).toMatch(says);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});
