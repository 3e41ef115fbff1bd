import { matmul } from "../kernels/index.js";
import { cholesky, choleskySolve, reciprocalCondition1 } from "../linalg/cholesky.js";
import { Matrix } from "../linalg/matrix.js";
import type { Solver } from "./solution.js";
import { alphaOf, type System } from "./system.js";

/** A factor of S + αD, columns scaled, in doubles. */
export interface Factorisation {
  readonly solver: Solver;
  readonly system: System;
  readonly lambda: number;
  readonly alpha: number;
  readonly n: number;
  /** 1/√diagonal of each feature; 0 for one that is constant. */
  readonly scale: Float64Array;
  /** The condition number of the scaled system, or an estimate. */
  readonly condition: number;
  /** Solves for right-hand sides in the system's coordinates [n×k], which are overwritten. */
  solve(B: Float64Array, k: number): void;
  /** M [n×n] in the data's units with (S + αD)⁻¹ = MᵀM: the inverse of the factor. */
  factor(): Matrix;
  /** (S + αD)⁻¹·S·(S + αD)⁻¹ in the data's units, and the trace of (S + αD)⁻¹·S. */
  covariance(): { C: Float64Array; df: number };
}

/** (S + αD)·w = Sxy by Cholesky of the system, scaled to a diagonal of 1, in doubles. */
export class Factored implements Factorisation {
  readonly solver = "cholesky";
  readonly n: number;
  readonly scale: Float64Array;
  readonly alpha: number;
  readonly #A: Float64Array;
  readonly #L: Float64Array;
  readonly failed: boolean;
  /** An estimate of the 1-norm condition number of the scaled system. */
  readonly condition: number;

  constructor(
    readonly system: System,
    readonly lambda: number,
  ) {
    const { flat, constant } = system;
    const { n, sxx } = flat;
    this.n = n;
    this.alpha = alphaOf(lambda, flat);
    this.scale = Float64Array.from({ length: n }, (_, j) => {
      const diagonal = constant[j] ? 0 : sxx[j * n + j]! + this.alpha;
      return diagonal > 0 ? 1 / Math.sqrt(diagonal) : 0;
    });
    this.#A = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const s = sxx[i * n + j]! + (i === j ? this.alpha : 0);
        this.#A[i * n + j] = this.scale[i]! * s * this.scale[j]!;
      }
      if (this.scale[i] === 0) this.#A[i * n + i] = 1; // nothing else is in its row: its weight is 0
    }
    const { L, failedAt } = cholesky(this.#A, n);
    this.#L = L;
    this.failed = failedAt !== null;
    this.condition = this.failed
      ? Number.POSITIVE_INFINITY
      : n === 0
        ? 1
        : 1 / reciprocalCondition1(this.#A, L, n);
  }

  solve(B: Float64Array, k: number): void {
    for (let at = 0; at < B.length; at++) B[at]! *= this.scale[Math.floor(at / k)]!;
    choleskySolve(this.#L, this.n, B, k);
    for (let at = 0; at < B.length; at++) B[at]! *= this.scale[Math.floor(at / k)]!;
  }

  factor(): Matrix {
    const { n } = this;
    const { scaler } = this.system;
    const M = new Float64Array(n * n);
    for (let c = 0; c < n; c++) {
      M[c * n + c] = 1 / this.#L[c * n + c]!;
      for (let i = c + 1; i < n; i++) {
        let sum = 0;
        for (let j = c; j < i; j++) sum -= this.#L[i * n + j]! * M[j * n + c]!;
        M[i * n + c] = sum / this.#L[i * n + i]!;
      }
    }
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) M[i * n + j]! *= this.scale[j]! / (scaler?.scale[j] ?? 1);
    return new Matrix(n, n, M);
  }

  /** (S + αI)⁻¹ in the system's coordinates [n×n]. */
  inverse(): Float64Array {
    const { n } = this;
    const inverse = new Float64Array(n * n);
    for (let j = 0; j < n; j++) inverse[j * n + j] = 1;
    this.solve(inverse, n);
    return inverse;
  }

  covariance(): { C: Float64Array; df: number } {
    const { n, system } = this;
    const { flat, scaler, constant } = system;
    const inverse = this.inverse();
    if (this.alpha === 0)
      return { C: inUnits(inverse, scaler?.scale, n), df: n - constant.filter(Boolean).length };
    const [hat, C] = [new Float64Array(n * n), new Float64Array(n * n)];
    matmul(inverse, flat.sxx, n, n, n, hat);
    matmul(hat, inverse, n, n, n, C);
    let df = 0;
    for (let j = 0; j < n; j++) df += hat[j * n + j]!;
    return { C: inUnits(C, scaler?.scale, n), df };
  }
}

export const inUnits = (C: Float64Array, scale: readonly number[] | undefined, n: number): Float64Array =>
  scale === undefined ? C : C.map((value, at) => value / scale[Math.floor(at / n)]! / scale[at % n]!);
