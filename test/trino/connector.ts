import { describe, expect, test } from "vitest";
import type { EngineOptions } from "../../src/sources/engine.js";
import { ask, cluster } from "./cluster.js";

const trusted = `&sslrootcert=${encodeURIComponent(cluster.certificate)}`;
const tlsAs = (user: string) => cluster.tlsUrl.replace("//", `//${user}@`);

const pause = () => new Promise((wait) => setTimeout(wait, 200));

/** The error of a statement, which must be one. */
async function refusal(sql: string, options?: EngineOptions, address?: string) {
  const error = await ask(sql, options, address).then(
    () => expect.fail("an answer"),
    (error) => error,
  );
  expect(error.message).not.toMatch(/s3cret|wr0ng/);
  return { code: error.code, failure: error.data?.failure, got: error.got, message: error.message };
}

/** How Trino answers, and how it refuses. */
export function connectorSuite(): void {
  describe("withEngine, of Trino", () => {
    test("gives cells by their types: numbers that are not finite, decimals, whole numbers, NULL", async () => {
      const { columns, rows } = await ask(
        `SELECT nan() a, infinity() b, -infinity() c, DECIMAL '1.5' d, 1E0 / 3 e, -0E0 f, BIGINT '4503599627370497' g,
          REAL '0.1' h, TINYINT '1' i, CAST(NULL AS double) j, CAST(NULL AS varchar) k, true l, 'NaN' m,
          DATE '2020-01-01' n, TIMESTAMP '2020-01-01 00:00:00.000001 Europe/Berlin' o, ARRAY[1] p, count(*)`,
      );
      expect(rows).toEqual([
        [
          Number.NaN,
          Infinity,
          -Infinity,
          1.5,
          1 / 3,
          -0,
          4503599627370497,
          0.1,
          1,
          null,
          null,
          true,
          "NaN",
        ].concat(["2020-01-01", "2020-01-01 00:00:00.000001 Europe/Berlin", [1], 1] as never[]),
      ]);
      expect(columns.map(({ name }) => name).join("")).toBe("abcdefghijklmnop_col16");
      const kinds = { number: "abcdefghij_col16", text: "km", boolean: "l", date: "no", other: "p" };
      for (const { name, kind } of columns) expect(kinds[kind]).toContain(name);
      expect(columns[3]!.type).toBe("decimal(2, 1)");
    });

    test("gives columns where there are no rows, and all rows where there are many", async () => {
      expect(await ask("SELECT 1 AS a WHERE false")).toEqual({
        columns: [{ name: "a", kind: "number", type: "integer" }],
        rows: [],
      });
      const { rows } = await ask("SELECT orderkey, comment FROM tpch.tiny.orders");
      const sum = await ask("SELECT count(*), sum(orderkey) FROM tpch.tiny.orders");
      expect([rows.length, rows.reduce((total, [key]) => total + (key as number), 0)]).toEqual(sum.rows[0]);
    });

    test("counts timestamps with a time zone in UTC", async () => {
      const { rows } = await ask("SELECT current_timezone()");
      expect(rows).toEqual([["UTC"]]);
    });

    test.each([
      ["SELECT * FROM nothing", "SOURCE", "missing", /TABLE_NOT_FOUND.*nothing/],
      ["SELECT * FROM nothing.t", "SOURCE", "missing", /SCHEMA_NOT_FOUND/],
      ["SELECT * FROM nothing.s.t", "SOURCE", "missing", /CATALOG_NOT_FOUND/],
      ["SELECT nothing FROM tpch.tiny.orders", "VALUE", "invalid", /COLUMN_NOT_FOUND/],
      ["SELECT 1 1", "VALUE", "invalid", /SYNTAX_ERROR/],
      ["SELECT 1; SELECT 2", "VALUE", "invalid", /SYNTAX_ERROR/],
      ["SELECT CAST(comment AS double) FROM tpch.tiny.orders", "DATA", "unreadable", /INVALID_CAST_ARGUMENT/],
      [
        "SELECT BIGINT '9223372036854775807' + orderkey FROM tpch.tiny.orders",
        "NOT_FINITE",
        "overflow",
        /overflow/,
      ],
      ["SELECT 1 / (orderkey - orderkey) FROM tpch.tiny.orders", "DATA", "unreadable", /DIVISION_BY_ZERO/],
    ])("refuses %s", async (sql, code, failure, got) => {
      expect(await refusal(sql)).toMatchObject({ code, failure, got: expect.stringMatching(got) });
    });

    test("says that a user may not see a table", async () => {
      const bob = cluster.url.replace("ell2@", "bob@");
      expect(await refusal("SELECT * FROM tpch.tiny.orders", {}, bob)).toMatchObject({
        code: "SOURCE",
        failure: "forbidden",
      });
    });

    test("connects by TLS with a password from the address or the environment, and to nobody else", async () => {
      expect((await ask("SELECT current_user", {}, tlsAs("ann:s3cret") + trusted)).rows).toEqual([["ann"]]);
      process.env.TRINO_PASSWORD = "s3cret";
      try {
        expect((await ask("SELECT current_user", {}, tlsAs("ann") + trusted)).rows).toEqual([["ann"]]);
      } finally {
        delete process.env.TRINO_PASSWORD;
      }
      const wrong = [tlsAs("ann:wr0ng") + trusted, tlsAs("ann") + trusted, tlsAs("eve:s3cret") + trusted];
      for (const address of wrong) {
        expect(await refusal("SELECT 1", {}, address)).toMatchObject({ code: "SOURCE", failure: "refused" });
      }
      for (const address of [tlsAs("ann:s3cret"), `${cluster.url}?ssl`]) {
        expect(await refusal("SELECT 1", {}, address)).toMatchObject({ code: "SOURCE", failure: "secure" });
      }
    });

    test("cancels in the server, and throws the signal's reason", async () => {
      const abort = new AbortController();
      const reason = new Error("enough");
      const query = long(abort.signal);
      await query.runs();
      abort.abort(reason);
      expect(await query.outcome).toBe(reason);
      while ((await query.state())[1] !== "FAILED") await pause();
      expect((await query.state())[2]).toBe("USER_CANCELED");
      await expect(ask("SELECT 1", { signal: abort.signal })).rejects.toBe(reason);
    });

    test("says that somebody else ended the query", async () => {
      const query = long();
      await query.runs();
      await ask(`CALL system.runtime.kill_query('${(await query.state())[0]}', 'too long')`);
      expect(await query.outcome).toMatchObject({
        code: "SOURCE",
        got: "ADMINISTRATIVELY_KILLED: Query killed. Message: too long",
        data: { failure: "cancelled" },
      });
    });
  });
}

/** A query that would run for hours. */
function long(signal?: AbortSignal) {
  const mark = `long ${Math.random()}`;
  const sql = `SELECT sum(a.orderkey * b.orderkey), '${mark}' FROM tpch.sf1.orders a, tpch.sf1.orders b`;
  const outcome = ask(sql, signal === undefined ? {} : { signal }).catch((error) => error);
  const state = async () =>
    (
      await ask(
        `SELECT query_id, state, error_code FROM system.runtime.queries WHERE query LIKE 'SELECT sum(%, ''${mark}''%'`,
      )
    ).rows[0] ?? [];
  const runs = async () => {
    while ((await state())[1] !== "RUNNING") await pause();
  };
  return { outcome, state, runs };
}
