import { defineCommand } from "citty";
import { Matrix } from "../linalg/matrix.js";
import { predictFitted } from "../model/fitted.js";
import { perTarget } from "../model/metrics.js";
import { load } from "../model/save.js";
import { streamDataset } from "../sources/index.js";
import { readBytes } from "./files.js";
import { sayFindings } from "./findings.js";
import { brief, print, table, toJson, visible } from "./output.js";
import { progressBar } from "./progress.js";
import { columnChoice, savedModelArgs, withSource } from "./tableOptions.js";

const WHERE = "ell2 evaluate";

export const evaluate = defineCommand({
  meta: { name: "evaluate", description: "Say how well a saved model predicts the targets of a file" },
  args: {
    ...savedModelArgs,
    json: { type: "boolean", description: "print one JSON document" },
  },
  async run({ args }) {
    const model = load(await readBytes(args.model), args.model);
    const { outputs, columns } = model;
    const [predictions, truths]: [Float64Array[], Float64Array[]] = [[], []];
    const bar = progressBar();
    const options = { ...columnChoice(WHERE, args), columns, targets: outputs, onProgress: bar.onProgress };
    const found = await withSource(WHERE, args, (source) =>
      streamDataset(source, options, ({ dataset }) => {
        predictions.push(predictFitted(model, dataset.X).data);
        truths.push(dataset.Y.data.slice());
      }),
    ).finally(bar.done);
    sayFindings(found);
    const [pred, truth] = [predictions, truths].map((parts) => stack(parts, outputs.length)) as [
      Matrix,
      Matrix,
    ];
    const metrics = perTarget(pred, truth);
    const { dropped, filled, unknown } = found;
    if (args.json) {
      const named = metrics.map((target, l) => ({ output: outputs[l], ...target }));
      print(toJson({ rows: truth.rows, dropped, filled, unknown, metrics: named }));
      return;
    }
    print(
      table([
        ["", "R²", "RMSE", "MAE", "n"],
        ...metrics.map(({ r2, rmse, mae }, l) => [
          visible(outputs[l]!),
          ...[r2, rmse, mae].map(brief),
          String(truth.rows),
        ]),
      ]),
    );
  },
});

/** Rows of k entries in parts, as one matrix. */
function stack(parts: readonly Float64Array[], k: number): Matrix {
  const rows = parts.reduce((sum, part) => sum + part.length / k, 0);
  const out = new Matrix(rows, k);
  let at = 0;
  for (const part of parts) {
    out.data.set(part, at);
    at += part.length;
  }
  return out;
}
