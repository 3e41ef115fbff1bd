import { Ell2Error } from "../errors.js";
import { batchMomentSums, momentSums } from "../kernels/index.js";
import { merged, type Rows, type Sums, without } from "../kernels/moments.js";
import { Matrix } from "../linalg/matrix.js";
import { checkInteger, show } from "../numbers/check.js";
import { log } from "../numbers/elementary.js";
import { low, twoSum } from "../numbers/errorFree.js";
import type { Dataset } from "./dataset.js";

/** Decimal digits of a float64. */
const DIGITS = 15.95;
const OF_DOUBLES = 8 * Number.EPSILON;
const OF_DIFFERENCES = 16 * Number.EPSILON * Number.EPSILON;
/** Share of Σω(z − c)² up to which what centring leaves of it is rounding. */
const CANCELLED = 64 * Number.EPSILON;

/** Digits that `subtract` must leave. */
const LEAST_DIGITS = 6;

/** What rows add up to about a centre near their means, with the columns in one: z = [x y], p = n + k. */
export interface CentredSums {
  rows: number;
  /** W = Σω; the rows themselves where they have no weights. */
  weight: number;
  /** c [p] */
  centre: Float64Array;
  /** What c is beyond its doubles [p]; 0 if left out. */
  centreLow?: Float64Array;
  /** Σω(z − c) [p] */
  deviations: Float64Array;
  /** Σω(z − c)(z − c)ᵀ [p×p]; only the upper triangle counts. */
  products: Float64Array;
}

/**
 * Everything that squared-loss training on fixed rows depends on: how many there are, their means,
 * and the centred sums of squares and products.
 *
 * Sums are taken about each block's own mean, and blocks are merged pairwise by the update of Chan,
 * Golub and LeVeque ("Updating formulae and a pairwise algorithm for computing sample variances",
 * 1979), so that offsets do no harm; means carry a low part, so that merging loses nothing there.
 * A value is never changed: `add` and `subtract` return new ones.
 * Source: Chan, Golub and LeVeque as above; docs/moments.md.
 */
export class Moments {
  /** The n names of the features. */
  readonly inputs: readonly string[];
  /** The k names of the targets. */
  readonly outputs: readonly string[];
  /**
   * What rounding leaves of the spread of a column of one value: √(S/W) up to this share of its mean. 8·ε where
   * rows were added up in doubles; 16·ε² where differences from a centre were, as engines take them.
   */
  readonly meanRounding: number;
  readonly #sums: Sums;

  private constructor(
    inputs: readonly string[],
    outputs: readonly string[],
    sums: Sums,
    meanRounding = OF_DOUBLES,
  ) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.#sums = sums;
    this.meanRounding = meanRounding;
  }

  /**
   * The moments of the rows of a data set, with its row weights if it has any: one pass.
   * @param dataset m ≥ 0 rows
   */
  static of(dataset: Dataset): Moments {
    return new Moments(dataset.inputs, dataset.outputs, momentSums(asRows(dataset), dataset.rows));
  }

  /**
   * The moments of each batch of rows in order, the last one smaller.
   * @param dataset m ≥ 0 rows
   * @param batchSize ≥ 1
   * @throws VALUE for a batch size that is not a whole number ≥ 1
   */
  static ofBatches(dataset: Dataset, batchSize: number): Moments[] {
    checkInteger("Moments.ofBatches", "batchSize", batchSize, 1);
    const sums = batchMomentSums(asRows(dataset), dataset.rows, batchSize);
    return sums.map((batch) => new Moments(dataset.inputs, dataset.outputs, batch));
  }

  /**
   * The moments of rows of which sums about a centre are known, as databases give them: with δ = Σω(z − c)/W,
   * mean = c + δ (in two parts) and S = Σω(z − c)(z − c)ᵀ − W·δδᵀ, where z = [x y], p = n + k. The
   * nearer the centre is to the mean, the fewer digits the difference loses: a share of ε·Wδᵢ²/Sᵢᵢ.
   * @param columns the n names of the features and the k names of the targets
   * @param sums rows m ≥ 1; weight W > 0, or 0 where no row counts; centre c [p], with its low part if it has one; deviations
   *   Σω(z − c) [p]; products Σω(z − c)(z − c)ᵀ [p×p], of which the upper triangle is read
   * @throws SHAPE where lengths do not fit, NOT_FINITE where a sum is NaN or infinite
   */
  static fromSums(
    { inputs, outputs }: { inputs: readonly string[]; outputs: readonly string[] },
    { rows, weight, centre, centreLow, deviations, products }: CentredSums,
  ): Moments {
    const where = "Moments.fromSums";
    const p = inputs.length + outputs.length;
    const lengths = [centre.length, deviations.length, products.length];
    if (lengths[0] !== p || lengths[1] !== p || lengths[2] !== p * p) {
      throw new Ell2Error("SHAPE", {
        where,
        expected: `${p}, ${p} and ${p * p} sums`,
        got: lengths.join(", "),
      });
    }
    const sums = {
      rows,
      weight,
      mean: new Float64Array(p),
      meanLow: new Float64Array(p),
      s: new Float64Array(p * p),
    };
    if (weight === 0) return new Moments(inputs, outputs, sums, OF_DIFFERENCES);
    const delta = deviations.map((sum) => sum / weight);
    for (let i = 0; i < p; i++) {
      sums.mean[i] = twoSum(centre[i]!, (centreLow?.[i] ?? 0) + delta[i]!);
      sums.meanLow[i] = low;
      for (let j = i; j < p; j++) {
        sums.s[i * p + j] = products[i * p + j]! - weight * delta[i]! * delta[j]!;
        sums.s[j * p + i] = sums.s[i * p + j]!;
      }
    }
    for (let i = 0; i < p; i++) {
      if (sums.s[i * p + i]! > CANCELLED * products[i * p + i]!) continue;
      for (let j = 0; j < p; j++) sums.s[i * p + j] = sums.s[j * p + i] = 0;
    }
    if ([sums.mean, sums.s].every((part) => part.every(Number.isFinite)))
      return new Moments(inputs, outputs, sums, OF_DIFFERENCES);
    throw new Ell2Error("NOT_FINITE", {
      where,
      expected: "finite numbers whose squares do not overflow",
      got: "sums that are not finite",
    });
  }

  /**
   * The moments of several parts together, merged pairwise.
   * @param parts at least one, of the same columns
   * @throws SHAPE where there are none or they do not fit
   */
  static merge(parts: readonly Moments[]): Moments {
    if (parts.length === 0) {
      throw new Ell2Error("SHAPE", { where: "Moments.merge", expected: "at least one part", got: "none" });
    }
    if (parts.length === 1) return parts[0]!;
    const half = Math.ceil(parts.length / 2);
    return Moments.merge(parts.slice(0, half)).add(Moments.merge(parts.slice(half)));
  }

  /** m, the number of rows. */
  get rows(): number {
    return this.#sums.rows;
  }

  /** W = Σω, the sum of the row weights; m without weights. */
  get weight(): number {
    return this.#sums.weight;
  }

  /** The means of the features [n]. */
  get meanX(): Float64Array {
    return this.#sums.mean.slice(0, this.inputs.length);
  }

  /** The means of the targets [k]. */
  get meanY(): Float64Array {
    return this.#sums.mean.slice(this.inputs.length);
  }

  /** Σω(x − x̄)(x − x̄)ᵀ [n×n] */
  get sxx(): Matrix {
    const n = this.inputs.length;
    return this.#part(0, n, 0, n);
  }

  /** Σω(x − x̄)(y − ȳ)ᵀ [n×k] */
  get sxy(): Matrix {
    const n = this.inputs.length;
    return this.#part(0, n, n, n + this.outputs.length);
  }

  /** Σω(y − ȳ)(y − ȳ)ᵀ [k×k] */
  get syy(): Matrix {
    const n = this.inputs.length;
    return this.#part(n, n + this.outputs.length, n, n + this.outputs.length);
  }

  /**
   * The moments of these rows and those of `other` together.
   * @throws SHAPE where the columns differ
   */
  add(other: Moments): Moments {
    this.#checkColumns("Moments.add", other);
    const rounding = Math.max(this.meanRounding, other.meanRounding);
    return new Moments(this.inputs, this.outputs, merged(this.#sums, other.#sums), rounding);
  }

  /**
   * The moments without those of `other`, which must be among these rows. Subtraction loses digits:
   * it says how many, and refuses where fewer than six are left.
   * @returns the moments, and the decimal digits that the worst column has lost
   * @throws SHAPE where the columns differ, VALUE where `other` has more rows or weight, DATA where
   *   fewer than six digits are left
   */
  subtract(other: Moments): { moments: Moments; digitsLost: number } {
    const where = "Moments.subtract";
    this.#checkColumns(where, other);
    const [a, b] = [this.#sums, other.#sums];
    if (b.rows > a.rows || b.weight > a.weight) {
      throw new Ell2Error("VALUE", {
        where,
        expected: `at most the ${a.rows} rows (weight ${a.weight}) that are there`,
        got: `${b.rows} rows (weight ${b.weight})`,
      });
    }
    const sums = without(a, b);
    let lost = 0;
    const p = a.mean.length;
    for (let i = 0; i < p && sums.rows > 1; i++) {
      const [before, after] = [a.s[i * p + i]!, sums.s[i * p + i]!];
      if (before > 0) lost = Math.max(lost, after > 0 ? log(before / after) / Math.LN10 : DIGITS);
    }
    if (DIGITS - lost < LEAST_DIGITS) {
      throw new Ell2Error("DATA", {
        where,
        expected: `a difference of which at least ${LEAST_DIGITS} digits are left`,
        got: `${lost.toFixed(1)} of ${DIGITS} digits lost`,
        remedy: "add up the rows that remain instead",
      });
    }
    return { moments: new Moments(this.inputs, this.outputs, sums, this.meanRounding), digitsLost: lost };
  }

  /**
   * The moments of the features (x − shift)/scale; targets stay as they are.
   * @param shift of each feature [n]
   * @param scale of each feature [n], > 0; infinite for one that becomes 0 throughout
   */
  rescale(shift: readonly number[], scale: readonly number[]): Moments {
    const { rows, weight, mean, meanLow, s } = this.#sums;
    const p = mean.length;
    const divisor = (i: number) => scale[i] ?? 1;
    const centre = mean.map((value, i) => (value - (shift[i] ?? 0) + meanLow[i]!) / divisor(i));
    const products = s.map((value, at) => value / divisor(Math.floor(at / p)) / divisor(at % p));
    return Moments.fromSums(this, { rows, weight, centre, deviations: new Float64Array(p), products });
  }

  /** What `JSON.stringify` writes: every number with all its digits. */
  toJSON(): unknown {
    const { rows, weight, mean, meanLow, s } = this.#sums;
    const [m, l, c] = [mean, meanLow, s].map((values) => Array.from(values));
    return {
      format: "ell2-moments",
      schema: 1,
      inputs: this.inputs,
      outputs: this.outputs,
      rows,
      weight,
      mean: m,
      meanLow: l,
      s: c,
      ...(this.meanRounding === OF_DOUBLES ? {} : { meanRounding: this.meanRounding }),
    };
  }

  /**
   * The moments that `JSON.stringify` wrote, to the bit.
   * @param json the parsed document
   * @throws FORMAT for anything else
   */
  static fromJSON(json: unknown): Moments {
    const fail = (expected: string, got: unknown) =>
      new Ell2Error("FORMAT", { where: "Moments.fromJSON", expected, got: show(got) });
    const { format, schema, inputs, outputs, rows, weight, mean, meanLow, s } = (json ?? {}) as Record<
      string,
      unknown
    >;
    if (format !== "ell2-moments" || schema !== 1) throw fail("moments of schema 1", format ?? json);
    const names = [inputs, outputs].every(
      (list) => Array.isArray(list) && list.every((name) => typeof name === "string"),
    );
    if (!names) throw fail("inputs and outputs to be names", inputs);
    const p = (inputs as string[]).length + (outputs as string[]).length;
    const numbers = (name: string, value: unknown, length: number): Float64Array => {
      if (Array.isArray(value) && value.length === length && value.every(Number.isFinite))
        return Float64Array.from(value);
      throw fail(`${name} to be ${length} finite numbers`, value);
    };
    if (!(Number.isSafeInteger(rows) && (rows as number) >= 0)) throw fail("rows to be a whole number", rows);
    if (!(typeof weight === "number" && weight >= 0)) throw fail("weight to be a number ≥ 0", weight);
    const { meanRounding = OF_DOUBLES } = json as { meanRounding?: unknown };
    if (!(typeof meanRounding === "number" && meanRounding >= 0))
      throw fail("meanRounding to be a number ≥ 0", meanRounding);
    const sums = {
      rows: rows as number,
      weight,
      mean: numbers("mean", mean, p),
      meanLow: numbers("meanLow", meanLow, p),
      s: numbers("s", s, p * p),
    };
    return new Moments(inputs as string[], outputs as string[], sums, meanRounding);
  }

  #part(top: number, bottom: number, left: number, right: number): Matrix {
    const p = this.#sums.mean.length;
    const out = new Matrix(bottom - top, right - left);
    for (let i = top; i < bottom; i++) {
      out.data.set(this.#sums.s.subarray(i * p + left, i * p + right), (i - top) * out.cols);
    }
    return out;
  }

  #checkColumns(where: string, other: Moments): void {
    const columns = ({ inputs, outputs }: Moments) => JSON.stringify([inputs, outputs]);
    if (columns(this) === columns(other)) return;
    throw new Ell2Error("SHAPE", {
      where,
      expected: `moments of the same columns, ${columns(this)}`,
      got: columns(other),
    });
  }
}

const asRows = ({ X, Y, weights }: Dataset): Rows => ({
  X: X.data,
  Y: Y.data,
  weights,
  n: X.cols,
  k: Y.cols,
});
