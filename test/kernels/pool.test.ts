import { execFileSync } from "node:child_process";
import { afterAll, describe, expect, test } from "vitest";
import { bitsOf } from "../numbers/exact.js";

const DIST = new URL("../../dist/index.js", import.meta.url);
// threads are started from the built files
const ell2: typeof import("../../src/index.js") = await import(DIST.pathname);
const { Dataset, fit, LinearRegression, Matrix, Moments, random, startThreads, stopThreads } = ell2;

const [ROWS, N, K] = [120_001, 20, 3];

/** Rows in shared memory, or not. */
function problem(shared: boolean) {
  const draw = new random.NumPy(7);
  const fill = (matrix: InstanceType<typeof Matrix>) => {
    matrix.data.set(draw.standardNormal(matrix.numel));
    return shared ? matrix : new Matrix(matrix.rows, matrix.cols, Float64Array.from(matrix.data));
  };
  return new Dataset({ X: fill(new Matrix(ROWS, N)), Y: fill(new Matrix(ROWS, K)) });
}

const newModel = () => new LinearRegression(N, K, { lambda: 0.1, generator: new random.Torch(3) });

/** Everything that threads share in, as text of all bits. */
function results(data: InstanceType<typeof Dataset>): Record<string, string> {
  const text = (...values: Float64Array[]) =>
    JSON.stringify(values.map((v) => Array.from(v, bitsOf).map(String)));
  const trained = (options: object) => {
    const model = newModel();
    const { log } = fit(model, data, { epochs: 2, lr: 0.01, strategy: "rows", valid: data, ...options });
    return text(
      model.w.data,
      model.b.data,
      Float64Array.from(log.flatMap(({ mse, mseValid }) => [mse, mseValid!])),
    );
  };
  const weights = Float64Array.from({ length: ROWS }, (_, i) => i % 3);
  const moments = (of: typeof data) => {
    const { meanX, meanY, sxx, sxy, syy } = Moments.of(of);
    return text(meanX, meanY, sxx.data, sxy.data, syy.data);
  };
  return {
    moments: moments(data),
    weighted: moments(new Dataset({ X: data.X, Y: data.Y, weights })),
    "batches' moments": JSON.stringify(Moments.ofBatches(data, 5000)),
    part: moments(data.slice(1000, -1)),
    predictions: text(
      newModel().predict(data.X).data.subarray(0, 300),
      newModel().predict(data.X).data.slice(-300),
    ),
    "full batch": trained({}),
    "batches in order": trained({ batchSize: 1024 }),
    "batches shuffled": trained({ batchSize: 1000, shuffle: true }),
    "small batches shuffled": trained({ batchSize: 33, shuffle: true }),
    "large batches shuffled": trained({ batchSize: 50_000, shuffle: true }),
  };
}

describe("threads", () => {
  afterAll(() => stopThreads());
  const data = problem(true);

  test("give the same bits for any number, on shared memory and off it", async () => {
    expect(data.X.data.buffer).toBeInstanceOf(SharedArrayBuffer);
    const alone = results(data);
    expect(results(problem(false))).toEqual(alone);
    for (const count of [2, 3, 2]) {
      expect(await startThreads(count)).toBe(count);
      expect(results(data)).toEqual(alone);
    }
    expect(results(problem(false))).toEqual(alone);
  }, 120_000);

  test("an epoch that is left in the middle holds nobody up", async () => {
    const options = { epochs: 3, lr: 0.01, batchSize: 1024, strategy: "rows", shuffle: true } as const;
    const whole = () => {
      const model = newModel();
      fit(model, data, options);
      return Array.from(model.w.data, bitsOf);
    };
    const expected = whole();
    expect(await startThreads(2)).toBe(2);
    for (const wait of [0, 40]) {
      const left = newModel();
      let steps = 0;
      const stop = new AbortController();
      const running = ell2.fitAsync(left, data, { ...options, epochs: 50, signal: stop.signal });
      setTimeout(() => stop.abort(), 5);
      await expect(running).rejects.toThrow();
      for (const _ of ell2.epochs(newModel(), data, options)) if (++steps === 1) break;
      await new Promise((resolve) => setTimeout(resolve, wait));
      expect(whole()).toEqual(expected);
    }
  }, 60_000);

  test("startThreads refuses a count that is none, and takes calls at once", async () => {
    for (const count of [0, 1.5, Number.NaN]) {
      const error: unknown = await startThreads(count).catch((caught) => caught);
      expect(error).toMatchObject({
        code: "VALUE",
        message: expect.stringMatching(/^startThreads: .*count/),
      });
    }
    expect(await Promise.all([startThreads(2), startThreads(3), startThreads(1)])).toEqual([2, 3, 1]);
  });

  test("threads do not keep a program alive", () => {
    const program = `import { startThreads } from ${JSON.stringify(DIST.href)}; console.log(await startThreads(2));`;
    const out = execFileSync(process.execPath, ["--input-type=module", "-e", program], { timeout: 20_000 });
    expect(String(out)).toBe("2\n");
  });
});
