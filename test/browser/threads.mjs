// What threads compute together, every float64 by its bits, with how many they were. Plain JavaScript, since it runs in Node and in a page's worker.

/**
 * @param ell2 the library, as imported
 * @param count threads to ask for
 */
export async function computeTogether(ell2, count) {
  const { Dataset, fit, LinearRegression, Matrix, Moments, random, startThreads, stopThreads } = ell2;
  const threads = await startThreads(count);
  const [rows, n, k] = [100_001, 20, 3];
  const [X, Y] = [new Matrix(rows, n), new Matrix(rows, k)];
  const draw = new random.NumPy(14);
  for (const matrix of [X, Y]) matrix.data.set(draw.randomSample(matrix.numel));
  const data = new Dataset({ X, Y });
  const model = new LinearRegression(n, k, { lambda: 0.01, generator: new random.Torch(14) });
  const { log } = fit(model, data, { epochs: 2, lr: 0.01, batchSize: 512, shuffle: true, valid: data });
  const bits = (values) => Array.from(new BigInt64Array(Float64Array.from(values).buffer), String).join();
  const { sxx, meanX } = Moments.of(data);
  await stopThreads();
  return { threads, log: JSON.stringify(log), w: bits(model.w.data), sxx: bits(sxx.data), mean: bits(meanX) };
}
