import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { ell2, json, program, put, temporaryFolder } from "../cli/help.js";
import { ask, cluster } from "./cluster.js";

interface Document {
  model: { weight: number[][]; lambda: number };
  training: { rows: number };
  lambdaChoice: { how: string } | null;
}

/** Largest difference beside the largest entry. */
function apart(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  const [x, y] = [a.flat(), b.flat()];
  return Math.max(...x.map((value, i) => Math.abs(value - y[i]!))) / Math.max(...y.map(Math.abs));
}

/** The commands, of rows that live in Trino. */
export function commandSuite(): void {
  describe("ell2 with a Trino", () => {
    const folder = temporaryFolder();
    const at = { cwd: folder, timeout: 120_000 };
    const rows = Array.from({ length: 300 }, (_, i) => {
      const [a, b] = [Math.sin(i * 12.9898) * 43.5, Math.cos(i * 78.233) * 7 + 1e6];
      return { id: i, a, b, y: 2 * a - b / 3 + Math.sin(i * 3.7) };
    });
    const choice = ["--target", "y", "--features", "a,b"];
    const table = ["--table", "cli.rows"];
    beforeAll(async () => {
      put(folder, "rows.csv", `id,a,b,y\n${rows.map((row) => Object.values(row).join(",")).join("\n")}\n`);
      const values = rows.map(({ id, a, b, y }) => `(${id}, DOUBLE '${a}', DOUBLE '${b}', DOUBLE '${y}')`);
      await ask("CREATE SCHEMA memory.cli");
      await ask("CREATE TABLE cli.rows (id bigint, a double, b double, y double)");
      await ask(`INSERT INTO cli.rows VALUES ${values.join(", ")}`);
    });

    test("fits, draws the path and adds up what files give", () => {
      const fixed = [...choice, "--lambda", "0.5"];
      const file = json<Document>(["fit", "rows.csv", ...fixed], at);
      const fit = json<Document>(["fit", cluster.url, ...table, ...fixed, "--out", "trino.json"], at);
      expect(fit.training.rows).toBe(300);
      expect(apart(fit.model.weight, file.model.weight)).toBeLessThan(1e-9);
      const query = ["--sql", "SELECT * FROM cli.rows -- all of it"];
      expect(
        apart(json<Document>(["fit", cluster.url, ...query, ...fixed], at).model.weight, file.model.weight),
      ).toBeLessThan(1e-9);
      const folds = [...choice, "--fold-by", "id % 5"];
      const [there, here] = [[cluster.url, ...table], ["rows.csv"]].map((data) =>
        json<Document>(["fit", ...data, ...folds], at),
      );
      expect(there!.lambdaChoice!.how).toBe("5 folds by id % 5");
      expect(there!.model.lambda).toBe(here!.model.lambda);
      const path = ell2(["path", cluster.url, ...table, ...folds], at);
      expect([path.exit, path.stdout]).toEqual([0, expect.stringContaining("5 folds by id % 5")]);
      const sums = ell2(["moments", cluster.url, ...table, ...choice, "--out", "sums.json"], at);
      expect([sums.exit, sums.stdout]).toEqual([0, expect.stringContaining("300 rows")]);
      const again = json<Document>(["fit", "sums.json", "--lambda", "0.5"], at);
      expect(apart(again.model.weight, file.model.weight)).toBeLessThan(1e-9);
    });

    test("trains on batches by an expression", () => {
      const descent = [...choice, "--lr", "0.01", "--epochs", "40", "--lambda", "0.1"];
      const there = json<Document>(["fit", cluster.url, ...table, ...descent, "--batch-by", "id / 100"], at);
      const here = json<Document>(["fit", "rows.csv", ...descent, "--batch", "100"], at);
      expect(apart(there.model.weight, here.model.weight)).toBeLessThan(1e-9);
    });

    test("predicts into a table there, and never over one that is there", async () => {
      const into = [
        "predict",
        "trino.json",
        cluster.url,
        ...table,
        "--into",
        "cli.predicted",
        "--keep",
        "id",
      ];
      const shown = ell2([...into, "--print-sql"], at);
      expect([shown.exit, shown.stdout]).toEqual([
        0,
        expect.stringMatching(/^CREATE TABLE "cli"."predicted" AS/),
      ]);
      expect(ell2(into, at).stderr).toContain("300 predictions written to cli.predicted");
      const predicted = async () => (await ask("SELECT y FROM cli.predicted ORDER BY id")).rows as number[][];
      const lines = ell2(["predict", "trino.json", "rows.csv"], at).stdout.trimEnd().split("\n").slice(1);
      const expected = lines.map((line) => [Number(line)]);
      expect(apart(await predicted(), expected)).toBeLessThan(1e-12);
      const again = ell2(into, at);
      expect([again.exit, again.stderr]).toEqual([5, expect.stringContaining("already exists")]);
      expect(ell2([...into, "--replace"], at).exit).toBe(0);
      expect(apart(await predicted(), expected)).toBeLessThan(1e-12);
    });

    test("tells no password, whatever happens", () => {
      const args = ["--table", "tpch.tiny.nation", "--target", "nationkey", "--lambda", "1"];
      const tls = (user: string) =>
        `${cluster.tlsUrl.replace("//", `//${user}@`)}&sslrootcert=${encodeURIComponent(cluster.certificate)}`;
      const good = ell2(["fit", tls("ann:s3cret"), ...args, "--out", "secret.json"], at);
      expect([good.exit, good.stderr]).toEqual([0, expect.not.stringMatching(/s3cret|ann/)]);
      expect(readFileSync(join(folder, "secret.json"), "utf8")).not.toMatch(/s3cret|ann/);
      expect(ell2(["fit", tls("ann:s3cret"), ...args, "--explain"], at).stdout).not.toMatch(/s3cret|ann/);
      const wrong = ell2(["fit", tls("ann:wr0ng"), ...args], at);
      expect([wrong.exit, wrong.stderr]).toEqual([5, expect.not.stringMatching(/wr0ng|ann/)]);
      const plain = ell2(["fit", cluster.url.replace("ell2@", "ann:s3cret@"), ...args], at);
      expect([plain.exit, plain.stderr]).toEqual([2, expect.stringContaining("?ssl")]);
      expect(plain.stderr).not.toContain("s3cret");
    });

    test("Ctrl-C cancels in the server, exit 130", async () => {
      const mark = `pressed_${Math.floor(Math.random() * 1e9)}`;
      const sql = `SELECT a.orderkey AS x, b.totalprice AS y, 0E0 AS ${mark} FROM tpch.sf1.orders a, tpch.sf1.orders b WHERE a.totalprice + b.totalprice < 0`;
      const child = spawn(process.execPath, [program, "fit", cluster.url, "--sql", sql, "--target", "y"], {
        stdio: "ignore",
      });
      const end = new Promise<number | null>((resolve) => child.once("exit", resolve));
      const states = async () =>
        (
          await ask(
            `SELECT state, error_code FROM system.runtime.queries WHERE query LIKE '%${mark}%' AND query NOT LIKE '%runtime%' AND query NOT LIKE '%LIMIT 0'`,
          )
        ).rows;
      const until = async (holds: (rows: unknown[][]) => boolean) => {
        while (!holds(await states())) await new Promise((wait) => setTimeout(wait, 200));
      };
      await until((found) => found.some(([state]) => state === "RUNNING"));
      child.kill("SIGINT");
      expect(await end).toBe(130);
      await until((found) => found.every(([state]) => state === "FAILED"));
      expect((await states()).every(([, error]) => error === "USER_CANCELED")).toBe(true);
    });
  });
}
