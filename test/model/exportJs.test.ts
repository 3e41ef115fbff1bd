import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exportJs } from "../../src/model/exportJs.js";
import { type FittedModel, predictFitted } from "../../src/model/fitted.js";
import { refuses } from "../nn/help.js";
import { bitsOf } from "../numbers/exact.js";
import {
  AWKWARD,
  type Cell,
  everyKind,
  everyModel,
  featuresOf,
  hopeless,
  isoText,
  modelOf,
  numbers,
  rows,
} from "./raw.js";

type Predict = (row: object) => Record<string, number>;

/** The module that an export makes, run. */
async function moduleOf(model: FittedModel): Promise<Predict> {
  const url = `data:text/javascript;base64,${Buffer.from(exportJs(model)).toString("base64")}`;
  return (await import(/* @vite-ignore */ url)).predict;
}

const asRow = (cells: readonly Cell[], change: object = {}) => ({
  ...Object.fromEntries(
    everyKind.map(({ kind, name }, j) => {
      const cell = cells[j]!;
      return [name, kind === "date" && cell !== null ? isoText(cell as number) : cell];
    }),
  ),
  ...change,
});

describe("exportJs", () => {
  test("makes a module that predicts what predictFitted predicts, to the bit, on columns of every kind", async () => {
    const predict = await moduleOf(everyModel);
    const expected = predictFitted(everyModel, featuresOf(everyKind, rows)).toArray();
    for (const [i, cells] of rows.entries()) {
      const prediction = predict(asRow(cells));
      expect(Object.keys(prediction)).toEqual(everyModel.outputs);
      expect(Object.values(prediction)).toEqual(expected[i]);
    }
  });

  test("keeps every bit of any finite numbers and names, −0 and __proto__ among them", async () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    const names = fc.uniqueArray(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(names, names, fc.infiniteStream(finite), async (inputs, outputs, stream) => {
        const model = modelOf(
          numbers(["__proto__", ...inputs.filter((name) => name !== "__proto__")]),
          outputs,
        );
        for (let i = 0; i < model.weight.data.length; i++) model.weight.data[i] = stream.next().value;
        const filled = { ...model, bias: outputs.map(() => stream.next().value) };
        const cells = model.inputs.map(() => stream.next().value);
        const predict = await moduleOf(filled);
        const prediction = predict(Object.fromEntries(model.inputs.map((name, j) => [name, cells[j]])));
        const expected = predictFitted(filled, [cells]);
        expect(
          outputs.map((name) => Object.getOwnPropertyDescriptor(prediction, name)!.value).map(bitsOf),
        ).toEqual([...expected.data].map(bitsOf));
      }),
      { numRuns: 50 },
    );
  });

  test("takes a missing cell (left out, undefined, null or NaN) for its fill", async () => {
    const predict = await moduleOf(everyModel);
    const { Size: _, ...without } = asRow(rows[1]!) as Record<string, unknown>;
    for (const row of [
      without,
      { ...without, Size: undefined },
      { ...without, Size: null },
      { ...without, Size: Number.NaN },
    ]) {
      expect(predict(row)).toEqual(predict(asRow(rows[1]!)));
    }
  });

  test("reads dates as Date, as days, and as times with and without a zone", async () => {
    const predict = await moduleOf(modelOf([{ kind: "date", name: "d", fill: null }], ["y"]));
    const at = (d: unknown) => predict({ d }).y;
    expect(at("2024-02-29")).toBe(at(new Date("2024-02-29T00:00:00Z")));
    expect(at("2024-02-29T12:30")).toBe(at("2024-02-29 12:30:00Z"));
    expect(at("2024-02-29T12:30:00.250+02:00")).toBe(at("2024-02-29T10:30:00.25"));
    for (const bad of [
      "2023-02-29",
      "2024-13-01",
      "29.2.2024",
      "2024-02-29T25:00",
      "",
      19_782,
      true,
      new Date(Number.NaN),
    ]) {
      expect(() => at(bad)).toThrow(/"d": expected a date/);
    }
  });

  test.each(hopeless.map((cells) => [cells]))(
    "throws a TypeError that names the column: %j",
    async (cells) => {
      const predict = await moduleOf(everyModel);
      expect(() => predict(asRow(cells))).toThrow(TypeError);
      expect(() => predict(asRow(cells))).toThrow(/^"(a\\"b|day|colour|Y|order).*": expected .*, got /s);
    },
  );

  test.each([
    ["order", "3"],
    ["order", Infinity],
    ["order", true],
    ["Y", 1],
    ["Y", "true"],
    ["colour", null],
    ["colour", undefined],
    [AWKWARD, null],
  ])("throws for %j holding %j", async (name, cell) => {
    const predict = await moduleOf(everyModel);
    expect(() => predict(asRow(rows[0]!, { [name]: cell }))).toThrow(TypeError);
  });

  test("does not take what an object inherits for a cell", async () => {
    const predict = await moduleOf(modelOf([{ kind: "number", name: "toString", fill: 2 }], ["y"]));
    expect(predict({})).toEqual(predict({ toString: 2 }));
  });

  test("writes text that may stand in a page's script", () => {
    const text = exportJs(everyModel);
    expect(text).not.toMatch(/<\/script|[\u2028\u2029]/);
    expect(text).not.toContain("import");
  });

  test("refuses what is no fitted model", () => {
    refuses(() => exportJs({} as never), "VALUE", /exportJs: expected a fitted model/);
    refuses(() => exportJs({ ...everyModel, bias: [1, 2, Number.NaN] }), "NOT_FINITE");
    refuses(() => exportJs({ ...everyModel, bias: [1] }), "SHAPE");
    refuses(() => exportJs({ ...everyModel, columns: numbers(["a"]) }), "SHAPE");
    refuses(() => exportJs({ ...everyModel, columns: everyKind.slice(0, -1) }), "SHAPE");
    const empty = { kind: "category", name: "c", levels: [], reference: null } as const;
    refuses(() => exportJs({ ...everyModel, columns: [...everyKind, empty] }), "VALUE", /with a level/);
  });
});
