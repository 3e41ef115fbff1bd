import { logLine, selection } from "../compare/format.js";
import type { Evaluation } from "../fit/evaluateFitted.js";
import type { Findings } from "../sources/index.js";
import type { FitData } from "./fitData.js";
import type { Fitted } from "./fitModel.js";
import { brief, print, table, visible } from "./output.js";

/** The document that `--json` prints. */
export function fitDocument(fitted: Fitted, findings: Findings): unknown {
  const { model, choice, receipt, training, metrics, diagnostics, inference, intervals, warnings } = fitted;
  const { inputs, outputs, columns, lambda, standardized, weight, bias } = model;
  const named = (targets: Evaluation[]) => targets.map((target, l) => ({ output: outputs[l], ...target }));
  const { df, vif, condition, directions, reasons } = diagnostics;
  return {
    model: { inputs, outputs, lambda, standardized, weight, bias },
    strategy: model.training!.strategy,
    solver: model.training!.solver,
    metrics: { train: named(metrics.train), valid: metrics.valid && named(metrics.valid) },
    log: training?.log ?? [],
    training: {
      ...model.training,
      ...(training && { converged: training.converged, bestEpoch: training.bestEpoch }),
    },
    lambdaChoice: choice && {
      how: choice.how,
      least: choice.least,
      withinOneStandardError: choice.withinOneStandardError,
      curve: choice.curve,
    },
    receipt,
    inference,
    predictionIntervals: intervals,
    diagnostics: {
      df,
      vif,
      condition,
      directions,
      influential: diagnostics.rows?.influential ?? null,
      reasons,
    },
    columns,
    warnings,
    ...findings,
  };
}

/** Features that are listed at most; the rest is in the model, the report and `--json`. */
const MOST_FEATURES = 40;
const MOST_INFLUENTIAL = 5;

/** What `ell2 fit` says of a fit. */
export function printFit(fitted: Fitted, data: FitData): void {
  const { model, training, metrics } = fitted;
  print(summaryLine(fitted));
  print(lambdaLine(fitted));
  print();
  if (training) {
    for (const i of selection(training.log.length)) {
      const { epoch, mse, mseValid } = training.log[i]!;
      print(logLine(epoch, mse, mseValid));
    }
    if (training.converged) print(`settled after ${training.log.length} epochs`);
    if (training.bestEpoch !== null) print(`the parameters are those of epoch ${training.bestEpoch}`);
    print();
  }
  const outputs = model.outputs.map(visible);
  const section = (title: string, targets: readonly Evaluation[]) => [
    [title, "R²", "RMSE", "MAE"],
    ...targets.map(({ r2, rmse, mae }, l) => [
      outputs[l]!,
      brief(r2),
      brief(rmse),
      mae === null ? "–" : brief(mae),
    ]),
  ];
  print(table(section("training", metrics.train)));
  if (metrics.valid) print(table(section("validation", metrics.valid)));
  print();
  print(table(weights(fitted)));
  for (const note of notes(fitted, data)) print(`\n${note}`);
}

function summaryLine({ model }: Fitted): string {
  const { inputs, outputs, standardized, training } = model;
  const { rows, solver, descent } = training!;
  const how = descent ? `${solver}, lr ${brief(descent.lr)}, batch ${descent.batchSize}` : solver;
  const count = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
  return (
    `${count(rows, "row")}, ${count(inputs.length, "feature")}${standardized ? " (standardised)" : ""}, ` +
    `${count(outputs.length, "target")}; ${how}`
  );
}

function lambdaLine({ model, choice, diagnostics }: Fitted): string {
  const text = [model.lambda].flat().map(brief).join(", ");
  const df = `${[...new Set(diagnostics.df.map(brief))].join(", ")} degrees of freedom`;
  if (choice === null) return `λ ${text}, ${df}`;
  const within = [choice.withinOneStandardError ?? []].flat();
  const other = within.length > 0 ? `; within one standard error up to ${within.map(brief).join(", ")}` : "";
  return `λ ${text}, chosen by ${visible(choice.how)}${other}; ${df}`;
}

/** Weights with their standard errors, if there are any. */
function weights({ model, inference }: Fitted): string[][] {
  const { inputs, outputs, weight, bias } = model;
  const errors = "absent" in inference ? null : inference;
  const cell = (value: number, error: number | undefined) =>
    error === undefined ? brief(value) : `${brief(value)} ± ${brief(Number(error.toPrecision(2)))}`;
  const shown = inputs.slice(0, MOST_FEATURES);
  const k = outputs.length;
  const rows = shown.map((input, j) => [
    visible(input),
    ...outputs.map((_, l) =>
      cell(weight.data[l * inputs.length + j]!, errors?.standardError.data[j * k + l]),
    ),
  ]);
  const rest = inputs.length - shown.length;
  return [
    [`weights, in the data's units${errors ? " (± standard error)" : ""}`, ...outputs.map(visible)],
    ...rows,
    ...(rest > 0 ? [[`… and ${rest} more`]] : []),
    ["bias", ...bias.map((value, l) => cell(value, errors?.biasStandardError[l]))],
  ];
}

/** What else there is to know. */
function notes({ model, inference, diagnostics, receipt, intervals }: Fitted, { rowOf }: FitData): string[] {
  const { condition, vif, rows } = diagnostics;
  const out: string[] = [];
  if ("absent" in inference) out.push(`no standard errors: ${inference.absent}`);
  else if (inference.kind === "sampling")
    out.push(
      "Standard errors are those of the shrunken weights; they leave out the bias that shrinking makes.",
    );
  if (intervals !== null) {
    const half = model.outputs.map(
      (name, l) => `${visible(name)} ± ${brief(Number(intervals[l]!.toPrecision(3)))}`,
    );
    out.push(`95 % prediction interval of a new row at the features' means: ${half.join(", ")}`);
  }
  const worst = model.inputs
    .map((name, j) => ({ name, factor: vif[j] }))
    .filter(({ factor }) => factor !== null && factor !== undefined && factor > 5)
    .sort((a, b) => b.factor! - a.factor!);
  const after = [...new Set(condition.after.map(brief))].join(", ");
  out.push(
    `condition number ${brief(condition.before)}, with λ ${after}${receipt ? `; ${receipt.digits} digits to trust` : ""}` +
      (worst.length > 0
        ? `; collinear (VIF): ${worst
            .slice(0, 5)
            .map(({ name, factor }) => `${visible(name)} ${Number(factor!.toPrecision(3))}`)
            .join(", ")}`
        : ""),
  );
  const influential = rows?.cooksDistance ? rows.influential.slice(0, MOST_INFLUENTIAL) : [];
  if (influential.length > 0 && rowOf)
    out.push(`rows that move the fit the most: ${influential.map(rowOf).join(", ")}`);
  out.push(...diagnostics.reasons);
  return out;
}
