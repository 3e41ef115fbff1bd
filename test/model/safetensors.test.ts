import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { predictFitted } from "../../src/model/fitted.js";
import { load, save } from "../../src/model/save.js";
import { normalMatrix } from "../linalg/random.js";
import { refuses } from "../nn/help.js";
import { bitsOf } from "../numbers/exact.js";
import { everyModel, modelOf, numbers, relativeDistance } from "./raw.js";

const F64 = (values: readonly number[]) => new Uint8Array(Float64Array.from(values).buffer);
const F32 = (values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);

/** A file of a header, given as text or as what it holds, and data. */
function file(header: unknown, ...data: Uint8Array[]): Uint8Array {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...data]);
}

const weight = { dtype: "F64", shape: [1, 2], data_offsets: [0, 16] };
const bias = { dtype: "F64", shape: [1], data_offsets: [16, 24] };
const data = F64([2, -3, 0.5]);

describe('save(model, "safetensors") and load', () => {
  test("give the same model back, columns, names and training included", () => {
    const standardized = { mean: everyModel.inputs.map(() => -0), scale: everyModel.inputs.map(() => 0.1) };
    const training = {
      rows: 9,
      strategy: "rows",
      solver: "cholesky",
      descent: null,
      fingerprint: "f",
      intercept: false,
      weight: { column: "w", kind: "precision" as const },
    };
    const model = { ...everyModel, standardized, training };
    expect(load(save(model, "safetensors"))).toEqual(model);
  });

  test("keep every bit, −0 included", () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    const sizes = fc.record({ n: fc.integer({ min: 1, max: 5 }), k: fc.integer({ min: 1, max: 3 }) });
    fc.assert(
      fc.property(sizes, fc.infiniteStream(finite), ({ n, k }, stream) => {
        const names = (length: number) => Array.from({ length }, (_, j) => `${j}`);
        const model = {
          ...modelOf(numbers(names(n)), names(k)),
          bias: names(k).map(() => stream.next().value),
        };
        for (let i = 0; i < n * k; i++) model.weight.data[i] = stream.next().value;
        const again = load(save(model, "safetensors"));
        expect(again).toEqual(model);
        expect([...again.weight.data, ...again.bias].map(bitsOf)).toEqual(
          [...model.weight.data, ...model.bias].map(bitsOf),
        );
      }),
    );
  });

  test("keep the rules of the format: a header in JSON, data at a multiple of 8, tensors side by side", () => {
    const bytes = save(everyModel, "safetensors");
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    const [k, n] = [everyModel.outputs.length, everyModel.inputs.length];
    expect(header["layer.weight"]).toEqual({ dtype: "F64", shape: [k, n], data_offsets: [0, 8 * k * n] });
    expect(header["layer.bias"]).toEqual({
      dtype: "F64",
      shape: [k],
      data_offsets: [8 * k * n, 8 * k * (n + 1)],
    });
    expect(bytes.length).toBe(8 + length + 8 * k * (n + 1));
    const described = JSON.parse(header.__metadata__.ell2);
    expect(described).toMatchObject({ format: "ell2-model", schema: 2, inputs: everyModel.inputs });
    expect("weight" in described || "bias" in described).toBe(false);
  });

  test("load takes JSON as text and as bytes, and bytes that stand inside others", () => {
    expect(load(new TextEncoder().encode(save(everyModel)))).toEqual(everyModel);
    const bytes = save(everyModel, "safetensors");
    const within = new Uint8Array(bytes.length + 3);
    within.set(bytes, 3);
    expect(load(within.subarray(3))).toEqual(everyModel);
  });

  test.each([["layer."], [""], ["model.0."]])(
    "load takes a linear layer from elsewhere, prefix %j",
    (prefix) => {
      const model = load(
        file({ [`${prefix}bias`]: bias, [`${prefix}weight`]: weight, __metadata__: { format: "pt" } }, data),
      );
      expect(model).toMatchObject({
        inputs: ["x0", "x1"],
        outputs: ["y0"],
        bias: [0.5],
        lambda: 0,
        training: null,
      });
      expect(model.columns).toEqual(numbers(["x0", "x1"]));
      expect(model.weight.toArray()).toEqual([[2, -3]]);
    },
  );

  test("load takes float32", () => {
    const header = {
      bias: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
      weight: { dtype: "F32", shape: [2, 1], data_offsets: [8, 16] },
    };
    const model = load(file(header, F32([0.1, 1]), F32([-2, 0.3])));
    expect([...model.weight.data, ...model.bias]).toEqual([-2, 0.3, 0.1, 1].map(Math.fround));
  });

  const changed = (change: object, other: object = {}) =>
    file({ weight: { ...weight, ...change }, bias: { ...bias, ...other } }, data);
  const whole = save(everyModel, "safetensors");
  const entry = JSON.stringify(weight);

  const corrupt: [string, Uint8Array, RegExp][] = [
    ["a length beyond the file", file("{}", F64([])).fill(9, 0, 1), /header of at most 2 bytes, got 9/],
    ["a length beyond the format's", Uint8Array.of(0, 0, 0, 255, 0, 0, 0, 0, 123, 125), /at most 2 bytes/],
    ["a file cut in the header", whole.slice(0, 40), /header of at most/],
    ["a file cut in the data", whole.slice(0, -1), /fill the \d+ bytes/],
    ["bytes behind the data", file({ weight, bias }, data, F64([1])), /fill the 32 bytes behind the header, got 24/],
    ["a header that is no JSON", file("{weight}"), /header in JSON/],
    ["a header that is not UTF-8", file("{}").fill(255, 8), /header in JSON/],
    ["a header with a byte order mark", file(`\ufeff${JSON.stringify({ weight, bias })}`, data), /header/],
    ["a header that begins with a space", file(` ${JSON.stringify({ weight, bias })}`, data), /begins with \{/],
    ["a header that is a list", file("[]"), /begins with \{/],
    ["no tensors", file({}), /one linear layer, got no tensors/],
    ["one tensor", file({ weight }, F64([1, 2])), /one linear layer, got "weight"/],
    ["a third tensor", file({ weight, bias, c: { ...bias, data_offsets: [24, 32] } }, data, F64([1])), /"c"/],
    ["prefixes that differ", file({ "a.weight": weight, "b.bias": bias }, data), /one linear layer/],
    ["a tensor twice", file(`{"weight": ${entry}, "weight": ${entry}}`, data), /"weight" twice/],
    ["a tensor twice, once escaped", file(`{"weight": ${entry}, "w\\u0065ight": ${entry}}`, data), /"weight" twice/],
    ["a field twice", file(`{"weight": {"dtype": "F64", ${entry.slice(1)}}`, data), /"dtype" twice/],
    ["a tensor called __proto__", file(`{"__proto__": ${entry}, "bias": ${JSON.stringify(bias)}}`, data), /__proto__/],
    ["fields under __proto__", file(`{"weight": {"__proto__": ${entry}}}`, data), /dtype F64 or F32, got undefined/],
    ["a tensor that is null", file({ weight: null, bias }, data), /dtype/],
    ["a tensor that is text", file({ weight: "F64", bias }, data), /dtype/],
    ["half precision", changed({ dtype: "F16" }), /dtype F64 or F32, got "F16"/],
    ["a type under the prototype's names", changed({ dtype: "constructor" }), /dtype/],
    ["no shape", changed({ shape: undefined }), /shape/],
    ["a negative shape", changed({ shape: [-1, -2] }), /shape/],
    ["a shape of fractions", changed({ shape: [0.5, 4] }), /shape/],
    ["a shape as text", changed({ shape: ["1", 2] }), /shape/],
    ["a shape beyond the bytes", changed({ shape: [1, 3] }), /24 bytes of its shape, got 16/],
    ["a shape that overflows", changed({ shape: [2 ** 32, 2 ** 32] }), /bytes of its shape/],
    ["one offset", changed({ data_offsets: [16] }), /two data_offsets/],
    ["offsets that are negative", changed({ data_offsets: [-8, 8] }), /two data_offsets/],
    ["offsets the wrong way", changed({ data_offsets: [16, 0] }), /bytes of its shape/],
    ["tensors that overlap", changed({}, { data_offsets: [8, 16] }), /"bias" to begin at byte 16, got 8/],
    ["a hole", file({ weight, bias: { ...bias, data_offsets: [24, 32] } }, data, F64([1])), /begin at byte 16, got 24/],
    ["a hole before the first", file({ weight: { ...weight, data_offsets: [8, 24] } }, data), /begin at byte 0/],
    ["offsets beyond the data", changed({}, { data_offsets: [16, 32], shape: [2] }), /fill the 24 bytes/],
    ["a weight that is no matrix", changed({ shape: [2] }), /weight \[k×n\]/],
    ["a bias that is a matrix", changed({}, { shape: [1, 1] }), /weight \[k×n\]/],
    ["a bias of another length", changed({ shape: [2, 1] }), /weight \[k×n\] and k biases, got \[2×1\] and \[1\]/],
    ["a weight without features", file({ weight: { ...weight, shape: [1, 0], data_offsets: [0, 0] }, bias: { ...bias, data_offsets: [0, 8] } }, F64([1])), /weight \[k×n\]/],
    ["NaN", file({ weight, bias }, F64([2, Number.NaN, 1])), /finite numbers/],
    ["metadata that is no text", file({ weight, bias, __metadata__: { a: 1 } }, data), /__metadata__/],
    ["metadata that is a list", file({ weight, bias, __metadata__: ["a"] }, data), /__metadata__/],
    ["ell2's metadata cut short", file({ weight, bias, __metadata__: { ell2: "{" } }, data), /JSON in the metadata ell2/],
    ["ell2's metadata of another shape", file({ weight, bias, __metadata__: { ell2: JSON.stringify(JSON.parse(save(everyModel))) } }, data), /weight to have 3 rows/],
    ["ell2's metadata that is null", file({ weight, bias, __metadata__: { ell2: "null" } }, data), /an ell2 model/],
    ["bytes that are nothing", Uint8Array.of(1, 2, 3), /JSON or safetensors/],
    ["no bytes", new Uint8Array(0), /JSON or safetensors/],
  ]; // biome-ignore format: a table

  test.each(corrupt)("load refuses %s with FORMAT", (_, bytes, message) => {
    refuses(
      () => load(bytes, "m.safetensors"),
      "FORMAT",
      /^m\.safetensors: expected .*; write the model anew/s,
    );
    refuses(() => load(bytes), "FORMAT", message);
  });

  test("load fails with FORMAT alone, whatever byte is changed and wherever the file is cut", () => {
    const small = save(modelOf(numbers(["a", "b"]), ["y"]), "safetensors");
    const known = (bytes: Uint8Array) => {
      try {
        return load(bytes) !== undefined;
      } catch (error) {
        return (error as { code?: string }).code === "FORMAT";
      }
    };
    for (let i = 0; i < small.length; i++) {
      expect(known(small.slice(0, i)), `cut at ${i}`).toBe(true);
      for (const byte of [0, 34, 125, 255]) expect(known(small.with(i, byte)), `${byte} at ${i}`).toBe(true);
    }
  });

  test("save refuses another format", () => {
    refuses(() => save(everyModel, "pickle" as never), "VALUE", /"json" or "safetensors", got "pickle"/);
    refuses(() => save({ ...everyModel, bias: [1, 2, Number.NaN] }, "safetensors"), "NOT_FINITE");
  });
});

/** A Python with torch: `ELL2_PYTHON`, or the first on the path. */
const python = (
  process.env.ELL2_PYTHON
    ? [process.env.ELL2_PYTHON]
    : (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "python3"))
).find((path) => existsSync(path) && spawnSync(path, ["-c", "import torch"]).status === 0);

const READ = `
import json, sys, torch
path, x = sys.argv[1], torch.tensor(json.loads(sys.argv[2]), dtype=torch.float64)
try:
    from safetensors.torch import load_file
    tensors = load_file(path)
except ImportError:
    content = open(path, "rb").read()
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    header.pop("__metadata__")
    def tensor(entry):
        begin, end = entry["data_offsets"]
        return torch.frombuffer(bytearray(content[start + begin:start + end]), dtype=torch.float64).reshape(entry["shape"])
    tensors = {name: tensor(entry) for name, entry in header.items()}
class Model(torch.nn.Module):
    def __init__(self, k, n):
        super().__init__()
        self.layer = torch.nn.Linear(n, k, dtype=torch.float64)
model = Model(*tensors["layer.weight"].shape)
model.load_state_dict(tensors)
with torch.no_grad():
    print(json.dumps(model.layer(x).tolist()))
`;

const folder = mkdtempSync(join(tmpdir(), "ell2-safetensors-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(python === undefined)("real PyTorch (skipped where no Python has torch)", () => {
  test("reads what save writes into an nn.Linear and predicts what predictFitted predicts", () => {
    const model = modelOf(numbers(["a", "b", "c", "d"]), ["y", "z", "u"]);
    const X = normalMatrix(9, 4, 8);
    const path = join(folder, "model.safetensors");
    writeFileSync(path, save(model, "safetensors"));
    const { stdout, stderr } = spawnSync(python!, ["-c", READ, path, JSON.stringify(X.toArray())], {
      encoding: "utf8",
    });
    expect(stdout, stderr).not.toBe("");
    const expected = predictFitted(model, X);
    const read = { ...expected, data: Float64Array.from((JSON.parse(stdout) as number[][]).flat()) };
    expect(relativeDistance(read as never, expected)).toBeLessThan(1e-14);
  }, 120_000);
});
