import { describe, expect, it } from "vitest";
import { spread } from "../numbers/exact.js";
import {
  decimals,
  equal,
  exactly,
  integerRoot,
  isZero,
  minus,
  ONE,
  over,
  plus,
  type Rational,
  rational,
  root,
  sum,
  times,
  toNumber,
  ZERO,
} from "./rational.js";
import { type ExactProblem, exactInflation, exactRidge, wholeSums } from "./ridge.js";

const solve = (problem: ExactProblem) => exactRidge(problem, wholeSums(problem));

/** Rows with all 53 bits in use, offsets and two targets. */
function problem(options: Partial<ExactProblem> & { n: number }): ExactProblem {
  const { n, ...rest } = options;
  const [m, k] = [9, 2];
  const random = spread(m * (n + k) + m, n);
  const X = Array.from({ length: m }, (_, i) =>
    random.slice(i * n, (i + 1) * n).map((x, j) => 1e3 * j + x * 10 ** j),
  );
  const Y = Array.from({ length: m }, (_, i) => random.slice(m * n + i * k, m * n + (i + 1) * k));
  return { X, Y, lambda: 0.1, standardize: false, intercept: true, ...rest };
}

const all = [1, 2, 4].flatMap((n) =>
  [0, 1e-10, 0.1].flatMap((lambda) =>
    [true, false].flatMap((standardize) =>
      [true, false].flatMap((intercept) =>
        (["frequency", "precision", undefined] as const).map((kind) => {
          const weights = spread(9, 77).map((x) => 3 * x);
          const given = kind === undefined ? {} : { weights, weightKind: kind };
          return problem({ n, lambda, standardize, intercept, ...given });
        }),
      ),
    ),
  ),
);

/** Means, centred squares and products of two lists by the definition, in the data's units. */
function moments(a: Rational[], b: Rational[], omega: Rational[], centred: boolean): Rational {
  const W = sum(omega);
  const mean = (z: Rational[]) => (centred ? over(sum(z.map((x, i) => times(x, omega[i]!))), W) : ZERO);
  const [ma, mb] = [mean(a), mean(b)];
  return sum(a.map((x, i) => times(omega[i]!, times(minus(x, ma), minus(b[i]!, mb)))));
}

const column = (M: readonly (readonly number[])[], j: number) => M.map((row) => exactly(row[j]!));

describe("the exact witness", () => {
  it("makes the gradient of the objective exactly 0", () => {
    for (const p of all) {
      const fit = solve(p);
      const omega = (p.weights ?? p.X.map(() => 1)).map(exactly);
      const W = sum(omega);
      for (const [l, { weight, bias, rss }] of fit.targets.entries()) {
        const y = column(p.Y, l);
        const residual = p.X.map((row, i) =>
          minus(minus(y[i]!, bias), sum(row.map((x, j) => times(exactly(x), weight[j]!)))),
        );
        for (const [j, w] of weight.entries()) {
          const x = column(p.X, j);
          const d = p.standardize ? over(moments(x, x, omega, true), W) : ONE;
          const alpha = times(times(exactly(p.lambda), W), rational(2n, 2n));
          const pull = sum(residual.map((r, i) => times(times(omega[i]!, x[i]!), r)));
          expect(equal(pull, times(times(alpha, d), w))).toBe(true);
        }
        if (p.intercept) expect(isZero(sum(residual.map((r, i) => times(omega[i]!, r))))).toBe(true);
        else expect(isZero(bias)).toBe(true);
        expect(equal(rss, sum(residual.map((r, i) => times(omega[i]!, times(r, r)))))).toBe(true);
      }
    }
  });

  it("agrees with Cramer's rule for one and two features", () => {
    for (const p of all.filter(({ X }) => X[0]!.length <= 2)) {
      const omega = (p.weights ?? p.X.map(() => 1)).map(exactly);
      const W = sum(omega);
      const n = p.X[0]!.length;
      const S = (a: Rational[], b: Rational[]) => moments(a, b, omega, p.intercept);
      const x = Array.from({ length: n }, (_, j) => column(p.X, j));
      const d = (j: number) => (p.standardize ? over(moments(x[j]!, x[j]!, omega, true), W) : ONE);
      const a = (i: number, j: number) =>
        plus(S(x[i]!, x[j]!), i === j ? times(times(exactly(p.lambda), W), d(j)) : ZERO);
      for (const [l, { weight }] of solve(p).targets.entries()) {
        const s = x.map((z) => S(z, column(p.Y, l)));
        const expected =
          n === 1
            ? [over(s[0]!, a(0, 0))]
            : ((det) => [
                over(minus(times(s[0]!, a(1, 1)), times(s[1]!, a(0, 1))), det),
                over(minus(times(s[1]!, a(0, 0)), times(s[0]!, a(0, 1))), det),
              ])(minus(times(a(0, 0), a(1, 1)), times(a(0, 1), a(0, 1))));
        expect(weight.every((w, j) => equal(w, expected[j]!))).toBe(true);
      }
    }
  });

  it("has the degrees of freedom and standard errors that refits with one target moved give", () => {
    for (const p of all) {
      const omega = p.weights ?? p.X.map(() => 1);
      const data = wholeSums(p);
      const fit = exactRidge(p, data);
      const n = p.X[0]!.length;
      // the fit is linear in y: ∂/∂yᵢ is the fit of the unit vector eᵢ (beside a second target, since α counts them)
      const moved = p.X.map((_, i) => {
        const Y = p.X.map((_, r) => [r === i ? 1 : 0, 0]);
        return solve({ ...p, Y }).targets[0]!;
      });
      const trace = sum(
        moved.map(({ weight, bias }, i) =>
          plus(bias, sum(weight.map((w, j) => times(w, exactly(p.X[i]![j]!))))),
        ),
      );
      expect(equal(trace, plus(fit.df, p.intercept ? ONE : ZERO))).toBe(true);
      const counted = p.weightKind === "precision" ? rational(BigInt(p.X.length)) : sum(omega.map(exactly));
      const spreadOf = (values: Rational[]) =>
        sum(values.map((v, i) => over(times(v, v), exactly(omega[i]!))));
      for (const { rss, variance, standardError, biasStandardError } of fit.targets) {
        expect(equal(variance!, over(rss, minus(counted, trace)))).toBe(true);
        const close = (error: Rational, of: Rational) =>
          expect(toNumber(over(times(error, error), of)) - 1).toBe(0);
        for (let j = 0; j < n; j++)
          close(standardError![j]!, times(variance!, spreadOf(moved.map(({ weight }) => weight[j]!))));
        if (p.intercept) close(biasStandardError!, times(variance!, spreadOf(moved.map(({ bias }) => bias))));
        else expect(isZero(biasStandardError!)).toBe(true);
      }
    }
  });

  it("has R² against the spread about the mean, and variance inflation 1/(1 − R²) of a feature on the others", () => {
    for (const p of all.filter(({ X }) => X[0]!.length > 1)) {
      const omega = (p.weights ?? p.X.map(() => 1)).map(exactly);
      for (const [l, { r2, rss }] of solve(p).targets.entries()) {
        const y = column(p.Y, l);
        expect(equal(minus(ONE, r2!), over(rss, moments(y, y, omega, true)))).toBe(true);
      }
      const inflation = exactInflation(wholeSums(p));
      const others = {
        ...p,
        X: p.X.map((row) => row.slice(1)),
        Y: p.X.map((row) => [row[0]!]),
        lambda: 0,
        intercept: true,
      };
      expect(equal(over(ONE, inflation[0]!), minus(ONE, solve(others).targets[0]!.r2!))).toBe(true);
    }
  });

  it("gives constant columns no weight, and refuses dependent ones at λ = 0", () => {
    const X = [1, 2, 4, 8].map((x, i) => [x, 2.9, (i * i) / 3]);
    const base = { X, Y: [[1], [3], [2], [5]], standardize: true, intercept: true };
    const fit = solve({ ...base, lambda: 0 });
    expect(fit.constant).toEqual([false, true, false]);
    expect(isZero(fit.targets[0]!.weight[1]!) && isZero(fit.targets[0]!.standardError![1]!)).toBe(true);
    expect(exactInflation(wholeSums(base))[1]).toBeNull();
    const twice = { ...base, X: X.map((row) => [row[0]!, 2 * row[0]!]) };
    expect(() => solve({ ...twice, lambda: 0 })).toThrow(RangeError);
    expect(solve({ ...twice, lambda: 1 }).targets[0]!.weight.length).toBe(2);
  });

  it("knows a condition number in closed form, where doubles could not tell it", () => {
    const base = { lambda: 0, standardize: true, intercept: true };
    // two columns with correlation r: κ² = (1 + r)/(1 − r); with a penalty that standardises, (1 + r + λ/2)/(1 − r + λ/2)
    for (const tiny of [1e-3, 1e-8, 1e-14]) {
      const X = [-1, -1, 1, 1].map((x, i) => [x, x + (i % 2 === 0 ? tiny : -tiny)]);
      const t = X[0]![1]! + 1;
      const exact = Math.sqrt((Math.sqrt(1 + t * t) + 1) / ((t * t) / (Math.sqrt(1 + t * t) + 1)));
      expect(solve({ ...base, X, Y: X }).condition / exact).toBeCloseTo(1, 5);
    }
    const twins = [1, 2, 4].map((x) => [x, x]);
    const { condition } = solve({ ...base, X: twins, Y: twins.map(([x]) => [x!]), lambda: 0.5 });
    expect(condition).toBeCloseTo(Math.sqrt(2.25 / 0.25), 10);
  });
});

describe("rational numbers", () => {
  it("round to the nearest float64, with ties to even", () => {
    expect(toNumber(over(rational(1n), rational(3n)))).toBe(1 / 3);
    expect(toNumber(over(rational(-2n), rational(3n)))).toBe(-2 / 3);
    expect(toNumber(plus(ONE, rational(1n, 1n, -53)))).toBe(1);
    expect(toNumber(sum([ONE, rational(1n, 1n, -53), rational(1n, 1n, -190)]))).toBe(1 + 2 ** -52);
    expect(toNumber(exactly(5e-324))).toBe(5e-324);
    for (const x of spread(200)) expect(toNumber(over(exactly(x), exactly(0.3)))).toBe(x / 0.3);
  });

  it("have roots and decimals of known constants", () => {
    expect(decimals(root(rational(2n)), 50)).toBe("1.4142135623730950488016887242096980785696718753769e0");
    expect(decimals(over(rational(-1n), rational(700n)), 10)).toBe("-1.428571428e-3");
    expect(decimals(rational(1000n), 4)).toBe("1.000e3");
    for (const x of [0n, 1n, 3n, 4n, 10n ** 40n - 1n, 10n ** 40n]) {
      const r = integerRoot(x);
      expect(r * r <= x && (r + 1n) * (r + 1n) > x).toBe(true);
    }
  });
});
