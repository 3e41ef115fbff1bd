import { type Column, featureNames, numberColumns } from "../data/columns.js";
import type { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";
import { show } from "../numbers/check.js";
import type { FittedModel, TrainingRecord } from "./fitted.js";

/** Makes the error that says what a file should hold, and what it does. */
export type Fail = (expected: string, got: string, remedy?: string) => Ell2Error;

/**
 * The model that a parsed file describes.
 * @param file anything that JSON can hold
 * @throws what `fail` makes, for anything that is not a whole model
 */
export function readModel(file: Record<string, unknown>, fail: Fail): FittedModel {
  if (file?.format !== "ell2-model") throw fail("an ell2 model", show(file?.format ?? file));
  if (typeof file.schema === "number" && file.schema > 2)
    throw fail("schema 1 or 2", `${show(file.schema)}, of a newer ell2`, "update ell2");
  if (file.schema !== 1 && file.schema !== 2) throw fail("schema 1 or 2", show(file.schema));

  const names = (key: string): string[] => {
    const value = file[key];
    const good =
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((name) => typeof name === "string") &&
      new Set(value).size === value.length;
    if (!good) throw fail(`${key} to be names, each once`, show(value));
    return value;
  };
  const numbers = (key: string, value: unknown, length: number, range = "", holds = (_: number) => true) => {
    const expected = `${key} to be ${length} finite ${length === 1 ? "number" : "numbers"}${range}`;
    if (!(Array.isArray(value) && value.length === length)) throw fail(expected, show(value));
    const bad = value.findIndex((x) => !(Number.isFinite(x) && holds(x)));
    if (bad >= 0) throw fail(expected, `${show(value[bad])} as number ${bad + 1}`);
    return value as number[];
  };
  const inputs = names("inputs");
  const outputs = names("outputs");
  const [n, k] = [inputs.length, outputs.length];
  const { weight, lambda, standardized } = file;
  const many = Array.isArray(lambda);
  numbers("lambda", many ? lambda : [lambda], many ? k : 1, " ≥ 0", (x) => x >= 0);
  if (!(Array.isArray(weight) && weight.length === k)) throw fail(`weight to have ${k} rows`, show(weight));
  return {
    inputs,
    outputs,
    columns: file.schema === 1 ? numberColumns(inputs) : readColumns(file.columns, inputs, fail),
    lambda: lambda as number | number[],
    standardized: readStandardization(standardized, (key, value, ...range) =>
      numbers(key, value, n, ...range),
    ),
    weight: Matrix.from(weight.map((row, l) => numbers(`weight[${l}]`, row, n))),
    bias: numbers("bias", file.bias, k),
    training: readTraining(file.training ?? null, file.schema, fail),
  };
}

function readStandardization(
  value: unknown,
  numbers: (key: string, value: unknown, range?: string, holds?: (x: number) => boolean) => number[],
): FittedModel["standardized"] {
  if (value === null || value === undefined) return null;
  const { mean, scale } = value as { mean?: unknown; scale?: unknown };
  return {
    mean: numbers("standardized.mean", mean),
    scale: numbers("standardized.scale", scale, " > 0", (x) => x > 0),
  };
}

function readColumns(value: unknown, inputs: readonly string[], fail: Fail): Column[] {
  const text = (x: unknown) => typeof x === "string";
  const isColumn = (column: unknown): column is Column => {
    const { kind, name, fill, levels, reference } = (column ?? {}) as Record<string, unknown>;
    if (!text(name)) return false;
    if (kind === "category")
      return Array.isArray(levels) && levels.every(text) && (reference === null || text(reference));
    return ["number", "date", "boolean"].includes(kind as string) && (fill === null || Number.isFinite(fill));
  };
  if (!(Array.isArray(value) && value.every(isColumn)))
    throw fail("columns to say what each is", show(value));
  const features = featureNames(value);
  if (features.length === inputs.length && features.every((name, j) => name === inputs[j])) return value;
  throw fail("columns that make the inputs", show(features));
}

function readTraining(value: unknown, schema: unknown, fail: Fail): TrainingRecord | null {
  if (value === null) return null;
  const { rows, strategy, lr, epochs, batchSize, ...rest } = value as Record<string, unknown>;
  // schema 1 knew descent only; the first files of schema 2 had neither intercept nor weight
  const {
    solver = "gradient descent",
    descent = { lr, epochs, batchSize },
    fingerprint = null,
    intercept = true,
    weight = null,
  } = schema === 1 ? {} : (rest as Partial<TrainingRecord>);
  const steps = (descent ?? { lr: 0, epochs: 0, batchSize: 0 }) as Record<string, unknown>;
  const { column, kind } = weight ?? { column: "", kind: "frequency" };
  const good =
    [rows, steps.lr, steps.epochs, steps.batchSize].every(Number.isFinite) &&
    [strategy, solver, fingerprint ?? "", column].every((x) => typeof x === "string") &&
    typeof intercept === "boolean" &&
    ["frequency", "precision"].includes(kind);
  if (!good) throw fail("training to be a record of training, or null", show(value));
  return { rows, strategy, solver, descent, fingerprint, intercept, weight } as TrainingRecord;
}
