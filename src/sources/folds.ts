import { Dataset } from "../data/dataset.js";
import { Matrix } from "../linalg/matrix.js";

/** How rows are dealt to folds: to so many, or by the texts of a column. */
export type Folds = number | { column: string };

/** Rows of a fold that are gathered before they are added up: two blocks. */
const GATHER = 2048;

/**
 * The fold of a row: a hash of its number and a seed, so that folds are about as large as each other and
 * need no memory. The mixing is splitmix32's.
 */
export function foldOfRow(row: number, folds: number, seed: number): number {
  let z = (Math.imul(row + 1, 0x9e3779b9) + Math.imul(seed, 0x85ebca6b)) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return ((z ^ (z >>> 15)) >>> 0) % folds;
}

/** Gathers the rows of a fold until they fill a part. */
export class FoldRows {
  #part: Dataset | undefined;
  #rows = 0;

  /** Adds row i of a data set; returns the part if it is full now, good until the next row is added. */
  add(from: Dataset, i: number): Dataset | null {
    const part = this.#part ?? empty(from);
    this.#part = part;
    const [n, k] = [from.X.cols, from.Y.cols];
    for (let j = 0; j < n; j++) part.X.data[this.#rows * n + j] = from.X.data[i * n + j]!;
    for (let l = 0; l < k; l++) part.Y.data[this.#rows * k + l] = from.Y.data[i * k + l]!;
    if (part.weights && from.weights) part.weights[this.#rows] = from.weights[i]!;
    if (++this.#rows < GATHER) return null;
    this.#rows = 0;
    return part;
  }

  /** What is left that did not fill a part, or null. */
  rest(): Dataset | null {
    return this.#part && this.#rows > 0 ? this.#part.slice(0, this.#rows) : null;
  }
}

const empty = ({ X, Y, inputs, outputs, weights }: Dataset): Dataset =>
  new Dataset({
    X: new Matrix(GATHER, X.cols),
    Y: new Matrix(GATHER, Y.cols),
    inputs,
    outputs,
    ...(weights ? { weights: new Float64Array(GATHER) } : {}),
  });
