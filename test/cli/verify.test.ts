import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ell2, json, root, temporaryFolder } from "./help.js";

interface Certificate {
  verdict: string;
  versions: { ell2: string; node: string };
  traces: {
    name: string;
    ok: boolean;
    versions: { torch: string };
    checks: { what: string; unit: string; error: number; bound: number | null; ok: boolean }[];
  }[];
}

const names = readdirSync(join(root, "golden/traces"))
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.slice(0, -".json".length))
  .sort();

/** A copy of what the package ships, with a few of its traces. */
const shipped = temporaryFolder();
const few = ["batch-not-divides", "momentum", "sgd-lambda-0.01", "splits"];
for (const part of ["dist/cli.js", "package.json", ...few.map((name) => `golden/traces/${name}.json`)]) {
  cpSync(join(root, part), join(shipped, part));
}
const cli = join(shipped, "dist/cli.js");

/** Runs `verify` in the copy, with one trace changed for the time. */
function withTrace(name: string, change: (text: string) => string, args: string[] = []) {
  const path = join(shipped, "golden/traces", `${name}.json`);
  const text = readFileSync(path, "utf8");
  const changed = change(text);
  expect(changed).not.toBe(text);
  writeFileSync(path, changed);
  try {
    return ell2(["verify", ...args], { cli, cwd: shipped });
  } finally {
    writeFileSync(path, text);
  }
}

type Trace = { parameters: { weight: number[][] }[]; losses: number[][]; optimizer: { lr: number } };
const edit = (change: (trace: Trace) => void) => (text: string) => {
  const trace = JSON.parse(text);
  change(trace);
  return JSON.stringify(trace);
};

describe("ell2 verify", () => {
  it("ends with exit 0 and names every file in golden/traces", () => {
    const { stdout, stderr, exit } = ell2(["verify"]);
    expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
    for (const name of names) expect(stdout).toMatch(new RegExp(`^${name.replaceAll(".", "\\.")}: `, "m"));
    expect(stdout).toContain(`certificate holds: ${names.length} traces`);
    expect(stdout).not.toContain("MISS");
  });

  it("reads the traces of its own package, from any folder", () => {
    const { stdout, exit } = ell2(["verify"], { cli, cwd: join(shipped, "golden") });
    expect(stdout).toContain(`certificate holds: ${few.length} traces`);
    expect(exit).toBe(0);
  });

  it("--json prints one document: the verdict, versions, and each trace with its errors", () => {
    const { verdict, versions, traces } = json<Certificate>(["verify"]);
    expect(verdict).toBe("holds");
    expect(versions.node).toBe(process.versions.node);
    expect(traces.map(({ name }) => name).sort()).toEqual(names);
    for (const { ok, checks, versions: recorder } of traces) {
      expect(ok).toBe(true);
      expect(checks.length).toBeGreaterThan(0);
      expect(recorder.torch).toMatch(/^\d+\./);
      for (const { error, bound } of checks) if (bound !== null) expect(error).toBeLessThanOrEqual(bound);
    }
    const training = traces.find(({ name }) => name === "momentum")!.checks;
    const gate = (what: string, unit: string) =>
      training.find((c) => c.what === what && c.unit === unit)?.bound;
    for (const witness of ["scratch", "nn"]) {
      expect(gate(`${witness}: parameters`, "of the largest entry")).toBeLessThanOrEqual(1e-14);
      expect(gate(`${witness}: parameters, median`, "ULP")).toBeLessThanOrEqual(4);
    }
  });

  it("ends with exit 1 and names the trace where one parameter is altered by 1e-12", () => {
    const altered = edit(({ parameters }) => {
      parameters[3]!.weight[0]![0]! *= 1 + 1e-12;
    });
    const { stdout, exit } = withTrace("sgd-lambda-0.01", altered);
    expect(exit).toBe(1);
    expect(stdout).toContain("certificate fails: sgd-lambda-0.01");
    expect(stdout).toMatch(/scratch: parameters .* MISS/);
  });

  it("--json says which trace fails, and exits 1", () => {
    const altered = edit(({ losses }) => {
      losses[2]![0]! += 1e-6;
    });
    const { stdout, exit } = withTrace("batch-not-divides", altered, ["--json"]);
    expect(exit).toBe(1);
    const { verdict, traces } = JSON.parse(stdout) as Certificate;
    expect(verdict).toBe("fails");
    expect(traces.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(["batch-not-divides"]);
  });

  it("still judges the other traces where one makes training diverge, and exits 1", () => {
    const altered = edit(({ optimizer }) => {
      optimizer.lr = 1e200;
    });
    const { stdout, exit } = withTrace("momentum", altered);
    expect(stdout).toContain("certificate fails: momentum");
    expect(exit).toBe(1);
  });

  it("does not hold where a trace is cut short, and names the file", () => {
    const { stdout, stderr, exit } = withTrace("splits", (text) => text.slice(0, text.length / 2));
    expect(exit).not.toBe(0);
    expect(stdout + stderr).toContain("splits.json");
    expect(stderr).not.toContain("    at ");
  });

  it("does not hold where there are no traces", () => {
    rmSync(join(shipped, "golden/traces"), { recursive: true });
    const { stdout, stderr, exit } = ell2(["verify"], { cli, cwd: shipped });
    expect(exit).not.toBe(0);
    expect(stdout).not.toContain("certificate holds");
    expect(stderr).not.toContain("    at ");
  });
});
