import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { ell2, expectPlain, put, temporaryFolder } from "./help.js";

const cwd = temporaryFolder();
beforeEach(() => rmSync(join(cwd, "out.json"), { force: true }));

/** One bad cell among a thousand good ones. */
const thousand = ["x,y", ...Array.from({ length: 1000 }, (_, i) => `${i === 537 ? "1O3" : i},${2 * i}`)];

interface Bad {
  content: string | Uint8Array;
  message: RegExp;
  /** "y" if left out. */
  target?: string;
  more?: string[];
}

/** What is bad, where it is said to be bad, and what to do about it. */
const cases: Record<string, Bad> = {
  "a missing column": {
    content: "a,b\n1,2\n3,4\n",
    message: /^f\.csv: .*"y".*columns a, b; .*letter by letter/,
  },
  "a missing feature": {
    content: "a,y\n1,2\n3,4\n",
    more: ["--features", "a,q"],
    message: /^f\.csv: .*"q".*columns a, y/,
  },
  "one 1O3 among 1000 numbers": {
    content: thousand.join("\n"),
    message: /^f\.csv:539: .*column "x", row 538, got "1O3"; .*mend the file/,
  },
  "an empty cell": {
    content: "a,y\n1,2\n,4\n5,6\n",
    message: /^f\.csv:3: .*column "a", row 2, got an empty cell; 1 of 3 rows lacks .*remove .*fill/,
  },
  NaN: { content: "a,y\n1,2\nNaN,4\n", message: /^f\.csv:3: .*column "a", row 2, got "?NaN"?; .*mend/ },
  inf: { content: "a,y\n1,2\n3,inf\n", message: /^f\.csv:3: .*column "y", row 2, got .*inf.*; .*mend/i },
  "1e999": { content: "a,y\n1,2\n1e999,4\n", message: /^f\.csv:3: .*column "a", row 2, got .*(1e999|Inf)/ },
  "1_000": { content: "a,y\n1_000,2\n3,4\n", message: /^f\.csv:2: .*column "a", row 1, got "1_000"/ },
  "an empty file": { content: "", message: /^f\.csv: .*got an empty file/ },
  "a header only": { content: "a,y\n", message: /^f\.csv: expected rows .*got none/ },
  "one row": { content: "a,y\n1,2\n", message: /f\.csv.*at least 2 rows/ },
  "a row too long": {
    content: "a,y\n1,2\n3,4,5\n6,7\n",
    message: /^f\.csv: .*2 cells .*got 3 cells in line 3/,
  },
  "a row too short": {
    content: "a,y\n1,2\n3\n6,7\n",
    message: /^f\.csv: .*2 cells .*got 1 cells? in line 3/,
  },
  "a quote without end": {
    content: 'a,y\n1,2\n"3,4\n5,6\n',
    message: /^f\.csv: .*a quote without end in line 3; .*quotes/,
  },
  "latin-1 in a cell": {
    content: Buffer.from("a,y,c\n1,2,caf\u00e9\n3,4,x\n", "latin1"),
    message: /^f\.csv: .*UTF-8.*line 2/,
  },
  "latin-1 in the header": {
    content: Buffer.from("a,y,caf\u00e9\n1,2,3\n3,4,5\n", "latin1"),
    message: /^f\.csv.*UTF-8/,
  },
  "UTF-16": { content: Buffer.from("\ufeffa,y\n1,2\n3,4\n", "utf16le"), message: /^f\.csv.*UTF-8/ },
  "a name twice": { content: "a,y,a\n1,2,3\n3,4,5\n", message: /^f\.csv:1: .*"a" twice; .*name of its own/ },
  "an empty name": { content: "a,,y\n1,2,3\n3,4,5\n", message: /^f\.csv:1: .*no name for column 2; .*name/ },
  "numbers without a header": {
    content: "1,2,3\n4,5,6\n7,8,9\n",
    target: "1",
    message: /^f\.csv:1: .*names, got numbers \(1, 2, 3\); give the columns names/,
  },
  "a target that is also a feature": {
    content: "a,y\n1,2\n3,4\n",
    more: ["--features", "a,y"],
    message: /^f\.csv: .*once.*"y" twice/,
  },
  "a target twice": { content: "a,y\n1,2\n3,4\n", target: "y,y", message: /^f\.csv: .*once.*"y" twice/ },
  "no feature with numbers": {
    content: "a,y\nx,2\nz,4\n",
    message: /^f\.csv: .*feature that holds numbers.*; ./,
  },
  "a target of text": {
    content: "a,y\n1,p\n3,q\n",
    message: /^f\.csv:2: .*column "y", row 1, got "p"; 2 of 2/,
  },
  "decimal commas": { content: "a;y\n1,5;2\n3,5;4\n", message: /^f\.csv: .*feature that holds numbers.*; ./ },
  "escapes in a name": {
    content: '"\u001b[31mred\u001b]0;x\u0007",b\n1,2\n3,4\n',
    message: /^f\.csv: .*"y".*red/,
  },
  "escapes in a cell": {
    content: "a,y\n1,2\n\u001b[31m3,4\n",
    message: /^f\.csv:3: .*column "a", row 2, got ".*31m3"/,
  },
};

describe("ell2 fit ends with exit 3, says where and what, and writes no file:", () => {
  it.each(Object.entries(cases))("%s", (_, { content, message, target = "y", more = [] }) => {
    put(cwd, "f.csv", content);
    const { stdout, stderr, exit } = ell2(
      ["fit", "f.csv", "--target", target, ...more, "--out", "out.json"],
      {
        cwd,
      },
    );
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expectPlain(stderr);
    expect({ stdout, exit }).toEqual({ stdout: "", exit: 3 });
    expect(readdirSync(cwd)).toEqual(["f.csv"]);
  });
});

describe("ell2 fit ends with exit 5 and writes no file:", () => {
  const refusal = (path: string) => {
    const { stdout, stderr, exit } = ell2(["fit", path, "--target", "y", "--out", "out.json"], { cwd });
    expect({ stdout, exit }).toEqual({ stdout: "", exit: 5 });
    expect(readdirSync(cwd)).not.toContain("out.json");
    expectPlain(stderr);
    return stderr;
  };

  it("a folder instead of a file", () => {
    expect(refusal(".")).toBe(".: expected a file, got a folder\n");
  });

  it("a missing file", () => {
    expect(refusal("missing.csv")).toBe("missing.csv: expected a file, got nothing there\n");
  });

  it("a missing file with escapes in its name", () => {
    expect(refusal("\u001b[31mred.csv")).toContain("red.csv: expected a file, got nothing there");
  });

  it("a pattern that matches no file", () => {
    put(cwd, "f.csv", "a,y\n1,2\n3,4\n");
    expect(refusal("*.tsv")).toContain("*.tsv: expected a file, got nothing there");
  });
});
