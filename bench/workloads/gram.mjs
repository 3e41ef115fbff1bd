// XᵀX by ell2's kernel, which is not public: the sources are bundled for this alone.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { byTurns } from "../measure.mjs";

const root = join(import.meta.dirname, "../..");

let internal = null;
/** The library and its Gram kernel in one module, so that threads started in it serve both. */
async function library(folder) {
  if (internal !== null) return internal;
  const outfile = join(folder, "internal.mjs");
  await build({
    stdin: {
      contents: 'export * from "./src/index.js"; export { centredGram } from "./src/kernels/index.js";',
      resolveDir: root,
      loader: "ts",
    },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2023",
    outfile,
    logLevel: "error",
  });
  internal = await import(pathToFileURL(outfile).href);
  return internal;
}

/** Differences beside √(Sii·Sjj), the upper triangle. */
function distance(ours, theirs, n) {
  let worst = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      const size = Math.sqrt(theirs[i * n + i] * theirs[j * n + j]);
      worst = Math.max(worst, Math.abs(ours[i * n + j] - theirs[i * n + j]) / size);
    }
  }
  return worst;
}

function gram(atLeast, n, threads) {
  const wanted = { 1: "one thread", 2: "two threads" }[threads];
  async function run(context) {
    const { python } = context;
    const inside = await library(context.folder);
    const pool = threads > 1 && inside.startThreads !== undefined && availableParallelism() > 1;
    const { X, rows } = context.rows(1_000_000, n, 0);
    await context.give(python, context.rows(1_000_000, n, 0));
    const nothing = new Float64Array(0);
    const zeros = new Float64Array(n);
    const ours = () => {
      const out = new Float64Array(n * n);
      inside.centredGram(X.data, nothing, 0, rows, n, 0, zeros, null, out);
      return out;
    };
    if (pool) await inside.startThreads(threads);
    try {
      const measured = await byTurns(ours, (repeat) => python.ask("gram", { data: "rows", threads, repeat }));
      const ran = threads > 1 && !pool ? "; ell2 on one" : "";
      return {
        ...measured,
        peerName: `NumPy ${python.versions.numpy} XᵀX, ${wanted}${ran}`,
        agreement: { error: distance(measured.ours, measured.theirs.gram, n), tolerance: 1e-11 },
        work: { bytes: 8 * rows * n, flops: rows * n * (n + 1), threads },
      };
    } finally {
      if (pool) await inside.stopThreads();
    }
  }
  return { name: `Gram 1 000 000×${n}, ${wanted}`, atLeast, needs: "python", threads: 1, run };
}

export const grams = [gram(0.9, 20, 1), gram(1.3, 20, 2), gram(0.6, 100, 2)];
