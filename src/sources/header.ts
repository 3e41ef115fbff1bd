import { open } from "node:fs/promises";
import Papa from "papaparse";
import { Ell2Error } from "../errors.js";

/** How far into a file its first line must end. */
const HEAD_BYTES = 262144;

export interface Header {
  names: string[];
  separator: string;
}

/**
 * Reads the names in the first line of a CSV text, and which separator (, ; | or tab) it has.
 * @param text its beginning
 * @param where what messages call it
 * @throws DATA where there are no names, or they are empty, numbers, or not all different
 */
export function parseHeader(text: string, where: string): Header {
  const bad = (got: string, remedy: string) =>
    new Ell2Error("DATA", { where: `${where}:1`, expected: "a line of column names", got, remedy });
  const nul = text.indexOf("\0");
  if (nul >= 0) {
    const line = text.slice(0, nul).split("\n").length;
    throw new Ell2Error("DATA", {
      where: `${where}:${line}`,
      expected: "UTF-8 text",
      got: "a NUL byte",
      remedy: "save the file as CSV in UTF-8",
      data: { file: where, line },
    });
  }
  if (/^\ufeff?\r?\n./s.test(text.replace(/\s+$/, ""))) throw bad("an empty line", "remove it");
  const { cells, separator } = firstLine(text);
  const names = cells.map((name) => name.trim());
  if (names.length === 0) throw bad("no line", "give the columns names in the first line");
  if (names.some((name) => name.includes("\r")))
    throw bad("a carriage return within a name", "mend the name");
  if (names.some((name) => name.includes("\ufffd")))
    throw bad("bytes that are not UTF-8", "save the file as UTF-8");
  const unnamed = names.indexOf("");
  if (unnamed >= 0) throw bad(`no name for column ${unnamed + 1}`, "give every column a name");
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw bad(`${JSON.stringify(twice)} twice`, "give every column a name of its own");
  if (names.every((name) => Number.isFinite(Number(name)))) {
    throw bad(`numbers (${names.slice(0, 3).join(", ")})`, "give the columns names in the first line");
  }
  return { names, separator };
}

/**
 * The cells of the first line, by the separator under which all quotes match and the first ten lines differ
 * least in their number of cells. Papa's own guess ignores the quotes: it can take a `;` within quoted cells.
 */
function firstLine(text: string): { cells: string[]; separator: string } {
  const tried = [",", ";", "|", "\t"].map((separator) => {
    const { data, errors } = Papa.parse<string[]>(text, {
      delimiter: separator,
      preview: 10,
      skipEmptyLines: true,
    });
    const cells = data[0] ?? [];
    const differences = data.reduce((sum, line) => sum + Math.abs(line.length - cells.length), 0);
    return { cells, separator, differences, quotes: errors.some(({ type }) => type === "Quotes") };
  });
  const [best = tried[0]!] = tried
    .filter(({ cells, quotes }) => cells.length > 1 && !quotes)
    .sort((a, b) => a.differences - b.differences || b.cells.length - a.cells.length);
  return best;
}

/** The beginning of a file as text, cut behind its last whole line. @throws DATA where it has none */
export async function readHead(path: string, name: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const text = new TextDecoder().decode(buffer.subarray(0, bytesRead));
    if (bytesRead < HEAD_BYTES) return text;
    const end = text.lastIndexOf("\n") + 1;
    if (end > 0) return text.slice(0, end);
    throw new Ell2Error("DATA", {
      where: `${name}:1`,
      expected: `a line of column names of at most ${HEAD_BYTES} bytes`,
      got: "a longer one",
    });
  } finally {
    await file.close();
  }
}
