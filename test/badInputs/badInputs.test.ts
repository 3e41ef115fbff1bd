import { availableParallelism } from "node:os";
import { beforeAll, describe, expect, it } from "vitest";
import { expectPlain } from "../cli/help.js";
import type { BadInput } from "./case.js";
import { CATALOGUE } from "./index.js";
import { page } from "./page.js";
import { type Got, runAll, runAlone } from "./run.js";

const all = Object.entries(CATALOGUE).flatMap(([group, cases]) =>
  cases.map((input) => ({ ...input, name: `${group}: ${input.what}` })),
);
const got = new Map<BadInput, Got>();

beforeAll(async () => {
  const results = await runAll(all, Math.min(4, availableParallelism()));
  for (const [i, input] of all.entries()) got.set(input, results[i]!);
}, 600_000);

/** A text in which … stands for anything. */
const pattern = (text: string): RegExp =>
  new RegExp(`^${text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&").replaceAll("…", "[^]*")}$`);

function expectRefusal({ exit, says }: BadInput, { stdout, stderr, made, ...ended }: Got): void {
  expect(ended.exit, stderr).toBe(exit);
  // what check finds is a result, and stands on standard output
  const said = exit === 1 ? stdout : stderr;
  expect(said.trimEnd()).toMatch(pattern(says));
  expectPlain(stderr);
  expect(stderr).not.toMatch(/a fault in ell2|\n {4}at /);
  if (exit > 1)
    expect({ stdout, lines: stderr.trim().split("\n").at(-1)!.length > 0 }).toEqual({
      stdout: "",
      lines: true,
    });
  if (exit !== 0) expect(made).toEqual([]);
}

describe("the catalogue of bad inputs", () => {
  it("has more than a hundred, each with a name of its own", () => {
    expect(all.length).toBeGreaterThan(250);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it.each(all)("$name", (input) => {
    expectRefusal(input, got.get(input)!);
  });

  // in one process, many run faster: here some have one of their own
  it.each(all.filter((_, i) => i % 15 === 0))("alone, too: $name", async (input) => {
    expectRefusal(input, await runAlone(input));
  });

  it("is what docs/badInputs.md shows", async () => {
    await expect(page()).toMatchFileSnapshot("../../docs/badInputs.md");
  });
});
