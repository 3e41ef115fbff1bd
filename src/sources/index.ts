export type { ColumnChoice } from "./choose.js";
export type { Answer, Engine, EngineOptions } from "./engine.js";
export {
  type EngineMoments,
  type ExplainedQuery,
  engineMoments,
  explainMoments,
  type LabelledMoments,
} from "./engineMoments.js";
export type { EngineMomentsOptions } from "./enginePlan.js";
export type { Folds } from "./folds.js";
export type { Progress, ReadOptions } from "./openRows.js";
export { csvToParquet } from "./parquet.js";
export {
  type Findings,
  readAtMost,
  readColumns,
  readDataset,
  readMatrix,
  readNames,
  type SourceDataset,
  sizeOf,
} from "./readDataset.js";
export type { RoundedCells } from "./rounded.js";
export type { Source } from "./source.js";
export { momentsOf, type Part, type SourceMoments, streamDataset } from "./stream.js";
export { isEngineAddress, withEngine } from "./withEngine.js";
export { type WriteTableOptions, type Written, writeTable } from "./writeTable.js";
