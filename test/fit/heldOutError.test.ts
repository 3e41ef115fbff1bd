import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { kFold } from "../../src/data/folds.js";
import { Moments } from "../../src/data/moments.js";
import { chooseLambda } from "../../src/fit/chooseLambda.js";
import { fitRidge } from "../../src/fit/fitRidge.js";
import { ridgePath } from "../../src/fit/ridgePath.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { predictFitted } from "../../src/model/fitted.js";
import { NumPy } from "../../src/random/numpy.js";
import { refuses } from "../nn/help.js";

const draw = new NumPy(12);
const normal = (rows: number, cols: number) => new Matrix(rows, cols, draw.standardNormal(rows * cols));
const shuffled = { shuffle: true, randomState: 14 };
const lambdasOf = (choice: ReturnType<typeof chooseLambda>) => choice.path.points.map(({ lambda }) => lambda);

/** y = Xw + noise·e, of one w for each target. */
const made = (X: Matrix, w: number[][], noise: number[]) =>
  new Dataset({
    X,
    Y: X.matmul(Matrix.from(w)).plus(normal(X.rows, noise.length).times(Matrix.from([noise]))),
  });

const X = normal(60, 3);
const clear = made(X, [[1], [2], [3]], [3e-4]);
const noise = made(X, [[0], [0], [0]], [1]);

const squares = (Y: Matrix) => {
  const centred = Y.minus(Y.sum(0).times(1 / Y.rows));
  return centred.times(centred).sum();
};

describe("an error that is not known", () => {
  it("by leave-one-out is that of a row alone in a direction: the λ is passed over, and named if it was given", () => {
    const alone = X.toArray().map((row, i) => [...row, i === 7 ? 1 : 0]);
    const data = new Dataset({ X: alone, Y: clear.Y });
    const { points } = ridgePath(data, { lambdas: [1, 0], folds: 1, loo: true });
    expect([points[0]!.loo === null, points[1]!.loo === null]).toEqual([false, true]);
    const { lambda, warnings } = chooseLambda(data, { folds: "loo", lambdas: [1, 0.1, 0] });
    expect(lambda).toBe(0.1);
    expect(warnings).toContain(
      "λ = 0 left out: there the error is not known (a row that determines its own prediction)",
    );
    expect(lambdasOf(chooseLambda(data, { folds: "loo" }))).not.toContain(0);
    refuses(
      () => chooseLambda(data, { folds: "loo", lambdas: [0] }),
      "DATA",
      /determines its own prediction/,
    );
  });

  it("by generalised cross-validation is that of a fit with as many degrees of freedom as rows", () => {
    const few = new Dataset({ X: X.slice(0, 4), Y: noise.Y.slice(0, 4) });
    expect(ridgePath(few, { lambdas: [0], folds: 1 }).points[0]!.gcv).toBeNull();
    refuses(() => chooseLambda(few, { folds: "gcv", lambdas: [0] }), "DATA", /degrees of freedom/);
  });

  it("counts rows for generalised cross-validation by what their weights mean", () => {
    const weights = Array.from({ length: 60 }, (_, i) => 1 + (i % 3));
    const of = (factor: number, weightKind: "frequency" | "precision") =>
      chooseLambda(new Dataset({ X, Y: noise.Y, weights: weights.map((w) => w * factor) }), {
        folds: "gcv",
        weightKind,
        lambdas: [10, 1, 0.1, 0.01],
      });
    const once = of(1, "precision").curve;
    for (const factor of [1e-11, 1e11]) {
      for (const [i, { error }] of of(factor, "precision").curve.entries()) {
        expect(error! / once[i]!.error!).toBeCloseTo(1, 9);
      }
    }
    const repeat = weights.flatMap((weight, i) => Array<number>(weight).fill(i));
    const repeated = new Dataset({ X, Y: noise.Y }).take(repeat);
    const rows = chooseLambda(repeated, { folds: "gcv", lambdas: [10, 1, 0.1, 0.01] }).curve;
    for (const [i, { error }] of of(1, "frequency").curve.entries()) {
      expect(error! / rows[i]!.error!).toBeCloseTo(1, 9);
    }
  });
});

describe("LambdaChoice.heldOut", () => {
  const Y = made(
    X,
    [
      [1, 0],
      [2, 1],
      [0, 1],
    ],
    [1, 3],
  ).Y;
  const weights = Array.from({ length: 60 }, (_, i) => 0.5 + (i % 4));

  it.each([null, weights])(
    "has R² and RMSE of a plain loop of refits, over all held-out rows together; weights %j",
    (given) => {
      const data = new Dataset({ X, Y, ...(given ? { weights: given } : {}) });
      const labels = kFold(60, { folds: 7, ...shuffled });
      const omega = (i: number) => given?.[i] ?? 1;
      for (const perTarget of [false, true]) {
        const { lambda, heldOut } = chooseLambda(data, { folds: 7, perTarget });
        const sums = [0, 0];
        for (let fold = 0; fold < 7; fold++) {
          const rest = [...labels.keys()].filter((i) => labels[i] !== fold);
          const { model } = fitRidge(data.take(rest), { lambda });
          const predicted = predictFitted(model, X);
          for (const [i, label] of labels.entries()) {
            for (const l of [0, 1]) {
              const r = predicted.data[2 * i + l]! - Y.data[2 * i + l]!;
              if (label === fold) sums[l]! += omega(i) * r * r;
            }
          }
        }
        const W = [...labels.keys()].reduce((sum, i) => sum + omega(i), 0);
        for (const l of [0, 1]) {
          const mean = [...labels.keys()].reduce((sum, i) => sum + omega(i) * Y.data[2 * i + l]!, 0) / W;
          const total = [...labels.keys()].reduce(
            (sum, i) => sum + omega(i) * (Y.data[2 * i + l]! - mean) ** 2,
            0,
          );
          expect(heldOut!.rmse[l]! / Math.sqrt(sums[l]! / W)).toBeCloseTo(1, 10);
          expect(heldOut!.r2[l]).toBeCloseTo(1 - sums[l]! / total, 10);
        }
        expect([heldOut!.optimistic, heldOut!.reasons]).toEqual([true, []]);
      }
    },
  );

  it("by leave-one-out is that of its errors; by generalised cross-validation there is none", () => {
    const data = new Dataset({ X, Y });
    const { lambda, heldOut, path } = chooseLambda(data, { folds: "loo" });
    const { loo } = path.points.find((point) => point.lambda === lambda)!;
    for (const l of [0, 1]) {
      expect(heldOut!.rmse[l]).toBeCloseTo(Math.sqrt(loo![l]!), 12);
      const variance = squares(Matrix.from(Y.toArray().map((row) => [row[l]!]))) / 60;
      expect(heldOut!.r2[l]).toBeCloseTo(1 - loo![l]! / variance, 10);
    }
    expect(chooseLambda(data, { folds: "gcv" }).heldOut).toBeNull();
  });

  it("is that of the rows that splits hold out, and not optimistic where there was nothing to choose", () => {
    const data = new Dataset({ X, Y });
    const splits = [20, 40].map((at) => ({ train: data.slice(0, at), test: data.slice(at, at + 20) }));
    const { heldOut } = chooseLambda(data, { folds: splits, lambdas: [0.3] });
    const out = Y.slice(20)
      .toArray()
      .map((row) => row[0]!);
    const sum = splits.reduce((all, { train, test }) => {
      const r = predictFitted(fitRidge(train, { lambda: 0.3 }).model, test.X).minus(test.Y);
      return all + r.toArray().reduce((part, row) => part + row[0]! ** 2, 0);
    }, 0);
    expect(heldOut!.rmse[0]).toBeCloseTo(Math.sqrt(sum / 40), 10);
    expect(heldOut!.r2[0]).toBeCloseTo(1 - sum / squares(Matrix.from(out.map((y) => [y]))), 10);
    expect(heldOut!.optimistic).toBe(false);
  });

  it("has no R² where the rows that splits hold out have one value", () => {
    const data = new Dataset({ X, Y: Y.toArray().map(([y], i) => [i < 20 ? y! : 5]) });
    const splits = [20, 40].map((at) => ({ train: data.slice(0, at), test: data.slice(at, at + 20) }));
    const { heldOut } = chooseLambda(data, { folds: splits });
    expect(heldOut!.r2).toEqual([null]);
    expect(heldOut!.reasons).toHaveLength(1);
  });

  it("has no R² for a constant target, and says so: from rows and from moments, weighted or not", () => {
    const constant = new Dataset({
      X,
      Y: Y.toArray().map(([y], i) => [y!, 3.7 + 0 * i]),
      outputs: ["a", "b"],
    });
    const weighted = new Dataset({ X, Y: constant.Y, outputs: ["a", "b"], weights });
    const parts = [0, 20, 40].map((at) => Moments.of(weighted.slice(at, at + 20)));
    for (const data of [constant, weighted, parts]) {
      const { heldOut } = chooseLambda(data);
      expect(heldOut!.r2[1]).toBeNull();
      expect(heldOut!.r2[0]).toBeGreaterThan(0);
      expect(heldOut!.rmse[1]).toBeLessThan(1e-13);
      expect(heldOut!.reasons).toEqual(['target "b" is constant, so it has no R²']);
    }
  });
});
