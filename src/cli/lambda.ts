import { defineCommand } from "citty";
import type { LambdaSystemName } from "../compare/lambdaFactors.js";
import { LAMBDA_SYSTEMS, type LambdaSystem } from "../compare/lambdaSystems.js";
import { missingQuantities, translateLambda } from "../compare/translateLambda.js";
import { Ell2Error } from "../errors.js";
import { rangeOption, readNumber, wholeOption } from "./args.js";
import { brief, print, table, toJson } from "./output.js";

const WHERE = "ell2 lambda";
const NAMES = Object.keys(LAMBDA_SYSTEMS) as LambdaSystemName[];

/** What a quantity is called as an option. */
const OPTIONS = {
  rows: "--rows",
  outputs: "--outputs",
  ySpread: "--y-spread",
  batchSize: "--batch",
} as const;

export const lambda = defineCommand({
  meta: { name: "lambda", description: "Say a λ in the terms of PyTorch, scikit-learn, Keras and others" },
  args: {
    value: { type: "positional", description: "the number in the terms of --from, ≥ 0", required: true },
    from: { type: "string", description: `one of ${NAMES.join(", ")}`, default: "ell2" },
    to: { type: "string", description: "one of these, or all", default: "all" },
    rows: { type: "string", description: "rows, or the sum of their weights" },
    outputs: { type: "string", description: "outputs (targets)" },
    "y-spread": { type: "string", description: "the target's population standard deviation" },
    batch: { type: "string", description: "rows a batch" },
    standardized: { type: "boolean", description: "show what to type for standardised features" },
    json: { type: "boolean", description: "print one JSON document" },
  },
  run({ args }) {
    const positive = (name: string, text: string | undefined) =>
      rangeOption(WHERE, name, text, "> 0", (x) => x > 0);
    const given = {
      rows: positive("rows", args.rows),
      outputs: wholeOption(WHERE, "outputs", args.outputs, 1),
      ySpread: positive("y-spread", args["y-spread"]),
      batchSize: wholeOption(WHERE, "batch", args.batch, 1),
    };
    const quantities = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const value = readValue(args.value);
    const from = readName("from", args.from, NAMES);
    const all = args.to === "all";
    const targets = all ? NAMES : [readName("to", args.to, [...NAMES, "all"]) as LambdaSystemName];
    const translations = targets.map((to): Translation => {
      const { call, standardized, ...system } = LAMBDA_SYSTEMS[to];
      const needs = missingQuantities(from, to, quantities).map((name) => OPTIONS[name]);
      if (!all && needs.length > 0) {
        throw new Ell2Error("USAGE", {
          where: WHERE,
          expected: `${needs.join(" and ")}, on which ${from} to ${to} depends`,
          got: "none",
        });
      }
      const translated = needs.length > 0 ? null : translateLambda(value, { from, to, ...quantities });
      const typed = args.standardized ? standardized : call;
      return {
        system: to,
        ...system,
        value: translated,
        needs,
        type: translated === null ? null : typed(String(translated)),
      };
    });
    if (args.json) print(toJson({ value, from, ...quantities, translations }));
    else if (all) printAll(value, from, translations, args.standardized === true);
    else printOne(translations[0]!);
  },
});

type Translation = { system: LambdaSystemName } & Omit<LambdaSystem, "call" | "standardized"> & {
    value: number | null;
    /** Options without which there is no value. */
    needs: string[];
    /** What to type. */
    type: string | null;
  };

function readValue(text: string): number {
  const value = readNumber(text);
  if (value !== undefined && value >= 0) return value;
  throw new Ell2Error("USAGE", {
    where: WHERE,
    expected: "VALUE to be a number ≥ 0",
    got: JSON.stringify(text),
  });
}

function readName<T extends string>(option: string, text: string, names: readonly T[]): T {
  const name = names.find((known) => known === text);
  if (name !== undefined) return name;
  throw new Ell2Error("USAGE", {
    where: WHERE,
    expected: `--${option} to be one of ${names.join(", ")}`,
    got: JSON.stringify(text),
  });
}

function printAll(value: number, from: string, translations: Translation[], standardized: boolean): void {
  print(`${value} in the terms of ${from}, in those of`);
  print();
  print(
    table([
      ["", "name", "value", "rate", "bias decayed by default", "shown by"],
      ...translations.map((to) => [
        to.title,
        to.parameter,
        to.value === null ? `needs ${to.needs.join(" and ")}` : brief(to.value),
        to.rate ?? "–",
        to.biasDecayed ? "yes" : "no",
        shownBy(to),
      ]),
    ]),
  );
  print();
  print(standardized ? "what to type, on standardised features:" : "what to type:");
  for (const { title, type, value: number } of translations) {
    if (number !== null) print(`  ${title}: ${type ?? "cannot standardise"}`);
  }
}

function printOne(to: Translation): void {
  print(`${to.title}: ${to.parameter} = ${to.value}`);
  print(`  type       ${to.type ?? "cannot standardise"}`);
  print(`  minimises  ${to.objective}`);
  if (to.targets === "one") print("  outputs    a fit for each");
  if (to.rate !== null) print(`  rate       ${to.rate} there for lr here`);
  print(`  bias       ${to.biasDecayed ? "decayed unless kept out, as above" : "not decayed"}`);
  print(`  shown by   ${shownBy(to)}`);
  if (to.note !== undefined) print(`  note       ${to.note}`);
}

const shownBy = ({ proof }: Translation): string => (proof === "run" ? "tests" : "derived, not run");
