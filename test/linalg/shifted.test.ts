import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cholesky, choleskySolve } from "../../src/linalg/cholesky.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { ShiftedSystem } from "../../src/linalg/shifted.js";
import { symmetricEigen, tridiagonalEigenvalues } from "../../src/linalg/symmetricEigen.js";
import { multiply, multiplyTransposed, tridiagonalise } from "../../src/linalg/tridiagonalise.js";
import { normalMatrix } from "./random.js";

const largest = (values: Float64Array) => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
const identity = (n: number) =>
  Matrix.from(Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0))));

/** XᵀX of a random X with so many rows. */
const gram = (rows: number, n: number, seed: number) => {
  const X = normalMatrix(rows, n, seed);
  return X.T.matmul(X);
};

describe("ShiftedSystem", () => {
  test("solves (A + αI)X = B for every α as Cholesky does, in any number of columns", () => {
    const size = fc.record({
      n: fc.integer({ min: 1, max: 40 }),
      k: fc.integer({ min: 1, max: 3 }),
      alphas: fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 90 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(size, ({ n, k, alphas, seed }) => {
        const A = gram(n + 5, n, seed);
        const B = normalMatrix(n, k, seed + 1);
        const X = new ShiftedSystem(A.data, n, B.data, k).solve(alphas);
        for (const [a, alpha] of alphas.entries()) {
          const shifted = A.data.slice();
          for (let i = 0; i < n; i++) shifted[i * n + i]! += alpha;
          const expected = B.data.slice();
          choleskySolve(cholesky(shifted, n).L, n, expected, k);
          const width = alphas.length * k;
          const found = expected.map((_, at) => X[Math.floor(at / k) * width + a * k + (at % k)]!);
          const far = largest(found.map((x, at) => x - expected[at]!));
          expect(far).toBeLessThanOrEqual(1e-10 * largest(expected));
        }
      }),
      { numRuns: 60 },
    );
  });

  test("its eigenvalues are those of symmetricEigen, to the bit where these are positive", () => {
    for (const n of [1, 2, 7, 130]) {
      const A = gram(Math.ceil(n / 2), n, n);
      const { squares } = new ShiftedSystem(A.data, n, new Float64Array(n), 1);
      expect(squares).toEqual(symmetricEigen(A.data, n).values.map((value) => Math.max(value, 0)));
    }
  });

  test("scales with the matrix, from 1e-300 to 1e300", () => {
    const A = gram(9, 6, 3);
    const B = normalMatrix(6, 1, 4);
    const of = (unit: number) => {
      const system = new ShiftedSystem(
        A.data.map((a) => a * unit),
        6,
        B.data,
        1,
      );
      return system.solve([2 * unit]).map((x) => x * unit);
    };
    for (const unit of [2 ** -996, 2 ** 990]) expect(of(unit)).toEqual(of(1));
  });
});

describe("tridiagonalise", () => {
  test.each([1, 2, 3, 50, 133])("A = QTQᵀ with an orthogonal Q, n = %d", (n) => {
    const A = normalMatrix(n, n, n);
    const symmetric = A.plus(A.T);
    const T = tridiagonalise(symmetric.data, n);
    const Q = identity(n);
    multiply(T, Q.data, n);
    const few = identity(n).data.slice();
    const columns = Float64Array.from(
      { length: n * 2 },
      (_, at) => few[Math.floor(at / 2) * n + (at % 2)] ?? 0,
    );
    multiply(T, columns, 2); // one reflection at a time
    for (let i = 0; i < n; i++)
      for (let c = 0; c < Math.min(2, n); c++)
        expect(Math.abs(columns[i * 2 + c]! - Q.data[i * n + c]!)).toBeLessThan(1e-14 * (n + 2));
    const back = new Matrix(n, n, Q.data.slice());
    multiplyTransposed(T, back.data, n);
    expect(largest(back.minus(identity(n)).data)).toBeLessThan(1e-14 * (n + 2));
    const tridiagonal = new Matrix(n, n);
    for (let i = 0; i < n; i++) {
      tridiagonal.data[i * n + i] = T.diagonal[i]!;
      if (i === 0) continue;
      tridiagonal.data[i * n + i - 1] = T.offDiagonal[i - 1]!;
      tridiagonal.data[(i - 1) * n + i] = T.offDiagonal[i - 1]!;
    }
    const rebuilt = Q.matmul(tridiagonal).matmul(Q.T);
    expect(largest(rebuilt.minus(symmetric).data)).toBeLessThan(1e-14 * (n + 2) * largest(symmetric.data));
  });

  test("eigenvalues are found at either end, however many are found at one of them", () => {
    for (const growth of [0.97, 1, 1.03]) {
      const n = 200;
      const A = normalMatrix(n, n, 1);
      const graded = A.plus(A.T).data.map((a, at) => a * growth ** (Math.floor(at / n) + (at % n)));
      const { values, vectors } = symmetricEigen(graded, n);
      const G = new Matrix(n, n, graded);
      const V = new Matrix(n, n, vectors);
      const images = V.times(new Matrix(1, n, values));
      expect(largest(G.matmul(V).minus(images).data)).toBeLessThan(1e-13 * largest(values) * 4);
      expect(tridiagonalEigenvalues(tridiagonalise(graded, n))).toHaveLength(n);
    }
  });
});
