// XᵀX about the means, which is what ell2 has: `Moments.of` with no targets, beside NumPy's XᵀX about zero.
import { availableParallelism } from "node:os";
import { byTurns } from "../measure.mjs";

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
    const { Dataset, Matrix, Moments, startThreads, stopThreads } = context.ell2;
    const pool = threads > 1 && availableParallelism() > 1;
    const { X, rows } = context.rows(1_000_000, n, 0);
    await context.give(python, context.rows(1_000_000, n, 0));
    const data = new Dataset({ X, Y: new Matrix(rows, 0) });
    const ours = () => {
      const { sxx, meanX } = Moments.of(data);
      return sxx.data.map((s, at) => s + rows * meanX[Math.floor(at / n)] * meanX[at % n]);
    };
    if (pool) await startThreads(threads);
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
      if (pool) await stopThreads();
    }
  }
  return { name: `Gram 1 000 000×${n}, ${wanted}`, atLeast, needs: "python", threads: 1, run };
}

export const grams = [gram(0.9, 20, 1), gram(1.3, 20, 2), gram(0.6, 100, 2)];
