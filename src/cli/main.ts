import { stripVTControlCharacters } from "node:util";
import { type ArgsDef, type CommandDef, defineCommand, renderUsage, runCommand } from "citty";
import { Ell2Error, type ErrorCode } from "../errors.js";
import { checkArguments } from "./args.js";
import { check } from "./check.js";
import { evaluate } from "./evaluate.js";
import { exportModel } from "./export.js";
import { fit } from "./fit.js";
import { Interrupted } from "./interrupt.js";
import { lab } from "./lab.js";
import { lambda } from "./lambda.js";
import { lint } from "./lint.js";
import { make } from "./make.js";
import { mergeMoments, moments } from "./moments.js";
import { print, say, visible } from "./output.js";
import { version } from "./package.js";
import { path } from "./path.js";
import { predict } from "./predict.js";
import { writeError } from "./replace.js";
import { run } from "./run.js";
import { verify } from "./verify.js";

const EXIT: Record<ErrorCode, number> = {
  AUTOGRAD: 1,
  OPTION: 2,
  SEED: 2,
  USAGE: 2,
  VALUE: 2,
  DATA: 3,
  FORMAT: 3,
  NOT_FINITE: 3,
  SHAPE: 3,
  DIVERGED: 4,
  NOT_POSITIVE_DEFINITE: 4,
  MISSING_PART: 5,
  SOURCE: 5,
};

const commands: Record<string, CommandDef<ArgsDef>> = {
  run,
  fit,
  path,
  moments,
  "moments merge": mergeMoments,
  predict,
  evaluate,
  make,
  export: exportModel,
  lambda,
  lint,
  verify,
  check,
  lab,
} as never;

/** What to type, for `--help`: before everything else. */
const EXAMPLES: Record<string, string[]> = {
  "": ["ell2 run", "ell2 fit examples/linnerud.csv --target Weight,Waist,Pulse"],
  run: ["ell2 run", "ell2 run --lambda 3 --epochs 100 --json"],
  fit: [
    "ell2 fit examples/linnerud.csv --target Weight,Waist,Pulse --out model.json",
    "ell2 fit examples/diabetes_raw.csv --target progression --valid 0.2 --report report.html",
    "ell2 fit examples/diabetes_raw.csv --target progression --fold-by age%5",
  ],
  path: [
    "ell2 path examples/diabetes_raw.csv --target progression",
    "ell2 path examples/linnerud.csv --target Weight,Waist --folds loo --json",
  ],
  moments: [
    "ell2 moments examples/linnerud.csv --target Weight --out part.json",
    "ell2 moments examples/linnerud.csv --target Weight --where Chins%2=1 --json",
  ],
  "moments merge": [
    "ell2 moments merge part.json part.json --out all.json",
    "ell2 moments merge part.json part.json --json",
  ],
  predict: [
    "ell2 predict model.json examples/linnerud.csv",
    "ell2 predict model.json examples/linnerud.csv --keep Weight --out predictions.parquet",
  ],
  evaluate: [
    "ell2 evaluate model.json examples/linnerud.csv",
    "ell2 evaluate model.json examples/linnerud.csv --json",
  ],
  make: [
    "ell2 make data.csv",
    "ell2 make data.parquet --rows 10000 --features 6 --targets 3 --noise 1 --seed 14",
  ],
  export: [
    "ell2 export model.json --to onnx --out model.onnx",
    "ell2 export model.json --to sql --dialect postgres --table rows",
  ],
  lambda: [
    "ell2 lambda 0.01 --rows 100 --outputs 3",
    "ell2 lambda 0.01 --from pytorch --to sklearn --rows 100 --outputs 3 --json",
  ],
  lint: ["ell2 lint examples/training.json", "ell2 lint examples/training.json --json"],
  verify: ["ell2 verify", "ell2 verify --json"],
  lab: ["ell2 lab", "ell2 lab --port 0"],
  check: ["ell2 check examples/update.js", "ell2 check examples/update.js --json"],
};

const main = defineCommand({
  meta: {
    name: "ell2",
    version,
    description: "Weight decay done exactly: linear regression with an ℓ₂ penalty",
  },
  subCommands: commands,
});

async function help(name: string): Promise<void> {
  const command = name === "" ? main : commands[name]!;
  print(`EXAMPLES\n\n${EXAMPLES[name]!.map((example) => `  ${example}`).join("\n")}\n`);
  const usage = await renderUsage(command as CommandDef, name === "" ? undefined : (main as CommandDef));
  const colours = process.stdout.isTTY && !process.env.NO_COLOR;
  print(colours ? usage : stripVTControlCharacters(usage));
}

async function dispatch([first, ...words]: string[]): Promise<void> {
  const merge = first === "moments" && words[0] === "merge";
  const [name, rest] = merge ? ["moments merge", words.slice(1)] : [first, words];
  if (name === undefined) {
    print("ell2: weight decay done exactly. To begin:\n");
    return help("");
  }
  if (name === "--help" || name === "-h" || name === "help")
    return help(rest[0] && commands[rest[0]] ? rest[0] : "");
  if (name === "--version" || name === "-v") return print(version);
  const command = Object.hasOwn(commands, name) ? commands[name]! : undefined;
  if (command === undefined) {
    throw new Ell2Error("USAGE", {
      where: "ell2",
      expected: `a command (${Object.keys(commands).join(", ")})`,
      got: JSON.stringify(name),
      remedy: "see ell2 --help",
    });
  }
  if (rest.includes("--help") || rest.includes("-h")) return help(name);
  checkArguments(name, rest, command.args as ArgsDef, { many: name === "moments merge" });
  await runCommand(command, { rawArgs: rest });
}

/** The exit code of an error, and what is said of it: known ones without a stack. */
function fail(error: unknown): number {
  if (error instanceof Interrupted) return 130;
  if (error instanceof Ell2Error) {
    say(visible(error.message));
    return EXIT[error.code];
  }
  if (
    error instanceof RangeError &&
    /allocation failed|Invalid (typed array|array|string) length/.test(error.message)
  ) {
    say(
      `ell2: expected memory for what was asked, got none left (${error.message}); ask for fewer rows or columns`,
    );
    return EXIT.SOURCE;
  }
  say(`a fault in ell2 ${version}:\n${error instanceof Error ? error.stack : String(error)}`);
  return 1;
}

// a reader that has seen enough (such as head) is no fault
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  process.exit(fail(writeError("standard output", error)));
});

dispatch(process.argv.slice(2)).catch((error: unknown) => {
  process.exitCode = fail(error);
});
