import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/reliability.md"), "utf8");
const promises = [...page.matchAll(/^\| ([^|]+) \| ((?:`test\/[^|]*`(?:, )?)+) \|$/gm)].map(
  ([, promise, tests]) => ({
    promise: promise!,
    tests: [...tests!.matchAll(/`([^`]+)`/g)].map(([, path]) => path!),
  }),
);

describe("docs/reliability.md", () => {
  it("has promises", () => {
    expect(promises.length).toBeGreaterThanOrEqual(8);
  });

  it.each(promises)("names tests that exist: $promise", ({ tests }) => {
    for (const path of tests) {
      expect(existsSync(join(root, path)), path).toBe(true);
      expect(readFileSync(join(root, path), "utf8")).toMatch(/\b(it|test)(\.each|\.skipIf)?\(/);
    }
  });

  it("names every test that was made for a promise", () => {
    const made = ["reliability", "fuzz", "badInputs"]
      .flatMap((folder) => readdirSync(join(root, "test", folder)).map((name) => `test/${folder}/${name}`))
      .filter((path) => path.endsWith(".test.ts") && !path.endsWith("promises.test.ts"));
    const named = new Set(promises.flatMap(({ tests }) => tests));
    expect(made.filter((path) => !named.has(path))).toEqual([]);
  });
});
