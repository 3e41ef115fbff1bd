import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { parseTrace, type Trace } from "../compare/trace.js";
import { Ell2Error } from "../errors.js";

// the bundled command line is dist/cli.js, so the package's root is one folder up
const fromRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export const RECORDER = fromRoot("golden/record.py");
export const LAB = fromRoot("dist/lab");
const TRACES = fromRoot("golden/traces");

export const { version } = JSON.parse(readFileSync(fromRoot("package.json"), "utf8")) as { version: string };

/** Reads every trace in a folder, in the order of their names. */
export function readTraces(folder = TRACES): Trace[] {
  if (!existsSync(folder)) {
    throw new Ell2Error("SOURCE", { where: folder, expected: "the recorded traces", got: "nothing there" });
  }
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => readTrace(name, folder));
}

/** Reads one trace. */
export const readTrace = (name: string, folder = TRACES): Trace =>
  parseTrace(readFileSync(`${folder}/${name}`, "utf8"), basename(name));
