import type { Client } from "pg";
import { Ell2Error } from "../errors.js";
import type { Answer, Engine, EngineOptions } from "./engine.js";
import { connectionError, queryError } from "./postgresError.js";
import { kindOfType, nameOfType, parserOfType } from "./postgresTypes.js";

type Driver = typeof import("pg");

/** Milliseconds to wait for a connection where nobody says how many, and for a query to end that was cancelled. */
const CONNECT_TIMEOUT = 15_000;
const CANCEL_TIMEOUT = 5_000;

/**
 * Whatever is asked sees the same rows; text in quotes means itself, numbers come with all their digits,
 * and a thousand sums are not compiled for minutes before they are taken.
 */
const BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ";
const SETTINGS =
  "SET LOCAL standard_conforming_strings = on; SET LOCAL extra_float_digits = 3; SET LOCAL jit = off";
/** The protocol that takes one statement and no more. */
const ONE_STATEMENT = { rowMode: "array", queryMode: "extended" } as const;

/**
 * Connects to PostgreSQL, works with it in one transaction, and closes the connection.
 * @param address `postgres://user:password@host:port/database?sslmode=…`; what it leaves out comes from
 *   PGHOST, PGUSER, PGPASSWORD and the others, and from the user's file of passwords
 * @param options as for `withEngine`; without `writes`, the transaction only reads
 * @throws as `withEngine`
 */
export async function withPostgres<T>(
  address: string,
  { signal, writes = false }: EngineOptions,
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const driver = await loadDriver();
  const { client, name } = connection(driver, address);
  let lost: Error | null = null;
  client.on("error", (error: Error) => {
    lost = error;
  });
  const close = () => client.end().catch(() => {});
  try {
    await client.connect();
    await client.query(`${BEGIN}${writes ? "" : " READ ONLY"}; ${SETTINGS}`);
  } catch (error) {
    close();
    throw connectionError(error, name);
  }
  const query = async (sql: string): Promise<Answer> => {
    signal?.throwIfAborted();
    if (lost !== null) throw queryError(lost, name);
    const cancel = () => void cancelQuery(driver, address, client);
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      await client.query("SAVEPOINT before");
      const asked = { ...ONE_STATEMENT, text: sql, types: { getTypeParser: parserOfType } };
      const { fields, rows } = await client.query(asked);
      const columns = fields.map(({ name, dataTypeID }) => ({
        name,
        kind: kindOfType(dataTypeID),
        type: nameOfType(driver, dataTypeID),
      }));
      return { columns, rows };
    } catch (error) {
      signal?.throwIfAborted();
      await client.query("ROLLBACK TO SAVEPOINT before").catch(() => {});
      throw queryError(error, name);
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  };
  try {
    const result = await use({ name, dialect: "postgres", query });
    if (writes) await query("COMMIT");
    return result;
  } finally {
    await close();
  }
}

async function loadDriver(): Promise<Driver> {
  try {
    return (await import("pg")).default as unknown as Driver;
  } catch {
    throw new Ell2Error("MISSING_PART", {
      where: "connecting to PostgreSQL",
      expected: "the optional package pg",
      got: "none",
      remedy: "npm install pg",
    });
  }
}

/** A connection that is not yet made, and what messages call it. */
function connection(driver: Driver, address: string): { client: Client; name: string } {
  let client: Client;
  try {
    client = new driver.Client({
      connectionString: address,
      connectionTimeoutMillis: patience(address),
      application_name: "ell2",
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
  } catch (error) {
    throw addressError(error);
  }
  const { host, port, database } = client;
  if (!client.password) Object.assign(client, { password: savedPassword });
  const place = host.startsWith("/") ? encodeURIComponent(host) : host;
  return { client, name: `postgres://${place}:${port}/${database ?? ""}` };
}

/** What is wrong with an address; what the driver says of it may quote it. */
function addressError(error: unknown): Ell2Error {
  const { code, path } = error as NodeJS.ErrnoException;
  const file = path !== undefined && (code === "ENOENT" || code === "EACCES");
  return new Ell2Error(file ? "SOURCE" : "VALUE", {
    where: "connecting to PostgreSQL",
    expected: file ? "the certificate or key that the address names" : "an address that can be read",
    got: file ? `none that can be read at ${path}` : "another",
    remedy: file
      ? "give its path"
      : "write postgres://user@host:5432/database; in a user, password or name, @ is %40, / is %2F, : is %3A and % is %25",
  });
}

/** Milliseconds that the address or the environment grants for connecting. */
function patience(address: string): number {
  const seconds = Number(/[?&]connect_timeout=(\d+)/.exec(address)?.[1] ?? process.env.PGCONNECT_TIMEOUT);
  return seconds > 0 ? seconds * 1000 : CONNECT_TIMEOUT;
}

/** The password that the user's own file has for a connection. */
async function savedPassword(parameters: object): Promise<string | undefined> {
  const { default: pgpass } = await import("pgpass");
  return new Promise((resolve) => pgpass(parameters, resolve));
}

/**
 * Ends what a connection runs in the server, by a second connection, as PostgreSQL wants it; and the
 * connection, where the server does not even answer that.
 */
async function cancelQuery(driver: Driver, address: string, running: Client): Promise<void> {
  const { processID } = running as Client & { processID: number | null };
  const timer = setTimeout(() => running.connection.stream.destroy(), CANCEL_TIMEOUT);
  running.once("end", () => clearTimeout(timer));
  const { client } = connection(driver, address);
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("SELECT pg_cancel_backend($1)", [processID]);
  } catch {
    running.connection.stream.destroy();
  } finally {
    client.end().catch(() => {});
  }
}
