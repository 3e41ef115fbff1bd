import { defineCommand } from "citty";
import { save } from "../model/save.js";
import { reportHtml } from "../report/page.js";
import { readEngineQuestions } from "./engineData.js";
import { checkWritable, writeWhole } from "./files.js";
import { nameOf } from "./fitData.js";
import { fitModel } from "./fitModel.js";
import { fitArgs, readFitOptions } from "./fitOptions.js";
import { fitDocument, printFit } from "./fitPrint.js";
import { reportOf } from "./fitReport.js";
import { print, say, toJson } from "./output.js";
import { readForFit } from "./readFit.js";
import { withSource } from "./tableOptions.js";

const WHERE = "ell2 fit";

export const fit = defineCommand({
  meta: { name: "fit", description: "Fit the model to rows of a file: choose λ, solve, explain" },
  args: fitArgs,
  async run({ args }) {
    const given = args as unknown as Record<string, string | boolean | undefined>;
    const options = readFitOptions(WHERE, given);
    await withSource(WHERE, args, async (source) => {
      const written = [args.out, args.report, args.checkpoint].filter((path) => path !== undefined);
      for (const [i, path] of written.entries()) {
        await checkWritable(path, [args.data ?? "", options.valid, ...written.slice(0, i)]);
      }
      const plan = {
        columns: options.columns,
        folds: options.folds,
        choose: options.lambda === "auto",
        dropFirst: options.lambda === 0 && options.descent === null,
        rowsFor: options.descent === null ? null : "gradient descent",
        valid: options.valid,
        seed: options.seed,
      };
      const data = await readForFit(WHERE, source, plan, readEngineQuestions(given));
      if (data === null) return;
      const fitted = await fitModel(WHERE, data, options, args.report !== undefined, (warning) =>
        say(`warning: ${warning}`),
      );
      const name = nameOf(source);
      if (args.out !== undefined) writeWhole(args.out, save(fitted.model));
      if (args.report !== undefined)
        writeWhole(args.report, reportHtml(reportOf(name, data, fitted, options)));
      if (args.json) print(toJson(fitDocument(fitted, data.findings)));
      else printFit(fitted, data);
      if (args.out !== undefined) say(`model written to ${args.out}`);
      if (args.report !== undefined) say(`report written to ${args.report}`);
    });
  },
});
