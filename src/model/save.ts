import { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";
import { show } from "../numbers/check.js";
import type { FittedModel, TrainingRecord } from "./fitted.js";

/**
 * A fitted model as the text of a JSON file, every number with all its digits.
 * @param model with finite numbers
 */
export function save(model: FittedModel): string {
  const { inputs, outputs, lambda, standardized, weight, bias, training } = model;
  const file = {
    format: "ell2-model",
    schema: 1,
    inputs,
    outputs,
    lambda,
    standardized,
    weight: weight.toArray(),
    bias,
    training,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Reads what `save` wrote.
 * @param text of the file
 * @param where its name, for errors
 * @throws FORMAT for anything that is not a whole model: no JSON, another schema, names that are
 *   missing or twice, shapes that do not fit, numbers that are not finite
 */
export function load(text: string, where = "load"): FittedModel {
  const fail = (expected: string, got: string) =>
    new Ell2Error("FORMAT", { where, expected, got, remedy: "write the model anew with ell2 fit --out" });
  let file: Record<string, unknown>;
  try {
    file = JSON.parse(text);
  } catch (error) {
    throw fail("a model in JSON", (error as Error).message);
  }
  if (file?.format !== "ell2-model") throw fail("an ell2 model", show(file?.format ?? file));
  if (file.schema !== 1) throw fail("schema 1", show(file.schema));

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
  const numbers = (key: string, value: unknown, length: number): number[] => {
    const good = Array.isArray(value) && value.length === length && value.every(Number.isFinite);
    if (!good) throw fail(`${key} to be ${length} finite numbers`, show(value));
    return value;
  };
  const inputs = names("inputs");
  const outputs = names("outputs");
  const [n, k] = [inputs.length, outputs.length];
  const { weight, lambda, standardized } = file;
  if (!(typeof lambda === "number" && lambda >= 0)) throw fail("lambda to be a number ≥ 0", show(lambda));
  if (!(Array.isArray(weight) && weight.length === k)) throw fail(`weight to have ${k} rows`, show(weight));
  return {
    inputs,
    outputs,
    lambda,
    standardized: readStandardization(standardized, (key, value) => numbers(key, value, n)),
    weight: Matrix.from(weight.map((row, l) => numbers(`weight[${l}]`, row, n))),
    bias: numbers("bias", file.bias, k),
    training: (file.training ?? null) as TrainingRecord | null,
  };
}

function readStandardization(
  value: unknown,
  numbers: (key: string, value: unknown) => number[],
): FittedModel["standardized"] {
  if (value === null || value === undefined) return null;
  const { mean, scale } = value as { mean?: unknown; scale?: unknown };
  return { mean: numbers("standardized.mean", mean), scale: numbers("standardized.scale", scale) };
}
