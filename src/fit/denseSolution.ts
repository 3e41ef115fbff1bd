import type { Dataset } from "../data/dataset.js";
import type { Moments } from "../data/moments.js";
import type { Matrix } from "../linalg/matrix.js";
import { type FlatMoments, flatten, momentSquares } from "../model/momentSums.js";
import { low, twoSum } from "../numbers/errorFree.js";
import { wholeDigits } from "./digits.js";
import type { Factorisation } from "./factored.js";
import { type Parameters, plainSums, type ResidualSums, residualSums } from "./rowResiduals.js";
import type { Solution, Solver, Spread } from "./solution.js";

/** Rows up to which the rounding of a sum of squares or products, beside √(Sᵢᵢ·Sⱼⱼ), grows: blocks are added up pairwise. */
const MOST_ROUNDINGS = 64;
/** Condition numbers up to which residuals in double precision correct as well as better ones. */
const MOST_FOR_DOUBLES = 1e4;
/** Shares of the total up to which a residual sum of squares has all its digits in double precision. */
const LEAST_FOR_DOUBLES = 1e-6;
const MOST_CORRECTIONS = 8;
/** Share by which a correction may lower the residual sum of squares without another look, and how many looks are worth it. */
const SETTLED = 2 ** -40;
const MOST_TO_SETTLE = 3;

/** Ridge regression from a factor in doubles, corrected with the residuals of the rows where there are rows. */
export class DenseSolution implements Solution {
  readonly w: Float64Array;
  readonly wLow: Float64Array;
  readonly b: Float64Array;
  readonly bLow: Float64Array;
  readonly rss: (number | null)[];
  readonly digits: number[];
  readonly dependent = false;
  readonly rank: number;
  /** Whether the corrections became smaller until they could not be seen. */
  readonly stands: boolean;
  #spread: Spread | undefined;

  /**
   * @param moments of all rows, in the data's units
   * @param rows to correct with, or null
   */
  constructor(
    readonly factored: Factorisation,
    readonly moments: Moments,
    rows: Dataset | null,
  ) {
    const { system, n } = factored;
    const { flat, constant } = system;
    const { k } = flat;
    this.rank = n - constant.filter(Boolean).length;
    const start = flat.sxy.slice();
    factored.solve(start, k);
    const parameters: Parameters = {
      w: new Float64Array(n * k),
      wLow: new Float64Array(n * k),
      b: new Float64Array(k),
      bLow: new Float64Array(k),
    };
    const scale = (j: number) => system.scaler?.scale[j] ?? 1;
    for (let at = 0; at < start.length; at++) parameters.w[at] = start[at]! / scale(Math.floor(at / k));
    const { meanX, meanY } = flatten(moments);
    for (let l = 0; l < k && system.intercept; l++) {
      let bias = meanY[l]!;
      for (let j = 0; j < n; j++) bias -= meanX[j]! * parameters.w[j * k + l]!;
      parameters.b[l] = bias;
    }
    const found =
      rows === null
        ? fromMoments(factored, moments, parameters, k)
        : corrected(factored, moments, rows, parameters, k);
    this.stands = found.stands;
    this.rss = found.rss;
    this.digits = found.digits;
    this.w = parameters.w;
    this.wLow = parameters.wLow;
    this.b = parameters.b;
    this.bLow = parameters.bLow;
  }

  get solver(): Solver {
    return this.factored.solver;
  }

  get lambda(): number {
    return this.factored.lambda;
  }

  get condition(): number {
    return this.factored.condition;
  }

  get factor(): Matrix {
    return this.factored.factor();
  }

  get spread(): Spread {
    this.#spread ??= this.#spreadOf();
    return this.#spread;
  }

  #spreadOf(): Spread {
    const { n, system } = this.factored;
    const { C, df } = this.factored.covariance();
    const { meanX, weight } = flatten(this.moments);
    let bias = system.intercept ? 1 / weight : 0;
    for (let i = 0; i < n && system.intercept; i++)
      for (let j = 0; j < n; j++) bias += meanX[i]! * C[i * n + j]! * meanX[j]!;
    const variance = (l: number, degrees: number) => (this.rss[l] ?? Number.NaN) / degrees;
    return {
      df,
      standardError: (j, l, degrees) => Math.sqrt(variance(l, degrees) * C[j * n + j]!),
      biasStandardError: (l, degrees) => Math.sqrt(variance(l, degrees) * bias),
    };
  }
}

interface Found {
  rss: (number | null)[];
  digits: number[];
  stands: boolean;
}

/** What sums alone are good for: their rounding, times the condition number. */
function fromMoments(factored: Factorisation, moments: Moments, { w, b }: Parameters, k: number): Found {
  const { n, condition, system } = factored;
  const flat = flatten(moments);
  const { squares, bound } = momentSquares(flat, w, b);
  const rounding = Math.min(MOST_ROUNDINGS, moments.rows + 4) * Number.EPSILON;
  const error = condition * (n + 1) * rounding;
  return {
    // of less than two digits nothing is known
    rss: Array.from(squares, (sum, l) =>
      system.intercept && system.constantTargets?.[l] ? 0 : bound <= sum / 100 ? sum : null,
    ),
    digits: Array.from({ length: k }, (_, l) =>
      wholeDigits(entryErrors(factored, flat, { w, b }, l, error, Math.sqrt(system.flat.syy[l]!))),
    ),
    stands: true,
  };
}

/**
 * An error of the vector of scaled weights, relative to its largest entry or to what a target's own rounding is
 * relative to, beside each weight of one target that is not 0, and beside its bias.
 */
function entryErrors(
  { n, scale, system }: Factorisation,
  { meanX, meanY, k }: FlatMoments,
  { w, b }: Pick<Parameters, "w" | "b">,
  l: number,
  error: number,
  least = 0,
): number[] {
  const unit = (j: number) => system.scaler?.scale[j] ?? 1;
  const sizes = Array.from(scale, (s, j) => (s === 0 ? 0 : Math.abs((w[j * k + l]! * unit(j)) / s)));
  const most = sizes.reduce((a, size) => Math.max(a, size), least);
  const errors = sizes.filter((size) => size > 0).map((size) => (error * most) / size);
  if (!system.intercept || b[l] === 0) return errors;
  let bias = Number.EPSILON * Math.abs(meanY[l]!);
  for (let j = 0; j < n; j++) bias += Math.abs(meanX[j]!) * error * most * (scale[j]! / unit(j));
  return [...errors, bias / Math.abs(b[l]!)];
}

function corrected(
  factored: Factorisation,
  moments: Moments,
  rows: Dataset,
  parameters: Parameters,
  k: number,
): Found {
  const { system, n, alpha, scale, condition } = factored;
  const flat = flatten(moments);
  const { meanX, meanY, weight, syy, sxx } = flat;
  const { w, wLow, b, bLow } = parameters;
  const units = (j: number) => system.scaler?.scale[j] ?? 1;
  const far = Math.max(
    0,
    ...Array.from(meanX, (mean, j) => (system.constant[j] ? 0 : (mean * mean * weight) / sxx[j * n + j]!)),
    ...Array.from(meanY, (mean, l) => (mean === 0 ? 0 : (mean * mean * weight) / syy[l]!)),
  );
  const centre = system.intercept ? meanX : new Float64Array(n);
  let inDoubles =
    rows.weights === null && condition * (1 + far) <= MOST_FOR_DOUBLES && w.every((x) => Math.abs(x) < 1e150);
  let errors: number[][] = [];
  let rss: Float64Array = new Float64Array(k);
  let previous = Number.POSITIVE_INFINITY;
  let stands = false;
  for (let step = 0; step < MOST_CORRECTIONS; step++) {
    const sums: ResidualSums = inDoubles
      ? plainSums(rows, centre, parameters)
      : residualSums(rows, centre, parameters);
    rss = sums.squares;
    if (inDoubles && rss.some((sum, l) => !(sum > LEAST_FOR_DOUBLES * syy[l]!))) {
      inDoubles = false;
      continue;
    }
    const move = new Float64Array(n * k);
    for (let at = 0; at < move.length; at++) {
      const j = Math.floor(at / k);
      if (scale[j] === 0) continue;
      const s = units(j);
      move[at] = (sums.cross[at]! - alpha * s * s * w[at]! - alpha * s * s * wLow[at]!) / s;
    }
    factored.solve(move, k);
    let largest = 0;
    errors = Array.from({ length: k }, () => []);
    let settled = true;
    for (let l = 0; l < k; l++) {
      const deviation = Math.sqrt(rss[l]! / weight);
      let bias = system.intercept ? sums.total[l]! / weight : 0;
      /** By how much the correction lowers the residual sum of squares. */
      let less = bias * sums.total[l]!;
      for (let j = 0; j < n; j++) {
        const at = j * k + l;
        const change = move[at]! / units(j);
        bias -= centre[j]! * change;
        less += Math.abs(change * sums.cross[at]!);
        w[at] = twoSum(w[at]!, change);
        wLow[at]! += low;
        w[at] = twoSum(w[at]!, wLow[at]!);
        wLow[at] = low;
        if (w[at] !== 0) errors[l]!.push(Math.abs(change / w[at]!));
        // a weight far below its standard error need not have all digits: that is at least σ/√(S + α)
        const least = Math.max(Math.abs(w[at]!), (deviation * scale[j]!) / units(j));
        if (least > 0) largest = Math.max(largest, Math.abs(change) / least);
      }
      b[l] = twoSum(b[l]!, bias);
      bLow[l]! += low;
      b[l] = twoSum(b[l]!, bLow[l]!);
      bLow[l] = low;
      if (b[l] !== 0) errors[l]!.push(Math.abs(bias / b[l]!));
      const least = Math.max(Math.abs(b[l]!), deviation / Math.sqrt(weight));
      if (least > 0) largest = Math.max(largest, Math.abs(bias) / least);
      settled &&= !(less > SETTLED * rss[l]!);
    }
    stands = largest <= 2 ** -48;
    if (stands && (settled || step >= MOST_TO_SETTLE)) break;
    if (stands || largest <= previous / 2) previous = largest;
    else if (inDoubles) {
      // a weight that is small beside the others needs better residuals
      inDoubles = false;
      previous = Number.POSITIVE_INFINITY;
    } else break;
  }
  // α and scales are rounded; in doubles residuals are too
  const noise =
    (inDoubles ? Math.sqrt(condition * (1 + far)) : alpha > 0 ? 1 : condition * Number.EPSILON) *
    4 *
    Number.EPSILON;
  return {
    rss: Array.from(rss),
    digits: errors.map((list, l) =>
      wholeDigits([...list, ...entryErrors(factored, flat, { w, b }, l, noise)].map((error) => 2 * error)),
    ),
    stands,
  };
}
