/** One thing that was held against a recording, with its bound. */
export interface Check {
  /** What was compared. */
  what: string;
  /** How the error is measured. */
  unit:
    | "mismatches"
    | "ULP"
    | "relative"
    | "of the epoch's largest"
    | "of the largest entry"
    | "share of other bits"
    | "share beyond 1 ULP"
    | "epoch";
  /** The largest error seen. */
  error: number;
  /** The largest error that is allowed; null for one that is reported and not gated. */
  bound: number | null;
  /** Whether the error is within the bound. */
  ok: boolean;
}

/** A check with its verdict; an error of NaN never holds. */
export const check = (what: string, unit: Check["unit"], error: number, bound: number | null): Check => ({
  what,
  unit,
  error,
  bound,
  ok: bound === null || error <= bound,
});
