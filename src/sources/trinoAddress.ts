import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import type { ConnectionOptions } from "trino-client";
import { Ell2Error } from "../errors.js";

/** What an address of Trino's says. */
export interface TrinoAddress {
  /** Without a user and a password. */
  name: string;
  user: string;
  password: string | undefined;
  options: ConnectionOptions;
}

/**
 * Reads `trino://user:password@host:port/catalog/schema?ssl&sslrootcert=…`. Without a user it is that of the operating
 * system, without a password TRINO_PASSWORD; the port is 443 with `ssl` and 8080 without.
 * @throws VALUE for what cannot be read, without quoting it; SOURCE for a certificate that cannot be read
 */
export function readTrinoAddress(address: string): TrinoAddress {
  const url = parsed(address);
  const path = url.pathname.split("/").slice(1).map(decoded);
  const { ssl, sslrootcert, ...others } = Object.fromEntries(url.searchParams);
  const other = Object.keys(others)[0];
  if (other !== undefined) {
    const said = /^[a-z_]+$/i.test(other) ? `${other}=…` : "another";
    throw addressError("the parameters ssl and sslrootcert", said);
  }
  if (ssl !== undefined && !["", "true", "false"].includes(ssl))
    throw addressError("ssl or ssl=false", "ssl=…");
  if (path.length > 2) throw addressError("a catalog and a schema", `${path.length} names`);
  const secured = (ssl !== undefined && ssl !== "false") || sslrootcert !== undefined;
  const password = decoded(url.password) || undefined;
  if (password !== undefined && !secured) {
    throw addressError(
      "a secured connection for a password",
      "one that anyone on the way can read",
      "add ?ssl",
    );
  }
  const [catalog, schema] = path;
  const place = `${url.hostname}:${url.port || (secured ? 443 : 8080)}`;
  return {
    name: `trino://${place}${url.pathname}`,
    user: decoded(url.username) || userInfo().username,
    password: password ?? (secured ? process.env.TRINO_PASSWORD : undefined),
    options: {
      server: `${secured ? "https" : "http"}://${place}`,
      source: "ell2",
      // times without a zone are of UTC, and come with all their digits
      extraHeaders: { "X-Trino-Time-Zone": "UTC", "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME" },
      ...(catalog ? { catalog } : {}),
      ...(schema ? { schema } : {}),
      ...(sslrootcert === undefined ? {} : { ssl: { ca: certificate(sslrootcert) } }),
    },
  };
}

function parsed(address: string): URL {
  try {
    const url = new URL(address);
    if (url.hostname !== "") return url;
  } catch {
    // what it says quotes the address
  }
  throw addressError("an address that can be read", "another");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw addressError("an address that can be read", "a % that stands for no character");
  }
}

function certificate(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new Ell2Error("SOURCE", {
      where: "connecting to Trino",
      expected: "the certificate that the address names",
      got: `none that can be read at ${path}`,
      remedy: "give its path",
    });
  }
}

const addressError = (
  expected: string,
  got: string,
  remedy = "write trino://user@host:8080/catalog/schema; in a user, password or name, @ is %40, / is %2F, : is %3A and % is %25",
): Ell2Error => new Ell2Error("VALUE", { where: "connecting to Trino", expected, got, remedy });
