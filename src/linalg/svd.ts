import { powerOfTwoBelow, scaleOf } from "../numbers/powerOfTwo.js";
import { multiplyQ, qr } from "./qr.js";

/** Sweeps over all pairs after which the iteration ends whatever is left; 4 to 8 are usual. */
const MOST_SWEEPS = 40;

/**
 * The singular value decomposition A = U·diag(s)·Vᵀ, by QR of the columns in descending order, then
 * one-sided Jacobi rotations of R's rows with de Rijk's pivoting.
 *
 * Small singular values too have a small relative error, some n·ε·κ, where κ is the condition number
 * of A with its columns scaled to equal norms (Demmel and Veselić, SIAM J. Matrix Anal. 13, 1992;
 * Drmač and Veselić, ibid. 29, 2008).
 *
 * @param A row-major [m×n] with m ≥ n, finite; not changed
 * @returns U [m×n] and V [n×n] with orthonormal columns; s [n], descending
 */
export function svd(
  A: Float64Array,
  m: number,
  n: number,
): { U: Float64Array; s: Float64Array; V: Float64Array } {
  const { scale, order, units, scaled } = columnsDescending(A, m, n);
  const factored = qr(scaled, m, n);
  const G = new Float64Array(n * n); // R, whose rows become σⱼ·vⱼ
  const J = new Float64Array(n * n); // row j becomes uⱼ in terms of Q's columns
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) G[i * n + j] = factored.factors[i * n + j]! * (units[j]! / scale);
    J[i * n + i] = 1;
  }
  const s = orthogonaliseRows(G, J, n);

  const U = new Float64Array(m * n);
  const V = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const row = G.subarray(j * n, (j + 1) * n);
    if (s[j]! > 0) for (let i = 0; i < n; i++) row[i]! /= s[j]!;
    else completeRow(G, n, j);
    for (let i = 0; i < n; i++) {
      U[i * n + j] = J[j * n + i]!;
      V[order[i]! * n + j] = row[i]!;
    }
  }
  multiplyQ(factored, U, n);
  return { U, s: s.map((value) => value * scale), V };
}

/** A's columns by descending norm, each divided by its unit, a power of two that brings its entries near 1. */
function columnsDescending(A: Float64Array, m: number, n: number) {
  const scale = scaleOf(A);
  const columnUnits = Float64Array.from({ length: n }, (_, j) => scaleOf(A, j, m, n));
  const norms = columnUnits.map((unit, j) => {
    let squares = 0;
    for (let i = 0; i < m; i++) squares += (A[i * n + j]! / unit) * (A[i * n + j]! / unit);
    return (unit / scale) * Math.sqrt(squares);
  });
  const order = Array.from({ length: n }, (_, j) => j).sort((i, j) => norms[j]! - norms[i]!);
  const units = Float64Array.from(order, (from) => columnUnits[from]!);
  const scaled = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) scaled[i * n + j] = A[i * n + order[j]!]! / units[j]!;
  }
  return { scale, order, units, scaled };
}

/** Rotates pairs of rows of G, and of J with them, until all are orthogonal; returns their norms, descending. */
function orthogonaliseRows(G: Float64Array, J: Float64Array, n: number): Float64Array {
  const norms = Float64Array.from({ length: n }, (_, j) => rowNorm(G, n, j));
  for (let sweep = 0, rotated = true; rotated && sweep < MOST_SWEEPS; sweep++) {
    rotated = false;
    const before = norms.slice();
    for (let i = 0; i < n; i++) {
      let largest = i;
      for (let j = i + 1; j < n; j++) if (norms[j]! > norms[largest]!) largest = j;
      swap(norms, 1, i, largest);
      swap(before, 1, i, largest);
      swap(G, n, i, largest);
      swap(J, n, i, largest);
      for (let j = i + 1; j < n; j++) {
        if (!(norms[j]! > 0)) continue; // and so is row i's, which is larger
        const cosine = rowCosine(G, n, i, norms[i]!, j, norms[j]!);
        if (!(Math.abs(cosine) > n * Number.EPSILON)) continue;
        // tan of the angle that makes the two rows orthogonal
        const zeta = (norms[j]! / norms[i]! - norms[i]! / norms[j]!) / (2 * cosine);
        const size = Math.abs(zeta);
        const t = (zeta >= 0 ? 1 : -1) / (size + (size > 1e8 ? size : Math.sqrt(1 + size * size)));
        const c = 1 / Math.sqrt(1 + t * t);
        rotateRows(G, n, i, j, c, t);
        rotateRows(J, n, i, j, c, t);
        norms[i] = rowNorm(G, n, i, norms[i]!);
        norms[j] = rowNorm(G, n, j, norms[j]!);
        if (norms[j]! <= n * Number.EPSILON * before[j]!) {
          // what a sweep leaves of a row is rounding: it depends on the others
          G.fill(0, j * n, (j + 1) * n);
          norms[j] = 0;
        }
        rotated = true;
      }
    }
  }
  return norms;
}

/** row i ← c·(row i − t·row j), row j ← c·(row j + t·row i) */
function rotateRows(W: Float64Array, n: number, i: number, j: number, c: number, t: number): void {
  const [atI, atJ] = [i * n, j * n];
  for (let l = 0; l < n; l++) {
    const a = W[atI + l]!;
    const b = W[atJ + l]!;
    W[atI + l] = c * (a - t * b);
    W[atJ + l] = c * (b + t * a);
  }
}

/** ‖row j‖ without underflow. @param about a number not far from it */
function rowNorm(G: Float64Array, n: number, j: number, about = scaleOf(G, j * n, n)): number {
  const unit = 1 / powerOfTwoBelow(about);
  let squares = 0;
  for (let l = j * n; l < (j + 1) * n; l++) squares += G[l]! * unit * (G[l]! * unit);
  return Math.sqrt(squares) / unit;
}

/** The cosine of the angle between two rows of these norms, without underflow. */
function rowCosine(G: Float64Array, n: number, i: number, normI: number, j: number, normJ: number): number {
  const unitI = 1 / powerOfTwoBelow(normI);
  const unitJ = 1 / powerOfTwoBelow(normJ);
  const [atI, atJ] = [i * n, j * n];
  let dot = 0;
  for (let l = 0; l < n; l++) dot += G[atI + l]! * unitI * (G[atJ + l]! * unitJ);
  return dot / (normI * unitI) / (normJ * unitJ);
}

function swap(W: Float64Array, n: number, i: number, j: number): void {
  if (i === j) return;
  for (let l = 0; l < n; l++) {
    const kept = W[i * n + l]!;
    W[i * n + l] = W[j * n + l]!;
    W[j * n + l] = kept;
  }
}

/** Fills row j, of a zero singular value, with a unit vector orthogonal to the orthonormal rows before it. */
function completeRow(G: Float64Array, n: number, j: number): void {
  const row = G.subarray(j * n, (j + 1) * n);
  // the unit vector that the rows before leave the most of
  const taken = new Float64Array(n);
  for (let at = 0; at < j * n; at++) taken[at % n]! += G[at]! * G[at]!;
  row.fill(0);
  row[taken.indexOf(Math.min(...taken))] = 1;
  for (let pass = 0; pass < 2; pass++) {
    for (let before = 0; before < j; before++) {
      let dot = 0;
      for (let l = 0; l < n; l++) dot += row[l]! * G[before * n + l]!;
      for (let l = 0; l < n; l++) row[l]! -= dot * G[before * n + l]!;
    }
    const norm = rowNorm(G, n, j);
    for (let l = 0; l < n; l++) row[l]! /= norm;
  }
}
