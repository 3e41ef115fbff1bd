// What the package computes for whoever imports it: a fit, its drawing, and a sum over several threads.

/**
 * @param ell2 the library, as imported
 * @param charts its charts, as imported
 */
export function compute({ Dataset, fit, LinearRegression, makeRegression, random }, { lineChart }) {
  const { X, Y } = makeRegression({ nFeatures: 6, nInformative: 5, nTargets: 3, noise: 1, randomState: 14 });
  const model = new LinearRegression(6, 3, { lambda: 0.01, generator: new random.Torch(14) });
  const { log } = fit(model, new Dataset({ X, Y }), { epochs: 16, lr: 0.01, batchSize: 33 });
  const series = [{ name: "training", x: log.map(({ epoch }) => epoch), y: log.map(({ mse }) => mse) }];
  const svg = lineChart({ title: "Training", x: { label: "epoch" }, y: { label: "MSE" }, series });
  // a float64 and its shortest text determine each other
  return JSON.stringify({ w: model.w, b: model.b, log, svg });
}
