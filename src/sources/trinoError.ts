import type { QueryError } from "trino-client";
import type { Ell2Error } from "../errors.js";
import { engineError, type Failure } from "./engineError.js";
import { TLS_FAULT } from "./tls.js";

/** What Trino's names of errors mean, where their type does not tell it. */
const NAMES: Record<string, Failure> = {
  ABANDONED_QUERY: "lost",
  ADMINISTRATIVELY_KILLED: "cancelled",
  ADMINISTRATIVELY_PREEMPTED: "cancelled",
  CATALOG_NOT_FOUND: "missing",
  DIVISION_BY_ZERO: "unreadable",
  EXCEEDED_CPU_LIMIT: "cancelled",
  EXCEEDED_TIME_LIMIT: "cancelled",
  INVALID_CAST_ARGUMENT: "unreadable",
  INVALID_FUNCTION_ARGUMENT: "unreadable",
  MISSING_CATALOG_NAME: "missing",
  MISSING_SCHEMA_NAME: "missing",
  NOT_FOUND: "missing",
  NUMERIC_VALUE_OUT_OF_RANGE: "overflow",
  PERMISSION_DENIED: "forbidden",
  QUERY_EXCEEDED_COMPILER_LIMIT: "exhausted",
  QUERY_HAS_TOO_MANY_STAGES: "exhausted",
  QUERY_TEXT_TOO_LONG: "exhausted",
  READ_ONLY_VIOLATION: "writing",
  SCHEMA_NOT_FOUND: "missing",
  TABLE_ALREADY_EXISTS: "exists",
  TABLE_NOT_FOUND: "missing",
  USER_CANCELED: "cancelled",
};

/** What its types of errors mean: of the last two, one is a node that was lost. */
const TYPES: Record<string, Failure> = {
  USER_ERROR: "invalid",
  INSUFFICIENT_RESOURCES: "exhausted",
  INTERNAL_ERROR: "lost",
  EXTERNAL: "lost",
};

/** What Trino says of a query that failed, as an error of ours. */
export function queryError({ errorName, errorType, message }: QueryError, name: string): Ell2Error {
  const failure = NAMES[errorName] ?? TYPES[errorType] ?? "lost";
  return engineError(failure, name, `${errorName}: ${message.split("\n", 1)[0]}`);
}

/**
 * What the driver says of a request without an answer of Trino's, as an error of ours: without its words, since the
 * request with its credentials hangs on it.
 * @param running whether the query had begun
 */
export function requestError(error: unknown, name: string, running: boolean): Ell2Error {
  const { code = "", response } = error as Error & { code?: string; response?: { status: number } };
  const status = response?.status;
  if (status === 401 || status === 403)
    return engineError("refused", name, `a refusal of them (HTTP ${status})`);
  if (TLS_FAULT.test(code)) return engineError("secure", name, code);
  const silent = code === "ECONNABORTED" || code === "ETIMEDOUT";
  const got = silent
    ? "no answer in time"
    : status !== undefined
      ? `HTTP ${status}`
      : code || "another answer";
  return engineError(running ? "lost" : "unreachable", name, got);
}
