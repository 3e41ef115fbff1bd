/** Householder reduction of a symmetric matrix to tridiagonal form (Golub and Van Loan, Matrix Computations, §8.3.1). */
import { powerOfTwoBelow } from "../numbers/powerOfTwo.js";

/** Where the parts of a reduction stand in one array. */
export interface Places {
  /** The lower triangle, row by row [n(n+1)/2]. */
  a: number;
  /** Four vectors of n entries. */
  v0: number;
  p0: number;
  v: number;
  q: number;
}

/** A ← A − v₀·p₀ᵀ − p₀·v₀ᵀ, q ← q + A·v, for the first `count` rows of A: one pass over memory. */
export type ReflectAndMultiply = (
  a: number,
  count: number,
  v0: number,
  p0: number,
  v: number,
  q: number,
) => void;

/**
 * T = H₁·…·Hₙ₋₁·A·Hₙ₋₁·…·H₁ with Hᵢ = I − vᵢvᵢᵀ/hᵢ, from the last row to the second. Each step's update is
 * made while the next step's product is taken, so that A is read once a step.
 * @param heap holds A's lower triangle, which is overwritten: row i left of the diagonal with vᵢ
 * @param diagonal [n], offDiagonal [n−1]: where T goes
 * @param h [n]: where hᵢ = ‖vᵢ‖²/2 goes, or 0 where Hᵢ = I
 */
export function reduce(
  heap: Float64Array,
  places: Places,
  n: number,
  reflectAndMultiply: ReflectAndMultiply,
  diagonal: Float64Array,
  offDiagonal: Float64Array,
  h: Float64Array,
): void {
  const { a } = places;
  let { v0, p0, v, q } = places;
  heap.fill(0, v0, v0 + n);
  heap.fill(0, p0, p0 + n);
  h.fill(0, 0, n);
  for (let i = n - 1; i > 0; i--) {
    const row = a + (i * (i + 1)) / 2;
    updateRow(heap, row, i, v0, p0);
    diagonal[i] = heap[row + i]!;
    let most = 0;
    for (let l = row; l < row + i; l++) most = Math.max(most, Math.abs(heap[l]!));
    const scale = powerOfTwoBelow(most);
    let squares = 0;
    for (let l = row; l < row + i; l++) {
      heap[l]! /= scale;
      squares += heap[l]! * heap[l]!;
    }
    // v maps the row left of the diagonal to (…, 0, beta)
    const last = row + i - 1;
    const norm = Math.sqrt(squares);
    const alpha = heap[last]!;
    const beta = alpha >= 0 ? -norm : norm;
    offDiagonal[i - 1] = beta * scale;
    if (norm > 0) {
      heap[last]! -= beta;
      h[i] = beta * (beta - alpha);
    }
    heap.copyWithin(v, row, row + i);
    heap.fill(0, q, q + i);
    reflectAndMultiply(a, i, v0, p0, v, q);
    correct(heap, v, q, i, h[i]!);
    [v0, p0, v, q] = [v, q, v0, p0];
  }
  if (n === 0) return;
  updateRow(heap, a, 0, v0, p0);
  diagonal[0] = heap[a]!;
}

/** Row i of A − v₀·p₀ᵀ − p₀·v₀ᵀ. */
function updateRow(heap: Float64Array, row: number, i: number, v0: number, p0: number): void {
  const [vi, pi] = [heap[v0 + i]!, heap[p0 + i]!];
  for (let l = 0; l <= i; l++) heap[row + l]! -= vi * heap[p0 + l]! + pi * heap[v0 + l]!;
}

/** q = A·v becomes the p of H·A·H = A − v·pᵀ − p·vᵀ: q/h − (vᵀq/2h²)·v. */
function correct(heap: Float64Array, v: number, q: number, count: number, h: number): void {
  if (h === 0) {
    heap.fill(0, v, v + count);
    heap.fill(0, q, q + count);
    return;
  }
  let vq = 0;
  for (let l = 0; l < count; l++) {
    heap[q + l]! /= h;
    vq += heap[v + l]! * heap[q + l]!;
  }
  const correction = vq / (2 * h);
  for (let l = 0; l < count; l++) heap[q + l]! -= correction * heap[v + l]!;
}

/** `ReflectAndMultiply` over an array: each row's own sum has two parts, of its even and its odd entries. */
export const overArray =
  (heap: Float64Array): ReflectAndMultiply =>
  (a, count, v0, p0, v, q) => {
    for (let r = 0, row = a; r < count; row += ++r) {
      const [vr, pr, wr] = [heap[v0 + r]!, heap[p0 + r]!, heap[v + r]!];
      let [even, odd] = [0, 0];
      for (let l = 0; l < r; l++) {
        const x = heap[row + l]! - (vr * heap[p0 + l]! + pr * heap[v0 + l]!);
        heap[row + l] = x;
        if (l % 2 === 0) even += x * heap[v + l]!;
        else odd += x * heap[v + l]!;
        heap[q + l]! += x * wr;
      }
      const x = heap[row + r]! - (vr * heap[p0 + r]! + pr * heap[v0 + r]!);
      heap[row + r] = x;
      heap[q + r]! += even + odd + x * wr;
    }
  };
