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
