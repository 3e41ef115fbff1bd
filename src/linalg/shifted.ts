import { scaleOf } from "../numbers/powerOfTwo.js";
import { tridiagonalEigenvalues } from "./symmetricEigen.js";
import { multiply, multiplyTransposed, type Tridiagonal, tridiagonalise } from "./tridiagonalise.js";

/** Columns of right-hand sides that are turned back at a time, so that they stay in the processor's cache. */
const STRIPE = 64;

/**
 * A symmetric positive semidefinite matrix with right-hand sides B, reduced once to tridiagonal form, so
 * that (A + αI)·X = B costs n steps of elimination and one multiplication by Q for every α (Golub and Van
 * Loan, Matrix Computations, §8.3.1 and §4.3.6). Eigenvalues cost O(n²) more, eigenvectors are not needed.
 */
export class ShiftedSystem {
  readonly n: number;
  readonly k: number;
  readonly #scale: number;
  readonly #T: Tridiagonal;
  /** QᵀB [n×k] */
  readonly #rotated: Float64Array;
  #squares: Float64Array | undefined;

  /**
   * @param A row-major [n×n], finite; only the lower triangle is read; not changed
   * @param B [n×k]; not changed
   */
  constructor(A: Float64Array, n: number, B: Float64Array, k: number) {
    this.n = n;
    this.k = k;
    this.#scale = scaleOf(A);
    this.#T = tridiagonalise(
      A.map((a) => a / this.#scale),
      n,
    );
    this.#rotated = B.slice();
    multiplyTransposed(this.#T, this.#rotated, k);
  }

  /** A's eigenvalues, descending; what rounding leaves below 0 is 0. */
  get squares(): Float64Array {
    this.#squares ??= tridiagonalEigenvalues(this.#T).map((value) => Math.max(value, 0) * this.#scale);
    return this.#squares;
  }

  /**
   * (A + αI)⁻¹·B for each α, side by side: the solution for the a-th α in columns a·k to (a + 1)·k − 1 of
   * [n × alphas·k].
   * @param alphas each so large that A + αI is positive definite
   */
  solve(alphas: readonly number[]): Float64Array {
    const { n, k } = this;
    const width = alphas.length * k;
    const out = new Float64Array(n * width);
    const perStripe = Math.max(1, Math.floor(STRIPE / k));
    for (let first = 0; first < alphas.length; first += perStripe) {
      const some = alphas.slice(first, first + perStripe);
      const part = new Float64Array(n * some.length * k);
      for (const [a, alpha] of some.entries()) this.#eliminate(alpha, part, a * k, some.length * k);
      multiply(this.#T, part, some.length * k);
      for (let i = 0; i < n; i++)
        out.set(part.subarray(i * some.length * k, (i + 1) * some.length * k), i * width + first * k);
    }
    return out;
  }

  /** (T + αI)⁻¹·QᵀB to k columns of `out` from `at` on, whose rows have `width` entries. */
  #eliminate(alpha: number, out: Float64Array, at: number, width: number): void {
    const { n, k } = this;
    const { diagonal, offDiagonal } = this.#T;
    const shift = alpha / this.#scale;
    const [factors, pivots] = [new Float64Array(n), new Float64Array(n)];
    let pivot = 0;
    for (let i = 0; i < n; i++) {
      const e = i === 0 ? 0 : offDiagonal[i - 1]!;
      factors[i] = i === 0 ? 0 : e / pivot;
      pivot = diagonal[i]! + shift - factors[i]! * e;
      for (let l = 0; l < k; l++) {
        const before = i === 0 ? 0 : factors[i]! * out[(i - 1) * width + at + l]!;
        out[i * width + at + l] = this.#rotated[i * k + l]! / this.#scale - before;
      }
      pivots[i] = pivot;
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let l = 0; l < k; l++) {
        const later = i === n - 1 ? 0 : factors[i + 1]! * out[(i + 1) * width + at + l]!;
        out[i * width + at + l] = out[i * width + at + l]! / pivots[i]! - later;
      }
    }
  }
}
