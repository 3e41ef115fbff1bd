import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Check } from "../../src/compare/check.js";
import { parseTrace } from "../../src/compare/trace.js";
import { verify } from "../../src/compare/verify.js";

const folder = join(import.meta.dirname, "../../golden/traces");
const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
const replay = (name: string) =>
  verify([parseTrace(readFileSync(join(folder, name), "utf8"), name)]).traces[0]!.checks;

/**
 * What shares one bound: the same thing measured in the same way, by whichever witness; all values
 * that pass through log, sin and cos (in ULP, or as a share); everything that is counted.
 */
function boundOf({ what, unit, bound }: Check): string {
  const training = /^(scratch|nn): (.*)$/.exec(what)?.[2];
  if (training === undefined && /^(ULP|share|mismatches)/.test(unit)) return `${unit} ≤ ${bound}`;
  return `${training ?? what}, ${unit} ≤ ${bound}`;
}

describe("verify, over golden/traces", () => {
  it.each(names)("%s is replayed within its bounds", (name) => {
    expect(replay(name).filter(({ ok }) => !ok)).toEqual([]);
  });

  it("has no bound above ten times the largest error that it is met with", () => {
    const gated = names.flatMap(replay).filter(({ bound }) => bound !== null);
    const observed = new Map<string, { bound: number; error: number }>();
    for (const check of gated) {
      const error = Math.max(check.error, observed.get(boundOf(check))?.error ?? 0);
      observed.set(boundOf(check), { bound: check.bound!, error });
    }
    expect(observed.size).toBeGreaterThan(20);
    expect([...observed].filter(([, { bound, error }]) => bound > 10 * error)).toEqual([]);
  });
});
