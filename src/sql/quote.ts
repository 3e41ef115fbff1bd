import { Ell2Error } from "../errors.js";

/** A name as an SQL identifier: quoted, so that it may hold anything. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text as an SQL string literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * The name of a table, quoted part by part: `schema.table` has two parts; a part in double quotes may hold
 * dots, and a double quote twice for one.
 * @param mostBytes of a part
 * @throws VALUE for a name that is none, or a part that is too long
 */
export function tableName(name: string, mostBytes: number): string {
  const refuse = (expected: string): Ell2Error =>
    new Ell2Error("VALUE", { where: "table", expected, got: JSON.stringify(name) });
  const parts = [...name.matchAll(/(?:^|\.)("(?:[^"]|"")*"(?=\.|$)|[^.]*)/g)].map(([, part]) =>
    /^".*"$/s.test(part!) ? part!.slice(1, -1).replaceAll('""', '"') : part!,
  );
  if (parts.includes("") || name.includes("\0")) throw refuse("a name, or several with dots between them");
  const long = parts.find((part) => new TextEncoder().encode(part).length > mostBytes);
  if (long !== undefined) throw refuse(`a name of at most ${mostBytes} bytes`);
  return parts.map(identifier).join(".");
}
