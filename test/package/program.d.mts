/** What the package computes for whoever imports it, as text. */
export function compute(
  ell2: typeof import("../../src/index.js"),
  charts: typeof import("../../src/charts/index.js"),
): string;
