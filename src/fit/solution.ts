import type { Matrix } from "../linalg/matrix.js";
import type { KnownRows } from "./rowStatistics.js";

/** How a closed form was reached. */
export type Solver = "exact" | "cholesky" | "qr" | "dual" | "levels" | "least norm";

/** How far the weights scatter with the rows' errors, in the data's units. */
export interface Spread {
  /** Effective degrees of freedom, the trace of (S + αD)⁻¹S. */
  df: number;
  /** √(RSS/degrees·Vⱼⱼ) of a feature's weight for a target, V = (S + αD)⁻¹S(S + αD)⁻¹. */
  standardError(feature: number, target: number, degrees: number): number;
  /** √(RSS/degrees·(1/W + x̄ᵀVx̄)); 0 without a bias. */
  biasStandardError(target: number, degrees: number): number;
}

/** Ridge regression for one λ, in the data's units, with what its numbers are worth. */
export interface Solution {
  readonly solver: Solver;
  readonly lambda: number;
  /** Weights, the nearest doubles and what is left [n×k]. */
  readonly w: Float64Array;
  readonly wLow: Float64Array;
  /** [k] */
  readonly b: Float64Array;
  readonly bLow: Float64Array;
  /** Σωr²/Σω(y − ȳ)² of each target, where it is known better than from `rss`; null for a constant target [k]. */
  readonly unexplained?: readonly (number | null)[];
  /** Σωr² of each target; null where it is lost in the rounding of sums, or beyond what a double holds [k]. */
  readonly rss: (number | null)[];
  /** Independent columns. */
  readonly rank: number;
  /** Whether columns are dependent and λ does not decide between the solutions. */
  readonly dependent: boolean;
  /** For each target the whole decimal digits that its weights and bias have; null where that is not known. */
  readonly digits: (number | null)[];
  /** Of S + αD with columns scaled to the same length; null where columns are dependent. */
  readonly condition: number | null;
  /** null where columns are dependent. */
  readonly spread: Spread | null;
  /** M [r×n] in the data's units: (S + αD)⁻¹ = MᵀM, over the directions in which there are rows. */
  readonly factor: Matrix;
  /** What is known of the rows without that; null where it is needed. */
  readonly rows?: KnownRows | null;
}
