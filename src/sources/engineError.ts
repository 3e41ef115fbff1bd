import { Ell2Error, type ErrorCode } from "../errors.js";

/** In which way an engine failed. */
export type Failure =
  | "unreachable" // no connection
  | "secure" // no secured connection, or not to whom it should be
  | "refused" // no or wrong credentials
  | "lost" // a connection that ended while a query ran
  | "cancelled" // ended by the server's time limit, or by somebody else
  | "exhausted" // memory, disk or connections of the server are used up
  | "exists" // a table that is there already
  | "missing" // a table, schema or database that is not there
  | "forbidden" // no permission
  | "writing" // a query that would write where it may only read
  | "overflow" // numbers beyond float8
  | "unreadable" // a cell that cannot be cast
  | "invalid"; // SQL that the engine does not understand

const SAID: Record<Failure, { code: ErrorCode; expected: string; remedy: string }> = {
  unreachable: {
    code: "SOURCE",
    expected: "a server that answers",
    remedy: "see whether it runs, and whether host and port are right",
  },
  secure: {
    code: "SOURCE",
    expected: "a secured connection to the server that is meant",
    remedy: "give its certificate, or say in the address how far to trust it (docs/engines.md)",
  },
  refused: {
    code: "SOURCE",
    expected: "a user and a password that the server accepts",
    remedy: "give them in the address, in the environment or in the driver's own file (docs/engines.md)",
  },
  lost: {
    code: "SOURCE",
    expected: "a connection that lasts until the answer is there",
    remedy: "nothing was changed; try again when the server is back",
  },
  cancelled: {
    code: "SOURCE",
    expected: "time enough for the query",
    remedy: "nothing was changed; raise the limit of the server, or ask for fewer rows (where) or columns",
  },
  exhausted: {
    code: "SOURCE",
    expected: "room in the server for the query",
    remedy: "nothing was changed; ask for fewer groups or columns, or when the server has less to do",
  },
  exists: {
    code: "SOURCE",
    expected: "no table of this name yet",
    remedy: "nothing was changed; take another name, or say that it is replaced (replace)",
  },
  missing: {
    code: "SOURCE",
    expected: "a table that is there",
    remedy: "names are compared letter by letter; with a schema, write schema.table",
  },
  forbidden: {
    code: "SOURCE",
    expected: "permission for what is asked",
    remedy:
      "have it granted (SELECT on the table; to write, CREATE in the schema), or connect as another user",
  },
  writing: { code: "VALUE", expected: "a query that only reads", remedy: "leave out what it would change" },
  overflow: {
    code: "NOT_FINITE",
    expected: "finite numbers whose squares do not overflow",
    remedy: "give the column in larger units, or leave the rows out (where)",
  },
  unreadable: {
    code: "DATA",
    expected: "cells that can be read as what their column is used for",
    remedy: "mend them, or leave the rows out (where)",
  },
  invalid: {
    code: "VALUE",
    expected: "SQL that the engine understands",
    remedy: "what is written as SQL (sql, where, foldBy, batchBy) must be in the engine's own",
  },
};

/**
 * The error for a failure of an engine.
 * @param name of the engine
 * @param got what it said, without credentials
 */
export function engineError(failure: Failure, name: string, got: string): Ell2Error {
  const { code, expected, remedy } = SAID[failure];
  return new Ell2Error(code, { where: name, expected, got, remedy, data: { failure } });
}
