import type { Kind } from "./typeKind.js";

const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/^(tinyint|smallint|integer|bigint|real|double|decimal)\b/, "number"],
  [/^(date|timestamp)\b/, "date"],
  [/^boolean$/, "boolean"],
  [/^(varchar|char|uuid)\b/, "text"],
];

/** What a type of Trino's holds, by its name. */
export const kindOfType = (type: string): Kind => KINDS.find(([names]) => names.test(type))?.[1] ?? "other";

/** A cell as it came in JSON; decimals and what is not finite come as text. */
export const cellOfKind = (cell: unknown, kind: Kind): unknown =>
  kind === "number" && cell !== null ? Number(cell) : cell;
