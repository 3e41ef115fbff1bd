import { Ell2Error } from "../errors.js";
import type { Matrix } from "../linalg/matrix.js";
import { LinearRegression } from "../model/linearRegression.js";
import { checkOptions, checkPositive, show } from "../numbers/check.js";
import { Torch } from "../random/torch.js";
import { ofLargest } from "./distance.js";
import { type Formula, RIGHT, type Step, take } from "./updateFormula.js";
import { type KnownSlip, SLIPS, type UpdateSlip } from "./updateSlips.js";
import { attempt, type Sizes, type Taken, type UpdateProblem, type UpdateRule } from "./updateTrial.js";

/** Where a rule first parts from the reference. */
export interface Parting {
  /** Counted from 0, over all data sets. */
  step: number;
  /** Rows of the batch. */
  m: number;
  /** Features of the batch. */
  n: number;
  /** Outputs of the batch. */
  k: number;
  /** The learning rate of the step. */
  lr: number;
  /** λ of the step. */
  lambda: number;
  /** Which parameter is off. */
  parameter: "w" | "b";
  /** The row of the first entry that is off, counted from 0. */
  row: number;
  /** Its column, counted from 0. */
  col: number;
  /** What the reference has there. */
  expected: number;
  /** What the rule has there. */
  got: number;
  /** How many times the reference's change of w and of b the rule's is; null where that differs from entry to entry. */
  ratio: { w: number | null; b: number | null };
}

/** How an update rule compares with the reference. */
export interface UpdateCheck {
  /** Whether every step agrees within the bound. */
  ok: boolean;
  /** How many steps were compared. */
  steps: number;
  /** The largest error of a step, relative to the largest entry of w or b. */
  error: number;
  /** The largest error that is allowed. */
  bound: number;
  /** Where it first parts from the reference; null where it does not. */
  parting: Parting | null;
  /** The known slip, or the two of them, that explain every step; empty where none does. */
  slips: UpdateSlip[];
  /** What kept the rule from being compared to the end; null if nothing did. */
  problem: UpdateProblem | null;
}

/** The reference, which a learner may later replace on the prototype. */
const builtIn = LinearRegression.prototype.update;

/** 2, m, n, k and mk differ, and a batch of one row as in the notebook; one output last. */
const CASES: readonly Sizes[] = [
  { n: 4, k: 3, batches: [5, 5, 1, 8] },
  { n: 5, k: 4, batches: [7, 1, 7, 6] },
  { n: 3, k: 1, batches: [6, 1, 9] },
];
/** Where a rule that mistakes rows for columns runs. */
const SQUARE: Sizes = { n: 4, k: 4, batches: [4, 4, 4] };

/**
 * Holds an update rule against `LinearRegression.update`, step by step: 11 steps on 3 data sets
 * with changing batches, rates and λ, each from the parameters that the rule itself has left.
 *
 * A rule may add up in another order and still be right: that moves entries by some 1e-15 of the
 * largest, while the smallest slip moves them by more than 1e-4. The bound lies between.
 *
 * Where the rule parts from the reference, the known slips are tried, one and then two at a time.
 * @param update the rule, called as a method of a model: it changes `this.w` [n×k] and `this.b`
 *   [1×k], in place or by assigning, and reads `this.lambda`; x [m×n], yTrue and yPred [m×k], lr
 * @param options.rtol the error that is allowed in a step, relative to the largest entry of w or b;
 *   1e-9 by default. A rule that works in float32 needs 1e-5.
 * @returns whether it agrees; if not, where it first parts, why, or what kept it from being compared
 * @throws VALUE where `update` is no function or rtol not above 0, OPTION for an option that does not exist
 * Source: docs/check.md.
 */
export function checkUpdate(update: UpdateRule, options: { rtol?: number } = {}): UpdateCheck {
  const where = "checkUpdate";
  checkOptions(where, options, ["rtol"]);
  const bound = checkPositive(where, "rtol", options.rtol ?? 1e-9);
  if (typeof update !== "function") {
    throw new Ell2Error("VALUE", {
      where,
      expected: "a function update(x, yTrue, yPred, lr)",
      got: show(update),
    });
  }
  const taken: Taken[] = [];
  let problem: UpdateProblem | null = null;
  for (const sizes of CASES) {
    const trial = attempt(update, sizes);
    taken.push(...trial.taken);
    problem = trial.problem;
    if (problem) break;
  }
  const errors = taken.map((one) => distance(reference(one.step), one));
  const at = errors.findIndex((error) => !(error <= bound));
  const compared = { steps: taken.length, error: Math.max(0, ...errors), bound };
  if (at < 0 && !problem) return { ok: true, ...compared, parting: null, slips: [], problem };
  const parting = at < 0 ? null : { step: at, ...part(taken[at]!, bound) };
  return { ok: false, ...compared, parting, slips: causes(update, taken, problem, bound), problem };
}

/** The parameters that the built-in rule makes of a step. */
function reference({ x, yTrue, yPred, lr, w, b, lambda }: Step): { w: Matrix; b: Matrix } {
  const model = new LinearRegression(w.rows, w.cols, { lambda, generator: new Torch(14) });
  model.w = w.clone();
  model.b = b.clone();
  builtIn.call(model, x, yTrue, yPred, lr);
  return model;
}

/** The larger of the errors of w and b, each relative to the largest entry. */
const distance = (expected: { w: Matrix; b: Matrix }, got: { w: Matrix; b: Matrix }): number =>
  Math.max(ofLargest(got.w.data, expected.w.data), ofLargest(got.b.data, expected.b.data));

/** Where a step parts from the reference: in which entry, and by which factor. */
function part({ step, w, b }: Taken, bound: number): Omit<Parting, "step"> {
  const expected = reference(step);
  const parameter = ofLargest(w.data, expected.w.data) <= bound ? "b" : "w";
  const [ours, theirs] = [expected[parameter], { w, b }[parameter]];
  const at = ours.data.findIndex((x, i) => !(Math.abs(x - theirs.data[i]!) <= bound * largestOf(ours)));
  return {
    m: step.x.rows,
    n: step.x.cols,
    k: step.yTrue.cols,
    lr: step.lr,
    lambda: step.lambda,
    parameter,
    row: Math.floor(at / ours.cols),
    col: at % ours.cols,
    expected: ours.data[at]!,
    got: theirs.data[at]!,
    ratio: {
      w: ratio(expected.w.minus(step.w), w.minus(step.w)),
      b: ratio(expected.b.minus(step.b), b.minus(step.b)),
    },
  };
}

const largestOf = (matrix: Matrix): number => matrix.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

/** How many times a change another one is, or null where that differs from entry to entry. */
function ratio(ours: Matrix, theirs: Matrix): number | null {
  const steepest = ours.data.findIndex((x) => Math.abs(x) === largestOf(ours));
  const times = theirs.data[steepest]! / ours.data[steepest]!;
  const off = largestOf(theirs.minus(ours.times(times)));
  return off <= 1e-9 * largestOf(theirs) ? times : null;
}

/** The one slip or the two that explain every step; none where none do. */
function causes(
  update: UpdateRule,
  made: Taken[],
  problem: UpdateProblem | null,
  bound: number,
): UpdateSlip[] {
  if (problem?.kind === "nothing changed") return [];
  const taken = problem?.kind === "throws" && made.length === 0 ? attempt(update, SQUARE).taken : made;
  const explains = (formula: Formula) =>
    taken.every((one) => distance(take(formula, one.step), one) <= bound);
  if (explains(RIGHT)) return [];
  const given = (slip: KnownSlip, formula: Formula): Formula => ({ ...formula, ...slip.change(formula) });
  const named = ({ name, wrong, mend }: KnownSlip): UpdateSlip => ({ name, wrong, mend });
  const single = SLIPS.find((slip) => explains(given(slip, RIGHT)));
  if (single) return [named(single)];
  for (const [i, one] of SLIPS.entries()) {
    const formula = given(one, RIGHT);
    const other = SLIPS.slice(0, i).find((slip) => explains(given(slip, formula)));
    if (other) return [named(other), named(one)];
  }
  return [];
}
