import { Ell2Error } from "../errors.js";
import type { Dialect } from "../sql/dialect.js";
import { withPostgres } from "./postgres.js";
import { withTrino } from "./trino.js";
import type { Kind } from "./typeKind.js";

/** A column of an answer. */
interface AnswerColumn {
  name: string;
  /** What it holds. */
  kind: Kind;
  /** The engine's own name for that, for messages. */
  type: string;
}

/** What an engine answers to a query. */
export interface Answer {
  /** As many as were asked for, even if there are no rows. */
  columns: AnswerColumn[];
  /** float8 and counts as numbers (NaN and infinities too), texts as strings, booleans, NULL as null. */
  rows: unknown[][];
}

/** A database that adds up where its rows are: a connector of one method. */
export interface Engine {
  /** What messages call it: scheme, host, port and database, and never a user or a password. */
  readonly name: string;
  /** Whose SQL it understands. */
  readonly dialect: Dialect;
  /**
   * Sends one statement, and waits for what it answers.
   * @throws the signal's reason once the query was cancelled in the server; SOURCE where the server
   *   cannot be reached or stays silent, for what is not there, not allowed, or not understood; never
   *   with credentials
   */
  query(sql: string): Promise<Answer>;
}

/** How an engine is worked with. */
export interface EngineOptions {
  /** Cancels the query that runs, in the server as well. */
  signal?: AbortSignal;
  /** Whether it is told to change something; without, it may only read, as far as the engine can hold to that. */
  writes?: boolean;
}

/** Opens an engine by its address, works with it, and closes it. */
type Connector = <T>(
  address: string,
  options: EngineOptions,
  use: (engine: Engine) => Promise<T>,
) => Promise<T>;

const CONNECTORS: Record<string, Connector> = {
  postgres: withPostgres,
  postgresql: withPostgres,
  trino: withTrino,
};

const schemeOf = (address: string): string => (/^([a-z]+):\/\//i.exec(address)?.[1] ?? "").toLowerCase();

/**
 * Whether a text is the address of an engine that is a server, such as `postgres://host/database`.
 * Source: docs/engines.md.
 */
export const isEngineAddress = (text: string): boolean => Object.hasOwn(CONNECTORS, schemeOf(text));

/**
 * Connects to the engine at an address, works with it, and closes the connection.
 * Source: docs/engines.md.
 * @param address `postgres://…`, `postgresql://…` or `trino://…`; credentials come from it, or as its driver looks for them
 * @param options.signal cancels
 * @param options.writes false by default; if true, what `use` does is one transaction, where there are any
 * @param use is given the engine
 * @returns what `use` returns
 * @throws VALUE for another address; SOURCE where no connection can be had; MISSING_PART where the
 *   driver is not installed; and what `use` throws
 */
export async function withEngine<T>(
  address: string,
  options: EngineOptions,
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  const scheme = schemeOf(address);
  const connector = Object.hasOwn(CONNECTORS, scheme) ? CONNECTORS[scheme]! : null;
  if (connector !== null) return connector(address, options, use);
  throw new Ell2Error("VALUE", {
    where: "withEngine",
    expected: `an address that begins with ${Object.keys(CONNECTORS).join("://, ")}://`,
    got: scheme === "" ? "none" : `${scheme}://`,
  });
}
