/** A PostgreSQL of one's own, in a temporary folder, reached by a socket there and by nothing else. */
import { spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where initdb stands: on the path, or where Debian and Red Hat put it; undefined where nowhere. */
export const postgresPrograms = ((): string | undefined => {
  const installed = "/usr/lib/postgresql";
  const versions = existsSync(installed) ? readdirSync(installed).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env.PATH ?? "").split(":"),
    ...versions.map((version) => join(installed, version, "bin")),
    "/usr/pgsql/bin",
  ];
  return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "psql")));
})();

export interface Postgres {
  /** The rows that some SQL prints, each as its cells; NULL is an empty one. */
  query(sql: string): string[][];
  stop(): void;
}

/** Makes a cluster and starts it. (PostgreSQL refuses to run as root: then it runs as nobody.) */
export function startPostgres(): Postgres {
  const folder = mkdtempSync(join(tmpdir(), "ell2-pg-"));
  const root = process.getuid?.() === 0;
  const user = root ? { uid: 65_534, gid: 65_534 } : {};
  if (root) chownSync(folder, 65_534, 65_534);
  const run = (program: string, args: string[], input?: string) => {
    const { status, stdout, stderr, error } = spawnSync(join(postgresPrograms!, program), args, {
      ...user,
      cwd: folder,
      encoding: "utf8",
      env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8", PGCLIENTENCODING: "UTF8" },
      maxBuffer: 2 ** 28,
      // a server must not hold on to our pipes
      stdio: input === undefined ? "ignore" : "pipe",
      ...(input === undefined ? {} : { input }),
    });
    if (status !== 0) throw new Error(`${program}: ${stderr || error?.message || `exit ${status}`}`);
    return stdout ?? "";
  };
  const data = join(folder, "data");
  const stop = () => {
    spawnSync(join(postgresPrograms!, "pg_ctl"), ["-D", data, "-m", "immediate", "stop"], {
      ...user,
      stdio: "ignore",
    });
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    run("initdb", ["-D", data, "-A", "trust", "-U", "ell2", "-E", "UTF8", "--locale=C", "--no-sync"]);
    const options = `-k ${folder} -c listen_addresses='' -c fsync=off`;
    run("pg_ctl", ["-D", data, "-w", "-l", join(folder, "log"), "-o", options, "start"]);
  } catch (error) {
    stop();
    throw error;
  }
  return {
    query(sql) {
      const args = [
        "-X",
        "-q",
        "-A",
        "-t",
        "-F",
        "\t",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        folder,
        "-U",
        "ell2",
        "postgres",
      ];
      const printed = run("psql", args, sql);
      return printed === ""
        ? []
        : printed
            .replace(/\n$/, "")
            .split("\n")
            .map((line) => line.split("\t"));
    },
    stop,
  };
}
