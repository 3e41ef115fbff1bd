import type { Dataset } from "../data/dataset.js";
import type { Moments } from "../data/moments.js";
import { blockCount, matmul, stepSums, sumsLength } from "../kernels/index.js";
import { cholesky, choleskySolve, reciprocalCondition1 } from "../linalg/cholesky.js";
import { Matrix } from "../linalg/matrix.js";
import { type FlatMoments, flatten, momentSquares } from "../model/momentSums.js";
import { low, twoSum } from "../numbers/errorFree.js";
import { wholeDigits } from "./digits.js";
import { type Parameters, type ResidualSums, residualSums } from "./rowResiduals.js";
import type { Solution, Spread } from "./solution.js";
import { alphaOf, type System } from "./system.js";

/** Rounding of a sum of squares or products of rows, beside √(Sᵢᵢ·Sⱼⱼ): blocks are added up pairwise. */
const SUM_ROUNDING = 64 * Number.EPSILON;
/** Condition numbers up to which residuals in double precision correct as well as better ones. */
const MOST_FOR_DOUBLES = 1e4;
/** Shares of the total up to which a residual sum of squares has all its digits in double precision. */
const LEAST_FOR_DOUBLES = 1e-6;
const MOST_CORRECTIONS = 8;
/** Share by which a correction may lower the residual sum of squares without another look, and how many looks are worth it. */
const SETTLED = 2 ** -40;
const MOST_TO_SETTLE = 3;

/** (S + αD)·w = Sxy by Cholesky of the system, scaled to a diagonal of 1, in doubles. */
export class Factored {
  readonly n: number;
  /** 1/√diagonal of each feature; 0 for one that is constant. */
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

  /** Solves for right-hand sides in the system's coordinates [n×k], which are overwritten. */
  solve(B: Float64Array, k: number): void {
    for (let at = 0; at < B.length; at++) B[at]! *= this.scale[Math.floor(at / k)]!;
    choleskySolve(this.#L, this.n, B, k);
    for (let at = 0; at < B.length; at++) B[at]! *= this.scale[Math.floor(at / k)]!;
  }

  /** M [n×n] in the data's units with (S + αD)⁻¹ = MᵀM: the inverse of the factor. */
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

  /** (S + αD)⁻¹·S·(S + αD)⁻¹ in the data's units, and the trace of (S + αD)⁻¹·S. */
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

const inUnits = (C: Float64Array, scale: readonly number[] | undefined, n: number): Float64Array =>
  scale === undefined ? C : C.map((value, at) => value / scale[Math.floor(at / n)]! / scale[at % n]!);

/** Ridge regression by Cholesky in doubles, corrected with the residuals of the rows where there are rows. */
export class DenseSolution implements Solution {
  readonly solver = "cholesky";
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
    readonly factored: Factored,
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
function fromMoments(factored: Factored, moments: Moments, { w, b }: Parameters, k: number): Found {
  const { n, condition } = factored;
  const flat = flatten(moments);
  const { squares, bound } = momentSquares(flat, w, b);
  const error = condition * (n + 1) * SUM_ROUNDING;
  return {
    // of less than two digits nothing is known
    rss: Array.from(squares, (sum) => (bound <= sum / 100 ? sum : null)),
    digits: Array.from({ length: k }, (_, l) => wholeDigits(entryErrors(factored, flat, { w, b }, l, error))),
    stands: true,
  };
}

/** An error of the vector of scaled weights, beside each weight of one target that is not 0, and beside its bias. */
function entryErrors(
  { n, scale, system }: Factored,
  { meanX, meanY, k }: FlatMoments,
  { w, b }: Pick<Parameters, "w" | "b">,
  l: number,
  error: number,
): number[] {
  const unit = (j: number) => system.scaler?.scale[j] ?? 1;
  const sizes = Array.from(scale, (s, j) => (s === 0 ? 0 : Math.abs((w[j * k + l]! * unit(j)) / s)));
  const most = sizes.reduce((a, size) => Math.max(a, size), 0);
  const errors = sizes.filter((size) => size > 0).map((size) => (error * most) / size);
  if (!system.intercept || b[l] === 0) return errors;
  let bias = Number.EPSILON * Math.abs(meanY[l]!);
  for (let j = 0; j < n; j++) bias += Math.abs(meanX[j]!) * error * most * (scale[j]! / unit(j));
  return [...errors, bias / Math.abs(b[l]!)];
}

function corrected(
  factored: Factored,
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

/** `residualSums` in doubles, by the kernel of a descent step. */
function plainSums({ X, Y }: Dataset, centre: Float64Array, { w, b }: Parameters): ResidualSums {
  const [n, k] = [X.cols, Y.cols];
  const sums = new Float64Array(blockCount(X.rows) * sumsLength(n, k));
  stepSums(X.data, Y.data, null, 0, X.rows, n, k, w, b, sums);
  const total = sums.slice(n * k, (n + 1) * k).map((sum) => -sum);
  const cross = sums.slice(0, n * k).map((sum, at) => -sum - centre[Math.floor(at / k)]! * total[at % k]!);
  return { cross, total, squares: sums.slice((n + 1) * k, (n + 2) * k) };
}
