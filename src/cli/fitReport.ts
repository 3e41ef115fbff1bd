import { Dataset } from "../data/dataset.js";
import { errorsOf } from "../fit/bestLambda.js";
import { ridgePath } from "../fit/ridgePath.js";
import type { Report } from "../report/report.js";
import type { FitData } from "./fitData.js";
import type { Fitted } from "./fitModel.js";
import type { FitOptions } from "./fitOptions.js";

/** What the page of `--report` tells of a fit. */
export function reportOf(source: string, data: FitData, fitted: Fitted, options: FitOptions): Report {
  const { model, choice, training, metrics, diagnostics, inference, warnings } = fitted;
  const { inputs, outputs } = model;
  const [n, k] = [inputs.length, outputs.length];
  const path = choice?.path ?? pathOf(data, options);
  const positive = path.points.filter(({ lambda }) => lambda > 0);
  const known = "absent" in inference ? null : inference;
  const spread = fitted.problem.deviations;
  const rows = data.train instanceof Dataset ? data.train : null;
  return {
    title: `${outputs.join(", ")} from ${source}`,
    source,
    rows: { train: data.train.rows, valid: data.valid?.rows ?? null },
    model,
    lambdaChoice: choice?.how ?? "given",
    metrics: {
      heldOut: choice?.heldOut ?? {
        absent: choice === null ? "λ was given" : "λ was not chosen on held-out rows",
      },
      train: metrics.train,
      valid: metrics.valid ?? { absent: "no rows were kept to validate on" },
    },
    coefficients: outputs.flatMap((target, l) =>
      inputs.map((feature, j) => ({
        target,
        feature,
        weight: model.weight.data[l * n + j]!,
        scaled: model.weight.data[l * n + j]! * spread[j]!,
        standardError: known?.standardError[j]?.[l] ?? null,
        low: known?.interval.low[j]?.[l] ?? null,
        high: known?.interval.high[j]?.[l] ?? null,
      })),
    ),
    intervals: "absent" in inference ? inference : { level: 0.95, kind: inference.kind },
    path: {
      lambdas: positive.map(({ lambda }) => lambda),
      weights: positive.map(({ w }) => w.toArray()),
    },
    crossValidation:
      choice === null
        ? { absent: "λ was given" }
        : {
            how: choice.how,
            lambdas: choice.path.points.map(({ lambda }) => lambda),
            mse: choice.path.points.map((point) => errorsOf(point, choice.by)!),
            standardError:
              choice.by === "folds" ? choice.path.points.map(({ folds }) => folds!.standardError) : null,
            chosen: choice.lambda,
            oneStandardError: choice.withinOneStandardError,
          },
    fitted:
      rows && diagnostics.rows
        ? outputs.map((_, l) => ({
            observed: columnOf(rows.Y.data, k, l),
            predicted: columnOf(diagnostics.rows!.predicted.data, k, l),
          }))
        : { absent: data.noRows! },
    log: training ? training.log : { absent: "the closed form has no epochs" },
    directions: diagnostics.directions.map(({ singularValue, shrinkage }) => ({ singularValue, shrinkage })),
    vif: inputs.flatMap((feature, j) => {
      const factor = diagnostics.vif[j];
      return factor === null || factor === undefined ? [] : [{ feature, vif: factor }];
    }),
    condition: diagnostics.condition,
    influential: influentialOf(data, fitted),
    warnings,
  };
}

/** The path of a fit whose λ was given. */
function pathOf(data: FitData, { standardize, intercept }: FitOptions) {
  const moments = data.train;
  return ridgePath(moments, { standardize, intercept, ...(moments instanceof Dataset ? { folds: 1 } : {}) });
}

const columnOf = (values: Float64Array, k: number, l: number): number[] =>
  Array.from({ length: values.length / k }, (_, i) => values[i * k + l]!);

function influentialOf(
  { rowOf, noRows }: FitData,
  { model, diagnostics: { rows, reasons } }: Fitted,
): Report["influential"] {
  if (!rows?.cooksDistance || !rows.studentized || !rowOf) return { absent: reasons[0] ?? noRows! };
  const { leverage, studentized, cooksDistance } = rows;
  const k = model.outputs.length;
  return rows.influential.map((i) => {
    const at = Array.from({ length: k }, (_, l) => i * k + l);
    const most = at.reduce((best, one) =>
      cooksDistance.data[one]! > cooksDistance.data[best]! ? one : best,
    );
    return {
      row: rowOf(i),
      target: model.outputs[most % k]!,
      leverage: leverage.data[most]!,
      residual: studentized.data[most]!,
      // a row that determines its own prediction has none
      cooksDistance: Number.isFinite(cooksDistance.data[most]) ? cooksDistance.data[most]! : null,
    };
  });
}
