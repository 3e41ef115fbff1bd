import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withEngine } from "../../src/sources/index.js";
import { type Postgres, postgresPrograms, startPostgres } from "../model/postgres.js";
import { ell2, json, program, put, temporaryFolder } from "./help.js";

const folder = temporaryFolder();

interface Document {
  model: { weight: number[][]; bias: number[]; lambda: number };
  training: { rows: number; fingerprint: string | null; descent: { batchSize: number } | null };
  lambdaChoice: { how: string } | null;
  metrics: { train: { mae: number | null }[] };
  log: { mse: number }[];
}

/** Largest difference beside the largest entry. */
function apart(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  const [x, y] = [a.flat(), b.flat()];
  return Math.max(...x.map((value, i) => Math.abs(value - y[i]!))) / Math.max(...y.map(Math.abs));
}

const rows = Array.from({ length: 300 }, (_, i) => {
  const [a, b] = [Math.sin(i * 12.9898) * 43.5, Math.cos(i * 78.233) * 7 + 1e6];
  return { id: i, a, b, y: 2 * a - b / 3 + Math.sin(i * 3.7) };
});
const csv = `id,a,b,y\n${rows.map(({ id, a, b, y }) => `${id},${a},${b},${y}`).join("\n")}\n`;

describe("ell2 fit, path and moments, of files in DuckDB", () => {
  put(folder, "rows.csv", csv);
  const at = { cwd: folder };

  test("--fold-by gives what a column of the same folds gives", () => {
    const labelled = csv
      .split("\n")
      .map((line, i) => (line === "" ? "" : `${line},${i === 0 ? "fold" : (i - 1) % 4}`));
    put(folder, "labelled.csv", labelled.join("\n"));
    const by = json<Document>(
      ["fit", "rows.csv", "--target", "y", "--features", "a,b", "--fold-by", "id % 4"],
      at,
    );
    const column = json<Document>(
      ["fit", "labelled.csv", "--target", "y", "--features", "a,b", "--folds", "fold"],
      at,
    );
    expect(by.lambdaChoice!.how).toBe("4 folds by id % 4");
    expect(by.model.lambda).toBe(column.model.lambda);
    expect(apart(by.model.weight, column.model.weight)).toBeLessThan(1e-9);
    expect(by.training.fingerprint).toBeNull();
    expect(by.metrics.train[0]!.mae).toBeNull();
  });

  test("--batch-by trains on the batches that --batch cuts", () => {
    const descent = [
      "--target",
      "y",
      "--features",
      "a,b",
      "--lr",
      "0.01",
      "--epochs",
      "40",
      "--lambda",
      "0.1",
    ];
    const by = json<Document>(["fit", "rows.csv", ...descent, "--batch-by", "floor(id / 100)"], at);
    const cut = json<Document>(["fit", "rows.csv", ...descent, "--batch", "100"], at);
    expect(by.training.descent!.batchSize).toBe(100);
    expect(apart(by.model.weight, cut.model.weight)).toBeLessThan(1e-9);
    expect(apart([by.log.map(({ mse }) => mse)], [cut.log.map(({ mse }) => mse)])).toBeLessThan(1e-9);
  });

  test("--where leaves rows out, without folds λ comes from generalised cross-validation", () => {
    const found = json<Document>(
      ["fit", "rows.csv", "--target", "y", "--features", "a,b", "--where", "id < 100"],
      at,
    );
    expect(found.training.rows).toBe(100);
    expect(found.lambdaChoice!.how).toBe("generalised cross-validation");
  });

  test("--explain prints queries and nothing else", () => {
    const { stdout, exit } = ell2(
      ["path", "rows.csv", "--target", "y", "--fold-by", "id % 5", "--explain"],
      at,
    );
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^-- numbers near the means/);
    expect(stdout).toContain("GROUP BY g0");
    expect(stdout).not.toContain("held-out");
  });

  test("refuses what needs the rows, and options that do not go together", () => {
    const refused = (args: string[], words: string) => {
      const { stderr, exit } = ell2(["fit", "rows.csv", "--target", "y", ...args], at);
      expect([exit, stderr]).toEqual([2, expect.stringContaining(words)]);
    };
    refused(["--fold-by", "id % 2", "--folds", "3"], "--fold-by");
    refused(["--where", "true", "--valid", "0.2"], "--valid");
    refused(["--where", "true", "--missing", "mean"], "--missing");
    refused(["--where", "true", "--categorical", "a"], "--categorical");
    refused(["--where", "true", "--batch", "10"], "--batch");
    refused(["--exact", "--batch-by", "id % 2"], "--batch-by");
    const one = ell2(["fit", "rows.csv", "--target", "y", "--fold-by", "1"], at);
    expect([one.exit, one.stderr]).toEqual([3, expect.stringContaining("at least two folds")]);
  });

  test("moments are kept, merged, added to and taken from; fits from them are those from the rows", () => {
    const lines = csv.trimEnd().split("\n");
    const part = (name: string, from: number, to: number) =>
      put(folder, name, `${[lines[0], ...lines.slice(1 + from, 1 + to)].join("\n")}\n`);
    part("monday.csv", 0, 100);
    part("tuesday.csv", 100, 180);
    part("rest.csv", 180, 300);
    const choice = ["--target", "y", "--features", "a,b"];
    for (const day of ["monday", "tuesday", "rest"])
      expect(ell2(["moments", `${day}.csv`, ...choice, "--out", `${day}.json`], at).exit).toBe(0);
    expect(
      ell2(["moments", "merge", "monday.json", "tuesday.json", "rest.json", "--out", "all.json"], at).exit,
    ).toBe(0);
    const whole = json<Document>(["fit", "rows.csv", ...choice, "--lambda", "0.5"], at);
    const merged = json<Document>(["fit", "all.json", "--lambda", "0.5"], at);
    expect(merged.training.rows).toBe(300);
    expect(apart(merged.model.weight, whole.model.weight)).toBeLessThan(1e-9);

    const grown = ell2(["moments", "monday.json", "--add", "tuesday.csv", "--out", "both.json"], at);
    expect(grown.stdout).toContain("180 rows");
    expect(
      ell2(["moments", "both.json", "--remove", "monday.json", "--out", "both.json"], at).stdout,
    ).toContain("80 rows");
    const left = json<Document>(["fit", "both.json", "--lambda", "0.5"], at);
    const tuesday = json<Document>(["fit", "tuesday.csv", ...choice, "--lambda", "0.5"], at);
    expect(apart(left.model.weight, tuesday.model.weight)).toBeLessThan(1e-8);

    ell2(["moments", "rows.csv", ...choice, "--fold-by", "id % 3", "--out", "folds.json"], at);
    expect(json<Document>(["fit", "folds.json"], at).lambdaChoice!.how).toBe("3 parts of the file");
    const wrong = ell2(["fit", "all.json", "--target", "a"], at);
    expect([wrong.exit, wrong.stderr]).toEqual([2, expect.stringContaining("moments of y")]);
    const others = ell2(["moments", "merge", "all.json", "other.json"], {
      cwd: folder,
      ...(put(
        folder,
        "other.json",
        readFileSync(join(folder, "all.json"), "utf8").replaceAll('"a"', '"c"'),
      ) && {}),
    });
    expect([others.exit, others.stderr]).toEqual([3, expect.stringContaining("the columns of all.json")]);
    expect(
      ell2(["fit", put(folder, "bad.json", '{"format":"ell2-moments","schema":9}'), "--target", "y"], at)
        .exit,
    ).toBe(3);
  });

  test("predicts in a DuckDB file, and never over a table that is there", async () => {
    const path = join(folder, "rows.duckdb");
    const sql = async (text: string) => {
      const instance = await DuckDBInstance.create(path);
      const connection = await instance.connect();
      const found = (await connection.runAndReadAll(text)).getRowsJS();
      connection.closeSync();
      instance.closeSync();
      return found;
    };
    await sql(`CREATE TABLE rows AS SELECT * FROM '${join(folder, "rows.csv")}'`);
    expect(
      ell2(["fit", path, "--table", "rows", "--target", "y", "--features", "a,b", "--out", "m.json"], at)
        .exit,
    ).toBe(0);
    const into = ["predict", "m.json", path, "--table", "rows", "--into", "predicted", "--keep", "id,y"];
    const shown = ell2([...into, "--print-sql"], at);
    expect(shown.stdout).toMatch(/^CREATE TABLE "predicted" AS/);
    const done = ell2(into, at);
    expect([done.exit, done.stderr]).toEqual([0, expect.stringContaining("300 predictions")]);
    const lines = ell2(["predict", "m.json", "rows.csv"], at)
      .stdout.trimEnd()
      .split("\n")
      .slice(1)
      .map(Number);
    const found = await sql("SELECT y_predicted FROM predicted ORDER BY id");
    expect(
      apart(
        found as number[][],
        lines.map((value) => [value]),
      ),
    ).toBeLessThan(1e-12);
    const again = ell2(into, at);
    expect([again.exit, again.stderr]).toEqual([5, expect.stringContaining("--replace".slice(2))]);
    expect(ell2([...into, "--replace"], at).exit).toBe(0);
    expect(ell2(["predict", "m.json", "rows.csv", "--into", "t"], at).stderr).toContain("a database");
    expect(ell2(["predict", "m.json", "rows.csv", "--replace"], at).exit).toBe(2);
  });
});

describe.skipIf(postgresPrograms === undefined)("ell2 with a PostgreSQL", () => {
  let server: Postgres;
  let address = "";
  const at = { cwd: folder };
  beforeAll(() => {
    server = startPostgres();
    address = server.address;
    const values = rows.map(({ id, a, b, y }) => `(${id}, '${a}', '${b}', '${y}')`);
    server.query(`CREATE SCHEMA data; CREATE TABLE data.rows (id bigint, a float8, b float8, y float8);
      INSERT INTO data.rows VALUES ${values.join(", ")};
      CREATE ROLE reader LOGIN PASSWORD 's3cret/word'; GRANT USAGE ON SCHEMA data TO reader; CREATE TABLE hidden (y int)`);
  }, 120_000);
  afterAll(() => server?.stop());
  const as = (user: string) => address.replace("ell2@", `${user}@`);

  test("fits, draws the path and predicts, from schema.table or a query", () => {
    put(folder, "pg.csv", csv);
    const choice = ["--target", "y", "--features", "a,b", "--lambda", "0.5"];
    const file = json<Document>(["fit", "pg.csv", ...choice], at);
    const table = json<Document>(["fit", address, "--table", "data.rows", ...choice, "--out", "pg.json"], at);
    expect(apart(table.model.weight, file.model.weight)).toBeLessThan(1e-9);
    const query = json<Document>(
      ["fit", address, "--sql", "SELECT * FROM data.rows -- all of it", ...choice],
      at,
    );
    expect(apart(query.model.weight, file.model.weight)).toBeLessThan(1e-9);
    const path = ell2(
      ["path", address, "--table", "data.rows", "--target", "y", "--features", "a,b", "--fold-by", "id % 5"],
      at,
    );
    expect([path.exit, path.stdout]).toEqual([0, expect.stringContaining("5 folds by id % 5")]);

    const into = [
      "predict",
      "pg.json",
      address,
      "--table",
      "data.rows",
      "--into",
      "data.predicted",
      "--keep",
      "id",
    ];
    expect(ell2(into, at).stderr).toContain("300 predictions written to data.predicted");
    const found = server.query("SELECT y FROM data.predicted ORDER BY id");
    const lines = ell2(["predict", "pg.json", "pg.csv"], at)
      .stdout.trimEnd()
      .split("\n")
      .slice(1)
      .map(Number);
    expect(
      apart(
        found.map(([y]) => [Number(y)]),
        lines.map((y) => [y]),
      ),
    ).toBeLessThan(1e-12);
    const again = ell2(into, at);
    expect([again.exit, again.stderr]).toEqual([5, expect.stringContaining("already exists")]);
    expect(ell2([...into, "--replace"], at).exit).toBe(0);
    const self = ell2(
      ["predict", "pg.json", address, "--table", "data.rows", "--into", "data.rows", "--replace"],
      at,
    );
    expect([self.exit, self.stderr]).toEqual([2, expect.stringContaining("another table")]);
    expect(server.query("SELECT count(*) FROM data.rows")).toEqual([["300"]]);
  });

  test("takes credentials from the address, the environment and the file of passwords, and tells none", () => {
    const choice = ["--table", "data.rows", "--target", "y", "--features", "a,b", "--lambda", "1", "--json"];
    server.query("GRANT SELECT ON data.rows TO reader");
    const password = "s3cret/word";
    const run = (user: string, env: Record<string, string> = {}) =>
      ell2(["fit", as(user), ...choice], { cwd: folder, env: { PGPASSFILE: join(folder, "none"), ...env } });
    expect(run(`reader:${encodeURIComponent(password)}`).exit).toBe(0);
    expect(run("reader", { PGPASSWORD: password }).exit).toBe(0);
    const file = join(folder, "pgpass");
    writeFileSync(file, `*:*:*:reader:${password}\n`, { mode: 0o600 });
    const fromFile = run("reader", { PGPASSFILE: file });
    expect([fromFile.exit, fromFile.stderr]).toEqual([0, ""]);
    const refused = [run("reader:wr0ng"), run("reader"), run("reader", { PGPASSWORD: "wr0ng" })];
    for (const { exit, stderr } of refused) {
      expect([exit, stderr]).toEqual([5, expect.stringContaining("a user and a password")]);
      expect(stderr).not.toMatch(/wr0ng|reader|s3cret/);
    }
    const unreadable = ell2(["fit", "postgres://me:p%zz@host:port:1/x", ...choice], at);
    expect([unreadable.exit, unreadable.stderr]).toEqual([2, expect.not.stringContaining("p%zz")]);
    const secret = `reader:${encodeURIComponent(password)}`;
    ell2(["fit", as(secret), ...choice.slice(0, -1), "--out", "secret.json", "--report", "secret.html"], at);
    for (const written of ["secret.json", "secret.html"])
      expect(readFileSync(join(folder, written), "utf8")).not.toMatch(/s3cret|reader/);
    expect(ell2(["fit", as(secret), ...choice.slice(0, -1), "--explain"], at).stdout).not.toMatch(
      /s3cret|reader/,
    );
    for (const args of [
      ["evaluate", "secret.json", as(secret), "--table", "data.rows"],
      ["predict", "secret.json", as(secret), "--table", "data.rows"],
    ]) {
      const { exit, stderr } = ell2(args, at);
      expect([exit, stderr]).toEqual([2, expect.not.stringMatching(/s3cret|reader/)]);
    }
  });

  test("a missing table or database, no permission, no server: exit 5, with what to do", () => {
    const fails = (source: string, table: string, words: string) => {
      const { exit, stderr } = ell2(["fit", source, "--table", table, "--target", "y"], at);
      expect([exit, stderr]).toEqual([5, expect.stringContaining(words)]);
    };
    fails(address, "nowhere", "a table that is there");
    fails(address, "no.where", "a table that is there");
    fails(`${address.slice(0, address.lastIndexOf("/"))}/none`, "rows", "does not exist");
    fails(as(`reader:${encodeURIComponent("s3cret/word")}`), "hidden", "have it granted");
    fails("postgres://127.0.0.1:1/x", "rows", "ECONNREFUSED");
    fails("postgres://no-such-host.invalid/x", "rows", "a server that answers");
    fails(`${address}?sslmode=verify-full`, "data.rows", "a secured connection");
    const none = ell2(["fit", address, "--table", "data.rows"], at);
    expect([none.exit, none.stderr]).toEqual([2, expect.stringContaining("id, a, b, y")]);
  });

  const slow = [
    "--sql",
    "SELECT a, y, pg_sleep(0.05) IS NULL AS z FROM data.rows CROSS JOIN generate_series(1, 400)",
  ];
  const running = () =>
    server.query(
      "SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_sleep(0.05)%' AND state = 'active' AND pid <> pg_backend_pid()",
    );
  /** Starts a fit that takes long, and waits until it runs in the server. */
  async function start(
    args: string[] = slow,
  ): Promise<{ child: ChildProcess; end: Promise<{ code: number | null; stderr: string }> }> {
    const child = spawn(process.execPath, [program, "fit", address, ...args, "--target", "y"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr!.on("data", (bytes) => {
      stderr += bytes;
    });
    const end = new Promise<{ code: number | null; stderr: string }>((resolve) =>
      child.on("exit", (code) => resolve({ code, stderr })),
    );
    while (running().length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    return { child, end };
  }

  test("Ctrl-C cancels the query in the server, and exits 130", async () => {
    const { child, end } = await start();
    child.kill("SIGINT");
    expect(await end).toEqual({ code: 130, stderr: "" });
    expect(running()).toEqual([]);
  });

  test("a time limit of the server, and a session that it ends: exit 5, with what to do", async () => {
    const limit = `${address}?options=-c%20statement_timeout%3D300`;
    const { exit, stderr } = ell2(["fit", limit, ...slow, "--target", "y"], at);
    expect([exit, stderr]).toEqual([5, expect.stringContaining("time enough")]);
    const { end } = await start();
    server.query(`SELECT pg_terminate_backend(${running()[0]![0]})`);
    expect(await end).toEqual({ code: 5, stderr: expect.stringContaining("a connection that lasts") });
  });

  test("reads only: what a query would change is refused", async () => {
    server.query("CREATE SEQUENCE counter");
    const { exit, stderr } = ell2(
      ["fit", address, "--sql", "SELECT nextval('counter') AS y, 1.0 AS a", "--target", "y"],
      at,
    );
    expect([exit, stderr]).toEqual([2, expect.stringContaining("only reads")]);
    await withEngine(address, {}, async ({ query }) => {
      await expect(query("SELECT 1; DROP TABLE data.rows")).rejects.toMatchObject({ code: "VALUE" });
      await expect(query("DROP TABLE data.rows")).rejects.toMatchObject({ code: "VALUE" });
    });
  });

  test("a server that is killed while it adds up: exit 5, with what to do", async () => {
    const { end } = await start();
    server.kill();
    expect(await end).toEqual({
      code: 5,
      stderr: expect.stringContaining("try again when the server is back"),
    });
  });
});
