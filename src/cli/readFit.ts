import type { Source } from "../sources/index.js";
import { type EngineQuestions, explain, fitOptionsOf, readFromEngine } from "./engineData.js";
import { sayFindings } from "./findings.js";
import { type FitData, type ReadPlan, readWithProgress, requireTargets } from "./fitData.js";
import { isMomentsFile, readFromMoments } from "./momentsFile.js";

/**
 * What `fit` and `path` work on, wherever it comes from: rows that are read, rows that an engine adds up, or
 * a file of moments; null where only the queries were to be printed.
 */
export async function readForFit(
  where: string,
  source: Source,
  plan: ReadPlan,
  questions: EngineQuestions | null,
): Promise<FitData | null> {
  const path = typeof source === "string" ? source : source.path;
  if (questions === null && (await isMomentsFile(path))) return readFromMoments(where, path!, plan);
  await requireTargets(where, source, plan.columns);
  if (questions === null) return readWithProgress(where, source, plan);
  if (questions.explain) return explain(source, fitOptionsOf(where, plan, questions)).then(() => null);
  const data = await readFromEngine(where, source, plan, questions);
  sayFindings(data.findings);
  return data;
}
