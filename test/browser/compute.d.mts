/** What the library computes for seed 14: every float64 by its bits. */
export function compute(ell2: unknown): Promise<Record<string, string>>;
