import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Python } from "../../src/random/python.js";
import { ell2, program, temporaryFolder } from "../cli/help.js";

const cwd = temporaryFolder();
const at = (name: string) => join(cwd, name);
const random = new Python(14);
/** A machine that does other things besides is slow. */
const PATIENT = { cwd, timeout: 120_000 };

/** What is killed, and the file that it writes. */
const JOBS: Record<string, { args: string[]; out: string; kills: number }> = {
  "fit --out": {
    args: "fit d.csv --target y* --lambda 0.1 --out fitted.json".split(" "),
    out: "fitted.json",
    kills: 14,
  },
  "fit --report": {
    args: "fit d.csv --target y* --lambda 0.1 --report page.html".split(" "),
    out: "page.html",
    kills: 8,
  },
  "predict --out, CSV": { args: "predict model.json d.csv --out p.csv".split(" "), out: "p.csv", kills: 12 },
  "predict --out, Parquet": {
    args: "predict model.json d.csv --out p.parquet".split(" "),
    out: "p.parquet",
    kills: 10,
  },
  "export --out": {
    args: "export model.json --to safetensors --out m.safetensors".split(" "),
    out: "m.safetensors",
    kills: 10,
  },
  make: { args: "make made.csv --rows 3000".split(" "), out: "made.csv", kills: 10 },
};
const OLD = Buffer.from("what was there before\n".repeat(2000));

let killed = 0;
let beside = 0;

/** Starts a job and kills it after some milliseconds, or as soon as it has begun to write. Says whether it was still running. */
function kill(args: readonly string[], when: number | "writing"): Promise<boolean> {
  const child = spawn(process.execPath, [program, ...args], { cwd, stdio: "ignore" });
  const end = () => child.kill("SIGKILL");
  const watcher = when === "writing" ? watch(cwd, (_, name) => name?.endsWith(".tmp") && end()) : null;
  const timer = when === "writing" ? undefined : setTimeout(end, when);
  return new Promise((resolve) =>
    child.once("close", (_, signal) => {
      clearTimeout(timer);
      watcher?.close();
      resolve(signal === "SIGKILL");
    }),
  );
}

beforeAll(() => {
  ell2(["make", "d.csv", "--rows", "3000", "--targets", "2"], PATIENT);
  ell2(["fit", "d.csv", "--target", "y*", "--lambda", "3", "--out", "model.json"], PATIENT);
});

afterAll(() => {
  process.stdout.write(`killed ${killed} times, ${beside} files left beside\n`);
});

describe("kill -9 at any moment", () => {
  it.each(Object.entries(JOBS))(
    "leaves the old file or the new one, whole: %s",
    async (_, { args, out, kills }) => {
      const start = performance.now();
      const undisturbed = ell2(args, PATIENT);
      const duration = performance.now() - start;
      expect(undisturbed.exit, undisturbed.stderr).toBe(0);
      const whole = readFileSync(at(out));
      for (let i = 0; i < kills; i++) {
        const before = i % 2 === 0 ? OLD : null;
        if (before) writeFileSync(at(out), before);
        else rmSync(at(out), { force: true });
        if (await kill(args, i % 3 === 0 ? "writing" : random.uniform(0, 1.1 * duration))) killed++;
        const after = existsSync(at(out)) ? readFileSync(at(out)) : null;
        const isOld = before === null ? after === null : after?.equals(before) === true;
        expect(isOld || after?.equals(whole), `${after?.length} bytes`).toBe(true);
      }
      // what was left over is beside the files, and does no harm
      const names = ["d.csv", "model.json", ...Object.values(JOBS).map((job) => job.out)];
      const left = readdirSync(cwd).filter((name) => !names.includes(name));
      expect(left.filter((name) => !/^[\w.]+\.[0-9a-f]{12}\.tmp$/.test(name))).toEqual([]);
      beside += left.length;
      const again = ell2(args, PATIENT);
      expect(again.exit, again.stderr).toBe(0);
      expect(readFileSync(at(out)).equals(whole)).toBe(true);
      for (const name of left) rmSync(at(name));
    },
    300_000,
  );

  it("was tried at least 60 times", () => {
    expect(Object.values(JOBS).reduce((sum, { kills }) => sum + kills, 0)).toBeGreaterThanOrEqual(60);
    expect(killed).toBeGreaterThan(30);
    expect(beside).toBeGreaterThan(0);
  });
});
