import type { Moments } from "../data/moments.js";
import { Ell2Error } from "../errors.js";
import {
  type EngineMomentsOptions,
  engineMoments,
  explainMoments,
  isEngineAddress,
  type Source,
} from "../sources/index.js";
import { findingsOf } from "./findings.js";
import { checkTwoRows, type FitData, nameOf, type ReadPlan, validMoments } from "./fitData.js";
import { interruptible } from "./interrupt.js";
import { print } from "./output.js";

/** The options of sums that an engine takes. */
export const engineArgs = {
  where: { type: "string", description: "a condition of the rows that count, in the engine's SQL" },
  "fold-by": {
    type: "string",
    description: "an expression in the engine's SQL that says to which fold a row belongs",
  },
  "batch-by": {
    type: "string",
    description: "descent: an expression in the engine's SQL that says to which batch a row belongs",
  },
  explain: {
    type: "boolean",
    description: "print the queries, and ask nothing but the names of the columns",
  },
} as const;

/** What an engine is asked besides columns. */
export interface EngineQuestions {
  where: string | undefined;
  foldBy: string | undefined;
  batchBy: string | undefined;
  explain: boolean;
}

/** What the options ask of an engine; null where the rows are read instead. */
export function readEngineQuestions(
  given: Record<string, string | boolean | undefined>,
): EngineQuestions | null {
  const text = (name: string) => given[name] as string | undefined;
  const questions = {
    where: text("where"),
    foldBy: text("fold-by"),
    batchBy: text("batch-by"),
    explain: given.explain === true,
  };
  const asked = Object.values(questions).some((value) => value !== undefined && value !== false);
  return asked || isEngineAddress(text("data") ?? "") ? questions : null;
}

/** The options of `engineMoments` that choices and questions come to. @throws USAGE for what sums in an engine cannot tell */
export function engineOptions(
  where: string,
  plan: Pick<ReadPlan, "columns">,
  questions: EngineQuestions,
): EngineMomentsOptions {
  const { categorical, reference, missing, targets, features, weight } = plan.columns;
  const refuse = (got: string, remedy: string) =>
    new Ell2Error("USAGE", { where, expected: "what an engine can add up", got, remedy });
  if ((categorical ?? reference) !== undefined)
    throw refuse(
      "--categorical",
      "levels need the rows; or write numbers of them in --sql: CASE WHEN … THEN 1 ELSE 0 END",
    );
  if (missing === "mean") throw refuse("--missing mean", "fill in the mean in --sql, or use --missing drop");
  const { where: condition, foldBy, batchBy } = questions;
  return {
    ...(targets && { targets }),
    ...(features && { features }),
    ...(weight !== undefined && { weight }),
    ...(missing && { missing }),
    ...(condition !== undefined && { where: condition }),
    ...(foldBy !== undefined && { foldBy }),
    ...(batchBy !== undefined && { batchBy }),
  };
}

/** Prints the queries. */
export async function explain(source: Source, options: EngineMomentsOptions): Promise<void> {
  for (const { what, sql } of await explainMoments(source, options)) print(`-- ${what}\n${sql};\n`);
}

/**
 * What a fit needs, added up in an engine.
 * @throws USAGE for what needs the rows; and as `engineMoments`
 */
export async function readFromEngine(
  where: string,
  source: Source,
  plan: ReadPlan,
  questions: EngineQuestions,
): Promise<FitData> {
  const options = fitOptionsOf(where, plan, questions);
  const read = await interruptible((signal) => engineMoments(source, { ...options, signal }));
  const { moments, folds, batches, columns } = read;
  checkTwoRows(source, moments.rows);
  if (plan.choose && folds?.labels.length === 1) {
    throw new Ell2Error("DATA", {
      where: nameOf(source),
      expected: "at least two folds to hold out in turn",
      got: `${folds.labels[0]} for every row`,
      remedy: "give another --fold-by, or leave it out for generalised cross-validation",
    });
  }
  return {
    train: moments,
    valid: await validMoments(source, plan, columns, moments.outputs),
    columns,
    findings: findingsOf(read),
    choice: plan.choose ? choiceOf(folds?.moments ?? null, moments, `folds by ${questions.foldBy}`) : null,
    rowOf: null,
    batches: batches?.moments ?? null,
    noRows: "the rows stayed where they are: only what they add up to came back",
    repeatable: false,
  };
}

/** The options of a fit for `engineMoments`. @throws USAGE for what needs the rows */
export function fitOptionsOf(
  where: string,
  plan: ReadPlan,
  questions: EngineQuestions,
): EngineMomentsOptions {
  const refuse = (got: string, remedy: string) =>
    new Ell2Error("USAGE", {
      where,
      expected: "what sums over the rows can tell, since they stay where they are",
      got,
      remedy,
    });
  if (plan.folds !== undefined)
    throw refuse(`--folds ${plan.folds}`, "say with --fold-by to which fold a row belongs");
  if (Number(plan.valid) > 0)
    throw refuse("--valid as a part of the rows", "leave rows out with --where, or give a file to --valid");
  return engineOptions(where, plan, questions);
}

/** Over what λ is chosen: folds, or what all rows together tell. */
export function choiceOf(folds: Moments[] | null, all: Moments, how: string): FitData["choice"] {
  if (folds !== null && folds.length > 1)
    return { data: folds, folds: undefined, how: `${folds.length} ${how}` };
  return { data: all, folds: "gcv", how: "generalised cross-validation" };
}
