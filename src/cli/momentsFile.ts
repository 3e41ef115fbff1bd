import { open } from "node:fs/promises";
import { type Column, featureNames, numberColumns } from "../data/columns.js";
import { Moments } from "../data/moments.js";
import { Ell2Error } from "../errors.js";
import type { ReadOptions } from "../sources/index.js";
import { choiceOf } from "./engineData.js";
import { readText } from "./files.js";
import { checkTwoRows, type FitData, type ReadPlan } from "./fitData.js";

/** What a file of moments holds: one set, or one for each part of the rows. */
export interface MomentsFile {
  parts: Moments[];
  /** How the features come from the columns of a table. */
  columns: Column[];
}

const BEGINS = /^\s*(\[\s*)?\{\s*"format":\s*"ell2-moments"/;

/** Whether a file holds moments, told by how it begins. */
export async function isMomentsFile(path: string | undefined): Promise<boolean> {
  if (path === undefined) return false;
  const file = await open(path).catch(() => null);
  if (file === null) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    return BEGINS.test(buffer.toString("utf8", 0, bytesRead));
  } catch {
    return false; // a folder
  } finally {
    await file.close();
  }
}

/** The text of a file of moments: an object, or a list of them. */
export function momentsText({ parts, columns }: MomentsFile): string {
  const documents = parts.map((part) => ({ ...(part.toJSON() as object), columns }));
  return `${JSON.stringify(documents.length === 1 ? documents[0] : documents)}\n`;
}

/**
 * Reads a file of moments.
 * @throws FORMAT for anything else, SOURCE where it cannot be read
 */
export async function readMomentsFile(path: string): Promise<MomentsFile> {
  const fail = (got: string) =>
    new Ell2Error("FORMAT", { where: path, expected: "moments that ell2 moments has written", got });
  let json: unknown;
  try {
    json = JSON.parse(await readText(path));
  } catch (error) {
    if (error instanceof Ell2Error) throw error;
    throw fail((error as Error).message);
  }
  const documents = Array.isArray(json) ? json : [json];
  const parts = documents.map((document) => Moments.fromJSON(document));
  const first = parts[0];
  if (first === undefined) throw fail("an empty list");
  const columns = (documents[0] as { columns?: Column[] }).columns ?? numberColumns(first.inputs);
  const fits = Array.isArray(columns) && String(featureNames(columns)) === String(first.inputs);
  if (!fits) throw fail("columns that do not make its inputs");
  return { parts, columns };
}

/**
 * What a fit needs, from a file of moments.
 * @throws USAGE for what needs the rows; and as `readMomentsFile`
 */
export async function readFromMoments(where: string, path: string, plan: ReadPlan): Promise<FitData> {
  const { parts, columns } = await readMomentsFile(path);
  const refuse = (got: string) =>
    new Ell2Error("USAGE", {
      where,
      expected: "what moments can tell",
      got,
      remedy: "give the rows, or take the moments of other columns with ell2 moments",
    });
  checkNothingChosen(plan.columns, parts[0]!, refuse);
  if (plan.folds !== undefined) throw refuse(`--folds ${plan.folds}`);
  if (plan.valid !== "0") throw refuse("--valid");
  const train = Moments.merge(parts);
  checkTwoRows(path, train.rows);
  return {
    train,
    valid: null,
    columns,
    findings: { leftOut: [], dropped: 0, missing: [], filled: 0, unknown: 0, rounded: [] },
    choice: plan.choose ? choiceOf(parts, train, "parts of the file") : null,
    rowOf: null,
    batches: parts.length > 1 ? parts : null,
    noRows: `${path} has no rows: only what they add up to`,
    repeatable: true,
  };
}

/** Moments have the columns they have; naming the same targets again does no harm. */
function checkNothingChosen(
  { targets, ...others }: ReadOptions,
  { outputs }: Moments,
  refuse: (got: string) => Ell2Error,
): void {
  const chosen = Object.entries(others).find(([, value]) => value !== undefined);
  if (chosen) throw refuse(`--${chosen[0]}`);
  if (targets !== undefined && String(targets) !== String(outputs))
    throw refuse(`--target ${targets.join(",")} for moments of ${outputs.join(",")}`);
}
