import fc from "fast-check";
import { describe, test } from "vitest";
import { MSELoss, type Tensor } from "../../src/nn/index.js";
import { broadcastShapes, expectGradients, tensors } from "./help.js";

const size = fc.integer({ min: 1, max: 4 });
const shapes = fc.oneof(
  fc.constant<number[]>([]),
  size.map((n) => [n]),
  fc.tuple(size, size).map(([m, n]) => [m, n]),
);
const matrices = fc.tuple(size, size).chain((shape) => tensors(shape));

describe("gradients are those of central differences", () => {
  test.each(["add", "sub", "mul", "div"] as const)("%s with broadcasting", (name) => {
    const pairs = broadcastShapes.chain(([a, b]) => fc.tuple(tensors(a), tensors(b, 0.5)));
    fc.assert(fc.property(pairs, ([a, b]) => expectGradients((x, y) => x![name](y!), a, b)));
  });

  test.each(["add", "sub", "mul", "div"] as const)("%s with a number", (name) => {
    fc.assert(fc.property(shapes.chain(tensors), (a) => expectGradients((x) => x![name](-1.7), a)));
  });

  test.each(["add", "sub", "mul", "div"] as const)("%s of a tensor with itself", (name) => {
    const some = shapes.chain((shape) => tensors(shape, 0.5));
    fc.assert(fc.property(some, (a) => expectGradients((x) => x![name](x!), a)));
  });

  test.each([1, 2, 3])("pow(%i)", (p) => {
    fc.assert(fc.property(shapes.chain(tensors), (a) => expectGradients((x) => x!.pow(p), a)));
  });

  test("neg, clone, mean and sum", () => {
    const operations: ((x: Tensor) => Tensor)[] = [
      (x) => x.neg(),
      (x) => x.clone(),
      (x) => x.mean(),
      (x) => x.sum(),
    ];
    for (const f of operations) {
      fc.assert(fc.property(shapes.chain(tensors), (a) => expectGradients((x) => f(x!), a)));
    }
  });

  test("sum over an axis, and T", () => {
    const operations: ((x: Tensor) => Tensor)[] = [(x) => x.sum(0), (x) => x.sum(1), (x) => x.T];
    for (const f of operations) fc.assert(fc.property(matrices, (a) => expectGradients((x) => f(x!), a)));
  });

  test("slice of rows, also where slices overlap", () => {
    const end = fc.integer({ min: -5, max: 5 });
    const cases = fc.tuple(
      fc.oneof(
        matrices,
        size.chain((n) => tensors([n])),
      ),
      end,
      end,
    );
    fc.assert(
      fc.property(cases, ([a, from, to]) => {
        expectGradients((x) => x!.slice(from, to).mul(2).sum().add(x!.slice(0, 2).pow(2).sum()), a);
      }),
    );
  });

  test("matmul by a matrix and by a vector", () => {
    const cases = fc
      .tuple(size, size, fc.option(size))
      .chain(([m, n, k]) => fc.tuple(tensors([m, n]), tensors(k === null ? [n] : [n, k])));
    fc.assert(fc.property(cases, ([a, b]) => expectGradients((x, y) => x!.matmul(y!), a, b)));
  });

  test("the mean squared error of a linear layer, in all its operands", () => {
    const cases = fc
      .tuple(size, size, size)
      .chain(([m, n, k]) => fc.tuple(tensors([m, n]), tensors([k, n]), tensors([k]), tensors([m, k])));
    const loss = new MSELoss();
    fc.assert(
      fc.property(cases, (leaves) =>
        expectGradients((x, w, b, y) => loss.forward(x!.matmul(w!.T).add(b!), y!), ...leaves),
      ),
    );
  });
});
