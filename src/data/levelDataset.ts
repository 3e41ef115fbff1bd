import { Matrix } from "../linalg/matrix.js";
import { Dataset, takeRows } from "./dataset.js";

/** Levels from which on a category is kept as levels rather than expanded to a column each. */
export const LEAST_LEVELS = 300;

/** Which level each row has, and where the levels stand among the features. */
export interface Levels {
  /** From 0; −1 for a row without a feature, such as one of the reference [m]. */
  level: Int32Array;
  /** L, how many levels have a feature. */
  levels: number;
  /** The place of the first level among the names of the features. */
  first: number;
}

/**
 * Rows whose features are the levels of one category, never expanded to a column each, and others: X holds the
 * p others alone, and `inputs` the names of all n = L + p features in order.
 */
export class LevelDataset extends Dataset implements Levels {
  readonly level: Int32Array;
  readonly levels: number;
  readonly first: number;
  /** The names of all features; those of X are the ones before `first` and behind the levels. */
  override readonly inputs: readonly string[];

  constructor(rest: Dataset, { level, levels, first }: Levels, inputs: readonly string[]) {
    const { X, Y, outputs, weights } = rest;
    super({ X, Y, outputs, ...(weights && { weights }) });
    this.level = level;
    this.levels = levels;
    this.first = first;
    this.inputs = inputs;
  }

  /** The other features [m×p]. */
  get rest(): Matrix {
    return this.X;
  }

  override take(indices: ArrayLike<number>): LevelDataset {
    const { X, Y, outputs, weights } = this;
    const some = new Dataset({
      X: takeRows(X, indices),
      Y: takeRows(Y, indices),
      outputs,
      ...(weights && { weights: Float64Array.from(indices, (i) => weights[i]!) }),
    });
    const level = Int32Array.from(indices, (i) => this.level[i]!);
    return new LevelDataset(some, { level, levels: this.levels, first: this.first }, this.inputs);
  }

  override slice(start?: number, end?: number): LevelDataset {
    const rows = Array.from({ length: this.rows }, (_, i) => i).slice(start, end);
    return this.take(rows);
  }

  /** The same rows with a column for every level. */
  expanded(): Dataset {
    const { X: rest, Y, inputs, outputs, weights, level, levels, first } = this;
    const X = new Matrix(this.rows, inputs.length);
    for (let i = 0; i < this.rows; i++) {
      for (let j = 0; j < rest.cols; j++)
        X.data[i * X.cols + (j < first ? j : j + levels)] = rest.data[i * rest.cols + j]!;
      if (level[i]! >= 0) X.data[i * X.cols + first + level[i]!] = 1;
    }
    return new Dataset({ X, Y, inputs, outputs, ...(weights && { weights }) });
  }
}
