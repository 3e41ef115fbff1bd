// A process that tries mutants: {id, tests, limit, cpu} comes in, {killedBy} goes out. Asked to count, it runs every test
// without a mutant instead. The tests run in a thread, and the main thread looks at how much processor time they take:
// a mutant may loop for ever, and the clock says little on a busy machine.
import { pathToFileURL } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function runTest({ chain, run }) {
  for (const { before } of chain) {
    for (const step of before) {
      if (!step.done) await step.hook();
      step.done = true;
    }
  }
  try {
    await run();
  } finally {
    for (const { after } of chain) for (const hook of after) await hook();
  }
}

/** Runs the hooks that clean up after a file, each once. */
async function end(tests) {
  for (const hook of new Set(tests.flatMap(({ chain }) => chain.flatMap(({ ends }) => ends)))) await hook();
}

let loads = 0;
const load = () => import(`${pathToFileURL(workerData.outfile)}?${loads++}`);

/** The tests of a file, which is loaded. */
async function testsOf({ files, taken }, file) {
  await files[file]();
  return taken();
}

/** What was counted since the last time: [mutant, visits] of those that were passed. */
function passed(visits) {
  const found = [...visits.entries()].filter(([, count]) => count > 0);
  visits.fill(0);
  return found;
}

/** Runs every test without a mutant, and says what time each takes and how often it passes which mutant's place. */
async function count() {
  const { visits } = globalThis.ell2Mutation;
  const loaded = await load();
  for (const source of loaded.sources) await source();
  const always = passed(visits);
  const found = [];
  for (const file of Object.keys(loaded.files)) {
    const before = cpu();
    const tests = await testsOf(loaded, file);
    const loading = { ms: cpu() - before, visits: passed(visits) };
    for (const [index, test] of tests.entries()) {
      const started = cpu();
      let error = null;
      try {
        await runTest(test);
      } catch (failure) {
        error = String(failure?.stack ?? failure).slice(0, 400);
      }
      found.push({
        file,
        index,
        name: test.name,
        ms: cpu() - started,
        visits: passed(visits),
        loading,
        error,
      });
    }
    await end(tests);
  }
  return { found, always };
}

/** Tries one mutant: the name of the first test that notices it, or null. */
async function attempt({ id, tests: order, limit }) {
  const state = Object.assign(globalThis.ell2Mutation, { active: id, hits: 0, limit });
  const opened = new Map();
  let killedBy = null;
  try {
    const loaded = await load();
    for (const { file, index, name } of order) {
      killedBy = `${file} > ${name}`;
      if (!opened.has(file)) opened.set(file, await testsOf(loaded, file));
      await runTest(opened.get(file)[index]);
      killedBy = null;
    }
  } catch {
    // the last one begun has noticed
  }
  state.active = -1;
  await end([...opened.values()].flat()).catch(() => {});
  return { killedBy };
}

if (isMainThread) {
  const [outfile, mutants] = process.argv.slice(2);
  const worker = new Worker(new URL(import.meta.url), { workerData: { outfile, mutants: Number(mutants) } });
  let watch;
  process.on("message", (task) => {
    const started = cpu();
    const clock = performance.now();
    watch = setInterval(() => {
      if (cpu() - started > task.cpu || performance.now() - clock > task.clock) process.exit(1);
    }, 100);
    worker.postMessage(task);
  });
  worker.on("message", (answer) => {
    clearInterval(watch);
    process.send(answer);
  });
  worker.on("error", () => process.exit(1));
} else {
  process.on("unhandledRejection", () => {});
  const visits = new Float64Array(workerData.mutants);
  globalThis.ell2Mutation = { active: -1, hits: 0, limit: Number.POSITIVE_INFINITY, visits };
  parentPort.on("message", async (task) =>
    parentPort.postMessage(await (task.count ? count() : attempt(task))),
  );
}
