import { Ell2Error } from "../errors.js";
import { matmul } from "../kernels/index.js";
import { allocate } from "../kernels/shared.js";
import { checkInteger, show } from "../numbers/check.js";

/** What functions take where they need a matrix: a `Matrix`, or rows as nested arrays. */
export type MatrixLike = Matrix | readonly (readonly number[])[];

/**
 * A dense matrix of float64, row-major.
 * Source: docs/conventions.md, which also says in which order sums are taken.
 */
export class Matrix {
  /** How many rows, ≥ 0. */
  readonly rows: number;
  /** How many columns, ≥ 0. */
  readonly cols: number;
  /** The entries, row by row; shared with whatever was sliced from this matrix. */
  readonly data: Float64Array;

  /**
   * @param rows ≥ 0
   * @param cols ≥ 0
   * @param data rows·cols entries, row by row (kept, not copied); zeros if left out
   * @throws VALUE for a size that is not a whole number, SHAPE for a wrong number of entries
   */
  constructor(rows: number, cols: number, data?: Float64Array) {
    this.rows = checkInteger("Matrix", "rows", rows, 0);
    this.cols = checkInteger("Matrix", "cols", cols, 0);
    this.data = data ?? allocate(rows * cols);
    if (!(this.data instanceof Float64Array)) {
      throw new Ell2Error("VALUE", {
        where: "Matrix",
        expected: "data to be a Float64Array",
        got: show(data),
      });
    }
    if (this.data.length !== rows * cols) {
      throw new Ell2Error("SHAPE", {
        where: "Matrix",
        expected: `${rows}·${cols} = ${rows * cols} entries`,
        got: `${this.data.length}`,
      });
    }
  }

  /**
   * A matrix from rows as nested arrays, copied.
   * @param rows arrays of the same length
   * @throws SHAPE for rows of different lengths, VALUE for an entry that is no number
   */
  static from(rows: readonly (readonly number[])[]): Matrix {
    const where = "Matrix.from";
    if (!Array.isArray(rows) || rows.some((row) => !Array.isArray(row))) {
      throw new Ell2Error("VALUE", {
        where,
        expected: "an array of rows, each an array of numbers",
        got: show(Array.isArray(rows) ? rows.find((row) => !Array.isArray(row)) : rows),
        remedy: "one column of numbers is written [[1], [2], [3]]",
      });
    }
    const cols = rows[0]?.length ?? 0;
    const out = new Matrix(rows.length, cols);
    for (const [i, row] of rows.entries()) {
      if (row.length !== cols) {
        throw new Ell2Error("SHAPE", {
          where,
          expected: `${cols} entries in row ${i}, as in row 0`,
          got: `${row.length}`,
        });
      }
      for (const [j, value] of row.entries()) {
        if (typeof value !== "number") {
          throw new Ell2Error("VALUE", {
            where,
            expected: `a number at row ${i}, column ${j}`,
            got: show(value),
          });
        }
        out.data[i * cols + j] = value;
      }
    }
    return out;
  }

  /** Rows as nested arrays, copied. */
  toArray(): number[][] {
    return Array.from({ length: this.rows }, (_, i) =>
      Array.from(this.data.subarray(i * this.cols, (i + 1) * this.cols)),
    );
  }

  /** What `JSON.stringify` writes: rows as nested arrays. */
  toJSON(): number[][] {
    return this.toArray();
  }

  /** rows·cols */
  get numel(): number {
    return this.data.length;
  }

  /** The shape in words, such as `[120×4]`. */
  get shape(): string {
    return `[${this.rows}×${this.cols}]`;
  }

  /**
   * The rows in [start, end), sharing their memory with this matrix (nothing is copied).
   * As in Python, ends beyond the last row are cut, and negative ones count from the end.
   * @param start the first row; 0 by default
   * @param end one more than the last; all by default
   * @throws VALUE for ends that are no whole numbers
   */
  slice(start?: number, end?: number): Matrix {
    const [from, to] = sliceRange("Matrix.slice", this.rows, start, end);
    return new Matrix(to - from, this.cols, this.data.subarray(from * this.cols, to * this.cols));
  }

  /** The transpose, copied. */
  get T(): Matrix {
    const out = new Matrix(this.cols, this.rows);
    for (let i = 0; i < this.rows; i++) {
      for (let j = 0; j < this.cols; j++) out.data[j * this.rows + i] = this.data[i * this.cols + j]!;
    }
    return out;
  }

  /**
   * The product this·other, features summed from left to right.
   * @param other [cols×k]
   * @throws SHAPE where the inner sizes differ
   */
  matmul(other: Matrix): Matrix {
    if (this.cols !== other.rows) {
      throw new Ell2Error("SHAPE", {
        where: "Matrix.matmul",
        expected: "as many columns on the left as rows on the right",
        got: `${this.shape} · ${other.shape}`,
      });
    }
    const out = new Matrix(this.rows, other.cols);
    matmul(this.data, other.data, this.rows, this.cols, other.cols, out.data);
    return out;
  }

  /**
   * this + other; `other` is a number, a matrix of this shape, one row [1×cols] or one column
   * [rows×1].
   * @throws SHAPE for any other
   */
  plus(other: Matrix | number): Matrix {
    return this.#combine("plus", other, (a, b) => a + b);
  }

  /**
   * this − other, with the shapes of `plus`.
   * @throws SHAPE as `plus`
   */
  minus(other: Matrix | number): Matrix {
    return this.#combine("minus", other, (a, b) => a - b);
  }

  /**
   * Entry by entry this · other, with the shapes of `plus`.
   * @throws SHAPE as `plus`
   */
  times(other: Matrix | number): Matrix {
    return this.#combine("times", other, (a, b) => a * b);
  }

  /** The sum of all entries; with axis 0 that of each column [1×cols], with axis 1 that of each row [rows×1]. */
  sum(): number;
  sum(axis: 0 | 1): Matrix;
  sum(axis?: 0 | 1): number | Matrix {
    if (axis === undefined) return this.data.reduce((sum, x) => sum + x, 0);
    if (axis !== 0 && axis !== 1) {
      throw new Ell2Error("VALUE", { where: "Matrix.sum", expected: "axis to be 0 or 1", got: show(axis) });
    }
    const out = axis === 0 ? new Matrix(1, this.cols) : new Matrix(this.rows, 1);
    for (let i = 0; i < this.rows; i++) {
      for (let j = 0; j < this.cols; j++) out.data[axis === 0 ? j : i]! += this.data[i * this.cols + j]!;
    }
    return out;
  }

  /** A copy with memory of its own. */
  clone(): Matrix {
    return new Matrix(this.rows, this.cols, this.data.slice());
  }

  #combine(name: string, other: Matrix | number, f: (a: number, b: number) => number): Matrix {
    const right = typeof other === "number" ? new Matrix(1, 1, Float64Array.of(other)) : other;
    const fits =
      right instanceof Matrix &&
      (right.rows === this.rows || right.rows === 1) &&
      (right.cols === this.cols || right.cols === 1);
    if (!fits) {
      throw new Ell2Error("SHAPE", {
        where: `Matrix.${name}`,
        expected: `a number or a matrix that fits ${this.shape}`,
        got: right instanceof Matrix ? right.shape : show(right),
      });
    }
    const rowStep = right.rows === 1 ? 0 : right.cols;
    const colStep = right.cols === 1 ? 0 : 1;
    const out = new Matrix(this.rows, this.cols);
    for (let i = 0; i < this.rows; i++) {
      for (let j = 0; j < this.cols; j++) {
        const at = i * this.cols + j;
        out.data[at] = f(this.data[at]!, right.data[i * rowStep + j * colStep]!);
      }
    }
    return out;
  }
}

/** The rows [from, to) that a slice of `rows` rows means, as Python reads its ends. */
export function sliceRange(where: string, rows: number, start = 0, end = rows): [from: number, to: number] {
  const clamp = (i: number) => Math.min(Math.max(i < 0 ? i + rows : i, 0), rows);
  const from = clamp(checkInteger(where, "start", start, Number.MIN_SAFE_INTEGER));
  return [from, Math.max(from, clamp(checkInteger(where, "end", end, Number.MIN_SAFE_INTEGER)))];
}

/** A `MatrixLike` as a `Matrix`: itself, or copied from nested arrays. */
export const asMatrix = (value: MatrixLike): Matrix => (value instanceof Matrix ? value : Matrix.from(value));
