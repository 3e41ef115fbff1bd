import { defineCommand } from "citty";
import { Ell2Error } from "../errors.js";
import { exportJs } from "../model/exportJs.js";
import { exportOnnx } from "../model/exportOnnx.js";
import { DIALECTS, type Dialect, exportSql } from "../model/exportSql.js";
import type { FittedModel } from "../model/fitted.js";
import { load, save } from "../model/save.js";
import { choiceOption } from "./args.js";
import { checkWritable, readBytes, writeWhole } from "./files.js";
import { print, say } from "./output.js";

const WHERE = "ell2 export";

const FORMATS = ["json", "safetensors", "onnx", "sql", "js"] as const;
const BINARY: readonly string[] = ["safetensors", "onnx"];

const args = {
  model: { type: "positional", description: "a model that ell2 fit --out has written", required: true },
  to: { type: "string", description: FORMATS.join(", ") },
  dialect: { type: "string", description: `of SQL: ${DIALECTS.join(", ")} (default: duckdb)` },
  table: { type: "string", description: "the table that the SQL selects from (default: the list alone)" },
  out: { type: "string", description: "write to this file (default, for text: standard output)" },
} as const;

export const exportModel = defineCommand({
  meta: { name: "export", description: "Write a saved model for another system" },
  args,
  async run({ args: given }) {
    const usage = (expected: string, got: string) =>
      new Ell2Error("USAGE", { where: WHERE, expected, got, remedy: `see ${WHERE} --help` });
    const to = choiceOption(WHERE, "to", given.to, FORMATS);
    if (to === undefined) throw usage(`--to with ${FORMATS.join(", ")}`, "none");
    const dialect = choiceOption(WHERE, "dialect", given.dialect, DIALECTS);
    const { table, out } = given;
    if (table === "") throw usage("--table with a name", '""');
    if (to !== "sql" && (dialect ?? table) !== undefined) {
      throw usage("--dialect and --table with --to sql alone", `--to ${to}`);
    }
    if (BINARY.includes(to) && out === undefined)
      throw usage(`--out with a file for ${to}, which is no text`, "none");
    if (out !== undefined) await checkWritable(out, [given.model]);
    const model = load(await readBytes(given.model), given.model);
    const content = written(model, to, { ...(dialect && { dialect }), ...(table && { table }) });
    if (out === undefined) return print((content as string).trimEnd());
    writeWhole(out, content);
    say(`${to} written to ${out}`);
  },
});

function written(
  model: FittedModel,
  format: (typeof FORMATS)[number],
  sql: { dialect?: Dialect; table?: string },
): string | Uint8Array {
  switch (format) {
    case "json":
      return save(model);
    case "safetensors":
      return save(model, "safetensors");
    case "onnx":
      return exportOnnx(model);
    case "sql":
      return exportSql(model, sql);
    case "js":
      return exportJs(model);
  }
}
