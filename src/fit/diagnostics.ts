import { type Column, firstFeatures } from "../data/columns.js";
import type { Dataset } from "../data/dataset.js";
import type { Moments } from "../data/moments.js";
import type { Matrix } from "../linalg/matrix.js";
import { type FittedModel, predictFitted } from "../model/fitted.js";
import { checkBoolean, checkOptions } from "../numbers/check.js";
import { exp, log } from "../numbers/elementary.js";
import {
  type Direction,
  directionsOf,
  type GroupInflation,
  groupInflation,
  varianceInflation,
} from "./collinearity.js";
import { checkColumns, type Evaluation, evaluateFitted, evaluateSolutions } from "./evaluateFitted.js";
import { perTargetLambda } from "./fitRidge.js";
import { Problem } from "./problem.js";
import { residualsOf, rowFit } from "./rowFit.js";
import { type RowOutputs, type RowStatistics, rowStatistics } from "./rowStatistics.js";
import type { Solution } from "./solution.js";
import { alphaOf } from "./system.js";
import { checkWeightKind, type WeightKind } from "./weightKind.js";

/** The options of `diagnostics`. */
export interface DiagnosticsOptions {
  intercept?: boolean;
  weightKind?: WeightKind;
}

/** What there is to know of a fit besides its weights. What is not known is null, and `reasons` says why. */
export interface Diagnostics {
  /** Of each target [k]. */
  metrics: Evaluation[];
  /** Effective degrees of freedom, the trace of (S + αD)⁻¹S, of each target [k], the bias not counted. */
  df: number[];
  /** Variance inflation factors [n]; null for a feature that is constant or that the others determine. */
  vif: (number | null)[];
  /** Of each category with more than one feature. */
  gvif: GroupInflation[];
  /**
   * The condition number of the features' sums of squares and products, columns scaled to the same length, without the penalty
   * and with each target's [k]: its root is that of the features. null where columns are dependent.
   */
  condition: { before: number | null; after: (number | null)[] };
  /** From the largest singular value to the smallest [n]; none where there are more than 500 features. */
  directions: Direction[];
  /** What needs the rows; null where there are moments alone. */
  rows: RowDiagnostics | null;
  /** The rows of the largest Cook's distance of any target, at most ten, the most influential first. */
  influential: number[];
  /** Why something is null. */
  reasons: string[];
}

/** What the rows tell of a fit: its predictions, and how much hangs on each row. */
export interface RowDiagnostics {
  /** ŷ [m×k] */
  predicted: Matrix;
  /** y − ŷ [m×k] */
  residual: Matrix;
  /** hᵢ, how much the prediction of a row moves with its own target [m×k]; for precisions with the row's weight. */
  leverage: Matrix;
  /** Internally studentised residuals, (y − ŷ)/(σ̂√(1 − h)) [m×k]; null where σ̂ has no degrees of freedom. */
  studentized: Matrix | null;
  /** Cook's distance, t²·h/((1 − h)·p) with the studentised residual t and p parameters [m×k]; null with it; NaN for a row with h = 1, which has none and comes first. */
  cooksDistance: Matrix | null;
  /** The rows of the largest Cook's distance of any target, at most ten, the most influential first. */
  influential: number[];
}

/** Dependent columns that are named at most. */
const MOST_NAMED = 5;
/** Features beyond which directions, an eigenvalue problem, are left out. */
const MOST_FOR_DIRECTIONS = 500;

/**
 * Explains a ridge regression: how well each target is met, how collinear the features are, how much
 * each direction was shrunk, and which rows the fit hangs on.
 *
 * Directions are those of the coordinates in which the weights were penalised (standardised, if the model was);
 * variance inflation is the same in all.
 *
 * @param model the fit, by `fitRidge` or trained to the minimum; its λ, weights and whether it was standardised are used
 * @param data the rows that it was fitted to, or their moments
 * @param options.intercept whether the model has a bias; true by default
 * @param options.weightKind what row weights mean, as in `inference`; "frequency" by default
 * @returns what moments cannot tell is null without rows, and `reasons` says so
 * @throws SHAPE where the columns do not fit the model or no row counts; NOT_POSITIVE_DEFINITE where moments do
 *   not tell the weights; VALUE, OPTION
 * Source: docs/choosing.md, with the definition of each.
 */
export function diagnostics(
  model: FittedModel,
  data: Dataset | Moments,
  options: DiagnosticsOptions = {},
): Diagnostics {
  const where = "diagnostics";
  checkOptions(where, options, ["intercept", "weightKind"]);
  const intercept = checkBoolean(where, "intercept", options.intercept ?? true);
  const weightKind = checkWeightKind(where, options.weightKind);
  checkColumns(where, model, data);
  const problem = new Problem(where, data, { standardize: model.standardized !== null, intercept });
  return diagnosticsOf(problem, model, weightKind, EVERY_ROW).diagnostics;
}

/** What `rows` of the diagnostics holds. */
export const EVERY_ROW = { leverage: true, studentized: true, cooksDistance: true } as const;

/**
 * `diagnostics` of a problem that is prepared, and the sums for HC3 where these are wanted.
 * @param wanted `EVERY_ROW` for `rows`, which is null without; `hc3`
 */
export function diagnosticsOf(
  problem: Problem,
  model: FittedModel,
  weightKind: WeightKind,
  wanted: RowOutputs,
): { diagnostics: Diagnostics; hc3: Matrix | null } {
  const { rows, inputs, outputs } = problem;
  const lambdas = perTargetLambda(problem.where, model.lambda, outputs.length);
  const solutions = lambdas.map((lambda) => problem.solve(lambda));
  const own = solutions.every((solution, l) => isOf(model, solution, l));
  const reasons: string[] = [];
  const many = inputs.length > MOST_FOR_DIRECTIONS;
  if (many && problem.levels === null)
    reasons.push(`directions are left out for more than ${MOST_FOR_DIRECTIONS} features`);
  const categories = categoriesOf(model);
  const inflation = problem.levels?.inflation() ?? null;
  const before = problem.conditionBefore;
  const vif = inflation?.vif ?? (problem.isWide ? inputs.map(() => null) : varianceInflation(problem));
  if (inflation !== null)
    reasons.push("with so many levels the condition number is left out, and the directions");
  else if (problem.isWide) reasons.push("variance inflation needs more rows than features");
  else {
    // that all levels of a category are dependent is no fault of theirs
    const levels = new Set(categories.flatMap(({ features }) => features));
    const determined = inputs.filter((_, j) => vif[j] === null && !problem.constant[j] && !levels.has(j));
    if (determined.length > 0)
      reasons.push(
        `columns are dependent: ${determined.slice(0, MOST_NAMED).join(", ")}${determined.length > MOST_NAMED ? ", …" : ""} have no variance inflation, and the features no condition number`,
      );
    else if (before === null)
      reasons.push(
        `${levels.size > 0 ? "all levels of a category" : "columns"} are dependent, so without a λ the features have no condition number`,
      );
  }
  const row = rows && describeRows(problem, model, solutions, own, weightKind, wanted, reasons);
  if (rows === null)
    reasons.push(
      "mean absolute error, residuals, leverage and influence need the rows, and there are moments alone",
    );
  const found: Diagnostics = {
    metrics: own
      ? evaluateSolutions(problem, solutions, row?.absolute ?? null)
      : evaluateFitted(model, rows ?? problem.moments),
    df: solutions.map(({ spread, rank }) => spread?.df ?? rank),
    vif,
    gvif:
      inflation !== null
        ? ofLevels(inflation, model)
        : problem.isWide
          ? []
          : groupInflation(problem, categories),
    condition: { before, after: solutions.map(({ condition }) => condition) },
    directions:
      many || !problem.hasMoments
        ? []
        : directionsOf(
            problem.spectrum,
            lambdas.map((lambda) => alphaOf(lambda, problem.system.flat)),
          ),
    rows: row?.diagnostics ?? null,
    influential: row ? row.influential : [],
    reasons,
  };
  return { diagnostics: found, hc3: row?.hc3 ?? null };
}

/** Whether a target's weights in a model are those of a solution. */
function isOf({ weight, bias }: FittedModel, { w, b }: Solution, l: number): boolean {
  const [k, n] = [weight.rows, weight.cols];
  for (let j = 0; j < n; j++) if (weight.data[l * n + j] !== w[j * k + l]) return false;
  return bias[l] === b[l];
}

/** The generalised inflation of the category that was not expanded, as `groupInflation` gives it. */
function ofLevels(
  { category, df }: { category: number | null; df: number },
  model: FittedModel,
): GroupInflation[] {
  const column = model.columns.reduce((most, other) => (levelCount(other) > levelCount(most) ? other : most));
  if (category === null || df === 0 || levelCount(column) === 0) return [];
  return [{ column: column.name, df, gvif: category, scaled: exp(log(category) / (2 * df)) }];
}

const levelCount = (column: Column): number => (column.kind === "category" ? column.levels.length : 0);

const categoriesOf = ({ columns }: FittedModel) =>
  firstFeatures(columns).flatMap(([column, first]) =>
    column.kind === "category" && column.levels.length > 1
      ? [{ column: column.name, features: column.levels.map((_, i) => first + i) }]
      : [],
  );

function describeRows(
  problem: Problem,
  model: FittedModel,
  solutions: readonly Solution[],
  own: boolean,
  weightKind: WeightKind,
  wanted: RowOutputs,
  reasons: string[],
): Pick<RowStatistics, "influential" | "absolute" | "hc3"> & { diagnostics: RowDiagnostics | null } {
  const { X, Y } = problem.rows!;
  const all = wanted.leverage === true;
  const known = own && (all || problem.levels !== null) ? residualsOf(problem, solutions) : null;
  const predicted =
    known && problem.levels !== null ? Y.minus(known) : all || !own ? predictFitted(model, X) : null;
  const residual = own ? known : Y.minus(predicted!);
  const fit = { ...rowFit(problem, solutions, weightKind), ...(residual && { residual }) };
  const found = rowStatistics(problem.rows!, fit, wanted);
  if (!fit.degrees.every((rest) => rest > 0))
    reasons.push(
      "studentised residuals and Cook's distance need more rows than effective degrees of freedom",
    );
  const { leverage, studentized, cooksDistance, influential, absolute, hc3, selfDetermined } = found;
  if (selfDetermined > 0) {
    reasons.push(
      `${selfDetermined === 1 ? "one row determines its" : `${selfDetermined} rows determine their`} own prediction (leverage 1), so that there is no Cook's distance`,
    );
    for (const [at, distance] of cooksDistance?.data.entries() ?? [])
      if (distance === Number.POSITIVE_INFINITY) cooksDistance!.data[at] = Number.NaN;
  }
  return {
    diagnostics: all
      ? {
          predicted: predicted!,
          residual: residual!,
          leverage: leverage!,
          studentized,
          cooksDistance,
          influential,
        }
      : null,
    influential,
    absolute,
    hc3,
  };
}
