import { Ell2Error } from "../errors.js";
import { centreSql, groupsQuery, type SumsPlan, sampleQuery, sumsQueries } from "../sql/sums.js";
import { addDecimal } from "./decimal.js";
import { emptyCells, notFinite } from "./engineCells.js";
import { type Group, readGroups } from "./engineGroups.js";
import { columnError, type Planned } from "./enginePlan.js";
import type { EngineTable } from "./engineTable.js";

/** Groups at most, and numbers that may come back. */
const MOST_GROUPS = 100_000;
const MOST_NUMBERS = 2 ** 24;
/** Wδ²/S beyond which a centre is too far from the mean, so that more than two digits would be lost. */
const FAR = 100;

/** The sums of each group, about centres that are near enough to its means. */
export async function groupsOf(planned: Planned): Promise<Group[]> {
  const { plan } = planned;
  const centres = await centresOf(planned);
  const groups = await sums(planned, centres);
  if (!groups.some(isFar)) return groups;
  if (plan.keys.length > 0) return sums(planned, "groups");
  const [{ deviations, weight }] = groups as [Group];
  return sums(
    planned,
    centres.map((c, i) => centreText(plan, i, c, deviations[i]! / weight)),
  );
}

function isFar({ weight, deviations, products }: Group): boolean {
  const p = deviations.length;
  return deviations.some((sum, i) => {
    const miss = sum * (sum / weight);
    return miss > FAR * (products[i * p + i]! - miss);
  });
}

/** A centre moved by a number, as decimal digits; of a column of doubles it is a double. */
function centreText({ exact }: SumsPlan, i: number, centre: string, by: number): string {
  const of = exact?.[i];
  return of ? addDecimal(centre, by, of.scale) : String(Number(centre) + by);
}

/** Numbers near the means, from a sample; and a look at how many groups there may be. */
async function centresOf(planned: Planned): Promise<string[]> {
  const { table, plan } = planned;
  const finite = (x: unknown) => (x !== null && Number.isFinite(Number(x)) ? String(x) : "0");
  let sample: unknown[];
  try {
    sample = (await table.engine.query(sampleQuery(plan))).rows[0]!;
  } catch (error) {
    throw await notFiniteInstead(planned, error);
  }
  const [rows, ...rest] = sample as [number, ...unknown[]];
  const values = rest.slice(0, plan.keys.length) as number[];
  if (rows === 0)
    throw columnError(table, "at least one row", plan.where.length > 0 ? "none that counts" : "none");
  // a key that tells most rows apart would make as many groups
  if (values.some((count) => count > 1000 && count > rows / 2)) {
    const most = mostGroups(plan);
    const [[count]] = (await table.engine.query(groupsQuery(plan, most))).rows as [[number]];
    if (count > most) throw tooMany(table, most);
  }
  return rest.slice(plan.keys.length).map((x, i) => centreText(plan, i, finite(x), 0));
}

/** How many groups may come back. */
export const mostGroups = ({ columns: { length: p } }: SumsPlan): number =>
  Math.max(1, Math.min(MOST_GROUPS, Math.floor(MOST_NUMBERS / ((p * (p + 1)) / 2 + 3 * p + 5))));

const tooMany = (table: EngineTable, most: number): Ell2Error =>
  columnError(
    table,
    `at most ${most} folds and batches together, of so many columns`,
    "more",
    "group by something coarser, such as a hash of the key modulo 1000",
  );

/** The sums, checked: no missing cell, nothing that is not finite, no weight below 0, no row without a group. */
async function sums(planned: Planned, centres: readonly string[] | "groups"): Promise<Group[]> {
  const { table, plan } = planned;
  const written = centres === "groups" ? centres : centres.map((centre, i) => centreSql(plan, i, centre));
  const most = mostGroups(plan);
  let groups: Group[];
  try {
    groups = await readGroups(table, plan, sumsQueries(plan, written, most), centres);
  } catch (error) {
    throw await notFiniteInstead(planned, error);
  }
  if (groups.length > most) throw tooMany(table, most);
  const lost = groups
    .filter(({ keys }) => keys.includes(null as never))
    .reduce((sum, { rows }) => sum + rows, 0);
  if (lost > 0) {
    const rows = lost === 1 ? "1 row" : `${lost} rows`;
    throw columnError(
      table,
      "a fold and a batch for every row",
      `NULL for ${rows}`,
      "leave them out (where), or give them one (COALESCE)",
    );
  }
  if (groups.some(({ counts, rows }) => counts.some((count) => count !== rows)))
    throw await emptyCells(planned);
  if (groups.some(({ leastWeight }) => leastWeight < 0))
    throw columnError(
      table,
      `weights ≥ 0 in column ${JSON.stringify(planned.names.at(-1))}`,
      "one below 0",
      "a weight says how often a row counts",
    );
  const finite = groups.every((g) =>
    [g.deviations, g.products, [g.weight]].every((part) => part.every(Number.isFinite)),
  );
  if (!finite) throw await notFinite(planned);
  if (groups.every(({ weight }) => weight === 0)) throw columnError(table, "a weight above 0", "zeros alone");
  return groups.sort(
    (a, b) => inOrder(a.keys[0] ?? "", b.keys[0] ?? "") || inOrder(a.keys[1] ?? "", b.keys[1] ?? ""),
  );
}

/** Some engines stop at the first overflow: then what is not finite is told, if that is it. */
async function notFiniteInstead(planned: Planned, error: unknown): Promise<unknown> {
  const { data } = error as Ell2Error;
  return error instanceof Ell2Error && data.failure === "overflow" ? notFinite(planned) : error;
}

/** How labels are ordered: by value where both are numbers, otherwise by code units. */
export function inOrder(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => (text.trim() === "" ? Number.NaN : Number(text))) as [number, number];
  if (!Number.isNaN(x) && !Number.isNaN(y) && x !== y) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}
