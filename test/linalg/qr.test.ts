import fc from "fast-check";
import { expect, test } from "vitest";
import { Matrix } from "../../src/linalg/matrix.js";
import { orthogonalFactor } from "../../src/linalg/qr.js";
import { farthest, identity, normalMatrix } from "./random.js";

const shapes = fc
  .record({
    n: fc.integer({ min: 1, max: 8 }),
    more: fc.integer({ min: 0, max: 8 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
    scale: fc.constantFrom(1, 1e-150, 1e150),
  })
  .map(({ n, more, seed, scale }) => ({ A: normalMatrix(n + more, n, seed).times(scale), scale }));

test("orthogonalFactor(A) has orthonormal columns", () => {
  fc.assert(
    fc.property(shapes, ({ A }) => {
      const Q = orthogonalFactor(A);
      expect(Q.shape).toBe(A.shape);
      expect(farthest(Q.T.matmul(Q), identity(A.cols))).toBeLessThan(1e-14);
    }),
  );
});

test("orthogonalFactor(A) spans the columns of A, one after the other: QᵀA is upper triangular, Q·QᵀA is A", () => {
  fc.assert(
    fc.property(shapes, ({ A, scale }) => {
      const Q = orthogonalFactor(A);
      const R = Q.T.matmul(A);
      expect(farthest(Q.matmul(R), A)).toBeLessThan(1e-13 * scale);
      for (let j = 0; j < R.cols; j++) {
        for (let i = j + 1; i < R.rows; i++)
          expect(Math.abs(R.data[i * R.cols + j]!)).toBeLessThan(1e-13 * scale);
      }
    }),
  );
});

test("orthogonalFactor(A) leaves A alone", () => {
  const A = normalMatrix(5, 3, 1);
  orthogonalFactor(A);
  expect(A).toEqual(normalMatrix(5, 3, 1));
});

test("orthogonalFactor(A) has LAPACK's signs, as numpy.linalg.qr prints them", () => {
  const Q = orthogonalFactor(Matrix.from([[1, 2], [3, 4], [5, 6]])); // biome-ignore format: one matrix
  const expected = [
    [-0.16903085094570333, 0.8970852271450604],
    [-0.50709255283711, 0.27602622373694213],
    [-0.8451542547285166, -0.3450327796711771],
  ];
  expect(farthest(Q, Matrix.from(expected))).toBeLessThan(1e-15);
});

test("orthogonalFactor(A) of a square A leaves the last column as it is: the sign of its pivot decides nothing", () => {
  // the last reflection acts on one entry and is none, so R's last pivot may be negative
  const square = orthogonalFactor(Matrix.from([[1, 2], [3, 4]])); // biome-ignore format: one matrix
  const expected = [
    [-0.316227766016838, -0.9486832980505138],
    [-0.9486832980505138, 0.316227766016838],
  ];
  expect(farthest(square, Matrix.from(expected))).toBeLessThan(1e-15);
  expect(orthogonalFactor(Matrix.from([[-3]])).toArray()).toEqual([[1]]);
});

test("orthogonalFactor(A) maps a column to −sign(first entry)·norm", () => {
  fc.assert(
    fc.property(shapes, ({ A }) => {
      fc.pre(A.rows > 1);
      const R = orthogonalFactor(A).T.matmul(A);
      const norm = Math.hypot(...A.T.slice(0, 1).data);
      const expected = A.data[0]! >= 0 ? -norm : norm;
      expect(Math.abs(R.data[0]! - expected)).toBeLessThan(1e-13 * norm);
    }),
  );
});

test("orthogonalFactor(A) has orthonormal columns for zeros, unit columns and columns that repeat", () => {
  const cases = [new Matrix(4, 2), identity(3), Matrix.from([[1, 1], [1, 1], [1, 1]])]; // biome-ignore format: three matrices
  for (const A of cases) {
    const Q = orthogonalFactor(A);
    expect(farthest(Q.T.matmul(Q), identity(A.cols))).toBeLessThan(1e-15);
  }
});
