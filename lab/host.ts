import type { WidgetOptions } from "./types.js";

/** What the widget asks of a host's model; some throw at all but `get`. */
export interface HostModel {
  get(name: string): unknown;
  on?(event: string, callback: () => void): void;
  off?(event: string, callback: () => void): void;
}

const NAMES = ["parts", "preset", "hide", "set"] as const;

/** The options that a host's model holds. One that is missing, null or empty is left at its default. */
export function optionsOf(model: HostModel): WidgetOptions {
  const found = NAMES.flatMap((name) => {
    const value = attempt(() => model.get(name));
    return value === undefined || value === null || value === "" ? [] : [[name, value]];
  });
  return Object.fromEntries(found);
}

/**
 * Follows a host's model where it can be followed.
 * @param onChange told the options as they are then: what a host passes to a callback is not the same everywhere
 * @returns a function that ends it
 */
export function follow(model: HostModel, onChange: (options: WidgetOptions) => void): () => void {
  let ended = false;
  let last = JSON.stringify(optionsOf(model));
  const changed = () => {
    const options = optionsOf(model);
    const now = JSON.stringify(options);
    if (ended || now === last) return;
    last = now;
    onChange(options);
  };
  for (const name of NAMES) attempt(() => model.on?.(`change:${name}`, changed));
  return () => {
    ended = true; // MyST cannot take a listener off
    for (const name of NAMES) attempt(() => model.off?.(`change:${name}`, changed));
  };
}

function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
