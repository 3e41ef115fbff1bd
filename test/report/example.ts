/** Reports of real fits, made with the library alone. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Dataset } from "../../src/data/dataset.js";
import { trainTestSplit } from "../../src/data/split.js";
import { standardization, standardize } from "../../src/data/standardizer.js";
import { bestLambda } from "../../src/fit/bestLambda.js";
import { chooseLambda } from "../../src/fit/chooseLambda.js";
import { fit } from "../../src/fit/fit.js";
import { inference } from "../../src/fit/inference.js";
import { ridge } from "../../src/fit/ridge.js";
import { ridgePath } from "../../src/fit/ridgePath.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { svd } from "../../src/linalg/svd.js";
import { foldBack, predictFitted } from "../../src/model/fitted.js";
import { LinearRegression } from "../../src/model/linearRegression.js";
import { perTarget } from "../../src/model/metrics.js";
import type { Report } from "../../src/report/report.js";

function readExample(name: string, targets: readonly string[]): Dataset {
  const text = readFileSync(join(import.meta.dirname, "../../examples", `${name}.csv`), "utf8");
  const [head, ...lines] = text.trim().split("\n");
  const names = head!.split(",");
  const inputs = names.filter((column) => !targets.includes(column));
  const rows = lines.map((line) => line.split(",").map(Number));
  const pick = (columns: readonly string[]) =>
    rows.map((row) => columns.map((column) => row[names.indexOf(column)]!));
  return new Dataset({ X: pick(inputs), Y: pick(targets), inputs, outputs: targets });
}

/** The error on held-out rows at one λ. */
const heldOutOf = (rows: Dataset, lambda: number) =>
  chooseLambda(rows, { lambdas: [lambda], standardize: false }).heldOut!;

const columnOf = (A: Matrix, l: number) => A.toArray().map((row) => row[l]!);

/** All that a report can tell, of rows split into training and validation. */
function reportOf(dataset: Dataset, title: string, source: string): Report {
  const { train, test } = trainTestSplit(dataset, { testSize: 0.2, randomState: 14 });
  const scaler = standardization(train.X);
  const scaled = (of: Dataset) =>
    new Dataset({ X: standardize(of.X, scaler), Y: of.Y, inputs: of.inputs, outputs: of.outputs });
  const rows = scaled(train);
  const [m, n, k] = [rows.rows, rows.inputs.length, rows.outputs.length];
  const path = ridgePath(rows, { folds: 5 });
  const { points } = path;
  const ones = new Array<number>(k).fill(1);
  const chosen = bestLambda(path, ones).common;
  const oneStandardError = bestLambda(path, ones, { oneStandardError: true }).common;
  const solution = ridge(rows, { lambda: chosen });
  const model = foldBack(solution, train, scaler, {
    rows: m,
    strategy: "moments",
    solver: solution.receipt.solver,
    descent: null,
    fingerprint: null,
  });
  const { standardError, interval } = inference(rows, { lambda: chosen });
  const predicted = predictFitted(model, train.X);
  const descent = new LinearRegression(n, k, { lambda: chosen });
  descent.w.data.fill(0);
  const { log } = fit(descent, rows, { epochs: 300, lr: 0.05, valid: scaled(test) });
  const alpha = (chosen * m * k) / 2;
  const singular = Array.from(svd(rows.X.data, m, n).s);
  const r2 = (j: number) => {
    const others = Matrix.from(rows.X.toArray().map((row) => row.filter((_, i) => i !== j)));
    const own = new Matrix(m, 1, Float64Array.from(columnOf(rows.X, j)));
    return perTarget(ridge(new Dataset({ X: others, Y: own }), { lambda: 0 }).predict(others), own)[0]!.r2;
  };
  const squares = singular.map((d) => d * d);
  return {
    title,
    source,
    rows: { train: m, valid: test.rows },
    model,
    lambdaChoice: "the least error over 5 folds of the rows in order",
    metrics: {
      heldOut: heldOutOf(rows, chosen),
      train: perTarget(predicted, train.Y),
      valid: perTarget(predictFitted(model, test.X), test.Y),
    },
    coefficients: train.outputs.flatMap((target, l) =>
      train.inputs.map((feature, j) => ({
        target,
        feature,
        weight: model.weight.data[l * n + j]!,
        scaled: solution.w.data[j * k + l]!,
        standardError: standardError[j]![l]! / scaler.scale[j]!,
        low: interval.low[j]![l]! / scaler.scale[j]!,
        high: interval.high[j]![l]! / scaler.scale[j]!,
      })),
    ),
    intervals: { level: 0.95, kind: "sampling" },
    path: { lambdas: points.map(({ lambda }) => lambda), weights: points.map(({ w }) => w.toArray()) },
    crossValidation: {
      how: "5 folds",
      lambdas: points.map(({ lambda }) => lambda),
      mse: points.map(({ folds }) => folds!.mse),
      standardError: points.map(({ folds }) => folds!.standardError),
      chosen,
      oneStandardError,
    },
    fitted: train.outputs.map((_, l) => ({
      observed: columnOf(train.Y, l),
      predicted: columnOf(predicted, l),
    })),
    log,
    directions: singular.map((d) => ({ singularValue: d, shrinkage: (d * d) / (d * d + alpha) })),
    vif: train.inputs.map((feature, j) => ({ feature, vif: 1 / (1 - r2(j)) })),
    condition: {
      before: squares[0]! / squares.at(-1)!,
      after: train.outputs.map(() => (squares[0]! + alpha) / (squares.at(-1)! + alpha)),
    },
    influential: [3, 1, 2].map((row) => ({
      row,
      target: train.outputs[0]!,
      leverage: 0.4,
      residual: -2.1,
      cooksDistance: 0.3,
    })),
    warnings: ["column s1 and s2 are nearly dependent, so their weights at λ = 0 are hardly determined"],
  };
}

export const linnerud = (): Report => ({
  ...reportOf(
    readExample("linnerud", ["Weight", "Waist", "Pulse"]),
    "Linnerud: body from exercise",
    "examples/linnerud.csv",
  ),
  units: { Weight: "pounds", Waist: "inches", Pulse: "beats/min" },
});

export const diabetes = (): Report =>
  reportOf(
    readExample("diabetes_raw", ["progression"]),
    "Diabetes: progression after a year",
    "examples/diabetes_raw.csv",
  );
