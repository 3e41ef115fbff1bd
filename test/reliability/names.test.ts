import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import { ell2, put, temporaryFolder } from "../cli/help.js";

const cwd = temporaryFolder();

/** Letters that do harm where they are not escaped, and a few that do none. */
const letter = fc.constantFrom(
  ..."<>&\"'`;=-/\\,|#%{$}()[] \n\t".split(""),
  ...[
    "\u001b",
    "\u001b[2J",
    "\u001b]0;x\u0007",
    "\u0008",
    "\u007f",
    "\u009b31m",
    "\u202e",
    "\u2066",
    "\u200f",
    "\u2028",
  ],
  ...[
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "'); DROP TABLE rows; --",
    "__proto__",
    "a",
    "é",
    "𝔘",
  ],
);
const text = fc
  .array(letter, { minLength: 1, maxLength: 6 })
  .map((letters) => letters.join(""))
  .filter((name) => name.trim() !== "" && !/[\t]$|^[\t]/.test(name));
const names = fc.uniqueArray(text, { minLength: 4, maxLength: 4, selector: (name) => name.trim() });

/** What could steer a terminal or turn the direction of writing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

describe("whatever names and cells hold", () => {
  it("steers no terminal in any command's output, and runs in no page", async () => {
    await fc.assert(
      fc.asyncProperty(names, text, async ([a, b, c, y], level) => {
        const rows = Array.from({ length: 12 }, (_, i) => [
          i,
          (i * 7) % 5,
          i % 2 ? level : "z",
          (i * i) % 11,
        ]);
        put(cwd, "n.csv", Papa.unparse([[a, b, c, y], ...rows], { newline: "\n" }));
        const run = (...args: string[]) => {
          const { stdout, stderr, exit } = ell2(args, { cwd, timeout: 120_000 });
          expect(exit, stderr).toBe(0);
          expect(stderr).not.toMatch(STEERING);
          return stdout;
        };
        const quoted = (name: string) => `"${name.trim().replaceAll('"', '""')}"`;
        const columns = [
          "--target",
          quoted(y!),
          "--features",
          [a!, b!].map(quoted).join(),
          "--categorical",
          quoted(c!),
        ];
        const printed = [
          run("fit", "n.csv", ...columns, "--out", "m.json", "--report", "r.html"),
          run("fit", "n.csv", ...columns, "--json"),
          run("path", "n.csv", ...columns),
          run("evaluate", "m.json", "n.csv"),
          run("evaluate", "m.json", "n.csv", "--json"),
          run("predict", "m.json", "n.csv", "--json"),
        ];
        for (const output of printed) expect(output).not.toMatch(STEERING);
        expect(JSON.parse(printed[1]!).model.outputs).toEqual([y!.trim()]);
        const page = readFileSync(join(cwd, "r.html"), "utf8");
        expect(page).not.toMatch(/<script|<img/i);
        // an attribute's value may speak of it, in quotes
        expect(page.replace(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*onerror/i);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
        expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
        // refusals quote them too
        const refused = ell2(["fit", "n.csv", "--target", level, "--features", a!], {
          cwd,
          timeout: 120_000,
        });
        expect(refused.stderr + refused.stdout).not.toMatch(STEERING);
      }),
      { numRuns: 6 },
    );
  }, 600_000);
});
