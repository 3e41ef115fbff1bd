/** A PostgreSQL of one's own, in a temporary folder, reached by a socket there and on loopback. */
import { spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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
  /** Where it is reached on loopback; user `ell2` needs no password there, any other one does. */
  address: string;
  /** Ends it, at once, and leaves its files. */
  kill(): void;
  stop(): void;
}

/** A port on loopback that was free a moment ago. */
function freePort(): number {
  const script =
    "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })";
  return Number(spawnSync(process.execPath, ["-e", script], { encoding: "utf8" }).stdout);
}

/** Who may connect how: `ell2` as it is, others with a password. */
const ACCESS = `local all all trust
host all ell2 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
`;

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
  const kill = () => {
    spawnSync(join(postgresPrograms!, "pg_ctl"), ["-D", data, "-m", "immediate", "stop"], {
      ...user,
      stdio: "ignore",
    });
  };
  const stop = () => {
    kill();
    rmSync(folder, { recursive: true, force: true });
  };
  const port = freePort();
  try {
    run("initdb", ["-D", data, "-A", "trust", "-U", "ell2", "-E", "UTF8", "--locale=C", "--no-sync"]);
    writeFileSync(join(data, "pg_hba.conf"), ACCESS);
    const options = `-k ${folder} -p ${port} -c listen_addresses=127.0.0.1 -c fsync=off`;
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
        "-p",
        String(port),
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
    address: `postgres://ell2@127.0.0.1:${port}/postgres`,
    kill,
    stop,
  };
}
