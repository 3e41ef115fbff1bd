// What engines take to add rows up: node bench/engines.mjs [duckdb|postgres|trino|large] …
// PostgreSQL and Trino are those at ELL2_POSTGRES and ELL2_TRINO, in which tables are made and dropped.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { engineMoments, withEngine } from "../dist/sources/index.js";

const program = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const asked = process.argv.slice(2);
const wants = (name) => asked.length === 0 || asked.includes(name);
const folder = mkdtempSync(join(tmpdir(), "ell2-engines-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
process.on("SIGINT", () => process.exit(130));

const say = (text) => process.stdout.write(`${text}\n`);
const seconds = async (work) => {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { time: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
};
/** Time, and processor time of all threads, which other work on the machine changes less. */
const both = ({ time, cpu }) => `${time.toFixed(1)} s (${cpu.toFixed(1)} s of processors)`;
const names = (n) => [...Array.from({ length: n }, (_, j) => `x${j}`), "y"];
/** n features and a target, each random; one of them far from 0. */
const columns = (n, random) =>
  names(n)
    .map((name, j) => `${random} * ${j + 1} + ${j === 1 ? "1E8" : "0E0"} AS ${name}`)
    .join(", ");

async function duckdb(sql) {
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: "512MB",
    temp_directory: join(folder, "spill"),
  });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowsJS();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A Parquet file of random rows. */
async function parquet(rows, n) {
  const path = join(folder, `${rows}x${n}.parquet`);
  if (!existsSync(path))
    await duckdb(
      `COPY (SELECT i AS id, ${columns(n, "random()")} FROM range(${rows}) AS r(i)) TO '${path}' (FORMAT parquet)`,
    );
  return path;
}

/** The numbers below m; a sequence of Trino's has at most 10 000. */
const trinoRows = (m) =>
  `(SELECT u + 10000 * v AS i FROM UNNEST(sequence(0, ${Math.min(m, 1e4) - 1})) AS a(u) ` +
  `CROSS JOIN UNNEST(sequence(0, ${Math.ceil(m / 1e4) - 1})) AS b(v)) AS r`;

const choice = { targets: ["y"], features: ["x*"] };

/** Milliseconds and bytes of what comes back, of one call. */
async function line(name, rows, n, source, folds) {
  let got;
  const { time } = await seconds(async () => {
    got = await engineMoments(source, { ...choice, ...folds });
  });
  const p = n + 1;
  const groups = got.folds?.moments.length ?? 1;
  const values = groups * ((p * (p + 1)) / 2 + 2 * p + 3 + (folds ? 1 : 0)) + 1 + p;
  say(`| ${name} | ${rows} | ${n} | ${groups} | ${(time * 1000).toFixed(0)} | ${values * 8} |`);
}

const SIZES = [
  [1e4, 10],
  [1e5, 10],
  [1e6, 10],
  [1e7, 10],
  [1e5, 5],
  [1e5, 20],
  [1e5, 50],
  [1e5, 100],
  [1e5, 200],
];
const head = () =>
  say("| engine | rows | features | groups | ms | bytes back |\n| --- | --- | --- | --- | --- | --- |");

if (wants("duckdb")) {
  head();
  for (const [rows, n] of SIZES) {
    const path = await parquet(rows, n);
    await line("DuckDB", rows, n, path);
    if (n === 10) await line("DuckDB", rows, n, path, { foldBy: "id % 5" });
    rmSync(path);
  }
}

for (const [name, address, random, series, mod] of [
  [
    "PostgreSQL",
    process.env.ELL2_POSTGRES,
    "random()",
    (m) => `generate_series(0, ${m - 1}) AS r(i)`,
    "id % 5",
  ],
  ["Trino", process.env.ELL2_TRINO, "random()", trinoRows, "id % 5"],
]) {
  if (!wants(name === "Trino" ? "trino" : "postgres") || address === undefined) continue;
  head();
  for (const [rows, n] of SIZES) {
    const table = `ell2_bench_${rows}_${n}`;
    const change = (statements) =>
      withEngine(address, { writes: true }, async ({ query }) => {
        for (const sql of statements) await query(sql);
      });
    await change([
      `DROP TABLE IF EXISTS ${table}`,
      `CREATE TABLE ${table} AS SELECT i AS id, ${columns(n, random)} FROM ${series(rows)}`,
    ]);
    await line(name, rows, n, { path: address, table });
    if (n === 10) await line(name, rows, n, { path: address, table }, { foldBy: mod });
    await change([`DROP TABLE ${table}`]);
  }
}

const of = (pid, what) => readFileSync(`/proc/${pid}/${what}`, "utf8");

/** Time and the most memory of a command. */
async function command(args) {
  const start = performance.now();
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let [most, cpu] = [0, 0];
  const look = setInterval(() => {
    try {
      most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(of(child.pid, "status"))?.[1] ?? 0));
      const [user, system] = of(child.pid, "stat").replace(/.*\) /s, "").split(" ").slice(11, 13);
      cpu = (Number(user) + Number(system)) / 100; // ticks of 10 ms
    } catch {} // gone, or another system
  }, 100);
  let out = "";
  child.stdout.on("data", (bytes) => {
    out += bytes;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearInterval(look);
  if (code !== 0) throw new Error(`exit ${code}`);
  return { time: (performance.now() - start) / 1000, cpu, megabytes: most / 1024, out };
}

if (asked.includes("large")) {
  const [rows, n] = [Number(process.env.ELL2_ROWS ?? 1e8), 10];
  const path = await parquet(rows, n);
  say(
    `${rows} rows, ${n} features and a target, ${(statSync(path).size / 2 ** 30).toFixed(1)} GiB of Parquet`,
  );
  const z = names(n);
  const products = z.flatMap((a, i) => z.slice(i).map((b) => `sum(${a} * ${b})`));
  const sums = z.map((a) => `sum(${a})`);
  const took = async (list) => both(await seconds(() => duckdb(`SELECT ${list} FROM '${path}'`)));
  say(`DuckDB's plain sums of the columns: ${await took(sums)}`);
  say(`and of squares and products: ${await took([...sums, ...products])}`);
  const { time, cpu, megabytes, out } = await command([
    "path",
    path,
    "--target",
    "y",
    "--features",
    "x*",
    "--fold-by",
    "id % 5",
    "--json",
  ]);
  const { points } = JSON.parse(out);
  say(
    `ell2 path --fold-by "id % 5", ${points.length} λ: ${both({ time, cpu })}, at most ${megabytes.toFixed(0)} MiB`,
  );
}
