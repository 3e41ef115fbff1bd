import type { Dataset } from "../data/dataset.js";
import { matmul, predict } from "../kernels/index.js";
import { Matrix } from "../linalg/matrix.js";
import { Farthest, influential } from "./influentialRows.js";
import type { WeightKind } from "./weightKind.js";

/** Rows that are worked on at a time, so that all that belongs to them stays in the processor's cache. */
const BLOCK = 256;

/** A fit as `rowStatistics` needs it. */
export interface RowFit {
  /** The weights [n×k], or what else residuals come from: see `residual`. */
  w: Float64Array;
  /** The biases [k]. */
  b: Float64Array;
  /** The centre c of the features [n]; zeros without a bias. */
  center: Float64Array;
  /** 1/W, the bias's part in each leverage; 0 without a bias. */
  base: number;
  /**
   * For each target M [r×n] with MᵀM = (S + αI)⁻¹ in the data's units: the inverse of the Cholesky factor, or
   * diag((d² + α)^−½)Vᵀ. Targets of the same α hold the same matrix, for which the work is then done once.
   */
  factors: readonly Matrix[];
  /** For each target what its solution knows of the rows already, in place of what M would tell; null where M is needed. */
  known?: readonly (KnownRows | null)[];
  /** Effective degrees of freedom with the bias, of each target. */
  parameters: readonly number[];
  /** What is left of the rows for σ̂², of each target. */
  degrees: readonly number[];
  weightKind: WeightKind;
  /** y − ŷ [m×k], where it is known better than `w` and `b` give it. */
  residual?: Matrix;
}

/** What a solution that was found from the rows' own equations knows of each. */
export interface KnownRows {
  /** 1/W + (x − c)ᵀ(S + αI)⁻¹(x − c) of each row [m]. */
  leverage: Float64Array;
  /** Σᵢ fᵢ·pᵢ² for each feature, pᵢ = (S + αI)⁻¹(xᵢ − c), for a factor of each row [m]. */
  squares(factor: Float64Array): Float64Array;
  /** y − ŷ [m×k], where features are not expanded to columns, and nothing else can tell it. */
  residual?: Matrix;
}

/** What is wanted for every row. */
export interface RowOutputs {
  leverage?: boolean;
  studentized?: boolean;
  cooksDistance?: boolean;
  /** Whether the sums for HC3 are taken, which costs as much again as the leverages. */
  hc3?: boolean;
}

/** What the rows tell of a fit. */
export interface RowStatistics {
  /** Σω(y − ŷ)² [k] */
  squares: Float64Array;
  /** Σω|y − ŷ| [k] */
  absolute: Float64Array;
  /** Σᵢ ωᵢ pᵢ²(eᵢ/(1 − hᵢ))² with pᵢ = (S + αI)⁻¹(xᵢ − c), over the rows that count: the variances of HC3 [n×k]; null unless asked for. */
  hc3: Matrix | null;
  /** Rows that count and determine their own prediction, h = 1 up to rounding; they are left out of `hc3`. */
  selfDetermined: number;
  /** The rows of the largest Cook's distance of any target, at most ten, the most influential first; none whose distance is 0, and none without degrees of freedom. */
  influential: number[];
  /** hᵢ [m×k]; null unless asked for. */
  leverage: Matrix | null;
  /** (y − ŷ)/(σ̂√(1 − h)) [m×k]; null unless asked for, and without degrees of freedom. */
  studentized: Matrix | null;
  /** t²·h/((1 − h)·p) [m×k]; null unless asked for, and without degrees of freedom. */
  cooksDistance: Matrix | null;
}

/**
 * Residual sums, leverages, studentised residuals, Cook's distances and the sums for HC3, in one pass over the rows in
 * blocks: besides the outputs that are asked for, memory is that of a block.
 *
 * With z = M(xᵢ − c) the leverage is hᵢ = 1/W + ‖z‖², and pᵢ = Mᵀz. For precisions a row is one observation with residual
 * √ωᵢ·rᵢ and leverage ωᵢhᵢ. A row of weight 0 had no part in the fit: its distance is 0, and its residual is divided
 * by σ̂√(1 + h), that of a prediction. Where h = 1 up to rounding, the studentised residual is 0 and the distance infinite.
 *
 * @param data the rows
 * @param fit what was fitted to them
 * @param wanted what is wanted for every row, and whether HC3 is; nothing by default
 * Source: docs/choosing.md; Cook 1977; MacKinnon and White 1985.
 */
export function rowStatistics(data: Dataset, fit: RowFit, wanted: RowOutputs = {}): RowStatistics {
  const [m, n, k] = [data.X.rows, data.inputs.length, data.Y.cols];
  const { factors, degrees, parameters } = fit;
  const block = new Block(data, fit, Math.min(BLOCK, m));
  const squares = new Float64Array(k);
  const absolute = new Float64Array(k);
  const hc3 = wanted.hc3 ? new Matrix(n, k) : null;
  const output = (asked: boolean | undefined) => (asked ? new Matrix(m, k) : null);
  const leverage = output(wanted.leverage);
  const studentized = output(wanted.studentized);
  const cooksDistance = output(wanted.cooksDistance);
  const farthest = factors.map(() => new Farthest());
  const groups = [...new Set(factors)].map((M) => {
    const targets = factors.flatMap((other, l) => (other === M ? [l] : []));
    const known = fit.known?.[targets[0]!] ?? null;
    const most = Math.min(BLOCK, m);
    return { factor: known ? new Known(known, most, m, k) : new Factor(M, most), targets };
  });
  let selfDetermined = 0;
  for (let start = 0; start < m; start += BLOCK) {
    block.read(start);
    for (let l = 0; l < k; l++) {
      squares[l]! += block.squares(l);
      absolute[l]! += block.absolute(l);
    }
    for (const { factor, targets } of groups) {
      factor.apply(block, start, fit.base, hc3 !== null);
      for (const l of targets) {
        const alone = block.leaveOut(factor.lengths, l);
        if (l === targets[0]) selfDetermined += alone;
        farthest[l]!.addAll(start, block.distance, block.rows);
        if (hc3) factor.addSquares(block, start, hc3.data, l, k);
        if (leverage) put(block.leverage, block.rows, leverage, start, l);
        if (studentized) put(block.studentized, block.rows, studentized, start, l);
        if (cooksDistance) put(block.distance, block.rows, cooksDistance, start, l);
      }
    }
  }
  const found = { squares, absolute, hc3, selfDetermined, leverage };
  if (!degrees.every((rest) => rest > 0))
    return { ...found, influential: [], studentized: null, cooksDistance: null };
  const variance = degrees.map((rest, l) => squares[l]! / rest);
  const scale = variance.map((value, l) => value * parameters[l]!);
  divide(studentized, variance.map(Math.sqrt));
  divide(cooksDistance, scale);
  return { ...found, influential: influential(farthest, scale), studentized, cooksDistance };
}

/** Some rows, and what is known of each. */
class Block {
  rows = 0;
  /** x − c [rows×n] */
  readonly centred: Float64Array;
  /** y − ŷ [rows×k] */
  readonly residual: Float64Array;
  /** How many observations a row is, and the weight of each. */
  readonly count: Float64Array;
  readonly size: Float64Array;
  /** Of one target, by `leaveOut`: h, e/√(1 − h), D·p·σ̂², and ω·e²/(1 − h)² for HC3. */
  readonly leverage: Float64Array;
  readonly studentized: Float64Array;
  readonly distance: Float64Array;
  readonly robust: Float64Array;
  readonly #data: Dataset;
  readonly #fit: RowFit;
  readonly #most: number;

  constructor(data: Dataset, fit: RowFit, most: number) {
    const { X, Y } = data;
    this.#data = data;
    this.#fit = fit;
    this.#most = most;
    this.centred = new Float64Array(most * X.cols);
    this.residual = new Float64Array(most * Y.cols);
    this.count = new Float64Array(most).fill(1);
    this.size = new Float64Array(most).fill(1);
    this.leverage = new Float64Array(most);
    this.studentized = new Float64Array(most);
    this.distance = new Float64Array(most);
    this.robust = new Float64Array(most);
  }

  read(start: number): void {
    const { X, Y, weights } = this.#data;
    const { w, b, center, residual, weightKind } = this.#fit;
    const [n, k] = [X.cols, Y.cols];
    const rows = Math.min(this.#most, X.rows - start);
    this.rows = rows;
    // features that are not all columns of X are never centred: everything is known of these rows
    if (n === center.length) centre(X.data, start * n, rows, center, this.centred);
    if (weights) {
      const target = weightKind === "frequency" ? this.count : this.size;
      target.set(weights.subarray(start, start + rows));
    }
    if (residual) this.residual.set(residual.data.subarray(start * k, (start + rows) * k));
    else {
      predict(X.data, start, start + rows, n, w, b, k, this.residual);
      subtractFrom(Y.data, start * k, rows * k, this.residual);
    }
  }

  /** Σωr² of a target. */
  squares(l: number): number {
    const { residual, count, size, rows } = this;
    const k = this.#data.Y.cols;
    let sum = 0;
    for (let i = 0, at = l; i < rows; i++, at += k)
      sum += count[i]! * size[i]! * residual[at]! * residual[at]!;
    return sum;
  }

  /** Σω|r| of a target. */
  absolute(l: number): number {
    const { residual, count, size, rows } = this;
    const k = this.#data.Y.cols;
    let sum = 0;
    for (let i = 0, at = l; i < rows; i++, at += k) sum += count[i]! * size[i]! * Math.abs(residual[at]!);
    return sum;
  }

  /** What a target's residuals and leverages say of each row; returns how many rows determine their own prediction. */
  leaveOut(lengths: Float64Array, l: number): number {
    const { residual, count, size, rows, leverage, studentized, distance, robust } = this;
    const [n, k] = [this.#data.X.cols, this.#data.Y.cols];
    const rounding = 64 * Number.EPSILON * (n + 1);
    let alone = 0;
    for (let i = 0; i < rows; i++) {
      const omega = size[i]!;
      const h = omega * lengths[i]!;
      const e = Math.sqrt(omega) * residual[i * k + l]!;
      const rest = 1 - h;
      leverage[i] = h;
      robust[i] = 0;
      if (count[i]! * omega === 0) {
        studentized[i] = e / Math.sqrt(1 + h);
        distance[i] = 0;
      } else if (rest > rounding) {
        const left = e / rest;
        studentized[i] = e / Math.sqrt(rest);
        distance[i] = left * left * h;
        robust[i] = count[i]! * omega * left * left;
      } else {
        alone++;
        studentized[i] = 0;
        distance[i] = Number.POSITIVE_INFINITY;
      }
    }
    return alone;
  }
}

/** M, and what it makes of a block. */
class Factor {
  /** 1/W + ‖z‖² of each row. */
  readonly lengths: Float64Array;
  readonly #M: Matrix;
  readonly #transposed: Matrix;
  readonly #z: Float64Array;
  readonly #p: Float64Array;
  readonly #sums: Float64Array;

  constructor(M: Matrix, most: number) {
    this.#M = M;
    this.#transposed = M.T;
    this.lengths = new Float64Array(most);
    this.#z = new Float64Array(most * M.rows);
    this.#p = new Float64Array(most * M.cols);
    this.#sums = new Float64Array(M.cols);
  }

  apply({ centred, rows }: Block, _start: number, base: number, robust: boolean): void {
    const { rows: r, cols: n } = this.#M;
    matmul(centred, this.#transposed.data, rows, n, r, this.#z);
    squaredLengths(this.#z, rows, r, base, this.lengths);
    if (robust) matmul(this.#z, this.#M.data, rows, r, n, this.#p);
  }

  /** Adds Σ pᵢ²·robustᵢ over a block to column l of `out` [n×k]. */
  addSquares({ robust, rows }: Block, _start: number, out: Float64Array, l: number, k: number): void {
    const n = this.#M.cols;
    this.#sums.fill(0);
    addWeightedSquares(this.#p, robust, rows, n, this.#sums);
    for (let j = 0; j < n; j++) out[j * k + l]! += this.#sums[j]!;
  }
}

/** The same of rows of which everything is known. */
class Known {
  readonly lengths: Float64Array;
  readonly #rows: KnownRows;
  readonly #factors: Float64Array[];

  constructor(rows: KnownRows, most: number, m: number, k: number) {
    this.#rows = rows;
    this.lengths = new Float64Array(most);
    this.#factors = Array.from({ length: k }, () => new Float64Array(m));
  }

  apply({ rows }: Block, start: number): void {
    this.lengths.set(this.#rows.leverage.subarray(start, start + rows));
  }

  /** Keeps the factors of a block; with the last one Σ pᵢ²·robustᵢ over all rows goes to column l of `out` [n×k]. */
  addSquares({ robust, rows }: Block, start: number, out: Float64Array, l: number, k: number): void {
    const factor = this.#factors[l]!;
    factor.set(robust.subarray(0, rows), start);
    if (start + rows < factor.length) return;
    for (const [j, sum] of this.#rows.squares(factor).entries()) out[j * k + l] = sum;
  }
}

function centre(X: Float64Array, from: number, rows: number, center: Float64Array, out: Float64Array): void {
  const n = center.length;
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0; j < n; j++, at++) out[at] = X[from + at]! - center[j]!;
}

function subtractFrom(Y: Float64Array, from: number, length: number, out: Float64Array): void {
  for (let at = 0; at < length; at++) out[at] = Y[from + at]! - out[at]!;
}

function squaredLengths(Z: Float64Array, rows: number, r: number, base: number, out: Float64Array): void {
  for (let i = 0, at = 0; i < rows; i++) {
    let sum = base;
    for (const stop = at + r; at < stop; at++) sum += Z[at]! * Z[at]!;
    out[i] = sum;
  }
}

function addWeightedSquares(
  P: Float64Array,
  weights: Float64Array,
  rows: number,
  n: number,
  sums: Float64Array,
): void {
  for (let i = 0, at = 0; i < rows; i++) {
    const weight = weights[i]!;
    for (let j = 0; j < n; j++, at++) sums[j]! += weight * P[at]! * P[at]!;
  }
}

/** Writes a block's values of one target to its column. */
function put(values: Float64Array, rows: number, { data, cols }: Matrix, start: number, l: number): void {
  for (let i = 0, at = start * cols + l; i < rows; i++, at += cols) data[at] = values[i]!;
}

/** Divides each column; what is 0 stays so. */
function divide(A: Matrix | null, divisors: readonly number[]): void {
  if (A === null) return;
  const { data, cols } = A;
  for (let at = 0; at < data.length; at++) if (data[at] !== 0) data[at]! /= divisors[at % cols]!;
}
