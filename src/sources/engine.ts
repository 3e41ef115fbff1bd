import type { Dialect } from "../sql/dialect.js";
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
