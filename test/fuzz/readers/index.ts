import type { Reader } from "../reader.js";
import { link, lint, model, moments, safetensors, trace } from "./documents.js";
import { address, sql } from "./engines.js";
import { csv, jsonRows, written } from "./tables.js";
import { checkpoint, options, rule } from "./training.js";

/** Every reader of what others wrote, by the name that `npm run fuzz` knows it by. */
export const READERS = {
  csv,
  jsonRows,
  written,
  model,
  safetensors,
  moments,
  checkpoint,
  rule,
  options,
  lint,
  trace,
  link,
  address,
  sql,
} as unknown as Record<string, Reader>;
