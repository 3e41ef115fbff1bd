/** The lab's state, once: what can be set, in which range, how it is written in a link, and what it means. */

interface NumberField {
  type: "number";
  default: number;
  min: number;
  max: number;
  whole?: true;
  /** The slider's scale; "log" starts with a place for 0 where the range has it. */
  scale?: "linear" | "log";
  /** The least value above 0 of a log slider. */
  least?: number;
  key: string;
  label: string;
  help: string;
}
interface ChoiceField {
  type: "choice";
  default: string;
  choices: readonly (readonly [value: string, label: string])[];
  key: string;
  label: string;
  help: string;
}
interface SwitchField {
  type: "switch";
  default: boolean;
  key: string;
  label: string;
  help: string;
}
export type Field = NumberField | ChoiceField | SwitchField;

const number = (field: Omit<NumberField, "type">) => ({ type: "number", ...field }) as const;
const choice = <const T extends Omit<ChoiceField, "type">>(field: T) =>
  ({ type: "choice", ...field }) as const;
const flag = (field: Omit<SwitchField, "type">) => ({ type: "switch", ...field }) as const;

export const FIELDS = {
  data: choice({
    key: "d",
    default: "regression",
    choices: [
      ["regression", "made, as scikit-learn makes it"],
      ["small", "many features, small signal"],
      ["twins", "two nearly equal features"],
      ["outlier", "one row far off"],
      ["csv", "your own file"],
    ],
    label: "Data",
    help: "Where the rows come from.",
  }),
  seed: number({
    key: "s",
    default: 14,
    min: 0,
    max: 4294967295,
    whole: true,
    label: "Seed",
    help: "Of the data and of the first parameters: NumPy's and PyTorch's numbers for it.",
  }),
  train: number({
    key: "m",
    default: 100,
    min: 2,
    max: 100_000,
    whole: true,
    scale: "log",
    label: "Training rows m",
    help: "The first rows train.",
  }),
  valid: number({
    key: "v",
    default: 10_000,
    min: 0,
    max: 100_000,
    whole: true,
    scale: "log",
    least: 10,
    label: "Validation rows",
    help: "The rest is held out.",
  }),
  features: number({
    key: "n",
    default: 6,
    min: 1,
    max: 200,
    whole: true,
    label: "Features n",
    help: "Columns of X.",
  }),
  targets: number({
    key: "k",
    default: 3,
    min: 1,
    max: 10,
    whole: true,
    label: "Targets k",
    help: "Columns of Y.",
  }),
  informative: number({
    key: "i",
    default: 5,
    min: 0,
    max: 200,
    whole: true,
    label: "Informative",
    help: "Features with a true weight other than 0.",
  }),
  noise: number({ key: "e", default: 1, min: 0, max: 1000, label: "Noise", help: "Its standard deviation." }),
  drawnBias: flag({
    key: "g",
    default: true,
    label: "Bias drawn from the seed",
    help: "As the notebook does: one of Python's random numbers in [0, 1).",
  }),
  bias: number({ key: "a", default: 0, min: -1000, max: 1000, label: "Bias", help: "Of every target." }),
  standardize: flag({
    key: "z",
    default: false,
    label: "Standardise the features",
    help: "Each feature minus its mean, divided by its deviation; λ then acts on every feature alike.",
  }),
  start: choice({
    key: "w",
    default: "torch",
    choices: [
      ["torch", "as nn.Linear starts"],
      ["zeros", "at zero"],
    ],
    label: "Start",
    help: "The first parameters.",
  }),
  lambda: number({
    key: "l",
    default: 0.01,
    min: 0,
    max: 1000,
    scale: "log",
    least: 1e-4,
    label: "λ, weight decay",
    help: "How much the objective asks for small weights.",
  }),
  lr: number({
    key: "r",
    default: 0.01,
    min: 0,
    max: 10,
    scale: "log",
    least: 1e-4,
    label: "η, learning rate",
    help: "The length of a step.",
  }),
  batch: number({
    key: "b",
    default: 33,
    min: 1,
    max: 100_000,
    whole: true,
    scale: "log",
    label: "Rows a batch",
    help: "An epoch takes them in row order; the last batch has what is left.",
  }),
  epochs: number({
    key: "t",
    default: 16,
    min: 1,
    max: 1_000_000,
    whole: true,
    scale: "log",
    label: "Epochs",
    help: "Run stops there.",
  }),
  momentum: number({
    key: "u",
    default: 0,
    min: 0,
    max: 0.99,
    label: "μ, momentum",
    help: "Of SGD: how much of the last step goes on.",
  }),
  optimizer: choice({
    key: "o",
    default: "sgd",
    choices: [
      ["sgd", "SGD"],
      ["adam", "Adam, ℓ₂ in the loss"],
      ["adamw", "AdamW, decoupled decay"],
    ],
    label: "Optimiser",
    help: "What makes a step of the gradient.",
  }),
  decayBias: flag({
    key: "c",
    default: false,
    label: "Decay the bias too",
    help: "What the notebook does not do, and PyTorch does where all parameters are in one group.",
  }),
  target: number({
    key: "y",
    default: 0,
    min: 0,
    max: 9,
    whole: true,
    label: "Target",
    help: "Whose weights the pictures show, from 0.",
  }),
  first: number({
    key: "p",
    default: 0,
    min: 0,
    max: 199,
    whole: true,
    label: "Feature across",
    help: "From 0.",
  }),
  second: number({
    key: "q",
    default: 1,
    min: 0,
    max: 199,
    whole: true,
    label: "Feature up",
    help: "From 0.",
  }),
  steps: number({
    key: "x",
    default: 64,
    min: 0,
    max: 100_000,
    whole: true,
    scale: "log",
    least: 1,
    label: "Steps t",
    help: "After which training would be stopped.",
  }),
} as const satisfies Record<string, Field>;

export type Name = keyof typeof FIELDS;
type Value<F> = F extends { type: "number" }
  ? number
  : F extends { type: "switch" }
    ? boolean
    : F extends { choices: readonly (readonly [infer V, string])[] }
      ? V
      : never;
export type State = { -readonly [N in Name]: Value<(typeof FIELDS)[N]> };

export const NAMES = Object.keys(FIELDS) as Name[];

export const defaults = (): State =>
  Object.fromEntries(NAMES.map((name) => [name, FIELDS[name].default])) as unknown as State;

/** Whether a field can have a value. */
export function allows(field: Field, value: unknown): boolean {
  if (field.type === "switch") return typeof value === "boolean";
  if (field.type === "choice") return field.choices.some(([choice]) => choice === value);
  return (
    typeof value === "number" &&
    value >= field.min &&
    value <= field.max &&
    (!field.whole || Number.isSafeInteger(value))
  );
}

/** What a field's range is, in words. */
export function rangeOf(field: Field): string {
  if (field.type === "switch") return "0 or 1";
  if (field.type === "choice") return `one of ${field.choices.map(([value]) => value).join(", ")}`;
  return `a ${field.whole ? "whole " : ""}number from ${field.min} to ${field.max}`;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The value that a text means for a field, or undefined. */
export function readValue(field: Field, text: string): number | string | boolean | undefined {
  const value =
    field.type === "switch"
      ? text === "1" || (text === "0" ? false : undefined)
      : field.type === "choice"
        ? text
        : NUMBER.test(text)
          ? Number(text)
          : undefined;
  return allows(field, value) ? value : undefined;
}

/** What differs from the defaults, as the text behind `#` of a link: every number with all its digits. */
export function encodeState(state: State): string {
  const parts = NAMES.filter((name) => state[name] !== FIELDS[name].default).map((name) => {
    const value = state[name];
    return [FIELDS[name].key, typeof value === "boolean" ? (value ? "1" : "0") : String(value)];
  });
  return new URLSearchParams(parts).toString();
}

/**
 * The state that a link means. What is not understood, out of range or there twice is left at its
 * default, and said.
 */
export function decodeState(text: string): { state: State; problems: string[] } {
  const state = defaults();
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const [key, value] of new URLSearchParams(text)) {
    const name = NAMES.find((candidate) => FIELDS[candidate].key === key);
    const shown = JSON.stringify(value.slice(0, 40));
    if (name === undefined) {
      problems.push(`${JSON.stringify(key.slice(0, 40))} is no setting`);
      continue;
    }
    const read = seen.has(key) ? undefined : readValue(FIELDS[name], value);
    if (read === undefined) {
      const why = seen.has(key) ? "given twice" : `${shown} is not ${rangeOf(FIELDS[name])}`;
      problems.push(`${FIELDS[name].label}: ${why}`);
    } else {
      Object.assign(state, { [name]: read });
    }
    seen.add(key);
  }
  return { state, problems };
}
