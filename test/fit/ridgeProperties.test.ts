/** What scikit-learn's tests ask of Ridge, asked of ours: facts that need no other program. */
import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { Moments } from "../../src/data/moments.js";
import { fitRidge } from "../../src/fit/fitRidge.js";
import { inference } from "../../src/fit/inference.js";
import { ridge } from "../../src/fit/ridge.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { svd } from "../../src/linalg/svd.js";
import { predictFitted } from "../../src/model/fitted.js";
import { NumPy } from "../../src/random/numpy.js";
import { refuses } from "../nn/help.js";

const draw = new NumPy(14);
const random = (rows: number, cols: number) => new Matrix(rows, cols, draw.standardNormal(rows * cols));
const [k, lambda] = [2, 0.3];
const shapes = [
  { shape: "long", m: 20, n: 5 },
  { shape: "wide", m: 5, n: 20 },
].map(({ shape, m, n }) => ({ shape, m, n, X: random(m, n).plus(1), Y: random(m, k).plus(2) }));
const ways = shapes.flatMap((shape) => [true, false].map((intercept) => ({ ...shape, intercept })));

function expectClose(a: Matrix, b: Matrix, share = 1e-10) {
  expect([a.rows, a.cols]).toEqual([b.rows, b.cols]);
  const most = Math.max(...b.data.map(Math.abs));
  expect(Math.max(...a.data.map((x, i) => Math.abs(x - b.data[i]!)))).toBeLessThanOrEqual(share * most);
}

/** The truth from a singular value decomposition of the rows, centred for a bias: V·diag(s/(s² + α))·Uᵀ·Y. */
function truth(X: Matrix, Y: Matrix, alpha: number, intercept: boolean): { w: Matrix; b: Matrix } {
  const [meanX, meanY] = [X, Y].map((A) => A.sum(0).times(intercept ? 1 / A.rows : 0)) as [Matrix, Matrix];
  const [Xc, Yc] = [X.minus(meanX), Y.minus(meanY)];
  const wide = X.cols > X.rows;
  const tall = wide ? Xc.T : Xc;
  const { U, s, V } = svd(tall.data, tall.rows, tall.cols);
  const [left, right] = [new Matrix(tall.rows, tall.cols, U), new Matrix(tall.cols, tall.cols, V)];
  const [rowSide, columnSide] = wide ? [right, left] : [left, right];
  const filter = s.map((d) => (d > 1e-12 * s[0]! ? d / (d * d + alpha) : 0));
  const w = columnSide.matmul(rowSide.T.matmul(Yc).times(new Matrix(s.length, 1, filter)));
  return { w, b: meanY.minus(meanX.matmul(w)) };
}

const hstack = (A: Matrix, B: Matrix) =>
  Matrix.from(A.toArray().map((row, i) => [...row, ...B.toArray()[i]!]));
const vstack = (A: Matrix, B: Matrix) => Matrix.from([...A.toArray(), ...B.toArray()]);

describe.each(ways)("ridge, $shape, with a bias: $intercept", ({ m, n, X, Y, intercept }) => {
  const solve = (x: Matrix, y: Matrix, at = lambda) =>
    ridge(new Dataset({ X: x, Y: y }), { lambda: at, intercept });

  it("is the truth from a singular value decomposition, at λ = 0 too: least squares, of least norm where it is wide", () => {
    for (const at of [lambda, 1e-3, 100, 0]) {
      const { w, b } = truth(X, Y, (at * m * k) / 2, intercept);
      const ours = solve(X, Y, at);
      expectClose(ours.w, w);
      if (intercept) expectClose(ours.b, b);
      else expect([...ours.b.data]).toEqual([0, 0]);
    }
  });

  it("shares the weights among copies of the features: [X, X]/2 with α/2", () => {
    const { w } = solve(X, Y);
    expectClose(solve(hstack(X, X).times(0.5), Y, lambda / 2).w, vstack(w, w));
  });

  it("is the same for all rows twice, with the same λ: twice the α", () => {
    const twice = solve(vstack(X, X), vstack(Y, Y));
    expectClose(twice.w, solve(X, Y).w);
  });

  it("takes a row of weight 0 as removed, one of weight 2 as doubled, and all weights doubled as the same", () => {
    const weights = Array.from({ length: m }, (_, i) => [1, 2, 0][i % 3]!);
    const data = new Dataset({ X, Y });
    const repeated = data.take(weights.flatMap((weight, i) => Array(weight).fill(i)));
    const expected = ridge(repeated, { lambda, intercept });
    for (const factor of [1, 2]) {
      const weighted = new Dataset({ X, Y, weights: weights.map((weight) => weight * factor) });
      const ours = ridge(weighted, { lambda, intercept });
      expectClose(ours.w, expected.w);
      expectClose(ours.b.plus(1), expected.b.plus(1));
      for (const standardize of [false, true]) {
        const [a, b] = [weighted, repeated].map((rows) => fitRidge(rows, { lambda, standardize, intercept }));
        expectClose(a!.model.weight, b!.model.weight);
        const fromMoments = fitRidge(Moments.of(weighted), { lambda, standardize, intercept });
        expectClose(fromMoments.model.weight, b!.model.weight);
      }
    }
  });

  it("fits each target as if it were alone, with the λ of its own", () => {
    const lambdas = [0.05, 7];
    const { model } = fitRidge(new Dataset({ X, Y }), { lambda: lambdas, standardize: false, intercept });
    expect(model.lambda).toEqual(lambdas);
    for (const [l, at] of lambdas.entries()) {
      const y = Matrix.from(Y.toArray().map((row) => [row[l]!]));
      const alone = solve(X, y, at * k); // α = λmk/2 keeps the k of all targets
      expectClose(model.weight.slice(l, l + 1), alone.w.T);
      expect(model.bias[l]).toBeCloseTo(alone.b.data[0]!, 10);
    }
  });

  it("leaves its input as it was", () => {
    const [x, y] = [X.clone(), Y.clone()];
    fitRidge(new Dataset({ X, Y }), { lambda, intercept });
    expect([X, Y]).toEqual([x, y]);
  });

  it("standardised, is plain ridge of the standardised rows, from rows and from moments", () => {
    const data = new Dataset({ X, Y });
    const { model, standardized } = fitRidge(data, { lambda, intercept });
    const { mean, scale } = standardized!;
    const Z = Matrix.from(X.toArray().map((row) => row.map((x, j) => (x - mean[j]!) / scale[j]!)));
    const plain = solve(Z, Y);
    expectClose(model.weight.times(new Matrix(1, n, Float64Array.from(scale))), plain.w.T);
    expectClose(predictFitted(model, X), Z.matmul(plain.w).plus(plain.b));
    expectClose(fitRidge(Moments.of(data), { lambda, intercept }).model.weight, model.weight);
    if (!intercept) expect(mean.every((x) => x === 0)).toBe(true);
  });
});

describe("fitRidge", () => {
  const { X, Y } = shapes[0]!;
  const data = new Dataset({ X, Y });

  it("moves the bias by exactly 1 for y + 1", () => {
    const [a, b] = [Y, Y.plus(1)].map((y) => fitRidge(new Dataset({ X, Y: y }), { lambda }).model);
    expectClose(b!.weight, a!.weight, 1e-13);
    for (const l of [0, 1]) expect(b!.bias[l]! - a!.bias[l]!).toBeCloseTo(1, 13);
  });

  it("with the same λ for each target is the λ for all, to the bit", () => {
    const [all, each] = [lambda, [lambda, lambda]].map((at) => fitRidge(data, { lambda: at }).model);
    expect([each!.weight, each!.bias]).toEqual([all!.weight, all!.bias]);
  });

  it("refuses NaN and infinity when it fits and when it predicts, and another number of features", () => {
    const { model } = fitRidge(data, { lambda });
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      refuses(() => new Dataset({ X: [[1], [bad]], Y: [[1], [2]] }), "NOT_FINITE");
      refuses(() => new Dataset({ X: [[1], [2]], Y: [[1], [bad]] }), "NOT_FINITE");
      refuses(() => predictFitted(model, [[1, 2, bad, 4, 5]]), "NOT_FINITE");
    }
    refuses(() => predictFitted(model, [[1, 2, 3, 4]]), "SHAPE", /5 features/);
  });

  it("refuses a wrong number of λ, λ below 0, misspelt options and no rows", () => {
    refuses(() => fitRidge(data, { lambda: [1, 2, 3] }), "SHAPE", /one for each of 2 targets, got 3/);
    refuses(() => fitRidge(data, { lambda: [1, -1] }), "VALUE", /lambda/);
    refuses(() => fitRidge(data, { lambda: Number.NaN }), "VALUE");
    refuses(() => fitRidge(data, { lambda, fitIntercept: true } as never), "OPTION", /fitIntercept/);
    refuses(() => fitRidge(data, { lambda, standardize: 1 as never }), "VALUE", /standardize/);
    refuses(() => fitRidge(data.slice(0, 0), { lambda }), "SHAPE", /at least one row/);
  });

  it("gives a constant column weight 0 and names it; without a bias it is a feature like any other", () => {
    const withOnes = new Dataset({ X: hstack(X, new Matrix(20, 1).plus(3)), Y });
    for (const from of [withOnes, Moments.of(withOnes)]) {
      for (const at of [0, lambda]) {
        const { model, standardized } = fitRidge(from, { lambda: at });
        expect(standardized!.constant).toEqual([5]);
        expect([model.weight.data[5], model.weight.data[11]]).toEqual([0, 0]);
        const plain = fitRidge(data, { lambda: at }).model;
        expectClose(Matrix.from(model.weight.toArray().map((row) => row.slice(0, 5))), plain.weight);
        const { standardError } = inference(from, { lambda: at, standardize: true });
        expect(standardError[5]).toEqual([0, 0]);
      }
    }
    const { model, standardized } = fitRidge(withOnes, { lambda: 0, intercept: false });
    expect(standardized!.constant).toEqual([]);
    const withBias = fitRidge(data, { lambda: 0 }).model;
    expect(3 * model.weight.data[5]!).toBeCloseTo(withBias.bias[0]!, 10);
  });

  it("without a bias meets nearly dependent columns exactly", () => {
    const x = Array.from({ length: 40 }, (_, i) => i - 20);
    const near = x.map((v) => [v, v + (v % 2) * 2 ** -24]);
    const rows = new Dataset({ X: near, Y: near.map(([a, b]) => [3 * a! - 2 * b!]) });
    const { w, b, receipt } = ridge(rows, { lambda: 0, intercept: false });
    expect([receipt.solver, receipt.digits, b.data[0]]).toEqual(["exact", [15], 0]);
    expect([w.data[0], w.data[1]]).toEqual([3, -2]);
  });
});
