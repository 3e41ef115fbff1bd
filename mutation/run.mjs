// npm run mutation -- [folder …] [--sample N] [--seed S] [--jobs J] [--json FILE]: changes the source, a place at a time,
// and counts what the tests notice. docs/mutation.md says more.
import { execFileSync, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../scripts/npm.mjs";

const here = join(root, "mutation");
if (!existsSync(join(here, "node_modules"))) {
  const options = ["install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", options, { cwd: here, stdio: "inherit" });
}
const { bundle } = await import("./build.mjs");
const { FOLDERS, mutantsOf } = await import("./mutants.mjs");
const { report } = await import("./report.mjs");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: "string" },
    seed: { type: "string", default: "14" },
    jobs: { type: "string", default: String(Math.min(2, availableParallelism())) },
    json: { type: "string" },
  },
});

// nothing but Node is found: no Python, no PostgreSQL
const env = { ...process.env, PATH: dirname(process.execPath), ELL2_PYTHON: "" };
/** A process that runs tests: without mutants, of which there are so many, or to try them, where what parts report says nothing. */
const start = (outfile, most = 0) =>
  fork(join(here, "child.mjs"), [outfile, String(most)], {
    env,
    stdio: ["ignore", "ignore", most > 0 ? "inherit" : "ignore", "ipc"],
    execArgv: ["--max-old-space-size=1000"],
  });

/** Milliseconds: a mutant may wait for ever, which takes no processor time. */
const CLOCK = 120_000;

/** The child's answer, or null where it ends without one. */
function ask(child, task) {
  return new Promise((resolve) => {
    const settle = (answer) => {
      child.removeAllListeners("message");
      child.removeAllListeners("exit");
      resolve(answer);
    };
    child.once("message", settle);
    child.once("exit", () => settle(null));
    child.send(task);
  });
}

/** What each test takes and which switches it passes, from a run without mutants, where every test must hold. */
async function counted(outfile, most) {
  const child = start(outfile, most);
  const counts = await ask(child, { count: true, cpu: 10 * CLOCK, clock: 10 * CLOCK });
  child.kill();
  if (counts === null) throw new Error("the tests do not run without a mutant");
  const failed = counts.found.filter(({ error }) => error !== null);
  if (failed.length > 0) {
    throw new Error(
      `without a mutant there fail:\n${failed.map(({ file, name, error }) => `${file} > ${name}: ${error}`).join("\n")}`,
    );
  }
  return counts;
}

/** A mutant's place in the order of the sample: the same on every machine. */
const rank = ({ fileName, location: { start, end }, mutatorName, replacement }) =>
  createHash("sha256")
    .update(JSON.stringify([values.seed, fileName, start, end, mutatorName, replacement]))
    .digest("hex");

/** The same share of each file's mutants. */
function sampled(mutants, share) {
  const files = [...new Set(mutants.map(({ fileName }) => fileName))];
  return files.flatMap((file) => {
    const list = mutants.filter(({ fileName }) => fileName === file).map((mutant) => [rank(mutant), mutant]);
    list.sort(([a], [b]) => (a < b ? -1 : 1));
    return list.slice(0, Math.round(share * list.length)).map(([, mutant]) => mutant);
  });
}

/** Which tests can notice each mutant, the quickest first, what they take, and how often they pass its place. */
function plan({ always }, timed) {
  const passing = new Map();
  const note = (id, test, count) => {
    const entry = passing.get(id) ?? { tests: new Set(), visits: 0 };
    passing.set(id, entry);
    entry.tests.add(test);
    entry.visits += count;
  };
  for (const test of timed.found) {
    for (const [id, count] of [...always, ...test.loading.visits, ...test.visits]) note(id, test, count);
  }
  return ({ id }) => {
    const { tests, visits } = passing.get(Number(id)) ?? { tests: new Set(), visits: 0 };
    const asked = [...tests].sort((a, b) => a.ms + a.loading.ms - b.ms - b.loading.ms);
    const files = new Map(asked.map(({ file, loading }) => [file, loading.ms]));
    const quiet =
      asked.reduce((sum, { ms }) => sum + ms, 0) + [...files.values()].reduce((sum, ms) => sum + ms, 0);
    return {
      tests: asked.map(({ file, index, name }) => ({ file, index, name })),
      cpu: 2000 + 4 * quiet,
      clock: CLOCK,
      limit: 100 * visits + 1000,
    };
  };
}

/** Tries mutants in a few processes; calls done(mutant, status, killedBy) for each. */
async function tryAll(mutants, outfile, askedFor, done) {
  const queue = [...mutants];
  const worker = async () => {
    let child = null;
    let tried = 0;
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const asked = askedFor(mutant);
      if (asked.tests.length === 0) {
        done(mutant, "untested");
        continue;
      }
      if (child === null || ++tried % 150 === 0) {
        child?.kill();
        child = start(outfile);
      }
      const answer = await ask(child, { id: Number(mutant.id), ...asked });
      if (answer === null) child = null;
      // out of time or of memory
      const status = answer === null ? "endless" : answer.killedBy === null ? "survived" : "killed";
      done(mutant, status, answer?.killedBy);
    }
    child?.kill();
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, worker));
}

const chosen = positionals.length > 0 ? positionals : Object.keys(FOLDERS);
if (!chosen.every((name) => Object.hasOwn(FOLDERS, name))) {
  process.stderr.write(
    `expected folders out of ${Object.keys(FOLDERS).join(", ")}, got ${chosen.join(", ")}\n`,
  );
  process.exit(2);
}
const temporary = join(here, ".build", String(process.pid));
mkdirSync(temporary, { recursive: true });
const folders = await Promise.all(
  chosen.map(async (name) => ({ name, ...FOLDERS[name], ...(await mutantsOf(FOLDERS[name].source)) })),
);
const all = folders.reduce((sum, { mutants }) => sum + mutants.length, 0);
const share = values.sample === undefined ? 1 : Math.min(1, Number(values.sample) / all);
const results = [];
for (const { name, tests, texts, mutants } of folders) {
  const began = performance.now();
  const [counting, running] = ["counting", "running"].map((kind) => join(temporary, `${name}-${kind}.mjs`));
  await bundle(tests, texts, counting, true);
  await bundle(tests, texts, running, false);
  const most = Math.max(...mutants.map(({ id }) => Number(id))) + 1;
  const visited = await counted(counting, most);
  const timed = await counted(running, most);
  // what each test takes as it will run, and what it passes as it was counted
  for (const [i, test] of timed.found.entries()) {
    test.visits = visited.found[i].visits;
    test.loading.visits = visited.found[i].loading.visits;
  }
  const part = sampled(mutants, share);
  await tryAll(
    part,
    running,
    plan(visited, timed),
    ({ fileName, location, mutatorName, replacement }, status, killedBy) =>
      results.push({ folder: name, file: fileName, location, mutatorName, replacement, status, killedBy }),
  );
  if (values.json) writeFileSync(values.json, JSON.stringify(results));
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stderr.write(
    `${name}: ${part.length} of ${mutants.length} mutants, ${timed.found.length} tests, ${seconds} s\n`,
  );
}
rmSync(temporary, { recursive: true });
process.stdout.write(report(results, all));
