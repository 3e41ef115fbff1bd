import fc from "fast-check";

/** Names that would do harm where they are not quoted. */
export const hostileName = fc.constantFrom(
  "__proto__",
  "constructor",
  "toString",
  "",
  " ",
  "a",
  "b",
  "y",
  'x"; DROP TABLE rows; --',
  "'); --",
  "<script>alert(1)</script>",
  "\u001b[31mred\u0007",
  "x\ny",
  "x\ry",
  "\0",
  "\u202egnp",
  "a,b",
  '"',
  "=1+1",
  "-0",
  "1",
  "NaN",
  "𝔘",
  "\ud800",
  "x".repeat(300),
);

/** Values that a JSON document can hold in place of others. */
const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    null,
    true,
    false,
    "",
    [],
    {},
    [[]],
    0,
    -0,
    -1,
    1,
    0.5,
    2,
    1e308,
    5e-324,
    -1e308,
    2 ** 53,
    1e21,
  ),
  hostileName,
  fc.integer({ min: -3, max: 12 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.jsonValue({ maxDepth: 3 }),
);

type Path = (string | number)[];

function paths(value: unknown, here: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [here];
  return [here, ...Object.entries(value).flatMap(([key, item]) => paths(item, [...here, key]))];
}

/** The document with the value at a path replaced, removed, or given once more under another key. */
function changed(
  document: unknown,
  path: Path,
  how: "replace" | "remove" | "add" | "double",
  value: unknown,
  key: string,
): unknown {
  if (path.length === 0) return how === "replace" ? value : document;
  const [first, ...rest] = path as [string, ...Path];
  const entries = Object.entries(document as object).flatMap(([name, item]) => {
    if (name !== first) return [[name, item]];
    if (rest.length > 0) return [[name, changed(item, rest, how, value, key)]];
    if (how === "remove") return [];
    if (how === "replace") return [[name, value]];
    return [
      [name, item],
      [how === "add" ? key : name, value],
    ];
  }) as [string, unknown][];
  if (Array.isArray(document)) return entries.map(([, item]) => item);
  return Object.fromEntries(entries);
}

/** A document of JSON with up to three of its values changed. */
const changedJson = (document: unknown): fc.Arbitrary<unknown> =>
  fc
    .array(
      fc.tuple(
        fc.nat(),
        fc.constantFrom("replace", "replace", "remove", "add", "double" as const),
        hostileValue,
        hostileName,
      ),
      { maxLength: 3 },
    )
    .map((changes) =>
      changes.reduce((now, [at, how, value, key]) => {
        const all = paths(now);
        return changed(now, all[at % all.length]!, how as "replace", value, key);
      }, document),
    );

/** A text with pieces cut out, repeated or put in. */
export const changedText = (texts: fc.Arbitrary<string>, pieces: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      texts,
      fc.array(
        fc.tuple(
          fc.nat(),
          fc.nat(20),
          fc.constantFrom("cut", "put", "end", "repeat" as const),
          fc.constantFrom(...pieces),
        ),
        { maxLength: 3 },
      ),
    )
    .map(([text, changes]) =>
      changes.reduce((now, [where, length, how, piece]) => {
        const at = where % (now.length + 1);
        if (how === "end") return now.slice(0, at);
        const rest = how === "cut" ? now.slice(at + length) : now.slice(at);
        const put = how === "put" ? piece : how === "repeat" ? now.slice(at, at + length) : "";
        return now.slice(0, at) + put + rest;
      }, text),
    );

const JSON_PIECES = [
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"',
  "\\",
  "\\u0000",
  "1e999",
  "-0",
  "NaN",
  "null",
  '"__proto__":{"x":1},',
  "\ufeff",
  "\0",
  " ",
];

/** A text of JSON from a document: mostly whole, sometimes broken, with keys twice, or deep. */
export const jsonText = (document: unknown): fc.Arbitrary<string> => {
  const whole = changedJson(document).map((value) => JSON.stringify(value) ?? "");
  return fc.oneof(
    { weight: 6, arbitrary: whole },
    { weight: 3, arbitrary: changedText(whole, JSON_PIECES) },
    { weight: 1, arbitrary: fc.nat(30_000).map((depth) => "[".repeat(depth) + "]".repeat(depth)) },
    { weight: 1, arbitrary: fc.string() },
  );
};
