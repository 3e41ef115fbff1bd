import { defineCommand } from "citty";
import { Ell2Error } from "../errors.js";
import { type FittedModel, predictFitted } from "../model/fitted.js";
import { load } from "../model/save.js";
import { type TargetFit, TargetSums } from "../model/targetSums.js";
import { readNames, type Source, streamDataset } from "../sources/index.js";
import { readBytes } from "./files.js";
import { sayFindings } from "./findings.js";
import { checkSomeWeight } from "./fitData.js";
import { brief, print, say, table, toJson, visible } from "./output.js";
import { progressBar } from "./progress.js";
import { columnChoice, savedModelArgs, withSource } from "./tableOptions.js";

const WHERE = "ell2 evaluate";

export const evaluate = defineCommand({
  meta: { name: "evaluate", description: "Say how well a saved model predicts the targets of a file" },
  args: {
    ...savedModelArgs,
    weight: {
      type: "string",
      description:
        "the column of row weights (default: the one that weighted the model's rows, if it is there)",
    },
    unweighted: { type: "boolean", description: "count every row once, whatever the model was fitted with" },
    json: { type: "boolean", description: "print one JSON document" },
  },
  async run({ args }) {
    if (args.unweighted && args.weight !== undefined) {
      throw new Ell2Error("USAGE", {
        where: WHERE,
        expected: "--weight or --unweighted",
        got: "both",
      });
    }
    const model = load(await readBytes(args.model), args.model);
    const { outputs, columns } = model;
    const sums = new TargetSums(outputs);
    await withSource(WHERE, args, async (source) => {
      const weight = args.unweighted ? undefined : (args.weight ?? (await weightOfModel(model, source)));
      const bar = progressBar();
      const choice = columnChoice(WHERE, { ...args, weight });
      const options = { ...choice, columns, targets: outputs, onProgress: bar.onProgress };
      const found = await streamDataset(source, options, ({ dataset: { X, Y, weights } }) => {
        sums.add(predictFitted(model, X).data, Y.data, weights);
      }).finally(bar.done);
      sayFindings(found);
      checkSomeWeight(source, weight, sums.counts);
      const { dropped, filled, unknown, rounded } = found;
      const uncentred = model.training?.intercept === false;
      const metrics = sums.metrics(uncentred);
      if (args.json) {
        const named = metrics.map((target, l) => ({ output: outputs[l], ...target }));
        const counts = { dropped, filled, unknown, rounded };
        print(toJson({ rows: sums.rows, weight: weight ?? null, ...counts, metrics: named }));
        return;
      }
      printMetrics(outputs, metrics, sums.rows, uncentred);
    });
  },
});

/** The column that weighted the rows of the model, if it is in the source; says which it is, or that it is missing. */
async function weightOfModel({ training }: FittedModel, source: Source): Promise<string | undefined> {
  if (!training?.weight) return undefined;
  const { column } = training.weight;
  if ((await readNames(source)).includes(column)) {
    say(
      `weighted by column ${visible(column)}, as the model's rows were (--unweighted counts every row once)`,
    );
    return column;
  }
  say(`not weighted: the model's rows were weighted by column ${visible(column)}, which is not there`);
  return undefined;
}

function printMetrics(
  outputs: readonly string[],
  metrics: readonly TargetFit[],
  rows: number,
  uncentred: boolean,
): void {
  const cell = (value: number | null) => (value === null ? "–" : brief(value));
  print(
    table([
      ["", ...(uncentred ? ["R² about the mean", "R² about 0"] : ["R²"]), "RMSE", "MAE", "n"],
      ...metrics.map(({ r2, r2Uncentred, rmse, mae }, l) => [
        visible(outputs[l]!),
        ...[r2, ...(uncentred ? [r2Uncentred!] : []), rmse, mae].map(cell),
        String(rows),
      ]),
    ]),
  );
  for (const [l, { reasons }] of metrics.entries())
    for (const reason of reasons.filter((text) => !text.startsWith("MSE")))
      say(`${visible(outputs[l]!)}: ${reason}`);
}
