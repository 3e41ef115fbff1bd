import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { Moments } from "../../src/data/moments.js";
import { epochMap, stableLearningRate } from "../../src/fit/epochMap.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { multiplyExactly, solveExactly } from "../linalg/exactLeastSquares.js";
import { parts } from "../numbers/exact.js";

/** A rational number as numerator and denominator. */
type Rational = readonly [bigint, bigint];

/** Doubles as numerators over 2^bits. */
const BITS = 200;
const fixed = (x: number): bigint => {
  const { mantissa, exponent } = parts(x);
  return exponent + BITS >= 0 ? mantissa << BigInt(exponent + BITS) : mantissa >> BigInt(-exponent - BITS);
};

/** The limit of full-batch training of one target, (Sxx + λW/2·I)w = Sxy and the bias, exactly: whole rows, λ a multiple of 2⁻²⁰. */
function ridgeExactly(X: number[][], y: number[], lambda: number): Rational[] {
  const [m, n] = [X.length, X[0]!.length];
  const A = X.map((row) => [...row.map(BigInt), 1n]);
  const gram = multiplyExactly(
    A[0]!.map((_, j) => A.map((row) => row[j]!)),
    A,
  );
  const right = A[0]!.map((_, j) => [
    2n ** 21n * A.reduce((sum, row, i) => sum + row[j]! * BigInt(y[i]!), 0n),
  ]);
  const alpha = BigInt(lambda * 2 ** 20) * BigInt(m);
  const M = gram.map((row, i) => row.map((x, j) => 2n ** 21n * x + (i === j && i < n ? alpha : 0n)));
  const { X: solution, denominator } = solveExactly(M, right)!;
  return solution.map(([x]) => [x!, denominator] as const);
}

/** Digits of the least exact entry; of one that is 0, beside the largest. */
function digitsOf(limit: { w: Matrix; b: Matrix }, truth: readonly Rational[]): number {
  const found = [...limit.w.data, ...limit.b.data];
  const most = Math.max(...truth.map(([a, b]) => Math.abs(Number(a) / Number(b))));
  return Math.min(
    ...truth.map(([a, b], j) => {
      const error = fixed(found[j]!) * b - (a << BigInt(BITS));
      if (error === 0n) return 16;
      const relative =
        a === 0n ? Number(error) / Number(b << BigInt(BITS)) / most : quotient(error, a << BigInt(BITS));
      return Math.min(16, -Math.log10(Math.abs(relative)));
    }),
  );
}
const quotient = (a: bigint, b: bigint): number => Number((a * 10n ** 40n) / b) / 1e40;

const powers = (degree: number, m: number): number[][] =>
  Array.from({ length: m }, (_, i) => Array.from({ length: degree }, (_, j) => i ** (j + 1)));
const column = (y: number[]) => Matrix.from(y.map((value) => [value]));
const momentsOf = (X: number[][], y: number[], size = X.length) =>
  Moments.ofBatches(new Dataset({ X: Matrix.from(X), Y: column(y) }), size);

/** The fixed point of an epoch of SGD on batches of whole rows, in whole numbers of 2⁻⁷⁰⁰. */
function epochExactly(
  batches: { X: number[][]; y: number[] }[],
  lr: number,
  lambda: number,
  { momentum = 0, dampening = 0, nesterov = false },
): Rational[] {
  const F = 700n;
  const exact = (x: number) => {
    const { mantissa, exponent } = parts(x);
    return (mantissa << (F + 100n + BigInt(exponent))) >> 100n;
  };
  const mul = (a: bigint, b: bigint) => (a * b) >> F;
  const d = batches[0]!.X[0]!.length + 1;
  const [rate, mu, keep] = [exact(lr), exact(momentum), exact(1 - dampening)];
  const quadratics = batches.map(({ X, y }) => {
    const A = X.map((row) => [...row.map(BigInt), 1n]);
    const m = BigInt(X.length);
    const sum = (f: (i: number) => bigint) => ((2n * A.reduce((all, _, i) => all + f(i), 0n)) << F) / m;
    return {
      H: A[0]!.map((_, i) =>
        A[0]!.map((_, j) => sum((r) => A[r]![i]! * A[r]![j]!) + (i === j && i < d - 1 ? exact(lambda) : 0n)),
      ),
      c: A[0]!.map((_, i) => sum((r) => A[r]![i]! * BigInt(y[r]!))),
    };
  });
  const size = momentum > 0 ? 2 * d : d;
  const epoch = (state: bigint[], affine: bigint) => {
    let [theta, v] = [state.slice(0, d), state.slice(d)];
    for (const { H, c } of quadratics) {
      const g = H.map((row, i) => row.reduce((all, h, j) => all + mul(h, theta[j]!), 0n) - affine * c[i]!);
      const next = momentum > 0 ? g.map((x, i) => mul(mu, v[i]!) + mul(keep, x)) : g;
      const move = nesterov ? g.map((x, i) => x + mul(mu, next[i]!)) : next;
      theta = theta.map((x, i) => x - mul(rate, move[i]!));
      v = momentum > 0 ? next : v;
    }
    return [...theta, ...v];
  };
  const one = 1n << F;
  const zero = Array.from({ length: size }, () => 0n);
  const images = zero.map((_, j) =>
    epoch(
      zero.map((_, i) => (i === j ? one : 0n)),
      0n,
    ),
  );
  const M = zero.map((_, i) => zero.map((_, j) => (i === j ? one : 0n) - images[j]![i]!));
  const { X, denominator } = solveExactly(
    M,
    epoch(zero, 1n).map((x) => [x]),
  )!;
  return X.slice(0, d).map(([x]) => [x!, denominator] as const);
}

describe("epochMap(…).limit", () => {
  it.each([1, 2, 3, 4, 5])("has the digits that moments of a polynomial of degree %i allow", (degree) => {
    const X = powers(degree, 21);
    const y = X.map((row, i) => row.reduce((sum, x) => sum + x, 1) + ((i * 7) % 5));
    const [whole] = momentsOf(X, y) as [Moments];
    const { rate } = stableLearningRate(whole, { lambda: 0 });
    const { limit, limitDigits } = epochMap(whole, { lr: rate / 2, lambda: 0 });
    const right = digitsOf(limit!, ridgeExactly(X, y, 0));
    expect(limitDigits!).toBeLessThanOrEqual(right);
    // the solution of (I − A)θ = C has 13.9, 11.3, 8.2, 6.0 and 3.0
    expect(right).toBeGreaterThan([15, 13, 10, 8, 6][degree - 1]!);
    expect(limitDigits!).toBeGreaterThan(right - 6);
  });

  it("claims no digit that is not there: one batch, exact rational arithmetic", () => {
    const seen: number[] = [];
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.oneof(fc.integer({ min: 6, max: 40 }), fc.integer({ min: 1000, max: 3000 })),
        fc.constantFrom(0, 2 ** -20, 2 ** -10, 0.5),
        fc.constantFrom(1, 1000, 10 ** 6),
        fc.constantFrom(0, 1000, 10 ** 6),
        fc.constantFrom({}, { momentum: 0.9 }, { momentum: 0.5, nesterov: true }),
        fc.infiniteStream(fc.integer({ min: -50, max: 50 })),
        (n, m, lambda, unit, offset, momentum, numbers) => {
          const next = () => numbers.next().value as number;
          const X = Array.from({ length: m }, () =>
            Array.from({ length: n }, (_, j) => (j === 0 ? unit * next() : next()) + offset),
          );
          const y = X.map((row) => row.reduce((sum, x) => sum + x, 0) + next());
          const [whole] = momentsOf(X, y) as [Moments];
          const { rate } = stableLearningRate(whole, { lambda, ...momentum });
          const { limit, limitDigits } = epochMap(whole, { lr: rate / 2, lambda, ...momentum });
          if (limit === null || limitDigits === null) return;
          const right = digitsOf(limit, ridgeExactly(X, y, lambda));
          seen.push(right - limitDigits);
          expect(limitDigits).toBeLessThanOrEqual(right);
        },
      ),
      { numRuns: 300 },
    );
    seen.sort((a, b) => a - b);
    expect(seen.length).toBeGreaterThan(100);
    expect(seen[seen.length >> 1]).toBeLessThan(4);
  });

  it("claims no digit that is not there: several batches, exact arithmetic", () => {
    const seen: number[] = [];
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 12, max: 40 }),
        fc.integer({ min: 3, max: 11 }),
        fc.constantFrom(0, 2 ** -10, 0.5),
        fc.constantFrom(1, 1000),
        fc.constantFrom(0, 100, 10_000),
        fc.constantFrom(
          {},
          { momentum: 0.9 },
          { momentum: 0.5, dampening: 0.25 },
          { momentum: 0.5, nesterov: true },
        ),
        fc.infiniteStream(fc.integer({ min: -50, max: 50 })),
        (n, m, size, lambda, unit, offset, momentum, numbers) => {
          const next = () => numbers.next().value as number;
          const X = Array.from({ length: m }, () =>
            Array.from({ length: n }, (_, j) => (j === 0 ? unit * next() : next()) + offset),
          );
          const y = X.map((row) => row.reduce((sum, x) => sum + x, 0) + next());
          const batches = momentsOf(X, y, size);
          const { rate } = stableLearningRate(batches, { lambda, ...momentum });
          const lr = rate / 2;
          const { limit, limitDigits } = epochMap(batches, { lr, lambda, ...momentum });
          if (limit === null || limitDigits === null) return;
          const of = Array.from({ length: Math.ceil(m / size) }, (_, b) => ({
            X: X.slice(b * size, (b + 1) * size),
            y: y.slice(b * size, (b + 1) * size),
          }));
          const right = digitsOf(limit, epochExactly(of, lr, lambda, momentum));
          seen.push(right - limitDigits);
          expect(limitDigits).toBeLessThanOrEqual(right);
        },
      ),
      { numRuns: 100 },
    );
    seen.sort((a, b) => a - b);
    expect(seen.length).toBeGreaterThan(50);
    expect(seen[seen.length >> 1]).toBeLessThan(6);
  });

  it("does not say how many where it does not know", () => {
    const X = powers(1, 10).map(([x]) => [x!, 2 * x!]);
    const y = X.map(([x]) => x!);
    const [whole] = momentsOf(X, y) as [Moments];
    const lr = stableLearningRate(whole, { lambda: 0 }).rate / 2;
    expect(epochMap(whole, { lr, lambda: 0 })).toMatchObject({ limit: {}, limitDigits: null });
    expect(epochMap(whole, { lr: 4 * lr, lambda: 0 })).toMatchObject({ limit: null, limitDigits: null });
    expect(epochMap(whole, { lr, lambda: 0.5 }).limitDigits).toBeGreaterThan(8);
  });
});
