import type { QueryResult, Trino } from "trino-client";
import { Ell2Error } from "../errors.js";
import type { Answer, Engine, EngineOptions } from "./engine.js";
import { engineError } from "./engineError.js";
import { readTrinoAddress } from "./trinoAddress.js";
import { queryError, requestError } from "./trinoError.js";
import { cellOfKind, kindOfType } from "./trinoTypes.js";

type Driver = typeof import("trino-client");

/** Milliseconds of silence after which the server is given up; while a query runs it says so every second. */
const SILENCE = 30_000;
/** Milliseconds to wait for a query to end that was cancelled. */
const CANCEL_TIMEOUT = 5_000;

/** What the driver keeps to itself: how it asks, and what came last. Its version is fixed in package.json. */
interface Inside {
  client: { clientConfig: { timeout: number; signal?: AbortSignal } };
}
interface Results {
  next(): Promise<{ value: QueryResult }>;
  iter: { queryResult: QueryResult };
}

/**
 * Works with Trino, where every statement is a transaction of its own; it takes one statement at a time, and one that
 * begins with SELECT or WITH can only read.
 * @param address `trino://user:password@host:port/catalog/schema?ssl`, as `readTrinoAddress` reads it
 * @param options.signal as for `withEngine`
 * @throws as `withEngine`
 */
export async function withTrino<T>(
  address: string,
  { signal }: EngineOptions,
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const { name, user, password, options } = readTrinoAddress(address);
  const { Trino, BasicAuth } = await loadDriver();
  const client = (configuration: { signal?: AbortSignal } = {}): Trino => {
    const trino = Trino.create({ ...options, auth: new BasicAuth(user, password) });
    const inside = trino as unknown as Inside;
    Object.assign(inside.client.clientConfig, { timeout: SILENCE, ...configuration });
    return trino;
  };
  const givenUp = new AbortController();
  const trino = client({ signal: givenUp.signal });

  const query = async (sql: string): Promise<Answer> => {
    signal?.throwIfAborted();
    let results: Results | null = null;
    const cancel = async () => {
      setTimeout(() => givenUp.abort(), CANCEL_TIMEOUT).unref();
      if (results === null) return; // the server has not yet said what it calls the query
      await client()
        .cancel(results.iter.queryResult.id)
        .catch(() => {});
    };
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      const sent = (await trino.query(sql)) as unknown as Results;
      if (typeof sent.iter.queryResult.id !== "string") throw new TypeError("the answer of another server");
      results = sent;
      if (signal?.aborted) await cancel();
      return await answer(results, name);
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof Ell2Error ? error : requestError(error, name, results !== null);
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  };
  return use({ name, dialect: "trino", query });
}

/** What a query answers: all of it, or an error. */
async function answer(results: Results, name: string): Promise<Answer> {
  const data: unknown[][] = [];
  let last: QueryResult;
  do {
    last = (await results.next()).value;
    if (last.error !== undefined) throw queryError(last.error, name);
    for (const row of last.data ?? []) data.push(row);
  } while (last.nextUri !== undefined);
  if (last.stats?.state !== "FINISHED") throw engineError("lost", name, "an answer without its end");
  const columns = (last.columns ?? []).map(({ name, type }) => ({ name, kind: kindOfType(type), type }));
  return { columns, rows: data.map((row) => row.map((cell, j) => cellOfKind(cell, columns[j]!.kind))) };
}

async function loadDriver(): Promise<Driver> {
  try {
    const driver = await import("trino-client");
    return driver.default ?? driver;
  } catch {
    throw new Ell2Error("MISSING_PART", {
      where: "connecting to Trino",
      expected: "the optional package trino-client",
      got: "none",
      remedy: "npm install trino-client",
    });
  }
}
