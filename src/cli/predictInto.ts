import { Ell2Error } from "../errors.js";
import { exportSql } from "../model/exportSql.js";
import type { FittedModel } from "../model/fitted.js";
import { type Source, writeTable } from "../sources/index.js";
import { interruptible } from "./interrupt.js";
import { print, say } from "./output.js";

/**
 * Predicts in the engine where the rows are: one statement makes a table of the predictions there.
 * @param into the table that is made; `schema.table` as well
 * @param options.keep columns that stand before the predictions
 * @param options.replace whether a table of this name is replaced
 * @param options.printSql whether the statements are printed, and not run
 * @throws as `writeTable`
 */
export async function predictInto(
  where: string,
  source: Source,
  model: FittedModel,
  into: string,
  { keep, replace, printSql }: { keep: readonly string[]; replace: boolean; printSql: boolean },
): Promise<void> {
  const outputs = model.outputs.map((name) => (keep.includes(name) ? `${name}_predicted` : name));
  const taken = outputs.find((name, l) => keep.includes(name) || outputs.indexOf(name) < l);
  if (taken !== undefined) {
    throw new Ell2Error("USAGE", {
      where,
      expected: "other columns to keep",
      got: `--keep with ${taken}, which is a prediction`,
    });
  }
  const { statements, rows, without } = await interruptible((signal) =>
    writeTable(source, {
      into,
      replace,
      dryRun: printSql,
      columns: model.columns,
      keep,
      select: (dialect) => exportSql({ ...model, outputs }, { dialect }),
      results: outputs,
      signal,
    }),
  );
  if (printSql) return print(statements.map((statement) => `${statement};`).join("\n"));
  for (const [l, count] of without.entries()) {
    if (count > 0)
      say(
        `without a prediction of ${outputs[l]}: ${count} rows, which lack a cell or have a level that the model does not know`,
      );
  }
  say(`${rows} predictions written to ${into}`);
}
