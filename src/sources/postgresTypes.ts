import type { Kind } from "./typeKind.js";

/** What PostgreSQL's types hold, by their numbers in `pg_type`, which never change. */
const KINDS: Record<number, Kind> = {
  16: "boolean",
  20: "number", // int8
  21: "number", // int2
  23: "number", // int4
  700: "number", // float4
  701: "number", // float8
  1700: "number", // numeric
  1082: "date",
  1114: "date", // timestamp
  1184: "date", // timestamptz
  18: "text", // "char"
  19: "text", // name
  25: "text",
  1042: "text", // bpchar
  1043: "text", // varchar
  2950: "text", // uuid
};

export const kindOfType = (oid: number): Kind => KINDS[oid] ?? "other";

/** What becomes of a cell that arrives as text: a number of any type a number, a boolean one, the others texts. */
export const parserOfType = (oid: number): ((cell: string) => unknown) =>
  kindOfType(oid) === "number" ? Number : kindOfType(oid) === "boolean" ? (cell) => cell === "t" : String;

/** PostgreSQL's own name of a type. */
export const nameOfType = ({ types }: typeof import("pg"), oid: number): string =>
  Object.entries(types.builtins)
    .find(([, number]) => Number(number) === oid)?.[0]
    .toLowerCase() ?? `type ${oid}`;
