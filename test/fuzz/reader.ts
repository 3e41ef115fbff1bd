import type fc from "fast-check";

/** Something that reads what others wrote: how such input is made, and how it is read. */
export interface Reader<T = unknown> {
  /** Inputs by grammar: good ones, nearly good ones, and hostile ones. They are kept in the corpus as JSON. */
  inputs: fc.Arbitrary<T>;
  /** Reads one: gives a result, or throws an `Ell2Error`. Throws anything else where a valid result is not what it should be. */
  read(input: T): unknown;
}

/** A check of a result that fails: no `Ell2Error`, so it counts as a finding. */
export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`must hold: ${what}`);
}
