import { type ChildProcess, fork, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { NO_PYTHON, program } from "../cli/help.js";
import { type BadInput, GOOD } from "./case.js";

/** What an input got. */
export interface Got {
  stdout: string;
  stderr: string;
  /** The exit code, or the signal that ended the program. */
  exit: number | string;
  /** Files that were not there before. */
  made: string[];
}

const PATIENCE_MS = 60_000;
const env = { ...process.env, ELL2_PYTHON: NO_PYTHON };

/** Puts a case's files into a folder, runs it there, and looks at what is there then. */
async function inFolder({ files }: BadInput, run: (cwd: string) => Promise<Omit<Got, "made">>): Promise<Got> {
  const cwd = mkdtempSync(join(tmpdir(), "ell2-bad-"));
  try {
    for (const [name, content] of Object.entries({ ...GOOD, ...files }))
      writeFileSync(join(cwd, name), content);
    const before = readdirSync(cwd);
    const got = await run(cwd);
    return { ...got, made: readdirSync(cwd).filter((name) => !before.includes(name)) };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** Runs a case in a process of its own. */
export const runAlone = (input: BadInput): Promise<Got> =>
  inFolder(
    input,
    (cwd) =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [program, ...input.args], { cwd, env });
        const printed = { stdout: "", stderr: "" };
        for (const name of ["stdout", "stderr"] as const)
          child[name].on("data", (part) => {
            printed[name] += part;
          });
        child.stdin.on("error", () => {}).end(input.input ?? "");
        const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
        child.once("close", (code, signal) => {
          clearTimeout(timer);
          resolve({ ...printed, exit: code ?? signal! });
        });
      }),
  );

/** Runs cases one behind the other in one process, which is begun anew where a case ends it. */
class Runner {
  #child: ChildProcess | null = null;

  run(input: BadInput): Promise<Got> {
    if (input.input !== undefined) return runAlone(input);
    this.#child ??= fork(new URL("inProcess.mjs", import.meta.url), [pathToFileURL(program).href], {
      env,
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const child = this.#child;
    return inFolder(
      input,
      (cwd) =>
        new Promise((resolve) => {
          const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
          const ended = (code: number | null, signal: string | null) => {
            this.#child = null;
            clearTimeout(timer);
            resolve({ stdout: "", stderr: "", exit: code ?? signal! });
          };
          child.once("exit", ended);
          child.once("message", (got) => {
            clearTimeout(timer);
            child.off("exit", ended);
            resolve(got as Omit<Got, "made">);
          });
          child.send({ cwd, args: input.args });
        }),
    );
  }

  stop(): void {
    this.#child?.removeAllListeners("exit").kill("SIGKILL");
    this.#child = null;
  }
}

/** Runs all cases, some at a time; `each` says how one is run. */
export async function runAll(cases: readonly BadInput[], runners: number): Promise<Got[]> {
  const got: Got[] = [];
  let next = 0;
  const work = async () => {
    const runner = new Runner();
    while (next < cases.length) {
      const i = next++;
      got[i] = await runner.run(cases[i]!);
    }
    runner.stop();
  };
  await Promise.all(Array.from({ length: runners }, work));
  return got;
}
