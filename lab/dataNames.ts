import type { Name } from "./state.js";

/** Which rows there are depends on these alone. */
export const DATA_NAMES: readonly Name[] = [
  "data",
  "seed",
  "train",
  "valid",
  "features",
  "targets",
  "informative",
  "noise",
  "drawnBias",
  "bias",
  "standardize",
];
