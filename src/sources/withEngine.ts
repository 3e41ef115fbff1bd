import { Ell2Error } from "../errors.js";
import type { Engine, EngineOptions } from "./engine.js";
import { withPostgres } from "./postgres.js";
import { withTrino } from "./trino.js";

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
 * Refuses an address in which a user or a password holds / ? or # as they are: what stands behind them
 * would be taken for names, which messages may show.
 * @throws VALUE, without quoting the address
 */
export function checkAddress(address: string): void {
  const behind = /^[a-z]+:\/\/[^/?#]*(.*)$/is.exec(address)?.[1] ?? "";
  if (!behind.includes("@")) return;
  throw new Ell2Error("VALUE", {
    where: "the address",
    expected: "a user and a password without / ? #",
    got: "@ behind one of them",
    remedy: "write them as %2F, %3F, %23, and @ in other names as %40",
  });
}

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
  checkAddress(address);
  const scheme = schemeOf(address);
  const connector = Object.hasOwn(CONNECTORS, scheme) ? CONNECTORS[scheme]! : null;
  if (connector !== null) return connector(address, options, use);
  throw new Ell2Error("VALUE", {
    where: "withEngine",
    expected: `an address that begins with ${Object.keys(CONNECTORS).join("://, ")}://`,
    got: scheme === "" ? "none" : `${scheme}://`,
  });
}
