import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ell2, expectPlain, program, putExamples, root, temporaryFolder } from "./help.js";

const cwd = temporaryFolder();
putExamples(cwd);

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const COMMANDS = [
  "run",
  "fit",
  "path",
  "moments",
  "moments merge",
  "predict",
  "evaluate",
  "make",
  "export",
  "lambda",
  "lint",
  "verify",
  "check",
  "lab",
];
const help = new Map(["", ...COMMANDS].map((name) => [name, ell2([...(name ? [name] : []), "--help"])]));
const examples = (text: string) => [...text.matchAll(/^ {2}ell2 (.+)$/gm)].map(([, args]) => args!);

describe("ell2", () => {
  it("alone says how to begin: examples, then the commands", () => {
    const { stdout, stderr, exit } = ell2([]);
    expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
    expect(stdout.indexOf("ell2 run")).toBeLessThan(stdout.indexOf("COMMANDS"));
    for (const name of COMMANDS) {
      expect(stdout).toMatch(new RegExp(`^ *${name} {2,}\\S`, "m"));
    }
    expectPlain(stdout);
  });

  it("--version prints the package's version", () => {
    for (const option of ["--version", "-v"]) {
      expect(ell2([option])).toEqual({ stdout: `${version}\n`, stderr: "", exit: 0 });
    }
  });

  it.each([["nonsense"], ["Run"], ["constructor"], ["__proto__"], ["--json"], [""]])(
    "%j is no command: exit 2, and names those that are",
    (name) => {
      const { stdout, stderr, exit } = ell2([name]);
      expect({ stdout, exit }).toEqual({ stdout: "", exit: 2 });
      expect(stderr).toContain(COMMANDS.join(", "));
      expect(stderr.trim().split("\n")).toHaveLength(1);
    },
  );

  it("shows a command's name with escapes in it harmlessly", () => {
    expectPlain(ell2(["\u001b[31mred\u001b[0m"]).stderr);
  });
});

describe("ell2 COMMAND --help", () => {
  it.each(["", ...COMMANDS])("%s: examples first, no escape codes, exit 0", (name) => {
    const { stdout, stderr, exit } = help.get(name)!;
    expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
    expect(stdout.startsWith("EXAMPLES\n\n  ell2 ")).toBe(true);
    expect(stdout.indexOf("USAGE")).toBeGreaterThan(stdout.indexOf("EXAMPLES"));
    expectPlain(stdout);
  });

  it("lists every number of the notebook as an option of run, with its default", () => {
    const { stdout } = help.get("run")!;
    const defaults: Record<string, string> = {
      samples: "10100",
      train: "100",
      features: "6",
      targets: "3",
      informative: "features − 1",
      noise: "1",
      bias: "random()",
      lambda: "0.01",
      lr: "0.01",
      epochs: "16",
      batch: "train // 3",
      seed: "14",
    };
    for (const [name, value] of Object.entries(defaults)) {
      const line = stdout.split("\n").find((text) => text.trim().startsWith(`--${name}=`));
      expect(line, name).toMatch(/default/i);
      expect(line).toContain(value);
    }
  });

  it("-h, help COMMAND and --help behind other options say the same", () => {
    const { stdout } = help.get("fit")!;
    expect(ell2(["fit", "-h"]).stdout).toBe(stdout);
    expect(ell2(["help", "fit"]).stdout).toBe(stdout);
    expect(ell2(["fit", "x.csv", "--lr", "--help"])).toEqual({ stdout, stderr: "", exit: 0 });
  });

  it("keeps to plain text with NO_COLOR and with FORCE_COLOR", () => {
    for (const name of ["NO_COLOR", "FORCE_COLOR"]) {
      expectPlain(ell2(["run", "--help"], { env: { [name]: "1" } }).stdout);
    }
  });
});

describe("the examples in --help run with exit 0", () => {
  // fit's come before predict's, which read the model that one of them writes
  const shown = new Set(
    ["fit", ...COMMANDS]
      .flatMap((name) => examples(help.get(name)!.stdout))
      .concat(examples(help.get("")!.stdout))
      // it serves until it is stopped: test/cli/lab.test.ts
      .filter((args) => !args.startsWith("lab")),
  );

  it.each([...shown])("ell2 %s", (args) => {
    const { stdout, stderr, exit } = ell2(args.split(" "), { cwd });
    expect(exit, stderr).toBe(0);
    if (args.includes("--json")) expect(() => JSON.parse(stdout)).not.toThrow();
    expectPlain(stdout + stderr);
  });

  it("and need nothing but the folder examples/", () => {
    expect(shown.size).toBeGreaterThanOrEqual(8);
    expect(readdirSync(cwd).sort()).toEqual([
      "all.json",
      "data.csv",
      "data.parquet",
      "examples",
      "model.json",
      "model.onnx",
      "part.json",
      "predictions.parquet",
      "report.html",
    ]);
  });
});

describe("Ctrl-C", () => {
  it("leaves at once with nothing written", async () => {
    const args =
      "fit examples/linnerud.csv --target Weight --lr 1e-9 --epochs 100000000 --out half.json".split(" ");
    const child = spawn(process.execPath, [program, ...args], { cwd, stdio: "ignore" });
    const ended = new Promise((resolve) => child.once("close", (code, signal) => resolve(code ?? signal)));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const asked = performance.now();
    child.kill("SIGINT");
    expect([130, "SIGINT"]).toContain(await ended);
    expect(performance.now() - asked).toBeLessThan(2000);
    expect(existsSync(join(cwd, "half.json"))).toBe(false);
    expect(readdirSync(cwd).filter((name) => name.startsWith("half"))).toEqual([]);
  });
});
