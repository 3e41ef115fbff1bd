import { fixedQuotient } from "../numbers/fixedPoint.js";

/** Fractional bits of the numbers here. */
export const BITS = 256;
const SHIFT = BigInt(BITS);
/** 1 */
export const ONE = 1n << SHIFT;

/** A = L·diag(d)·Lᵀ in fixed point, over the columns that are independent. */
export interface LDL {
  /** Unit lower triangular [row][column]; the columns of dependent rows are 0. */
  L: bigint[][];
  /** The pivots; 0 for dependent rows. */
  d: bigint[];
  /** Rows that are independent of those before them, and the others. */
  basis: number[];
  dependent: number[];
  /** The largest pivot of a dependent row beside its diagonal entry; −Infinity for none. */
  leftOver: number;
}

/** A pivot of at most (8n·ε)² of its diagonal entry: what is left of the column is rounding of its values. */
const isRounding = (pivot: bigint, diagonal: bigint, n: number): boolean =>
  pivot <= (diagonal * 64n * BigInt(n * n)) >> 104n;

/**
 * Factors a symmetric positive semidefinite matrix without square roots. A row whose pivot is rounding of
 * the data is dependent on those before it.
 * @param A the lower triangle [row][column], diagonal about 1
 */
export function factored(A: readonly (readonly bigint[])[]): LDL {
  const n = A.length;
  const L = A.map(() => new Array<bigint>(n).fill(0n));
  const d = new Array<bigint>(n).fill(0n);
  const basis: number[] = [];
  const dependent: number[] = [];
  let leftOver = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    const row = new Array<bigint>(n).fill(0n); // L·diag(d)
    for (const j of basis) {
      let sum = A[i]![j]! << SHIFT;
      for (const t of basis) {
        if (t >= j) break;
        sum -= row[t]! * L[j]![t]!;
      }
      row[j] = sum >> SHIFT;
      L[i]![j] = fixedQuotient(row[j]!, d[j]!, BITS);
    }
    let pivot = A[i]![i]! << SHIFT;
    for (const t of basis) pivot -= row[t]! * L[i]![t]!;
    pivot >>= SHIFT;
    if (isRounding(pivot, A[i]![i]!, n)) {
      dependent.push(i);
      leftOver = Math.max(leftOver, Number(pivot) / Number(A[i]![i]!));
    } else {
      basis.push(i);
      d[i] = pivot;
      L[i]![i] = ONE;
    }
  }
  return { L, d, basis, dependent, leftOver };
}

/** Solves A·X = B over the independent rows; 0 in the others. @param B [row][target], not changed */
export function solveLDL({ L, d, basis }: LDL, B: readonly (readonly bigint[])[]): bigint[][] {
  const X = B.map((row) => row.map(() => 0n));
  const k = B[0]?.length ?? 0;
  for (let l = 0; l < k; l++) {
    for (const i of basis) {
      let sum = B[i]![l]! << SHIFT;
      for (const j of basis) {
        if (j >= i) break;
        sum -= L[i]![j]! * X[j]![l]!;
      }
      X[i]![l] = sum >> SHIFT;
    }
    for (const i of basis) X[i]![l] = fixedQuotient(X[i]![l]!, d[i]!, BITS);
    for (let at = basis.length - 1; at >= 0; at--) {
      const i = basis[at]!;
      let sum = X[i]![l]! << SHIFT;
      for (let later = at + 1; later < basis.length; later++)
        sum -= L[basis[later]!]![i]! * X[basis[later]!]![l]!;
      X[i]![l] = sum >> SHIFT;
    }
  }
  return X;
}

/** L⁻¹, the lower triangle, of a unit lower triangular matrix. */
export function inverseOfL(L: readonly (readonly bigint[])[]): bigint[][] {
  const n = L.length;
  const inverse = L.map(() => new Array<bigint>(n).fill(0n));
  for (let c = 0; c < n; c++) {
    inverse[c]![c] = ONE;
    for (let i = c + 1; i < n; i++) {
      let sum = 0n;
      for (let j = c; j < i; j++) sum -= L[i]![j]! * inverse[j]![c]!;
      inverse[i]![c] = sum >> SHIFT;
    }
  }
  return inverse;
}
