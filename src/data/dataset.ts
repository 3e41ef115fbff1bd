import { Ell2Error } from "../errors.js";
import { allocate, isShared } from "../kernels/shared.js";
import { asMatrix, Matrix, type MatrixLike, sliceRange } from "../linalg/matrix.js";
import { checkOptions, show } from "../numbers/check.js";

/** What a data set is made from; each is described at the constructor of `Dataset`. */
export interface DatasetOptions {
  X: MatrixLike;
  Y: MatrixLike;
  inputs?: readonly string[];
  outputs?: readonly string[];
  weights?: Float64Array | readonly number[];
}

/**
 * The rows: features X [m×n], targets Y [m×k], and what their columns are called.
 * Source: docs/conventions.md.
 */
export class Dataset {
  /** Features [m×n]. */
  readonly X: Matrix;
  /** Targets [m×k]. */
  readonly Y: Matrix;
  /** The n names of the features; `x0`, `x1`, … unless given. */
  readonly inputs: readonly string[];
  /** The k names of the targets; `y0`, `y1`, … unless given. */
  readonly outputs: readonly string[];
  /** The m row weights, or null where every row counts once. */
  readonly weights: Float64Array | null;

  /**
   * @param options.X features [m×n], finite (kept, not copied, if it is a Matrix)
   * @param options.Y targets [m×k], finite
   * @param options.inputs n names
   * @param options.outputs k names
   * @param options.weights m row weights ≥ 0, finite: how often a row counts
   * @throws SHAPE for numbers of rows or names that do not fit, NOT_FINITE for NaN or infinity,
   *   VALUE for row weights that do not fit, are negative or not finite, OPTION for an option that
   *   does not exist
   */
  constructor(options: DatasetOptions) {
    const where = "Dataset";
    checkOptions(where, options, ["X", "Y", "inputs", "outputs", "weights"]);
    this.X = asMatrix(options.X);
    this.Y = asMatrix(options.Y);
    checkSameRows(where, this.X, this.Y);
    checkFinite(where, "X", this.X);
    checkFinite(where, "Y", this.Y);
    this.inputs = checkNames("inputs", options.inputs, this.X.cols, "x");
    this.outputs = checkNames("outputs", options.outputs, this.Y.cols, "y");
    this.weights = options.weights === undefined ? null : checkWeights(options.weights, this.rows);
  }

  /** m, the number of rows. */
  get rows(): number {
    return this.X.rows;
  }

  /** The rows in [start, end), sharing memory with this data set; ends as in `Matrix.slice`. */
  slice(start?: number, end?: number): Dataset {
    const [from, to] = sliceRange("Dataset.slice", this.rows, start, end);
    return this.#with(this.X.slice(from, to), this.Y.slice(from, to), this.weights?.subarray(from, to));
  }

  /**
   * The given rows in the given order, copied.
   * @param indices whole numbers in [0, rows)
   * @throws VALUE for a row that is not there
   */
  take(indices: ArrayLike<number>): Dataset {
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i]!;
      if (Number.isInteger(index) && index >= 0 && index < this.rows) continue;
      throw new Ell2Error("VALUE", {
        where: "Dataset.take",
        expected: `rows from 0 to ${this.rows - 1}`,
        got: show(index),
      });
    }
    const weights = this.weights && Float64Array.from(indices, (i) => this.weights![i]!);
    return this.#with(takeRows(this.X, indices), takeRows(this.Y, indices), weights ?? undefined);
  }

  #with(X: Matrix, Y: Matrix, weights: Float64Array | undefined): Dataset {
    const { inputs, outputs } = this;
    return new Dataset({ X, Y, inputs, outputs, ...(weights ? { weights } : {}) });
  }
}

/** The given rows of a matrix in the given order, copied. */
export function takeRows(A: Matrix, indices: ArrayLike<number>): Matrix {
  const out = new Matrix(indices.length, A.cols);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i]! * A.cols;
    out.data.set(A.data.subarray(from, from + A.cols), i * A.cols);
  }
  return out;
}

/** Throws `SHAPE` unless X and Y have as many rows. */
export function checkSameRows(where: string, X: Matrix, Y: Matrix): void {
  if (X.rows === Y.rows) return;
  throw new Ell2Error("SHAPE", {
    where,
    expected: "X and Y to have the same number of rows",
    got: `X ${X.shape} and Y ${Y.shape}`,
  });
}

/** Throws `NOT_FINITE`, saying where, if a matrix holds NaN or infinity. */
export function checkFinite(where: string, name: string, A: Matrix): void {
  const at = firstNotFinite(A.data);
  if (at < 0) return;
  throw new Ell2Error("NOT_FINITE", {
    where,
    expected: `${name} to hold finite numbers`,
    got: `${A.data[at]} at row ${Math.floor(at / A.cols)}, column ${at % A.cols} (counted from 0)`,
    remedy: "remove the row or give the value",
  });
}

/** The index of the first NaN or infinity, or −1. */
function firstNotFinite(values: Float64Array): number {
  let i = 0;
  // x − x is 0 for what is finite and NaN for the rest: a test for four at a time
  for (; i + 4 <= values.length; i += 4) {
    const a = values[i]!;
    const b = values[i + 1]!;
    const c = values[i + 2]!;
    const d = values[i + 3]!;
    if (a - a + (b - b) + (c - c + (d - d)) !== 0) break;
  }
  for (; i < values.length; i++) if (!Number.isFinite(values[i]!)) return i;
  return -1;
}

function checkNames(option: string, names: unknown, count: number, prefix: string): readonly string[] {
  if (names === undefined) return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  if (Array.isArray(names) && names.length === count && names.every((name) => typeof name === "string")) {
    return names;
  }
  throw new Ell2Error("SHAPE", {
    where: "Dataset",
    expected: `${option} to be ${count} names`,
    got: Array.isArray(names) ? `${names.length} (${names.map(show).join(", ")})` : show(names),
  });
}

function checkWeights(weights: Float64Array | readonly number[], rows: number): Float64Array {
  const values = weights instanceof Float64Array && isShared(weights) ? weights : allocate(weights.length);
  if (values !== weights) values.set(weights);
  const bad = values.findIndex((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (values.length !== rows || bad >= 0) {
    throw new Ell2Error("VALUE", {
      where: "Dataset",
      expected: `weights to be ${rows} finite numbers ≥ 0`,
      got: bad >= 0 ? `${values[bad]} at row ${bad}` : `${values.length}`,
    });
  }
  return values;
}
