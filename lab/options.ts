import { Ell2Error } from "ell2";
import { PARTS, type Part } from "./app.js";
import { PRESETS } from "./presets.js";
import { allows, defaults, FIELDS, NAMES, type Name, rangeOf, type State } from "./state.js";
import type { WidgetOptions } from "./types.js";

/** What a widget shows, and how it begins. */
export interface Shown {
  parts: readonly Part[];
  hidden: ReadonlySet<Name>;
  state: State;
}

const list = (value: unknown, option: string): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  throw wrong("VALUE", `${option} as a list`, value);
};

/**
 * The options of a widget as they are meant: the preset on top of the defaults, then what is set.
 * @throws Ell2Error OPTION for a name that does not exist, VALUE for what a setting cannot have
 */
export function readOptions({ parts, preset, hide, set, ...rest }: WidgetOptions): Shown {
  const [misspelt] = Object.keys(rest);
  if (misspelt !== undefined) throw unknown("options", misspelt, ["parts", "preset", "hide", "set"]);
  const shown = list(parts ?? ["training", "decay"], "parts").map((part) => among(PARTS, part, "parts"));
  const hidden = list(hide ?? [], "hide").map((name) => among(NAMES, name, "hide"));
  const begin = among(Object.keys(PRESETS), preset ?? "notebook", "preset");
  return {
    parts: [...new Set(shown)],
    hidden: new Set(hidden),
    state: { ...defaults(), ...PRESETS[begin]!.set, ...settings(set ?? {}) },
  };
}

/** Values of the state, each in its range; rows of one's own come from a file alone. */
function settings(set: object): Partial<State> {
  if (typeof set !== "object" || Array.isArray(set)) throw wrong("VALUE", "set as names with values", set);
  for (const [key, value] of Object.entries(set)) {
    const name = among(NAMES, key, "set");
    const inRange = allows(FIELDS[name], value) && !(name === "data" && value === "csv");
    if (!inRange) throw wrong("VALUE", `set.${name} as ${meantBy(name)}`, value);
  }
  return set;
}

const meantBy = (name: Name): string =>
  FIELDS[name].type === "switch"
    ? "true or false"
    : name === "data"
      ? `${rangeOf(FIELDS.data).replace(/, csv$/, "")} (rows of one's own are chosen by the reader)`
      : rangeOf(FIELDS[name]);

function among<T extends string>(names: readonly T[], name: unknown, option: string): T {
  if (names.includes(name as T)) return name as T;
  throw unknown(option, name, names);
}

const unknown = (option: string, name: unknown, names: readonly string[]) =>
  wrong("OPTION", `${option} from ${names.join(", ")}`, name);

const wrong = (code: "OPTION" | "VALUE", expected: string, got: unknown) =>
  new Ell2Error(code, { where: "ell2 widget", expected, got: JSON.stringify(got) ?? String(got) });
