import { spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ell2, expectPlain, program, root, temporaryFolder } from "../cli/help.js";

const cwd = temporaryFolder();
const at = (...names: string[]) => join(cwd, ...names);
const run = (line: string) => ell2(line.split(" "), { cwd, timeout: 120_000 });
const system = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;

mkdirSync(at("small"));
/** Mounting needs a right that not everyone has: a disk of 64 kB that can be filled. */
const mounted = system("mount", "-t", "tmpfs", "-o", "size=64k,mode=777", "tmpfs", at("small"));
const isRoot = process.getuid?.() === 0;
/** Permissions do not bind root, who takes the place of another user for it. */
const asNobody = isRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
/** The checkout may stand in a folder that is closed to others: what runs is shown to them in one that is open. */
const shown = isRoot ? ["dist", "node_modules"].filter(show) : [];
const reached = isRoot ? at("app", "dist", "cli.js") : program;
const bound = !isRoot || system(asNobody[0]!, ...asNobody.slice(1), process.execPath, reached, "--version");

function show(name: string): boolean {
  chmodSync(cwd, 0o755);
  mkdirSync(at("app", name), { recursive: true });
  copyFileSync(join(root, "package.json"), at("app", "package.json"));
  return system("mount", "--bind", join(root, name), at("app", name));
}

const OLD = "what was there before\n";

beforeAll(() => {
  chmodSync(cwd, 0o755);
  expect(run("make d.csv --rows 3000 --features 8 --targets 2").exit).toBe(0);
  expect(run("fit d.csv --target y* --lambda 3 --out model.json").exit).toBe(0);
});
afterAll(() => {
  if (mounted) system("umount", at("small"));
  for (const name of shown) system("umount", at("app", name));
});

/** A refusal of one line, exit 5, for a reason. */
function expectRefusal({ stdout, stderr, exit }: ReturnType<typeof run>, why: RegExp): void {
  expect({ stdout, exit }).toEqual({ stdout: "", exit: 5 });
  expect(stderr.trim().split("\n").at(-1)).toMatch(why);
  expect(stderr).not.toMatch(/a fault in ell2|\n {4}at /);
  expectPlain(stderr);
}

describe.skipIf(!mounted)("a disk that is full (where one can be mounted)", () => {
  it.each([
    "predict model.json d.csv --out small/old",
    "predict model.json d.csv --out small/old.parquet",
    "make small/old --rows 3000",
  ])("leaves what was there, and nothing beside it: %s", (line) => {
    const name = line.split("small/")[1]!.split(" ")[0]!;
    writeFileSync(at("small", name), OLD);
    expectRefusal(run(line), /^small\/old.*: expected .*no space left|No space left/i);
    expect(readFileSync(at("small", name), "utf8")).toBe(OLD);
    expect(
      readdirSync(at("small")).filter((entry) => !entry.startsWith("old") || entry.endsWith(".tmp")),
    ).toEqual([]);
  });

  it("ends training, whose checkpoint is gone on from when there is room again", () => {
    const fit = "fit d.csv --target y* --lr 0.001 --batch 100 --epochs 400 --momentum 0.9";
    expectRefusal(
      run(`${fit} --checkpoint small/c`),
      /^small\/c: expected to write a file, got no space left/,
    );
    expect(statSync(at("small/c")).size).toBeGreaterThan(10_000);
    expect(system("mount", "-o", "remount,size=8m", at("small"))).toBe(true);
    const { exit, stderr } = run(`${fit} --checkpoint small/c --resume --out resumed.json`);
    expect(exit, stderr).toBe(0);
    expect(Number(/behind epoch (\d+)/.exec(stderr)![1])).toBeGreaterThan(10);
    expect(run(`${fit} --out alone.json`).exit).toBe(0);
    expect(readFileSync(at("resumed.json"))).toEqual(readFileSync(at("alone.json")));
  });

  it("that is read-only is refused before any work", () => {
    expect(system("mount", "-o", "remount,ro", at("small"))).toBe(true);
    expectRefusal(run("fit d.csv --target y* --out small/m.json"), /a file system that is read-only/);
  });
});

describe.skipIf(!statSync("/dev/full", { throwIfNoEntry: false }))(
  "standard output that is full (/dev/full)",
  () => {
    it.each(["predict model.json d.csv", "predict model.json d.csv --json", "export model.json --to sql"])(
      "is said: ell2 %s",
      (line) => {
        const full = openSync("/dev/full", "w");
        const { stderr, status } = spawnSync(process.execPath, [program, ...line.split(" ")], {
          cwd,
          stdio: ["ignore", full, "pipe"],
          encoding: "utf8",
        });
        closeSync(full);
        expect({ status, stderr }).toEqual({
          status: 5,
          stderr: "standard output: expected to write a file, got no space left on the device\n",
        });
      },
    );
  },
);

describe.skipIf(!bound)("permissions (as a user whom they bind)", () => {
  const nobody = (line: string) => {
    const [command, ...before] = [...asNobody, process.execPath, reached];
    const { stdout, stderr, status } = spawnSync(command!, [...before, ...line.split(" ")], {
      cwd,
      encoding: "utf8",
    });
    return { stdout, stderr, exit: status };
  };

  it("to read are needed for rows and models", () => {
    for (const name of ["secret.csv", "secret.json"]) {
      writeFileSync(at(name), "a,y\n1,2\n3,4\n");
      chmodSync(at(name), 0o000);
    }
    expectRefusal(nobody("fit secret.csv --target y"), /^secret.csv: expected a file, got no permission$/);
    expectRefusal(nobody("predict secret.json d.csv"), /^secret.json: expected a file, got no permission$/);
  });

  it("to write are asked for before any work", () => {
    mkdirSync(at("closed"), { mode: 0o555 });
    expectRefusal(
      nobody("fit d.csv --target y* --out closed/m.json"),
      /^closed\/m.json: .*got no permission$/,
    );
    expectRefusal(
      nobody("predict model.json d.csv --out closed/p.csv"),
      /^closed\/p.csv: .*got no permission$/,
    );
  });
});

describe("a file that is written over", () => {
  it("keeps its permissions, and a link stays a link", () => {
    writeFileSync(at("real.json"), OLD, { mode: 0o600 });
    symlinkSync("real.json", at("link.json"));
    expect(run("export model.json --to json --out link.json").exit).toBe(0);
    expect(readFileSync(at("real.json"), "utf8")).toBe(readFileSync(at("model.json"), "utf8"));
    expect(statSync(at("real.json")).mode & 0o777).toBe(0o600);
    expect(readdirSync(cwd).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("is no input, by whatever name", () => {
    symlinkSync("model.json", at("alias.json"));
    expect(run("export model.json --to json --out alias.json")).toMatchObject({ exit: 2, stdout: "" });
    expect(run("predict model.json d.csv --out ./d.csv")).toMatchObject({ exit: 2, stdout: "" });
  });
});

describe("memory that does not suffice", () => {
  it("leaves what was there, whatever ends the program", () => {
    writeFileSync(at("kept.csv"), OLD);
    const args = ["--max-old-space-size=16", program, "make", "kept.csv", "--rows", "100000"];
    const { status } = spawnSync(process.execPath, args, { cwd, timeout: 120_000 });
    const whole = status === 0;
    const now = readFileSync(at("kept.csv"), "utf8");
    if (whole) expect(now.split("\n")).toHaveLength(100_002);
    else expect(now).toBe(OLD);
  });

  it.skipIf(process.platform !== "linux")("is said in a line, exit 5 (where it can be limited)", () => {
    const limited = `ulimit -v 2500000; exec "${process.execPath}" "${program}" make kept.csv --rows 100000000`;
    const { status, stderr } = spawnSync("bash", ["-c", limited], {
      cwd,
      encoding: "utf8",
      timeout: 120_000,
    });
    expect(stderr).toMatch(
      /^ell2: expected memory for what was asked, got none left \(.*\); ask for fewer rows or columns\n$/,
    );
    expect(status).toBe(5);
    expect(readFileSync(at("kept.csv"), "utf8").length).toBeGreaterThan(0);
  });
});
