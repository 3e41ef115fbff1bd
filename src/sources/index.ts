export { type ColumnChoice, type FileDataset, readDataset, readMatrix, readNames } from "./readDataset.js";
