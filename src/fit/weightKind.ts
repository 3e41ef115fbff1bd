import { Dataset } from "../data/dataset.js";
import type { Moments } from "../data/moments.js";
import { Ell2Error } from "../errors.js";
import { show } from "../numbers/check.js";

/** What row weights mean: how often a row was seen, or the inverse of its error's variance up to a factor. */
export type WeightKind = "frequency" | "precision";

export function checkWeightKind(where: string, kind: unknown = "frequency"): WeightKind {
  if (kind === "frequency" || kind === "precision") return kind;
  throw new Ell2Error("VALUE", {
    where,
    expected: 'weightKind to be "frequency" or "precision"',
    got: show(kind),
  });
}

/** N, the observations that degrees of freedom are counted from: W, or for precisions the rows that have a weight. */
export function countedRows(data: Dataset | Moments, { weight, rows }: Moments, kind: WeightKind): number {
  if (kind === "frequency") return weight;
  return data instanceof Dataset && data.weights ? data.weights.filter((omega) => omega > 0).length : rows;
}

/** A row as so many observations, each with so much weight: ω of weight 1, or for precisions one of weight ω. */
export function rowWeights({ weights }: Dataset, kind: WeightKind) {
  const omega = (i: number) => weights?.[i] ?? 1;
  const one = () => 1;
  return kind === "frequency" ? { count: omega, size: one } : { count: one, size: omega };
}
