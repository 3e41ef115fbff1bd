import type { Dataset } from "../data/dataset.js";
import { choleskySolve } from "../linalg/cholesky.js";
import { Matrix } from "../linalg/matrix.js";
import { symmetricEigen } from "../linalg/symmetricEigen.js";
import { ddDot } from "../numbers/doubleDouble.js";
import { low, twoProduct, twoSum } from "../numbers/errorFree.js";
import { wholeDigits } from "./digits.js";
import { addTo, type Equations, equationsOf, type Pair, pair, scaledRows } from "./dualEquations.js";
import { type Explained, explain } from "./dualStatistics.js";
import { type Parameters, residualLow, residualOfRow } from "./rowResiduals.js";
import type { KnownRows } from "./rowStatistics.js";
import type { Solution, Spread } from "./solution.js";
import { alphaOf, type Means, type System } from "./system.js";

const MOST_CORRECTIONS = 10;

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
