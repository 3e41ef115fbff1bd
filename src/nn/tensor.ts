import { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";
import { checkBoolean, checkOptions, show } from "../numbers/check.js";
import { backpropagate, type Edge, GradNode } from "./graph.js";
import { isRecording } from "./noGrad.js";
import * as operations from "./operations.js";
import { checkShape, colsOf, rowsOf, type Shape, sameShape, showShape } from "./shape.js";

/** What a tensor can be made from. */
export type TensorLike = number | readonly number[] | readonly (readonly number[])[] | Matrix;

/** The options of a `Tensor`. */
export interface TensorOptions {
  /** Whether `backward` shall leave a gradient here; false unless given. */
  requiresGrad?: boolean;
}

/**
 * A number, vector or matrix of float64 that remembers what it was computed from, so that
 * `backward` can differentiate (reverse mode).
 *
 * Values are changed in place only through `data`, which no graph notices: change it after
 * `backward`, not between an operation and its `backward`.
 * Source: the behaviour of PyTorch's `Tensor` on the CPU in float64.
 */
export class Tensor {
  /** The entries, row by row; shared with tensors that were sliced or detached from this one. */
  readonly data: Float64Array;
  /** [] for a number, [n] for a vector, [rows, cols] for a matrix. */
  readonly shape: Shape;
  #node: GradNode | null = null;
  #grad: Tensor | null = null;

  /**
   * A leaf on entries that are there already.
   * @param data as many entries as the shape says, row by row (kept, not copied)
   * @param shape at most two sizes ≥ 0
   * @param options.requiresGrad whether `backward` shall leave a gradient here
   * @throws VALUE for data or a shape that are none, SHAPE for a wrong number of entries, OPTION
   *   for an unknown option
   */
  constructor(data: Float64Array, shape: Shape, options: TensorOptions = {}) {
    const where = "nn.Tensor";
    checkOptions(where, options, ["requiresGrad"]);
    this.shape = checkShape(where, shape);
    if (!(data instanceof Float64Array)) {
      throw new Ell2Error("VALUE", {
        where,
        expected: "data to be a Float64Array",
        got: show(data),
        remedy: "Tensor.from takes numbers and nested arrays",
      });
    }
    const size = this.shape.reduce((n, x) => n * x, 1);
    if (data.length !== size) {
      throw new Ell2Error("SHAPE", {
        where,
        expected: `${size} entries for the shape ${showShape(this.shape)}`,
        got: `${data.length}`,
      });
    }
    this.data = data;
    if (checkBoolean(where, "requiresGrad", options.requiresGrad ?? false)) {
      this.#node = new GradNode([], (gradient) => this.#accumulate(gradient));
    }
  }

  /**
   * A leaf with a copy of `values`, like `torch.tensor`.
   * @param values a number (shape []), an array of n numbers ([n]), rows of the same length, or a
   *   `Matrix` ([rows, cols])
   * @param options as in the constructor
   * @throws VALUE for an entry that is no number, SHAPE for rows of different lengths
   */
  static from(values: TensorLike, options: TensorOptions = {}): Tensor {
    if (typeof values === "number") return new Tensor(Float64Array.of(values), [], options);
    if (Array.isArray(values) && !values.some(Array.isArray)) {
      const row = Matrix.from([values]); // refuses entries that are no numbers
      return new Tensor(row.data, [row.cols], options);
    }
    const matrix = values instanceof Matrix ? values.clone() : Matrix.from(values as number[][]);
    return new Tensor(matrix.data, [matrix.rows, matrix.cols], options);
  }

  /**
   * A leaf of zeros, like `torch.zeros`.
   * @param shape at most two sizes ≥ 0
   * @param options as in the constructor
   * @throws VALUE for a shape that is none
   */
  static zeros(shape: Shape, options: TensorOptions = {}): Tensor {
    const size = checkShape("nn.Tensor.zeros", shape).reduce((n, x) => n * x, 1);
    return new Tensor(new Float64Array(size), shape, options);
  }

  /** An operation's result as a tensor, recorded if one of the operands requires a gradient. */
  static #result({ data, shape, pulls }: operations.Result, ...operands: Tensor[]): Tensor {
    const out = new Tensor(data, shape);
    if (!isRecording()) return out;
    const edges: Edge[] = [];
    for (const [i, operand] of operands.entries()) {
      if (operand.#node !== null) edges.push({ node: operand.#node, pull: pulls[i]! });
    }
    if (edges.length > 0) out.#node = new GradNode(edges);
    return out;
  }

  /** The number of entries. */
  get numel(): number {
    return this.data.length;
  }

  /** Whether a gradient can flow here: asked for when it was made, or computed from such a tensor. */
  get requiresGrad(): boolean {
    return this.#node !== null;
  }

  /** Whether it is no result of a recorded operation; leaves alone get a `grad`. */
  get isLeaf(): boolean {
    return this.#node === null || this.#node.accept !== null;
  }

  /** The sum of the gradients that `backward` left at this leaf, of its shape; null before, and after zeroing. */
  get grad(): Tensor | null {
    return this.#grad;
  }

  /** @throws SHAPE for a gradient of another shape, VALUE for what is neither a tensor nor null */
  set grad(value: Tensor | null) {
    const where = "nn.Tensor.grad";
    if (value !== null && !(value instanceof Tensor)) {
      throw new Ell2Error("VALUE", { where, expected: "a tensor or null", got: show(value) });
    }
    if (value !== null && !sameShape(value.shape, this.shape)) {
      throw new Ell2Error("SHAPE", { where, expected: showShape(this.shape), got: showShape(value.shape) });
    }
    this.#grad = value;
  }

  /**
   * this + other, entry by entry with broadcasting; ∂/∂this = 1, ∂/∂other = 1.
   *
   * Broadcasting is PyTorch's: shapes are aligned at the last dimension, and a size of 1 repeats.
   * @throws SHAPE where two sizes differ and neither is 1, VALUE for what is no tensor or number
   */
  add(other: Tensor | number): Tensor {
    return this.#elementwise("add", other);
  }

  /**
   * this − other, with `add`'s broadcasting; ∂/∂this = 1, ∂/∂other = −1.
   * @throws SHAPE and VALUE as `add`
   */
  sub(other: Tensor | number): Tensor {
    return this.#elementwise("sub", other);
  }

  /**
   * this · other entry by entry, with `add`'s broadcasting; ∂/∂this = other, ∂/∂other = this.
   * @throws SHAPE and VALUE as `add`
   */
  mul(other: Tensor | number): Tensor {
    return this.#elementwise("mul", other);
  }

  /**
   * this / other entry by entry, with `add`'s broadcasting; ∂/∂this = 1/other,
   * ∂/∂other = −this/other². Division by 0 gives infinity or NaN.
   * @throws SHAPE and VALUE as `add`
   */
  div(other: Tensor | number): Tensor {
    return this.#elementwise("div", other);
  }

  /** −this, entry by entry; derivative −1. */
  neg(): Tensor {
    return Tensor.#result(operations.negative(this), this);
  }

  /**
   * thisᵖ entry by entry, by multiplication (x·x, x·x·x) as PyTorch does for these exponents, so
   * that the bits are the same in every engine; derivative p·thisᵖ⁻¹.
   * @param exponent p, one of 1, 2 and 3
   * @throws VALUE for another exponent
   */
  pow(exponent: number): Tensor {
    return Tensor.#result(operations.power(this, exponent), this);
  }

  /**
   * The product this·other: out[i, l] = Σⱼ this[i, j]·other[j, l], j from left to right starting at
   * 0, no multiply-add fused. ∂/∂this = g·otherᵀ, ∂/∂other = thisᵀ·g, where g is the gradient.
   * This tensor is a matrix [m×n].
   * @param other [n×k], the result is [m×k]; or [n], the result is [m]
   * @throws SHAPE for other numbers of dimensions, or where the inner sizes differ; VALUE for what
   *   is no tensor
   */
  matmul(other: Tensor): Tensor {
    return Tensor.#result(operations.matmul(this, asTensor("matmul", other)), this, other);
  }

  /**
   * The transpose [cols×rows] of a matrix, copied (PyTorch's is a view); the gradient is transposed back.
   * @throws SHAPE for a number or a vector
   */
  get T(): Tensor {
    return Tensor.#result(operations.transposed(this), this);
  }

  /**
   * The sum of all entries (shape []), of each column (axis 0: [cols]) or of each row (axis 1:
   * [rows]); the derivative is 1 for each entry of the sum.
   *
   * Columns are summed by `columnSums` (a vector is one column), then these from left to right;
   * rows from left to right.
   * @param axis the dimension that disappears; all of them if left out
   * @throws VALUE for an axis that the tensor does not have
   */
  sum(axis?: number): Tensor {
    return Tensor.#result(operations.sum(this, axis), this);
  }

  /** `sum()` / numel (shape []); the derivative is 1/numel for each entry. NaN if there are none, as in PyTorch. */
  mean(): Tensor {
    return this.sum().div(this.numel);
  }

  /**
   * The rows (of a vector the entries) in [start, end), sharing their memory with this tensor; the
   * gradient is 0 for the others. As in Python, ends beyond the last row are cut, and negative ones
   * count from the end.
   * @throws SHAPE for a number, VALUE for ends that are not whole
   */
  slice(start = 0, end?: number): Tensor {
    return Tensor.#result(operations.slice(this, start, end), this);
  }

  /** The same entries (memory shared) as a leaf that requires no gradient. */
  detach(): Tensor {
    return new Tensor(this.data, this.shape);
  }

  /** A copy with memory of its own; the gradient flows through it, as in PyTorch. */
  clone(): Tensor {
    return Tensor.#result(operations.copy(this), this);
  }

  /**
   * The only entry, as a number.
   * @throws SHAPE if there are more, or none
   */
  item(): number {
    if (this.numel === 1) return this.data[0]!;
    throw new Ell2Error("SHAPE", {
      where: "nn.Tensor.item",
      expected: "a tensor of one entry",
      got: showShape(this.shape),
      remedy: "toArray gives all entries",
    });
  }

  /** The entries, copied: a number, an array of n, or rows as nested arrays, as the shape says. */
  toArray(): number | number[] | number[][] {
    if (this.shape.length === 0) return this.data[0]!;
    return this.shape.length === 1 ? [...this.data] : this.toMatrix().toArray();
  }

  /** A copy as a `Matrix`; a vector of n becomes one row [1×n], a number [1×1]. */
  toMatrix(): Matrix {
    return new Matrix(rowsOf(this.shape), colsOf(this.shape), this.data.slice());
  }

  /**
   * Differentiates this tensor with respect to every leaf that it was computed from and that
   * requires a gradient, and adds the result to their `grad`. The graph is set free: a second call
   * through any part of it is refused, also where PyTorch, having saved nothing there, would allow it.
   * @throws AUTOGRAD if there is more than one entry (or none), if nothing here requires a gradient,
   *   or if backward was already called through a part of this graph; no `grad` has changed then
   * Source: `torch.Tensor.backward()`.
   */
  backward(): void {
    const where = "nn.Tensor.backward";
    if (this.#node === null) {
      throw new Ell2Error("AUTOGRAD", {
        where,
        expected: "a result of tensors of which one has requiresGrad",
        got: "a tensor that requires no gradient",
        remedy: "set requiresGrad when the tensor is made, and compute outside noGrad",
      });
    }
    if (this.numel !== 1) {
      throw new Ell2Error("AUTOGRAD", {
        where,
        expected: "a tensor of one entry",
        got: showShape(this.shape),
        remedy: "take its sum or mean first",
      });
    }
    backpropagate(this.#node, Float64Array.of(1));
  }

  #accumulate(gradient: Float64Array): void {
    if (this.#grad === null) {
      this.#grad = new Tensor(gradient.slice(), this.shape);
      return;
    }
    const { data } = this.#grad;
    for (let i = 0; i < data.length; i++) data[i]! += gradient[i]!;
  }

  #elementwise(name: keyof typeof operations.BINARY, other: Tensor | number): Tensor {
    const right = asTensor(name, typeof other === "number" ? Tensor.from(other) : other);
    return Tensor.#result(operations.elementwise(name, this, right), this, right);
  }
}

/** Returns what is a tensor; throws `VALUE` otherwise. */
function asTensor(operation: string, value: unknown): Tensor {
  if (value instanceof Tensor) return value;
  throw new Ell2Error("VALUE", {
    where: `nn.Tensor.${operation}`,
    expected: operation === "matmul" ? "a tensor" : "a tensor or a number",
    got: show(value),
  });
}
