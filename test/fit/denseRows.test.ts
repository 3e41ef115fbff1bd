import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { fitRidge } from "../../src/fit/fitRidge.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { NumPy } from "../../src/random/numpy.js";

describe("fitRidge of many rows", () => {
  it.each([
    [8, 3],
    [9, 1],
  ])(
    "stays with Cholesky where doubles get fewer digits of weights that are far smaller than the others: seed %s",
    (seed, noise) => {
      const [m, n] = [30_000, 22];
      const random = new NumPy(seed);
      const X = new Matrix(m, n, random.normal(0, 1, m * n));
      const Y = X.matmul(Matrix.from(Array.from({ length: n }, (_, j) => [(j % 5) - 2])));
      const data = new Dataset({ X, Y: Y.plus(new Matrix(m, 1, random.normal(0, noise, m))) });
      const { receipt, model } = fitRidge(data, { lambda: 0.1 });
      expect(model.training!.solver).toBe("cholesky");
      expect(receipt.digits[0]).toBeGreaterThanOrEqual(9);
    },
  );
});
