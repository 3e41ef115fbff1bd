import { defineCommand } from "citty";
import { Ell2Error } from "../errors.js";
import { predictFitted } from "../model/fitted.js";
import { load } from "../model/save.js";
import { readColumns, streamDataset } from "../sources/index.js";
import { listOption } from "./args.js";
import { checkWritable, readBytes } from "./files.js";
import { sayFindings } from "./findings.js";
import { print, say, toJson } from "./output.js";
import { predictInto } from "./predictInto.js";
import { progressBar } from "./progress.js";
import { writeRows } from "./rowsFile.js";
import { columnChoice, savedModelArgs, withSource } from "./tableOptions.js";

const WHERE = "ell2 predict";

export const predict = defineCommand({
  meta: { name: "predict", description: "Predict the rows of a file with a saved model" },
  args: {
    ...savedModelArgs,
    keep: {
      type: "string",
      description: "columns to write before the predictions, with commas between them",
    },
    out: { type: "string", description: "write to this file: CSV, or Parquet if it ends in .parquet" },
    into: { type: "string", description: "make this table of the predictions, in the database that DATA is" },
    replace: { type: "boolean", description: "with --into: replace a table of that name" },
    "print-sql": { type: "boolean", description: "with --into: print the statement, and do not run it" },
    json: { type: "boolean", description: "print one JSON document" },
  },
  async run({ args }) {
    const model = load(await readBytes(args.model), args.model);
    const choice = { ...columnChoice(WHERE, args), columns: model.columns };
    const keep = listOption(WHERE, "keep", args.keep) ?? [];
    const { into, replace = false } = args;
    const printSql = args["print-sql"] ?? false;
    if (into !== undefined) {
      const other = (["out", "json", "missing"] as const).find((name) => args[name]);
      if (other !== undefined || args.unknown !== "error")
        throw new Ell2Error("USAGE", {
          where: WHERE,
          expected: "--into without what is for rows that are read",
          got: `--${other ?? "unknown"}`,
        });
      return withSource(WHERE, args, (source) =>
        predictInto(WHERE, source, model, into, { keep, replace, printSql }),
      );
    }
    if (replace || printSql)
      throw new Ell2Error("USAGE", {
        where: WHERE,
        expected: "--into with a table",
        got: replace ? "--replace alone" : "--print-sql alone",
      });
    if (args.out !== undefined)
      await checkWritable(args.out, [args.model, ...(args.data ? [args.data] : [])]);
    await withSource(WHERE, args, async (source) => {
      const bar = progressBar();
      const options = { ...choice, texts: keep, onProgress: bar.onProgress };
      const predictEach = async (
        use: (rows: number[][], texts: (string | null)[][]) => void | Promise<void>,
      ) => {
        try {
          const found = await streamDataset(source, options, ({ dataset, texts }) =>
            use(predictFitted(model, dataset.X).toArray(), texts),
          );
          bar.done();
          sayFindings(found);
          return found;
        } finally {
          bar.done();
        }
      };
      if (args.json) {
        const predictions: number[][] = [];
        const kept: Record<string, (string | null)[]> = Object.fromEntries(keep.map((name) => [name, []]));
        const { dropped, filled, unknown, rounded } = await predictEach((rows, texts) => {
          predictions.push(...rows);
          for (const [j, name] of keep.entries()) kept[name]!.push(...texts[j]!);
        });
        const more = keep.length > 0 ? { kept } : {};
        print(toJson({ outputs: model.outputs, predictions, ...more, dropped, filled, unknown, rounded }));
        return;
      }
      const types = new Map((await readColumns(source)).map(({ name, type }) => [name, type]));
      const columns = [
        ...keep.map((name) => ({ name, type: storable(types.get(name)) })),
        // a target that is kept too stands beside its prediction
        ...model.outputs.map((name) => ({
          name: keep.includes(name) ? `${name}_predicted` : name,
          type: "DOUBLE",
        })),
      ];
      const twice = columns.find(({ name }, i) => columns.findIndex((other) => other.name === name) < i);
      if (twice) {
        throw new Ell2Error("USAGE", {
          where: WHERE,
          expected: "columns with names of their own",
          got: `${JSON.stringify(twice.name)} twice`,
          remedy: "leave one out of --keep",
        });
      }
      await writeRows(args.out ?? null, columns, async (writer) => {
        await predictEach((rows, texts) =>
          writer.write(rows.map((row, i) => [...texts.map((column) => column[i]!), ...row])),
        );
      });
      if (args.out !== undefined) say(`predictions written to ${args.out}`);
    });
  },
});

/** The type in which a kept column is written to Parquet: its own where text can be read back as it. */
const storable = (type = "VARCHAR"): string =>
  /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*|DATE|TIMESTAMP.*|BOOLEAN|UUID)$/.test(type)
    ? type
    : "VARCHAR";
