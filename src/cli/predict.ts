import { defineCommand } from "citty";
import Papa from "papaparse";
import { predictFitted } from "../model/fitted.js";
import { load } from "../model/save.js";
import { readMatrix } from "../sources/index.js";
import { readBytes } from "./files.js";
import { print, toJson } from "./output.js";

export const predict = defineCommand({
  meta: { name: "predict", description: "Predict the rows of a file with a saved model" },
  args: {
    model: { type: "positional", description: "a model that ell2 fit --out has written", required: true },
    data: { type: "positional", description: "a CSV file with the model's input columns", required: true },
    json: { type: "boolean", description: "print one JSON document" },
  },
  async run({ args }) {
    const model = load(await readBytes(args.model), args.model);
    const X = await readMatrix(args.data, model.inputs);
    const predictions = predictFitted(model, X);
    if (args.json) print(toJson({ outputs: model.outputs, predictions }));
    else print(Papa.unparse([[...model.outputs], ...predictions.toArray()], { newline: "\n" }));
  },
});
