import { defineCommand } from "citty";
import { terminalChart } from "../charts/index.js";
import type { LambdaChoice } from "../fit/chooseLambda.js";
import { engineArgs, readEngineQuestions } from "./engineData.js";
import { choose } from "./fitModel.js";
import { fitArgs, lambdaArgs, readLambdaOptions } from "./fitOptions.js";
import { brief, print, say, table, toJson, visible } from "./output.js";
import { readForFit } from "./readFit.js";
import {
  cellArgs,
  columnArgs,
  columnChoice,
  sourceArgs,
  type TableArguments,
  withSource,
} from "./tableOptions.js";

const WHERE = "ell2 path";
/** Lines of the table that are printed of a long path. */
const MOST_LINES = 20;

export const path = defineCommand({
  meta: { name: "path", description: "Draw and tabulate the weights and the held-out errors over λ" },
  args: {
    data: fitArgs.data,
    ...columnArgs,
    ...lambdaArgs,
    ...cellArgs,
    "weight-kind": fitArgs["weight-kind"],
    ...sourceArgs,
    ...engineArgs,
    json: fitArgs.json,
  },
  async run({ args }) {
    const given = args as unknown as Record<string, string | boolean | undefined>;
    const options = readLambdaOptions(WHERE, given);
    const columns = columnChoice(WHERE, given as TableArguments);
    await withSource(WHERE, args, async (source) => {
      const { folds, seed } = options;
      const plan = { columns, folds, choose: true, dropFirst: false, rowsFor: null, valid: "0", seed };
      const data = await readForFit(WHERE, source, plan, readEngineQuestions(given));
      if (data === null) return;
      const { how } = data.choice!;
      const { choice } = choose(data.choice!, options);
      for (const warning of choice.warnings) say(`warning: ${warning}`);
      const { inputs, outputs } = data.train;
      if (args.json) print(toJson(document(choice, how, inputs, outputs)));
      else draw(choice, how, inputs, outputs, data.train.rows);
    });
  },
});

function document(
  choice: LambdaChoice,
  how: string,
  inputs: readonly string[],
  outputs: readonly string[],
): unknown {
  const { path, lambda, least, withinOneStandardError, heldOut, curve } = choice;
  return {
    inputs,
    outputs,
    how,
    lambda,
    least,
    withinOneStandardError,
    heldOut: heldOut && { outputs, ...heldOut },
    standardized: path.standardized,
    points: path.points.map(({ w, b, ...point }, i) => ({
      ...point,
      error: curve[i],
      weight: w.T,
      bias: b.data,
    })),
  };
}

function draw(
  choice: LambdaChoice,
  how: string,
  inputs: readonly string[],
  outputs: readonly string[],
  rows: number,
): void {
  const { path, curve, lambda, withinOneStandardError } = choice;
  const points = path.points.filter((point) => point.lambda > 0);
  const x = { label: "λ", scale: "log", reverse: true } as const;
  const width = Math.min(100, process.stdout.columns ?? 80);
  const positive = [lambda].flat().filter((at) => at > 0); // a log axis has no 0
  const marks = positive.map((at) => ({ x: at, label: `λ ${brief(at)}` }));
  const k = outputs.length;
  print(`${rows} rows, ${inputs.length} features, ${k} ${k === 1 ? "target" : "targets"}; ${visible(how)}\n`);
  for (const [l, output] of outputs.entries()) {
    const series = inputs.map((name, j) => ({
      name: visible(name),
      x: points.map((point) => point.lambda),
      y: points.map(({ w }) => w.data[j * k + l]!),
    }));
    const title = `weights of ${visible(output)}${path.standardized ? " (standardised features)" : ""}`;
    print(terminalChart({ title, x, y: { label: "weight" }, series, marks }, { width }));
    print();
  }
  const shown = curve.flatMap(({ lambda: at, error }) => (at > 0 && error !== null ? [{ at, error }] : []));
  const errorName = choice.by === "gcv" ? "generalised cross-validation error" : "held-out error";
  const error = {
    name: errorName,
    x: shown.map(({ at }) => at),
    y: shown.map((point) => point.error),
  };
  const title = `${errorName}, over all targets`;
  print(terminalChart({ title, x, y: { label: "error" }, series: [error], marks }, { width }));
  print();
  const every = Math.max(1, Math.ceil(path.points.length / MOST_LINES));
  const chosen = new Set([lambda].flat());
  const lines = path.points.flatMap((point, i) => {
    if (i % every !== 0 && i !== path.points.length - 1 && !chosen.has(point.lambda)) return [];
    const { error, standardError } = curve[i]!;
    const mark = chosen.has(point.lambda) ? "← chosen" : "";
    return [
      [
        brief(point.lambda),
        Number(point.df.toPrecision(3)).toString(),
        brief(point.mse.reduce((sum, mse) => sum + mse, 0) / k),
        error === null ? "–" : brief(error),
        standardError === null ? "–" : brief(Number(standardError.toPrecision(2))),
        mark,
      ],
    ];
  });
  print(table([["λ", "df", "training MSE", errorName, "±", ""], ...lines]));
  print();
  print(
    `λ ${[lambda].flat().map(brief).join(", ")} chosen${
      withinOneStandardError === null
        ? ""
        : `; within one standard error of the least up to ${[withinOneStandardError].flat().map(brief).join(", ")}`
    }`,
  );
  printHeldOut(choice, outputs);
}

/** R² and RMSE on the held-out rows, which the reader wants to know of the λ that was chosen. */
function printHeldOut({ heldOut, lambda }: LambdaChoice, outputs: readonly string[]): void {
  if (heldOut === null) return;
  const { r2, rmse, optimistic, reasons } = heldOut;
  print();
  print(
    table([
      [`held-out rows, at λ ${[lambda].flat().map(brief).join(", ")}`, "R²", "RMSE"],
      ...outputs.map((output, l) => [
        visible(output),
        r2[l] === null ? "–" : brief(Number(r2[l]!.toPrecision(4))),
        brief(Number(rmse[l]!.toPrecision(4))),
      ]),
    ]),
  );
  for (const reason of reasons) print(`  ${visible(reason)}`);
  if (optimistic)
    print("  slightly optimistic, because λ was chosen by this error: keep rows aside for a fair test");
}
