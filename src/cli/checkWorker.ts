import { pathToFileURL } from "node:url";
import { Script } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { checkUpdate, type UpdateCheck } from "../compare/checkUpdate.js";
import type { UpdateRule } from "../compare/updateTrial.js";

/** What the worker is given, and what it answers: that it loads the rule, that it runs it, and then the result. */
export interface Task {
  /** The absolute path of the file. */
  path: string;
  source: string;
}
export type Answer = { doing: "load" | "end" } | { check: UpdateCheck } | { unloadable: string };

const { path, source } = workerData as Task;
const answer = (message: Answer) => parentPort!.postMessage(message);

/** The rule in a plain script, or else in an ES module: its default export, or the one named `update`. */
async function load(): Promise<unknown> {
  let script: Script;
  try {
    script = new Script(`${source}\n;typeof update === "undefined" ? undefined : update`, { filename: path });
  } catch {
    const module = await import(pathToFileURL(path).href);
    return module.default ?? module.update;
  }
  return script.runInThisContext();
}

/** Where in the file an error arose, such as ` (line 3)`. */
function lineOf(error: unknown): string {
  const stack = String((error as Error | undefined)?.stack);
  for (const name of [pathToFileURL(path).href, path]) {
    const line = stack.split(`${name}:`)[1]?.match(/^\d+/);
    if (line) return ` (line ${line[0]})`;
  }
  return "";
}

/** Why a file could not be loaded. */
function unloadable(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const kind = /^SyntaxError.*('export'|import statement)/.test(text)
    ? "; call the file .mjs, since its folder's package.json makes .js files CommonJS"
    : "";
  return `the file cannot be loaded: ${text}${lineOf(error)}${kind}`;
}

answer({ doing: "load" });
load().then(
  (rule) => {
    if (typeof rule !== "function") {
      const forms =
        "function update(x, yTrue, yPred, lr), as a plain script, exported, or the default export";
      answer({ unloadable: `there is no rule in the file: write ${forms}` });
      return;
    }
    answer({ doing: "end" });
    const check = checkUpdate(rule as UpdateRule);
    const { problem } = check;
    if (problem === null) answer({ check });
    else {
      const message = `${problem.message}${lineOf(problem.cause)}`;
      answer({ check: { ...check, problem: { kind: problem.kind, message } } });
    }
  },
  (error: unknown) => answer({ unloadable: unloadable(error) }),
);
