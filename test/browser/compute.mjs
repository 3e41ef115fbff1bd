// What the library computes for seed 14: every float64 by its bits. Plain JavaScript, since it runs in Node and in a page.

/** SHA-256 of the bits of float64 values. */
async function hash(...parts) {
  const bytes = parts.flatMap((values) => [
    ...new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  ]);
  const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The notebook's numbers. */
const NOTEBOOK = {
  samples: 10_100,
  train: 100,
  features: 6,
  targets: 3,
  informative: 5,
  noise: 1,
  lambda: 0.01,
  lr: 0.01,
  epochs: 16,
  batch: 33,
};

/** @param ell2 the library, as imported */
export async function compute(ell2) {
  const {
    Dataset,
    fit,
    fitAsync,
    fitRidge,
    runNotebook,
    LinearRegression,
    makeRegression,
    nn,
    optim,
    random,
  } = ell2;
  const normals = new random.NumPy(14).standardNormal(50_001);
  const torch = new random.Torch(14);
  const python = new random.Python(14);
  const { X, Y } = makeRegression({
    nSamples: 10_100,
    nFeatures: 6,
    nInformative: 5,
    nTargets: 3,
    noise: 1,
    randomState: 14,
  });
  const lowRank = makeRegression({ nSamples: 60, nFeatures: 20, effectiveRank: 5, randomState: 14 });
  const rows = new Dataset({ X, Y });
  const [train, valid] = [rows.slice(0, 100), rows.slice(100)];
  const model = new LinearRegression(6, 3, { lambda: 0.01, generator: new random.Torch(14) });
  const { log } = fit(model, train, {
    epochs: 16,
    lr: 0.01,
    batchSize: 33,
    valid,
    shuffle: true,
    momentum: 0.9,
  });
  const other = new LinearRegression(6, 3, { lambda: 0.01, generator: new random.Torch(14) });
  await fitAsync(other, train, { epochs: 300, lr: 0.01, batchSize: 33 });
  const layer = new nn.Linear(6, 3, { generator: new random.Torch(14) });
  const adam = new optim.AdamW(layer.parameters(), { lr: 0.1 });
  for (let step = 0; step < 50; step++) {
    adam.zeroGrad();
    new nn.MSELoss().forward(layer.forward(nn.Tensor.from(train.X)), nn.Tensor.from(train.Y)).backward();
    adam.step();
  }
  const notebook = runNotebook({ ...NOTEBOOK, bias: new random.Python(14).random() }, 14, null).parameters;
  const closed = fitRidge(train, { lambda: 0.01 }).model;
  const hashes = {
    notebook: hash(notebook.scratch.w.data, notebook.scratch.b.data),
    "notebook, nn": hash(notebook.nn.weight.data, notebook.nn.bias.data),
    ridge: hash(closed.weight.data, Float64Array.from(closed.bias)),
    python: hash(Float64Array.from({ length: 5000 }, () => python.random())),
    normals: hash(normals),
    randn: hash(torch.randn(50_001)),
    smallRandn: hash(Float64Array.from({ length: 5000 }, () => torch.randn(1)[0])),
    X: hash(X.data),
    Y: hash(Y.data),
    lowRank: hash(lowRank.X.data),
    log: hash(Float64Array.from(log.flatMap(({ mse, mseValid }) => [mse, mseValid]))),
    w: hash(model.w.data),
    b: hash(model.b.data),
    async: hash(other.w.data),
    nn: hash(layer.weight.data),
  };
  return Object.fromEntries(
    await Promise.all(Object.entries(hashes).map(async ([name, promise]) => [name, await promise])),
  );
}
