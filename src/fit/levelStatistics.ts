import { quadratic } from "../linalg/blocks.js";
import { cholesky } from "../linalg/cholesky.js";
import { Matrix } from "../linalg/matrix.js";
import { exp, log } from "../numbers/elementary.js";
import type { LevelRows, LevelSums } from "./levelSums.js";
import type { LevelSystem } from "./levelSystem.js";

/** How far the parameters scatter for one α, by σ̂². */
export interface LevelSpread {
  /** Vⱼⱼ of V = G⁻¹(G − αD)G⁻¹ for each feature in order [n]. */
  features: Float64Array;
  /** The same of the bias; 0 without one. */
  bias: number;
}

/**
 * The diagonal of V = G⁻¹(G − αD)G⁻¹, G the penalised normal equations of all features and the bias: of the
 * others that of N = M⁻¹(S_within + Σθ²W·z̄z̄ᵀ)M⁻¹, of a level (1 − θ)(1/(W + αd) + (1 − θ)(z̄ᵀNz̄ − 2θ·z̄ᵀM⁻¹z̄)).
 */
export function levelSpread(system: LevelSystem, first: number): LevelSpread {
  const { size, theta, kept, inverse: own } = system;
  const { levels, p, meanX } = system.sums;
  const inverse = new Matrix(size, size, system.inverted());
  const inner = new Matrix(
    size,
    size,
    system.scatter((share) => share * share),
  );
  const N = inverse.matmul(inner).matmul(inverse).data;
  const features = new Float64Array(levels + p);
  for (let j = 0; j < p; j++) features[j < first ? j : j + levels] = N[j * size + j]!;
  for (let g = 0; g < levels; g++) {
    if (kept[g] === 0) continue;
    const mean = system.meanOf(g);
    const both = quadratic(N, mean) - 2 * theta[g]! * quadratic(inverse.data, mean);
    features[first + g] = kept[g]! * (own[g]! + kept[g]! * both);
  }
  if (size === p) return { features, bias: 0 };
  const atZero = Float64Array.from({ length: size }, (_, j) => (j < p ? -meanX[j]! : 1));
  return { features, bias: quadratic(N, atZero) };
}

/** x − (1 − θ)·z̄ of a row with its features x and 1 for the bias: what its level leaves of it [size]. */
function ownPart(system: LevelSystem, data: LevelRows, i: number, out: Float64Array): void {
  const { size, kept } = system;
  const { levels, p, k, means, meanX } = system.sums;
  const g = data.level[i]! < 0 ? levels : data.level[i]!;
  const width = p + k;
  for (let j = 0; j < size; j++) {
    const [x, mean] = j < p ? [data.rest.data[i * p + j]! - meanX[j]!, means[g * width + j]!] : [1, 1];
    out[j] = x - kept[g]! * mean;
  }
}

/** hᵢ = xᵢᵀG⁻¹xᵢ = 1/(W + αd) + rᵀM⁻¹r with r = x − (1 − θ)z̄, of one of ω rows alike [m]. */
export function levelLeverages(system: LevelSystem, data: LevelRows): Float64Array {
  const inverse = system.inverted();
  const r = new Float64Array(system.size);
  return Float64Array.from(data.level, (g, i) => {
    ownPart(system, data, i, r);
    return (g < 0 ? 0 : system.inverse[g]!) + quadratic(inverse, r);
  });
}

/**
 * Σᵢ fᵢ(eⱼᵀG⁻¹xᵢ)² for every feature j: with f = ωe²/(1 − h)² the squares of HC3 standard errors.
 * @param factor f of each row [m]
 */
export function levelRobust(system: LevelSystem, data: LevelRows, factor: Float64Array): Float64Array {
  const { size, kept, inverse: own } = system;
  const { levels, p } = system.sums;
  const inverse = new Matrix(size, size, system.inverted());
  const sums = new Float64Array(levels); // Σf of each level
  const parts = new Float64Array(levels * size); // Σf·r
  const whole = new Matrix(size, size); // Σf·rrᵀ
  const r = new Float64Array(size);
  for (const [i, g] of data.level.entries()) {
    ownPart(system, data, i, r);
    const f = factor[i]!;
    for (let j = 0; j < size; j++) {
      for (let c = 0; c < size; c++) whole.data[j * size + c]! += f * r[j]! * r[c]!;
      if (g >= 0) parts[g * size + j]! += f * r[j]!;
    }
    if (g >= 0) sums[g]! += f;
  }
  const turned = inverse.matmul(whole).matmul(inverse).data;
  const out = new Float64Array(levels + p);
  for (let j = 0; j < p; j++) out[j < data.first ? j : j + levels] = turned[j * size + j]!;
  for (let g = 0; g < levels; g++) {
    if (kept[g] === 0) continue;
    const mean = system.meanOf(g);
    let cross = 0;
    for (let j = 0; j < size; j++)
      for (let c = 0; c < size; c++) cross += mean[j]! * inverse.data[j * size + c]! * parts[g * size + c]!;
    out[data.first + g] =
      own[g]! * (own[g]! * sums[g]! - 2 * kept[g]! * cross) + kept[g]! * kept[g]! * quadratic(turned, mean);
  }
  return out;
}

/**
 * How far the levels and the other features determine one another, without the penalty.
 * @returns the variance inflation factor of each other feature, Sⱼⱼ·(S_within⁻¹)ⱼⱼ [p], null for one that is
 *   constant or that the rest determines; and the generalised one of the category,
 *   det S/det S_within (Fox and Monette 1992), null where that is 0
 */
export function levelInflation({ p, k, within, variance, weight, constant, means, counts }: LevelSums): {
  rest: (number | null)[];
  category: number | null;
} {
  const width = p + k;
  const used = Array.from({ length: p }, (_, j) => j).filter((j) => !constant[j]);
  const n = used.length;
  const unit = used.map((j) => 1 / Math.sqrt(weight * variance[j]!));
  const inner = new Float64Array(n * n);
  const total = new Float64Array(n * n);
  const centre = Float64Array.from(used, (j) => {
    let sum = 0;
    for (const [g, count] of counts.entries()) sum += (count / weight) * means[g * width + j]!;
    return sum;
  });
  for (let a = 0; a < n; a++) {
    for (let c = 0; c < n; c++) {
      let between = 0;
      for (const [g, count] of counts.entries())
        between +=
          count * (means[g * width + used[a]!]! - centre[a]!) * (means[g * width + used[c]!]! - centre[c]!);
      const own = within[used[a]! * width + used[c]!]!;
      inner[a * n + c] = own * unit[a]! * unit[c]!;
      total[a * n + c] = (own + between) * unit[a]! * unit[c]!;
    }
  }
  const nothing = { rest: new Array<number | null>(p).fill(null), category: null };
  const [a, c] = [cholesky(inner, n), cholesky(total, n)];
  if (a.failedAt !== null || c.failedAt !== null) return nothing;
  let ratio = 0;
  for (let i = 0; i < n; i++) ratio += 2 * (log(c.L[i * n + i]!) - log(a.L[i * n + i]!));
  for (let i = 0; i < n; i++) {
    let inflation = 0; // of the inverse of inner: Σ over rows of L⁻¹
    const column = new Float64Array(n);
    for (let r = i; r < n; r++) {
      let value = r === i ? 1 : 0;
      for (let t = i; t < r; t++) value -= a.L[r * n + t]! * column[t]!;
      column[r] = value / a.L[r * n + r]!;
      inflation += column[r]! * column[r]!;
    }
    nothing.rest[used[i]!] = inflation;
  }
  return { rest: nothing.rest, category: Math.max(1, exp(ratio)) };
}
