export { type ColumnChoice, type FileDataset, readDataset, readMatrix } from "./readDataset.js";
