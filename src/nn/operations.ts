/**
 * The operations of tensors: each gives its result together with its derivative, as one function
 * for each operand that takes the gradient g of the result to the operand's share.
 */
import { Ell2Error } from "../errors.js";
import { columnSums } from "../numbers/blockSum.js";
import { checkInteger, show } from "../numbers/check.js";
import { combine, product, reduce, transpose } from "./arrays.js";
import { broadcastShape, colsOf, type Shape, showShape } from "./shape.js";

/** Entries, row by row, and their shape; every tensor is one. */
export interface Values {
  readonly data: Float64Array;
  readonly shape: Shape;
}

/** From the gradient of a result to an operand's share; its argument is not changed, but may be returned. */
type Pull = (g: Float64Array) => Float64Array;

export interface Result extends Values {
  /** One for each operand, in order. */
  readonly pulls: readonly Pull[];
}

/** A function of two numbers, and g times its derivatives. */
interface Binary {
  f: (a: number, b: number) => number;
  byA: (g: number, a: number, b: number) => number;
  byB: (g: number, a: number, b: number) => number;
}

export const BINARY = {
  add: { f: (a, b) => a + b, byA: (g) => g, byB: (g) => g },
  sub: { f: (a, b) => a - b, byA: (g) => g, byB: (g) => -g },
  mul: { f: (a, b) => a * b, byA: (g, _, b) => g * b, byB: (g, a) => g * a },
  div: { f: (a, b) => a / b, byA: (g, _, b) => g / b, byB: (g, a, b) => -g * (a / b / b) },
} satisfies Record<string, Binary>;

/** One of `BINARY`, entry by entry with broadcasting. */
export function elementwise(name: keyof typeof BINARY, a: Values, b: Values): Result {
  const { f, byA, byB }: Binary = BINARY[name];
  const shape = broadcastShape(`nn.Tensor.${name}`, a.shape, b.shape);
  const all = (h: (x: number, y: number, at: number) => number) =>
    combine(a.data, a.shape, b.data, b.shape, shape, h);
  const pull = (by: Binary["byA"], to: Shape) => (g: Float64Array) => {
    const shares = all((x, y, at) => by(g[at]!, x, y));
    return reduce(shares, shape, to);
  };
  return { data: all(f), shape, pulls: [pull(byA, a.shape), pull(byB, b.shape)] };
}

export function negative({ data, shape }: Values): Result {
  const negate = (values: Float64Array) => values.map((x) => -x);
  return { data: negate(data), shape, pulls: [negate] };
}

/** xᵖ by multiplication, for p of 1, 2 and 3. */
export function power({ data, shape }: Values, p: number): Result {
  if (p !== 1 && p !== 2 && p !== 3) {
    throw new Ell2Error("VALUE", {
      where: "nn.Tensor.pow",
      expected: "the exponent to be 1, 2 or 3",
      got: show(p),
      remedy: "write other powers as products and quotients",
    });
  }
  const to = (x: number, q: number) => (q === 0 ? 1 : q === 1 ? x : q === 2 ? x * x : x * x * x);
  const pull: Pull = (g) => g.map((x, i) => x * (p * to(data[i]!, p - 1)));
  return { data: data.map((x) => to(x, p)), shape, pulls: [pull] };
}

/** [m×n] · [n×k], or [m×n] · [n]. */
export function matmul(a: Values, b: Values): Result {
  const [m, n] = a.shape;
  const [inner, k = 1] = b.shape;
  if (m === undefined || n === undefined || inner !== n) {
    throw new Ell2Error("SHAPE", {
      where: "nn.Tensor.matmul",
      expected: "[m×n] · [n×k] or [m×n] · [n]",
      got: `${showShape(a.shape)} · ${showShape(b.shape)}`,
    });
  }
  return {
    data: product(a.data, b.data, m, n, k),
    shape: b.shape.length === 1 ? [m] : [m, k],
    pulls: [
      (g) => product(g, transpose(b.data, n, k), m, k, n),
      (g) => product(transpose(a.data, m, n), g, n, m, k),
    ],
  };
}

export function transposed({ data, shape }: Values): Result {
  const [rows, cols] = shape;
  if (rows === undefined || cols === undefined) {
    throw new Ell2Error("SHAPE", { where: "nn.Tensor.T", expected: "two dimensions", got: showShape(shape) });
  }
  return {
    data: transpose(data, rows, cols),
    shape: [cols, rows],
    pulls: [(g) => transpose(g, cols, rows)],
  };
}

/** Σ over everything, or over one axis; a vector is summed as one column. */
export function sum({ data, shape }: Values, axis: number | undefined): Result {
  const vector = shape.length === 1;
  const cols = vector ? 1 : colsOf(shape);
  const everything = axis === undefined || (vector && axis === 0);
  if (!everything && !(shape.length === 2 && (axis === 0 || axis === 1))) {
    throw new Ell2Error("VALUE", {
      where: "nn.Tensor.sum",
      expected: `axis to be a dimension of ${showShape(shape)}, counted from 0, or left out`,
      got: show(axis),
    });
  }
  if (axis === 1) {
    const rows = shape[0]!;
    const sums = new Float64Array(rows);
    data.forEach((x, i) => {
      sums[Math.floor(i / cols)]! += x;
    });
    return { data: sums, shape: [rows], pulls: [(g) => data.map((_, i) => g[Math.floor(i / cols)]!)] };
  }
  const sums = columnSums(data, vector ? data.length : (shape[0] ?? 1), cols);
  if (!everything) return { data: sums, shape: [cols], pulls: [(g) => data.map((_, i) => g[i % cols]!)] };
  const total = sums.reduce((a, b) => a + b, 0);
  return { data: Float64Array.of(total), shape: [], pulls: [(g) => data.map(() => g[0]!)] };
}

/** The rows in [start, end), with Python's rules for ends. */
export function slice({ data, shape }: Values, start: number, end: number | undefined): Result {
  const where = "nn.Tensor.slice";
  const [rows, cols = 1] = shape;
  if (rows === undefined) {
    throw new Ell2Error("SHAPE", { where, expected: "one or two dimensions", got: showShape(shape) });
  }
  const place = (name: string, i: number) => {
    const whole = checkInteger(where, name, i, Number.MIN_SAFE_INTEGER);
    return Math.min(Math.max(whole < 0 ? whole + rows : whole, 0), rows);
  };
  const from = place("start", start);
  const to = Math.max(from, place("end", end ?? rows));
  const pull: Pull = (g) => {
    const out = new Float64Array(rows * cols);
    out.set(g, from * cols);
    return out;
  };
  return {
    data: data.subarray(from * cols, to * cols),
    shape: [to - from, ...shape.slice(1)],
    pulls: [pull],
  };
}

/** A copy with memory of its own. */
export function copy({ data, shape }: Values): Result {
  return { data: data.slice(), shape, pulls: [(g) => g] };
}
