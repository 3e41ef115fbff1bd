import type { Dataset } from "../data/dataset.js";
import { gram, quadratic, transpose } from "../linalg/blocks.js";
import { cholesky, choleskyInverse, choleskySolve, reciprocalCondition1 } from "../linalg/cholesky.js";
import { Matrix } from "../linalg/matrix.js";
import { symmetricEigen } from "../linalg/symmetricEigen.js";
import { ddDot } from "../numbers/doubleDouble.js";
import { low, twoProduct, twoSum } from "../numbers/errorFree.js";
import { wholeDigits } from "./digits.js";
import { type Parameters, residualLow, residualOfRow } from "./rowResiduals.js";
import type { KnownRows } from "./rowStatistics.js";
import type { Solution, Spread } from "./solution.js";
import { alphaOf, type Means, type System } from "./system.js";

const MOST_CORRECTIONS = 10;

/** A sum of two doubles for each entry. */
interface Pair {
  high: Float64Array;
  low: Float64Array;
}

const pair = (length: number): Pair => ({ high: new Float64Array(length), low: new Float64Array(length) });

function addTo({ high, low: rest }: Pair, at: number, change: number): void {
  high[at] = twoSum(high[at]!, change);
  rest[at]! += low;
  high[at] = twoSum(high[at]!, rest[at]!);
  rest[at] = low;
}

/**
 * As many features as rows or more, from m equations: with a = Ω·r/α,
 *
 *   w = D⁻¹·Xcᵀ·a,   (Xc·D⁻¹·Xcᵀ + αΩ⁻¹)·a + 1·b = Y,   1ᵀa = 0 with a bias
 *
 * by Cholesky in doubles, corrected with the residuals of these equations in double-double. At α = 0 the
 * weights of least penalty among those that meet every row.
 */
export class DualSolution implements Solution {
  readonly solver = "dual";
  readonly w: Float64Array;
  readonly wLow: Float64Array;
  readonly b: Float64Array;
  readonly bLow: Float64Array;
  readonly rss: number[];
  readonly digits: number[];
  readonly rank: number;
  readonly dependent: boolean;
  readonly condition: number;
  /** Whether the corrections became smaller until they could not be seen. */
  readonly stands: boolean;
  readonly #equations: Equations;
  readonly #data: Dataset;
  #known: Explained | undefined;

  constructor(
    readonly system: System,
    moments: Means,
    rows: Dataset,
    readonly lambda: number,
  ) {
    this.#data = rows;
    const { n, k } = system.flat;
    const counted = Array.from(rows.weights ?? []).flatMap((omega, i) => (omega > 0 ? [i] : []));
    const used = rows.weights === null ? rows : rows.take(counted);
    const equations = equationsOf(system, moments, used, alphaOf(lambda, system.flat));
    this.#equations = equations;
    this.rank = Math.min(n, used.rows - (system.intercept ? 1 : 0));
    this.dependent = equations.alpha === 0;
    this.condition = equations.condition;
    const parameters: Parameters = {
      w: new Float64Array(n * k),
      wLow: new Float64Array(n * k),
      b: new Float64Array(k),
      bLow: new Float64Array(k),
    };
    this.rss = [];
    this.digits = [];
    let stands = Number.isFinite(equations.condition);
    for (let l = 0; l < k && stands; l++) {
      const y = Float64Array.from({ length: used.rows }, (_, i) => used.Y.data[i * k + l]!);
      const solved = solveTarget(equations, y);
      for (let j = 0; j < n; j++) {
        parameters.w[j * k + l] = solved.w.high[j]!;
        parameters.wLow[j * k + l] = solved.w.low[j]!;
      }
      parameters.b[l] = solved.b.high[0]!;
      parameters.bLow[l] = solved.b.low[0]!;
      this.rss.push(solved.residual.reduce((sum, r, i) => sum + (used.weights?.[i] ?? 1) * r * r, 0));
      this.digits.push(wholeDigits(solved.errors));
      stands &&= solved.stands;
    }
    this.stands = stands;
    this.w = parameters.w;
    this.wLow = parameters.wLow;
    this.b = parameters.b;
    this.bLow = parameters.bLow;
  }

  get spread(): Spread | null {
    if (this.dependent) return null;
    const { df, squares, bias } = this.#explained();
    const { unit } = this.#equations;
    return {
      df,
      standardError: (j, l, degrees) => Math.sqrt((this.rss[l]! / degrees) * squares[j]!) * unit[j]!,
      biasStandardError: (l, degrees) => Math.sqrt((this.rss[l]! / degrees) * bias),
    };
  }

  /** null at α = 0. */
  get rows(): KnownRows | null {
    return this.dependent ? null : this.#explained().rows;
  }

  #explained(): Explained {
    this.#known ??= explain(this.#equations, this.#data);
    return this.#known;
  }

  /** With K = X̃X̃ᵀ = U·Λ·Uᵀ: (Λ(Λ + α))^−½·Uᵀ·X̃, over the eigenvalues that are not rounding. */
  get factor(): Matrix {
    const { alpha, unit } = this.#equations;
    const rows = scaledRows(this.#equations);
    const m = rows.rows;
    const { values, vectors } = symmetricEigen(rows.matmul(rows.T).data, m);
    const kept = values.filter((value) => value > m * Number.EPSILON * values[0]!).length;
    const turn = new Matrix(kept, m);
    for (let c = 0; c < kept; c++) {
      const scale = 1 / Math.sqrt(values[c]! * (values[c]! + alpha));
      for (let i = 0; i < m; i++) turn.data[c * m + i] = scale * vectors[i * m + c]!;
    }
    return turn.matmul(rows).times(new Matrix(1, unit.length, unit));
  }
}

/** The equations of a dual system, and the factor of their matrix. */
interface Equations {
  X: Matrix;
  weights: Float64Array | null;
  alpha: number;
  intercept: boolean;
  weight: number;
  /** What features are centred about [n]. */
  centre: Float64Array;
  /** 1/√D of each feature; 0 for one that is constant [n]. */
  unit: Float64Array;
  /** α/ω of each row [m]. */
  ridge: Float64Array;
  L: Float64Array;
  condition: number;
  /** The inverse of the matrix times 1, and the sum of that. */
  ones: Float64Array;
  sumOfOnes: number;
}

function equationsOf(system: System, moments: Means, { X, weights }: Dataset, alpha: number): Equations {
  const { flat, scaler, intercept, constant } = system;
  const [m, n] = [X.rows, flat.n];
  const centre = intercept ? moments.meanX : new Float64Array(n);
  const unit = Float64Array.from({ length: n }, (_, j) => (constant[j] ? 0 : 1 / (scaler?.scale[j] ?? 1)));
  const centred = X.minus(new Matrix(1, n, centre)).times(new Matrix(1, n, unit));
  const K = gram(transpose(centred.data, m, n), n, m);
  const ridge = Float64Array.from({ length: m }, (_, i) => alpha / (weights?.[i] ?? 1));
  let trace = 0;
  for (let i = 0; i < m; i++) {
    K[i * m + i]! += ridge[i]!;
    trace += K[i * m + i]!;
  }
  // as 1ᵀa = 0 this changes no solution, and the matrix is not singular
  if (intercept) for (let at = 0; at < K.length; at++) K[at]! += trace / m;
  const { L, failedAt } = cholesky(K, m);
  const ones = new Float64Array(m).fill(1);
  if (failedAt === null) choleskySolve(L, m, ones, 1);
  return {
    X,
    weights,
    alpha,
    intercept,
    weight: moments.weight,
    centre,
    unit,
    ridge,
    L,
    condition: failedAt === null ? 1 / reciprocalCondition1(K, L, m) : Number.POSITIVE_INFINITY,
    ones,
    sumOfOnes: ones.reduce((sum, value) => sum + value, 0),
  };
}

function solveTarget(equations: Equations, y: Float64Array) {
  const { X, weights, centre, unit, ridge, L, ones, sumOfOnes, intercept } = equations;
  /** Of a weight, in the coordinates in which it is penalised. */
  const sizeOf = (value: number, j: number) => (unit[j] === 0 ? 0 : Math.abs(value) / unit[j]!);
  // α and scales are rounded
  const rounding = 8 * Number.EPSILON;
  const [m, n] = [X.rows, X.cols];
  const [a, b, w] = [pair(m), pair(1), pair(n)];
  const r: Pair = { high: y.slice(), low: new Float64Array(m) };
  let errors: number[] = [];
  let previous = Number.POSITIVE_INFINITY;
  let stands = false;
  for (let step = 0; step < MOST_CORRECTIONS && !stands; step++) {
    const rest = r.high.map((value, i) => {
      const share = twoProduct(ridge[i]!, a.high[i]!);
      const shareLow = low + ridge[i]! * a.low[i]!;
      return twoSum(value, -share) + (low + r.low[i]! - shareLow);
    });
    const off = a.high.reduce((sum, value) => sum + value, 0);
    choleskySolve(L, m, rest, 1);
    const bias = intercept ? (rest.reduce((sum, value) => sum + value, 0) + off) / sumOfOnes : 0;
    for (let i = 0; i < m; i++) addTo(a, i, rest[i]! - bias * ones[i]!);
    const before = w.high.slice();
    const beforeLow = w.low.slice();
    weightsOf(equations, a, w);
    let errorOfBias = 0;
    errors = [];
    let largest = 0;
    const most = w.high.reduce((size, value, j) => Math.max(size, sizeOf(value, j)), 0);
    for (let j = 0; j < n; j++) {
      const move = w.high[j]! - before[j]! + (w.low[j]! - beforeLow[j]!);
      errorOfBias += Math.abs(centre[j]! * move);
      if (w.high[j] === 0) continue;
      const error = Math.abs(move / w.high[j]!);
      largest = Math.max(largest, error);
      errors.push(error + (rounding * most) / sizeOf(w.high[j]!, j));
      errorOfBias += rounding * most * Math.abs(centre[j]!) * unit[j]!;
    }
    residualsOf(equations, y, w, b, r);
    if (intercept) {
      // 1ᵀa = 0 says Σωr = 0, whatever was lost in a
      addTo(b, 0, meanOf(r.high, weights) + meanOf(r.low, weights));
      residualsOf(equations, y, w, b, r);
      if (b.high[0] !== 0) errors.push(errorOfBias / Math.abs(b.high[0]!) + Number.EPSILON);
    }
    stands = largest <= 2 ** -48;
    if (largest > previous / 2) break;
    previous = largest;
  }
  return { w, b, residual: r.high, errors, stands };
}

/** r = y − Xw − b */
function residualsOf({ X }: Equations, y: Float64Array, w: Pair, b: Pair, r: Pair): void {
  const n = X.cols;
  for (let i = 0; i < X.rows; i++) {
    r.high[i] = residualOfRow(X.data, i * n, n, y[i]!, w.high, w.low, 0, b.high[0]!, b.low[0]!);
    r.low[i] = residualLow;
  }
}

/** The mean of values, with their weights if they have any. */
function meanOf(values: Float64Array, weights: Float64Array | null): number {
  let [sum, total] = [0, 0];
  for (const [i, value] of values.entries()) {
    const omega = weights?.[i] ?? 1;
    sum += omega * value;
    total += omega;
  }
  return sum / total;
}

/** w = D⁻¹·Xcᵀ·a */
function weightsOf({ X, centre, unit }: Equations, a: Pair, w: Pair): void {
  const [m, n] = [X.rows, X.cols];
  let total = 0;
  let totalLow = 0;
  for (let i = 0; i < m; i++) {
    total = twoSum(total, a.high[i]!);
    totalLow += low + a.low[i]!;
  }
  total += totalLow;
  for (let j = 0; j < n; j++) {
    const sum = ddDot(m, X.data, j, n, a.high, a.low, 0, 1);
    const sumLow = low;
    const about = twoSum(sum, -centre[j]! * total);
    const rest = low + sumLow;
    const inverse = unit[j]! * unit[j]!;
    w.high[j] = twoProduct(inverse, about);
    w.low[j] = low + inverse * rest;
  }
}

/** √Ω·Xc·D^−½ */
function scaledRows({ X, weights, centre, unit }: Equations): Matrix {
  const scaled = X.minus(new Matrix(1, X.cols, centre)).times(new Matrix(1, X.cols, unit));
  return weights === null ? scaled : scaled.times(new Matrix(X.rows, 1, weights.map(Math.sqrt)));
}

/** What follows from G = (K + αI)⁻¹. */
interface Explained {
  df: number;
  /** ‖Gx̃ⱼ‖² [n] */
  squares: Float64Array;
  bias: number;
  rows: KnownRows;
}

/**
 * With X̃ = √Ω·Xc·D^−½, K = X̃X̃ᵀ and G = (K + αI)⁻¹: df = tr KG, Vⱼⱼ = ‖Gx̃ⱼ‖²/Dⱼ, the leverage of a row
 * (KG)ᵢᵢ/ω, and √ωᵢ·pᵢ the row i of GX̃. Of a row that has no weight it is (‖x̃‖² − x̃ᵀX̃ᵀGX̃x̃)/α.
 */
function explain(equations: Equations, { X, weights }: Dataset): Explained {
  const { alpha, intercept, weight, centre, unit } = equations;
  const rows = scaledRows(equations);
  const [m, n] = [rows.rows, rows.cols];
  const K = gram(transpose(rows.data, m, n), n, m);
  const shifted = K.slice();
  for (let i = 0; i < m; i++) shifted[i * m + i]! += alpha;
  const G = choleskyInverse(cholesky(shifted, m).L, m);
  const own = Float64Array.from({ length: m }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < m; j++) sum += K[i * m + j]! * G[i * m + j]!;
    return sum;
  });
  const Z = new Matrix(m, m, G).matmul(rows).data;
  const squares = new Float64Array(n);
  let bias = intercept ? 1 / weight : 0;
  for (let i = 0; i < m; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) {
      squares[j]! += Z[i * n + j]! * Z[i * n + j]!;
      sum += Z[i * n + j]! * unit[j]! * centre[j]!;
    }
    bias += sum * sum;
  }
  const base = intercept ? 1 / weight : 0;
  const counted = Array.from({ length: X.rows }, (_, i) => i).filter((i) => (weights?.[i] ?? 1) > 0);
  const leverage = new Float64Array(X.rows).fill(Number.NaN);
  for (const [at, i] of counted.entries()) leverage[i] = base + own[at]! / (weights?.[i] ?? 1);
  for (let i = 0; i < X.rows; i++) {
    if (!Number.isNaN(leverage[i]!)) continue;
    const x = Float64Array.from(unit, (u, j) => (X.data[i * n + j]! - centre[j]!) * u);
    const along = rows.matmul(new Matrix(n, 1, x)).data;
    leverage[i] = base + (x.reduce((sum, value) => sum + value * value, 0) - quadratic(G, along)) / alpha;
  }
  return {
    df: own.reduce((sum, value) => sum + value, 0),
    squares,
    bias,
    rows: {
      leverage,
      squares: (factor) => {
        const out = new Float64Array(n);
        for (const [at, i] of counted.entries()) {
          const share = factor[i]! / (weights?.[i] ?? 1);
          for (let j = 0; j < n; j++) out[j]! += share * Z[at * n + j]! * Z[at * n + j]!;
        }
        return out.map((sum, j) => sum * unit[j]! * unit[j]!);
      },
    },
  };
}
