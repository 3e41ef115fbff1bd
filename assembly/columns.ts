/*
 * What runs over the columns of z = [x y], centred: rows of X are `xStep` bytes apart and n of their
 * entries are taken, rows of Y likewise; c [n+k] is the centre, and Z is scratch, whose rows are
 * `step` bytes apart. Every array has room after it, as product.ts says.
 */
import { product } from "./product";

/** to = from − c, two entries at a time, so that one more may be written. */
function centreRow(from: usize, to: usize, c: usize, count: i32): void {
  const end = to + ((<usize>count) << 3);
  for (; to < end; to += 16) {
    v128.store(to, f64x2.sub(v128.load(from), v128.load(c)));
    from += 16;
    c += 16;
  }
}

/** Z = z − c, row by row. */
export function centre(
  X: usize,
  xStep: usize,
  n: i32,
  Y: usize,
  yStep: usize,
  k: i32,
  rows: i32,
  c: usize,
  Z: usize,
  step: usize,
): void {
  const left = (<usize>n) << 3;
  for (; rows > 0; rows--) {
    centreRow(X, Z, c, n);
    centreRow(Y, Z + left, c + left, k);
    X += xStep;
    Y += yStep;
    Z += step;
  }
}

/** V = ω·Z, row by row. */
export function weigh(Z: usize, step: usize, rows: i32, weights: usize, V: usize): void {
  for (; rows > 0; rows--) {
    const weight = v128.load64_splat(weights);
    for (let at: usize = 0; at < step; at += 16) v128.store(V + at, f64x2.mul(weight, v128.load(Z + at)));
    weights += 8;
    Z += step;
    V += step;
  }
}

/** Adds the sum of each of `width` columns of Z. */
export function addColumns(Z: usize, step: usize, rows: i32, width: i32, sums: usize): void {
  for (let l = 0; l < width; l += 4) {
    let s0 = v128.load(sums);
    let s1 = v128.load(sums, 16);
    let z = Z;
    for (let i = 0; i < rows; i++) {
      s0 = f64x2.add(s0, v128.load(z));
      s1 = f64x2.add(s1, v128.load(z, 16));
      z += step;
    }
    v128.store(sums, s0);
    v128.store(sums, s1, 16);
    Z += 32;
    sums += 32;
  }
}

/** Adds VᵀZ: the first `height` columns of V by `width` of Z. */
export function gram(
  V: usize,
  Z: usize,
  step: usize,
  rows: i32,
  out: usize,
  outStep: usize,
  height: i32,
  width: i32,
  upper: bool,
): void {
  product(V, 8, step, Z, step, rows, out, outStep, height, width, false, upper);
}
