import { describe, expect, test } from "vitest";
import { bracketed } from "../../src/sql/expression.js";
import { tableName } from "../../src/sql/quote.js";
import { refuses } from "../nn/help.js";

describe("bracketed", () => {
  test.each([
    "id % 5",
    "a > 1 AND (b < 2 OR c[1] = '(')",
    "note = 'it''s; fine -- really'",
    '"odd;name(" = 1',
    "x -- a remark; with ' and (",
    "/* (; */ y",
    "body = $tag$ ; ' ( $tag$",
    "E'\\'; (' = t",
    "SELECT 1;",
  ])("takes %j as it is, on lines of its own", (sql) => {
    expect(bracketed("where", sql)).toBe(`(\n${sql.replace(/;$/, "")}\n)`);
  });

  test.each([
    "",
    "  ;",
    "a; b",
    "a) OR (true",
    "1); DROP TABLE t; --",
    "a FROM t) --",
    "(a",
    "a]",
    "(a]",
    "'open",
    '"open',
    "/* open",
    "E'\\'",
    "a\0b",
  ])("refuses %j", (sql) => {
    refuses(() => bracketed("where", sql), "VALUE");
  });
});

describe("tableName", () => {
  test.each([
    ["t", '"t"'],
    ["s.t", '"s"."t"'],
    ["c.s.t", '"c"."s"."t"'],
    ['"a.b"', '"a.b"'],
    ['s."a.b"', '"s"."a.b"'],
    ['"x""y"', '"x""y"'],
    ['we"ird', '"we""ird"'],
    ["t; DROP TABLE u --", '"t; DROP TABLE u --"'],
    ['t" FROM u --', '"t"" FROM u --"'],
  ])("%s is %s", (name, sql) => {
    expect(tableName(name, 63)).toBe(sql);
  });

  test("refuses no name, an empty part, and a part that the engine would cut off", () => {
    for (const name of ["", ".", "a.", ".a", "a..b", "a\0"]) refuses(() => tableName(name, 63), "VALUE");
    expect(tableName("é".repeat(31), 63)).toBe(`"${"é".repeat(31)}"`);
    refuses(() => tableName("é".repeat(32), 63), "VALUE");
  });
});
