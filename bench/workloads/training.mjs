// Training on many rows, in row order, shuffled, and on all rows at once.
import { byTurns } from "../measure.mjs";
import { outcome, sides } from "./train.mjs";

/** Of PyTorch's two ways to shuffle, the one whose epoch is shorter. */
async function fasterShuffle(python, job) {
  const seconds = {};
  for (const shuffle of ["rows", "batch"]) {
    const answer = await python.ask("train", { ...job, epochs: 1, shuffle, repeat: 1 });
    seconds[shuffle] = answer.seconds;
  }
  return seconds.rows < seconds.batch ? "rows" : "batch";
}

const WAYS = { rows: "permuting all rows at once", batch: "permuting batch by batch" };

function training({ name, atLeast, shape: [m, n, k], options, peerEpochs }) {
  async function run(context) {
    const { ell2, python } = context;
    const train = context.rows(m, n, k);
    const start = () => {
      const model = new ell2.LinearRegression(n, k, {
        lambda: 0.01,
        generator: new ell2.random.Torch(14),
      });
      model.w.data.fill(0);
      model.b.data.fill(0);
      return model;
    };
    const { epochs, shuffle = false } = options;
    const given = { batchSize: train.rows, ...options };
    const { ours, job, work } = sides(context, { train, valid: null }, start, given);
    await context.give(python, train);
    const way = shuffle ? await fasterShuffle(python, job) : null;
    const theirs = peerEpochs ?? epochs;
    const measured = await byTurns(ours, (repeat) =>
      python.ask("train", { ...job, epochs: theirs, shuffle: way, repeat }),
    );
    measured.peer *= epochs / theirs;
    if (theirs !== epochs) measured.ours = ours({ epochs: theirs });
    const notes = [
      `${context.torch}, nn`,
      ...(shuffle ? [WAYS[way]] : []),
      ...(theirs === epochs ? [] : [`${theirs} epochs measured, scaled to ${epochs}`]),
    ];
    return outcome(measured, 1e-9, notes.join(", "), work);
  }
  return { name, atLeast, needs: "python", run };
}

export const trainings = [
  training({
    name: "100 000×6→3, batch 33, 20 epochs",
    atLeast: 100,
    shape: [100_000, 6, 3],
    options: { epochs: 20, lr: 0.01, batchSize: 33 },
  }),
  training({
    name: "1 000 000×20→3, batch 1024, 50 epochs",
    atLeast: 50,
    shape: [1_000_000, 20, 3],
    options: { epochs: 50, lr: 0.01, batchSize: 1024 },
  }),
  training({
    name: "1 000 000×20→3, batch 1024, shuffled, 5 epochs",
    atLeast: 2.5,
    shape: [1_000_000, 20, 3],
    options: { epochs: 5, lr: 0.01, batchSize: 1024, shuffle: true },
  }),
  training({
    name: "1 000 000×20→3, full batch, 1000 epochs",
    atLeast: 500,
    shape: [1_000_000, 20, 3],
    options: { epochs: 1000, lr: 0.1 },
    peerEpochs: 20,
  }),
  training({
    name: "200 000×256→8, batch 512, 20 epochs",
    atLeast: 2.5,
    shape: [200_000, 256, 8],
    options: { epochs: 20, lr: 0.1, batchSize: 512 },
  }),
];
