import { type CategoryColumn, type Column, firstFeatures, type NumberColumn } from "../data/columns.js";
import { checkFitted, type FittedModel } from "./fitted.js";
import { jsonText } from "./json.js";
import { OnnxGraph } from "./onnx.js";

/**
 * A fitted model as one ONNX graph in double precision, its preprocessing included: operators of
 * opset 13 and of ai.onnx.ml 2.
 *
 * Where no column is a category there is one input `X` [rows×n], columns in the order of the model's;
 * otherwise one input [rows×1] for each column, of its name: double for numbers, dates (days since
 * 1970-01-01) and booleans (1 and 0), string for categories. The output is `Y` [rows×k]. An input whose
 * name is taken gets `_` behind it. NaN stands for a missing cell: its column's fill is taken; without
 * one, and for a level that the model does not know, the predictions are NaN.
 * @returns the bytes of the file; its metadata hold `inputs` and `outputs` (names, as JSON lists) and
 *   `columns` (as JSON)
 * @throws VALUE for what is no fitted model, SHAPE and NOT_FINITE as `save`
 * Source: docs/export.md.
 */
export function exportOnnx(model: FittedModel): Uint8Array<ArrayBuffer> {
  checkFitted("exportOnnx", model);
  const { outputs, columns, weight, bias } = model;
  const k = outputs.length;
  const wT = weight.T;
  const weightsOf = (feature: number) => wT.data.subarray(feature * k, (feature + 1) * k);
  const graph = new OnnxGraph();
  const Y = graph.name("Y");

  const separate = columns.some((column) => column.kind === "category");
  const X = separate ? "" : graph.input("X", "double", columns.length, columns.map(nameOf).join(", "));
  const placed = firstFeatures(columns).map(([column, first]) => {
    const type = column.kind === "category" ? "string" : "double";
    return { column, first, input: separate ? graph.input(column.name, type, 1, column.kind) : X };
  });

  const parts: string[] = [];
  const numbers = placed.filter(isNumber);
  if (numbers.length > 0) {
    const inputs = numbers.map(({ input }) => input);
    const cells = separate ? graph.node("Concat", inputs, { attributes: { axis: 1 } }) : X;
    const filled = addFills(
      graph,
      cells,
      numbers.map(({ column }) => column.fill),
    );
    const W = graph.doubles(
      [numbers.length, k],
      numbers.flatMap(({ first }) => [...weightsOf(first)]),
    );
    parts.push(graph.node("MatMul", [filled, W]));
  }
  for (const { column, first, input } of placed) {
    if (column.kind !== "category") continue;
    const levels = column.levels.map((_, i) => weightsOf(first + i));
    parts.push(addCategory(graph, input, column, levels, k));
  }
  const total = parts.reduce((sum, part) => graph.node("Add", [sum, part]));
  graph.node("Add", [total, graph.doubles([k], bias)], {}, Y);
  graph.output(Y, k, outputs.join(", "));
  return graph.file({
    inputs: jsonText(graph.inputs),
    outputs: jsonText(outputs),
    columns: jsonText(columns),
  });
}

const nameOf = ({ name }: Column): string => name;

const isNumber = <T extends { column: Column }>(entry: T): entry is T & { column: NumberColumn } =>
  entry.column.kind !== "category";

/** What a category adds to the targets [rows×k]: the row of a table that its level has; the table's last row is NaN, for unknown levels. */
function addCategory(
  graph: OnnxGraph,
  input: string,
  { levels, reference }: CategoryColumn,
  weights: readonly Float64Array[],
  k: number,
): string {
  const known = reference === null ? levels : [...levels, reference];
  const rows = [
    ...weights,
    ...(reference === null ? [] : [new Float64Array(k)]),
    new Float64Array(k).fill(Number.NaN),
  ];
  const index = graph.node("LabelEncoder", [input], {
    domain: "ai.onnx.ml",
    attributes: { keys_strings: known, values_int64s: known.map((_, i) => i), default_int64: known.length },
  });
  const flat = graph.node("Squeeze", [index, graph.wholes([1])]);
  return graph.node("Gather", [
    graph.doubles(
      [rows.length, k],
      rows.flatMap((row) => [...row]),
    ),
    flat,
  ]);
}

/** Columns with their fills in the place of NaN, where there are fills. */
function addFills(graph: OnnxGraph, X: string, fills: readonly (number | null)[]): string {
  if (fills.every((fill) => fill === null)) return X;
  const values = graph.doubles(
    [1, fills.length],
    fills.map((fill) => fill ?? Number.NaN),
  );
  return graph.node("Where", [graph.node("IsNaN", [X]), values, X]);
}
