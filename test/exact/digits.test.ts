import { describe, expect, it } from "vitest";
import { digits, MOST } from "./digits.js";
import { families, waysOf } from "./families.js";
import { exactly, ONE, over, rational, ZERO } from "./rational.js";
import { exactRidge, wholeSums } from "./ridge.js";
import { type Result, shortcomings } from "./table.js";

describe("digits", () => {
  const third = over(ONE, rational(3n));

  it("are −log₁₀ of the relative error, at most 16 and at least 0", () => {
    expect(digits(1 / 3, third, ONE)).toBeCloseTo(MOST, 10);
    expect(digits((1 / 3) * (1 + 1e-7), third, ONE)).toBeCloseTo(7, 6);
    expect(digits(-0.33, third, ONE)).toBe(0);
    expect(digits(0.5, exactly(0.5), ONE)).toBe(MOST);
    expect(digits(1 + Number.EPSILON, ONE, ONE)).toBeCloseTo(-Math.log10(Number.EPSILON), 10);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) expect(digits(bad, third, ONE)).toBe(0);
  });

  it("count beside a given size where the exact value is 0", () => {
    expect(digits(1e-9, ZERO, rational(10n))).toBeCloseTo(10, 10);
    expect(digits(0, ZERO, ZERO)).toBe(MOST);
    expect(digits(1e-300, ZERO, ZERO)).toBe(0);
  });
});

describe("the gates", () => {
  const good: Result = {
    family: "made up",
    source: "rows",
    problem: { X: [[1]], Y: [[1]], lambda: 0, standardize: true, intercept: true },
    condition: 1e9,
    spare: 0.5,
    known: ["coefficients", "standardErrors", "variance", "r2"],
    coefficients: 14.2,
    standardErrors: 10.1,
    variance: 10.1,
    r2: 15,
    claimed: 14,
  };
  const found = (change: Partial<Result>) => shortcomings([{ ...good, ...change }]);

  it("let through what reaches them", () => {
    expect(found({})).toEqual([]);
    expect(found({ condition: 1e11, standardErrors: 3, variance: null })).toEqual([]);
    expect(found({ condition: 1e13, coefficients: 5, claimed: 5, variance: 3 })).toEqual([]);
    expect(
      found({ source: "moments", coefficients: null, standardErrors: null, variance: 2, claimed: null }),
    ).toEqual([]);
    expect(found({ condition: 1e15, coefficients: 3, claimed: null })).toEqual([]);
    expect(found({ spare: 1e-6, variance: 5 })).toEqual([]);
    expect(found({ known: ["coefficients", "r2"], standardErrors: null, variance: null })).toEqual([]);
  });

  it("stop too few digits, numbers that are missing, and claims above the truth", () => {
    expect(found({ coefficients: 13.9, claimed: 13 })).toHaveLength(1);
    expect(found({ standardErrors: 9.9 })).toHaveLength(1);
    expect(found({ variance: null })).toHaveLength(1);
    expect(found({ r2: 9 })).toHaveLength(1);
    expect(found({ claimed: 15 })).toHaveLength(1);
    expect(found({ source: "path", coefficients: 12, claimed: undefined })).toHaveLength(1);
    expect(found({ source: "moments", coefficients: 7, claimed: 8 })).toHaveLength(1);
    expect(found({ source: "moments", standardErrors: 0.5 })).toHaveLength(1);
    expect(found({ condition: 1e11, variance: 1.5 })).toHaveLength(1);
  });
});

describe("the families", () => {
  it("reach the condition numbers that the gates speak of, and every combination of ways", () => {
    const conditions = families.flatMap(({ rows }) =>
      rows.flatMap(waysOf).flatMap((p) => (p.lambda === 0 ? exactRidge(p, wholeSums(p)).condition : [])),
    );
    for (const upTo of [1e10, 1e12]) {
      expect(conditions.some((condition) => condition > upTo / 20 && condition <= upTo)).toBe(true);
      expect(conditions.some((condition) => condition > upTo)).toBe(true);
    }
    for (const { rows } of families) {
      const ways = waysOf(rows[0]!).map(
        (p) => `${p.lambda} ${p.standardize} ${p.intercept} ${p.weights !== undefined}`,
      );
      expect(new Set(ways).size).toBe(ways.length);
      const lambdas = new Set(ways.map((way) => way.split(" ")[0])).size;
      expect(ways.length).toBe(lambdas * (rows[0]!.weights ? 4 : 8));
      expect(lambdas).toBe(rows[0]!.X.length > rows[0]!.X[0]!.length ? 3 : 2);
    }
  });
});
