/** What every engine must hold to, whichever it is. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { Moments } from "../../src/data/moments.js";
import { ridge } from "../../src/fit/ridge.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { NumPy } from "../../src/random/numpy.js";
import { momentsOfTable } from "../../src/sources/engineMoments.js";
import { type EngineTable, withEngineTable } from "../../src/sources/engineTable.js";
import {
  type EngineMomentsOptions,
  engineMoments,
  explainMoments,
  type Source,
} from "../../src/sources/index.js";
import { identifier, literal } from "../../src/sql/quote.js";

type Cell = number | string | boolean | null;

/** An engine under test. */
export interface EngineUnderTest {
  /** Where a table of it is read; `table` as the option takes it. */
  source(table: string): Source;
  query(sql: string): Source;
  /** Runs statements, each by itself. */
  run(statements: readonly string[]): Promise<void>;
  /** How the engine spells types. */
  types: { double: string; text: string; boolean: string; date: string; bigint: string; decimal: string };
  /** An expression for the remainder of a whole-numbered column, by which rows are grouped. */
  mod(column: string, by: number): string;
  /** Bytes of the longest name. */
  longestName: number;
  /** Whether it keeps names of columns in small letters, whatever they were. */
  lowersNames?: boolean;
  stop(): Promise<void> | void;
}

/** Rows with a column far from 0, and two that nearly depend. */
function rowsFor(m: number, n: number, k: number, offset = 1e8): Dataset {
  const random = new NumPy(14);
  const Z = random.standardNormal(m * n);
  const X = new Matrix(m, n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++)
      X.data[i * n + j] = Z[i * n + j]! * (j + 1) + (j === 1 ? offset : j === 2 ? Z[i * n]! * 3 : 0);
  const noise = random.standardNormal(m * k);
  const Y = new Matrix(m, k);
  for (let i = 0; i < m; i++)
    for (let l = 0; l < k; l++)
      Y.data[i * k + l] =
        X.data[i * n]! * (l + 1) -
        X.data[i * n + (n > 2 ? 2 : 0)]! +
        noise[i * k + l]! +
        (l === 0 ? 0 : offset);
  const weights = Float64Array.from({ length: m }, (_, i) => (i % 7 === 0 ? 0 : 0.5 + (i % 5)));
  const names = (letter: string, count: number) => Array.from({ length: count }, (_, j) => `${letter}${j}`);
  return new Dataset({ X, Y, inputs: names("x", n), outputs: names("y", k), weights });
}

/** The largest difference of two moments: of means beside the spread, of sums beside √(SᵢᵢSⱼⱼ). */
function distance(a: Moments, b: Moments): number {
  const read = (m: Moments) => {
    const { mean, s } = JSON.parse(JSON.stringify(m)) as { mean: number[]; s: number[] };
    return { mean, s, p: mean.length };
  };
  const [x, y] = [read(a), read(b)];
  let worst = 0;
  for (let i = 0; i < x.p; i++) {
    const spread = Math.sqrt(y.s[i * x.p + i]! / b.weight);
    const coarse = Math.abs(y.mean[i]!) * Number.EPSILON; // of a mean, what its own digits leave open
    worst = Math.max(worst, Math.max(0, Math.abs(x.mean[i]! - y.mean[i]!) - coarse) / spread);
    for (let j = 0; j < x.p; j++) {
      const scale = Math.sqrt(y.s[i * x.p + i]! * y.s[j * x.p + j]!);
      worst = Math.max(worst, Math.abs(x.s[i * x.p + j]! - y.s[i * x.p + j]!) / scale);
    }
  }
  return worst;
}

const number = (x: Cell): string =>
  x === null ? "NULL" : typeof x === "number" ? `'${x}'` : typeof x === "string" ? literal(x) : String(x);

/** The statements that make a table; names are quoted here. */
function tableStatements(
  table: string,
  columns: readonly [name: string, type: string][],
  rows: readonly (readonly Cell[])[],
): string[] {
  const list = columns.map(([name, type]) => `${identifier(name)} ${type}`).join(", ");
  const cells = (row: readonly Cell[]) =>
    row.map((cell, j) =>
      cell === null || typeof cell === "boolean"
        ? number(cell)
        : `CAST(${number(cell)} AS ${columns[j]![1]})`,
    );
  const statements = [`CREATE TABLE ${table} (${list})`];
  const step = Math.max(1, Math.floor(8000 / columns.length));
  for (let at = 0; at < rows.length; at += step) {
    const values = rows.slice(at, at + step).map((row) => `(${cells(row).join(", ")})`);
    statements.push(`INSERT INTO ${table} VALUES ${values.join(", ")}`);
  }
  return statements;
}

/** The statements that make a table of a data set: id, the features, the targets, the weight w. */
function datasetStatements({ types }: EngineUnderTest, table: string, data: Dataset): string[] {
  const { inputs, outputs } = data;
  const names = [...inputs, ...outputs, "w"].map((name): [string, string] => [name, types.double]);
  const rows = Array.from({ length: data.rows }, (_, i) => [
    i,
    ...data.X.data.subarray(i * inputs.length, (i + 1) * inputs.length),
    ...data.Y.data.subarray(i * outputs.length, (i + 1) * outputs.length),
    data.weights![i]!,
  ]);
  return tableStatements(identifier(table), [["id", types.bigint], ...names], rows);
}

const unweighted = ({ X, Y, inputs, outputs }: Dataset): Dataset => new Dataset({ X, Y, inputs, outputs });
const only = (data: Dataset, keep: (i: number) => boolean): Dataset => {
  const rows = Array.from({ length: data.rows }, (_, i) => i).filter(keep);
  const take = (A: Matrix) =>
    Matrix.from(rows.map((i) => Array.from(A.data.subarray(i * A.cols, (i + 1) * A.cols))));
  return new Dataset({
    X: take(data.X),
    Y: take(data.Y),
    inputs: data.inputs,
    outputs: data.outputs,
    ...(data.weights && { weights: Float64Array.from(rows, (i) => data.weights![i]!) }),
  });
};

/** What engine and rows may differ in, beside √(SᵢᵢSⱼⱼ): both round, in another order. */
const TOLERANCE = 1e-12;

/**
 * The suite.
 * @param start opens the engine; skipped where there is none
 */
export function engineSuite(
  name: string,
  start: (() => Promise<EngineUnderTest>) | null,
  timeout = 120_000,
): void {
  describe.skipIf(start === null)(`engineMoments, in ${name}`, () => {
    let engine: EngineUnderTest;
    const data = rowsFor(2000, 4, 2);
    const plain = unweighted(data);
    const choice = { targets: ["y0", "y1"], features: ["x0", "x1", "x2", "x3"] };
    const sums = (options: EngineMomentsOptions, table = "plain") =>
      engineMoments(engine.source(table), { ...choice, ...options });
    const failure = async (
      work: Promise<unknown>,
    ): Promise<{ code: string; message: string; data: Record<string, unknown> }> =>
      work.then(
        () => expect.unreachable("it was accepted"),
        (error) => error,
      );

    beforeAll(async () => {
      engine = await start!();
      await engine.run(datasetStatements(engine, "plain", data));
    }, timeout);
    afterAll(() => engine?.stop(), timeout);
    const it = (title: string, work: () => Promise<void>) => test(title, { timeout }, work);

    it("gives the moments of the rows, with offsets of 1e8, and weights of ridge", async () => {
      const { moments } = await sums({});
      expect(moments.rows).toBe(2000);
      expect(distance(moments, Moments.of(plain))).toBeLessThan(TOLERANCE);
      const [found, expected] = [ridge(moments, { lambda: 0.1 }), ridge(plain, { lambda: 0.1 })].map(
        ({ w }) => w.data,
      );
      for (const [i, w] of expected!.entries())
        expect(Math.abs(found![i]! - w)).toBeLessThan(1e-9 * Math.abs(w));
    });

    it("weighs rows, and chooses features as files do", async () => {
      const { moments, leftOut } = await engineMoments(engine.source("plain"), {
        targets: ["y*"],
        weight: "w",
        without: ["id"],
      });
      expect(moments.inputs).toEqual(["x0", "x1", "x2", "x3"]);
      expect(leftOut).toEqual([]);
      expect(moments.weight).toBeCloseTo(
        data.weights!.reduce((a, b) => a + b),
        6,
      );
      expect(distance(moments, Moments.of(data))).toBeLessThan(TOLERANCE);
    });

    it("groups by folds and by batches in one go", async () => {
      const { moments, folds, batches } = await sums({
        foldBy: engine.mod("id", 3),
        batchBy: engine.mod("id", 11),
      });
      expect(folds!.labels.map(Number)).toEqual([0, 1, 2]);
      expect(batches!.labels.map(Number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(distance(moments, Moments.of(plain))).toBeLessThan(TOLERANCE);
      for (const [f, fold] of folds!.moments.entries())
        expect(distance(fold, Moments.of(only(plain, (i) => i % 3 === f)))).toBeLessThan(TOLERANCE);
      for (const [b, batch] of batches!.moments.entries())
        expect(distance(batch, Moments.of(only(plain, (i) => i % 11 === b)))).toBeLessThan(TOLERANCE);
    });

    it("takes the centres anew where groups lie far apart, or the first rows far from the others", async () => {
      const far = rowsFor(1200, 3, 1, 0);
      for (let i = 0; i < far.rows; i++)
        for (let j = 0; j < 3; j++) far.X.data[i * 3 + j]! += i % 2 === 0 ? 0 : 1e9;
      await engine.run(datasetStatements(engine, "far", far));
      const options = { targets: ["y0"], features: ["x*"] };
      const { folds } = await engineMoments(engine.source("far"), {
        ...options,
        foldBy: engine.mod("id", 2),
      });
      for (const [f, fold] of folds!.moments.entries())
        expect(distance(fold, Moments.of(only(unweighted(far), (i) => i % 2 === f)))).toBeLessThan(TOLERANCE);
    });

    /** Rows with exact columns: a value for each row as text, and beside it what it is above its offset. */
    const exactly = async (table: string, offsets: (i: number) => [string, bigint, bigint]) => {
      const { types } = engine;
      const m = 1000;
      const cells = (i: number) => offsets(i).slice(1) as [bigint, bigint];
      // y does not depend on the offsets
      const y = (i: number) => Number(i % 17) - 3;
      await engine.run(
        tableStatements(
          table,
          [
            ["id", types.bigint],
            ["a", types.decimal],
            ["b", types.bigint],
            ["y", types.double],
          ],
          Array.from({ length: m }, (_, i) => {
            const [fraction, a, b] = offsets(i);
            return [i, `${a}.${fraction}`, String(b), y(i)];
          }),
        ),
      );
      const of = (keep: (i: number) => boolean) => {
        const rows = Array.from({ length: m }, (_, i) => i).filter(keep);
        const first = cells(rows[0]!);
        const X = Matrix.from(
          rows.map((i) => {
            const [a, b] = cells(i);
            return [Number(a - first[0]) + Number(offsets(i)[0]) / 100, Number(b - first[1])];
          }),
        );
        const Y = Matrix.from(rows.map((i) => [y(i)]));
        return { first, moments: Moments.of(new Dataset({ X, Y, inputs: ["a", "b"], outputs: ["y"] })) };
      };
      return of;
    };
    /** Sums within 1e-12 of the exact ones, and means that are those of the differences above an offset. */
    const expectExact = (
      found: Moments,
      { first, moments }: { first: [bigint, bigint]; moments: Moments },
    ) => {
      const read = (of: Moments) =>
        JSON.parse(JSON.stringify(of)) as { mean: number[]; meanLow: number[]; s: number[] };
      const [f, e] = [read(found), read(moments)];
      const scale = (i: number) => Math.sqrt(e.s[4 * i]!);
      for (let at = 0; at < 9; at++)
        expect(Math.abs(f.s[at]! - e.s[at]!)).toBeLessThan(1e-12 * scale(Math.floor(at / 3)) * scale(at % 3));
      for (const j of [0, 1] as const) {
        const above = Number(BigInt(f.mean[j]!) - first[j]) + f.meanLow[j]!;
        expect(Math.abs(above - e.mean[j]!)).toBeLessThan(1e-9 * scale(j));
      }
    };

    it("centres numbers that doubles do not hold before it casts them", async () => {
      const of = await exactly("offsets", (i) => ["25", 10n ** 25n + BigInt(i), 2n ** 60n + BigInt(3 * i)]);
      const options = { targets: ["y"], features: ["a", "b"] };
      const { moments } = await engineMoments(engine.source("offsets"), options);
      expectExact(
        moments,
        of(() => true),
      );
      const { folds } = await engineMoments(engine.source("offsets"), {
        ...options,
        foldBy: engine.mod("id", 3),
      });
      for (const [f, fold] of folds!.moments.entries())
        expectExact(
          fold,
          of((i) => i % 3 === f),
        );
    });

    it("does so about each group's own centre", async () => {
      const of = await exactly("offsets2", (i) => [
        i % 10 === 0 ? "75" : "00",
        (i % 2 === 0 ? 1n : -3n) * 10n ** 25n + BigInt(i),
        (i % 2 === 0 ? 1n : -1n) * 2n ** 62n + BigInt(7 * i),
      ]);
      const { folds } = await engineMoments(engine.source("offsets2"), {
        targets: ["y"],
        features: ["a", "b"],
        foldBy: engine.mod("id", 2),
      });
      expect(folds!.moments.length).toBe(2);
      for (const [f, fold] of folds!.moments.entries())
        expectExact(
          fold,
          of((i) => i % 2 === f),
        );
    });

    it("takes a constant column of such numbers for constant", async () => {
      await exactly("constants", () => ["10", 10n ** 25n + 1n, 2n ** 53n + 1n]);
      for (const foldBy of [undefined, engine.mod("id", 3)]) {
        const { moments } = await engineMoments(engine.source("constants"), {
          targets: ["y"],
          features: ["a", "b"],
          ...(foldBy !== undefined && { foldBy }),
        });
        expect([moments.sxx.data[0], moments.sxx.data[3]]).toEqual([0, 0]);
      }
    });

    it("filters, selects, and counts dates and booleans as numbers", async () => {
      const filtered = await sums({ where: "id < 500 -- the first of them" });
      expect(distance(filtered.moments, Moments.of(plain.slice(0, 500)))).toBeLessThan(TOLERANCE);
      const { types } = engine;
      await engine.run(
        tableStatements(
          "kinds",
          [
            ["d", types.date],
            ["b", types.boolean],
            ["y", types.double],
          ],
          [
            ["1970-01-02", true, 1],
            ["1969-12-31", false, 2],
            ["2000-03-01", true, 4],
          ],
        ),
      );
      const { moments, columns } = await engineMoments(engine.source("kinds"), {
        targets: ["y"],
        features: ["d", "b"],
      });
      expect(moments.meanX[0]).toBeCloseTo(11017 / 3, 9);
      expect(moments.meanX[1]).toBe(2 / 3);
      expect(columns.map(({ kind }) => kind)).toEqual(["date", "boolean"]);
      const query = engine.query(`SELECT y, y * 2 AS "twice", y + 1 AS more FROM kinds`);
      expect(Array.from((await engineMoments(query, { targets: ["y"] })).moments.meanX)).toEqual([
        14 / 3,
        10 / 3,
      ]);
    });

    it("refuses missing cells with counts, or leaves the rows out", async () => {
      const { types } = engine;
      const columns = ["a", "b", "y"].map((name): [string, string] => [name, types.double]);
      const rows = [
        [1, 2, 3],
        [null, 5, 1],
        [4, null, 2],
        [null, null, 0],
        [7, 9, 11],
      ];
      await engine.run(tableStatements("holes", columns, rows));
      const error = await failure(engineMoments(engine.source("holes"), { targets: ["y"] }));
      expect(error.code).toBe("DATA");
      expect(error.message).toContain('3 of 5 rows (2 in "a", 2 in "b")');
      const { moments, dropped, missing } = await engineMoments(engine.source("holes"), {
        targets: ["y"],
        missing: "drop",
      });
      expect([moments.rows, dropped, missing]).toEqual([
        2,
        3,
        [
          { column: "a", cells: 2 },
          { column: "b", cells: 2 },
        ],
      ]);
      expect(Array.from(moments.meanX)).toEqual([4, 5.5]);
    });

    it("refuses NaN and infinity with counts, squares that overflow, weights below 0, and rows without a group", async () => {
      const { types } = engine;
      const columns = ["a", "b", "y"].map((name): [string, string] => [name, types.double]);
      await engine.run([
        ...tableStatements("odd", columns, [
          ["NaN", 1, 2],
          [3, "Infinity", 4],
          [3, "-Infinity", 4],
          [5, 6, 7],
        ]),
        ...tableStatements("large", columns, [
          [1e200, 1, 2],
          [-1e200, 3, 4],
        ]),
        ...tableStatements("signs", columns, [
          [1, -1, 2],
          [2, 1, 4],
        ]),
      ]);
      const odd = await failure(engineMoments(engine.source("odd"), { targets: ["y"] }));
      expect(odd.code).toBe("DATA");
      expect(odd.data).toMatchObject({
        notFinite: [
          { column: "a", cells: 1 },
          { column: "b", cells: 2 },
        ],
      });
      expect((await failure(engineMoments(engine.source("large"), { targets: ["y"] }))).code).toBe(
        "NOT_FINITE",
      );
      expect(
        (await failure(engineMoments(engine.source("signs"), { targets: ["y"], weight: "b" }))).message,
      ).toContain("weights ≥ 0");
      const groupless = await failure(sums({ foldBy: "CASE WHEN id > 10 THEN 1 END" }));
      expect(groupless.message).toContain("NULL for 11 rows");
    });

    it("refuses text by name, a missing column, no rows, and a table that is not there", async () => {
      const { types } = engine;
      await engine.run([
        ...tableStatements(
          "texts",
          [
            ["t", types.text],
            ["a", types.double],
            ["y", types.double],
          ],
          [
            ["u", 1, 2],
            ["v", 2, 3],
          ],
        ),
        ...tableStatements(
          "empty",
          [
            ["a", types.double],
            ["y", types.double],
          ],
          [],
        ),
      ]);
      const text = await failure(engineMoments(engine.source("texts"), { targets: ["y"], features: ["t"] }));
      expect(text.message).toMatch(/column "t".*CASE WHEN/);
      expect((await engineMoments(engine.source("texts"), { targets: ["y"] })).leftOut).toEqual(["t"]);
      expect((await failure(sums({ features: ["nope"] }))).code).toBe("DATA");
      expect((await failure(engineMoments(engine.source("empty"), { targets: ["y"] }))).message).toContain(
        "at least one row",
      );
      expect((await failure(engineMoments(engine.source("nowhere"), { targets: ["y"] }))).code).toMatch(
        /SOURCE|DATA/,
      );
    });

    it("refuses a key that makes too many groups before it groups by it", async () => {
      const keyed = engine.query(
        "SELECT p.y0, p.x0, p.id * 100 + q.id AS k FROM plain p CROSS JOIN (SELECT id FROM plain WHERE id < 60) q",
      );
      const options = { targets: ["y0"], features: ["x0"] };
      const asked: string[] = [];
      const error = await failure(
        withEngineTable(keyed, {}, (table) => {
          const query = (sql: string) => {
            asked.push(sql);
            return table.engine.query(sql);
          };
          return momentsOfTable(
            { ...table, engine: { ...table.engine, query } },
            { ...options, foldBy: "k" },
          );
        }),
      );
      expect(asked.filter((sql) => sql.includes("d0 * d0"))).toEqual([]);
      expect(error.message).toContain("at most 100000 folds and batches");
      expect(
        (await engineMoments(keyed, { ...options, foldBy: engine.mod("k", 4) })).folds!.labels.length,
      ).toBe(4);
    });

    it("sends back sums alone: as many numbers for any number of rows", async () => {
      const p = 6;
      const counted = async (options: EngineMomentsOptions) => {
        const crossed = { queries: 0, rows: 0, values: 0 };
        await withEngineTable(engine.source("plain"), {}, async (table) => {
          const counting: EngineTable = {
            ...table,
            engine: {
              ...table.engine,
              async query(sql) {
                const answer = await table.engine.query(sql);
                crossed.queries++;
                crossed.rows += answer.rows.length;
                crossed.values += answer.rows.reduce((sum, row) => sum + row.length, 0);
                return answer;
              },
            },
          };
          await momentsOfTable(counting, { ...choice, ...options });
        });
        return crossed;
      };
      const sample = 1 + p;
      const group = 3 + 2 * p + (p * (p + 1)) / 2;
      expect(await counted({})).toEqual({ queries: 2, rows: 2, values: sample + group });
      expect(await counted({ where: "id < 20" })).toEqual({ queries: 2, rows: 2, values: sample + group });
      expect(await counted({ foldBy: engine.mod("id", 5) })).toEqual({
        queries: 2,
        rows: 6,
        values: sample + 1 + 5 * (group + 1),
      });
    });

    it("splits wide problems below the engine's limits: 200 features", async () => {
      const wide = rowsFor(250, 200, 2);
      await engine.run(datasetStatements(engine, "wide", wide));
      const options = { targets: ["y0", "y1"], features: ["x*"] };
      const { moments } = await engineMoments(engine.source("wide"), options);
      expect(distance(moments, Moments.of(unweighted(wide)))).toBeLessThan(TOLERANCE);
      expect((await explainMoments(engine.source("wide"), options)).length).toBeGreaterThan(5);
    });

    it("takes tables and columns of any name, and injects none of them", async () => {
      const { types, longestName, lowersNames } = engine;
      const kept = (name: string) => (lowersNames ? name.toLowerCase() : name);
      const long = "ü".repeat(Math.floor(longestName / 2));
      const names = [
        'a"b',
        "select",
        "Ünïcode 列",
        "x'; DROP TABLE plain; --",
        "Case",
        'c" FROM plain; --',
        long,
        "a.b",
        " ",
      ];
      const columns = names.map((name): [string, string] => [name, types.double]);
      const rows = Array.from({ length: 12 }, (_, i) =>
        names.map((_, j) => (i + 1) ** 2 * (j + 1) + ((i * (j + 3)) % 7)),
      );
      const table = 'ord"er. by\'; DROP TABLE "plain"; --';
      await engine.run(tableStatements(identifier(table), columns, rows));
      const { moments } = await engineMoments(engine.source(identifier(table)), { targets: [kept("Case")] });
      expect(moments.inputs).toEqual(names.filter((name) => name !== "Case").map(kept));
      const data = Matrix.from(rows);
      expect(moments.meanX[0]).toBeCloseTo(data.sum(0).data[0]! / 12, 12);
      await engine.run(tableStatements(identifier("or der"), columns, rows));
      expect(
        (await engineMoments(engine.source("or der"), { targets: ["a.b"], weight: "select" })).moments.rows,
      ).toBe(12);
      expect((await sums({})).moments.rows).toBe(2000);
    });

    it("holds what is documented as SQL to one expression", async () => {
      const bad = [
        "1); DROP TABLE plain; --",
        "1; SELECT 2",
        "id) FROM plain --",
        "(id",
        "'open",
        "/* open",
        "",
      ];
      for (const sql of bad) {
        for (const option of ["where", "foldBy", "batchBy"])
          expect((await failure(sums({ [option]: sql }))).code, `${option} ${sql}`).toBe("VALUE");
        if (sql !== "")
          expect((await failure(engineMoments(engine.query(sql), { targets: ["y"] }))).code, sql).toBe(
            "VALUE",
          );
      }
      expect((await failure(sums({ where: "nonsense +" }))).code).toBe("VALUE");
      expect((await sums({})).moments.rows).toBe(2000);
    });

    it("stops by a signal", async () => {
      const gone = AbortSignal.abort();
      expect(await failure(sums({ signal: gone }))).toBe(gone.reason);
    });
  });
}
