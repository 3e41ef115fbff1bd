import { wholeDigits } from "./digits.js";
import type { Problem } from "./problem.js";
import { degreesOfFreedom, type Spectrum, solutionAt } from "./spectrum.js";
import { alphaOf, inDataUnits, type System } from "./system.js";

/** Weights and bias [n×k], [k]. */
export interface Parameters {
  w: Float64Array;
  b: Float64Array;
}

/** Ridge regression on some rows for any λ, prepared once. */
export interface RidgeSolver {
  /** How many rows there are, those of weight 0 included. */
  rows: number;
  system: System;
  of: Spectrum;
  /** Directions that are not rounding, in columns of any units. */
  rank: number;
  /** Features that are not constant. */
  varying: number;
  /**
   * The solution in the coordinates that are penalised, and in the data's units; for each target the whole
   * decimal digits that its weights and bias have; null where that is not known.
   */
  at(lambda: number): Parameters & { inUnits: Parameters; digits: (number | null)[] };
  /** Effective degrees of freedom, the bias not counted. */
  df(lambda: number): number;
}

/**
 * Prepares ridge regression for many λ: in 256-bit arithmetic where so many eliminations are cheap, otherwise
 * along the directions of one decomposition.
 * @param solves for how many λ it will be asked, about
 */
export function ridgeSolver(problem: Problem, solves: number): RidgeSolver {
  const { system, spectrum: of } = problem;
  const { flat, constant } = system;
  const { rank } = of;
  const exact = problem.equations(solves);
  const alongDirections = (lambda: number) => {
    const alpha = alphaOf(lambda, flat);
    const solution = solutionAt(of, alpha);
    return { ...solution, inUnits: inDataUnits(system, solution), digits: digitsAlong(of, solution, alpha) };
  };
  return {
    rows: problem.rowCount,
    system,
    of,
    rank,
    varying: constant.filter((is) => !is).length,
    at: (lambda) => {
      if (exact === null) return alongDirections(lambda);
      const { w, b, roughDigits: digits } = exact.solve(lambda);
      return { ...penalised(system, { w, b }), inUnits: { w, b }, digits };
    },
    df: (lambda) => degreesOfFreedom(of, alphaOf(lambda, flat)),
  };
}

/** Weights and bias in the data's units, in the coordinates that are penalised: there the bias is the mean of the target. */
export function penalised({ scaler, flat: { k, meanY } }: System, { w, b }: Parameters): Parameters {
  if (scaler === null) return { w, b };
  return { w: w.map((value, at) => value * scaler.scale[Math.floor(at / k)]!), b: meanY.slice() };
}

/** What the rounding of the sums, times the condition number, leaves of each entry. */
function digitsAlong({ squares, rank, flat }: Spectrum, { w, b }: Parameters, alpha: number): number[] {
  const { n, k, meanX } = flat;
  const condition = rank === 0 ? 1 : (squares[0]! + alpha) / (squares[rank - 1]! + alpha);
  const error = condition * (n + 1) * 16 * Number.EPSILON;
  return Array.from({ length: k }, (_, l) => {
    const sizes = Array.from({ length: n }, (__, j) => Math.abs(w[j * k + l]!));
    const most = sizes.reduce((a, x) => Math.max(a, x), 0);
    const errors = sizes.filter((size) => size > 0).map((size) => (error * most) / size);
    const bias = sizes.reduce((sum, _size, j) => sum + Math.abs(meanX[j]!) * error * most, 0);
    return wholeDigits(b[l] === 0 ? errors : [...errors, bias / Math.abs(b[l]!)]);
  });
}
