import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { Moments } from "../../src/data/moments.js";
import { flatten, momentGram, momentLoss, momentSquares, momentSums } from "../../src/model/momentSums.js";

// whole numbers, so that every sum is exact
const X = [[1, 2, 0], [3, -1, 4], [2, 5, 2], [6, 2, 2]]; // biome-ignore format: rows
const Y = [[1, 3], [0, -2], [5, 1], [2, 2]]; // biome-ignore format: rows
const w = Float64Array.of(1, -1, 2, 0, -2, 3);
const b = Float64Array.of(2, -1);
const flat = flatten(Moments.of(new Dataset({ X, Y })));

const residual = X.map((row, i) =>
  [0, 1].map((l) => row.reduce((sum, x, j) => sum + x * w[j * 2 + l]!, b[l]!) - Y[i]![l]!),
);
const over = (f: (i: number) => number) => X.reduce((sum, _, i) => sum + f(i), 0);
const squares = [0, 1].map((l) => over((i) => residual[i]![l]! ** 2));

describe("momentSums", () => {
  const sums = new Float64Array(5 * 2);
  const bound = momentSums(flat, w, b, sums, new Float64Array(3 * 2));

  test("momentSums has Xᵀr, 1ᵀr and Σr² of the rows", () => {
    const expected = [
      ...[0, 1, 2].flatMap((j) => [0, 1].map((l) => over((i) => X[i]![j]! * residual[i]![l]!))),
      ...[0, 1].map((l) => over((i) => residual[i]![l]!)),
      ...squares,
    ];
    expect(Array.from(sums, (x) => Math.round(x * 1e9) / 1e9)).toEqual(expected);
  });

  test("momentSums bounds the error of ΣΣr² by (n + 32)·ε times the sizes of what it adds", () => {
    const mean = [0, 1].map((l) => over((i) => residual[i]![l]!) / 4);
    const product = (j: number, l: number) =>
      [0, 1, 2].reduce((sum, i) => sum + flat.sxx[j * 3 + i]! * w[i * 2 + l]!, 0);
    let size = 0;
    for (const l of [0, 1]) {
      size += flat.syy[l]! + 4 * mean[l]! ** 2;
      for (const j of [0, 1, 2]) {
        size += Math.abs(w[j * 2 + l]!) * (Math.abs(product(j, l)) + 2 * Math.abs(flat.sxy[j * 2 + l]!));
      }
    }
    expect(bound / (35 * Number.EPSILON)).toBeCloseTo(size, 9);
  });

  test("momentSquares and momentLoss take Σr² and the mean over rows and targets from them, with its bound", () => {
    const found = momentSquares(flat, w, b);
    expect(Array.from(found.squares, (x) => Math.round(x * 1e9) / 1e9)).toEqual(squares);
    expect(found.bound).toBe(bound);
    const loss = momentLoss(flat, w, b);
    expect(loss.mse).toBeCloseTo((squares[0]! + squares[1]!) / 8, 12);
    expect(loss.bound).toBe(bound / 8);
  });
});

test("momentGram is [X 1]ᵀ[X 1]", () => {
  const wide = X.map((row) => [...row, 1]);
  const expected = [0, 1, 2, 3].flatMap((j) =>
    [0, 1, 2, 3].map((i) => wide.reduce((sum, row) => sum + row[j]! * row[i]!, 0)),
  );
  expect(Array.from(momentGram(flat), (x) => Math.round(x * 1e9) / 1e9)).toEqual(expected);
});
