import { Ell2Error } from "../errors.js";

/** What may stand in SQL as one piece: a string, a name, a comment, a bracket, an end. */
const PIECES =
  /[eE]'(?:[^'\\]|\\[\s\S]|'')*'|(?<![eE])'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\/|[()[\]{};]|['"]|\/\*/g;
const CLOSES: Record<string, string> = { ")": "(", "]": "[", "}": "{" };

/**
 * A text that is documented as SQL of the engine's own, as one piece of a larger query: in brackets, on
 * lines of its own, so that a comment in it swallows nothing else.
 * @param name of the option that it comes from
 * @throws VALUE for an empty text, several statements, and quotes, comments or brackets that are not closed
 */
export function bracketed(name: string, sql: string): string {
  const text = sql.trim().replace(/;$/, "").trim();
  const refuse = (got: string): Ell2Error =>
    new Ell2Error("VALUE", { where: name, expected: "one whole piece of SQL", got });
  if (text === "" || text.includes("\0")) throw refuse(text === "" ? "nothing" : "a character of code 0");
  const open: string[] = [];
  for (const [piece] of text.matchAll(PIECES)) {
    if (piece === ";") throw refuse("several statements");
    if (piece === "'" || piece === '"' || piece === "/*") throw refuse(`${piece} that is not closed`);
    if ("([{".includes(piece)) open.push(piece);
    if (piece in CLOSES && open.pop() !== CLOSES[piece])
      throw refuse(`${piece} without its ${CLOSES[piece]}`);
  }
  if (open.length > 0) throw refuse(`${open.at(-1)} that is not closed`);
  return `(\n${text}\n)`;
}
