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
