// npm run test:trino: the tests in test/trino, against a Trino with two workers that is started for them.
// Ends with one line: N passed, N failed, N skipped.
import { install, must } from "./npm.mjs";

install();
const { startTrino } = await import("./trino.mjs");
const { exitWithoutTrino } = await import("./trinoServer.mjs");
const { testAndExit } = await import("./vitest.mjs");
exitWithoutTrino();
must(process.execPath, ["scripts/build.mjs"]);
process.stdout.write("starting Trino …\n");
const started = Date.now();
const { workers, stop, ...cluster } = await startTrino({ users: { ann: "s3cret" }, strangers: ["bob"] });
process.stdout.write(`Trino is up after ${Math.round((Date.now() - started) / 1000)} s: ${cluster.url}\n`);
process.env.ELL2_TRINO_CLUSTER = JSON.stringify({ ...cluster, workers: workers.map(({ pid }) => pid) });
testAndExit(["--config", "test/trino/vitest.config.ts", ...process.argv.slice(2)], undefined, stop);
