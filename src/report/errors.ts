import { lineChart } from "../charts/lineChart.js";
import { markup } from "../charts/markup.js";
import { predictedObserved, residuals } from "../charts/scatter.js";
import { selection } from "../compare/format.js";
import { figure, figures, paragraph, type Section, section } from "./elements.js";
import { ofTarget, type Report } from "./report.js";
import { chartedTargets, LAMBDA_AXIS, lambdaMarks, targetsNote } from "./weights.js";

export function crossValidation(report: Report): Section {
  const { outputs } = report.model;
  return section("cross-validation", "Cross-validation", report.crossValidation, (of) => {
    const charts = chartedTargets(outputs).map(([l, target]) => {
      const mse = of.mse.map((row) => row[l]!);
      const error = of.standardError?.map((row) => row[l]!);
      const head = ["λ", "mean held-out MSE", ...(error ? ["standard error"] : [])];
      return figure(
        lineChart({
          title: `${target}: held-out error over λ`,
          description: `The mean squared error of ${target} on rows held out, over λ. The λ of the least error is ${ofTarget(of.chosen, l)}`,
          x: LAMBDA_AXIS,
          y: { label: "held-out MSE", unit: `${report.units?.[target] ?? target}²` },
          series: [{ name: "", x: of.lambdas, y: mse, ...(error ? { error } : {}) }],
          marks: lambdaMarks(report, l),
        }),
        error
          ? "The line is the mean over the folds, the bars are one standard error of it to each side (some are left out where they would touch)."
          : "The line is the mean over the rows.",
        `${target}: held-out error`,
        head,
        of.lambdas.map((lambda, i) => [lambda, mse[i]!, ...(error ? [error[i]!] : [])]),
      );
    });
    return markup`${paragraph(`Held-out errors by ${of.how}: each row is predicted by a model that has not seen it.`)}${targetsNote(outputs)}${figures(charts)}`;
  });
}

export function predictions(report: Report): Section {
  const { outputs } = report.model;
  return section("predictions", "Predicted and observed", report.fitted, (fitted) => {
    const charts = chartedTargets(outputs).map(([l, target]) => {
      const { observed, predicted } = fitted[l]!;
      const unit = report.units?.[target];
      const values = { observed, predicted, ...(unit === undefined ? {} : { unit }) };
      const agreement = figure(
        predictedObserved({
          title: `${target}: predicted against observed`,
          description:
            "One point a training row, and the diagonal on which prediction and observation are equal",
          ...values,
        }),
        "On the dashed line a prediction is exact.",
        `${target}: predictions`,
        ["row", "observed", "predicted"],
        observed.map((value, i) => [i + 1, value, predicted[i]!]),
      );
      const rest = figure(
        residuals({
          title: `${target}: residuals`,
          description: "Observed minus predicted over the prediction, one point a training row",
          ...values,
        }),
        "A bend or a widening cloud is something that the linear model does not say.",
        `${target}: residuals`,
        ["row", "predicted", "observed − predicted"],
        observed.map((value, i) => [i + 1, predicted[i]!, value - predicted[i]!]),
      );
      return { agreement, rest };
    });
    return markup`${targetsNote(outputs)}${figures([...charts.map(({ agreement }) => agreement), ...charts.map(({ rest }) => rest)])}`;
  });
}

export function learning(report: Report): Section {
  return section("learning", "Learning curves", report.log, (log) => {
    const x = log.map(({ epoch }) => epoch);
    const curves = [
      { name: "training", x, y: log.map(({ mse }) => mse) },
      { name: "validation", x, y: log.map(({ mseValid }) => mseValid ?? Number.NaN) },
    ].filter(({ y }) => y.some(Number.isFinite));
    const values = curves.flatMap(({ y }) => y).filter(Number.isFinite);
    const [least, most] = [
      values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
      values.reduce((a, b) => Math.max(a, b), 0),
    ];
    const chart = lineChart({
      title: "MSE over epochs",
      description: "The mean squared error of training and validation after each epoch of gradient descent",
      x: { label: "epoch" },
      y: { label: "MSE", scale: least > 0 && most > 20 * least ? "log" : "linear" },
      series: curves,
    });
    const picked = selection(log.length).map((i) => log[i]!);
    const title =
      picked.length < log.length ? `MSE of ${picked.length} of ${log.length} epochs` : "MSE of each epoch";
    return figures([
      figure(
        chart,
        "The training MSE is the mean of the batch losses, each before its update; the validation MSE is taken after the epoch.",
        title,
        ["epoch", "training", "validation"],
        picked.map(({ epoch, mse, mseValid }) => [epoch, mse, mseValid]),
      ),
    ]);
  });
}
