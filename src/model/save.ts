import { type Column, featureNames, numberColumns } from "../data/columns.js";
import { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";
import { show } from "../numbers/check.js";
import type { FittedModel, TrainingRecord } from "./fitted.js";

/**
 * A fitted model as the text of a JSON file, every number with all its digits (−0 included).
 * @param model with finite numbers
 * @throws NOT_FINITE for NaN or infinity, which JSON does not have
 */
export function save(model: FittedModel): string {
  if (!(model?.weight instanceof Matrix)) {
    throw new Ell2Error("VALUE", {
      where: "save",
      expected: "a fitted model",
      got: show(model),
      remedy: "foldBack makes one of a LinearRegression and the names of its columns",
    });
  }
  const { inputs, outputs, columns, lambda, standardized, weight, bias, training } = model;
  const { mean = [], scale = [] } = standardized ?? {};
  const fills = columns.map((column) => (column.kind === "category" ? 0 : (column.fill ?? 0)));
  const bad = [weight.data, bias, mean, scale, fills, lambda]
    .flatMap((x) => (typeof x === "number" ? [x] : [...x]))
    .find((x) => !Number.isFinite(x));
  if (bad !== undefined) {
    throw new Ell2Error("NOT_FINITE", {
      where: "save",
      expected: "a model of finite numbers",
      got: String(bad),
    });
  }
  const file = {
    format: "ell2-model",
    schema: 2,
    inputs,
    outputs,
    columns,
    lambda,
    standardized,
    weight: weight.toArray(),
    bias,
    training,
  };
  const negativeZero = "\0negative zero";
  const text = JSON.stringify(file, (_, value) => (Object.is(value, -0) ? negativeZero : value), 2);
  return `${text.replaceAll(JSON.stringify(negativeZero), "-0")}\n`;
}

/**
 * Reads what `save` wrote.
 * @param text of the file
 * @param where its name, for errors
 * @throws FORMAT for anything that is not a whole model: no JSON, another schema, names that are
 *   missing or twice, shapes that do not fit, numbers that are not finite
 */
export function load(text: string, where = "load"): FittedModel {
  const fail: Fail = (expected, got) =>
    new Ell2Error("FORMAT", { where, expected, got, remedy: "write the model anew with ell2 fit --out" });
  let file: Record<string, unknown>;
  try {
    file = JSON.parse(text);
  } catch (error) {
    throw fail("a model in JSON", (error as Error).message);
  }
  if (file?.format !== "ell2-model") throw fail("an ell2 model", show(file?.format ?? file));
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
  const numbers = (key: string, value: unknown, length: number, holds = (_: number) => true): number[] => {
    const good =
      Array.isArray(value) && value.length === length && value.every((x) => Number.isFinite(x) && holds(x));
    if (!good) throw fail(`${key} to be ${length} finite numbers`, show(value));
    return value;
  };
  const inputs = names("inputs");
  const outputs = names("outputs");
  const [n, k] = [inputs.length, outputs.length];
  const { weight, lambda, standardized } = file;
  const many = Array.isArray(lambda);
  numbers("lambda", many ? lambda : [lambda], many ? k : 1, (x) => x >= 0);
  if (!(Array.isArray(weight) && weight.length === k)) throw fail(`weight to have ${k} rows`, show(weight));
  return {
    inputs,
    outputs,
    columns: file.schema === 1 ? numberColumns(inputs) : readColumns(file.columns, inputs, fail),
    lambda: lambda as number | number[],
    standardized: readStandardization(standardized, (key, value, holds) => numbers(key, value, n, holds)),
    weight: Matrix.from(weight.map((row, l) => numbers(`weight[${l}]`, row, n))),
    bias: numbers("bias", file.bias, k),
    training: readTraining(file.training ?? null, file.schema, fail),
  };
}

type Fail = (expected: string, got: string) => Ell2Error;

function readStandardization(
  value: unknown,
  numbers: (key: string, value: unknown, holds?: (x: number) => boolean) => number[],
): FittedModel["standardized"] {
  if (value === null || value === undefined) return null;
  const { mean, scale } = value as { mean?: unknown; scale?: unknown };
  return {
    mean: numbers("standardized.mean", mean),
    scale: numbers("standardized.scale", scale, (x) => x > 0),
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
  // schema 1 knew descent only
  const {
    solver = "gradient descent",
    descent = { lr, epochs, batchSize },
    fingerprint = null,
  } = schema === 1 ? {} : (rest as Partial<TrainingRecord>);
  const steps = (descent ?? { lr: 0, epochs: 0, batchSize: 0 }) as Record<string, unknown>;
  const numbers = [rows, steps.lr, steps.epochs, steps.batchSize].every(
    (x) => typeof x === "number" && Number.isFinite(x),
  );
  const texts = [strategy, solver, fingerprint ?? ""].every((x) => typeof x === "string");
  if (!numbers || !texts) throw fail("training to be a record of training, or null", show(value));
  return { rows, strategy, solver, descent, fingerprint } as TrainingRecord;
}
