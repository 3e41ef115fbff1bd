// A program of someone who uses the package from TypeScript.
import {
  Dataset,
  Ell2Error,
  type FitOptions,
  fit,
  LinearRegression,
  type LogEntry,
  Matrix,
  type Moments,
  makeRegression,
  nn,
  optim,
  random,
} from "ell2";
import { type LineChartOptions, lineChart } from "ell2/charts";
import { momentsOf, readDataset } from "ell2/sources";
import widget, { mount } from "ell2/widget";

const { X, Y } = makeRegression({ nSamples: 20, nFeatures: 2, randomState: 14 });
const train = new Dataset({ X, Y });
const options: FitOptions = { epochs: 2, lr: 0.1, momentum: 0.9 };
const log: LogEntry[] = fit(new LinearRegression(2, 1, { lambda: 0.01 }), train, options).log;
const chart: LineChartOptions = {
  title: "Training",
  x: { label: "epoch" },
  y: { label: "MSE" },
  series: [{ name: "training", x: [0, 1], y: log.map(({ mse }) => mse) }],
};
export const svg: string = lineChart(chart);

const layer = new nn.Linear(2, 1, { generator: new random.Torch(14) });
const optimizer = new optim.SGD([{ params: layer.weight, weightDecay: 0.01 }, { params: layer.bias }], {
  lr: 0.1,
});
optimizer.step();

export const moments: Promise<Moments[]> = momentsOf("rows.csv", { targets: ["y"] }).then(
  (read) => read.moments,
);
export const rows: Promise<number> = readDataset("rows.csv", { targets: ["y"] }).then(
  ({ dataset }) => dataset.rows,
);
export const unmount: () => void = mount(document.body, { preset: "notebook", set: { lambda: 3 } });
export const { render } = widget;
export const codeOf = (error: unknown): string | null => (error instanceof Ell2Error ? error.code : null);

// @ts-expect-error: no such option
fit(new LinearRegression(2, 1), train, { epochs: 2, lr: 0.1, rate: 1 });
// @ts-expect-error: numbers alone
Matrix.from([["1"]]);
