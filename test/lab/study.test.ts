import { describe, expect, it } from "vitest";
import { problemOf } from "../../lab/problem.js";
import { defaults, type State } from "../../lab/state.js";
import { pathStudy } from "../../lab/study.js";

const studyOf = (set: Partial<State>) => pathStudy(problemOf({ ...defaults(), valid: 100, ...set }, null));

describe("pathStudy", () => {
  it.each<Partial<State>>([
    {},
    { features: 1 },
    { data: "twins" },
    { data: "outlier" },
    { standardize: true },
    { train: 5, features: 20, targets: 1 },
  ])("shows %j from where little is left to where least squares is reached, and no further", (set) => {
    const { lambdas, df, curvatures, best, w, train } = studyOf(set);
    const directions = curvatures.filter((c) => c > 1e-12 * curvatures[0]!).length;
    expect(df[0]! / directions).toBeLessThan(0.2);
    expect(df.at(-1)! / directions).toBeGreaterThan(0.99);
    const floor = Math.min(curvatures[directions - 1]! / 10_000, best ? best / 10 : Number.POSITIVE_INFINITY);
    expect(lambdas.at(-1)!).toBeGreaterThanOrEqual(floor);
    if (best) expect(lambdas).toContain(best);
    expect(w).toHaveLength(lambdas.length);
    expect(train).toHaveLength(lambdas.length);
  });

  it("shows a best λ below what moves anything, and a decade more", () => {
    const { lambdas, best, curvatures } = studyOf({ train: 3 });
    expect(best).toBeGreaterThan(0);
    expect(best).toBeLessThan(1e-6 * curvatures[0]!);
    expect(lambdas).toContain(best);
    expect(lambdas.at(-1)!).toBeLessThan(best! / 5);
  });
});
