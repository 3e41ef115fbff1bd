import { Ell2Error } from "../errors.js";

/** A name as an SQL identifier: quoted, so that it may hold anything but NUL. @throws DATA */
export const identifier = (name: string): string => `"${withoutNul(name).replaceAll('"', '""')}"`;

/** A text as an SQL string literal. @throws DATA where it holds NUL, which SQL cannot write */
export const literal = (text: string): string => `'${withoutNul(text).replaceAll("'", "''")}'`;

function withoutNul(text: string): string {
  if (!text.includes("\0")) return text;
  throw new Ell2Error("DATA", {
    where: "names and levels",
    expected: "text without a NUL byte",
    got: JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text),
    remedy: "mend it where it comes from",
  });
}

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
