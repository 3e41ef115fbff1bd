import { defineCommand } from "citty";
import { Moments } from "../data/moments.js";
import { constantFeatures, constantTargets } from "../data/standardizer.js";
import { Ell2Error } from "../errors.js";
import { engineMoments, momentsOf, type ReadOptions, type Source } from "../sources/index.js";
import { engineArgs, engineOptions, explain, readEngineQuestions } from "./engineData.js";
import { checkWritable, writeWhole } from "./files.js";
import { sayFindings } from "./findings.js";
import { nameOf, requireTargets } from "./fitData.js";
import { fitArgs } from "./fitOptions.js";
import { interruptible } from "./interrupt.js";
import { isMomentsFile, type MomentsFile, momentsText, readMomentsFile } from "./momentsFile.js";
import { brief, print, say, table, visible } from "./output.js";
import { progressBar } from "./progress.js";
import {
  cellArgs,
  columnArgs,
  columnChoice,
  sourceArgs,
  type TableArguments,
  withSource,
} from "./tableOptions.js";

const WHERE = "ell2 moments";

export const moments = defineCommand({
  meta: {
    name: "moments",
    description: "Add rows up to what a fit needs of them, and keep that; merge: put such files together",
  },
  args: {
    data: fitArgs.data,
    ...columnArgs,
    ...cellArgs,
    ...sourceArgs,
    ...engineArgs,
    add: { type: "string", description: "a file of rows, or of moments, that come to those of DATA" },
    remove: { type: "string", description: "a file of rows, or of moments, that leave those of DATA" },
    out: { type: "string", description: "write the moments to this file" },
    json: { type: "boolean", description: "print the moments as JSON" },
  },
  async run({ args }) {
    const given = args as unknown as Record<string, string | boolean | undefined>;
    const questions = readEngineQuestions(given);
    const columns = columnChoice(WHERE, given as TableArguments);
    await withSource(WHERE, args, async (source) => {
      const path = typeof source === "string" ? source : source.path;
      const saved = questions === null && (await isMomentsFile(path));
      if (!saved) await requireTargets(WHERE, source, columns);
      if (questions?.explain) return explain(source, engineOptions(WHERE, { columns }, questions));
      if (args.out !== undefined)
        await checkWritable(
          args.out,
          [args.add, args.remove].filter((file) => file !== undefined),
        );
      if (args.out === undefined && !args.json && questions !== null && questions.batchBy !== undefined)
        throw new Ell2Error("USAGE", {
          where: WHERE,
          expected: "--out or --json with --batch-by",
          got: "neither",
        });
      let file: MomentsFile;
      if (saved) file = await readMomentsFile(path!);
      else if (questions === null) file = await fromRows(source, columns);
      else {
        const options = engineOptions(WHERE, { columns }, questions);
        const found = await interruptible((signal) => engineMoments(source, { ...options, signal }));
        sayFindings(found);
        file = { parts: (found.batches ?? found.folds)?.moments ?? [found.moments], columns: found.columns };
      }
      for (const [name, sign] of [
        ["add", 1],
        ["remove", -1],
      ] as const) {
        const other = args[name];
        if (other !== undefined) file = await changed(file, other, columns, sign);
      }
      give(file, saved ? path! : nameOf(source), args);
    });
  },
});

export const mergeMoments = defineCommand({
  meta: { name: "moments merge", description: "Put files of moments of the same columns together" },
  args: {
    files: { type: "positional", description: "files that ell2 moments has written", required: true },
    out: fitArgs.out,
    json: { type: "boolean", description: "print the moments as JSON" },
  },
  async run({ args }) {
    const paths = args._ as string[];
    if (args.out !== undefined) await checkWritable(args.out, paths);
    const files = await Promise.all(paths.map(readMomentsFile));
    const { columns } = files[0]!;
    const other = files.findIndex((file) => JSON.stringify(file.columns) !== JSON.stringify(columns));
    if (other > 0) {
      throw new Ell2Error("DATA", {
        where: paths[other]!,
        expected: `the columns of ${paths[0]}`,
        got: files[other]!.columns.map(({ name }) => name).join(", "),
      });
    }
    const file = { parts: [Moments.merge(files.flatMap(({ parts }) => parts))], columns };
    give(file, `${paths.length} ${paths.length === 1 ? "file" : "files"}`, args);
  },
});

/** Writes the moments where they are wanted, and prints them. @param name of what they are of */
function give(
  file: MomentsFile,
  name: string,
  { out, json }: { out?: string | undefined; json?: boolean | undefined },
): void {
  if (out !== undefined) writeWhole(out, momentsText(file));
  if (json) print(momentsText(file).trimEnd());
  else printMoments(file, name);
  if (out !== undefined) say(`moments written to ${out}`);
}

/** The moments of rows that are read. */
async function fromRows(source: Source, options: ReadOptions): Promise<MomentsFile> {
  const bar = progressBar();
  const found = await momentsOf(source, { ...options, onProgress: bar.onProgress }).finally(bar.done);
  sayFindings(found);
  return { parts: found.moments, columns: found.columns };
}

/** Moments with those of the rows of another file, or without them. */
async function changed(
  { parts, columns }: MomentsFile,
  path: string,
  { weight, missing }: ReadOptions,
  sign: 1 | -1,
): Promise<MomentsFile> {
  const whole = Moments.merge(parts);
  const others = (await isMomentsFile(path))
    ? await readMomentsFile(path)
    : await fromRows(path, {
        columns,
        targets: whole.outputs,
        ...(weight !== undefined && { weight }),
        ...(missing && { missing }),
      });
  const other = Moments.merge(others.parts);
  if (sign > 0) return { parts: [whole.add(other)], columns };
  const { moments, digitsLost } = whole.subtract(other);
  if (digitsLost >= 1) say(`removing lost ${digitsLost.toFixed(1)} digits of the worst column`);
  return { parts: [moments], columns };
}

/** Means and spreads, for reading. */
function printMoments({ parts }: MomentsFile, name: string): void {
  const all = Moments.merge(parts);
  const { rows, weight, inputs, outputs, meanX, meanY, sxx, syy } = all;
  const counted = weight === rows ? "" : `, weight ${brief(weight)}`;
  const several = parts.length === 1 ? "" : `, in ${parts.length} parts`;
  print(`${visible(name)}: ${rows} rows${counted}${several}\n`);
  const [features, targets] = [constantFeatures(all), constantTargets(all)];
  const line = (label: string, mean: number, sum: number, isConstant: boolean) => [
    visible(label),
    brief(mean),
    isConstant ? "0" : brief(Math.sqrt(sum / weight)),
  ];
  print(
    table([
      ["", "mean", "deviation"],
      ...inputs.map((input, j) => line(input, meanX[j]!, sxx.data[j * sxx.cols + j]!, features[j]!)),
      ...outputs.map((output, l) =>
        line(`${output} (target)`, meanY[l]!, syy.data[l * syy.cols + l]!, targets[l]!),
      ),
    ]),
  );
}
