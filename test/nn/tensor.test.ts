import { describe, expect, test } from "vitest";
import { Matrix } from "../../src/linalg/matrix.js";
import { Tensor } from "../../src/nn/index.js";
import { refuses } from "./help.js";

describe("Tensor", () => {
  test("Tensor.from takes a number, an array, rows and a Matrix", () => {
    expect(Tensor.from(3).shape).toEqual([]);
    expect(Tensor.from([1, 2, 3]).shape).toEqual([3]);
    expect(Tensor.from([]).shape).toEqual([0]);
    expect(
      Tensor.from([
        [1, 2, 3],
        [4, 5, 6],
      ]).shape,
    ).toEqual([2, 3]);
    const matrix = Matrix.from([[1, 2]]);
    const tensor = Tensor.from(matrix);
    matrix.data[0] = 9;
    expect(tensor.toArray()).toEqual([[1, 2]]);
  });

  test("Tensor.from refuses what is no number and rows of different lengths", () => {
    refuses(() => Tensor.from(["1"] as never), "VALUE");
    refuses(() => Tensor.from("1" as never), "VALUE");
    refuses(() => Tensor.from([[1], 2] as never), "VALUE");
    refuses(() => Tensor.from([[1], [2, 3]]), "SHAPE");
    refuses(() => Tensor.from(1, { requires_grad: true } as never), "OPTION", /requiresGrad/);
    refuses(() => Tensor.from(1, { requiresGrad: 1 as never }), "VALUE");
  });

  test("new Tensor keeps its data, and refuses data that do not fill the shape", () => {
    const data = Float64Array.of(1, 2);
    expect(new Tensor(data, [2]).data).toBe(data);
    refuses(() => new Tensor(data, [3]), "SHAPE", /3 entries .* got 2/);
    refuses(() => new Tensor(data, [1, 1, 2]), "VALUE");
    refuses(() => new Tensor(data, [-2]), "VALUE");
    refuses(() => new Tensor(data, [Number.NaN]), "VALUE");
    refuses(() => new Tensor([1, 2] as never, [2]), "VALUE", /Tensor\.from/);
  });

  test("Tensor.zeros has the shape asked for", () => {
    expect(Tensor.zeros([2, 3]).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(Tensor.zeros([]).item()).toBe(0);
    expect(Tensor.zeros([2], { requiresGrad: true }).requiresGrad).toBe(true);
    refuses(() => Tensor.zeros([1.5]), "VALUE");
  });

  test("item gives the only entry, and refuses more or none", () => {
    expect(Tensor.from([[7]]).item()).toBe(7);
    refuses(() => Tensor.from([1, 2]).item(), "SHAPE");
    refuses(() => Tensor.zeros([0]).item(), "SHAPE");
  });

  test("toArray and toMatrix copy, a vector becomes one row", () => {
    const vector = Tensor.from([1, 2]);
    const matrix = vector.toMatrix();
    expect([matrix.rows, matrix.cols]).toEqual([1, 2]);
    matrix.data[0] = 9;
    expect(vector.toArray()).toEqual([1, 2]);
    expect(Tensor.from(5).toArray()).toBe(5);
    expect(Tensor.from(5).toMatrix().toArray()).toEqual([[5]]);
  });

  test("detach shares the memory and stops the gradient, clone copies and passes it on", () => {
    const x = Tensor.from([1, 2], { requiresGrad: true });
    const detached = x.detach();
    const cloned = x.clone();
    x.data[0] = 5;
    expect(detached.data[0]).toBe(5);
    expect(cloned.data[0]).toBe(1);
    expect(detached.requiresGrad).toBe(false);
    expect(detached.isLeaf).toBe(true);
    expect(cloned.requiresGrad).toBe(true);
    expect(cloned.isLeaf).toBe(false);
    cloned.mul(detached).sum().backward();
    expect(x.grad!.toArray()).toEqual([5, 2]);
  });

  test("grad refuses a gradient of another shape", () => {
    const x = Tensor.zeros([2, 3], { requiresGrad: true });
    refuses(
      () => {
        x.grad = Tensor.zeros([3]);
      },
      "SHAPE",
      /\[2×3\], got \[3\]/,
    );
    refuses(() => {
      x.grad = 0 as never;
    }, "VALUE");
  });
});

describe("shapes that do not fit are refused", () => {
  const [number, vector, matrix] = [Tensor.zeros([]), Tensor.zeros([3]), Tensor.zeros([2, 4])];

  test.each(["add", "sub", "mul", "div"] as const)("%s refuses sizes that differ and are not 1", (name) => {
    refuses(() => matrix[name](vector), "SHAPE", new RegExp(`nn\\.Tensor\\.${name}.*\\[2×4\\] and \\[3\\]`));
    refuses(() => matrix[name]("2" as never), "VALUE");
  });

  test("matmul refuses other inner sizes and other dimensions", () => {
    refuses(() => matrix.matmul(vector), "SHAPE", /\[2×4\] · \[3\]/);
    refuses(() => matrix.matmul(matrix), "SHAPE");
    refuses(() => vector.matmul(matrix), "SHAPE");
    refuses(() => matrix.matmul(number), "SHAPE");
    refuses(() => matrix.matmul(2 as never), "VALUE");
  });

  test("T refuses a number and a vector, slice a number", () => {
    refuses(() => vector.T, "SHAPE");
    refuses(() => number.slice(0, 1), "SHAPE");
    refuses(() => vector.slice(0.5), "VALUE");
    refuses(() => vector.slice(0, Number.NaN), "VALUE");
  });

  test("sum refuses an axis that is not there, pow an exponent other than 1, 2, 3", () => {
    refuses(() => vector.sum(1), "VALUE");
    refuses(() => number.sum(0), "VALUE");
    refuses(() => matrix.sum(2), "VALUE");
    refuses(() => matrix.sum(-1), "VALUE");
    for (const p of [0, 4, 0.5, -1, Number.NaN]) refuses(() => vector.pow(p), "VALUE");
  });
});

describe("values", () => {
  const m = Tensor.from([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);

  test("add broadcasts a row, a column and a number", () => {
    expect(m.add(Tensor.from([10, 20])).toArray()).toEqual([
      [11, 22],
      [13, 24],
      [15, 26],
    ]);
    expect(m.add(Tensor.from([[10], [20], [30]])).toArray()).toEqual([
      [11, 12],
      [23, 24],
      [35, 36],
    ]);
    expect(m.sub(1).shape).toEqual([3, 2]);
    expect(
      Tensor.from([1, 2])
        .mul(Tensor.from([[1], [10]]))
        .toArray(),
    ).toEqual([
      [1, 2],
      [10, 20],
    ]);
    expect(Tensor.from(1).div(Tensor.from(4)).shape).toEqual([]);
    expect(Tensor.zeros([0, 2]).add(Tensor.from([1, 2])).shape).toEqual([0, 2]);
  });

  test("sum takes all, the columns or the rows; mean of nothing is NaN", () => {
    expect(m.sum().item()).toBe(21);
    expect(m.sum(0).toArray()).toEqual([9, 12]);
    expect(m.sum(1).toArray()).toEqual([3, 7, 11]);
    expect(Tensor.from([1, 2, 3]).sum(0).toArray()).toBe(6);
    expect(m.mean().item()).toBe(3.5);
    expect(Tensor.zeros([0]).mean().item()).toBeNaN();
    expect(Tensor.zeros([0, 2]).sum(0).toArray()).toEqual([0, 0]);
    expect(Tensor.zeros([2, 0]).sum(1).toArray()).toEqual([0, 0]);
  });

  test("slice counts like Python and shares its memory", () => {
    expect(m.slice(1).toArray()).toEqual([
      [3, 4],
      [5, 6],
    ]);
    expect(m.slice(-1).toArray()).toEqual([[5, 6]]);
    expect(m.slice(2, 99).shape).toEqual([1, 2]);
    expect(m.slice(2, 1).shape).toEqual([0, 2]);
    expect(Tensor.from([1, 2, 3]).slice(0, -1).toArray()).toEqual([1, 2]);
    expect(m.slice(1).data.buffer).toBe(m.data.buffer);
  });

  test("pow is multiplication, T transposes, neg negates", () => {
    const x = 1.1;
    expect(Tensor.from(x).pow(1).item()).toBe(x);
    expect(Tensor.from(x).pow(2).item()).toBe(x * x);
    expect(Tensor.from(x).pow(3).item()).toBe(x * x * x);
    expect(m.T.toArray()).toEqual([
      [1, 3, 5],
      [2, 4, 6],
    ]);
    expect(m.neg().toArray()).toEqual([
      [-1, -2],
      [-3, -4],
      [-5, -6],
    ]);
  });

  test("matmul multiplies by a matrix and by a vector", () => {
    expect(m.matmul(Tensor.from([[1], [10]])).toArray()).toEqual([[21], [43], [65]]);
    expect(m.matmul(Tensor.from([1, 10])).toArray()).toEqual([21, 43, 65]);
  });
});
