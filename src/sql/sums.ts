import { type Dialect, type Exact, WRITING } from "./dialect.js";

/** Rows whose sums are asked for: everything in the SQL of a dialect, quoted. */
export interface SumsPlan {
  dialect: Dialect;
  /** What stands after FROM. */
  from: string;
  /** Conditions of the rows that count. */
  where: readonly string[];
  /** The columns z as doubles: features, then targets. */
  columns: readonly string[];
  /** Which of them have cells that are other numbers as doubles, and how they are computed with; null for the others. */
  exact?: readonly (Exact | null)[];
  /** The row weights as doubles; null where every row counts once. */
  weight: string | null;
  /** Expressions by which rows are grouped: folds, batches. */
  keys: readonly string[];
}

/** Columns [start, stop) of a plan. */
type Range = [start: number, stop: number];

/** One query of those that give the sums, and which of them it gives. */
export interface SumsQuery {
  sql: string;
  /** Products are those of the columns in `left` with those in `right`; the upper triangle where they are the same. */
  left: Range;
  right: Range;
}

/** About what is summed: the same numbers for all rows, or for each group a number near its own means. */
export type Centres = readonly string[] | "groups";

/** Rows of which centres are taken. */
const SAMPLE = 10_000;

/**
 * For each column a number near its mean, and for the sample how many rows, and how many values of each
 * key. A column that is constant there gets that constant, so that its deviations are 0 and not those of
 * rounding.
 */
export function sampleQuery(plan: SumsPlan): string {
  const { columns, keys } = plan;
  const some = rowsOf(plan, range(columns), { limit: SAMPLE });
  const counts = ["count(*)", ...keys.map((_, i) => `count(DISTINCT g${i})`)];
  return `SELECT ${[...counts, ...columns.map((_, i) => handedBack(plan, i, nearMean(plan, i)))].join(", ")}\nFROM ${some} AS r`;
}

function nearMean({ dialect, exact }: SumsPlan, i: number): string {
  const z = `z${i}`;
  const mean = exact?.[i] ? WRITING[dialect].near(z) : `avg(${z})`;
  return `CASE WHEN min(${z}) = max(${z}) THEN min(${z}) ELSE ${mean} END`;
}

/** A number as it is handed back: of an exact column as text, since a double does not hold it. */
const handedBack = ({ dialect, exact }: SumsPlan, i: number, sql: string): string =>
  exact?.[i] ? WRITING[dialect].text(sql) : sql;

/** A centre in SQL: of an exact column a decimal number, of the others a double. */
export function centreSql({ dialect, exact }: SumsPlan, i: number, text: string): string {
  const type = exact?.[i]?.type;
  return type === undefined ? WRITING[dialect].double(Number(text)) : `CAST('${text}' AS ${type})`;
}

function deviation(plan: SumsPlan, i: number, z: string, centre: string): string {
  const exact = plan.exact?.[i];
  return exact ? WRITING[plan.dialect].difference(z, centre, exact) : `${z} - ${centre}`;
}

/** How many groups there are, if there are no more than `most`. */
export const groupsQuery = (plan: SumsPlan, most: number): string =>
  `SELECT count(*) FROM (SELECT ${plan.keys.map((_, i) => `g${i}`).join(", ")} FROM ${rowsOf(plan, [])} AS r\n` +
  `GROUP BY ${groups(plan)} LIMIT ${most + 1}) AS t`;

/** How many rows there are; how many have all cells; how many have each of them, the weight last. */
export function missingQuery(plan: SumsPlan): string {
  const names = [...plan.columns.map((_, i) => `z${i}`), ...(plan.weight === null ? [] : ["w"])];
  const all = `count(CASE WHEN ${names.map((name) => `${name} IS NOT NULL`).join(" AND ")} THEN 1 END)`;
  const counts = names.map((name) => `count(${name})`);
  return `SELECT count(*), ${[all, ...counts].join(", ")}\nFROM ${rowsOf({ ...plan, exact: [] }, range(plan.columns))} AS r`;
}

/** How many rows there are; how many cells of each column are NaN or infinite, the weight last. */
export function notFiniteQuery(plan: SumsPlan): string {
  const names = [...plan.columns.map((_, i) => `z${i}`), ...(plan.weight === null ? [] : ["w"])];
  const counts = names.map((z) => `count(CASE WHEN NOT (${WRITING[plan.dialect].finite(z)}) THEN 1 END)`);
  return `SELECT count(*), ${counts.join(", ")}\nFROM ${rowsOf({ ...plan, exact: [] }, range(plan.columns))} AS r`;
}

/**
 * The queries for the sums about centres. Each gives, for each group: its keys; how many rows, the sum of
 * the weights and the least of them; then for `left` where it is `right`, each column's count of cells,
 * sum of deviations and, where it is the group's own, centre (of an exact column as text); then the products, row by row.
 *
 * Where one query would give more columns than the engine takes, there are several, each of which reads
 * only the columns it needs.
 */
export function sumsQueries(plan: SumsPlan, centres: Centres, mostGroups: number): SumsQuery[] {
  const { mostResults, mostText } = WRITING[plan.dialect];
  const p = plan.columns.length;
  const overhead = plan.keys.length + 3;
  const fits = (width: number) => (width * (width + 1)) / 2 + 3 * width + overhead <= mostResults;
  let width = p;
  if (!fits(p))
    for (width = 1; (width + 1) * (width + 1) + overhead <= mostResults && fits(width + 1); ) width++;
  for (;;) {
    const starts = Array.from({ length: Math.ceil(p / width) }, (_, i) => i * width);
    const queries = starts.flatMap((left) =>
      starts
        .filter((right) => right >= left)
        .map((right) =>
          tile(
            plan,
            centres,
            mostGroups,
            [left, Math.min(left + width, p)],
            [right, Math.min(right + width, p)],
          ),
        ),
    );
    if (width === 1 || queries.every(({ sql }) => sql.length <= mostText)) return queries;
    width = Math.ceil(width / 2);
  }
}

function tile(plan: SumsPlan, centres: Centres, mostGroups: number, left: Range, right: Range): SumsQuery {
  const { sum } = WRITING[plan.dialect];
  const { keys, weight } = plan;
  const diagonal = left[0] === right[0];
  const needed = diagonal ? indices(left) : [...indices(left), ...indices(right)];
  const times = weight === null ? "" : "w * ";
  const own = (i: number) => (centres === "groups" ? [handedBack(plan, i, `min(c${i})`)] : []);
  const deviations = indices(left).flatMap((i) => [`count(d${i})`, sum(`${times}d${i}`), ...own(i)]);
  const products = indices(left).flatMap((i) =>
    indices(right)
      .filter((j) => j >= i)
      .map((j) => sum(`${times}d${i} * d${j}`)),
  );
  const results = [
    ...keys.map((_, i) => WRITING[plan.dialect].text(`g${i}`)),
    "count(*)",
    ...(weight === null ? ["count(*)", "1"] : [sum("w"), "min(w)"]),
    ...(diagonal ? deviations : []),
    ...products,
  ];
  const rows = `(${deviated(plan, centres, needed)}) AS d`;
  const grouped = keys.length === 0 ? "" : `\nGROUP BY ${groups(plan)} LIMIT ${mostGroups + 1}`;
  return { sql: `SELECT ${results.join(", ")}\nFROM ${rows}${grouped}`, left, right };
}

/** Rows of deviations d from centres c. */
function deviated(plan: SumsPlan, centres: Centres, needed: readonly number[]): string {
  const keys = plan.keys.map((_, i) => `g${i}`);
  const weight = plan.weight === null ? [] : ["w"];
  if (centres !== "groups") {
    const list = needed.map((i) => `${deviation(plan, i, `z${i}`, centres[i]!)} AS d${i}`);
    return `SELECT ${[...keys, ...weight, ...list].join(", ")} FROM ${rowsOf(plan, needed)} AS r`;
  }
  const means = needed.map((i) => `${nearMean(plan, i)} AS c${i}`);
  const own = `(SELECT ${[...keys, ...means].join(", ")} FROM ${rowsOf(plan, needed)} AS q GROUP BY ${groups(plan)})`;
  const list = needed.flatMap((i) => [
    `${deviation(plan, i, `r.z${i}`, `m.c${i}`)} AS d${i}`,
    `m.c${i} AS c${i}`,
  ]);
  const select = [
    ...keys.map((key) => `r.${key} AS ${key}`),
    ...weight.map((w) => `r.${w} AS ${w}`),
    ...list,
  ];
  const same = keys.map((key) => `r.${key} = m.${key}`).join(" AND ");
  return `SELECT ${select.join(", ")} FROM ${rowsOf(plan, needed)} AS r JOIN ${own} AS m ON ${same}`;
}

/** The rows, with their keys g, weight w, and columns z. */
function rowsOf(
  { from, where, columns, exact, weight, keys }: SumsPlan,
  needed: readonly number[],
  { limit }: { limit?: number } = {},
): string {
  const list = [
    ...keys.map((key, i) => `${key} AS g${i}`),
    ...(weight === null ? [] : [`${weight} AS w`]),
    ...needed.map((i) => `${exact?.[i]?.cell ?? columns[i]!} AS z${i}`),
  ];
  const select = `SELECT ${list.length === 0 ? "1" : list.join(", ")}\n  FROM ${from}`;
  const filter = where.length === 0 ? "" : `\n  WHERE ${where.join(" AND ")}`;
  return `(${select}${filter}${limit === undefined ? "" : `\n  LIMIT ${limit}`})`;
}

const groups = ({ keys }: SumsPlan): string => keys.map((_, i) => `g${i}`).join(", ");
const indices = ([start, stop]: Range): number[] => Array.from({ length: stop - start }, (_, i) => start + i);
const range = (columns: readonly unknown[]): number[] => indices([0, columns.length]);
