import { Ell2Error } from "../errors.js";
import type { SumsPlan, SumsQuery } from "../sql/sums.js";
import { type Split, splitDecimal } from "./decimal.js";
import type { EngineTable } from "./engineTable.js";

/** What the rows of a group add up to about its centres. */
export interface Group {
  /** Of each key the text; null where it has none. */
  keys: string[];
  rows: number;
  weight: number;
  leastWeight: number;
  /** Cells that are there, of each column. */
  counts: Float64Array;
  deviations: Float64Array;
  centres: Float64Array;
  /** What the centres are beyond their doubles. */
  centresLow: Float64Array;
  /** Of the p×p products the upper triangle. */
  products: Float64Array;
}

/**
 * Asks the queries one after the other, and puts their answers together.
 * @param centres about which they sum, as decimal numbers; "groups" where each group says its own
 * @throws SOURCE where they do not tell of the same rows
 */
export async function readGroups(
  { engine, name }: EngineTable,
  plan: SumsPlan,
  queries: readonly SumsQuery[],
  centres: readonly string[] | "groups",
): Promise<Group[]> {
  const p = plan.columns.length;
  const groups = new Map<string, Group>();
  for (const [number, { sql, left, right }] of queries.entries()) {
    const { rows: answer } = await engine.query(sql);
    if (number > 0 && answer.length !== groups.size) throw changed(name);
    for (const row of answer) {
      const keys = row.slice(0, plan.keys.length) as string[];
      const [rows, weight, leastWeight, ...sums] = row.slice(plan.keys.length) as [
        number,
        number,
        number,
        ...number[],
      ];
      const id = JSON.stringify(keys);
      if (number === 0) groups.set(id, newGroup(keys, rows, weight ?? Number.NaN, leastWeight, p));
      const group = groups.get(id);
      // sums of weights may differ in their last digits from one time to the next
      if (group === undefined || group.rows !== rows) throw changed(name);
      let at = 0;
      if (left[0] === right[0]) {
        for (let i = left[0]; i < left[1]; i++) {
          group.counts[i] = sums[at++]!;
          group.deviations[i] = sums[at++] ?? Number.NaN;
          const centre = centres === "groups" ? sums[at++] : centres[i];
          [group.centres[i], group.centresLow[i]] = split(centre, plan.exact?.[i] != null);
        }
      }
      for (let i = left[0]; i < left[1]; i++)
        for (let j = Math.max(i, right[0]); j < right[1]; j++)
          group.products[i * p + j] = sums[at++] ?? Number.NaN;
    }
  }
  return [...groups.values()];
}

/** A centre in two doubles. What is not finite, or of a group without cells, shows in the sums as well. */
const split = (centre: unknown, exact: boolean): Split =>
  exact && centre !== null && Number.isFinite(Number(centre))
    ? splitDecimal(String(centre))
    : [centre === null ? Number.NaN : Number(centre), 0];

const newGroup = (keys: string[], rows: number, weight: number, leastWeight: number, p: number): Group => ({
  keys,
  rows,
  weight,
  leastWeight,
  counts: new Float64Array(p),
  deviations: new Float64Array(p),
  centres: new Float64Array(p),
  centresLow: new Float64Array(p),
  products: new Float64Array(p * p),
});

const changed = (name: string): Ell2Error =>
  new Ell2Error("SOURCE", {
    where: name,
    expected: "the same rows and groups in every query",
    got: "others",
    remedy:
      "add up a copy, or a query whose result does not change (no random numbers, no rows that are just being written)",
  });
