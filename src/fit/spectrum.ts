import { pivotedCholesky } from "../linalg/pivotedCholesky.js";
import { svd } from "../linalg/svd.js";
import { symmetricEigen } from "../linalg/symmetricEigen.js";
import type { FlatMoments } from "../model/momentSums.js";
import { fromFixedPoint, timesPowerOfTwo } from "../numbers/fixedPoint.js";
import { powerOfTwoBelow } from "../numbers/powerOfTwo.js";
import { BITS } from "./ldl.js";
import type { NormalEquations } from "./normalEquations.js";
import type { System } from "./system.js";

/**
 * The centred moments in the coordinates in which a penalty acts on each direction by itself:
 * Sxx = V·diag(d²)·Vᵀ, so that ridge's weights are V·diag(1/(d² + α))·VᵀSxy for every α.
 */
export interface Spectrum {
  flat: FlatMoments;
  /** The eigenvalues d² of Sxx, descending, at least 0 [n]. */
  squares: Float64Array;
  /** Eigenvectors, a column each [n×n]. */
  V: Float64Array;
  /** VᵀSxy [n×k] */
  z: Float64Array;
  /** Directions that are not rounding. */
  rank: number;
}

/**
 * Sums of squares of two columns that differ by more than this factor need a decomposition that keeps the
 * digits of the smaller one, which plain eigenvalues lose. For many features it takes some ten times as
 * long, and is left until half of the digits are at stake.
 */
const UNLIKE = 1e4;
const [MANY, UNLIKE_OF_MANY] = [64, 1e8];

/**
 * The spectrum of a system. From exact normal equations by one-sided Jacobi rotations of their factor, whose
 * small singular values have digits up to condition numbers of the features of 1e13; from sums in doubles
 * by the eigenvalues of Sxx, or, where columns are in unlike units, of their Cholesky factor.
 */
export function spectrumOf(system: System, equations: NormalEquations | null): Spectrum {
  const exact = equations && fromFactor(system, equations);
  if (exact !== null) return exact;
  const { flat } = system;
  const { n, sxx } = flat;
  const diagonal = Array.from({ length: n }, (_, j) => sxx[j * n + j]!).filter((s) => s > 0);
  const factor = n > MANY ? UNLIKE_OF_MANY : UNLIKE;
  const alike = Math.max(...diagonal) <= factor * Math.min(...diagonal);
  return withoutRounding(alike ? fromSums(flat) : gradedSpectrum(flat));
}

function fromSums(flat: FlatMoments): Spectrum {
  const { values, vectors: V } = symmetricEigen(flat.sxx, flat.n);
  // rounding can leave an eigenvalue of a positive semidefinite matrix a little below 0
  const squares = values.map((value) => Math.max(value, 0));
  const rank = squares.filter((square) => square > flat.n * Number.EPSILON * squares[0]!).length;
  return { flat, squares, V, z: turned(V, flat), rank };
}

/** VᵀSxy [n×k] */
function turned(V: Float64Array, { n, k, sxy }: FlatMoments): Float64Array {
  const z = new Float64Array(n * k);
  for (let j = 0; j < n; j++) {
    for (let c = 0; c < n; c++) for (let l = 0; l < k; l++) z[c * k + l]! += V[j * n + c]! * sxy[j * k + l]!;
  }
  return z;
}

/** From S = G·Gᵀ, G = L·√d: G = U·diag(σ)·Qᵀ gives d² = σ², V = U, and VᵀSxy = σ·Qᵀ(G⁻¹Sxy); null for dependent columns. */
function fromFactor({ flat, scaler }: System, equations: NormalEquations): Spectrum | null {
  const { n, k, sums } = equations;
  const { active, shifts, factors, cross, targetShifts } = equations.scaled(0);
  const size = active.length;
  if (factors.dependent.length > 0) return null;
  const L = factors.L.map((row) => row.map((value) => fromFixedPoint(value, BITS)));
  const root = factors.d.map((value) => Math.sqrt(fromFixedPoint(value, BITS)));
  const weightUnit = Math.sqrt(timesPowerOfTwo(1, sums.weightExponent));
  const unit = active.map(
    (j, i) => timesPowerOfTwo(weightUnit, sums.ranges[j]!.exponent - shifts[i]!) / (scaler?.scale[j] ?? 1),
  );
  if (unit.some((value) => !(value > 1e-140 && value < 1e140))) return null;
  const G = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let t = 0; t <= i; t++) G[i * size + t] = unit[i]! * L[i]![t]! * root[t]!;
  // rotations of the columns keep the digits of what rows of G are scaled by, if G is transposed
  const turned = scaler === null;
  const from = turned ? Float64Array.from(G, (_, at) => G[(at % size) * size + Math.floor(at / size)]!) : G;
  const decomposed = svd(from, size, size);
  const [U, Q] = turned ? [decomposed.V, decomposed.U] : [decomposed.U, decomposed.V];
  const q = new Float64Array(size * k);
  for (let l = 0; l < k; l++) {
    const forward: bigint[] = [];
    const targetUnit = timesPowerOfTwo(weightUnit, sums.ranges[n + l]!.exponent - targetShifts[l]!);
    for (let i = 0; i < size; i++) {
      let sum = cross[i]![l]! << BigInt(BITS);
      for (let j = 0; j < i; j++) sum -= factors.L[i]![j]! * forward[j]!;
      forward.push(sum >> BigInt(BITS));
      q[i * k + l] = (fromFixedPoint(forward[i]!, BITS) / root[i]!) * targetUnit;
    }
  }
  const [V, z, squares] = [new Float64Array(n * n), new Float64Array(n * k), new Float64Array(n)];
  const still = Array.from({ length: n }, (_, j) => j).filter((j) => !active.includes(j));
  for (let c = 0; c < size; c++) {
    const sigma = decomposed.s[c]!;
    squares[c] = sigma * sigma;
    for (let i = 0; i < size; i++) {
      V[active[i]! * n + c] = U[i * size + c]!;
      for (let l = 0; l < k; l++) z[c * k + l]! += sigma * Q[i * size + c]! * q[i * k + l]!;
    }
  }
  for (const [at, j] of still.entries()) V[j * n + size + at] = 1;
  return { flat, squares, V, z, rank: size };
}

/**
 * The spectrum of columns in unlike units, each direction to the digits that the columns scaled to the
 * same length allow: a pivoted Cholesky factor of those, in its own units again, and one-sided Jacobi
 * (Demmel and Veselić, SIAM J. Matrix Anal. 13, 1992). Eigenvalues that are rounding are 0.
 */
function gradedSpectrum(flat: FlatMoments): Spectrum {
  const { n, sxx } = flat;
  const units = Float64Array.from({ length: n }, (_, j) => powerOfTwoBelow(Math.sqrt(sxx[j * n + j]!)));
  const scaled = sxx.map((s, at) => s / units[Math.floor(at / n)]! / units[at % n]!);
  const { L, order, rank } = pivotedCholesky(scaled, n);
  const factor = new Float64Array(n * n); // FᵀF = Sxx
  for (const [i, j] of order.entries()) {
    for (let c = 0; c < rank; c++) factor[c * n + j] = L[i * n + c]! * units[j]!;
  }
  const { s, V } = svd(factor, n, n);
  const squares = s.map((d, c) => (c < rank ? d * d : 0));
  separate(flat, squares, V, rank);
  return { flat, squares, V, z: turned(V, flat), rank };
}

/**
 * Makes each direction conjugate to the much longer ones, vᵢᵀSxx·v = 0: their small share in it, which
 * Jacobi's threshold leaves out, is multiplied by large features.
 */
function separate({ n, sxx }: FlatMoments, squares: Float64Array, V: Float64Array, rank: number): void {
  const product = new Float64Array(n); // Sxx·v
  for (let c = 1; c < rank; c++) {
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < n; j++) {
        product[j] = 0;
        for (let l = 0; l < n; l++) product[j]! += sxx[j * n + l]! * V[l * n + c]!;
      }
      for (let i = 0; i < c && squares[i]! > UNLIKE * squares[c]!; i++) {
        let share = 0;
        for (let j = 0; j < n; j++) share += V[j * n + i]! * product[j]!;
        share /= squares[i]! - squares[c]!;
        for (let j = 0; j < n; j++) V[j * n + c]! -= share * V[j * n + i]!;
      }
    }
  }
}

/** Of the directions beyond the rank, those along which the targets too have nothing but rounding are set to 0. */
function withoutRounding(of: Spectrum): Spectrum {
  const { flat, squares, z, rank } = of;
  const { n, k, syy } = flat;
  const least = syy.map((s) => 4 * n * Number.EPSILON * Math.sqrt(Math.max(0, s) * (squares[0] ?? 0)));
  for (let c = rank; c < n; c++) {
    const along = z.subarray(c * k, (c + 1) * k);
    if (!along.every((value, l) => Math.abs(value) <= least[l]!)) continue;
    along.fill(0);
    squares[c] = 0;
  }
  return of;
}

/** The weight w(α) [n×k] and the bias b(α) [k]; at α = 0 over the directions that are not rounding. */
export function solutionAt(of: Spectrum, alpha: number): { w: Float64Array; b: Float64Array } {
  const { squares, V, z, flat, rank } = of;
  const { n, k, meanX, meanY } = flat;
  const r = alpha > 0 ? n : rank;
  const w = new Float64Array(n * k);
  for (let c = 0; c < r; c++) {
    const denominator = squares[c]! + alpha;
    for (let l = 0; l < k; l++) {
      const share = z[c * k + l]! / denominator;
      for (let j = 0; j < n; j++) w[j * k + l]! += V[j * n + c]! * share;
    }
  }
  const b = meanY.slice();
  for (let l = 0; l < k; l++) for (let j = 0; j < n; j++) b[l]! -= meanX[j]! * w[j * k + l]!;
  return { w, b };
}

/** Effective degrees of freedom, Σ d²/(d² + α): the bias not counted. */
export function degreesOfFreedom({ squares, rank }: Spectrum, alpha: number): number {
  if (alpha === 0) return rank;
  return squares.reduce((sum, square) => sum + square / (square + alpha), 0);
}
