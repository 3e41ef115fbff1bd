export type { ColumnChoice } from "./choose.js";
export type { Folds } from "./folds.js";
export type { Progress, ReadOptions } from "./openRows.js";
export { csvToParquet } from "./parquet.js";
export {
  type Findings,
  readColumns,
  readDataset,
  readMatrix,
  readNames,
  type SourceDataset,
  sizeOf,
} from "./readDataset.js";
export type { Source } from "./source.js";
export { momentsOf, type Part, type SourceMoments, streamDataset } from "./stream.js";
