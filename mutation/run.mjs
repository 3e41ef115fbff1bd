// npm run mutation -- [folder …] [--sample N] [--seed S]: changes the source, one place at a time, and counts what the tests notice.
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
const start = (outfile) =>
  fork(join(here, "child.mjs"), [outfile], {
    env,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    execArgv: ["--max-old-space-size=1000"],
  });

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
async function counted(outfile) {
  const child = start(outfile);
  const counts = await ask(child, { count: true, cpu: 120_000 });
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

/** Which tests can notice a mutant, the quickest first, what they take, and how often they pass its place. */
function askedFor({ id }, { found, coverage }) {
  const visits = (key) => coverage.perTest[key]?.[id] ?? 0;
  const always = coverage.static[id] ?? 0;
  const passing = found
    .map((test) => ({ ...test, visits: always + visits(test.file) + visits(`${test.file}#${test.index}`) }))
    .filter((test) => test.visits > 0)
    .sort((a, b) => a.ms + a.loading - b.ms - b.loading);
  const sum = (key) => passing.reduce((total, test) => total + test[key], 0);
  const loading = new Map(passing.map(({ file, loading }) => [file, loading]));
  const cpu = 2000 + 4 * [...loading.values()].reduce((total, ms) => total + ms, sum("ms"));
  return {
    tests: passing.map(({ file, index, name }) => ({ file, index, name })),
    cpu,
    limit: 100 * sum("visits") + 1000,
  };
}

/** Tries mutants in a few processes; calls done(mutant, status, killedBy) for each. */
async function tryAll(mutants, outfile, counts, done) {
  const queue = [...mutants];
  const worker = async () => {
    let child = null;
    let tried = 0;
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const asked = askedFor(mutant, counts);
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
      if (process.env.DEBUG)
        process.stderr.write(
          `${new Date().toISOString()} ${mutant.fileName}:${mutant.location.start.line + 1} ${mutant.mutatorName} ${asked.tests.length} ${asked.cpu.toFixed(0)} ${JSON.stringify(answer)}\n`,
        );
      const status = answer === null ? "endless" : answer.killedBy === null ? "survived" : "killed";
      done(mutant, status, answer?.killedBy);
    }
    child?.kill();
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, worker));
}

const chosen = positionals.length > 0 ? positionals : Object.keys(FOLDERS);
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
  if (process.env.DEBUG) console.error("bundled", performance.now() - began);
  const { coverage } = await counted(counting);
  if (process.env.DEBUG) console.error("counted", performance.now() - began);
  const counts = { ...(await counted(running)), coverage };
  const part = sampled(mutants, share);
  await tryAll(part, running, counts, ({ fileName, location, mutatorName, replacement }, status, killedBy) =>
    results.push({ folder: name, file: fileName, location, mutatorName, replacement, status, killedBy }),
  );
  if (values.json) writeFileSync(values.json, JSON.stringify(results));
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stderr.write(
    `${name}: ${part.length} of ${mutants.length} mutants, ${counts.found.length} tests, ${seconds} s\n`,
  );
}
rmSync(temporary, { recursive: true });
process.stdout.write(report(results, all));
