import { beforeAll, describe, expect, it } from "vitest";
import { accuracy } from "../../scripts/accuracy.mjs";
import { type Result, results, shortcomings, table } from "./table.js";

describe("digits beside exact arithmetic", () => {
  let all: Result[];
  beforeAll(() => {
    all = results();
  });

  it("reach the gates, and are never fewer than claimed", () => {
    const found = shortcomings(all);
    expect(found.slice(0, 20), `${found.length} of ${all.length} fits`).toEqual([]);
  });

  it("stand in docs/verification.md as they are observed", () => {
    const { page, renewed } = accuracy(table(all));
    expect(renewed).toBe(page);
  });
});
