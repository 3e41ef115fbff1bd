import type { LevelDataset } from "../data/levelDataset.js";
import { Matrix } from "../linalg/matrix.js";
import { wholeDigits } from "./digits.js";
import { solveLevels } from "./levelSolution.js";
import { levelInflation, levelLeverages, levelRobust, levelSpread } from "./levelStatistics.js";
import { type LevelSums, levelSums } from "./levelSums.js";
import { LevelSystem, type Penalties, penaltiesOf } from "./levelSystem.js";
import type { Parameters } from "./ridgeSolver.js";
import type { KnownRows } from "./rowStatistics.js";
import type { Solution, Spread } from "./solution.js";
import type { Coordinates, System } from "./system.js";

/** Power iterations for the largest d²: it only says where the grid of λ begins. */
const ITERATIONS = 60;

/** Ridge regression on rows with a category that is not expanded, prepared once. */
export class LevelProblem {
  readonly sums: LevelSums;
  readonly penalties: Penalties;
  /** Means of all n features in order; 0 without a bias. */
  readonly meanX: Float64Array;
  /** Population standard deviations of all features, 1 for one that is constant [n]. */
  readonly deviations: number[];
  /** Which features do not vary [n]. */
  readonly constant: boolean[];
  #largest: number | undefined;

  constructor(
    readonly where: string,
    readonly data: LevelDataset,
    readonly coordinates: Coordinates,
  ) {
    const { levels, first } = data;
    this.sums = levelSums(data, coordinates.intercept);
    this.penalties = penaltiesOf(this.sums, coordinates);
    const { counts, present, weight, meanX, variance, constant } = this.sums;
    const total = present.reduce((sum, count) => sum + count, 0);
    const share = (g: number) => counts[g]! / weight;
    const still = (g: number) => present[g] === 0 || present[g] === total;
    const place = <T>(ofLevel: (g: number) => T, ofRest: (j: number) => T): T[] =>
      data.inputs.map((_, j) =>
        j >= first && j < first + levels ? ofLevel(j - first) : ofRest(j < first ? j : j - levels),
      );
    this.constant = place(still, (j) => constant[j]!);
    this.meanX = Float64Array.from(
      place(
        (g) => (coordinates.intercept ? share(g) : 0),
        (j) => meanX[j]!,
      ),
    );
    this.deviations = place(
      (g) => (still(g) ? 1 : Math.sqrt(share(g) * ((weight - counts[g]!) / weight))),
      (j) => (constant[j] ? 1 : Math.sqrt(variance[j]!)),
    );
  }

  /** The coordinates and means; sums of products [n×n] are not taken, and empty. */
  get system(): System {
    const { standardize, intercept } = this.coordinates;
    const { weight, k, meanY, within, p, means, counts } = this.sums;
    const nothing = new Float64Array(0);
    const width = p + k;
    const syy = Float64Array.from({ length: k }, (_, l) => {
      let sum = within[(p + l) * width + p + l]!;
      for (const [g, count] of counts.entries())
        sum += count * means[g * width + p + l]! * means[g * width + p + l]!;
      return sum;
    });
    const n = this.data.inputs.length;
    const scaler = standardize
      ? {
          mean: Array.from(this.meanX),
          scale: this.deviations,
          constant: intercept ? this.constant.flatMap((is, j) => (is ? [j] : [])) : [],
        }
      : null;
    const meanX = scaler === null ? this.meanX : new Float64Array(n);
    return {
      flat: { weight, n, k, meanX, meanY, sxx: nothing, sxy: nothing, syy },
      scaler,
      constant: intercept ? this.constant : this.constant.map(() => false),
      standardize,
      intercept,
    };
  }

  alpha(lambda: number): number {
    return (lambda * this.sums.weight * this.sums.k) / 2;
  }

  at(lambda: number): LevelSystem {
    return new LevelSystem(
      this.where,
      this.sums,
      this.penalties,
      this.alpha(lambda),
      this.coordinates.intercept,
    );
  }

  /** The quick solution in the data's units. */
  parameters(lambda: number): Parameters {
    const { levels, rest, b } = this.at(lambda).fit();
    const { first, levels: count } = this.data;
    const { k } = this.sums;
    const w = new Float64Array(this.data.inputs.length * k);
    w.set(rest.subarray(0, first * k));
    w.set(levels, first * k);
    w.set(rest.subarray(first * k), (first + count) * k);
    return { w, b };
  }

  /** About the largest eigenvalue of the features' sums of products, where they are penalised: by power iteration. */
  get largest(): number {
    this.#largest ??= this.#power();
    return this.#largest;
  }

  #power(): number {
    const { level, rest, weights, first, levels, rows } = this.data;
    const { standardize, intercept } = this.coordinates;
    const n = this.data.inputs.length;
    const scale = (j: number) =>
      this.constant[j] && intercept ? 0 : 1 / (standardize ? this.deviations[j]! : 1);
    const units = Float64Array.from({ length: n }, (_, j) => scale(j));
    let v = Float64Array.from({ length: n }, (_, j) => 1 + (j % 7) / 10);
    let value = 0;
    for (let step = 0; step < ITERATIONS; step++) {
      const size = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
      if (size === 0) return 0;
      const q = v.map((x, j) => (x / size) * units[j]!);
      const shift = q.reduce((sum, x, j) => sum + x * this.meanX[j]!, 0);
      const next = new Float64Array(n);
      let total = 0;
      for (let i = 0; i < rows; i++) {
        let z = -shift;
        for (let j = 0; j < rest.cols; j++)
          z += rest.data[i * rest.cols + j]! * q[j < first ? j : j + levels]!;
        if (level[i]! >= 0) z += q[first + level[i]!]!;
        z *= weights?.[i] ?? 1;
        total += z;
        for (let j = 0; j < rest.cols; j++)
          next[j < first ? j : j + levels]! += z * rest.data[i * rest.cols + j]!;
        if (level[i]! >= 0) next[first + level[i]!]! += z;
      }
      v = next.map((x, j) => (x - total * this.meanX[j]!) * units[j]!);
      value = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
    }
    return value;
  }

  solve(lambda: number): Solution {
    const system = this.at(lambda);
    const { intercept } = this.coordinates;
    const { w, wLow, b, bLow, residual, rss, change } = solveLevels(this.data, system, intercept);
    const df = system.df();
    const spread = levelSpread(system, this.data.first);
    const { data } = this;
    let leverage: Float64Array | undefined;
    const rows: KnownRows = {
      get leverage() {
        leverage ??= levelLeverages(system, data);
        return leverage;
      },
      squares: (factor) => levelRobust(system, data, factor),
      residual: new Matrix(data.rows, rss.length, residual),
    };
    const errors: Spread = {
      df,
      standardError: (j, l, degrees) => Math.sqrt((rss[l]! / degrees) * Math.max(0, spread.features[j]!)),
      biasStandardError: (l, degrees) => Math.sqrt((rss[l]! / degrees) * spread.bias),
    };
    return {
      solver: "levels",
      lambda,
      w,
      wLow,
      b,
      bLow,
      rss,
      rank: this.constant.filter((is) => !is).length,
      dependent: false,
      digits: change.map((error) => wholeDigits([error + 4 * Number.EPSILON])),
      condition: null,
      spread: errors,
      factor: new Matrix(0, w.length / rss.length),
      rows,
    };
  }

  /** The variance inflation of each feature but the levels [n], and the generalised one of the category. */
  inflation(): { vif: (number | null)[]; category: number | null; df: number } {
    const { first, levels, inputs } = this.data;
    const { rest, category } = levelInflation(this.sums);
    const vif = inputs.map((_, j) =>
      j >= first && j < first + levels ? null : rest[j < first ? j : j - levels]!,
    );
    const present = this.sums.present.filter((count) => count > 0).length;
    return { vif, category, df: present - 1 };
  }
}
