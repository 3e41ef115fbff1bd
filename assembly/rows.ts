/*
 * What runs over rows with parameters. X [rows×n], Y and residuals R [rows×k], w [n×k], b [k], as
 * the caller has them. P is scratch for predictions and has rows of k entries rounded up to an even
 * number; so have the sums: Xᵀr [n rows], then, in `losses`, 1ᵀr and Σr². Sums are added to. Every
 * array has room after it, as product.ts says.
 */
import { product } from "./product";

/** Bytes of k entries. */
function packed(k: i32): usize {
  return (<usize>k) << 3;
}

/** Bytes of k entries, k rounded up to an even number. */
function padded(k: i32): usize {
  return (<usize>((k + 1) & -2)) << 3;
}

/** P = Xw, features from left to right. */
function multiply(X: usize, rows: i32, n: i32, k: i32, w: usize, P: usize): void {
  product(X, packed(n), 8, w, packed(k), n, P, padded(k), rows, k, true, false);
}

/** out = P + b [rows×k], the predictions. */
export function predict(X: usize, rows: i32, n: i32, k: i32, w: usize, b: usize, P: usize, out: usize): void {
  multiply(X, rows, n, k, w, P);
  for (; rows > 0; rows--) {
    for (let at: usize = 0; at < packed(k); at += 8) f64.store(out + at, f64.load(P + at) + f64.load(b + at));
    P += padded(k);
    out += packed(k);
  }
}

/** P = P + b − Y, the residuals, and their losses. */
function subtract(Y: usize, rows: i32, k: i32, b: usize, P: usize, losses: usize): void {
  for (let at: usize = 0; at < packed(k); at += 16) {
    const bias = v128.load(b + at);
    let p = P + at;
    let y = Y + at;
    for (let i = 0; i < rows; i++) {
      v128.store(p, f64x2.sub(f64x2.add(v128.load(p), bias), v128.load(y)));
      p += padded(k);
      y += packed(k);
    }
  }
  addLosses(P, padded(k), rows, k, losses);
}

/** Adds 1ᵀr and Σr² of residuals whose rows are `step` bytes apart. */
function addLosses(R: usize, step: usize, rows: i32, k: i32, losses: usize): void {
  const squares = losses + padded(k);
  for (let at: usize = 0; at < packed(k); at += 16) {
    let sum = v128.load(losses + at);
    let square = v128.load(squares + at);
    let p = R + at;
    for (let i = 0; i < rows; i++) {
      const r = v128.load(p);
      sum = f64x2.add(sum, r);
      square = f64x2.add(square, f64x2.mul(r, r));
      p += step;
    }
    v128.store(losses + at, sum);
    v128.store(squares + at, square);
  }
}

/** Adds Xᵀr of residuals whose rows are `step` bytes apart. */
function addGradient(X: usize, rows: i32, n: i32, k: i32, R: usize, step: usize, sums: usize): void {
  product(X, 8, packed(n), R, step, rows, sums, padded(k), n, k, false, false);
}

/** The losses of the predictions. */
export function errors(
  X: usize,
  Y: usize,
  rows: i32,
  n: i32,
  k: i32,
  w: usize,
  b: usize,
  P: usize,
  losses: usize,
): void {
  multiply(X, rows, n, k, w, P);
  subtract(Y, rows, k, b, P, losses);
}

/** All sums of a descent step. */
export function step(
  X: usize,
  Y: usize,
  rows: i32,
  n: i32,
  k: i32,
  w: usize,
  b: usize,
  P: usize,
  losses: usize,
  sums: usize,
): void {
  errors(X, Y, rows, n, k, w, b, P, losses);
  addGradient(X, rows, n, k, P, padded(k), sums);
}

/** The same sums from residuals that are already there. */
export function residual(X: usize, R: usize, rows: i32, n: i32, k: i32, losses: usize, sums: usize): void {
  addLosses(R, packed(k), rows, k, losses);
  addGradient(X, rows, n, k, R, packed(k), sums);
}
