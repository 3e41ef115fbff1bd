import { matmul } from "../kernels/index.js";
import { gram, place, submatrix, transpose } from "./blocks.js";

/** Columns that are eliminated together, and the size from which on they are. */
const BLOCK = 64;
const LEAST_BLOCKED = 4 * BLOCK;

/**
 * The lower triangular factor of a symmetric positive definite matrix, A = L·Lᵀ (Golub and Van
 * Loan, Matrix Computations, §4.2): row by row, or of a large one in block columns, so that nearly all
 * work is products of matrices.
 *
 * A pivot that is at most n·ε of its diagonal entry is rounding and not data: it ends the
 * factorisation, so that a matrix without a digit to give is refused by the caller.
 *
 * @param A row-major [n×n], finite; only the lower triangle is read; not changed
 * @param n ≥ 0
 * @returns L [n×n], zeros above the diagonal; failedAt: null, or the row whose pivot failed (L holds the rows before it)
 */
export function cholesky(A: Float64Array, n: number): { L: Float64Array; failedAt: number | null } {
  const least = (i: number) => n * Number.EPSILON * A[i * n + i]!;
  return n < LEAST_BLOCKED ? rowByRow(A, n, least) : inBlocks(A, n, least);
}

/** @param least what a pivot of a row has to exceed */
function rowByRow(A: Float64Array, n: number, least: (i: number) => number) {
  const L = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = A[i * n + j]!;
      for (let l = 0; l < j; l++) sum -= L[i * n + l]! * L[j * n + l]!;
      if (j < i) {
        L[i * n + j] = sum / L[j * n + j]!;
        continue;
      }
      if (!(sum > least(i))) {
        L.fill(0, i * n);
        return { L, failedAt: i };
      }
      L[i * n + i] = Math.sqrt(sum);
    }
  }
  return { L, failedAt: null };
}

function inBlocks(A: Float64Array, n: number, least: (i: number) => number) {
  const L = new Float64Array(n * n);
  for (let first = 0; first < n; first += BLOCK) {
    const [rows, width] = [n - first, Math.min(BLOCK, n - first)];
    const panel = submatrix(A, n, first, rows, first, width);
    const before = submatrix(L, n, first, rows, 0, first);
    const known = new Float64Array(rows * width);
    matmul(before, transpose(before.subarray(0, width * first), width, first), rows, first, width, known);
    for (let at = 0; at < known.length; at++) panel[at]! -= known[at]!;
    const { L: corner, failedAt } = rowByRow(panel.subarray(0, width * width), width, (i) =>
      least(first + i),
    );
    place(corner, width, width, L, n, first, first);
    if (failedAt !== null) {
      // rows from the failed one on are not factored
      L.fill(0, (first + failedAt) * n);
      return { L, failedAt: first + failedAt };
    }
    const below = new Float64Array((rows - width) * width);
    const turned = transpose(inverseOfCorner(corner, width), width, width);
    matmul(panel.subarray(width * width), turned, rows - width, width, width, below);
    place(below, rows - width, width, L, n, first + width, first);
  }
  return { L, failedAt: null };
}

/** L⁻¹ of a lower triangular matrix with a positive diagonal, block by block. */
export function inverseOfLower(L: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  const corners: Float64Array[] = [];
  for (let first = 0; first < n; first += BLOCK) {
    const width = Math.min(BLOCK, n - first);
    corners.push(inverseOfCorner(submatrix(L, n, first, width, first, width), width));
    place(corners.at(-1)!, width, width, out, n, first, first);
  }
  for (let left = 0; left < n; left += BLOCK) {
    const cols = Math.min(BLOCK, n - left);
    const solved = submatrix(out, n, left, n - left, left, cols); // the block column, row by row
    for (let first = left + BLOCK; first < n; first += BLOCK) {
      const [width, above] = [Math.min(BLOCK, n - first), first - left];
      const [known, own] = [new Float64Array(width * cols), new Float64Array(width * cols)];
      matmul(submatrix(L, n, first, width, left, above), solved, width, above, cols, known);
      matmul(corners[first / BLOCK]!, known, width, width, cols, own);
      for (let at = 0; at < own.length; at++) solved[above * cols + at] = -own[at]!;
    }
    place(solved, n - left, cols, out, n, left, left);
  }
  return out;
}

function inverseOfCorner(L: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? 1 : 0;
      for (let l = j; l < i; l++) sum -= L[i * n + l]! * out[l * n + j]!;
      out[i * n + j] = sum / L[i * n + i]!;
    }
  }
  return out;
}

/** A⁻¹ = L⁻ᵀ·L⁻¹ of the factor of A [n×n]. */
export const choleskyInverse = (L: Float64Array, n: number): Float64Array => gram(inverseOfLower(L, n), n, n);

/**
 * Solves L·Lᵀ·X = B.
 *
 * @param L lower triangular [n×n], positive diagonal, as `cholesky` gives it
 * @param B right-hand sides [n×k]; overwritten with X
 */
export function choleskySolve(L: Float64Array, n: number, B: Float64Array, k: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) subtractRow(B, k, i, L[i * n + j]!, j);
    for (let c = 0; c < k; c++) B[i * k + c]! /= L[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let c = 0; c < k; c++) B[i * k + c]! /= L[i * n + i]!;
    for (let j = 0; j < i; j++) subtractRow(B, k, j, L[i * n + j]!, i);
  }
}

/** row i ← row i − factor·row j */
function subtractRow(B: Float64Array, k: number, i: number, factor: number, j: number): void {
  for (let c = 0; c < k; c++) B[i * k + c]! -= factor * B[j * k + c]!;
}

/**
 * An estimate of 1/κ₁(A) = 1/(‖A‖₁·‖A⁻¹‖₁), as LAPACK's dpocon gives it: never below the truth but
 * for rounding, and rarely above three times it. Some five solutions with A (Hager 1984; Higham, ACM
 * TOMS 14, 1988, Algorithm 4.1).
 *
 * @param A the matrix that was factored, [n×n]; only the lower triangle is read
 * @param L its factor
 * @returns in [0, 1] but for rounding; 1 for n = 0
 */
export function reciprocalCondition1(A: Float64Array, L: Float64Array, n: number): number {
  if (n === 0) return 1;
  return 1 / symmetricNorm1(A, n) / inverseNorm1(L, n);
}

/** ‖A‖₁ of a symmetric matrix, from its lower triangle */
function symmetricNorm1(A: Float64Array, n: number): number {
  const sums = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const size = Math.abs(A[i * n + j]!);
      sums[i]! += size;
      if (j < i) sums[j]! += size;
    }
  }
  return sums.reduce((most, sum) => Math.max(most, sum), 0);
}

/** A lower bound of ‖(L·Lᵀ)⁻¹‖₁, usually the norm itself: the climb from corner to corner of the unit ball. */
function inverseNorm1(L: Float64Array, n: number): number {
  const solve = (x: Float64Array) => {
    choleskySolve(L, n, x, 1);
    return x;
  };
  const norm1 = (x: Float64Array) => x.reduce((sum, value) => sum + Math.abs(value), 0);
  const signs = (x: Float64Array) => x.map((value) => (value >= 0 ? 1 : -1));

  let x = solve(new Float64Array(n).fill(1 / n));
  let most = norm1(x);
  let corner = signs(x);
  for (let climb = 0; climb < 5 && n > 1; climb++) {
    const slope = solve(corner.slice());
    let steepest = 0;
    for (let i = 1; i < n; i++) if (Math.abs(slope[i]!) > Math.abs(slope[steepest]!)) steepest = i;
    x = solve(new Float64Array(n).fill(1, steepest, steepest + 1));
    const norm = norm1(x);
    const next = signs(x);
    const same = next.every((sign, i) => sign === corner[i]);
    const climbed = norm > most;
    most = Math.max(most, norm);
    if (same || !climbed) break;
    corner = next;
  }
  // a vector that the climb's blind spots do not share
  const other = Float64Array.from(
    { length: n },
    (_, i) => (i % 2 === 0 ? 1 : -1) * (1 + i / Math.max(1, n - 1)),
  );
  return Math.max(most, (2 * norm1(solve(other))) / (3 * n));
}
