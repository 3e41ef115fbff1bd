import { exp } from "../numbers/elementary.js";
import type { Spectrum } from "./spectrum.js";

/** How many λ the default grid begins with, from step 0, the largest, on. */
export const GRID_STEPS = 100;
/** Two decades of the grid. */
export const TWO_DECADES = 28;

/** λ at a step of the default grid; steps below 0 are larger λ than it begins with, from `GRID_STEPS` on smaller ones. */
export type LambdaGrid = (step: number) => number;

/**
 * The default grid of λ: 100 of them evenly on a log scale, from α = 10·d₁² down by seven decades,
 * each of three significant digits, so that it can be typed; and more of the same in both directions.
 */
export function lambdaGrid({ squares, flat }: Spectrum): LambdaGrid {
  const most = (20 * (squares[0] || 1)) / (flat.weight * flat.k);
  return (step) => Number((most * exp((-step / (GRID_STEPS - 1)) * 7 * Math.LN10)).toPrecision(3));
}

/** The λ that the default grid begins with, from large to small. */
export const startOf = (grid: LambdaGrid): number[] => Array.from({ length: GRID_STEPS }, (_, i) => grid(i));
