import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { largestEigenvalue } from "../../src/linalg/largestEigenvalue.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { orthogonalFactor } from "../../src/linalg/qr.js";
import { runInChild } from "../numbers/child.js";
import { normalMatrix } from "./random.js";

const EPSILON = Number.EPSILON;
const largest = (A: Matrix) => largestEigenvalue(A.data, A.rows);

/** diag(d) */
function diagonal(entries: number[]): Matrix {
  const out = new Matrix(entries.length, entries.length);
  for (const [i, entry] of entries.entries()) out.data[i * out.cols + i] = entry;
  return out;
}

/** Q·diag(d)·Qᵀ with a random orthogonal Q, made symmetric to the bit */
function withSpectrum(entries: number[], seed: number): Matrix {
  const Q = orthogonalFactor(normalMatrix(entries.length, entries.length, seed));
  const A = Q.times(new Matrix(1, entries.length, Float64Array.from(entries))).matmul(Q.T);
  return A.plus(A.T).times(0.5);
}

/** n·ε of the largest entry is promised; the matrix itself is that far from its spectrum too. */
function expectNear(value: number, expected: number, n: number, size: number): void {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(8 * n * EPSILON * size);
}

describe("largestEigenvalue", () => {
  test("largestEigenvalue of diag(d) is the largest of d, exactly", () => {
    const list = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(list, (entries) => {
        const size = Math.max(...entries.map(Math.abs));
        expectNear(largest(diagonal(entries)), Math.max(...entries), entries.length, size);
      }),
    );
    expect(largest(diagonal([1, 3, 2]))).toBe(3);
    expect(largest(diagonal([3, 3, 3]))).toBe(3);
  });

  test("largestEigenvalue of a 1×1 matrix is its entry, to the sign", () => {
    for (const a of [5, -5, 1e300, 1e-300, 5e-324, -1e-310]) expect(largest(diagonal([a]))).toBe(a);
    expect(largest(diagonal([0]))).toBe(0);
  });

  test("largestEigenvalue of zeros is 0", () => expect(largest(new Matrix(4, 4))).toBe(0));

  test("largestEigenvalue of v·vᵀ is ‖v‖², of −v·vᵀ it is 0", () => {
    const entry = fc.double({ min: -10, max: 10, noNaN: true }).map((x) => (Math.abs(x) < 1e-60 ? 0 : x));
    const vector = fc.array(entry, { minLength: 2, maxLength: 9 });
    fc.assert(
      fc.property(vector, (entries) => {
        const v = new Matrix(entries.length, 1, Float64Array.from(entries));
        const square = entries.reduce((sum, x) => sum + x * x, 0);
        const A = v.matmul(v.T);
        expectNear(largest(A), square, entries.length, square);
        expectNear(largest(A.times(-1)), 0, entries.length, square);
      }),
    );
  });

  test.each<[number, number]>([
    [2, 1.2675918792439982],
    [3, 1.4083189271236543],
    [5, 1.5670506910982307],
  ])("largestEigenvalue of the Hilbert matrix of size %d", (n, expected) => {
    const H = new Matrix(n, n).data.map((_, at) => 1 / (1 + Math.floor(at / n) + (at % n)));
    expectNear(largestEigenvalue(H, n), expected, n, 1);
  });

  test("largestEigenvalue of QDQᵀ is the largest of D, for any spectrum", () => {
    const spectrum = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 10 });
    fc.assert(
      fc.property(spectrum, fc.integer({ min: 0, max: 1e6 }), (entries, seed) => {
        const size = Math.max(...entries.map(Math.abs), 1e-300);
        expectNear(largest(withSpectrum(entries, seed)), Math.max(...entries), entries.length, size);
      }),
      { numRuns: 200 },
    );
  });

  test("largestEigenvalue finds the top one of a tie, of a near tie, and beside one larger in size but negative", () => {
    for (const entries of [
      [2, 2, 1],
      [2, 2, 2, 2],
      [1, 1 + 1e-13, 0.5, -1],
      [-5, 1, 0.999],
      [-1, -2, -3],
      [1e-12, 0, -1],
    ]) {
      for (let seed = 0; seed < 10; seed++) {
        const size = Math.max(...entries.map(Math.abs));
        expectNear(largest(withSpectrum(entries, seed)), Math.max(...entries), entries.length, size);
      }
    }
  });

  test("largestEigenvalue is not deceived by a start that is orthogonal to the top eigenvector", () => {
    // power iteration from (1, 1, …) or from a unit vector stays at the smaller eigenvalue
    expectNear(largest(Matrix.from([[2, -1], [-1, 2]])), 3, 2, 2); // biome-ignore format: one matrix
    expectNear(largest(Matrix.from([[1, 0, 0], [0, 3, -1], [0, -1, 3]])), 4, 3, 3); // biome-ignore format: one matrix
  });

  test("largestEigenvalue of two blocks looks at the second where a bound hits an eigenvalue of the first", () => {
    // bisection starts between 4 and 8: the bound 6 is an eigenvalue of the first block
    const blocks = [
      [4, -2, 0, 0],
      [-2, 4, 0, 0],
      [0, 0, 4, 4],
      [0, 0, 4, 4],
    ];
    expectNear(largest(Matrix.from(blocks)), 8, 4, 8);
  });

  test("largestEigenvalue of the path graph's Laplacian is 2 + 2·cos(π/n)", () => {
    for (const n of [2, 3, 10, 40]) {
      const A = new Matrix(n, n);
      for (let i = 0; i < n; i++) {
        A.data[i * n + i] = i === 0 || i === n - 1 ? 1 : 2;
        if (i > 0) A.data[i * n + i - 1] = A.data[(i - 1) * n + i] = -1;
      }
      expectNear(largest(A), 2 + 2 * Math.cos(Math.PI / n), n, 4);
    }
  });

  test("largestEigenvalue scales with the matrix, from 1e-300 to 1e300", () => {
    const A = withSpectrum([3, 1, -2, 0.5], 7);
    for (const scale of [1e-300, 1e-160, 1e160, 1e300]) expectNear(largest(A.times(scale)) / scale, 3, 4, 3);
    expectNear(largest(diagonal([1e-320, 5e-321])) / 1e-320, 1, 1, 1e12);
  });

  test("largestEigenvalue of a wide spread keeps the top one", () => {
    expectNear(largest(withSpectrum([1e12, 1, 1e-6], 8)), 1e12, 3, 1e12);
    expectNear(largest(Matrix.from([[1e-20, 1e-10], [1e-10, 1]])), 1 + 1e-20, 2, 1); // biome-ignore format: one matrix
  });

  // in a process of its own, with a limit of time: a bisection between NaNs would never end
  test.each<[string, number[], number]>([
    ["next to 1", [1e-160, 1, 2], 5],
    ["below the squares that float64 holds", [1e-100, 1e-130, 1, 1e-120], 1],
    ["that is subnormal", [1e-310, 3, 4], 25],
  ])("largestEigenvalue of v·vᵀ with an entry %s is ‖v‖² all the same", async (_, v, expected) => {
    const A = JSON.stringify(v.flatMap((x) => v.map((y) => x * y)));
    const code = `import { largestEigenvalue } from "./linalg/largestEigenvalue.js";
      console.log(largestEigenvalue(Float64Array.from(${A}), ${v.length}));`;
    const out = await runInChild(code, [], 3);
    expect(out, "an answer within three seconds").not.toBeNull();
    expectNear(Number(out), expected, v.length, expected);
  });

  test("largestEigenvalue is above every Rayleigh quotient and leaves its matrix alone", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 7 }), (seed, n) => {
        const B = normalMatrix(n, n, seed);
        const A = B.plus(B.T);
        const before = A.clone();
        const top = largest(A);
        expect(A).toEqual(before);
        const v = normalMatrix(n, 1, seed + 1);
        const quotient = v.T.matmul(A.matmul(v)).sum() / v.T.matmul(v).sum();
        expect(quotient).toBeLessThanOrEqual(top + 100 * EPSILON * Math.abs(top));
      }),
    );
  });
});
