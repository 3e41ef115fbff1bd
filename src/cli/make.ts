import { defineCommand } from "citty";
import { makeRegression } from "../data/makeRegression.js";
import { rangeOption, seedOption, wholeOption } from "./args.js";
import { checkWritable } from "./files.js";
import { say } from "./output.js";
import { writeRows } from "./rowsFile.js";

const WHERE = "ell2 make";

/** Rows that are written at a time. */
const PART = 8192;

export const make = defineCommand({
  meta: { name: "make", description: "Make a synthetic data set" },
  args: {
    out: {
      type: "positional",
      description: "the file to write: CSV, or Parquet if it ends in .parquet",
      required: true,
    },
    rows: { type: "string", description: "rows", default: "100" },
    features: { type: "string", description: "features, called x0, x1, …", default: "6" },
    targets: { type: "string", description: "targets, called y0, y1, … (y if it is one)", default: "1" },
    informative: { type: "string", description: "features with a weight (default: all)" },
    noise: { type: "string", description: "standard deviation of the noise", default: "1" },
    seed: { type: "string", description: "seed", default: "14" },
  },
  async run({ args }) {
    const whole = (name: "rows" | "features" | "targets") => wholeOption(WHERE, name, args[name], 1)!;
    const [rows, nFeatures, nTargets] = [whole("rows"), whole("features"), whole("targets")];
    const nInformative = wholeOption(WHERE, "informative", args.informative, 0) ?? nFeatures;
    const noise = rangeOption(WHERE, "noise", args.noise, "≥ 0", (x) => x >= 0)!;
    const randomState = seedOption(WHERE, args.seed)!;
    await checkWritable(args.out, []);
    const { X, Y } = makeRegression({
      nSamples: rows,
      nFeatures,
      nTargets,
      nInformative,
      noise,
      randomState,
    });
    const names = [
      ...Array.from({ length: nFeatures }, (_, j) => `x${j}`),
      ...Array.from({ length: nTargets }, (_, l) => (nTargets === 1 ? "y" : `y${l}`)),
    ];
    const columns = names.map((name) => ({ name, type: "DOUBLE" }));
    await writeRows(args.out, columns, async (writer) => {
      for (let start = 0; start < rows; start += PART) {
        const [x, y] = [X.slice(start, start + PART).toArray(), Y.slice(start, start + PART).toArray()];
        await writer.write(x.map((row, i) => [...row, ...y[i]!]));
      }
    });
    say(
      `${rows} rows of ${nFeatures} features and ${nTargets} ${nTargets === 1 ? "target" : "targets"} written to ${args.out}`,
    );
  },
});
