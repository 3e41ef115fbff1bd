import { wholePower } from "../numbers/wholePower.js";
import { decayAfter, decayFactor, stableProduct } from "./decay.js";
import {
  type CheckedConfig,
  type CheckedGroup,
  checkTraining,
  type TrainingConfig,
} from "./trainingConfig.js";

/** How one parameter is decayed. */
export interface ParameterDecay {
  /** As the set-up names it. */
  name: string;
  /** Whether the name is that of a bias. */
  bias: boolean;
  /** λ, as PyTorch's `weight_decay`. */
  lambda: number;
  /** "gradient": λw joins the gradient. "decoupled": w is multiplied by 1 − ηλ. */
  how: "gradient" | "decoupled" | "none";
  /**
   * The factor by which a step multiplies it where the data do not pull; with momentum, the factor that the
   * steps settle into. Null where Adam scales the decay by the gradient's size.
   */
  perStep: number | null;
  /**
   * What the first epoch leaves of it where the data do not pull, the steps in which momentum builds up
   * included. Negative where a weight has swung through 0.
   */
  perEpoch: number | null;
  /** What the whole training leaves of it. */
  overall: number | null;
}

/** Something in a set-up that is seldom meant. */
export interface LintWarning {
  /** Which warning it is; docs/lint.md has a line for each. */
  code:
    | "BIAS_DECAYED"
    | "KERAS_FACTOR"
    | "ADAM_COUPLED"
    | "RATE_UNSTABLE"
    | "DECAY_DIVERGES"
    | "LAST_BATCH"
    | "LAMBDA_INVISIBLE";
  /** What is so, with its numbers. */
  message: string;
  /** What to do instead. */
  remedy: string;
}

/** What `lintTraining` finds. */
export interface Lint {
  /** ⌈rows/batchSize⌉ */
  stepsPerEpoch: number;
  /** Steps of all epochs. */
  steps: number;
  /** Rows of the last batch. */
  lastBatch: number;
  /** Each parameter that the set-up names. */
  parameters: ParameterDecay[];
  /** The rate at which SGD stops converging, if the set-up tells. */
  stableRate: number | null;
  /** The λ like which stopping after these steps of SGD acts, 1/(ηT) or with momentum (1 − μ)/(ηT). */
  stoppingLambda: number | null;
  /** What is seldom meant; empty where nothing is. */
  warnings: LintWarning[];
}

/** A λ so many times below what stopping early does is hardly seen. */
const INVISIBLE = 10;

/**
 * Reads a training set-up and says which parameters are decayed and by how much, and what in it is
 * seldom meant: a decayed bias, Keras's factor 2, Adam with the decay in the gradient, a rate beyond
 * the stable one, a penalty that diverges by itself, a last batch whose rows weigh more than the
 * others, a λ that the few steps make invisible. docs/lint.md derives each.
 *
 * @param config see `TrainingConfig`
 * @param where its name, for errors
 * @throws OPTION for an option that does not exist, is missing or does not go with another; VALUE out of range
 * @returns how much each parameter is decayed, what goes with it, and warnings
 * Source: docs/lint.md.
 */
export function lintTraining(config: TrainingConfig, where = "lintTraining"): Lint {
  const checked = checkTraining(where, config);
  const { optimizer, lr, momentum, nesterov, rows, batchSize, epochs, groups } = checked;
  const stepsPerEpoch = Math.ceil(rows / batchSize);
  const steps = stepsPerEpoch * epochs;
  const lastBatch = rows - (stepsPerEpoch - 1) * batchSize;
  const parameters = groups.flatMap((group) =>
    group.params.map((name): ParameterDecay => {
      const { lambda } = group;
      const how = lambda === 0 ? "none" : isCoupled(optimizer, group) ? "gradient" : "decoupled";
      const perStep =
        how === "gradient" && optimizer !== "sgd" ? null : decayFactor(lr, lambda, momentum, nesterov);
      const after = (count: number) => {
        if (perStep === null) return null;
        // AdamW multiplies by this very factor, rounded, at each step
        if (optimizer !== "sgd") return wholePower(perStep, count);
        return decayAfter(lr, lambda, momentum, nesterov, count);
      };
      return {
        name,
        bias: isBias(name),
        lambda,
        how,
        perStep,
        perEpoch: after(stepsPerEpoch),
        overall: after(steps),
      };
    }),
  );
  const edge = stableProduct(momentum, nesterov);
  const stableRate = checked.stableRate ?? (checked.curvature === null ? null : edge / checked.curvature);
  const stoppingLambda = optimizer === "sgd" ? (1 - momentum) / (lr * steps) : null;
  return {
    stepsPerEpoch,
    steps,
    lastBatch,
    parameters,
    stableRate,
    stoppingLambda,
    warnings: [
      ...decayedBiases(parameters),
      ...kerasFactor(groups),
      ...coupledAdam(optimizer, groups),
      ...unstableRate(checked, stableRate, stepsPerEpoch),
      ...divergingDecay(lr, edge, parameters),
      ...lighterBatch(rows, batchSize, lastBatch),
      ...invisible(parameters, stoppingLambda, steps, lr),
    ],
  };
}

const isBias = (name: string): boolean => /(^|[^a-z])b$|bias$/i.test(name);

const isCoupled = (optimizer: string, { l2 }: CheckedGroup): boolean => optimizer !== "adamw" || l2 !== null;

const brief = (x: number): string => String(Number(x.toPrecision(3)));

function decayedBiases(parameters: readonly ParameterDecay[]): LintWarning[] {
  return parameters
    .filter(({ bias, lambda }) => bias && lambda > 0)
    .map(({ name, lambda }) => ({
      code: "BIAS_DECAYED",
      message: `${name} is a bias and is decayed with λ ${lambda}, which pulls the predictions to 0`,
      remedy: "put biases into a group of their own, with weightDecay 0",
    }));
}

function kerasFactor(groups: readonly CheckedGroup[]): LintWarning[] {
  return groups.flatMap(({ params, l2, lambda, meant }): LintWarning[] => {
    if (l2 === null || l2 === 0 || meant === lambda) return [];
    return [
      {
        code: "KERAS_FACTOR",
        message: `l2 ${l2} on ${params.join(", ")} is ${l2}·Σw², which decays as weightDecay ${lambda} does${meant === null ? "" : `, not ${meant}`}`,
        remedy:
          meant === null
            ? `for weightDecay ${l2} write l2 ${l2 / 2}; if ${lambda} is meant, say so with lambda ${lambda}`
            : `for weightDecay ${meant} write l2 ${meant / 2}`,
      },
    ];
  });
}

function coupledAdam(optimizer: string, groups: readonly CheckedGroup[]): LintWarning[] {
  if (optimizer === "sgd") return [];
  const coupled = groups.filter((group) => group.lambda > 0 && isCoupled(optimizer, group));
  if (coupled.length === 0) return [];
  const names = coupled.flatMap(({ params }) => params).join(", ");
  return [
    {
      code: "ADAM_COUPLED",
      message: `the decay of ${names} is part of the gradient, which Adam divides by its own size: large gradients are decayed less, and the λ is no ℓ₂ penalty in effect`,
      remedy: 'take the optimizer "adamw" with weightDecay',
    },
  ];
}

function unstableRate(
  { lr, stableRate: given, batchSize, rows }: CheckedConfig,
  stableRate: number | null,
  batches: number,
): LintWarning[] {
  if (stableRate === null || lr < stableRate) return [];
  const whole =
    given === null && batchSize < rows
      ? ` (the edge of full batches; that of ${batches} batches may lie elsewhere, and epochMap finds it)`
      : "";
  return [
    {
      code: "RATE_UNSTABLE",
      message: `the rate ${lr} is not below ${brief(stableRate)}, where training stops converging${whole}`,
      remedy: `take a rate of about ${brief(stableRate / 2)}`,
    },
  ];
}

function divergingDecay(lr: number, edge: number, parameters: readonly ParameterDecay[]): LintWarning[] {
  const bad = parameters.filter(({ lambda, perStep }) => perStep !== null && lr * lambda >= edge);
  if (bad.length === 0) return [];
  const most = Math.max(...bad.map(({ lambda }) => lambda));
  return [
    {
      code: "DECAY_DIVERGES",
      message: `λ·lr is ${brief(lr * most)} for ${bad.map(({ name }) => name).join(", ")}: from ${brief(edge)} on the penalty alone no longer shrinks weights, and beyond it they grow`,
      remedy: `take a rate below ${brief(edge / most)}, or a smaller λ`,
    },
  ];
}

function lighterBatch(rows: number, batchSize: number, last: number): LintWarning[] {
  if (last >= batchSize / 2) return [];
  const sizes = [divisor(rows, batchSize, -1), divisor(rows, batchSize, 1)].filter((size) => size !== null);
  return [
    {
      code: "LAST_BATCH",
      message: `the last of the batches of ${batchSize} has ${last} ${last === 1 ? "row" : "rows"}, and a step as long as the others': each of its rows weighs ${brief(batchSize / last)} times as much, and training ends elsewhere than ridge`,
      remedy: `${sizes.length > 0 ? `take batches of ${sizes.join(" or ")} rows` : "take a batch size that divides the rows"}, or leave the last batch out`,
    },
  ];
}

/** The divisor of `rows` nearest to a batch size in one direction, if it is within a factor of 2 and not far to seek. */
function divisor(rows: number, batchSize: number, direction: 1 | -1): number | null {
  const most = Math.min(direction === 1 ? batchSize : batchSize / 2, 100_000);
  for (let i = 1; i <= most; i++) {
    const size = batchSize + direction * i;
    if (rows % size === 0) return size;
  }
  return null;
}

function invisible(
  parameters: readonly ParameterDecay[],
  stopping: number | null,
  steps: number,
  lr: number,
): LintWarning[] {
  if (stopping === null) return [];
  const lambdas = parameters.filter(({ bias, lambda }) => !bias && lambda > 0).map(({ lambda }) => lambda);
  return [...new Set(lambdas)]
    .filter((lambda) => lambda * INVISIBLE < stopping)
    .map((lambda) => ({
      code: "LAMBDA_INVISIBLE",
      message: `${steps} steps at rate ${lr} stop so early that training acts as with λ ≈ ${brief(stopping)}, and λ ${lambda} is ${brief(stopping / lambda)} times weaker`,
      remedy: "train longer, or take the exact solution; then λ decides",
    }));
}
