import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Matrix } from "../../src/linalg/matrix.js";
import { type Dialect, exportSql } from "../../src/model/exportSql.js";
import { type FittedModel, predictFitted } from "../../src/model/fitted.js";
import { identifier, literal } from "../../src/sql/quote.js";
import { normalMatrix } from "../linalg/random.js";
import { refuses } from "../nn/help.js";
import { type Postgres, postgresPrograms, startPostgres } from "./postgres.js";
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
type Run = (statements: readonly string[]) => Promise<(number | null)[][]>;

const TYPES: Record<string, string> = {
  number: "double precision",
  boolean: "boolean",
  category: "varchar",
  day: "date",
  time: "timestamp",
  order: "numeric(18, 9)",
};

/** The statements that make a table of raw cells, in SQL that every dialect reads. */
function tableOf(table: string, model: FittedModel, cells: readonly (readonly Cell[])[]): string[] {
  const columns = model.columns.map(({ kind, name }) => `${identifier(name)} ${TYPES[name] ?? TYPES[kind]}`);
  const cell = (value: Cell, j: number) => {
    const { kind, name } = model.columns[j]!;
    if (value === null) return "NULL";
    if (kind === "category") return literal(value as string);
    if (kind === "date") return literal(isoText(value as number).slice(0, name === "day" ? 10 : 23));
    return kind === "number" ? `'${value}'` : String(value);
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

const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});
const duckdb: Run = async (statements) => {
  for (const statement of statements.slice(0, -1)) await connection.run(statement);
  return (await connection.runAndReadAll(statements.at(-1)!)).getRows() as number[][];
};

let server: Postgres | null = null;
const postgres: Run = async (statements) =>
  server!.query(statements.join("\n")).map((row) => row.map((cell) => (cell === "" ? null : Number(cell))));

beforeAll(() => {
  if (postgresPrograms !== undefined) server = startPostgres();
}, 120_000);
afterAll(() => server?.stop());

const databases: [name: string, dialect: Dialect, run: Run, there: boolean][] = [
  ["DuckDB", "duckdb", duckdb, true],
  ["PostgreSQL (skipped where it is not installed)", "postgres", postgres, postgresPrograms !== undefined],
];

describe.each(databases)("exportSql, read by %s", (_, dialect, run, there) => {
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
    const n = dialect === "postgres" ? 900 : 1500; // of doubles; a row of PostgreSQL has at most 8160 bytes
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

describe("exportSql", () => {
  test("names the predictions as the targets", async () => {
    await duckdb(tableOf("named", everyModel, rows));
    const read = await connection.runAndReadAll(exportSql(everyModel, { table: "named" }));
    expect(read.columnNames()).toEqual(everyModel.outputs);
  });

  const category = { kind: "category", name: "c", levels: ["a", "b"], reference: null } as const;
  const constant = modelOf([category], ["y", "z"]);

  test("writes doubles, never decimals: in DuckDB", async () => {
    await duckdb(tableOf("typed", constant, [["a"]]));
    const read = await connection.runAndReadAll(exportSql(constant, { table: "typed" }));
    expect(read.columnTypes().map(String)).toEqual(["DOUBLE", "DOUBLE"]);
  });

  test.skipIf(postgresPrograms === undefined)("writes doubles, never decimals: in PostgreSQL", () => {
    const query = exportSql(constant, { dialect: "postgres", table: "typed" }).replace(";", "");
    const statements = [
      ...tableOf("typed", constant, [["a"]]),
      `SELECT pg_typeof(y), pg_typeof(z) FROM (${query}) AS t;`,
    ];
    expect(server!.query(statements.join("\n"))).toEqual([["double precision", "double precision"]]);
  });

  test("writes for Trino, which is not run here, this text", () => {
    const model = modelOf(
      everyKind.filter(({ name }) => name !== AWKWARD),
      ['the "y"'],
    );
    for (const [j] of model.weight.data.entries()) model.weight.data[j] = (j - 2) / 4;
    expect(exportSql({ ...model, bias: [-1e-7] }, { dialect: "trino", table: "t" })).toBe(
      [
        "SELECT",
        '  COALESCE(CAST("Size" AS double), 1E-1) * (-5E-1)',
        `  + (date_diff('microsecond', TIMESTAMP '1970-01-01 00:00:00', CAST("day" AS timestamp(6))) / 8.64E10) * (-2.5E-1)`,
        '  + COALESCE(CASE WHEN "is it" THEN 1E0 WHEN NOT "is it" THEN 0E0 END, 2.5E-1) * 0E0',
        `  + CASE CAST("colour" AS varchar) WHEN 'red' THEN 2.5E-1 WHEN 'green' THEN 0E0 END`,
        `  + COALESCE((date_diff('microsecond', TIMESTAMP '1970-01-01 00:00:00', CAST("time" AS timestamp(6))) / 8.64E10), 1.90005E4) * 5E-1`,
        '  + CASE WHEN "Y" THEN 1E0 WHEN NOT "Y" THEN 0E0 END * 7.5E-1',
        '  + CAST("order" AS double) * 1E0',
        "  + (-1E-7)",
        '  AS "the ""y"""',
        'FROM "t";',
        "",
      ].join("\n"),
    );
  });

  test("refuses a dialect or an option that does not exist, and names that no database takes", () => {
    refuses(
      () => exportSql(everyModel, { dialect: "mysql" as never }),
      "VALUE",
      /duckdb, postgres, trino, got "mysql"/,
    );
    refuses(() => exportSql(everyModel, { dialect: "constructor" as never }), "VALUE");
    refuses(() => exportSql(everyModel, { tabel: "t" } as never), "OPTION", /tabel/);
    refuses(() => exportSql(everyModel, { table: "" }), "VALUE", /table to be a name/);
    refuses(() => exportSql(modelOf(numbers(["a\0b"]), ["y"])), "VALUE", /code 0/);
    refuses(() => exportSql({ ...everyModel, bias: [1, 2, Number.NaN] }), "NOT_FINITE");
    refuses(() => exportSql(null as never), "VALUE", /exportSql: expected a fitted model/);
  });
});
