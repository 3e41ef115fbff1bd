import type { Dataset } from "../data/dataset.js";
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
export function countedRows({ rows, weight, rowCount }: Counted, kind: WeightKind): number {
  if (kind === "frequency") return weight;
  return rows?.weights?.reduce((count, omega) => count + (omega > 0 ? 1 : 0), 0) ?? rowCount;
}

/** What of a problem tells how much was observed. */
interface Counted {
  rows: Dataset | null;
  /** W */
  weight: number;
  rowCount: number;
}
