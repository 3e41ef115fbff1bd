import type { BadInput } from "./case.js";
import { choices, numbers, programs } from "./commands.js";
import { binaryModels, jsonModels } from "./models.js";
import { names } from "./names.js";
import { kinds } from "./sources.js";
import { cells, structure } from "./tables.js";

/** The catalogue, by what is bad. */
export const CATALOGUE: Record<string, readonly BadInput[]> = {
  "The structure of a table": structure,
  "Bytes and cells": cells,
  "Other kinds of sources": kinds,
  "Options out of range": numbers,
  "Options and columns that do not go together": choices,
  "Rules and training set-ups": programs,
  "Models in JSON": jsonModels,
  "Models in safetensors": binaryModels,
  "Names that would do harm": names,
};
