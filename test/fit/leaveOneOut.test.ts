import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { Moments } from "../../src/data/moments.js";
import { ridgePath } from "../../src/fit/ridgePath.js";
import { cholesky, choleskySolve } from "../../src/linalg/cholesky.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { NumPy } from "../../src/random/numpy.js";
import { refuses } from "../nn/help.js";

const draw = new NumPy(7);
const [m, n, k] = [2600, 3, 2];
const X = new Matrix(m, n, draw.standardNormal(m * n)).times(Matrix.from([[1, 30, 0.2]])).plus(4);
const Y = X.matmul(Matrix.from([[1, 0], [0.1, 2], [3, -1]])).plus(new Matrix(m, k, draw.standardNormal(m * k))); // biome-ignore format: rows
const weights = Array.from({ length: m }, (_, i) => (i % 5) / 2);

/** The residual of a row over 1 − ωh, h = [x 1]ᵀ(ΣωXXᵀ + αI)⁻¹[x 1] with the penalty on the weights alone, row by row. */
function plain(omega: (i: number) => number, alpha: number, intercept: boolean): number[] {
  const p = intercept ? n + 1 : n;
  const row = (i: number) => [...X.data.subarray(i * n, i * n + n), ...(intercept ? [1] : [])];
  const A = new Float64Array(p * p);
  const B = new Float64Array(p * k);
  for (let i = 0; i < m; i++) {
    const x = row(i);
    for (let a = 0; a < p; a++) {
      for (let c = 0; c < p; c++) A[a * p + c]! += omega(i) * x[a]! * x[c]!;
      for (let l = 0; l < k; l++) B[a * k + l]! += omega(i) * x[a]! * Y.data[i * k + l]!;
    }
  }
  for (let j = 0; j < n; j++) A[j * p + j]! += alpha;
  const { L } = cholesky(A, p);
  choleskySolve(L, p, B, k);
  const sums = new Array<number>(k).fill(0);
  let weight = 0;
  for (let i = 0; i < m; i++) {
    const x = row(i);
    const turned = Float64Array.from(x);
    choleskySolve(L, p, turned, 1);
    const h = x.reduce((sum, value, a) => sum + value * turned[a]!, 0);
    for (let l = 0; l < k; l++) {
      const r = x.reduce((sum, value, a) => sum + value * B[a * k + l]!, -Y.data[i * k + l]!);
      sums[l]! += omega(i) * (r / (1 - omega(i) * h)) ** 2;
    }
    weight += omega(i);
  }
  return sums.map((sum) => sum / weight);
}

describe("leave-one-out errors", () => {
  it.each([
    [false, true],
    [true, true],
    [false, false],
    [true, false],
  ])(
    "of more rows than a block are those of one row after the other; weighted: %j, with a bias: %j",
    (weighted, intercept) => {
      const data = new Dataset({ X, Y, ...(weighted ? { weights } : {}) });
      const omega = (i: number) => (weighted ? weights[i]! : 1);
      const { weight } = Moments.of(data);
      const lambdas = [0, 1e-3, 0.1, 5];
      const { points } = ridgePath(data, { lambdas, loo: true, folds: 1, intercept });
      for (const [i, lambda] of lambdas.entries()) {
        const errors = plain(omega, (lambda * weight * k) / 2, intercept);
        for (const l of [0, 1]) expect(points[i]!.loo![l]! / errors[l]!).toBeCloseTo(1, 10);
      }
      // as many λ as make the blocks smaller change nothing
      const many = Array.from({ length: 400 }, (_, i) => lambdas[i % 4]!);
      const again = ridgePath(data, { lambdas: many, loo: true, folds: 1, intercept }).points;
      for (const [i, { loo }] of again.entries()) {
        for (const l of [0, 1]) expect(loo![l]! / points[i % 4]!.loo![l]!).toBeCloseTo(1, 12);
      }
    },
  );

  it("are computed on request, from rows", () => {
    const data = new Dataset({ X, Y });
    expect(ridgePath(data, { lambdas: [1], folds: 1 }).points[0]!.loo).toBeNull();
    refuses(() => ridgePath(Moments.of(data), { loo: true }), "OPTION", /rows for leave-one-out/);
  });
});
