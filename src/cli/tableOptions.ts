import { createWriteStream, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Ell2Error } from "../errors.js";
import { isEngineAddress, type ReadOptions, type Source } from "../sources/index.js";
import { choiceOption, listOption } from "./args.js";
import { removeOnExit } from "./temporary.js";

/** The options that say where rows are. */
export const sourceArgs = {
  na: { type: "string", description: "of CSV: what means a missing cell, with commas between them: NA,NULL" },
  table: {
    type: "string",
    description: "the table to read of a DuckDB file or a database; schema.table as well",
  },
  sql: {
    type: "string",
    description: "a query that gives the rows, in the SQL of DuckDB or of the database",
  },
} as const;

/** The options that say what becomes of cells that a model cannot use as they are. */
export const cellArgs = {
  missing: { type: "string", description: "missing cells: error (default), drop or mean" },
  weight: { type: "string", description: "the column that says how often each row counts" },
} as const;

/** The options that choose columns for a fit. */
export const columnArgs = {
  target: { type: "string", description: "the columns to predict, with commas between them; * and ? match" },
  features: { type: "string", description: "the columns to predict from (default: every other numeric one)" },
  categorical: { type: "string", description: "columns whose cells are levels, one feature each" },
  reference: {
    type: "string",
    description: "COLUMN=LEVEL: the level without a feature, with commas between them",
  },
} as const;

/** The option for levels that a model does not have. */
const unknownArgs = {
  unknown: {
    type: "string",
    description: "levels that the model does not have: error or ignore",
    default: "error",
  },
} as const;

/** What a command takes that reads rows for a saved model. */
export const savedModelArgs = {
  model: { type: "positional", description: "a model that ell2 fit --out has written", required: true },
  data: {
    type: "positional",
    description: "a file with the model's columns, or - for standard input",
    required: false,
  },
  ...sourceArgs,
  missing: {
    ...cellArgs.missing,
    description: "missing cells: error, drop or mean (default: as the model learnt)",
  },
  ...unknownArgs,
} as const;

/** What these options hold. */
export interface TableArguments {
  target?: string | undefined;
  features?: string | undefined;
  categorical?: string | undefined;
  reference?: string | undefined;
  missing?: string | undefined;
  unknown?: string | undefined;
  weight?: string | undefined;
}

/**
 * The choice of columns that options make.
 * @throws USAGE for a list without names, a reference without a level, or a word that is none of an option's
 */
export function columnChoice(where: string, given: TableArguments): ReadOptions {
  const targets = listOption(where, "target", given.target);
  const features = listOption(where, "features", given.features);
  const categorical = listOption(where, "categorical", given.categorical);
  const reference = listOption(where, "reference", given.reference);
  const missing = choiceOption(where, "missing", given.missing, ["error", "drop", "mean"]);
  const unknown = choiceOption(where, "unknown", given.unknown, ["error", "ignore"]);
  return {
    ...(targets && { targets }),
    ...(features && { features }),
    ...(categorical && { categorical }),
    ...(reference && { reference: referenceLevels(where, reference) }),
    ...(missing && { missing }),
    ...(unknown && { unknown }),
    ...(given.weight !== undefined && { weight: given.weight }),
  };
}

function referenceLevels(where: string, items: readonly string[]): Record<string, string> {
  const pairs = items.map((item): [string, string] => {
    const at = item.indexOf("=");
    if (at > 0) return [item.slice(0, at), item.slice(at + 1)];
    throw new Ell2Error("USAGE", {
      where,
      expected: "--reference to be COLUMN=LEVEL",
      got: JSON.stringify(item),
    });
  });
  return Object.fromEntries(pairs);
}

/**
 * Works with the source that a word and options name: a file, a pattern, `-` for standard input (which
 * is kept in a temporary file, so that it can be read as often as needed), a table, or a query.
 * @throws USAGE where none is named; and what `use` throws
 */
export async function withSource<T>(
  where: string,
  given: Partial<Record<"data" | "table" | "sql" | "na", string | undefined>>,
  use: (source: Source) => Promise<T>,
): Promise<T> {
  const { data, table, sql } = given;
  if (data !== undefined && isEngineAddress(data) && (table === undefined) === (sql === undefined)) {
    throw new Ell2Error("USAGE", {
      where,
      expected: "--table or --sql, to say what of the database",
      got: table === undefined ? "neither" : "both",
    });
  }
  if (data === undefined && sql === undefined) {
    throw new Ell2Error("USAGE", {
      where,
      expected: "DATA (a file, or - for standard input) or --sql",
      got: "neither",
      remedy: `see ${where} --help`,
    });
  }
  const na = listOption(where, "na", given.na);
  const more = {
    ...(na && { na }),
    ...(table !== undefined && { table }),
    ...(sql !== undefined && { sql }),
  };
  if (data !== "-") return use({ ...(data !== undefined && { path: data }), ...more });
  const folder = await mkdtemp(join(tmpdir(), "ell2-"));
  const keep = removeOnExit(folder);
  try {
    const path = join(folder, "standard-input");
    await pipeline(process.stdin, createWriteStream(path));
    return await use({ path, name: "standard input", ...more });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    keep();
  }
}
