import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numberColumns } from "../../src/data/columns.js";
import { standardization, standardize } from "../../src/data/standardizer.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { type FittedModel, foldBack, predictFitted } from "../../src/model/fitted.js";
import { load, save } from "../../src/model/save.js";
import { farthest, normalMatrix } from "../linalg/random.js";
import { refuses } from "../nn/help.js";
import { bitsOf } from "../numbers/exact.js";
import { newModel, problem } from "./help.js";

const descent = { lr: 0.1, epochs: 5, batchSize: 3 };
const record = {
  rows: 9,
  strategy: "rows",
  solver: "gradient descent",
  descent,
  fingerprint: null,
  intercept: true,
  weight: null,
};
const weighted = { ...record, intercept: false, weight: { column: "w", kind: "precision" as const } };

const example = (): FittedModel => ({
  inputs: ["a", "b=c", "b="],
  outputs: ["y", "z"],
  columns: [
    { kind: "number", name: "a", fill: 0.1 },
    { kind: "category", name: "b", levels: ["c", ""], reference: "d" },
  ],
  lambda: 0.01,
  standardized: { mean: [0.1, 1e-300, -5], scale: [1, 2, 1 / 3] },
  weight: normalMatrix(2, 3, 1),
  bias: [0.1 + 0.2, -7],
  training: { ...record },
});

describe("foldBack and predictFitted", () => {
  test("predictFitted(foldBack(…)) predicts on raw data what the model predicts on standardised data", () => {
    const cases = fc.record({
      n: fc.integer({ min: 1, max: 4 }),
      k: fc.integer({ min: 1, max: 3 }),
      seed: fc.integer({ min: 0, max: 1e6 }),
      factor: fc.constantFrom(1e-3, 1, 1e3),
      offset: fc.constantFrom(0, 10, -100),
    });
    fc.assert(
      fc.property(cases, ({ n, k, seed, factor, offset }) => {
        const X = normalMatrix(12, n, seed)
          .times(factor)
          .plus(offset * factor);
        const learnt = standardization(X);
        const model = newModel(n, k, 0.5, seed);
        const names = {
          inputs: Array.from({ length: n }, String),
          outputs: Array.from({ length: k }, String),
        };
        const fitted = foldBack(model, names, learnt, record);
        const others = normalMatrix(7, n, seed + 1)
          .times(factor)
          .plus(offset * factor);
        const expected = model.predict(standardize(others, learnt));
        expect(farthest(predictFitted(fitted, others), expected)).toBeLessThan(1e-11);
        expect(fitted.standardized).toEqual({ mean: learnt.mean, scale: learnt.scale });
        expect([fitted.weight.shape, fitted.bias.length]).toEqual([`[${k}×${n}]`, k]);
      }),
    );
  });

  test("foldBack without a standardization is the model itself, to the bit", () => {
    const [model, { X, inputs, outputs }] = [newModel(4, 2, 0.5), problem(9, 4, 2)];
    const fitted = foldBack(model, { inputs, outputs }, null, record);
    expect(predictFitted(fitted, X)).toEqual(model.predict(X));
    expect(predictFitted(fitted, X.toArray())).toEqual(model.predict(X));
    expect(fitted).toMatchObject({ inputs, outputs, lambda: 0.5, standardized: null, training: record });
    fitted.weight.data[0] = 99;
    expect(model.w.data[0]).not.toBe(99);
  });

  test("foldBack leaves the model alone", () => {
    const model = newModel(4, 2, 0.5);
    const { X, inputs, outputs } = problem(9, 4, 2);
    foldBack(model, { inputs, outputs }, standardization(X), record);
    const again = newModel(4, 2, 0.5);
    expect([model.w, model.b]).toEqual([again.w, again.b]);
  });

  test("a constant column of weight 0 shifts nothing after foldBack", () => {
    const X = Matrix.from([[7, 1], [7, 3]]); // biome-ignore format: two rows
    const learnt = standardization(X);
    const model = newModel(2, 1);
    model.w.data[0] = 0;
    const fitted = foldBack(model, { inputs: ["a", "b"], outputs: ["y"] }, learnt, record);
    expect(farthest(predictFitted(fitted, X), model.predict(standardize(X, learnt)))).toBeLessThan(1e-14);
  });

  test("predictFitted refuses another number of features, naming those it has", () => {
    refuses(
      () => predictFitted(example(), new Matrix(2, 2)),
      "SHAPE",
      /3 features \(a, b=c, b=\), got X \[2×2\]/,
    );
    expect(predictFitted(example(), new Matrix(0, 3)).shape).toBe("[0×2]");
  });
});

describe("save and load", () => {
  const positive = fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 });
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
  const models = fc
    .record({ n: fc.integer({ min: 1, max: 4 }), k: fc.integer({ min: 1, max: 3 }) })
    .chain(({ n, k }) => {
      const list = (size: number) => fc.array(finite, { minLength: size, maxLength: size });
      const names = (size: number) =>
        fc.uniqueArray(fc.string({ unit: "binary" }), { minLength: size, maxLength: size });
      return fc
        .record({
          inputs: names(n),
          outputs: names(k),
          lambda: fc.oneof(positive, fc.array(positive, { minLength: k, maxLength: k })),
          standardized: fc.option(
            fc.record({ mean: list(n), scale: list(n).map((scale) => scale.map((x) => Math.abs(x) || 1)) }),
          ),
          weight: list(n * k).map((entries) => new Matrix(k, n, Float64Array.from(entries))),
          bias: list(k),
          training: fc.option(
            fc.constantFrom(record, weighted, { ...record, descent: null, fingerprint: "f" }),
          ),
        })
        .map((model) => ({ ...model, columns: numberColumns(model.inputs) }));
    });

  test("load(save(model)) is the model, to the bit, whatever the numbers and the names", () => {
    fc.assert(
      fc.property(models, (model) => {
        const again = load(save(model));
        expect(again).toEqual(model);
        const numbers = (m: FittedModel) => [...[m.lambda].flat(), ...m.weight.data, ...m.bias].map(bitsOf);
        expect(numbers(again)).toEqual(numbers(model));
      }),
      { numRuns: 50 },
    );
    expect(load(save(example()))).toEqual(example());
  });

  test("load(save(model)) keeps −0", () => {
    const model = { ...example(), bias: [-0, 1] };
    model.weight.data[4] = -0;
    const again = load(save(model));
    expect(Object.is(again.bias[0], -0)).toBe(true);
    expect(Object.is(again.weight.data[4], -0)).toBe(true);
  });

  test("save writes JSON that says what it is, ends in a newline, and holds weight [k×n]", () => {
    const text = save(example());
    expect(text.endsWith("}\n")).toBe(true);
    const file = JSON.parse(text);
    expect([file.format, file.schema]).toEqual(["ell2-model", 2]);
    expect(file.weight).toEqual(example().weight.toArray());
  });

  test("load takes a file without a standardization or training as one that had none", () => {
    const { standardized, training, ...rest } = JSON.parse(save(example()));
    expect(load(JSON.stringify(rest))).toMatchObject({ standardized: null, training: null });
  });

  /** The example's file with something changed. */
  const changed = (change: Record<string, unknown>): string =>
    JSON.stringify({ ...JSON.parse(save(example())), ...change });
  const without = (key: string): string => {
    const { [key]: _, ...rest } = JSON.parse(save(example()));
    return JSON.stringify(rest);
  };
  const whole = save(example());
  const weight = example().weight.toArray();

  const corrupt: [string, string][] = [
    ["nothing", ""],
    ["white space", " \n"],
    ["no JSON", "weight = 3"],
    ["a file cut in the middle", whole.slice(0, whole.length / 2)],
    ["a file cut before its last brace", whole.slice(0, whole.lastIndexOf("}"))],
    ["something behind the end", `${whole}{}`],
    ["NaN, which is no JSON", whole.replace("0.01", "NaN")],
    ["null", "null"],
    ["a number", "3"],
    ["text", '"ell2-model"'],
    ["a list", `[${whole}]`],
    ["no format", without("format")],
    ["another format", changed({ format: "onnx" })],
    ["no schema", without("schema")],
    ["a later schema", changed({ schema: 3 })],
    ["a schema as text", changed({ schema: "1" })],
    ["no columns", without("columns")],
    ["columns that make other inputs", changed({ columns: numberColumns(["a", "b", "c"]) })],
    ["a column of no kind", changed({ columns: [{ name: "a", fill: null }] })],
    ["a column that is null", changed({ columns: [null, null, null] })],
    ["levels that are numbers", changed({ columns: [{ kind: "category", name: "b", levels: [1] }] })],
    ["too few lambdas", changed({ lambda: [1] })],
    ["no inputs", without("inputs")],
    ["inputs that are no list", changed({ inputs: "abc" })],
    ["inputs that are numbers", changed({ inputs: [1, 2, 3] })],
    ["an input twice", changed({ inputs: ["a", "b", "a"] })],
    ["too few inputs", changed({ inputs: ["a", "b"] })],
    ["too many inputs", changed({ inputs: ["a", "b", "c", "d"] })],
    ["no inputs at all", changed({ inputs: [], weight: [[], []], standardized: null })],
    ["no outputs", without("outputs")],
    ["outputs that are numbers", changed({ outputs: [1, 2] })],
    [
      "a reference that is a number",
      changed({
        inputs: ["a", "b", "c=d"],
        columns: [...numberColumns(["a", "b"]), { kind: "category", name: "c", levels: ["d"], reference: 3 }],
      }),
    ],
    ["an output twice", changed({ outputs: ["y", "y"] })],
    ["too few outputs", changed({ outputs: ["y"] })],
    ["no outputs at all", changed({ outputs: [], weight: [], bias: [] })],
    ["no lambda", without("lambda")],
    ["a negative lambda", changed({ lambda: -1 })],
    ["lambda as text", changed({ lambda: "0.01" })],
    ["lambda NaN, which JSON writes as null", changed({ lambda: Number.NaN })],
    ["no weight", without("weight")],
    ["a weight transposed", changed({ weight: example().weight.T.toArray() })],
    ["a weight with a short row", changed({ weight: [weight[0], [1, 2]] })],
    ["a weight that is flat", changed({ weight: weight.flat() })],
    ["a weight with NaN as text", changed({ weight: [weight[0], [1, "NaN", 3]] })],
    ["a weight with null", changed({ weight: [weight[0], [1, null, 3]] })],
    ["a weight beyond float64", whole.replace("-7", "1e999")],
    ["a weight as an object", changed({ weight: { 0: weight[0], 1: weight[1], length: 2 } })],
    ["no bias", without("bias")],
    ["a bias too long", changed({ bias: [1, 2, 3] })],
    ["a bias with text", changed({ bias: [1, "2"] })],
    ["a bias with true", changed({ bias: [1, true] })],
    ["a standardization that is text", changed({ standardized: "yes" })],
    ["a standardization that is true", changed({ standardized: true })],
    ["a standardization without scale", changed({ standardized: { mean: [1, 2, 3] } })],
    ["a standardization of other length", changed({ standardized: { mean: [1, 2], scale: [1, 2] } })],
    ["a standardization with null", changed({ standardized: { mean: [1, null, 3], scale: [1, 1, 1] } })],
    ["its parts under __proto__", `{"__proto__": ${whole}}`],
    [
      "a weight under __proto__",
      `{"__proto__": {"weight": ${JSON.stringify(weight)}}, ${without("weight").slice(1)}`,
    ],
    [
      "a standardization under __proto__",
      whole
        .replace(/"standardized": \{/, '"standardized": {"__proto__": {')
        .replace(/\},\s*"weight"/, '}}, "weight"'),
    ],
  ];

  const steps = { lr: 0.1, epochs: 3, batchSize: 9 };

  test.each<[string, object]>([
    ["rows as text", { rows: "9" }],
    ["no rows", { rows: undefined }],
    ["a rate as text", { descent: { ...steps, lr: "0.1" } }],
    ["no epochs", { descent: { ...steps, epochs: undefined } }],
    ["batches of null", { descent: { ...steps, batchSize: null } }],
    ["a strategy that is a number", { strategy: 1 }],
    ["a solver that is a number", { solver: 1 }],
    ["a fingerprint that is a number", { fingerprint: 1 }],
    ["an intercept that is a number", { intercept: 1 }],
    ["a weight without a column", { weight: { kind: "frequency" } }],
    ["a weight of another kind", { weight: { column: "w", kind: "count" } }],
    ["a weight that is a name", { weight: "w" }],
  ])("load refuses a record of training with %s", (_, change) => {
    expect(load(changed({ training: record })).training).toEqual(record);
    expect(load(changed({ training: { ...record, descent: steps } })).training!.descent).toEqual(steps);
    refuses(() => load(changed({ training: { ...record, ...change } })), "FORMAT", /record of training/);
  });

  test("load takes a record that does not say of intercept and weights for one with and without", () => {
    const { intercept: _, weight: __, ...older } = record;
    expect(load(changed({ training: older })).training).toEqual(record);
    expect(load(changed({ training: weighted })).training).toEqual(weighted);
  });

  test.each(corrupt)("load refuses %s with FORMAT", (_, text) => {
    refuses(
      () => load(text, "model.json"),
      "FORMAT",
      /^model\.json: expected .*; (write the model anew|update ell2)/s,
    );
  });

  test("load refuses a lambda beyond float64", () => {
    refuses(() => load(whole.replace("0.01", "1e999")), "FORMAT", /lambda/);
  });

  test("load refuses a scale that is not above 0", () => {
    for (const scale of [0, -1]) {
      refuses(
        () => load(changed({ standardized: { mean: [1, 2, 3], scale: [1, scale, 1] } })),
        "FORMAT",
        /scale/,
      );
    }
  });

  test("load refuses a record of training that is none", () => {
    for (const training of ["yes", 3, [], { rows: "9" }])
      refuses(() => load(changed({ training })), "FORMAT");
  });

  test("load takes a file of schema 1: every input a column of numbers, descent the solver", () => {
    const { columns, ...rest } = JSON.parse(whole);
    const training = { rows: 9, strategy: "rows", ...descent };
    const model = load(JSON.stringify({ ...rest, schema: 1, training }));
    expect(model).toEqual({ ...example(), columns: numberColumns(example().inputs) });
  });

  test("load never lets a file touch the prototype", () => {
    load(`{"__proto__": {"polluted": true}, ${whole.slice(1)}`);
    expect("polluted" in {}).toBe(false);
  });

  test("save refuses a model with NaN rather than writing null", () => {
    for (const bias of [Number.NaN, Infinity])
      refuses(() => save({ ...example(), bias: [bias, 1] }), "NOT_FINITE");
  });
});
