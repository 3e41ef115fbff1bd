import { Ell2Error } from "../errors.js";
import { checkBoolean, checkInteger, checkNonNegative, checkNumber, checkOptions } from "../numbers/check.js";
import { log } from "../numbers/elementary.js";
import { MersenneTwister } from "./mersenneTwister.js";
import { wholeSeed } from "./seed.js";

const TWO_32 = 4294967296;

/**
 * NumPy's legacy `RandomState`, which scikit-learn draws from: the same numbers for the same seed.
 *
 * Everything is exact but the normals: they pass through a logarithm, where NumPy's own bits
 * differ between machines; ours are within 1 ULP of Linux's, and the same in 99.9 % of the draws.
 * Source: NumPy's `RandomState` (the methods keep their names, in camelCase).
 */
export class NumPy {
  readonly #twister = new MersenneTwister();
  /** The second value of the last polar pair, or NaN: only seeding clears it. */
  #kept = Number.NaN;

  /**
   * @param seed a whole number in [0, 2³² − 1], or an array of such numbers (which, as in NumPy,
   *   is another stream even if it has one element)
   * @throws SEED for anything else
   */
  constructor(seed: number | bigint | readonly number[]) {
    this.seed(seed);
  }

  /**
   * Starts again from a seed, like `RandomState.seed`.
   * @param seed as for the constructor
   * @throws SEED as the constructor
   */
  seed(seed: number | bigint | readonly number[]): void {
    const word = (value: unknown): number => {
      const whole = wholeSeed("random.NumPy", value, "in [0, 2³² − 1]");
      if (whole >= 0n && whole < 4294967296n) return Number(whole);
      throw new Ell2Error("SEED", {
        where: "random.NumPy",
        expected: "a whole number in [0, 2³² − 1], as NumPy does",
        got: String(value),
      });
    };
    if (Array.isArray(seed)) {
      if (seed.length === 0) {
        throw new Ell2Error("SEED", {
          where: "random.NumPy",
          expected: "at least one number in a seed array",
          got: "none",
        });
      }
      this.#twister.seedWithWords(seed.map(word));
    } else {
      this.#twister.seedWithNumber(word(seed));
    }
    this.#kept = Number.NaN;
  }

  /**
   * n float64 uniform in [0, 1).
   * @param n how many, ≥ 0
   * @throws VALUE for an n that is not whole or below 0
   */
  randomSample(n: number): Float64Array {
    const out = new Float64Array(checkInteger("random.NumPy.randomSample", "n", n, 0));
    for (let i = 0; i < n; i++) out[i] = this.#twister.double();
    return out;
  }

  /**
   * n values low + (high − low)·u with u uniform in [0, 1)
   * @param low one end, finite
   * @param high the other end, finite
   * @param n how many, ≥ 0
   * @throws VALUE for ends or a difference of them that are not finite, or another n
   */
  uniform(low: number, high: number, n: number): Float64Array {
    checkNumber("random.NumPy.uniform", "low", low, "", () => true);
    checkNumber(
      "random.NumPy.uniform",
      "high",
      high,
      "",
      Number.isFinite(high - low) ? () => true : () => false,
    );
    return this.randomSample(n).map((u) => low + (high - low) * u);
  }

  /**
   * n values of mean 0 and variance 1, by Marsaglia's polar method.
   * @param n how many, ≥ 0
   * @throws VALUE for an n that is not whole or below 0
   */
  standardNormal(n: number): Float64Array {
    const out = new Float64Array(checkInteger("random.NumPy.standardNormal", "n", n, 0));
    for (let i = 0; i < n; i++) out[i] = this.#gauss();
    return out;
  }

  /**
   * n values loc + scale·z with z standard normal
   * @param loc mean, finite
   * @param scale standard deviation, ≥ 0
   * @param n how many, ≥ 0
   * @throws VALUE for values out of these ranges
   */
  normal(loc: number, scale: number, n: number): Float64Array {
    checkNumber("random.NumPy.normal", "loc", loc, "", () => true);
    checkNonNegative("random.NumPy.normal", "scale", scale);
    return this.standardNormal(n).map((z) => loc + scale * z);
  }

  /**
   * n whole numbers uniform in [low, high), as `randint(low, high, n, dtype=np.int64)`
   * @param low the least
   * @param high one more than the largest; high − low at most 2⁵³
   * @param n how many, ≥ 0
   * @throws VALUE for values that are not whole or out of these ranges
   */
  randint(low: number, high: number, n: number): number[] {
    const where = "random.NumPy.randint";
    checkInteger(where, "low", low, Number.MIN_SAFE_INTEGER);
    checkInteger(where, "high", high, low + 1);
    checkInteger(where, "n", n, 0);
    const most = checkInteger(where, "high − low − 1", high - 1 - low, 0);
    const draw = most < TWO_32 ? () => this.#twister.upTo(most) : () => this.#wideUpTo(most);
    return Array.from({ length: n }, () => low + draw());
  }

  /**
   * The whole numbers 0 … n − 1 in random order.
   * @param n how many, ≥ 0
   * @throws VALUE for an n that is not whole or below 0
   */
  permutation(n: number): Uint32Array {
    const out = new Uint32Array(checkInteger("random.NumPy.permutation", "n", n, 0)).map((_, i) => i);
    this.shuffle(out);
    return out;
  }

  /** Shuffles an array in place: for i from the last to the second, swaps it with one of the first i + 1. */
  shuffle(array: { [index: number]: unknown; readonly length: number }): void {
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.#twister.upTo(i);
      [array[i], array[j]] = [array[j], array[i]];
    }
  }

  /**
   * `size` numbers out of 0 … n − 1, by default with replacement
   * @param n how many there are, ≥ 1
   * @param size how many are drawn; at most n without replacement
   * @param options.replace whether one number can come more than once; true by default
   * @throws VALUE for values that are not whole or out of these ranges, OPTION for an option that
   *   does not exist
   */
  choice(n: number, size: number, options: { replace?: boolean } = {}): number[] {
    const where = "random.NumPy.choice";
    checkOptions(where, options, ["replace"]);
    checkInteger(where, "n", n, 1);
    if (checkBoolean(where, "replace", options.replace ?? true)) return this.randint(0, n, size);
    checkInteger(where, "size", size, 0);
    checkNumber(where, "size", size, `of at most n = ${n} without replacement`, (s) => s <= n);
    return Array.from(this.permutation(n).subarray(0, size));
  }

  #gauss(): number {
    if (!Number.isNaN(this.#kept)) {
      const kept = this.#kept;
      this.#kept = Number.NaN;
      return kept;
    }
    let x1: number;
    let x2: number;
    let r2: number;
    do {
      x1 = 2 * this.#twister.double() - 1;
      x2 = 2 * this.#twister.double() - 1;
      r2 = x1 * x1 + x2 * x2;
    } while (r2 >= 1 || r2 === 0);
    const f = Math.sqrt((-2 * log(r2)) / r2);
    this.#kept = f * x1;
    return f * x2;
  }

  /** A whole number in [0, most] for 2³² ≤ most < 2⁵³: two draws, the high word first. */
  #wideUpTo(most: number): number {
    const mask = 0xffffffff >>> Math.clz32(Math.floor(most / TWO_32));
    let value: number;
    do {
      const high = (this.#twister.uint32() & mask) >>> 0;
      value = high * TWO_32 + this.#twister.uint32();
    } while (value > most);
    return value;
  }
}
