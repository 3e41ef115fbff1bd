import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { largestEigenvalue } from "../../src/linalg/largestEigenvalue.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { orthogonalFactor } from "../../src/linalg/qr.js";
import { symmetricEigen } from "../../src/linalg/symmetricEigen.js";
import { farthest, identity, normalMatrix } from "./random.js";

const EPSILON = Number.EPSILON;

/** Checks A·V = V·diag(λ), VᵀV = I and the order; returns the values. */
function decomposed(A: Matrix): Float64Array {
  const n = A.rows;
  const before = A.clone();
  const { values, vectors } = symmetricEigen(A.data, n);
  expect(A).toEqual(before);
  const V = new Matrix(n, n, vectors);
  const size = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const unit = size === 0 ? 1 : size;
  const scaled = new Matrix(
    n,
    n,
    A.data.map((a) => a / unit),
  );
  const images = V.times(
    new Matrix(
      1,
      n,
      values.map((value) => value / unit),
    ),
  );
  expect(farthest(scaled.matmul(V), images)).toBeLessThanOrEqual(4 * (n + 2) * EPSILON);
  expect(farthest(V.T.matmul(V), identity(n))).toBeLessThanOrEqual(4 * (n + 2) * EPSILON);
  for (let j = 1; j < n; j++) expect(values[j]).toBeLessThanOrEqual(values[j - 1]!);
  return values;
}

const symmetric = (n: number, seed: number) => {
  const B = normalMatrix(n, n, seed);
  return B.plus(B.T);
};

function withSpectrum(entries: number[], seed: number): Matrix {
  const Q = orthogonalFactor(normalMatrix(entries.length, entries.length, seed));
  const A = Q.times(new Matrix(1, entries.length, Float64Array.from(entries))).matmul(Q.T);
  return A.plus(A.T).times(0.5);
}

describe("symmetricEigen", () => {
  test("symmetricEigen(A) decomposes A, in descending order, and leaves A alone", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 0, max: 1e6 }), (n, seed) => {
        decomposed(symmetric(n, seed));
      }),
    );
  });

  test("symmetricEigen finds the spectrum that was put in, ties, zeros and negative values among it", () => {
    const spectrum = fc.array(fc.constantFrom(-5, -1, -1e-9, 0, 1e-14, 1, 1 + 1e-13, 2, 1e3), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(spectrum, fc.integer({ min: 0, max: 1e6 }), (entries, seed) => {
        const values = decomposed(withSpectrum(entries, seed));
        const size = Math.max(...entries.map(Math.abs));
        for (const [j, expected] of entries.sort((a, b) => b - a).entries()) {
          expect(Math.abs(values[j]! - expected)).toBeLessThanOrEqual(8 * entries.length * EPSILON * size);
        }
      }),
    );
  });

  test("symmetricEigen of no rows, one row and diagonal matrices is exact", () => {
    expect(symmetricEigen(new Float64Array(0), 0)).toEqual({
      values: new Float64Array(0),
      vectors: new Float64Array(0),
    });
    for (const a of [0, 5, -5, 1e300, 5e-324]) {
      expect(symmetricEigen(Float64Array.of(a), 1)).toEqual({
        values: Float64Array.of(a),
        vectors: Float64Array.of(1),
      });
    }
    const { values, vectors } = symmetricEigen(Matrix.from([[1, 0, 0], [0, 7, 0], [0, 0, -3]]).data, 3); // biome-ignore format: one matrix
    expect(Array.from(values)).toEqual([7, 1, -3]);
    expect(Array.from(vectors, Math.abs)).toEqual([0, 1, 0, 1, 0, 0, 0, 0, 1]);
    expect(Array.from(decomposed(new Matrix(4, 4)))).toEqual([0, 0, 0, 0]);
  });

  test("symmetricEigen of a 2×2 matrix", () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
    expect(Math.abs(values[0]! - 3)).toBeLessThan(1e-15);
    expect(Math.abs(values[1]! - 1)).toBeLessThan(1e-15);
    for (const entry of vectors) expect(Math.abs(Math.abs(entry) - Math.SQRT1_2)).toBeLessThan(1e-15);
    expect(vectors[0]! * vectors[2]!).toBeGreaterThan(0);
  });

  test("symmetricEigen scales with the matrix, from 1e-305 to 1e300", () => {
    const A = symmetric(9, 4);
    const { values } = symmetricEigen(A.data, 9);
    for (const scale of [2 ** -1000, 2 ** -500, 2 ** 500, 2 ** 1000]) {
      expect(decomposed(A.times(scale))).toEqual(values.map((value) => value * scale));
    }
  });

  test("symmetricEigen of the second difference has the values 2 − 2·cos(πj/(n+1))", () => {
    const n = 40;
    const A = new Matrix(n, n);
    for (let i = 0; i < n; i++) {
      A.data[i * n + i] = 2;
      if (i > 0) A.data[i * n + i - 1] = A.data[(i - 1) * n + i] = -1;
    }
    for (const [j, value] of decomposed(A).entries()) {
      expect(Math.abs(value - (2 - 2 * Math.cos((Math.PI * (n - j)) / (n + 1))))).toBeLessThan(4e-15);
    }
  });

  test("symmetricEigen of Wilkinson's W21⁺, whose top two values agree in 14 digits", () => {
    const W = new Matrix(21, 21);
    for (let i = 0; i < 21; i++) {
      W.data[i * 22] = Math.abs(i - 10);
      if (i > 0) W.data[i * 21 + i - 1] = W.data[(i - 1) * 21 + i] = 1;
    }
    const values = decomposed(W);
    expect(Math.abs(values[0]! - 10.746194182903393)).toBeLessThan(1e-13);
    expect(Math.abs(values[20]! - -1.1254415221199847)).toBeLessThan(1e-13);
  });

  test("symmetricEigen of graded matrices, growing and shrinking, ends and decomposes", () => {
    for (const sign of [1, -1]) {
      const A = new Matrix(10, 10);
      for (let i = 0; i < 10; i++) {
        for (let j = 0; j < 10; j++) A.data[i * 10 + j] = 10 ** (sign * 4 * (i + j)) * (i === j ? 2 : 1);
      }
      decomposed(A);
    }
  });

  test("symmetricEigen of 256×256 keeps n·ε", () => {
    decomposed(symmetric(256, 1));
  });

  test("symmetricEigen's first value is largestEigenvalue", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 1e6 }), (n, seed) => {
        const A = symmetric(n, seed);
        const { values } = symmetricEigen(A.data, n);
        const size = Math.max(Math.abs(values[0]!), Math.abs(values[n - 1]!));
        expect(Math.abs(values[0]! - largestEigenvalue(A.data, n))).toBeLessThanOrEqual(
          8 * n * EPSILON * size,
        );
      }),
    );
  });
});

describe("tridiagonalise, where entries differ by more than their squares can hold", () => {
  const exponents = fc.array(fc.integer({ min: -1070, max: 0 }), { minLength: 2, maxLength: 8 });

  test("symmetricEigen and largestEigenvalue of v·vᵀ hold ‖v‖² and 0, however small v's entries", () => {
    fc.assert(
      fc.property(exponents, fc.integer({ min: 0, max: 1e6 }), (powers, seed) => {
        const n = powers.length;
        const v = normalMatrix(n, 1, seed);
        for (const [i, power] of powers.entries()) v.data[i]! *= 2 ** power;
        v.data[seed % n] = 1;
        const A = v.matmul(v.T);
        const square = A.data.reduce((most, a, at) => (at % (n + 1) === 0 ? most + a : most), 0);
        const values = decomposed(A);
        expect(Math.abs(values[0]! - square)).toBeLessThanOrEqual(8 * n * EPSILON * square);
        expect(Math.abs(largestEigenvalue(A.data, n) - square)).toBeLessThanOrEqual(8 * n * EPSILON * square);
        expect(Math.abs(values[n - 1]!)).toBeLessThanOrEqual(8 * n * EPSILON * square);
      }),
      { numRuns: 1000 },
    );
  });

  test("largestEigenvalue and symmetricEigen of NaN are NaN, and end", () => {
    for (const entry of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const A = new Float64Array(9).fill(entry);
      expect(largestEigenvalue(A, 3)).toBeNaN();
      expect(symmetricEigen(A, 3).values[0]).toBeNaN();
    }
  });
});
