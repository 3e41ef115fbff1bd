export function computeTogether(
  ell2: typeof import("../../src/index.js"),
  count: number,
): Promise<Record<string, unknown>>;
