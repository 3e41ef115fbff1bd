import { Ell2Error } from "../errors.js";
import { ColumnRing } from "../kernels/columnRing.js";
import type { Sums } from "../kernels/moments.js";
import { startThreads, threadCount } from "../kernels/pool.js";
import { Moments } from "./moments.js";

/**
 * The moments of rows that come as columns, a part at a time: the same bits as `Moments.of` gives for
 * all of them in one piece. Where threads were started (`startThreads`), another one adds up while
 * more rows come.
 * Source: docs/moments.md.
 */
export class MomentStream {
  readonly #inputs: readonly string[];
  readonly #outputs: readonly string[];
  readonly #weighted: boolean;
  readonly #ring: ColumnRing;

  /**
   * @param inputs the n names of the features
   * @param outputs the k names of the targets
   * @param weighted whether row weights ≥ 0 come after the targets
   */
  constructor(inputs: readonly string[], outputs: readonly string[], weighted = false) {
    this.#inputs = inputs;
    this.#outputs = outputs;
    this.#weighted = weighted;
    this.#ring = new ColumnRing(inputs.length, outputs.length, weighted);
  }

  /**
   * As the constructor, where there are many rows: starts a thread if there is none yet (it stays, as
   * after `startThreads(2)`).
   * @param inputs as for the constructor
   * @param outputs as for the constructor
   * @param weighted as for the constructor
   */
  static async threaded(
    inputs: readonly string[],
    outputs: readonly string[],
    weighted = false,
  ): Promise<MomentStream> {
    if (threadCount() === 1) await startThreads(2);
    return new MomentStream(inputs, outputs, weighted);
  }

  /**
   * Adds rows, which are copied.
   * @param columns the features, the targets, and the weights if there are any
   * @param rows how many entries of each
   * @throws SHAPE for another number of columns, or fewer entries
   */
  add(columns: readonly Float64Array[], rows: number): void {
    const width = this.#inputs.length + this.#outputs.length + (this.#weighted ? 1 : 0);
    if (columns.length !== width || columns.some((column) => column.length < rows)) {
      throw new Ell2Error("SHAPE", {
        where: "MomentStream.add",
        expected: `${width} columns of at least ${rows} entries`,
        got: `${columns.length} of ${columns.map((column) => column.length).join(", ")}`,
      });
    }
    this.#ring.add(columns, rows);
  }

  /**
   * The moments of all rows; the stream is at its end then.
   * @throws NOT_FINITE where a number is NaN or infinite, or the sums overflow; SHAPE without rows
   */
  moments(): Moments {
    const sums = this.#ring.sums();
    if (sums === undefined)
      throw new Ell2Error("SHAPE", { where: "MomentStream", expected: "at least one row", got: "none" });
    const { mean, meanLow, s } = sums;
    if (![mean, meanLow, s].every((part) => part.every(Number.isFinite))) {
      throw new Ell2Error("NOT_FINITE", {
        where: "MomentStream",
        expected: "finite numbers whose squares do not overflow",
        got: "sums that are not finite",
      });
    }
    return Moments.fromJSON(asJson(this.#inputs, this.#outputs, sums));
  }
}

const asJson = (inputs: readonly string[], outputs: readonly string[], sums: Sums) => ({
  format: "ell2-moments",
  schema: 1,
  inputs,
  outputs,
  rows: sums.rows,
  weight: sums.weight,
  mean: Array.from(sums.mean),
  meanLow: Array.from(sums.meanLow),
  s: Array.from(sums.s),
});
