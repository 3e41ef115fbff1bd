import type { UpdateCheck, UpdateSlip } from "ell2";
import type { Outcome } from "./rule.js";

/** An outcome in words. */
export interface Verdict {
  ok: boolean;
  /** A sentence. */
  message: string;
  /** The line that it is about, counted from 1; null where there is none. */
  line: number | null;
  /** What is known besides. */
  details: string[];
  slips: readonly UpdateSlip[];
}

/** Longer texts of a rule's own are cut. */
const MOST = 500;

/** @param text of the rule, in which the line that sets the parameter is looked for */
export function verdictOf(outcome: Outcome, text: string): Verdict {
  if (outcome.kind === "check") return ofCheck(outcome.check, outcome.line, text);
  const none = { ok: false, details: [], slips: [] };
  if (outcome.kind === "unloadable") {
    return { ...none, message: sentence(`This does not run: ${outcome.message}`), line: outcome.line };
  }
  const message =
    outcome.kind === "too long"
      ? `The rule did not end within ${outcome.seconds} s, and was stopped.`
      : "The rule was not run: this page does not allow the closed room that it would run in.";
  return { ...none, message, line: null };
}

function ofCheck(check: UpdateCheck, thrown: number | null, text: string): Verdict {
  const { ok, steps, error, bound, parting, slips, problem } = check;
  if (ok) {
    const message = `It agrees with the reference: ${steps} steps, each within ${error.toPrecision(2)} of the largest entry.`;
    return { ok, message, line: null, details: [`Up to ${bound} is rounding.`], slips };
  }
  const details: string[] = [];
  if (parting !== null) {
    const { m, n, k, lr, lambda, parameter, row, col, expected, got, ratio } = parting;
    details.push(
      `There are ${m} rows, ${n} features and ${k} outputs, lr = ${lr} and λ = ${lambda}.`,
      `this.${parameter}[${row}, ${col}] should be ${expected}, and is ${got}.`,
    );
    const times = (["w", "b"] as const).flatMap((name) =>
      ratio[name] === null || Math.abs(ratio[name] - 1) < 1e-9
        ? []
        : [`Its change of ${name} is ${Number(ratio[name].toPrecision(6))} times the reference's.`],
    );
    if (slips.length === 0 && problem === null) details.push(...times, "No slip that is known explains it.");
  }
  const parts =
    parting && `this.${parting.parameter} parts from the reference at step ${parting.step + 1} of ${steps}`;
  if (problem !== null) {
    if (parts) details.unshift(`${parts}.`);
    const named = /this\.([wb])\b/.exec(problem.message)?.[1] as "w" | "b" | undefined;
    return {
      ok,
      message: sentence(problem.message),
      line: thrown ?? (named && problem.kind !== "nothing changed" ? lineSetting(text, named) : null),
      details,
      slips,
    };
  }
  return { ok, message: `${parts}.`, line: lineSetting(text, parting!.parameter), details, slips };
}

/** The last line that sets a parameter or its entries. */
function lineSetting(text: string, parameter: "w" | "b"): number | null {
  const sets = new RegExp(
    `\\bthis\\.${parameter}\\b(\\.data\\b.*)?\\s*[-+*/]?=(?![=>])|\\bthis\\.${parameter}\\.data\\.`,
  );
  const at = text.split("\n").findLastIndex((line) => sets.test(line.replace(/\/\/.*/, "")));
  return at < 0 ? null : at + 1;
}

function sentence(text: string): string {
  const short = text.length > MOST ? `${text.slice(0, MOST)} …` : text;
  return `${short[0]!.toUpperCase()}${short.slice(1)}${/[.!?…]$/.test(short) ? "" : "."}`;
}
