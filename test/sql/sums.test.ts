import { describe, expect, test } from "vitest";
import { DIALECTS, WRITING } from "../../src/sql/dialect.js";
import { type SumsPlan, sumsQueries } from "../../src/sql/sums.js";

const planOf = (p: number, more: Partial<SumsPlan> = {}): SumsPlan => ({
  dialect: "postgres",
  from: "t",
  where: [],
  columns: Array.from({ length: p }, (_, i) => `x${i}`),
  weight: null,
  keys: [],
  ...more,
});
const zeros = (p: number) => Array.from({ length: p }, () => "0");

describe.each(DIALECTS)("sumsQueries, for %s", (dialect) => {
  test.each([1, 2, 40, 54, 55, 56, 80, 203, 503])(
    "of %i columns: every product once, below every limit",
    (p) => {
      for (const keys of [[], ["f", "b"]]) {
        const seen = new Set<string>();
        let deviations = 0;
        for (const { sql, left, right } of sumsQueries(
          planOf(p, { dialect, keys, weight: "w" }),
          zeros(p),
          9,
        )) {
          const list = sql.slice(0, sql.indexOf("\nFROM")).split(/, (?![^(]*\))/);
          let results = keys.length + 3;
          if (left[0] === right[0]) {
            deviations += left[1] - left[0];
            results += 2 * (left[1] - left[0]);
          }
          for (let i = left[0]; i < left[1]; i++)
            for (let j = Math.max(i, right[0]); j < right[1]; j++) {
              expect(seen.has(`${i} ${j}`)).toBe(false);
              seen.add(`${i} ${j}`);
              results++;
            }
          expect(list.length).toBe(results);
          expect(results).toBeLessThanOrEqual(WRITING[dialect].mostResults);
          expect(sql.length).toBeLessThan(WRITING[dialect].mostText);
        }
        expect([seen.size, deviations]).toEqual([(p * (p + 1)) / 2, p]);
      }
    },
  );
});

test("sumsQueries keeps the text of a query below the engine's limit, however long the names are", () => {
  const columns = Array.from({ length: 20 }, (_, i) => `"${"x".repeat(100_000)}${i}"`);
  const queries = sumsQueries(planOf(20, { dialect: "trino", columns }), zeros(20), 9);
  expect(queries.length).toBeGreaterThan(1);
  for (const { sql } of queries) expect(sql.length).toBeLessThanOrEqual(WRITING.trino.mostText);
});
