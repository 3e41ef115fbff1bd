import { Ell2Error } from "../errors.js";
import { quadratic } from "../linalg/blocks.js";
import { cholesky, choleskySolve } from "../linalg/cholesky.js";
import type { LevelSums } from "./levelSums.js";
import type { Coordinates } from "./system.js";

/** What is penalised of each weight in the data's units, α times this: sⱼ² where features are standardised, 1 otherwise; 0 for a constant column. */
export interface Penalties {
  /** [L] */
  levels: Float64Array;
  /** [p] */
  rest: Float64Array;
  /** Which levels and which other features are left out with weight 0, since they are constant beside a bias. */
  idleLevels: boolean[];
  idleRest: boolean[];
}

export function penaltiesOf(sums: LevelSums, { standardize, intercept }: Coordinates): Penalties {
  const { levels, p, weight, counts, present, variance, constant } = sums;
  const rows = present.reduce((sum, count) => sum + count, 0);
  const still = Array.from({ length: levels }, (_, l) => present[l] === 0 || present[l] === rows);
  const share = (l: number) => counts[l]! / weight;
  return {
    levels: Float64Array.from({ length: levels }, (_, l) =>
      standardize && !still[l] ? share(l) * ((weight - counts[l]!) / weight) : 1,
    ),
    rest: Float64Array.from({ length: p }, (_, j) => (standardize && !constant[j] ? variance[j]! : 1)),
    idleLevels: still.map((is) => is && intercept),
    idleRest: constant.map((is) => is && intercept),
  };
}

/**
 * The penalised normal equations of rows with levels, for one α, with the levels eliminated: a level of
 * weight W, penalty d and means z̄ keeps the share θ = αd/(W + αd) of W·z̄z̄ᵀ, so that what is left for the
 * other features and the bias is
 *
 *   M = S_within + Σ θW·z̄z̄ᵀ + αD,   z̄ = (x̄, 1),
 *
 * a sum without cancellation, of p + 1 equations.
 */
export class LevelSystem {
  /** p, and 1 for the bias. */
  readonly size: number;
  /** θ of each level; 1 for rows without one [L+1]. */
  readonly theta: Float64Array;
  /** 1/(W + αd) of each level; 0 for rows without one [L+1]. */
  readonly inverse: Float64Array;
  /** 1 − θ = W/(W + αd) [L+1] */
  readonly kept: Float64Array;
  readonly #factor: Float64Array;
  readonly #scale: Float64Array;
  readonly #intercept: boolean;

  /** @throws NOT_POSITIVE_DEFINITE for dependent columns that α does not tell apart */
  constructor(
    where: string,
    readonly sums: LevelSums,
    readonly penalties: Penalties,
    readonly alpha: number,
    intercept: boolean,
  ) {
    const { levels, p, counts } = sums;
    this.#intercept = intercept;
    this.size = p + (intercept ? 1 : 0);
    this.theta = new Float64Array(levels + 1).fill(1);
    this.inverse = new Float64Array(levels + 1);
    this.kept = new Float64Array(levels + 1);
    for (let l = 0; l < levels; l++) {
      const total = counts[l]! + alpha * penalties.levels[l]!;
      if (penalties.idleLevels[l] || !(total > 0)) continue;
      this.theta[l] = (alpha * penalties.levels[l]!) / total;
      this.inverse[l] = 1 / total;
      this.kept[l] = counts[l]! / total;
    }
    const size = this.size;
    const M = this.scatter((theta) => theta);
    for (let j = 0; j < p; j++) {
      M[j * size + j]! += alpha * penalties.rest[j]!;
      if (!penalties.idleRest[j]) continue;
      for (let c = 0; c < size; c++) M[j * size + c] = M[c * size + j] = 0;
      M[j * size + j] = 1;
    }
    this.#scale = Float64Array.from({ length: size }, (_, j) => {
      const diagonal = M[j * size + j]!;
      return diagonal > 0 ? 1 / Math.sqrt(diagonal) : 1;
    });
    for (let at = 0; at < M.length; at++)
      M[at]! *= this.#scale[Math.floor(at / size)]! * this.#scale[at % size]!;
    const { L, failedAt } = cholesky(M, size);
    this.#factor = L;
    if (failedAt === null) return;
    throw new Ell2Error("NOT_POSITIVE_DEFINITE", {
      where,
      expected: "columns that are not dependent",
      got: "levels and other features that determine one another",
      remedy: "leave a column out, or take a larger λ",
    });
  }

  /** S_within, and Σ f(θ)W·z̄z̄ᵀ over the levels, of the other features and the bias [size×size]. */
  scatter(f: (theta: number) => number): Float64Array {
    const { p, k, counts, means, within } = this.sums;
    const { size } = this;
    const width = p + k;
    const out = new Float64Array(size * size);
    for (let j = 0; j < p; j++) for (let c = 0; c < p; c++) out[j * size + c] = within[j * width + c]!;
    for (const [g, theta] of this.theta.entries()) {
      const factor = f(theta) * counts[g]!;
      if (factor === 0) continue;
      for (let j = 0; j < size; j++) {
        const left = factor * (j < p ? means[g * width + j]! : 1);
        for (let c = 0; c < size; c++) out[j * size + c]! += left * (c < p ? means[g * width + c]! : 1);
      }
    }
    return out;
  }

  /** B ← M⁻¹·B, for B [size×k] */
  solve(B: Float64Array, k: number): void {
    for (let at = 0; at < B.length; at++) B[at]! *= this.#scale[Math.floor(at / k)]!;
    choleskySolve(this.#factor, this.size, B, k);
    for (let at = 0; at < B.length; at++) B[at]! *= this.#scale[Math.floor(at / k)]!;
  }

  /** M⁻¹ [size×size], with zeros for the features that are left out. */
  inverted(): Float64Array {
    const { size } = this;
    const out = new Float64Array(size * size);
    for (let j = 0; j < size; j++) out[j * size + j] = this.penalties.idleRest[j] ? 0 : 1;
    this.solve(out, size);
    return out;
  }

  /** z̄ = (x̄, 1) of a group of rows [size]. */
  meanOf(group: number): Float64Array {
    const { p, k, means } = this.sums;
    const out = new Float64Array(this.size).fill(1);
    out.set(means.subarray(group * (p + k), group * (p + k) + p));
    return out;
  }

  /**
   * The parameters for whose normal equations these are the right-hand sides, in place: of each level [L×k],
   * of the other features and, about their means, the bias [size×k].
   */
  solveBoth(levels: Float64Array, others: Float64Array, k: number): void {
    const { size, inverse, kept } = this;
    const { p, means } = this.sums;
    const width = p + this.sums.k;
    const count = this.sums.levels;
    for (let g = 0; g < count; g++) {
      for (let j = 0; j < size && kept[g]! > 0; j++) {
        const mean = j < p ? means[g * width + j]! : 1;
        for (let l = 0; l < k; l++) others[j * k + l]! -= kept[g]! * mean * levels[g * k + l]!;
      }
    }
    for (let j = 0; j < p; j++) if (this.penalties.idleRest[j]) others.fill(0, j * k, (j + 1) * k);
    this.solve(others, k);
    for (let g = 0; g < count; g++) {
      for (let l = 0; l < k; l++) {
        let fitted = 0;
        for (let j = 0; j < size; j++) fitted += (j < p ? means[g * width + j]! : 1) * others[j * k + l]!;
        levels[g * k + l] = levels[g * k + l]! * inverse[g]! - kept[g]! * fitted;
      }
    }
  }

  /**
   * Ridge regression with the targets of the sums: of each level u = (1 − θ)(ȳ − x̄ᵀv − b), and of the others
   * M·(v, b) = S_within,xy + Σ θW·z̄ȳᵀ, in the data's units [L×k], [p×k], [k].
   */
  fit(): { levels: Float64Array; rest: Float64Array; b: Float64Array } {
    const { size, theta, kept } = this;
    const { levels: count, p, k, counts, means, within, meanX, meanY } = this.sums;
    const width = p + k;
    const others = new Float64Array(size * k);
    for (let j = 0; j < p; j++) for (let l = 0; l < k; l++) others[j * k + l] = within[j * width + p + l]!;
    for (const [g, share] of theta.entries()) {
      const factor = share * counts[g]!;
      if (factor === 0) continue;
      for (let j = 0; j < size; j++) {
        const left = factor * (j < p ? means[g * width + j]! : 1);
        for (let l = 0; l < k; l++) others[j * k + l]! += left * means[g * width + p + l]!;
      }
    }
    for (let j = 0; j < p; j++) if (this.penalties.idleRest[j]) others.fill(0, j * k, (j + 1) * k);
    this.solve(others, k);
    const levels = new Float64Array(count * k);
    for (let g = 0; g < count; g++) {
      for (let l = 0; l < k && counts[g]! > 0; l++) {
        let residual = means[g * width + p + l]!;
        for (let j = 0; j < size; j++) residual -= (j < p ? means[g * width + j]! : 1) * others[j * k + l]!;
        levels[g * k + l] = kept[g]! * residual;
      }
    }
    const rest = others.slice(0, p * k);
    const b = meanY.slice();
    for (let l = 0; l < k; l++) {
      if (this.#intercept) b[l]! += others[p * k + l]!;
      for (let j = 0; j < p; j++) b[l]! -= meanX[j]! * rest[j * k + l]!;
    }
    return { levels, rest, b };
  }

  /** Effective degrees of freedom, Σ(1 − θ)(1 − θW·z̄ᵀM⁻¹z̄) + Σ(1 − αdⱼ(M⁻¹)ⱼⱼ), the bias not counted. */
  df(): number {
    const { size, theta, kept, alpha } = this;
    const { levels, p, counts } = this.sums;
    const inverse = this.inverted();
    let df = 0;
    for (let g = 0; g < levels; g++) {
      if (kept[g] === 0) continue;
      df += kept[g]! * (1 - theta[g]! * counts[g]! * quadratic(inverse, this.meanOf(g)));
    }
    for (let j = 0; j < p; j++)
      if (!this.penalties.idleRest[j]) df += 1 - alpha * this.penalties.rest[j]! * inverse[j * size + j]!;
    return df;
  }
}
