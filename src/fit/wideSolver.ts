import type { Dataset } from "../data/dataset.js";
import type { Standardization } from "../data/standardizer.js";
import { matmul } from "../kernels/index.js";
import { gram } from "../linalg/blocks.js";
import { ShiftedSystem } from "../linalg/shifted.js";
import { symmetricEigen } from "../linalg/symmetricEigen.js";
import type { Parameters } from "./ridgeSolver.js";
import type { Coordinates, System } from "./system.js";

/**
 * Ridge regression on rows with as many features as rows or more, for any λ, from m equations:
 *
 *   w = Zᵀa,   (K + αI)·a = √Ω(Y − ȳ),   K = ZZᵀ,   Z = √Ω(X − x̄)/s
 *
 * K [m×m] is reduced to tridiagonal form once, and nothing of n×n is made. Rows of weight 0 are left out.
 */
export class WideSolver {
  /** Rows that count, features and targets. */
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** W */
  readonly weight: number;
  /** Means of the features and targets; 0 without a bias. */
  readonly meanX: Float64Array;
  readonly meanY: Float64Array;
  /** What features are standardised with; null if they are not. */
  readonly scaler: Standardization | null;
  /** Population standard deviations of the features. */
  readonly spread: Float64Array;
  /** Features of one value. */
  readonly constant: readonly boolean[];
  /** √ω [m] */
  readonly root: Float64Array;
  /** Zᵀ [n×m] */
  readonly Zt: Float64Array;
  /** √Ω(Y − ȳ) [m×k] */
  readonly Yc: Float64Array;
  readonly #intercept: boolean;
  /**
   * K, with an eigenvalue of its own for the direction of √ω, which centring leaves without one: there Yc
   * has nothing, so no solution changes.
   */
  #kernel: { K: Float64Array; own: number } | undefined;
  #reduced: ShiftedSystem | undefined;
  #squares: Float64Array | undefined;
  #eigen: { values: Float64Array; vectors: Float64Array } | undefined;

  constructor({ X, Y, weights }: Dataset, { standardize, intercept }: Coordinates) {
    const rows = Array.from({ length: X.rows }, (_, i) => i).filter(
      (i) => weights === null || weights[i]! > 0,
    );
    const omega = Float64Array.from(rows, (i) => weights?.[i] ?? 1);
    this.m = rows.length;
    this.n = X.cols;
    this.k = Y.cols;
    this.#intercept = intercept;
    this.weight = omega.reduce((sum, value) => sum + value, 0);
    this.root = omega.map(Math.sqrt);
    const features = centred(X.data, this.n, rows, omega, this.weight, intercept);
    const targets = centred(Y.data, this.k, rows, omega, this.weight, intercept);
    this.meanX = features.mean;
    this.meanY = targets.mean;
    this.constant = features.constant;
    const { spread } = features;
    this.spread = spread;
    this.scaler = standardize
      ? {
          mean: Array.from(this.meanX),
          scale: Array.from(spread, (value, j) => (this.constant[j] ? 1 : value)),
          constant: intercept ? this.constant.flatMap((is, j) => (is ? [j] : [])) : [],
        }
      : null;
    this.Zt = features.values;
    for (let j = 0; j < this.n; j++) {
      const unit = intercept && this.constant[j] ? 0 : 1 / (this.scaler?.scale[j] ?? 1);
      for (let i = 0; i < this.m; i++) this.Zt[j * this.m + i]! *= this.root[i]! * unit;
    }
    this.Yc = new Float64Array(this.m * this.k);
    for (let i = 0; i < this.m; i++)
      for (let l = 0; l < this.k; l++)
        this.Yc[i * this.k + l] = this.root[i]! * targets.values[l * this.m + i]!;
  }

  #kernelMatrix(): { K: Float64Array; own: number } {
    if (this.#kernel !== undefined) return this.#kernel;
    const { m, root, weight } = this;
    const K = gram(this.Zt, this.n, m);
    let trace = 0;
    for (let i = 0; i < m; i++) trace += K[i * (m + 1)]!;
    const own = trace > 0 ? trace / m : 1;
    for (let i = 0; i < m && this.#intercept; i++)
      for (let j = 0; j < m; j++) K[i * m + j]! += ((own * root[i]!) / weight) * root[j]!;
    this.#kernel = { K, own };
    return this.#kernel;
  }

  /** The coordinates and means; sums of products [n×n] are not taken, and empty. */
  get system(): System {
    const { n, k, weight, meanX, meanY, scaler, constant } = this;
    const sums = new Float64Array(0);
    const mean = scaler === null ? meanX : new Float64Array(n);
    const syy = Float64Array.from({ length: k }, (_, l) => {
      let sum = 0;
      for (let i = 0; i < this.m; i++) sum += this.Yc[i * k + l]! * this.Yc[i * k + l]!;
      return sum;
    });
    return {
      flat: { weight, n, k, meanX: mean, meanY, sxx: sums, sxy: sums, syy },
      scaler,
      constant: this.#intercept ? constant : constant.map(() => false),
      standardize: scaler !== null,
      intercept: this.#intercept,
    };
  }

  get #shifted(): ShiftedSystem {
    this.#reduced ??= new ShiftedSystem(this.#kernelMatrix().K, this.m, this.Yc, this.k);
    return this.#reduced;
  }

  /** d², the eigenvalues of the features' centred products, descending; those that are 0 for want of rows are left out. */
  get squares(): Float64Array {
    if (this.#squares === undefined) {
      const values = this.#shifted.squares;
      const own = this.#indexOfOwn(values);
      this.#squares = values.filter((_, i) => i !== own);
    }
    return this.#squares;
  }

  /** Which eigenvalue is the one that the direction of √ω was given; −1 without a bias. */
  #indexOfOwn(values: Float64Array): number {
    if (!this.#intercept) return -1;
    const distance = (i: number) => Math.abs(values[i]! - this.#kernelMatrix().own);
    return values.reduce((best, _, i) => (distance(i) < distance(best) ? i : best), 0);
  }

  /** α = λWk/2 */
  alpha(lambda: number): number {
    return (lambda * this.weight * this.k) / 2;
  }

  /** α that some direction would need to be larger than its rounding: none where every row is independent. */
  get #least(): number {
    return this.rank === this.squares.length ? -1 : this.#rounding;
  }

  /** What is rounding beside the largest d². */
  get #rounding(): number {
    return this.m * Number.EPSILON * (this.squares[0] ?? 0);
  }

  /** Directions that are not rounding. */
  get rank(): number {
    const least = this.#rounding;
    return this.squares.filter((square) => square > least).length;
  }

  /** Effective degrees of freedom Σd²/(d² + α), the bias not counted. */
  df(lambda: number): number {
    const alpha = this.alpha(lambda);
    if (alpha === 0) return this.rank;
    return this.squares.reduce((sum, square) => sum + square / (square + alpha), 0);
  }

  /** The solution for each λ in the coordinates that are penalised; where α is rounding, that of least norm. */
  at(lambdas: readonly number[]): Parameters[] {
    const { m, n, k } = this;
    const width = lambdas.length * k;
    const w = new Float64Array(n * width);
    matmul(this.Zt, this.dual(lambdas), n, m, width, w);
    return lambdas.map((_, at) => {
      const own = new Float64Array(n * k);
      for (let j = 0; j < n; j++) for (let l = 0; l < k; l++) own[j * k + l] = w[j * width + at * k + l]!;
      const b = this.meanY.slice();
      // standardised features have a mean of 0
      for (let j = 0; j < n && this.scaler === null; j++)
        for (let l = 0; l < k; l++) b[l]! -= this.meanX[j]! * own[j * k + l]!;
      return { w: own, b };
    });
  }

  /** a for each λ, side by side [m × λ·k]. */
  dual(lambdas: readonly number[]): Float64Array {
    const { m, k } = this;
    const least = this.#least;
    const alphas = lambdas.map((lambda) => this.alpha(lambda));
    const out = new Float64Array(m * alphas.length * k);
    const place = (from: Float64Array, width: number, first: number, at: number) => {
      for (let i = 0; i < m; i++)
        for (let l = 0; l < k; l++) out[(i * alphas.length + at) * k + l] = from[i * width + first + l]!;
    };
    const large = alphas.filter((alpha) => alpha > least);
    const solved = this.#shifted.solve(large);
    let next = 0;
    for (const [at, alpha] of alphas.entries()) {
      if (alpha > least) place(solved, large.length * k, k * next++, at);
      else place(this.#leastNorm(alpha), k, 0, at);
    }
    return out;
  }

  /** a over the directions that are not rounding [m×k]. */
  #leastNorm(alpha: number): Float64Array {
    const { m, k } = this;
    const { values, vectors, z } = this.#decomposed();
    const out = new Float64Array(m * k);
    for (let c = 0; c < m; c++) {
      if (!(values[c]! > this.#rounding)) continue;
      for (let l = 0; l < k; l++) {
        const share = z[c * k + l]! / (values[c]! + alpha);
        for (let i = 0; i < m; i++) out[i * k + l]! += vectors[i * m + c]! * share;
      }
    }
    return out;
  }

  /** K = U·diag(values)·Uᵀ, and UᵀYc [m×k]. */
  #decomposed() {
    const { m, k } = this;
    this.#eigen ??= symmetricEigen(this.#kernelMatrix().K, m);
    const z = new Float64Array(m * k);
    for (let i = 0; i < m; i++) {
      for (let c = 0; c < m; c++)
        for (let l = 0; l < k; l++) z[c * k + l]! += this.#eigen.vectors[i * m + c]! * this.Yc[i * k + l]!;
    }
    return { ...this.#eigen, z };
  }

  /**
   * The leave-one-out MSE of each target for each λ, α held: (r/(1 − h))² averaged with the rows' weights,
   * with √ω(ŷ − ȳ) = U·f·UᵀYc and h = ω/W + U²·f, f = d²/(d² + α) along the eigenvectors U of K.
   * @returns [k] each; Infinity or NaN where a row determines its own prediction
   */
  leaveOneOut(lambdas: readonly number[]): number[][] {
    const { m, k } = this;
    const { values, vectors, z } = this.#decomposed();
    const own = this.#indexOfOwn(values);
    const squared = vectors.map((u) => u * u);
    const least = this.#rounding;
    return lambdas.map((lambda) => {
      const alpha = this.alpha(lambda);
      const share = values.map((value, c) => (c === own ? 1 : value > least ? value / (value + alpha) : 0));
      const turned = z.map((value, at) => value * share[Math.floor(at / k)]!);
      const [h, fitted] = [new Float64Array(m), new Float64Array(m * k)];
      matmul(squared, share, m, m, 1, h);
      matmul(vectors, turned, m, m, k, fitted);
      return Array.from({ length: k }, (_, l) => {
        let sum = 0;
        for (let i = 0; i < m; i++) {
          const error = (this.Yc[i * k + l]! - fitted[i * k + l]!) / (1 - h[i]!);
          sum += error * error;
        }
        return sum / this.weight;
      });
    });
  }
}

/**
 * The transpose of some rows less their means, with √(Σω(a − ā)²/W) of each column and whether it is of one
 * value; about 0 without a bias.
 */
function centred(
  A: Float64Array,
  cols: number,
  rows: readonly number[],
  omega: Float64Array,
  weight: number,
  intercept: boolean,
) {
  const m = rows.length;
  const values = new Float64Array(cols * m);
  const [mean, spread] = [new Float64Array(cols), new Float64Array(cols)];
  const constant = new Array<boolean>(cols).fill(true);
  const first = (rows[0] ?? 0) * cols;
  for (const [i, row] of rows.entries())
    for (let j = 0; j < cols; j++) values[j * m + i] = A[row * cols + j]!;
  for (let j = 0; j < cols; j++) {
    const column = values.subarray(j * m, (j + 1) * m);
    // about the first value, then about the mean, so that offsets do no harm
    const origin = intercept ? A[first + j]! : 0;
    let sum = 0;
    for (let i = 0; i < m; i++) {
      if (column[i] !== A[first + j]) constant[j] = false;
      column[i]! -= origin;
      sum += omega[i]! * column[i]!;
    }
    const shift = sum / weight;
    let squares = 0;
    for (let i = 0; i < m; i++) {
      const deviation = column[i]! - shift;
      squares += omega[i]! * deviation * deviation;
      if (intercept) column[i] = deviation;
    }
    mean[j] = intercept ? origin + shift : 0;
    spread[j] = Math.sqrt(squares / weight);
  }
  return { values, mean, spread, constant };
}
