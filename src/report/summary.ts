import { type Markup, markup } from "../charts/markup.js";
import { type Section, table } from "./elements.js";
import { isAbsent, type Report, type ReportMetrics } from "./report.js";

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** The model in a sentence. */
export const inShort = ({ rows, model }: Report): string =>
  `${model.outputs.length === 1 ? model.outputs[0] : `${model.outputs.length} targets`} from ${count(model.inputs.length, "feature")} over ${count(rows.train, "row")}, by linear regression with an ℓ₂ penalty`;

/** What was fitted, and how. */
export function summary({ source, rows, model, lambdaChoice }: Report): Section {
  const { training, standardized, lambda, inputs, outputs } = model;
  const lambdas = [lambda].flat();
  const facts: [string, string][] = [
    ["data", source],
    ["rows", `${rows.train} to train on${rows.valid === null ? "" : `, ${rows.valid} to validate on`}`],
    ["features", listed(inputs)],
    ["targets", listed(outputs)],
    [
      "λ",
      lambdas.length === 1 ? String(lambdas[0]) : listed(outputs.map((name, l) => `${name}: ${lambdas[l]}`)),
    ],
    ["λ chosen", lambdaChoice],
    [
      "penalty on",
      standardized === null
        ? "the weights in the data's own units"
        : "the weights of standardised features (mean 0, standard deviation 1); the weights below are folded back",
    ],
    ["solver", training?.solver ?? "not recorded"],
    ["rows read as", training?.strategy ?? "not recorded"],
  ];
  const descent = training?.descent;
  if (descent)
    facts.push([
      "descent",
      `rate ${descent.lr}, ${count(descent.epochs, "epoch")}, batches of ${descent.batchSize}`,
    ]);
  if (training?.fingerprint) facts.push(["fingerprint", training.fingerprint]);
  return {
    id: "model",
    heading: "What was fitted",
    content: markup`<dl>${facts.map(([term, text]) => markup`<dt>${term}</dt><dd>${text}</dd>`)}</dl>`,
  };
}

const MOST_LISTED = 40;

const listed = (names: readonly string[]): string =>
  names.length <= MOST_LISTED
    ? `${names.length}: ${names.join(", ")}`
    : `${names.length}: ${names.slice(0, MOST_LISTED).join(", ")}, …`;

/** How well each target is met. */
export function metrics({ model, units = {}, metrics: { heldOut, train, valid } }: Report): Section {
  const valids = isAbsent(valid) ? [] : valid;
  const cells = ({ r2, rmse, mae }: ReportMetrics) => [r2, rmse, mae];
  const names = ["R²", "RMSE", "MAE"];
  const known = model.outputs.some((target) => units[target] !== undefined);
  const held = isAbsent(heldOut) ? null : heldOut;
  const head = [
    "target",
    ...(held ? ["R², cross-validated", "RMSE, cross-validated"] : []),
    ...names.map((name) => `${name}, training`),
    ...(valids.length > 0 ? names.map((name) => `${name}, validation`) : []),
    ...(known ? ["unit of RMSE and MAE"] : []),
  ];
  const rows = model.outputs.map((target, l) => [
    target,
    ...(held ? [held.r2[l]!, held.rmse[l]!] : []),
    ...cells(train[l]!),
    ...(valids[l] ? cells(valids[l]) : []),
    ...(known ? [units[target] ?? "as in the data"] : []),
  ]);
  const reason: Markup | null = isAbsent(valid)
    ? markup`<p class="absent">No validation: ${valid.absent}</p>`
    : null;
  const optimistic = held?.optimistic
    ? markup`<p>The cross-validated errors are of rows that the model had not seen; they are a little optimistic, since λ was chosen by them.</p>`
    : null;
  return {
    id: "metrics",
    heading: "How well each target is met",
    content: markup`<p>R² is the share of a target's variance that is met: 1 is all of it, 0 is no better than the mean. RMSE and MAE are errors in the target's own unit.</p>${table("Errors of each target", head, rows)}${optimistic}${reason}`,
  };
}

/** Warnings, before everything else. */
export const warnings = (list: readonly string[]): Markup | null =>
  list.length === 0
    ? null
    : markup`<section class="warnings" aria-labelledby="warnings"><h2 id="warnings">Warnings</h2><ul>${list.map((text) => markup`<li>${text}</li>`)}</ul></section>`;
