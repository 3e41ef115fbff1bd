import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leastSquares } from "../../src/linalg/leastSquares.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { multiplyQ, multiplyQT, orthogonalFactor, qr } from "../../src/linalg/qr.js";
import { NumPy } from "../../src/random/numpy.js";
import {
  leastSquaresExactly,
  multiplyExactly,
  relativeError,
  solveExactly,
  transposed,
  whole,
} from "./exactLeastSquares.js";
import { farthest, normalMatrix } from "./random.js";

interface Problem {
  A: Float64Array;
  m: number;
  n: number;
  b: Float64Array;
}

const HALF_UNIT = 2 ** -53;

const integers = (random: NumPy, count: number, size: number) =>
  random.uniform(-size, size, count).map(Math.round);

/** Whole columns, the last a combination of the others but for ±3: κ is some 10 to 100 times `spread`. */
function nearlyDependent(spread: number, seed: number): Problem {
  const random = new NumPy(seed);
  const n = 2 + (seed % 5);
  const m = n + 1 + (seed % 7);
  const A = integers(random, m * n, 2 * spread);
  const combination = [1, ...integers(random, n - 2, 2)];
  const rest = integers(random, m, 3);
  for (let i = 0; i < m; i++) {
    A[i * n + n - 1] = combination.reduce((sum, factor, j) => sum + factor * A[i * n + j]!, rest[i]!);
  }
  // small and large residuals
  const b = integers(random, m, seed % 2 === 0 ? 1e6 : 2 ** 50);
  if (seed % 3 === 0) for (let i = 0; i < m; i++) b[i] = A[i * n]! - 2 * A[i * n + n - 1]! + (b[i]! % 10);
  return { A, m, n, b };
}

/** Powers 0 … degree of first, first + 1, … */
function polynomial(degree: number, m: number, first: number, seed: number): Problem {
  const n = degree + 1;
  const A = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) A[i * n + j] = (first + i) ** j;
  return { A, m, n, b: integers(new NumPy(seed), m, 1e6) };
}

const solve = ({ A, m, n, b }: Problem) => leastSquares(A, m, n, b, 1);

describe("leastSquares, against exact rational arithmetic", () => {
  test.each([1e3, 1e6, 1e8, 1e11])(
    "leastSquares of columns that are dependent but for 1 in %d: every digit, and never fewer than it says",
    (spread) => {
      const conditions: number[] = [];
      for (let seed = 0; seed < 100; seed++) {
        const problem = nearlyDependent(spread, seed);
        const exact = leastSquaresExactly(problem.A, problem.m, problem.n, problem.b);
        if (exact === null) continue;
        const solved = solve(problem);
        const error = relativeError(solved.x, exact);
        expect(solved.rank).toBe(problem.n);
        expect(error).toBeLessThanOrEqual(10 ** -solved.digits);
        expect(error).toBeLessThanOrEqual(HALF_UNIT);
        expect(solved.digits).toBeGreaterThan(14);
        expect(solved.backwardError).toBeLessThan(1e-15);
        conditions.push(solved.condition);
      }
      expect(conditions.length).toBeGreaterThan(90);
      const middle = conditions.sort((a, b) => a - b)[Math.floor(conditions.length / 2)]!;
      expect(middle).toBeGreaterThan(spread);
      expect(middle).toBeLessThan(1000 * spread);
    },
  );

  test("leastSquares beyond 1e13, where digits go: never fewer than it says", () => {
    for (let seed = 0; seed < 200; seed++) {
      const problem = nearlyDependent([1e12, 4e12, 1e13][seed % 3]!, seed);
      const exact = leastSquaresExactly(problem.A, problem.m, problem.n, problem.b);
      const solved = solve(problem);
      if (exact === null || solved.rank < problem.n || solved.digits === 0) continue;
      expect(relativeError(solved.x, exact)).toBeLessThanOrEqual(10 ** -solved.digits);
    }
  });

  test("leastSquares under a residual 1e12 times what is explained, where Aᵀr cancels: never fewer than it says", () => {
    for (let seed = 0; seed < 120; seed++) {
      // each row twice, with b ± w: whatever w is, the solution is that of b
      const { A, m, n } = nearlyDependent([1e3, 1e6, 1e9, 1e12][seed % 4]!, seed);
      const random = new NumPy(1000 + seed);
      const [b, w] = [integers(random, m, 1e3), integers(random, m, 2 ** 50)];
      const twice = Float64Array.of(...A, ...A);
      const targets = Float64Array.of(
        ...b.map((value, i) => value + w[i]!),
        ...b.map((value, i) => value - w[i]!),
      );
      const exact = leastSquaresExactly(A, m, n, b);
      const solved = leastSquares(twice, 2 * m, n, targets, 1);
      if (exact === null || solved.digits === 0) continue;
      expect(relativeError(solved.x, exact)).toBeLessThanOrEqual(10 ** -solved.digits);
    }
  });

  test("leastSquares of polynomials with a condition number of 1e10 loses at most one digit", () => {
    for (let seed = 0; seed < 40; seed++) {
      const problem = polynomial(12, 15, 1, seed);
      const solved = solve(problem);
      expect(solved.condition).toBeGreaterThan(1e9);
      expect(solved.condition).toBeLessThan(1e11);
      const exact = leastSquaresExactly(problem.A, problem.m, problem.n, problem.b)!;
      const error = relativeError(solved.x, exact);
      expect(error).toBeLessThanOrEqual(10 ** -solved.digits);
      expect(error).toBeLessThanOrEqual(10 * HALF_UNIT);
    }
  });

  test("leastSquares of polynomials of each degree up to 11, at most half a unit from the truth", () => {
    for (let degree = 0; degree <= 11; degree++) {
      const problem = polynomial(degree, degree + 1 + (degree % 4), -3, degree);
      const exact = leastSquaresExactly(problem.A, problem.m, problem.n, problem.b)!;
      expect(relativeError(solve(problem).x, exact)).toBeLessThanOrEqual(HALF_UNIT);
    }
  });

  test("leastSquares without full rank gives the x of least norm, columns scaled or not", () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = new NumPy(seed);
      const [m, n, rank] = [3 + (seed % 6), 4 + (seed % 3), 1 + (seed % 3)];
      const [left, right, b] = [
        integers(random, m * rank, 9),
        integers(random, rank * n, 9),
        integers(random, m, 99),
      ];
      // a power of two in a column changes what the least norm is
      if (seed % 2 === 0) for (let l = 0; l < rank; l++) right[l * n]! *= 2 ** 12;
      const [F, G] = [whole(left, m, rank), whole(right, rank, n)];
      const A = Float64Array.from(multiplyExactly(F, G).flat(), Number);
      // x = Gᵀ(G·Gᵀ)⁻¹·(FᵀF)⁻¹·Fᵀb
      const inner = solveExactly(
        multiplyExactly(transposed(F), F),
        multiplyExactly(transposed(F), whole(b, m, 1)),
      );
      const outer = inner && solveExactly(multiplyExactly(G, transposed(G)), inner.X);
      if (inner === null || outer === null) continue;
      const exact = {
        numerators: multiplyExactly(transposed(G), outer.X).map((row) => row[0]!),
        denominator: inner.denominator * outer.denominator,
      };
      if (exact.numerators.every((numerator) => numerator === 0n)) continue;
      const solved = leastSquares(A, m, n, b, 1);
      expect(solved.rank).toBe(rank);
      expect(solved.digits).toBeGreaterThan(6);
      expect(relativeError(solved.x, exact)).toBeLessThanOrEqual(10 ** -solved.digits);
    }
  });
});

describe("leastSquares", () => {
  const shapes = fc.record({
    n: fc.integer({ min: 1, max: 7 }),
    more: fc.integer({ min: 0, max: 9 }),
    k: fc.integer({ min: 1, max: 4 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
  });

  test("leastSquares solves each target as if alone, and changes neither A nor B", () => {
    fc.assert(
      fc.property(shapes, ({ n, more, k, seed }) => {
        const m = n + more;
        const [A, B] = [normalMatrix(m, n, seed), normalMatrix(m, k, seed + 1)];
        const before = [A.clone(), B.clone()];
        const solved = leastSquares(A.data, m, n, B.data, k);
        expect([A, B]).toEqual(before);
        for (let c = 0; c < k; c++) {
          const alone = leastSquares(A.data, m, n, Float64Array.from(B.T.slice(c, c + 1).data), 1);
          for (let j = 0; j < n; j++) expect(solved.x[j * k + c]).toBe(alone.x[j]);
          for (let i = 0; i < m; i++) expect(solved.residual[i * k + c]).toBe(alone.residual[i]);
          expect(solved.digits).toBeLessThanOrEqual(alone.digits);
        }
      }),
    );
  });

  test("leastSquares without full rank solves each target as if alone, in columns of any units", () => {
    for (const units of [
      [1, 1, 1, 1],
      [1, 2 ** 20, 0.125, 2 ** -9],
    ]) {
      // biome-ignore format: one line
      const A = normalMatrix(6, 2, 1)
        .matmul(normalMatrix(2, 4, 2))
        .times(new Matrix(1, 4, Float64Array.from(units)));
      const B = normalMatrix(6, 3, 3);
      const all = leastSquares(A.data, 6, 4, B.data, 3);
      expect(all.rank).toBe(2);
      const largest = Math.max(...Array.from(all.x, Math.abs));
      for (let c = 0; c < 3; c++) {
        const b = Float64Array.from({ length: 6 }, (_, i) => B.data[i * 3 + c]!);
        const one = leastSquares(A.data, 6, 4, b, 1);
        for (let j = 0; j < 4; j++) {
          expect(Math.abs(all.x[j * 3 + c]! - one.x[j]!)).toBeLessThan(1e-12 * largest);
        }
        for (let i = 0; i < 6; i++) expect(all.residual[i * 3 + c]).toBeCloseTo(one.residual[i]!, 12);
      }
    }
  });

  test("leastSquares without full rank trusts 10·max(m, n)·ε·(κ + κ²‖r‖/(‖A‖‖x‖)) digits", () => {
    // of rank 1: ‖A‖ = 2, κ = 1, x = (1/2, 1/2), and 3 is left over; then ‖A‖ = 4 with x = (1/4, 1/4)
    for (const size of [1, 2]) {
      const { x, digits, residual } = leastSquares(
        Float64Array.of(size, size, size, size, 0, 0),
        3,
        2,
        Float64Array.of(1, 1, 3),
        1,
      );
      for (const entry of x) expect(entry).toBeCloseTo(0.5 / size, 15);
      expect(residual[2]).toBe(3);
      const error = 2 ** -53 + 10 * 3 * Number.EPSILON * (1 + 3 / (2 * Math.SQRT1_2));
      expect(digits).toBeCloseTo(-Math.log10(error), 12);
    }
  });

  test("leastSquares says how far x and r are from the augmented system: not at all where both are exact", () => {
    const B = Float64Array.of(1, 1, 4);
    const exact = leastSquares(Float64Array.of(1, 0, 0, 1, 0, 0), 3, 2, B, 1);
    expect(exact.backwardError).toBe(0);
    expect(exact.digits).toBeCloseTo(Math.log10(2 ** 53), 12);
    const A = normalMatrix(20, 4, 5);
    const { backwardError } = leastSquares(A.data, 20, 4, normalMatrix(20, 1, 6).data, 1);
    expect(backwardError).toBeGreaterThan(1e-19);
    expect(backwardError).toBeLessThan(1e-15);
  });

  test("leastSquares leaves a residual B − A·x that is orthogonal to A's columns", () => {
    fc.assert(
      fc.property(shapes, ({ n, more, k, seed }) => {
        const m = n + more;
        const [A, B] = [normalMatrix(m, n, seed), normalMatrix(m, k, seed + 1)];
        const { x, residual, condition } = leastSquares(A.data, m, n, B.data, k);
        const R = new Matrix(m, k, residual);
        const bound = 1e-14 * condition;
        expect(farthest(B.minus(A.matmul(new Matrix(n, k, x))), R)).toBeLessThan(10 * bound);
        expect(farthest(A.T.matmul(R), new Matrix(n, k))).toBeLessThan(1e-13);
      }),
    );
  });

  test("leastSquares with a ridge penalty in the rows: (AᵀA + αI)·x = AᵀB", () => {
    const [m, n, k, alpha] = [9, 4, 2, 0.25];
    const [A, B] = [normalMatrix(m, n, 1), normalMatrix(m, k, 2)];
    const rows = new Matrix(m + n, n);
    rows.data.set(A.data);
    for (let j = 0; j < n; j++) rows.data[(m + j) * n + j] = Math.sqrt(alpha);
    const targets = new Float64Array((m + n) * k);
    targets.set(B.data);
    const x = new Matrix(n, k, leastSquares(rows.data, m + n, n, targets, k).x);
    expect(farthest(A.T.matmul(A).matmul(x).plus(x.times(alpha)), A.T.matmul(B))).toBeLessThan(1e-14);
  });

  test("leastSquares does not see powers of two in A's columns and in B's", () => {
    const [A, B] = [normalMatrix(8, 3, 5), normalMatrix(8, 2, 6)];
    const plain = leastSquares(A.data, 8, 3, B.data, 2);
    const [columns, targets] = [
      [2 ** -300, 1, 2 ** 300],
      [2 ** 200, 2 ** -200],
    ];
    const scaled = leastSquares(
      A.times(new Matrix(1, 3, Float64Array.from(columns!))).data,
      8,
      3,
      B.times(new Matrix(1, 2, Float64Array.from(targets!))).data,
      2,
    );
    expect(scaled.x).toEqual(plain.x.map((x, at) => (x / columns![Math.floor(at / 2)]!) * targets![at % 2]!));
    expect(scaled.condition).toBe(plain.condition);
  });

  test("leastSquares of an exact fit finds it, with nothing left", () => {
    const A = Matrix.from([[1, 0], [1, 1], [1, 2]]); // biome-ignore format: one matrix
    const { x, residual, rank, digits } = leastSquares(A.data, 3, 2, Float64Array.of(1, 3, 5), 1);
    expect([Array.from(x), rank]).toEqual([[1, 2], 2]);
    for (const rest of residual) expect(Math.abs(rest)).toBeLessThan(1e-30);
    expect(digits).toBeGreaterThan(15.9);
  });

  test("leastSquares of zeros, of nothing, and of fewer rows than columns", () => {
    const b = Float64Array.of(1, 2, 3);
    expect(leastSquares(new Float64Array(6), 3, 2, b, 1)).toMatchObject({
      x: new Float64Array(2),
      residual: b,
      rank: 0,
      condition: 1,
    });
    expect(leastSquares(new Float64Array(0), 3, 0, b, 1)).toMatchObject({
      x: new Float64Array(0),
      residual: b,
      rank: 0,
    });
    expect(leastSquares(new Float64Array(0), 0, 2, new Float64Array(0), 1).x).toEqual(new Float64Array(2));
    expect(leastSquares(Float64Array.of(1, 2, 3), 3, 1, new Float64Array(3), 1).x).toEqual(
      new Float64Array(1),
    );
    const wide = leastSquares(Float64Array.of(3, 4), 1, 2, Float64Array.of(25), 1);
    expect(farthest(new Matrix(2, 1, wide.x), Matrix.from([[3], [4]]))).toBeLessThan(1e-15);
    expect([wide.rank, wide.residual.length]).toEqual([1, 1]);
  });

  test("leastSquares says nothing is right where nothing is: a NaN gives no digits", () => {
    const solved = leastSquares(Float64Array.of(1, Number.NaN, 1, 1), 2, 2, Float64Array.of(1, 1), 1);
    expect(solved.digits).toBe(0);
  });
});

describe("qr", () => {
  test("qr(A) keeps R and the reflections: Q·R is A, Qᵀ·A is R, and Q of the unit matrix is orthogonalFactor", () => {
    for (const [m, n] of [
      [1, 1],
      [5, 1],
      [4, 4],
      [9, 3],
    ] as const) {
      // biome-ignore format: a table
      const A = normalMatrix(m, n, m + n);
      const factored = qr(A.data, m, n);
      const R = new Matrix(m, n);
      for (let i = 0; i < n; i++)
        for (let j = i; j < n; j++) R.data[i * n + j] = factored.factors[i * n + j]!;
      const [product, rotated, Q] = [R.clone(), A.clone(), new Matrix(m, n)];
      multiplyQ(factored, product.data, n);
      multiplyQT(factored, rotated.data, n);
      for (let j = 0; j < n; j++) Q.data[j * n + j] = 1;
      multiplyQ(factored, Q.data, n);
      expect(farthest(product, A)).toBeLessThan(1e-14);
      expect(farthest(rotated, R)).toBeLessThan(1e-14);
      expect(farthest(Q, orthogonalFactor(A))).toBe(0);
    }
  });
});
