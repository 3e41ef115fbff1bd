import { describe, expect, it } from "vitest";
import { parseHeader } from "../../src/sources/header.js";

describe("the separator of a CSV file", () => {
  it.each([
    [
      "a separator within quoted cells",
      '"\n<",\u2066,[,y\n0,0,z,0\n1,2,";""<",1\n2,4,z,4\n3,1,";""<",9\n',
      ",",
      4,
    ],
    ["commas within cells of a file with ;", 'a;"b,c";y\n1;"2,3";4\n1;"2,3";4\n', ";", 3],
    ["a tab within quoted names", '"a\tb",y\n1,2\n', ",", 2],
    ["lines of differing length", "a|b|y\n1|2|3\n1,5|2|3\n1|2\n", "|", 3],
    ["a single column", "y\n1\n2\n", ",", 1],
  ])("is found beside %s", (_, text, separator, columns) => {
    const header = parseHeader(text, "rows.csv");
    expect(header.separator).toBe(separator);
    expect(header.names).toHaveLength(columns);
  });
});
