// node bench/stream.mjs [ROWS]: a Parquet file of ROWS × (10 features, 1 target), read by DuckDB's own
// sums, fetched into Node and left alone, and added up to moments. Each runs three times in a process of
// its own; the best time and the largest resident memory count. Builds nothing: npm run build first.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";

const FEATURES = 10;
const RUNS = 3;
const names = Array.from({ length: FEATURES }, (_, j) => `x${j}`);

async function connect() {
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: "512MB" });
  const connection = await instance.connect();
  await connection.run("SET streaming_buffer_size = '64MB'");
  return connection;
}

const tasks = {
  async make(file, rows) {
    const connection = await connect();
    await connection.run("SELECT setseed(0.14)");
    const columns = names.map((name, j) => `${j} + ${j + 1} * random() AS ${name}`);
    await connection.run(
      `COPY (SELECT *, 3 * x0 - x1 + random() AS y FROM (SELECT ${columns.join(", ")} FROM range(${rows})))
       TO '${file}' (FORMAT parquet)`,
    );
  },
  async sums(file) {
    const sums = [...names, "y"].map((name) => `sum(${name})`);
    const connection = await connect();
    await connection.runAndReadAll(`SELECT ${sums.join(", ")} FROM '${file}'`);
  },
  async fetch(file) {
    const connection = await connect();
    const result = await connection.stream(`SELECT ${[...names, "y"].join(", ")} FROM '${file}'`);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      for (let j = 0; j <= FEATURES; j++) chunk.getColumnVector(j);
    }
  },
  async moments(file) {
    const { momentsOf } = await import("../dist/sources/index.js");
    await momentsOf(file, { targets: ["y"] });
  },
};

async function child(task, file, rows) {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < (task === "make" ? 1 : RUNS); run++) {
    const start = performance.now();
    await tasks[task](file, rows);
    best = Math.min(best, performance.now() - start);
  }
  process.stdout.write(JSON.stringify({ seconds: best / 1000, mib: process.resourceUsage().maxRSS / 1024 }));
}

function parent(rows) {
  const folder = mkdtempSync(join(tmpdir(), "ell2-bench-"));
  const file = join(folder, "rows.parquet");
  const run = (task) =>
    JSON.parse(execFileSync(process.execPath, [fileURLToPath(import.meta.url), task, file, String(rows)]));
  const print = (what, { seconds, mib }, more = "") =>
    process.stdout.write(
      `  ${what.padEnd(34)}${seconds.toFixed(2).padStart(7)} s${mib.toFixed(0).padStart(7)} MiB${more}\n`,
    );
  try {
    run("make");
    process.stdout.write(
      `${rows} rows × ${FEATURES} features and 1 target, ${(statSync(file).size / 2 ** 20).toFixed(0)} MiB of Parquet\n`,
    );
    print("DuckDB's own sums of the columns", run("sums"));
    const fetched = run("fetch");
    print("fetched into Node, nothing done", fetched);
    const ours = run("moments");
    print("momentsOf", ours, `   ${(ours.seconds / fetched.seconds).toFixed(2)} times fetching`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [task = "20000000", file, rows] = process.argv.slice(2);
if (task in tasks) await child(task, file, rows);
else parent(Number(task));
