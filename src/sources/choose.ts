import type { Column } from "../data/columns.js";
import { Ell2Error } from "../errors.js";
import { checkOptions, show } from "../numbers/check.js";
import type { KindedColumn } from "./kinds.js";

/** Which columns are read, and how. */
export interface ColumnChoice {
  /** The targets, by name or by pattern (`*` any text, `?` one letter); none for rows to predict. */
  targets?: readonly string[];
  /** The features, by name or by pattern; every other column of numbers or booleans if left out. */
  features?: readonly string[];
  /** Features whose cells are levels, whatever they look like. */
  categorical?: readonly string[];
  /** The columns of a model, in place of `features` and `categorical`. */
  columns?: readonly Column[];
  /** Columns that are no features unless they are named as such, by name. */
  without?: readonly string[];
  /** The column of row weights ≥ 0: how often a row counts. */
  weight?: string;
  /** What becomes of rows with a missing cell: an error (the default), left out, or the cells of numeric features filled in with their means (the default for a model's columns that have learnt theirs). */
  missing?: "error" | "drop" | "mean";
  /** What becomes of a level that the model's columns do not have: an error (the default), or all indicators 0. */
  unknown?: "error" | "ignore";
  /** Whether the first level of each text column goes without a feature, as λ = 0 needs; false by default. */
  dropFirst?: boolean;
  /** For a text column by name, the level that goes without a feature. */
  reference?: Readonly<Record<string, string>>;
}

const OPTIONS = [
  "targets",
  "features",
  "categorical",
  "columns",
  "weight",
  "without",
  "missing",
  "unknown",
  "dropFirst",
  "reference",
];

/** The columns that a choice comes to. */
export interface Chosen {
  features: KindedColumn[];
  /** Of the features, those whose cells are levels, by name. */
  categorical: ReadonlySet<string>;
  targets: KindedColumn[];
  weight: KindedColumn | null;
  leftOut: string[];
}

/** Refuses a choice that is none. @throws VALUE, OPTION */
export function checkChoice(where: string, choice: ColumnChoice): void {
  checkOptions(where, choice, OPTIONS);
  for (const names of [choice.targets ?? [], choice.features ?? [], choice.categorical ?? []]) {
    if (Array.isArray(names)) continue;
    throw new Ell2Error("VALUE", {
      where,
      expected: "targets, features and categorical as arrays of names",
      got: show(names),
    });
  }
  const words: [string, string | undefined, string[]][] = [
    ["missing", choice.missing, ["error", "drop", "mean"]],
    ["unknown", choice.unknown, ["error", "ignore"]],
  ];
  for (const [name, value, known] of words) {
    if (value === undefined || known.includes(value)) continue;
    throw new Ell2Error("VALUE", {
      where,
      expected: `${name} to be ${known.join(" or ")}`,
      got: show(value),
    });
  }
  if (choice.columns !== undefined && (choice.features ?? choice.categorical) !== undefined) {
    throw new Ell2Error("OPTION", {
      where,
      expected: "either columns, or features and categorical",
      got: "both",
    });
  }
}

/**
 * The columns that a choice names.
 * @param name of the source, for messages
 * @throws DATA for a column that is missing, named twice, or of which no feature can be made
 */
export function chooseColumns(
  name: string,
  available: readonly KindedColumn[],
  choice: ColumnChoice,
): Chosen {
  const find = (names: readonly string[], but: readonly KindedColumn[] = []) =>
    expand(name, available, names, but);
  const targets = find(choice.targets ?? []);
  const weight = choice.weight === undefined ? null : find([choice.weight])[0]!;
  const taken = weight === null ? targets : [...targets, weight];
  checkOnce(name, [...taken, ...find(choice.without ?? [])]);
  let features: KindedColumn[];
  let categorical: ReadonlySet<string>;
  const leftOut: string[] = [];
  if (choice.columns !== undefined) {
    features = find(choice.columns.map((column) => column.name));
    categorical = new Set(choice.columns.flatMap((c) => (c.kind === "category" ? [c.name] : [])));
    checkKinds(name, features, choice.columns);
  } else {
    const levels = find(choice.categorical ?? [], taken);
    checkOnce(name, [...taken, ...levels]);
    categorical = new Set(levels.map((column) => column.name));
    if (choice.features !== undefined) {
      const named = find(choice.features, taken);
      features = [...named, ...levels.filter((column) => !named.includes(column))];
    } else {
      const without = find(choice.without ?? []);
      const others = available.filter((column) => !taken.includes(column) && !without.includes(column));
      const isFeature = ({ kind, name }: KindedColumn) =>
        kind === "number" || kind === "boolean" || categorical.has(name);
      features = others.filter(isFeature);
      leftOut.push(...others.filter((column) => !isFeature(column)).map((column) => column.name));
    }
  }
  checkOnce(name, [...taken, ...features]);
  return { features, categorical, targets, weight, leftOut };
}

/** The columns that names and patterns stand for; patterns pass over those in `but`. @throws DATA for one that stands for none */
export function expand(
  name: string,
  available: readonly KindedColumn[],
  names: readonly string[],
  but: readonly KindedColumn[],
): KindedColumn[] {
  const missing: string[] = [];
  const found: KindedColumn[] = [];
  for (const wanted of names) {
    const exact = available.find((column) => column.name === wanted);
    if (exact !== undefined) {
      found.push(exact);
      continue;
    }
    const isMatch = /[*?]/.test(wanted) ? pattern(wanted) : () => false;
    const matches = available.filter((column) => isMatch(column.name) && !but.includes(column));
    if (matches.length === 0) missing.push(wanted);
    // what a pattern finds again, or is named besides, is no second naming
    found.push(...matches.filter((column) => !found.includes(column) && !names.includes(column.name)));
  }
  if (missing.length === 0) return found;
  throw new Ell2Error("DATA", {
    where: name,
    expected: `the column ${missing.map((wanted) => JSON.stringify(wanted)).join(", ")}`,
    got: `the columns ${available.map((column) => column.name).join(", ")}`,
    remedy: "names are compared letter by letter",
  });
}

/** Whether a name matches a pattern, in which `*` is any text and `?` one letter. */
function pattern(text: string): (name: string) => boolean {
  const source = text
    .replace(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replaceAll("*", "[^]*")
    .replaceAll("?", "[^]");
  const expression = new RegExp(`^${source}$`, "u");
  return (name) => expression.test(name);
}

/** Refuses a column that is meant to be two things. @throws DATA */
function checkOnce(where: string, columns: readonly KindedColumn[]): void {
  const twice = columns.find((column, i) => columns.indexOf(column) < i);
  if (twice === undefined) return;
  throw new Ell2Error("DATA", {
    where,
    expected: "each column once, as a target, as a feature or as the weight",
    got: `${JSON.stringify(twice.name)} twice`,
  });
}

/** Throws unless the columns hold what those of a model held; numbers may stand for booleans and the other way round. */
function checkKinds(where: string, found: readonly KindedColumn[], columns: readonly Column[]): void {
  for (const [j, { kind, name }] of columns.entries()) {
    const is = found[j]!.kind;
    if (kind === "category" ? is !== "other" : (kind === "date") === (is === "date") || is === "text")
      continue;
    throw new Ell2Error("DATA", {
      where,
      expected: `column ${JSON.stringify(name)} of the kind that the model has (${kind})`,
      got: is === "other" ? found[j]!.type : is,
    });
  }
}
