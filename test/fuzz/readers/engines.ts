import fc from "fast-check";
import { Ell2Error } from "../../../src/errors.js";
import { readTrinoAddress } from "../../../src/sources/trinoAddress.js";
import { checkAddress, isEngineAddress } from "../../../src/sources/withEngine.js";
import { bracketed } from "../../../src/sql/expression.js";
import { tableName } from "../../../src/sql/quote.js";
import { changedText, hostileName } from "../grammar.js";
import { must, type Reader } from "../reader.js";

const SECRET = "s3cr3t-w0rd";
const part = fc.oneof(
  hostileName.filter((name) => !/\p{Surrogate}/u.test(name)).map((name) => encodeURIComponent(name)),
  fc.constantFrom("hive", "%zz", "%", "a b", "::1", "[::1]", "127.0.0.1", "localhost"),
);

/** Addresses of engines, with a password that nothing that is said may hold. */
export const address: Reader<string> = {
  inputs: changedText(
    fc
      .record({
        scheme: fc.constantFrom("trino", "TRINO", "postgres", "trino:", "http", ""),
        user: fc.option(part, { nil: undefined }),
        host: part,
        port: fc.constantFrom("", ":8080", ":0", ":99999", ":-1", ":x"),
        path: fc.array(part, { maxLength: 3 }),
        query: fc.constantFrom(
          "",
          "?ssl",
          "?ssl=false",
          "?ssl=1",
          "?sslmode=require",
          "?ssl&ssl",
          "?sslrootcert=none",
        ),
      })
      .map(({ scheme, user, host, port, path, query }) => {
        const login = user === undefined ? "" : `${user}:${SECRET}@`;
        return `${scheme}://${login}${host}${port}${path.map((name) => `/${name}`).join("")}${query}`;
      }),
    ["@", ":", "/", "//", "?", "&", "%00", "#", "\\"],
  ),
  read(text) {
    if (!isEngineAddress(text)) return; // a file's path
    const secret = text.includes(`:${SECRET}@`) ? SECRET : null; // otherwise it is a name like another
    const hidden = (said: string) => secret === null || !said.includes(secret);
    try {
      checkAddress(text);
      const { name } = readTrinoAddress(text);
      must(hidden(name), "an engine's name holds no password");
    } catch (error) {
      if (error instanceof Ell2Error)
        must(hidden(error.message), "what is said of an address holds no password");
      throw error;
    }
  },
};

/** Names of tables, and pieces of SQL, as they come from options. */
export const sql: Reader<string> = {
  inputs: changedText(
    fc.oneof(
      hostileName,
      fc.tuple(hostileName, hostileName).map((names) => names.join(".")),
      fc.constantFrom(
        "a % 5",
        "hash(id) % 10",
        "'it''s'",
        "f(x, '(')",
        "$$;$$",
        "E'\\''",
        "a -- b",
        "/* ( */ a",
      ),
    ),
    ["'", '"', ";", "(", ")", "--", "/*", "*/", "$$", "\\", "\n", "."],
  ),
  read(text) {
    const quoted = refusedOr(() => tableName(text, 63));
    if (quoted !== null) {
      const rest = quoted.replace(/"(?:[^"]|"")*"/g, "");
      must(/^\.*$/.test(rest), "of a table's name nothing stands outside of quotes");
    }
    const piece = bracketed("fold-by", text);
    must(
      piece.startsWith("(\n") && piece.endsWith("\n)"),
      "a piece of SQL is in brackets, on lines of its own",
    );
  },
};

/** What is given back, or null for what is refused as it should be. */
function refusedOr<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof Ell2Error) return null;
    throw error;
  }
}
