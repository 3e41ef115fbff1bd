// npm run bench [-- WORD… --json --scale S --curves --write]: measures ell2 beside its peers, or how its cost grows.
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as ell2 from "../dist/index.js";
import { curves } from "./curves.mjs";
import { give, synthetic } from "./data.mjs";
import { describeMachine, limitOf, measureMachine } from "./machine.mjs";
import { findPython, startJavaScript, startPython } from "./peer.mjs";
import { asJson, duration, holds, resultsMarkdown, textTable, writeSection } from "./report.mjs";
import { workloads } from "./workloads/index.mjs";

const USAGE = `npm run bench -- [WORD…] [options]
  WORD        only workloads whose name contains one of the words
  --json      print an array of {name, unit, ell2, peer, peerName, ratio, agreement}
  --scale S   S times as many rows, 0 < S ≤ 1: to try the benchmark, not to measure
  --curves    measure how the cost grows with rows, features, epochs and λ, instead
  --write     put the tables into docs/performance.md too
`;

const say = (text) => process.stderr.write(`${text}\n`);

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        scale: { type: "string", default: "1" },
        curves: { type: "boolean", default: false },
        write: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const scale = Number(values.scale);
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    if (!(scale > 0 && scale <= 1)) throw new Error(`--scale must be in (0, 1], not ${values.scale}`);
    const named = ({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word));
    const chosen = workloads.filter(named);
    if (chosen.length === 0) throw new Error(`no workload has a name with ${positionals.join(" or ")}`);
    return { ...values, scale, chosen };
  } catch (error) {
    say(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

/** What workloads are given: the library, the peers that could be started, and rows. */
async function makeContext({ chosen, scale }, folder) {
  const pythonPath = findPython("torch", "sklearn", "numpy");
  const python = pythonPath === null ? null : await startPython(pythonPath);
  const javascript = chosen.some(({ needs }) => needs === "javascript") ? await startJavaScript() : null;
  let made = { key: null, dataset: null };
  const given = new Map();
  return {
    ell2,
    folder,
    scale,
    pythonPath,
    polars: findPython("polars", "numpy"),
    python,
    javascript,
    torch: python && `PyTorch ${python.versions.torch} with ${python.threads} threads`,
    sklearn: python && `scikit-learn ${python.versions.sklearn}`,
    /** Synthetic rows of this shape, scaled; made once for workloads in a row that share it. */
    rows(m, n, k) {
      const key = [m, n, k].join();
      if (made.key !== key)
        made = { key, dataset: synthetic(ell2, Math.max(2000, Math.round(m * scale)), n, k) };
      return made.dataset;
    },
    /** Puts a data set to a peer as "rows", unless it has it. */
    async give(peer, dataset, trainRows = dataset.rows) {
      if (given.get(peer) === dataset) return;
      await give(peer, folder, dataset, trainRows);
      given.set(peer, dataset);
    },
  };
}

/** Runs the workloads in order, a line for each on stderr. */
async function measure(chosen, context, machine) {
  const results = [];
  let failures = 0;
  for (const [i, workload] of chosen.entries()) {
    const head = `${i + 1}/${chosen.length} ${workload.name}`;
    if (context[workload.needs] === null) {
      const what = {
        python: "Python with torch and scikit-learn",
        polars: "Python with polars and NumPy",
        javascript: "npm's packages",
      };
      say(`${head}: skipped, no ${what[workload.needs]} found`);
      continue;
    }
    const threads = workload.threads ?? availableParallelism();
    if (ell2.startThreads && threads > 1) await ell2.startThreads(threads);
    try {
      const { ell2: seconds, peer, peerName, agreement, work } = await workload.run(context);
      const { name, atLeast } = workload;
      const limit = limitOf(work, machine);
      const result = { name, atLeast, ell2: seconds, peer, peerName, agreement, limit };
      results.push(result);
      if (!holds(result)) failures++;
      say(
        `${head}: ${duration(seconds)} against ${duration(peer)}, ratio ${(peer / seconds).toPrecision(3)}` +
          `${peer / seconds < atLeast ? ` (at least ${atLeast} was asked)` : ""}` +
          `${holds(result) ? "" : `; NOT THE SAME JOB: ${agreement.error} apart, at most ${agreement.tolerance}`}`,
      );
    } catch (error) {
      failures++;
      say(`${head}: FAILED: ${error.stack}`);
    } finally {
      if (ell2.startThreads && threads > 1) await ell2.stopThreads();
    }
  }
  return { results, failures };
}

const options = readOptions();
if (options.scale < 1)
  say(`scale ${options.scale}: these are not the workloads, and the figures say nothing`);
if (options.curves) {
  const text = await curves(ell2, options.scale);
  process.stdout.write(`${text}\n`);
  if (options.write) writeSection("curves", text);
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), "ell2-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));

const context = await makeContext(options, folder);
const machine = options.scale < 1 ? null : await measureMachine(context.python);
const peers = [context.python, context.javascript].flatMap((peer) =>
  Object.entries(peer?.versions ?? {}).map(([name, version]) => `${name} ${version}`),
);
const described = describeMachine(machine, peers);
for (const line of described) say(line);
const { results, failures } = await measure(options.chosen, context, machine);

process.stdout.write(
  options.json ? `${JSON.stringify(results.map(asJson), null, 2)}\n` : `${textTable(results)}\n`,
);
if (options.write) {
  writeSection("machine", described.map((line) => `- ${line}`).join("\n"));
  writeSection(
    "workloads",
    resultsMarkdown(
      workloads.map(({ name }) => name),
      results,
    ),
  );
}
process.exit(failures > 0 ? 1 : 0);
