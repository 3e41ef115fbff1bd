// The notebook's fit: 100 rows, 10 000 validated, 6 features, 3 targets, 16 epochs, batches of 33, 33, 33 and 1.
import { byTurns } from "../measure.mjs";
import { outcome, sides } from "./train.mjs";

/** The notebook's data and start, seeded with 14; the same small size at every scale. */
function prepare(context, strategy) {
  const { ell2 } = context;
  const bias = new ell2.random.Python(14).random();
  const made = ell2.makeRegression({
    nSamples: 10_100,
    nFeatures: 6,
    nInformative: 5,
    nTargets: 3,
    noise: 1,
    bias,
    randomState: 14,
  });
  const all = new ell2.Dataset(made);
  const layer = new ell2.nn.Linear(6, 3, { generator: new ell2.random.Torch(14) });
  const start = () => {
    const model = new ell2.LinearRegression(6, 3, { lambda: 0.01, generator: new ell2.random.Torch(14) });
    model.copyParams(layer);
    return model;
  };
  const set = { all, train: all.slice(0, 100), valid: all.slice(100) };
  return { all, ...sides(context, set, start, { epochs: 16, lr: 0.01, batchSize: 33, strategy }) };
}

async function besidePyTorch(context, strategy) {
  const { all, ours, job, work } = prepare(context, strategy);
  const { python } = context;
  await context.give(python, all, 100);
  const measured = await byTurns(ours, (repeat) => python.ask("train", { ...job, shuffle: null, repeat }));
  return outcome(measured, 1e-9, `${context.torch}, nn`, work);
}

/** In the faster of TensorFlow.js's backends that need no download; single precision. */
async function besideTensorFlow(context, strategy) {
  const { all, ours, job, work } = prepare(context, strategy);
  const { javascript } = context;
  await context.give(javascript, all, 100);
  const seconds = {};
  for (const backend of ["cpu", "wasm"]) {
    const ask = () => javascript.ask("train", { ...job, backend, repeat: 3 });
    await ask();
    seconds[backend] = (await ask()).seconds;
  }
  const backend = seconds.cpu < seconds.wasm ? "cpu" : "wasm";
  const measured = await byTurns(ours, (repeat) => javascript.ask("train", { ...job, backend, repeat }));
  return outcome(
    measured,
    1e-4,
    `tfjs ${javascript.versions.tfjs}, backend ${backend} (the faster of cpu and wasm), float32`,
    work,
  );
}

export const notebook = [
  {
    name: "notebook fit, from moments",
    atLeast: 30,
    needs: "python",
    run: (context) => besidePyTorch(context, "moments"),
  },
  {
    name: "notebook fit, row by row",
    atLeast: 6,
    needs: "python",
    run: (context) => besidePyTorch(context, "rows"),
  },
  {
    name: "notebook fit, TensorFlow.js, from moments",
    atLeast: 30,
    needs: "javascript",
    run: (context) => besideTensorFlow(context, "moments"),
  },
  {
    name: "notebook fit, TensorFlow.js, row by row",
    atLeast: 30,
    needs: "javascript",
    run: (context) => besideTensorFlow(context, "rows"),
  },
];
