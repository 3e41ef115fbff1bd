import type { Ell2Error } from "../errors.js";
import { engineError, type Failure } from "./engineError.js";
import { TLS_FAULT } from "./tls.js";

/** What SQLSTATE codes mean, by how they begin; the longest that fits counts. */
const STATES: Record<string, Failure> = {
  "08": "lost",
  "22": "unreadable",
  "22003": "overflow",
  "25006": "writing",
  "28": "refused",
  "3D000": "missing",
  "3F000": "missing",
  "42": "invalid",
  "42501": "forbidden",
  "42P07": "exists",
  "42P01": "missing",
  "53": "exhausted",
  "57": "lost",
  "57014": "cancelled",
  "57P03": "unreachable",
  "58": "lost",
};

/** What the driver says of a connection that could not be made, as an error of ours: without its words where they may hold credentials. */
export function connectionError(error: unknown, name: string): Ell2Error {
  const { code = "", message } = error as Error & { code?: string };
  if (TLS_FAULT.test(code) || /SSL|TLS|certificate/i.test(message))
    return engineError("secure", name, words(message));
  if (code === "28P01" || code.startsWith("28")) return engineError("refused", name, "a refusal of them");
  if (/password must be a/.test(message)) return engineError("refused", name, "no password");
  if (/^[0-9A-Z]{5}$/.test(code)) return engineError(failureOf(code) ?? "unreachable", name, words(message));
  if (/timeout/i.test(message)) return engineError("unreachable", name, "no answer in time");
  return engineError("unreachable", name, code || words(message));
}

/** What the driver says of a query that failed, as an error of ours. */
export function queryError(error: unknown, name: string): Ell2Error {
  const { code = "", message } = error as Error & { code?: string };
  return engineError(failureOf(code) ?? "lost", name, words(message));
}

function failureOf(state: string): Failure | undefined {
  if (!/^[0-9A-Z]{5}$/.test(state)) return undefined;
  return STATES[state] ?? STATES[state.slice(0, 2)] ?? "invalid";
}

const words = (message: string): string => message.split("\n", 1)[0]!;
