/** That a database predicts from the SQL of a model what the model predicts. */
import { describe, expect, test } from "vitest";
import { Matrix } from "../../src/linalg/matrix.js";
import { type Dialect, exportSql } from "../../src/model/exportSql.js";
import { type FittedModel, predictFitted } from "../../src/model/fitted.js";
import { identifier, literal } from "../../src/sql/quote.js";
import { normalMatrix } from "../linalg/random.js";
import {
  AWKWARD,
  type Cell,
  everyKind,
  everyModel,
  featuresOf,
  hopeless,
  isoText,
  modelOf,
  numbers,
  relativeDistance,
  rows,
} from "./raw.js";

/** A database: runs statements, and returns the numbers that the last one selects. */
export type Run = (statements: readonly string[]) => Promise<(number | null)[][]>;

const TYPES: Record<string, string> = {
  number: "double precision",
  boolean: "boolean",
  category: "varchar",
  day: "date",
  time: "timestamp",
  order: "decimal(18, 9)",
};

/** The statements that make a table of raw cells, in SQL that every dialect reads. */
export function tableOf(table: string, model: FittedModel, cells: readonly (readonly Cell[])[]): string[] {
  const columns = model.columns.map(({ kind, name }) => `${identifier(name)} ${TYPES[name] ?? TYPES[kind]}`);
  const cell = (value: Cell, j: number) => {
    const { kind, name } = model.columns[j]!;
    if (value === null) return "NULL";
    if (kind === "category") return literal(value as string);
    const text =
      kind === "date" ? isoText(value as number).slice(0, name === "day" ? 10 : 23) : String(value);
    return `CAST(${literal(text.replace("T", " "))} AS ${TYPES[name] ?? TYPES[kind]})`;
  };
  const values = cells.map((row, i) => `(${[String(i), ...row.map(cell)].join(", ")})`);
  return [
    `CREATE TABLE ${identifier(table)} (row_number integer, ${columns.join(", ")});`,
    `INSERT INTO ${identifier(table)} VALUES ${values.join(",\n")};`,
  ];
}

/** What a model's SQL predicts in a database from a table of cells, in the order of its rows. */
async function predictions(
  run: Run,
  dialect: Dialect,
  model: FittedModel,
  cells: readonly (readonly Cell[])[],
) {
  const table = `rows "of" ${Math.random()}`;
  await run(tableOf(table, model, cells));
  const list = exportSql(model, { dialect });
  return run([`SELECT ${list} FROM ${identifier(table)} ORDER BY row_number;`]);
}

const matrixOf = (found: readonly (readonly (number | null)[])[]) => Matrix.from(found as number[][]);

/** The tests, skipped where the database is not there. */
export function exportSqlSuite(name: string, dialect: Dialect, run: Run, there = true): void {
  describe(`exportSql, read by ${name}`, () => {
    test.skipIf(!there)("predicts what predictFitted predicts, from columns of every kind", async () => {
      const found = await predictions(run, dialect, everyModel, rows);
      const expected = predictFitted(everyModel, featuresOf(everyKind, rows));
      expect(relativeDistance(matrixOf(found), expected)).toBeLessThan(1e-12);
    });

    test.skipIf(!there)(
      "predicts NULL for an unknown level and for a missing cell that nothing stands for",
      async () => {
        const found = await predictions(run, dialect, everyModel, [...hopeless, rows[0]!]);
        expect(found.slice(0, -1)).toEqual(hopeless.map(() => [null, null, null]));
        expect(found.at(-1)).not.toContain(null);
      },
    );

    test.skipIf(!there)("reads every number to the bit", async () => {
      const special = [
        5e-324,
        2 ** -1022,
        Number.MAX_VALUE,
        -Number.MAX_VALUE,
        0.1,
        1 / 3,
        0,
        2 ** 53 + 2,
        1e22,
        123_456_789,
      ];
      const any = normalMatrix(1, 200, 7).data.map((x, i) => x * 2 ** (i * 8 - 800));
      const bias = [...special, ...any];
      const model = {
        ...modelOf(
          numbers(["x"]),
          bias.map((_, l) => `y${l}`),
        ),
        bias,
      };
      expect(await predictions(run, dialect, model, [[0]])).toEqual([bias]);
      const weights = {
        ...model,
        weight: new Matrix(bias.length, 1, Float64Array.from(bias)),
        bias: bias.map(() => 0),
      };
      expect(await predictions(run, dialect, weights, [[1]])).toEqual([bias]);
    });

    test.skipIf(!there)("takes as many features as a table has columns, and 1 000 levels", async () => {
      const n = { duckdb: 1500, postgres: 900, trino: 500 }[dialect]; // a row of PostgreSQL has at most 8160 bytes
      const wide = modelOf(numbers(Array.from({ length: n }, (_, j) => `x${j}`)), ["y", "z"]);
      const X = normalMatrix(5, n, 4);
      const found = await predictions(run, dialect, wide, X.toArray());
      expect(relativeDistance(matrixOf(found), predictFitted(wide, X))).toBeLessThan(1e-12);

      const levels = Array.from({ length: 1000 }, (_, i) => `level ${i}`);
      const columns = [{ kind: "category", name: "c", levels, reference: null }] as const;
      const many = modelOf(columns, ["y"]);
      const cells = [["level 0"], ["level 999"], ["level 500"]];
      expect(
        relativeDistance(
          matrixOf(await predictions(run, dialect, many, cells)),
          predictFitted(many, featuresOf(columns, cells)),
        ),
      ).toBeLessThan(1e-14);
    });

    test.skipIf(!there)("reads days before and after 1970, with the time of day", async () => {
      const columns = ["day", "time"].map((name) => ({ kind: "date", name, fill: null }) as const);
      const model = modelOf(columns, ["y"]);
      const at = (text: string) => Date.parse(`${text}Z`) / 86_400_000;
      const cells = [
        [at("1969-12-31"), at("1969-12-31T23:59:59.999")],
        [at("2024-02-29"), at("2024-02-29T00:00:00.001")],
        [at("0001-01-01"), at("9999-12-31T12:34:56")],
      ];
      const found = matrixOf(await predictions(run, dialect, model, cells));
      expect(relativeDistance(found, predictFitted(model, cells))).toBeLessThan(1e-14);
    });

    test.skipIf(!there)("writes a whole statement where a table is named", async () => {
      await run(tableOf(AWKWARD, everyModel, rows.slice(0, 1)));
      const found = await run([exportSql(everyModel, { dialect, table: AWKWARD })]);
      const expected = predictFitted(everyModel, featuresOf(everyKind, rows.slice(0, 1)));
      expect(relativeDistance(matrixOf(found), expected)).toBeLessThan(1e-12);
    });
  });
}
