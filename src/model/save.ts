import { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";
import { show } from "../numbers/check.js";
import { checkFitted, type FittedModel } from "./fitted.js";
import { jsonText, parseJson } from "./json.js";
import { type Fail, readModel } from "./readModel.js";
import { isSafetensors, readSafetensors, type Tensor, writeSafetensors } from "./safetensors.js";

/** What ell2's description of a model is called in a safetensors file's metadata. */
const METADATA = "ell2";

/**
 * A fitted model as a file, every number with all its digits (−0 included).
 * @param model with finite numbers
 * @param format "json": text; "safetensors": bytes with `layer.weight` [k×n] and `layer.bias` [k] in
 *   float64, as PyTorch's `nn.Linear` holds them, and everything else as JSON in the metadata
 * @throws NOT_FINITE for NaN or infinity, which JSON does not have; VALUE for another format, or for
 *   what is no fitted model; SHAPE where its parts do not fit
 * @returns text, or bytes
 * Source: docs/export.md.
 */
export function save(model: FittedModel, format?: "json"): string;
export function save(model: FittedModel, format: "safetensors"): Uint8Array<ArrayBuffer>;
export function save(
  model: FittedModel,
  format: "json" | "safetensors" = "json",
): string | Uint8Array<ArrayBuffer> {
  checkFitted("save", model);
  const { inputs, outputs, columns, lambda, standardized, weight, bias, training } = model;
  const head = { format: "ell2-model", schema: 2, inputs, outputs, columns, lambda, standardized };
  if (format === "json") return `${jsonText({ ...head, weight: weight.toArray(), bias, training }, 2)}\n`;
  if (format === "safetensors") {
    const tensors = new Map<string, Tensor>([
      ["layer.weight", { shape: [weight.rows, weight.cols], data: weight.data }],
      ["layer.bias", { shape: [bias.length], data: Float64Array.from(bias) }],
    ]);
    return writeSafetensors(tensors, new Map([[METADATA, jsonText({ ...head, training })]]));
  }
  throw new Ell2Error("VALUE", {
    where: "save",
    expected: 'format to be "json" or "safetensors"',
    got: show(format),
  });
}

/**
 * Reads what `save` wrote, in either format, and a safetensors file of one linear layer from
 * elsewhere: two tensors `weight` [k×n] and `bias` [k] in float64 or float32, with a common prefix
 * such as `layer.` or none. Such a file names no columns and no λ: the columns are numbers, called
 * x0, x1, … and y0, y1, …, and λ is 0.
 * @param file text or bytes; which of the formats the bytes are is read off them
 * @param where its name, for errors
 * @throws FORMAT for anything that is not a whole model: neither JSON nor safetensors, another
 *   schema, names that are missing or twice, shapes that do not fit, numbers that are not finite
 * @returns the model
 * Source: docs/export.md.
 */
export function load(file: string | Uint8Array, where = "load"): FittedModel {
  const fail: Fail = (expected, got, remedy = "write the model anew with ell2 fit --out") =>
    new Ell2Error("FORMAT", { where, expected, got, remedy });
  if (typeof file !== "string" && isSafetensors(file)) return readModel(fromSafetensors(file, fail), fail);
  let parsed: Record<string, unknown>;
  try {
    const text = typeof file === "string" ? file : new TextDecoder("utf-8", { fatal: true }).decode(file);
    parsed = parseJson(text) as Record<string, unknown>;
  } catch (error) {
    throw fail("a model in JSON or safetensors", (error as Error).message);
  }
  return readModel(parsed, fail);
}

/** What a JSON file would hold of the model in a safetensors file. */
function fromSafetensors(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  const { tensors, metadata } = readSafetensors(bytes, fail);
  const [prefix, ...others] = [...tensors.keys()].flatMap((name) => /^(|.*\.)weight$/s.exec(name)?.[1] ?? []);
  const weight = tensors.get(`${prefix}weight`);
  const bias = tensors.get(`${prefix}bias`);
  if (!weight || !bias || others.length > 0 || tensors.size !== 2) {
    const names = [...tensors.keys()].slice(0, 8).map((name) => JSON.stringify(name));
    throw fail("the weight and the bias of one linear layer", names.join(", ") || "no tensors");
  }
  const [k = 0, n = 0] = weight.shape;
  if (weight.shape.length !== 2 || bias.shape.length !== 1 || bias.shape[0] !== k || k === 0 || n === 0) {
    throw fail("a weight [k×n] and k biases", `[${weight.shape.join("×")}] and [${bias.shape.join("×")}]`);
  }
  const parameters = { weight: new Matrix(k, n, weight.data).toArray(), bias: Array.from(bias.data) };
  const text = metadata.get(METADATA);
  if (text === undefined) return { ...unnamed(k, n), ...parameters };
  try {
    return { ...(parseJson(text) as object), ...parameters };
  } catch (error) {
    throw fail(`JSON in the metadata ${METADATA}`, (error as Error).message);
  }
}

/** The description of a layer of which only the shape is known. */
function unnamed(k: number, n: number): Record<string, unknown> {
  const names = (letter: string, length: number) => Array.from({ length }, (_, j) => `${letter}${j}`);
  return { format: "ell2-model", schema: 1, inputs: names("x", n), outputs: names("y", k), lambda: 0 };
}
