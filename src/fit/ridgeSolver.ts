import type { Moments } from "../data/moments.js";
import { momentStandardization } from "../data/standardizer.js";
import { pivotedCholesky } from "../linalg/pivotedCholesky.js";
import { powerOfTwoBelow } from "../linalg/powerOfTwo.js";
import { svd } from "../linalg/svd.js";
import type { FlatMoments } from "../model/momentSums.js";
import { degreesOfFreedom, rankOf, type Spectrum, solutionAt, spectrum, turned } from "./spectrum.js";
import { alphaOf, type Coordinates, inDataUnits, type System, systemOf } from "./system.js";

/** Weights and bias [n×k], [k]. */
interface Solution {
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
  /** The solution in the coordinates that are penalised, and in the data's units. */
  at(lambda: number): Solution & { inUnits: Solution };
  /** Effective degrees of freedom, the bias not counted. */
  df(lambda: number): number;
}

/**
 * Sums of squares of two columns that differ by more than this factor need a decomposition that keeps the
 * digits of the smaller one, which plain eigenvalues lose. For many features it takes some ten times as
 * long, and is left until half of the digits are at stake.
 */
const UNLIKE = 1e4;
const [MANY, UNLIKE_OF_MANY] = [64, 1e8];

/** Prepares ridge regression on the rows behind some moments; a constant column has weight 0. */
export function ridgeSolver(moments: Moments, coordinates: Coordinates): RidgeSolver {
  const system = withoutConstants(systemOf(moments, coordinates), moments);
  const { flat } = system;
  const diagonal = Array.from({ length: flat.n }, (_, j) => flat.sxx[j * flat.n + j]!).filter((s) => s > 0);
  const factor = flat.n > MANY ? UNLIKE_OF_MANY : UNLIKE;
  const alike = Math.max(...diagonal) <= factor * Math.min(...diagonal);
  const decomposed = alike ? spectrum(flat) : gradedSpectrum(flat);
  const rank = alike ? rankOf(decomposed) : decomposed.squares.filter((square) => square > 0).length;
  const of = withoutRounding(decomposed, rank);
  return {
    rows: moments.rows,
    system,
    of,
    rank,
    varying: diagonal.length,
    at: (lambda) => {
      const solution = solutionAt(of, alphaOf(lambda, flat), rank);
      return { ...solution, inUnits: inDataUnits(system, solution) };
    },
    df: (lambda) => degreesOfFreedom(of, alphaOf(lambda, flat), rank),
  };
}

/** The system with zeros for constant columns, where it was not standardised. */
function withoutConstants(system: System, moments: Moments): System {
  if (system.scaler !== null || !system.intercept) return system;
  const { constant } = momentStandardization(moments);
  if (constant.length === 0) return system;
  const { n, k, sxx, sxy } = system.flat;
  const idle = new Set(constant);
  return {
    ...system,
    flat: {
      ...system.flat,
      sxx: sxx.map((s, at) => (idle.has(Math.floor(at / n)) || idle.has(at % n) ? 0 : s)),
      sxy: sxy.map((s, at) => (idle.has(Math.floor(at / k)) ? 0 : s)),
    },
  };
}

/**
 * The spectrum of columns in unlike units, each direction to the digits that the columns scaled to the
 * same length allow: a pivoted Cholesky factor of those, in its own units again, and one-sided Jacobi
 * (Demmel and Veselić, SIAM J. Matrix Anal. 13, 1992). Eigenvalues that are rounding are 0.
 */
function gradedSpectrum(flat: FlatMoments): Spectrum {
  const { n, sxx } = flat;
  const units = Float64Array.from({ length: n }, (_, j) => powerOfTwoBelow(Math.sqrt(sxx[j * n + j]!)));
  const scaled = sxx.map((s, at) => s / units[Math.floor(at / n)]! / units[at % n]!);
  const { L, order, rank } = pivotedCholesky(scaled, n);
  const factor = new Float64Array(n * n); // FᵀF = Sxx
  for (const [i, j] of order.entries()) {
    for (let c = 0; c < rank; c++) factor[c * n + j] = L[i * n + c]! * units[j]!;
  }
  const { s, V } = svd(factor, n, n);
  const squares = s.map((d, c) => (c < rank ? d * d : 0));
  separate(flat, squares, V, rank);
  return { flat, squares, V, z: turned(V, flat) };
}

/**
 * Makes each direction conjugate to the much longer ones, vᵢᵀSxx·v = 0: their small share in it, which
 * Jacobi's threshold leaves out, is multiplied by large features.
 */
function separate({ n, sxx }: FlatMoments, squares: Float64Array, V: Float64Array, rank: number): void {
  const product = new Float64Array(n); // Sxx·v
  for (let c = 1; c < rank; c++) {
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < n; j++) {
        product[j] = 0;
        for (let l = 0; l < n; l++) product[j]! += sxx[j * n + l]! * V[l * n + c]!;
      }
      for (let i = 0; i < c && squares[i]! > UNLIKE * squares[c]!; i++) {
        let share = 0;
        for (let j = 0; j < n; j++) share += V[j * n + i]! * product[j]!;
        share /= squares[i]! - squares[c]!;
        for (let j = 0; j < n; j++) V[j * n + c]! -= share * V[j * n + i]!;
      }
    }
  }
}

/** Of the directions beyond the rank, those along which the targets too have nothing but rounding are set to 0. */
function withoutRounding(of: Spectrum, rank: number): Spectrum {
  const { flat, squares, z } = of;
  const { n, k, syy } = flat;
  const least = syy.map((s) => 4 * n * Number.EPSILON * Math.sqrt(Math.max(0, s) * (squares[0] ?? 0)));
  for (let c = rank; c < n; c++) {
    const along = z.subarray(c * k, (c + 1) * k);
    if (!along.every((value, l) => Math.abs(value) <= least[l]!)) continue;
    along.fill(0);
    squares[c] = 0;
  }
  return of;
}
