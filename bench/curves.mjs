// How the cost grows with rows, features, epochs and λ: ell2 alone.
import { synthetic } from "./data.mjs";
import { alone } from "./measure.mjs";
import { duration, markdownTable } from "./report.mjs";

const K = 3;

function model(ell2, n) {
  const made = new ell2.LinearRegression(n, K, { lambda: 0.01, generator: new ell2.random.Torch(14) });
  made.w.data.fill(0);
  made.b.data.fill(0);
  return made;
}

const fit = (ell2, dataset, options) => () =>
  ell2.fit(model(ell2, dataset.X.cols), dataset, { lr: 0.01, batchSize: 1024, ...options });

/** The columns of the tables over rows and over features. */
const COLUMNS = {
  "moments, once": (ell2, dataset) => () => ell2.Moments.of(dataset),
  "an epoch, row by row": (ell2, dataset) => fit(ell2, dataset, { epochs: 1, strategy: "rows" }),
  "50 epochs from moments": (ell2, dataset) => fit(ell2, dataset, { epochs: 50, strategy: "moments" }),
  ridge: (ell2, dataset) => () => ell2.ridge(dataset, { lambda: 0.01 }),
};

async function overShapes(ell2, title, shapes) {
  const rows = [[title, ...Object.keys(COLUMNS)]];
  for (const [label, m, n] of shapes) {
    process.stderr.write(`  ${title}: ${label}\n`);
    const dataset = synthetic(ell2, m, n, K);
    const row = [label];
    for (const column of Object.values(COLUMNS)) row.push(duration(await alone(column(ell2, dataset))));
    rows.push(row);
  }
  return markdownTable(rows);
}

async function overEpochs(ell2, most) {
  const dataset = synthetic(ell2, 100, 6, K);
  const batches = ell2.Moments.ofBatches(dataset, 33);
  const rows = [["epochs", "row by row", "from moments, each epoch's losses", "epoch map, parameters only"]];
  for (let epochs = 1; epochs <= most; epochs *= 10) {
    process.stderr.write(`  epochs: ${epochs}\n`);
    const train = (strategy) => fit(ell2, dataset, { batchSize: 33, epochs, strategy });
    const byMap = () => ell2.epochMap(batches, { lr: 0.01, lambda: 0.01 }).after(epochs, model(ell2, 6));
    const row = [String(epochs)];
    for (const work of [train("rows"), train("moments"), byMap]) row.push(duration(await alone(work)));
    rows.push(row);
  }
  return markdownTable(rows);
}

async function overLambdas(ell2, m) {
  const dataset = synthetic(ell2, m, 20, K);
  const fold = (i) => dataset.slice(Math.floor((i * m) / 5), Math.floor(((i + 1) * m) / 5));
  const parts = Array.from({ length: 5 }, (_, i) => ell2.Moments.of(fold(i)));
  const whole = ell2.Moments.merge(parts);
  const rows = [["λ", "path from moments", "path with 5 folds from their moments"]];
  for (const count of [1, 10, 100, 1000]) {
    process.stderr.write(`  λ: ${count}\n`);
    const lambdas = Array.from({ length: count }, (_, i) => 1e-4 * 1e6 ** (i / count));
    const row = [String(count)];
    for (const data of [whole, parts]) {
      row.push(duration(await alone(() => ell2.ridgePath(data, { lambdas }))));
    }
    rows.push(row);
  }
  return markdownTable(rows);
}

/** The four tables, as Markdown. */
export async function curves(ell2, scale) {
  const scaled = (m) => Math.max(200, Math.round(m * scale));
  const rows = [1e3, 1e4, 1e5, 1e6].map((m) => [String(scaled(m)), scaled(m), 20]);
  const features = [5, 10, 20, 50, 100, 200].map((n) => [String(n), scaled(1e5), n]);
  return [
    `Rows, with 20 features and 3 targets, batches of 1024:\n\n${await overShapes(ell2, "rows", rows)}`,
    `Features, with ${scaled(1e5)} rows and 3 targets, batches of 1024:\n\n${await overShapes(ell2, "features", features)}`,
    `Epochs, with 100 rows, 6 features and 3 targets, batches of 33, 33, 33 and 1:\n\n${await overEpochs(ell2, scale < 1 ? 1e3 : 1e6)}`,
    `Number of λ, with ${scaled(1e6)} rows that were read before, 20 features and 3 targets:\n\n${await overLambdas(ell2, scaled(1e6))}`,
  ].join("\n\n");
}
