import { expect, test } from "vitest";
import { runInChild } from "../numbers/child.js";

/**
 * Trains warm, then an epoch of 200 000 batches of one row, and prints by how many bytes the heap
 * grew meanwhile. The young generation is wide enough that nothing is collected in between: what
 * was allocated shows. Code that is not compiled yet boxes its numbers, so there are more tries;
 * the least growth counts.
 */
const code = (options: string, limit: number) => `
  import { Dataset } from "./data/dataset.js";
  import { epochs } from "./fit/fit.js";
  import { Matrix } from "./linalg/matrix.js";
  import { LinearRegression } from "./model/linearRegression.js";
  import { Torch } from "./random/torch.js";

  const [m, n, k] = [200_000, 6, 3];
  const entries = (size) => Float64Array.from({ length: size }, (_, i) => ((i * 0.618) % 1) - 0.5);
  const train = new Dataset({ X: new Matrix(m, n, entries(m * n)), Y: new Matrix(m, k, entries(m * k)) });
  const model = new LinearRegression(n, k, { lambda: 0.01, generator: new Torch(1) });
  const run = epochs(model, train, { epochs: 43, lr: 1e-4, batchSize: 1, ...${options} });
  for (let warm = 0; warm < 3; warm++) run.next();
  let least = Infinity;
  for (let i = 0; i < 40 && least > ${limit}; i++) {
    gc();
    const before = process.memoryUsage().heapUsed;
    run.next();
    least = Math.min(least, process.memoryUsage().heapUsed - before);
  }
  console.log(least);
`;

const KB = 1024;

// one boxed number a batch would be 3 MB
test.each([
  ["{}", 64 * KB],
  ["{ momentum: 0.9, nesterov: true }", 64 * KB],
  ["{ shuffle: true }", 512 * KB], // the epoch's order is drawn outside the loop over batches
])(
  "an epoch of 200 000 batches of one row allocates nothing in their loop, with options %s",
  async (options, limit) => {
    const out = await runInChild(
      code(options, limit),
      ["--expose-gc", "--min-semi-space-size=64", "--no-concurrent-recompilation"],
      30,
    );
    expect(out).not.toBeNull();
    const grown = Number(out);
    expect(grown).toBeGreaterThan(-64 * KB); // nothing was collected while it ran
    expect(grown).toBeLessThan(limit);
  },
  40_000,
);
