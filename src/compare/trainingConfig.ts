import { Ell2Error } from "../errors.js";
import { checkMomentum, type MomentumOptions } from "../fit/momentum.js";
import { checkInteger, checkNonNegative, checkOptions, checkPositive, show } from "../numbers/check.js";

/** Parameters that share their decay. */
export interface ParameterGroup {
  /** Their names, as `named_parameters` gives them; one that ends in "bias", or is "b", is a bias. */
  params: readonly string[];
  /** λ ≥ 0, as PyTorch's `weight_decay`; by default PyTorch's: 0, for AdamW 0.01. */
  weightDecay?: number;
  /** c ≥ 0 of c·Σw², as the regulariser of Keras and TensorFlow.js; in place of `weightDecay`. */
  l2?: number;
  /** Beside `l2`: the λ that is meant by it, 2c if it is meant rightly. */
  lambda?: number;
}

/** A training set-up. */
export interface TrainingConfig {
  /** Which optimiser; the decay of "adamw" is decoupled. */
  optimizer: "sgd" | "adam" | "adamw";
  /** η > 0 */
  lr: number;
  /** μ in [0, 1], for SGD; 0 by default. */
  momentum?: number;
  /** For SGD with momentum; false by default. */
  nesterov?: boolean;
  /** m ≥ 1 */
  rows: number;
  /** ≥ 1; all rows by default. */
  batchSize?: number;
  /** ≥ 1 */
  epochs: number;
  /** The parameters, each in one group. */
  groups: readonly ParameterGroup[];
  /** L > 0, the largest eigenvalue of the Hessian of J over all rows, λ included; for SGD. */
  curvature?: number;
  /** > 0, the rate at which this method stops converging, such as that of `stableLearningRate`; in place of `curvature`. */
  stableRate?: number;
}

export interface CheckedGroup {
  params: readonly string[];
  /** λ, whichever way it was given. */
  lambda: number;
  /** c, if given as `l2`. */
  l2: number | null;
  /** The λ that is meant by `l2`, if said. */
  meant: number | null;
}

export interface CheckedConfig {
  optimizer: TrainingConfig["optimizer"];
  lr: number;
  momentum: number;
  nesterov: boolean;
  rows: number;
  batchSize: number;
  epochs: number;
  groups: CheckedGroup[];
  curvature: number | null;
  stableRate: number | null;
}

const KEYS = [
  "optimizer",
  "lr",
  "momentum",
  "nesterov",
  "rows",
  "batchSize",
  "epochs",
  "groups",
  "curvature",
  "stableRate",
] as const;

/** The set-up with its defaults. @throws OPTION for what does not exist, is missing or does not go together; VALUE out of range */
export function checkTraining(where: string, config: unknown): CheckedConfig {
  checkKeys(where, config, KEYS);
  const given = config as Record<(typeof KEYS)[number], unknown> & TrainingConfig;
  for (const name of ["optimizer", "lr", "rows", "epochs", "groups"] as const) {
    if (given[name] === undefined) {
      throw new Ell2Error("OPTION", { where, expected: `the option ${name}`, got: "none" });
    }
  }
  const { optimizer, curvature, stableRate } = given;
  if (!["sgd", "adam", "adamw"].includes(optimizer)) {
    throw new Ell2Error("VALUE", {
      where,
      expected: 'optimizer to be "sgd", "adam" or "adamw"',
      got: show(optimizer),
    });
  }
  for (const name of ["momentum", "nesterov", "curvature", "stableRate"] as const) {
    if (optimizer !== "sgd" && given[name] !== undefined) {
      throw new Ell2Error("OPTION", { where, expected: `${name} with sgd alone`, got: optimizer });
    }
  }
  together(where, given, "curvature", "stableRate");
  const rows = checkInteger(where, "rows", given.rows, 1);
  const { momentum, nesterov } = checkMomentum(where, given as MomentumOptions);
  return {
    optimizer,
    lr: checkPositive(where, "lr", given.lr),
    momentum,
    nesterov,
    rows,
    batchSize: Math.min(checkInteger(where, "batchSize", given.batchSize ?? rows, 1), rows),
    epochs: checkInteger(where, "epochs", given.epochs, 1),
    groups: checkGroups(where, given.groups, optimizer),
    curvature: curvature === undefined ? null : checkPositive(where, "curvature", curvature),
    stableRate: stableRate === undefined ? null : checkPositive(where, "stableRate", stableRate),
  };
}

/** As `checkOptions`, and refuses null, which JSON has for what is left out. */
function checkKeys(where: string, given: unknown, known: readonly string[]): void {
  checkOptions(where, given, known);
  const empty = Object.entries(given as object).find(([, value]) => value === null);
  if (empty === undefined) return;
  throw new Ell2Error("VALUE", { where, expected: `a value for ${empty[0]}, or none`, got: "null" });
}

function together(where: string, given: object, ...names: string[]): void {
  if (names.some((name) => (given as Record<string, unknown>)[name] === undefined)) return;
  throw new Ell2Error("OPTION", { where, expected: `one of ${names.join(" and ")}`, got: "both" });
}

function checkGroups(where: string, groups: unknown, optimizer: string): CheckedGroup[] {
  if (!Array.isArray(groups) || groups.length === 0) {
    throw new Ell2Error("VALUE", {
      where,
      expected: "groups to be an array of {params, …}",
      got: show(groups),
    });
  }
  const seen = new Set<string>();
  return groups.map((group: ParameterGroup, i) => {
    const at = `${where}: groups[${i}]`;
    checkKeys(at, group, ["params", "weightDecay", "l2", "lambda"]);
    together(at, group, "weightDecay", "l2");
    const { params, weightDecay, l2, lambda } = group;
    if (
      !Array.isArray(params) ||
      params.length === 0 ||
      !params.every((name) => typeof name === "string" && name !== "")
    ) {
      throw new Ell2Error("VALUE", { where: at, expected: "params to be names", got: show(params) });
    }
    for (const name of params) {
      if (seen.has(name))
        throw new Ell2Error("VALUE", {
          where: at,
          expected: "each parameter once",
          got: `${show(name)} twice`,
        });
      seen.add(name);
    }
    if (lambda !== undefined && l2 === undefined) {
      throw new Ell2Error("OPTION", { where: at, expected: "lambda beside l2 alone", got: "no l2" });
    }
    const decay = checkNonNegative(at, "weightDecay", weightDecay ?? (optimizer === "adamw" ? 0.01 : 0));
    const c = l2 === undefined ? null : checkNonNegative(at, "l2", l2);
    return {
      params,
      lambda: c === null ? decay : 2 * c,
      l2: c,
      meant: lambda === undefined ? null : checkNonNegative(at, "lambda", lambda),
    };
  });
}
