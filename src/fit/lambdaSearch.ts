import { type Criterion, errorsOf } from "./bestLambda.js";
import { GRID_STEPS, lambdaGrid, startOf, TWO_DECADES } from "./lambdaGrid.js";
import type { PathEvaluator, PathPoint } from "./ridgePath.js";
import { alphaOf } from "./system.js";

/** α beside the smallest d² that is not 0 from which on down nothing changes. */
const LEAST_SHARE = 1e-12;
/** Degrees of freedom from which on down every weight is shrunk to nearly 0. */
export const ALL_SHRUNK = 1e-3;
/** Beyond these bounds no λ is tried. */
const [SMALLEST, LARGEST] = [1e-290, 1e290];

/** What the search for λ goes by. */
export interface SearchOptions {
  by: Criterion;
  /** Whether λ = 0 is a candidate. */
  leastSquares: boolean;
  /** Whether the data determine the solution for a λ. */
  determined: (lambda: number) => boolean;
  /** The λ among some points that have to lie inside the grid. */
  chosen: (points: readonly PathPoint[]) => number[];
}

/**
 * The points of the default grid, extended until no λ that is chosen is at its end: two decades at a
 * time, down to α = 1e-12 of the smallest d² that is not 0, up to where df falls below 1e-3. Beyond
 * the grid it first looks at one λ in every two decades, and at λ = 0: an error that first rises and
 * then falls, as columns in unlike units make it, hides no minimum.
 * @returns from large λ to small, λ = 0 last where it is a candidate; those alone whose error is known,
 *   or those that the grid begins with where none is
 */
export function searchGrid(evaluator: PathEvaluator, options: SearchOptions): PathPoint[] {
  const at = lambdaGrid(evaluator.solver.of);
  const known = new Map<number, PathPoint>(); // λ = 0 is step ∞
  const evaluate = (steps: readonly number[]) => {
    const fresh = steps.filter((step) => !known.has(step));
    const points = evaluator.points(fresh.map((step) => (step === Number.POSITIVE_INFINITY ? 0 : at(step))));
    for (const [i, point] of points.entries())
      if (errorsOf(point, options.by) !== null) known.set(fresh[i]!, point);
  };
  const sorted = () => [...known].sort(([a], [b]) => a - b);
  let [first, last] = [0, GRID_STEPS - 1];
  evaluate([
    ...range(first, last),
    ...outside(evaluator, options),
    ...(options.leastSquares ? [Number.POSITIVE_INFINITY] : []),
  ]);
  const steps = [...known.keys()].filter(Number.isFinite);
  if (steps.length === 0) return evaluator.points(startOf(at));
  const [top, bottom] = [Math.min(...steps), Math.max(...steps)];
  last = Math.min(last, bottom);
  for (;;) {
    const points = sorted();
    const lambdas = options.chosen(points.map(([, point]) => point));
    const chosen = points.filter(([, { lambda }]) => lambdas.includes(lambda)).map(([step]) => step);
    const from = Math.min(...chosen) <= first ? Math.max(top, Math.min(...chosen) - TWO_DECADES) : first;
    const to = Math.max(...chosen) >= last ? Math.min(bottom, Math.max(...chosen) + TWO_DECADES) : last;
    if (from >= first && to <= last) break;
    [first, last] = [Math.min(first, from), Math.max(last, to)];
    evaluate(range(first, last));
  }
  return sorted()
    .filter(([step]) => step === Number.POSITIVE_INFINITY || (step >= first && step <= last))
    .map(([, point]) => point);
}

/** The steps beyond the grid that are looked at, one in every two decades. */
function outside({ solver }: PathEvaluator, { determined }: SearchOptions): number[] {
  const { of, rank, system } = solver;
  const at = lambdaGrid(of);
  const steps: number[] = [];
  for (let step = 0; solver.df(at(step)) >= ALL_SHRUNK && at(step) < LARGEST; ) {
    step -= TWO_DECADES;
    steps.push(step);
  }
  const least = LEAST_SHARE * (of.squares[rank - 1] ?? Number.POSITIVE_INFINITY);
  for (let step = GRID_STEPS - 1; alphaOf(at(step), system.flat) > least && at(step) > SMALLEST; ) {
    step += TWO_DECADES;
    if (!determined(at(step))) break;
    steps.push(step);
  }
  return steps;
}

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);
