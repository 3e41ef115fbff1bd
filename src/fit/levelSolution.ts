import { ddDot } from "../numbers/doubleDouble.js";
import { low, twoProduct, twoSum } from "../numbers/errorFree.js";
import type { LevelRows } from "./levelSums.js";
import type { LevelSystem } from "./levelSystem.js";

const MOST_CORRECTIONS = 10;
/** A relative change of every parameter that is rounding. */
const SMALL = 2 ** -50;

/** Ridge regression on rows with levels, for one α: the quick solution corrected with the residuals of the rows. */
export interface LevelSolution {
  system: LevelSystem;
  /** Weights of all features in order, in the data's units [n×k]. */
  w: Float64Array;
  /** [k] */
  b: Float64Array;
  /** What the nearest doubles leave of both. */
  wLow: Float64Array;
  bLow: Float64Array;
  /** y − ŷ [m×k] */
  residual: Float64Array;
  /** Σωr² [k] */
  rss: number[];
  /** For each target the largest relative change of a parameter that the last correction made [k]. */
  change: number[];
}

/** Numbers in two parts. */
interface Pairs {
  high: Float64Array;
  low: Float64Array;
}

const pairs = (length: number): Pairs => ({ high: new Float64Array(length), low: new Float64Array(length) });

function add({ high, low: rest }: Pairs, at: number, change: number, changeLow = 0): void {
  const sum = twoSum(high[at]!, change);
  const lost = low + rest[at]! + changeLow;
  high[at] = twoSum(sum, lost);
  rest[at] = low;
}

/**
 * Corrects the solution until its residuals, taken in double-double from the rows, ask for no change: with
 * g = Σω(1_level, x − x̄, 1)·r − αd·(u, v, 0) the correction solves the normal equations for g.
 */
export function solveLevels(data: LevelRows, system: LevelSystem, intercept: boolean): LevelSolution {
  const { level, levels: count, rest, Y, weights, first } = data;
  const { penalties, alpha, size, sums } = system;
  const { meanX } = sums;
  const [p, k, m] = [rest.cols, Y.cols, level.length];
  const start = system.fit();
  const n = count + p;
  const w = new Float64Array(n * k);
  const residual = new Float64Array(m * k);
  const change: number[] = [];
  const rss: number[] = [];
  const [wLow, b, bLow] = [new Float64Array(n * k), new Float64Array(k), new Float64Array(k)];
  for (let l = 0; l < k; l++) {
    const [u, v, bias] = [pairs(count), pairs(p), pairs(1)];
    for (let g = 0; g < count; g++) u.high[g] = start.levels[g * k + l]!;
    for (let j = 0; j < p; j++) v.high[j] = start.rest[j * k + l]!;
    bias.high[0] = start.b[l]!;
    let previous = Number.POSITIVE_INFINITY;
    let largest = previous;
    let ended = false;
    for (let step = 0; ; step++) {
      const [levels, others] = [pairs(count), pairs(size)];
      for (let i = 0; i < m; i++) {
        const g = level[i]!;
        const product = ddDot(p, rest.data, i * p, 1, v.high, v.low, 0, 1);
        let lost = -low;
        let r = twoSum(Y.data[i * k + l]!, -bias.high[0]!);
        lost += low - bias.low[0]!;
        r = twoSum(r, -product);
        lost += low;
        if (g >= 0) {
          r = twoSum(r, -u.high[g]!);
          lost += low - u.low[g]!;
        }
        r = twoSum(r, lost);
        const rLow = low;
        residual[i * k + l] = r;
        const omega = weights?.[i] ?? 1;
        const share = twoProduct(omega, r);
        const shareLow = low + omega * rLow;
        if (g >= 0) add(levels, g, share, shareLow);
        for (let j = 0; j < p; j++) {
          const x = twoSum(rest.data[i * p + j]!, -meanX[j]!);
          const xLow = low;
          const part = twoProduct(x, share);
          add(others, j, part, low + x * shareLow + xLow * share);
        }
        if (intercept) add(others, p, share, shareLow);
      }
      if (ended || step === MOST_CORRECTIONS) break;
      penalise(levels, u, penalties.levels, penalties.idleLevels, alpha);
      penalise(others, v, penalties.rest, penalties.idleRest, alpha);
      system.solveBoth(levels.high, others.high, 1);
      // the bias of centred features moves with the weights
      let moved = intercept ? others.high[p]! : 0;
      for (let j = 0; j < p; j++) moved -= meanX[j]! * others.high[j]!;
      largest = Math.max(
        applied(u, levels.high, count),
        applied(v, others.high, p),
        intercept ? applied(bias, Float64Array.of(moved), 1) : 0,
      );
      ended = largest <= SMALL || largest > previous / 2;
      previous = largest;
    }
    for (let j = 0; j < n; j++) {
      const isLevel = j >= first && j < first + count;
      const [from, at] = isLevel ? [u, j - first] : [v, j < first ? j : j - count];
      w[j * k + l] = from.high[at]!;
      wLow[j * k + l] = from.low[at]!;
    }
    bLow[l] = bias.low[0]!;
    b[l] = bias.high[0]!;
    change.push(largest);
    let squares = 0;
    for (let i = 0; i < m; i++) squares += (weights?.[i] ?? 1) * residual[i * k + l]! * residual[i * k + l]!;
    rss.push(squares);
  }
  return { system, w, wLow, b, bLow, residual, rss, change };
}

/** gradient − αd·parameter; 0 for what is left out. */
function penalise(
  gradient: Pairs,
  parameter: Pairs,
  penalty: Float64Array,
  idle: readonly boolean[],
  alpha: number,
): void {
  for (let j = 0; j < penalty.length; j++) {
    const factor = alpha * penalty[j]!;
    const share = twoProduct(factor, parameter.high[j]!);
    add(gradient, j, -share, -(low + factor * parameter.low[j]!));
    if (idle[j]) gradient.high[j] = 0;
  }
}

/** Adds the first `count` changes; returns the largest of them beside what it changes. */
function applied(parameter: Pairs, change: Float64Array, count: number): number {
  let largest = 0;
  for (let j = 0; j < count; j++) {
    add(parameter, j, change[j]!);
    const size = Math.abs(parameter.high[j]!);
    if (size > 0) largest = Math.max(largest, Math.abs(change[j]!) / size);
  }
  return largest;
}
