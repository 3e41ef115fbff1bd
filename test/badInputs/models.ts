import { type BadInput, GOOD, model, modelText } from "./case.js";

const good = GOOD["model.json"]!;
const parts = (of: Record<string, unknown>) => model(modelText(of));
const number = (name: string) => ({ kind: "number", name, fill: null });

/** A safetensors file of any header, true or not, with some bytes of data. */
function safetensors(header: unknown, data: Uint8Array = new Uint8Array(24), length?: bigint): Buffer {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(length ?? BigInt(text.length));
  return Buffer.concat([head, text, data]);
}
const tensor = (shape: unknown, from: number, to: number, dtype = "F64") => ({
  dtype,
  shape,
  data_offsets: [from, to],
});
const layer = (weight: unknown, bias: unknown, more = {}) => ({ weight, bias, ...more });
const good2 = layer(tensor([1, 2], 0, 16), tensor([1], 16, 24));

/** Models in JSON. */
export const jsonModels: BadInput[] = [
  {
    what: "an empty file",
    ...model(""),
    exit: 3,
    says: "m: expected a model in JSON or safetensors, got …; write the model anew with ell2 fit --out",
  },
  {
    what: "no JSON",
    ...model("weights: 3"),
    exit: 3,
    says: "m: expected a model in JSON or safetensors, got …; write the model anew with ell2 fit --out",
  },
  {
    what: "cut off",
    ...model(good.slice(0, -30)),
    exit: 3,
    says: "m: expected a model in JSON or safetensors, got …; write the model anew with ell2 fit --out",
  },
  {
    what: "null",
    ...model("null"),
    exit: 3,
    says: "m: expected an ell2 model, got null; write the model anew with ell2 fit --out",
  },
  {
    what: "a list",
    ...model("[1, 2]"),
    exit: 3,
    says: "m: expected an ell2 model, got an array of 2; write the model anew with ell2 fit --out",
  },
  {
    what: "another program's JSON",
    ...model('{"coef_": [1, 2], "intercept_": 3}'),
    exit: 3,
    says: "m: expected an ell2 model, got an object (Object); write the model anew with ell2 fit --out",
  },
  {
    what: "a pickle of scikit-learn",
    ...model(Buffer.from("80049522000000000000008c1c736b6c6561726e2e6c696e6561725f6d6f64656c", "hex")),
    exit: 3,
    says: "m: expected a safetensors header of at most 25 bytes, got 580191360; write the model anew with ell2 fit --out",
  },
  {
    what: "a PyTorch file (a ZIP)",
    ...model(Buffer.from("504b0304000008080000000000000000", "hex")),
    exit: 3,
    says: "m: expected a model in JSON or safetensors, got …; write the model anew with ell2 fit --out",
  },
  {
    what: "ONNX",
    ...model(Buffer.from("080812046f6e6e781a0131", "hex")),
    exit: 3,
    says: "m: expected a model in JSON or safetensors, got …; write the model anew with ell2 fit --out",
  },
  {
    what: "UTF-16",
    ...model(Buffer.from(`\ufeff${good}`, "utf16le")),
    exit: 3,
    says: "m: expected a model in JSON or safetensors, got …; write the model anew with ell2 fit --out",
  },
  { what: "a byte order mark", ...model(`\ufeff${good}`), exit: 0, says: "predictions written to out.csv" },
  {
    what: "a newer schema",
    ...parts({ schema: 3 }),
    exit: 3,
    says: "m: expected schema 1 or 2, got 3, of a newer ell2; update ell2",
  },
  {
    what: "a schema in words",
    ...parts({ schema: "2" }),
    exit: 3,
    says: 'm: expected schema 1 or 2, got "2"; write the model anew with ell2 fit --out',
  },
  {
    what: "no schema",
    ...parts({ schema: undefined }),
    exit: 3,
    says: "m: expected schema 1 or 2, got undefined; write the model anew with ell2 fit --out",
  },
  {
    what: "another format",
    ...parts({ format: "ell2-moments" }),
    exit: 3,
    says: 'm: expected an ell2 model, got "ell2-moments"; write the model anew with ell2 fit --out',
  },
  {
    what: "no inputs",
    ...parts({ inputs: [] }),
    exit: 3,
    says: "m: expected inputs to be names, each once, got an array of 0; write the model anew with ell2 fit --out",
  },
  {
    what: "an input twice",
    ...parts({ inputs: ["a", "a"] }),
    exit: 3,
    says: "m: expected inputs to be names, each once, got an array of 2; write the model anew with ell2 fit --out",
  },
  {
    what: "an input that is no text",
    ...parts({ inputs: ["a", 2] }),
    exit: 3,
    says: "m: expected inputs to be names, each once, got an array of 2; write the model anew with ell2 fit --out",
  },
  {
    what: "columns that do not make the inputs",
    ...parts({ columns: [number("a"), number("c")] }),
    exit: 3,
    says: "m: expected columns that make the inputs, got an array of 2; write the model anew with ell2 fit --out",
  },
  {
    what: "columns of an unknown kind",
    ...parts({ columns: [{ kind: "image", name: "a" }, number("b")] }),
    exit: 3,
    says: "m: expected columns to say what each is, got an array of 2; write the model anew with ell2 fit --out",
  },
  {
    what: "a weight too few",
    ...parts({ weight: [[1]] }),
    exit: 3,
    says: "m: expected weight[0] to be 2 finite numbers, got an array of 1; write the model anew with ell2 fit --out",
  },
  {
    what: "a row of weights too many",
    ...parts({
      weight: [
        [1, 2],
        [3, 4],
      ],
    }),
    exit: 3,
    says: "m: expected weight to have 1 rows, got an array of 2; write the model anew with ell2 fit --out",
  },
  {
    what: "a weight that is null",
    ...parts({ weight: [[1, null]] }),
    exit: 3,
    says: "m: expected weight[0] to be 2 finite numbers, got null as number 2; write the model anew with ell2 fit --out",
  },
  {
    what: "a weight in quotes",
    ...parts({ weight: [[1, "2"]] }),
    exit: 3,
    says: 'm: expected weight[0] to be 2 finite numbers, got "2" as number 2; write the model anew with ell2 fit --out',
  },
  {
    what: "a weight of 1e999",
    ...model(good.replace("[[1,2]]", "[[1,1e999]]")),
    exit: 3,
    says: "m: expected weight[0] to be 2 finite numbers, got Infinity as number 2; write the model anew with ell2 fit --out",
  },
  {
    what: "no bias",
    ...parts({ bias: undefined }),
    exit: 3,
    says: "m: expected bias to be 1 finite number, got undefined; write the model anew with ell2 fit --out",
  },
  {
    what: "λ below 0",
    ...parts({ lambda: -1 }),
    exit: 3,
    says: "m: expected lambda to be 1 finite number ≥ 0, got -1 as number 1; write the model anew with ell2 fit --out",
  },
  {
    what: "a scale of 0",
    ...parts({ standardized: { mean: [0, 0], scale: [1, 0] } }),
    exit: 3,
    says: "m: expected standardized.scale to be 2 finite numbers > 0, got 0 as number 2; write the model anew with ell2 fit --out",
  },
  {
    what: "a record of training that is none",
    ...parts({ training: { rows: "many" } }),
    exit: 3,
    says: "m: expected training to be a record of training, or null, got an object (Object); write the model anew with ell2 fit --out",
  },
  {
    what: "__proto__ in place of the parts",
    ...model(`{"__proto__": ${good}}`),
    exit: 3,
    says: "m: expected an ell2 model, got an object (Object); write the model anew with ell2 fit --out",
  },
  {
    what: "__proto__ beside the parts",
    ...model(good.replace("{", '{"__proto__": {"schema": 9}, ')),
    exit: 0,
    says: "predictions written to out.csv",
  },
  {
    what: "__proto__ as an input",
    ...parts({ inputs: ["__proto__", "b"], columns: [number("__proto__"), number("b")] }),
    exit: 3,
    says: 'fit.csv: expected the column "__proto__", got the columns a, b, y; names are compared letter by letter',
  },
  {
    what: "a key twice",
    ...model(good.replace('"bias":[3]', '"bias":[3],"bias":[4]')),
    exit: 3,
    says: 'm: expected a model in JSON or safetensors, got "bias" twice in an object; write the model anew with ell2 fit --out',
  },
  {
    what: "100 000 lists deep",
    ...model(`${"[".repeat(100_000)}${"]".repeat(100_000)}`),
    exit: 3,
    says: "m: expected an ell2 model, got an array of 1; write the model anew with ell2 fit --out",
  },
  {
    what: "a name with escapes for terminals",
    ...parts({ inputs: ["\u001b[31mred", "b"], columns: [number("\u001b[31mred"), number("b")] }),
    exit: 3,
    says: 'fit.csv: expected the column "\\u001b[31mred", got the columns a, b, y; names are compared letter by letter',
  },
  {
    what: "a folder in place of the model",
    args: ["predict", ".", "fit.csv"],
    exit: 5,
    says: ".: expected a file, got a folder",
  },
  {
    what: "a missing model",
    args: ["predict", "missing.json", "fit.csv"],
    exit: 5,
    says: "missing.json: expected a file, got nothing there",
  },
];

/** Models in safetensors, whose headers lie. */
export const binaryModels: BadInput[] = [
  {
    what: "eight bytes alone",
    ...model(new Uint8Array(8)),
    exit: 3,
    says: "m: expected a safetensors header in JSON, got …; write the model anew with ell2 fit --out",
  },
  {
    what: "a header longer than the file",
    ...model(safetensors(good2, undefined, 100_000n)),
    exit: 3,
    says: "m: expected a safetensors header of at most 144 bytes, got 100000; write the model anew with ell2 fit --out",
  },
  {
    what: "a header of 2⁶⁴ − 1 bytes",
    ...model(safetensors(good2, undefined, 2n ** 64n - 1n)),
    exit: 3,
    says: "m: expected a model in JSON or safetensors, got …; write the model anew with ell2 fit --out",
  },
  {
    what: "a header of 0 bytes",
    ...model(safetensors("", new Uint8Array(24))),
    exit: 3,
    says: "m: expected a safetensors header in JSON, got …; write the model anew with ell2 fit --out",
  },
  {
    what: "a header that is no JSON",
    ...model(safetensors("{weight}")),
    exit: 3,
    says: "m: expected a safetensors header in JSON, got …; write the model anew with ell2 fit --out",
  },
  {
    what: "a header that is a list",
    ...model(safetensors("[]")),
    exit: 3,
    says: 'm: expected a safetensors header that begins with {, got "[]"; write the model anew with ell2 fit --out',
  },
  {
    what: "a header with a name twice",
    ...model(safetensors(JSON.stringify(good2).replace("{", '{"bias":null,'))),
    exit: 3,
    says: 'm: expected a safetensors header in JSON, got "bias" twice in an object; write the model anew with ell2 fit --out',
  },
  {
    what: "a header that is not UTF-8",
    ...model(safetensors(Buffer.from('{"\u00e9":1}', "latin1").toString("latin1")).fill(0xff, 9, 12)),
    exit: 3,
    says: "m: expected a safetensors header in JSON, got …; write the model anew with ell2 fit --out",
  },
  {
    what: "offsets beyond the data",
    ...model(safetensors(layer(tensor([1, 2], 0, 16), tensor([1], 1600, 1608)))),
    exit: 3,
    says: 'm: expected tensor "bias" to begin at byte 16, got 1600; write the model anew with ell2 fit --out',
  },
  {
    what: "offsets that overlap",
    ...model(safetensors(layer(tensor([1, 2], 0, 16), tensor([1], 8, 16)))),
    exit: 3,
    says: 'm: expected tensor "bias" to begin at byte 16, got 8; write the model anew with ell2 fit --out',
  },
  {
    what: "a hole between tensors",
    ...model(safetensors(layer(tensor([1, 2], 0, 16), tensor([1], 24, 32)), new Uint8Array(32))),
    exit: 3,
    says: 'm: expected tensor "bias" to begin at byte 16, got 24; write the model anew with ell2 fit --out',
  },
  {
    what: "offsets in the wrong order",
    ...model(safetensors(layer(tensor([1, 2], 16, 0), tensor([1], 16, 24)))),
    exit: 3,
    says: 'm: expected tensor "weight" to have the 16 bytes of its shape, got -16; write the model anew with ell2 fit --out',
  },
  {
    what: "offsets below 0",
    ...model(safetensors(layer(tensor([1, 2], -16, 0), tensor([1], 0, 8)))),
    exit: 3,
    says: 'm: expected tensor "weight" to have two data_offsets, got an array of 2; write the model anew with ell2 fit --out',
  },
  {
    what: "more data than the tensors",
    ...model(safetensors(good2, new Uint8Array(40))),
    exit: 3,
    says: "m: expected tensors that fill the 40 bytes behind the header, got 24 bytes of them; write the model anew with ell2 fit --out",
  },
  {
    what: "less data than the tensors",
    ...model(safetensors(good2, new Uint8Array(20))),
    exit: 3,
    says: "m: expected tensors that fill the 20 bytes behind the header, got 24 bytes of them; write the model anew with ell2 fit --out",
  },
  {
    what: "a shape that does not make the bytes",
    ...model(safetensors(layer(tensor([2, 2], 0, 16), tensor([1], 16, 24)))),
    exit: 3,
    says: 'm: expected tensor "weight" to have the 32 bytes of its shape, got 16; write the model anew with ell2 fit --out',
  },
  {
    what: "a shape beyond all numbers",
    ...model(safetensors(layer(tensor([2 ** 40, 2 ** 40], 0, 16), tensor([1], 16, 24)))),
    exit: 3,
    says: 'm: expected tensor "weight" to have the 9.671406556917033e+24 bytes of its shape, got 16; write the model anew with ell2 fit --out',
  },
  {
    what: "a shape with a fraction",
    ...model(safetensors(layer(tensor([1, 2.5], 0, 16), tensor([1], 16, 24)))),
    exit: 3,
    says: 'm: expected tensor "weight" to have a shape of whole numbers, got an array of 2; write the model anew with ell2 fit --out',
  },
  {
    what: "a shape of three",
    ...model(safetensors(layer(tensor([1, 1, 2], 0, 16), tensor([1], 16, 24)))),
    exit: 3,
    says: "m: expected a weight [k×n] and k biases, got [1×1×2] and [1]; write the model anew with ell2 fit --out",
  },
  {
    what: "no targets",
    ...model(safetensors(layer(tensor([0, 2], 0, 0), tensor([0], 0, 0)), new Uint8Array(0))),
    exit: 3,
    says: "m: expected a weight [k×n] and k biases, got [0×2] and [0]; write the model anew with ell2 fit --out",
  },
  {
    what: "numbers of 16 bits",
    ...model(safetensors(layer(tensor([1, 2], 0, 4, "BF16"), tensor([1], 4, 6, "BF16")), new Uint8Array(6))),
    exit: 3,
    says: 'm: expected tensor "weight" to be of dtype F64 or F32, got "BF16"; write the model anew with ell2 fit --out',
  },
  {
    what: "two layers",
    ...model(
      safetensors({
        "a.weight": tensor([1, 1], 0, 8),
        "a.bias": tensor([1], 8, 16),
        "b.weight": tensor([1, 1], 16, 24),
      }),
    ),
    exit: 3,
    says: 'm: expected the weight and the bias of one linear layer, got "a.weight", "a.bias", "b.weight"; write the model anew with ell2 fit --out',
  },
  {
    what: "no bias",
    ...model(safetensors({ weight: tensor([1, 3], 0, 24) })),
    exit: 3,
    says: 'm: expected the weight and the bias of one linear layer, got "weight"; write the model anew with ell2 fit --out',
  },
  {
    what: "NaN among the weights",
    ...model(safetensors(good2, new Uint8Array(24).fill(255))),
    exit: 3,
    says: "m: expected weight[0] to be 2 finite numbers, got NaN as number 1; write the model anew with ell2 fit --out",
  },
  {
    what: "metadata that are no texts",
    ...model(safetensors(layer(tensor([1, 2], 0, 16), tensor([1], 16, 24), { __metadata__: { ell2: 3 } }))),
    exit: 3,
    says: "m: expected __metadata__ to hold texts, got an object (Object); write the model anew with ell2 fit --out",
  },
  {
    what: "metadata that are no JSON",
    ...model(safetensors(layer(tensor([1, 2], 0, 16), tensor([1], 16, 24), { __metadata__: { ell2: "{" } }))),
    exit: 3,
    says: "m: expected JSON in the metadata ell2, got …; write the model anew with ell2 fit --out",
  },
  {
    what: "metadata of another shape",
    ...model(
      safetensors(
        layer(tensor([1, 2], 0, 16), tensor([1], 16, 24), {
          __metadata__: { ell2: modelText({ inputs: ["a"] }) },
        }),
      ),
    ),
    exit: 3,
    says: "m: expected columns that make the inputs, got an array of 2; write the model anew with ell2 fit --out",
  },
  {
    what: "__proto__ as a tensor",
    ...model(safetensors('{"__proto__":{"dtype":"F64","shape":[3],"data_offsets":[0,24]}}')),
    exit: 3,
    says: 'm: expected the weight and the bias of one linear layer, got "__proto__"; write the model anew with ell2 fit --out',
  },
  {
    what: "a layer of another size than the rows",
    ...model(safetensors(layer(tensor([1, 1], 0, 8), tensor([1], 8, 16)), new Uint8Array(16))),
    exit: 3,
    says: 'fit.csv: expected the column "x0", got the columns a, b, y; names are compared letter by letter',
  },
];
