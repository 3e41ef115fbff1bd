/** npm run fuzz -- [reader] [--seconds N] [--seed N]: new inputs until the time is over; prints each seed, and what it found. */
import { parseArgs } from "node:util";
import fc from "fast-check";
import { corpusOf, execute, property } from "./execute.js";
import { READERS } from "./readers/index.js";

/** Inputs of a seed. */
const RUNS = 500;

const { values, positionals } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, seed: { type: "string" } },
  allowPositionals: true,
});
const names = positionals.length > 0 ? positionals : Object.keys(READERS);
const unknown = names.filter((name) => !(name in READERS));
if (unknown.length > 0) {
  process.stdout.write(`the readers are ${Object.keys(READERS).join(", ")}\n`);
  process.exit(2);
}
let seed = Number(values.seed ?? Date.now() % 2 ** 31);
let findings = 0;
let total = 0;
for (const name of names) {
  const reader = READERS[name]!;
  for (const { input } of corpusOf(name)) await execute(reader, input);
  let executions = 0;
  const kinds = new Set<string>();
  const end = performance.now() + (Number(values.seconds) * 1000) / names.length;
  const first = seed;
  while (performance.now() < end) {
    const runs = {
      seed: seed++,
      numRuns: RUNS,
      interruptAfterTimeLimit: Math.max(1, end - performance.now()),
    };
    const result = await fc.check(
      property(reader, () => executions++),
      runs,
    );
    if (!result.failed || result.counterexample === null) continue;
    const what = String((result.errorInstance as Error)?.stack ?? result.errorInstance)
      .split("\n")
      .slice(0, 3)
      .join(" ");
    const kind = what.replace(/\d+/g, "0").slice(0, 120);
    if (kinds.has(kind)) continue;
    kinds.add(kind);
    findings++;
    process.stdout.write(
      `${name}, seed ${runs.seed}: ${what}\n  ${JSON.stringify(result.counterexample[0])}\n`,
    );
  }
  total += executions;
  process.stdout.write(
    `${name}: ${executions} executions, seeds ${first} to ${seed - 1}, ${kinds.size} findings\n`,
  );
}
process.stdout.write(`${total} executions, ${findings} findings\n`);
process.exit(findings > 0 ? 1 : 0);
