/** What a column holds: "text" for one of texts or without any cell, "other" for what no feature can be made of. */
export type Kind = "number" | "date" | "boolean" | "text" | "other";

const NUMBERS = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*|BIGNUM)$/;

/** What a type of DuckDB holds. */
export function typeKind(type: string): Kind {
  if (NUMBERS.test(type)) return "number";
  if (type === "DATE" || type.startsWith("TIMESTAMP")) return "date";
  if (type === "BOOLEAN") return "boolean";
  return type === "VARCHAR" || type === "UUID" || type.startsWith("ENUM(") ? "text" : "other";
}
