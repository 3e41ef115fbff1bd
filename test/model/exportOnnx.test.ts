import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { Matrix } from "../../src/linalg/matrix.js";
import { exportOnnx } from "../../src/model/exportOnnx.js";
import { type FittedModel, predictFitted } from "../../src/model/fitted.js";
import { normalMatrix } from "../linalg/random.js";
import { refuses } from "../nn/help.js";
import {
  type Cell,
  everyKind,
  everyModel,
  featuresOf,
  hopeless,
  modelOf,
  numbers,
  relativeDistance,
  rows,
} from "./raw.js";

const open = (model: FittedModel) => InferenceSession.create(exportOnnx(model), { logSeverityLevel: 3 });

const asMatrix = ({ dims, data }: Tensor) =>
  new Matrix(dims[0]!, dims[1]!, Float64Array.from(data as Float64Array));

/** What onnxruntime predicts from X. */
async function predictions(model: FittedModel, X: Matrix): Promise<Matrix> {
  const session = await open(model);
  expect(session.inputNames).toEqual(["X"]);
  const { Y } = await session.run({ X: new Tensor("float64", X.data, [X.rows, X.cols]) });
  expect(Y!.type).toBe("float64");
  return asMatrix(Y!);
}

/** What onnxruntime predicts from raw cells, an input a column. */
async function fromCells(model: FittedModel, cells: readonly (readonly Cell[])[]): Promise<Matrix> {
  const session = await open(model);
  const feeds = model.columns.map(({ kind }, j) => {
    const column = cells.map((row) => row[j]!);
    const dims = [cells.length, 1];
    return kind === "category"
      ? new Tensor("string", column as string[], dims)
      : new Tensor(
          "float64",
          Float64Array.from(column, (cell) => Number(cell ?? Number.NaN)),
          dims,
        );
  });
  const { Y } = await session.run(Object.fromEntries(session.inputNames.map((name, j) => [name, feeds[j]!])));
  return asMatrix(Y!);
}

describe("exportOnnx, read by onnxruntime", () => {
  test.each([
    [1, 1, 1],
    [6, 3, 7],
    [500, 4, 100],
    [3, 2, 0],
  ])("%i features, %i targets, %i rows: predicts what predictFitted predicts", async (n, k, m) => {
    const names = (length: number, letter: string) => Array.from({ length }, (_, j) => `${letter}${j}`);
    const model = modelOf(numbers(names(n, "x")), names(k, "y"));
    const X = normalMatrix(m, n, 5);
    const Y = await predictions(model, X);
    expect(Y.shape).toBe(`[${m}×${k}]`);
    if (m > 0) expect(relativeDistance(Y, predictFitted(model, X))).toBeLessThan(1e-14);
  });

  test("keeps every bit of a weight: a feature of 1 and the others 0", async () => {
    const model = modelOf(numbers(["a", "b", "c"]), ["y"]);
    model.weight.data.set([5e-324, Number.MAX_VALUE, 0.1]);
    const Y = await predictions({ ...model, bias: [0] }, Matrix.from([[1, 0, 0], [0, 1, 0], [0, 0, 1]])); // biome-ignore format: a unit matrix
    expect([...Y.data]).toEqual([...model.weight.data]);
  });

  test("takes NaN for the fill of its column, and keeps it where there is none", async () => {
    const model = modelOf([...numbers(["a"], 0.3), ...numbers(["b"])], ["y", "z"]);
    const Y = await predictions(model, Matrix.from([[Number.NaN, 2], [1, Number.NaN], [4, 5]])); // biome-ignore format: rows
    const [filled, unknown, whole] = Y.toArray();
    expect(unknown).toEqual([Number.NaN, Number.NaN]);
    const expected = predictFitted(model, [[0.3, 2], [4, 5]]); // biome-ignore format: rows
    [...filled!, ...whole!].forEach((y, i) => void expect(y).toBeCloseTo(expected.data[i]!, 14));
  });

  test("predicts from raw cells of every kind", async () => {
    const Y = await fromCells(everyModel, rows);
    expect(relativeDistance(Y, predictFitted(everyModel, featuresOf(everyKind, rows)))).toBeLessThan(1e-12);
  });

  test("predicts NaN for a level that it does not know and for a missing cell that nothing stands for", async () => {
    const Y = await fromCells(everyModel, [...hopeless, rows[0]!]);
    expect(Y.toArray().map((row) => row.map(Number.isNaN))).toEqual([
      ...hopeless.map(() => [true, true, true]),
      [false, false, false],
    ]);
  });

  test("predicts from categories alone", async () => {
    const columns = [
      { kind: "category", name: "a", levels: ["p", "q"], reference: null },
      { kind: "category", name: "b", levels: [], reference: "only" },
    ] as const;
    const model = modelOf(columns, ["y"]);
    const cells = [["q", "only"], ["p", "only"]]; // biome-ignore format: rows
    expect((await fromCells(model, cells)).toArray()).toEqual(
      predictFitted(model, featuresOf(columns, cells)).toArray(),
    );
  });

  test("calls its inputs after the columns, each by another name than the output and what is inside", async () => {
    const category = { kind: "category", name: "c", levels: ["x"], reference: null } as const;
    const model = modelOf([category, ...numbers(["", "Y", "MatMul", "constant", "é"])], ["y"]);
    const { inputNames, outputNames } = await open(model);
    expect(inputNames).toEqual(["c", "_", "Y_", "MatMul", "constant", "é"]);
    expect(outputNames).toEqual(["Y"]);
    const text = new TextDecoder().decode(exportOnnx(model));
    for (const note of [inputNames, model.outputs, model.columns])
      expect(text).toContain(JSON.stringify(note));
  });

  test("refuses what is no fitted model", () => {
    refuses(() => exportOnnx({} as never), "VALUE", /exportOnnx: expected a fitted model/);
    refuses(() => exportOnnx({ ...everyModel, bias: [1, 2, Infinity] }), "NOT_FINITE");
  });
});
