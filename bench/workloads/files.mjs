// From a file to weights, standard errors and diagnostics: whole processes, in processor time.
import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { relative } from "../agreement.mjs";

const root = join(import.meta.dirname, "../..");
const FEATURES = 22;
const ROUNDS = 5;
const LAMBDA = 0.1;

/** Writes seeded rows of 22 features and a target with noise, each feature in a unit and about a mean of its own. */
async function write(path, rows) {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" }); // with more, random() is not repeatable
  const connection = await instance.connect();
  const normal = "sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())";
  const features = Array.from({ length: FEATURES }, (_, j) => `${j + 1} * ${normal} + ${j} AS x${j}`);
  const sum = Array.from({ length: FEATURES }, (_, j) => `${(j % 5) - 2} * x${j}`).join(" + ");
  await connection.run("SELECT setseed(0.5)");
  await connection.run(`CREATE TABLE features AS SELECT ${features.join(", ")} FROM range(${rows})`);
  await connection.run(`COPY (SELECT *, 3 + ${sum} + 10 * ${normal} AS y FROM features) TO '${path}'`);
  connection.closeSync();
  instance.closeSync();
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

function workload(name, kind, count, choosing) {
  return {
    name,
    atLeast: 0.5,
    needs: "polars",
    async run({ folder, polars, scale }) {
      const path = join(folder, `rows.${kind}`);
      await write(path, Math.round(count * scale));
      const run = (env, ...command) =>
        JSON.parse(
          execFileSync(polars, [join(root, "bench/processTime.py"), ...command], {
            encoding: "utf8",
            stdio: ["ignore", "pipe", "inherit"],
            env: { ...process.env, ...env },
            maxBuffer: 2 ** 28,
          }),
        );
      const choice = choosing ? [] : ["--lambda", String(LAMBDA)];
      const fit = ["fit", path, "--target", "y", "--json", ...choice];
      const ours = () => run({}, process.execPath, join(root, "dist/cli.js"), ...fit);
      const first = ours();
      const { model } = JSON.parse(first.output);
      // a chosen λ is told to the peer, which has no choice to make
      const peer = (threads) =>
        run(
          { POLARS_MAX_THREADS: threads, OPENBLAS_NUM_THREADS: threads },
          polars,
          join(root, "bench/polarsPeer.py"),
          path,
          "y",
          String(choosing ? model.lambda : LAMBDA),
        );
      const threads = [...new Set(["1", String(availableParallelism())])];
      const sides = [ours, ...threads.map((count) => () => peer(count))];
      const turns = Array.from({ length: ROUNDS }, () => sides.map((side) => side()));
      const of = (side, what) => median(turns.map((turn) => turn[side][what]));
      const best = threads
        .map((_, i) => i + 1)
        .reduce((a, b) => (of(a, "processor") <= of(b, "processor") ? a : b));
      const { versions, ...theirs } = JSON.parse(turns[0][best].output);
      const walls = [0, best].map((side) => `${of(side, "wall").toFixed(2)} s`);
      return {
        ell2: of(0, "processor"),
        peer: of(best, "processor"),
        peerName: `polars ${versions.polars} and NumPy ${versions.numpy}, ${threads[best - 1]} threads; wall time ${walls[0]} and ${walls[1]}`,
        agreement: {
          error: relative(numbersOf(JSON.parse(first.output)), Object.values(theirs).flat()),
          tolerance: 1e-8,
        },
        work: null,
      };
    },
  };
}

/** Weights, bias, R² and standard errors, as the peer prints them. */
const numbersOf = ({ model, metrics, inference }) => [
  ...model.weight.flat(),
  ...model.bias,
  metrics.train[0].r2,
  ...inference.standardError.flat(),
];

export const files = [
  workload("Parquet file to weights, 1 000 000×22→1, processor time", "parquet", 1_000_000, false),
  workload("CSV file to weights, 200 000×22→1, processor time", "csv", 200_000, false),
  workload("CSV file to weights, λ chosen, processor time", "csv", 200_000, true),
];
