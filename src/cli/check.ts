import { basename, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { defineCommand } from "citty";
import type { Parting, UpdateCheck } from "../compare/checkUpdate.js";
import { show } from "../numbers/check.js";
import { rangeOption } from "./args.js";
import type { Answer, Task } from "./checkWorker.js";
import { readText } from "./files.js";
import { print, say, toJson, visible } from "./output.js";

/** What is said of a rule: the result, or why there is none. */
type Outcome =
  | UpdateCheck
  | {
      ok: false;
      steps: 0;
      error: null;
      bound: null;
      parting: null;
      slips: [];
      problem: { kind: "not loaded" | "too long" | "ended"; message: string };
    };

const none = (kind: "not loaded" | "too long" | "ended", message: string): Outcome => ({
  ok: false,
  steps: 0,
  error: null,
  bound: null,
  parting: null,
  slips: [],
  problem: { kind, message },
});

const MEGABYTES = 256;
/** What a rule prints is passed on as far as this, in characters. */
const MOST_PRINTED = 4000;

export const check = defineCommand({
  meta: { name: "check", description: "Hold an update rule of your own against the reference, step by step" },
  args: {
    update: {
      type: "positional",
      description: "a JavaScript file with function update(x, yTrue, yPred, lr)",
      required: true,
    },
    timeout: { type: "string", description: "seconds after which the rule is stopped; 5 by default" },
    json: { type: "boolean", description: "print one JSON document" },
  },
  async run({ args }) {
    const range = "above 0 and ≤ 86400";
    const timeout =
      rangeOption("ell2 check", "timeout", args.timeout, range, (x) => x > 0 && x <= 86_400) ?? 5;
    const source = await readText(args.update);
    const outcome = await inWorker({ path: resolve(args.update), source }, timeout);
    const name = visible(basename(args.update));
    if (args.json) print(toJson({ file: args.update, ...outcome }));
    else for (const line of report(name, outcome)) print(visible(line));
    if (!outcome.ok) process.exitCode = 1;
  },
});

/** Runs the check in a worker, until it answers, ends, or its time is over. */
function inWorker(task: Task, seconds: number): Promise<Outcome> {
  const worker = new Worker(new URL("./checkWorker.js", import.meta.url), {
    workerData: task,
    execArgv: ["--no-warnings"],
    resourceLimits: { maxOldGenerationSizeMb: MEGABYTES },
    stdout: true,
    stderr: true,
  });
  let printed = "";
  let timer: NodeJS.Timeout | undefined;
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.on("data", (text) => {
      if (printed.length <= MOST_PRINTED) printed += text;
    });
  }
  return new Promise<Outcome>((done) => {
    let doing: string | undefined;
    let result: Outcome | undefined;
    const stop = () => {
      done(
        result ?? none("too long", `the rule did not ${doing} within ${seconds} s; --timeout gives it more`),
      );
    };
    worker.on("message", (answer: Answer) => {
      if ("doing" in answer) {
        // the rule's time begins with the rule; where the machine stood still, answers that wait are heard first
        if (!doing) timer = setTimeout(() => setTimeout(stop, 100), seconds * 1000);
        doing = answer.doing;
        return;
      }
      result = "check" in answer ? answer.check : none("not loaded", answer.unloadable);
      // what it printed comes behind; what it still waits for is not waited for
      setTimeout(done, 50, result);
    });
    worker.on("error", (error: NodeJS.ErrnoException) => {
      const outgrown = error?.code === "ERR_WORKER_OUT_OF_MEMORY";
      const why = outgrown
        ? `took more than ${MEGABYTES} MB`
        : `failed outside of its call: ${error instanceof Error ? error.message : show(error)}`;
      done(result ?? none("ended", `the rule ${why}`));
    });
    worker.on("exit", () => {
      done(result ?? none("ended", "the rule ended the program it ran in, such as by process.exit"));
    });
  }).finally(async () => {
    clearTimeout(timer);
    await worker.terminate();
    if (printed !== "")
      say(printed.length > MOST_PRINTED ? `${printed.slice(0, MOST_PRINTED)} …` : printed.trimEnd());
  });
}

function report(name: string, outcome: Outcome): string[] {
  const { ok, steps, error, bound, parting, slips, problem } = outcome;
  if (ok) {
    const within = `every step within ${error.toPrecision(2)} of the largest entry (bound ${bound})`;
    return [`${name} agrees with the reference: ${steps} steps, ${within}`];
  }
  const causes = slips.flatMap(({ name: slip, wrong, mend }) => [
    `    ${slip}: ${wrong}`,
    `      mend it: ${mend}`,
  ]);
  return [
    `${name} does not agree with the reference`,
    ...(problem ? [`  ${problem.message}`] : []),
    ...(parting ? where(parting, steps) : []),
    ...(slips.length > 0 ? [`  likely cause${slips.length > 1 ? ": two slips" : ""}`, ...causes] : []),
    ...(parting && slips.length === 0 && !problem ? unexplained(parting, error!) : []),
  ];
}

function where(
  { step, m, n, k, lr, lambda, parameter, row, col, expected, got }: Parting,
  steps: number,
): string[] {
  return [
    `  first at step ${step + 1} of ${steps}: m = ${m} rows, n = ${n} features, k = ${k} outputs, lr = ${lr}, λ = ${lambda}`,
    `  this.${parameter}[${row}, ${col}]: expected ${expected}, got ${got}`,
  ];
}

/** What can be said where no known slip explains the difference. */
function unexplained({ ratio }: Parting, error: number): string[] {
  const times = (["w", "b"] as const)
    .filter((name) => ratio[name] !== null && Math.abs(ratio[name] - 1) > 1e-9)
    .map(
      (name) =>
        `  at this step its change of ${name} is ${Number(ratio[name]!.toPrecision(9))} times the reference's`,
    );
  return [
    ...times,
    ...(error < 1e-6 ? ["  the difference is as small as the rounding of float32"] : []),
    "  no known slip explains it",
  ];
}
