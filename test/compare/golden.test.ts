import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseTrace } from "../../src/compare/trace.js";
import { verify } from "../../src/compare/verify.js";

const folder = join(import.meta.dirname, "../../golden/traces");
const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
const replay = (name: string) =>
  verify([parseTrace(readFileSync(join(folder, name), "utf8"), name)]).traces[0]!;

describe("verify, over golden/traces", () => {
  it.each(names)("%s is replayed within its bounds", (name) => {
    expect(replay(name).checks.filter(({ ok }) => !ok)).toEqual([]);
  });
});
