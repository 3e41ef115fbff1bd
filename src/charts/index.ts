export type { Axis } from "./axis.js";
export { type Bar, type BarChartOptions, barChart } from "./barChart.js";
export type { ChartOptions } from "./frame.js";
export { type LineChartOptions, lineChart } from "./lineChart.js";
export {
  predictedObserved,
  type ResidualsOptions,
  residuals,
  type ScatterOptions,
  scatter,
} from "./scatter.js";
export type { Mark, Series } from "./series.js";
export { type TerminalSize, terminalChart } from "./terminal.js";
