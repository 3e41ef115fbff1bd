import { defineCommand } from "citty";
import { type Lint, lintTraining } from "../compare/lintTraining.js";
import type { TrainingConfig } from "../compare/trainingConfig.js";
import { Ell2Error } from "../errors.js";
import { parseJson } from "../model/json.js";
import { readText } from "./files.js";
import { brief, print, table, toJson, visible } from "./output.js";

export const lint = defineCommand({
  meta: { name: "lint", description: "Read a training set-up: what is decayed, how much, and what is amiss" },
  args: {
    config: { type: "positional", description: "a JSON file, see docs/lint.md", required: true },
    strict: { type: "boolean", description: "exit 1 if there are warnings" },
    json: { type: "boolean", description: "print one JSON document" },
  },
  async run({ args }) {
    const config = parse(await readText(args.config), args.config);
    const found = lintTraining(config, args.config);
    if (args.json) print(toJson(found));
    else printLint(found);
    if (args.strict && found.warnings.length > 0) process.exitCode = 1;
  },
});

function parse(text: string, where: string): TrainingConfig {
  try {
    return parseJson(text) as TrainingConfig;
  } catch (error) {
    throw new Ell2Error("FORMAT", { where, expected: "JSON", got: (error as Error).message });
  }
}

function printLint({
  stepsPerEpoch,
  steps,
  lastBatch,
  parameters,
  stableRate,
  stoppingLambda,
  warnings,
}: Lint): void {
  print(
    `${stepsPerEpoch} steps an epoch, the last of ${lastBatch} ${lastBatch === 1 ? "row" : "rows"}; ${steps} steps in all`,
  );
  if (stableRate !== null) print(`stable below the rate ${brief(stableRate)}`);
  if (stoppingLambda !== null) print(`stopping then acts like λ ≈ ${brief(stoppingLambda)}`);
  print();
  const left = (share: number | null) => (share === null ? "varies" : brief(share));
  print(
    table([
      ["parameter", "λ", "decayed", "left by a step", "by an epoch", "in all"],
      ...parameters.map(({ name, lambda, how, perStep, perEpoch, overall }) => [
        visible(name),
        brief(lambda),
        HOW[how],
        ...[perStep, perEpoch, overall].map(left),
      ]),
    ]),
  );
  print();
  for (const { code, message, remedy } of warnings) {
    print(`warning ${code}: ${visible(message)}`);
    print(`  ${visible(remedy)}`);
  }
  print(warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`);
}

const HOW = { gradient: "in the gradient", decoupled: "beside it", none: "no" } as const;
