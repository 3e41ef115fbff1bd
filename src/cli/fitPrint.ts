import { logLine, selection } from "../compare/format.js";
import type { Evaluation } from "../fit/evaluateFitted.js";
import type { Inference } from "../fit/inference.js";
import type { Findings } from "../sources/index.js";
import type { FitData } from "./fitData.js";
import type { Fitted } from "./fitModel.js";
import { brief, print, table, visible } from "./output.js";

/** The document that `--json` prints. */
export function fitDocument(fitted: Fitted, findings: Findings): unknown {
  const { problem, model, choice, receipt, training, metrics, diagnostics, inference, intervals, warnings } =
    fitted;
  const { inputs, outputs, columns, lambda, standardized, weight, bias } = model;
  const named = (targets: Evaluation[]) => targets.map((target, l) => ({ output: outputs[l], ...target }));
  const { df, vif, gvif, condition, directions, influential, reasons } = diagnostics;
  return {
    model: { inputs, outputs, lambda, standardized, weight, bias },
    strategy: model.training!.strategy,
    solver: model.training!.solver,
    metrics: {
      heldOut: choice?.heldOut ?? null,
      train: named(metrics.train),
      valid: metrics.valid && named(metrics.valid),
    },
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
      gvif,
      condition,
      directions,
      influential: problem.rows === null ? null : influential,
      reasons,
    },
    columns,
    warnings,
    ...findings,
  };
}

/** A number for reading; a dash where it is not known. */
const cell = (value: number | null | undefined): string => (typeof value === "number" ? brief(value) : "–");

/** Features that are listed at most; the rest is in the model, the report and `--json`. */
const MOST_FEATURES = 40;
const MOST_INFLUENTIAL = 5;

/** What `ell2 fit` says of a fit. */
export function printFit(fitted: Fitted, data: FitData): void {
  const { model, training, metrics, problem } = fitted;
  const { intercept } = problem;
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
    [title, ...(intercept ? ["R²"] : ["R² about the mean", "R² about 0"]), "RMSE", "MAE"],
    ...targets.map(({ r2, r2Uncentred, rmse, mae }, l) => [
      outputs[l]!,
      ...[r2, ...(intercept ? [] : [r2Uncentred ?? null]), rmse, mae].map(cell),
    ]),
  ];
  const heldOut = fitted.choice?.heldOut;
  if (heldOut) {
    const title = heldOut.optimistic ? "cross-validated *" : "cross-validated";
    print(
      table([
        [title, "R²", "RMSE"],
        ...heldOut.r2.map((r2, l) => [outputs[l]!, cell(r2), brief(heldOut.rmse[l]!)]),
      ]),
    );
  }
  print(table(section("training", metrics.train)));
  if (metrics.valid) print(table(section("validation", metrics.valid)));
  if (heldOut?.optimistic) print("  * a little optimistic, since λ was chosen by it");
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
  const dfs = diagnostics.df.map(brief);
  const df = `${(new Set(dfs).size === 1 ? dfs.slice(0, 1) : dfs).join(", ")} degrees of freedom`;
  if (choice === null) return `λ ${text}, ${df}`;
  const within = [choice.withinOneStandardError ?? []].flat();
  const other = within.length > 0 ? `; within one standard error up to ${within.map(brief).join(", ")}` : "";
  return `λ ${text}, chosen by ${visible(choice.how)}${other}; ${df}`;
}

/** Weights with their standard errors, if there are any; for one target and λ = 0 with t and p. */
function weights({ model, inference }: Fitted): string[][] {
  const { inputs, outputs, weight, bias } = model;
  const errors = "absent" in inference ? null : inference;
  const tested = outputs.length === 1 && errors?.kind === "confidence" ? errors : null;
  const withError = (value: number, error: number | null | undefined) =>
    typeof error === "number" && error > 0
      ? `${brief(value)} ± ${brief(Number(error.toPrecision(2)))}`
      : brief(value);
  const shown = inputs.slice(0, MOST_FEATURES);
  const rows = shown.map((input, j) => [
    visible(input),
    ...outputs.map((_, l) => withError(weight.data[l * inputs.length + j]!, errors?.standardError[j]?.[l])),
    ...(tested ? [short(tested.t[j]![0]!), short(tested.p[j]![0]!)] : []),
  ]);
  const rest = inputs.length - shown.length;
  return [
    [
      `weights, in the data's units${errors ? " (± standard error)" : ""}`,
      ...outputs.map(visible),
      ...(tested ? ["t", "p"] : []),
    ],
    ...rows,
    ...(rest > 0 ? [[`… and ${rest} more`]] : []),
    ["bias", ...bias.map((value, l) => withError(value, errors?.biasStandardError[l]))],
  ];
}

const short = (value: number | null): string => (value === null ? "–" : brief(Number(value.toPrecision(3))));

/** What else there is to know. */
function notes(fitted: Fitted, { rowOf }: FitData): string[] {
  const { model, inference, diagnostics, metrics, intervals } = fitted;
  const out: string[] = [];
  if ("absent" in inference) out.push(`no standard errors: ${inference.absent}`);
  else {
    if (inference.kind === "sampling")
      out.push(
        "Standard errors are those of the shrunken weights; they leave out the bias that shrinking makes.",
      );
    out.push(...testLines(model.outputs, inference), ...inference.notes);
  }
  if (intervals !== null) {
    const half = model.outputs.map((name, l) => `${visible(name)} ± ${short(intervals[l]!)}`);
    out.push(`95 % prediction interval of a new row at the features' means: ${half.join(", ")}`);
  }
  out.push(conditionLine(fitted));
  if (diagnostics.influential.length > 0 && rowOf)
    out.push(
      `rows that move the fit the most: ${diagnostics.influential.slice(0, MOST_INFLUENTIAL).map(rowOf).join(", ")}`,
    );
  for (const [l, { reasons }] of metrics.train.entries())
    for (const reason of reasons) out.push(`${visible(model.outputs[l]!)}: ${reason}`);
  out.push(...diagnostics.reasons);
  return out;
}

/** F and adjusted R² of each target that has them. */
const testLines = (outputs: readonly string[], { f, adjustedR2 }: Inference): string[] =>
  outputs.flatMap((name, l) => {
    const test = f[l];
    if (!test) return [];
    const [over, under] = test.df.map(brief);
    const adjusted = adjustedR2[l] === null ? "" : `; adjusted R² ${cell(adjustedR2[l])}`;
    return [`${visible(name)}: F(${over}, ${under}) = ${short(test.value)}, p = ${short(test.p)}${adjusted}`];
  });

function conditionLine({ model, diagnostics, receipt }: Fitted): string {
  const { condition, vif, gvif } = diagnostics;
  const afters = condition.after.map(cell);
  const after = (new Set(afters).size === 1 ? afters.slice(0, 1) : afters).join(", ");
  const known = condition.after.some((value) => value !== null);
  const parts = [
    ...(condition.before === null
      ? known
        ? [`condition number with λ ${after}`]
        : []
      : [`condition number ${cell(condition.before)}, with λ ${after}`]),
  ];
  if (receipt) parts.push(digitsOf(receipt));
  const levels = new Set(gvif.map(({ column }) => column));
  const single = model.columns.every(({ kind }) => kind !== "category")
    ? model.inputs
    : model.inputs.filter((name) => ![...levels].some((column) => name.startsWith(`${column}=`)));
  const worst = [
    ...single.map((name) => ({ name, factor: vif[model.inputs.indexOf(name)] ?? 0 })),
    // comparable with the VIF of one feature
    ...gvif.map(({ column, scaled }) => ({ name: column, factor: scaled * scaled })),
  ]
    .filter(({ factor }) => factor > 5)
    .sort((a, b) => b.factor - a.factor)
    .slice(0, 5)
    .map(({ name, factor }) => `${visible(name)} ${short(factor)}`);
  if (worst.length > 0) parts.push(`collinear (VIF): ${worst.join(", ")}`);
  return parts.join("; ");
}

/** To how many digits the weights are solved. */
function digitsOf({ digits }: NonNullable<Fitted["receipt"]>): string {
  if (digits.includes(null)) return "digits unknown, since columns are dependent up to rounding";
  const known = [...new Set(digits as number[])].sort((a, b) => a - b);
  return `solved to ${known.length === 1 ? known[0] : `${known[0]} to ${known.at(-1)}`} digits`;
}
