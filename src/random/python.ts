import { checkNumber } from "../numbers/check.js";
import { MersenneTwister } from "./mersenneTwister.js";
import { wholeSeed } from "./seed.js";

type Swappable = { [index: number]: unknown; readonly length: number };

/**
 * Python's `random.Random`: the same numbers for the same seed, exactly.
 * Source: CPython's `random` module (the functions keep their names).
 */
export class Python {
  readonly #twister = new MersenneTwister();

  /**
   * @param seed any whole number; as in Python its sign is ignored
   * @throws SEED for anything else (Python's seeding with text or floats goes through its hash)
   */
  constructor(seed: number | bigint) {
    this.seed(seed);
  }

  /** Starts again from a seed, like `random.seed(seed)`. */
  seed(seed: number | bigint): void {
    const whole = wholeSeed("random.Python", seed, "");
    let rest = whole < 0n ? -whole : whole;
    const words: number[] = [];
    do {
      words.push(Number(rest & 0xffffffffn));
      rest >>= 32n;
    } while (rest > 0n);
    this.#twister.seedWithWords(words);
  }

  /** A float64 uniform in [0, 1), of 53 bits. */
  random(): number {
    return this.#twister.double();
  }

  /**
   * a + (b − a)·random()
   * @param a one end, finite
   * @param b the other end, finite
   * @throws VALUE for an end that is not finite
   */
  uniform(a: number, b: number): number {
    checkNumber("random.Python.uniform", "a", a, "", () => true);
    checkNumber("random.Python.uniform", "b", b, "", () => true);
    return a + (b - a) * this.random();
  }

  /** Shuffles an array in place: for i from the last to the second, swaps it with one of the first i + 1. */
  shuffle(array: Swappable): void {
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.#below(i + 1);
      [array[i], array[j]] = [array[j], array[i]];
    }
  }

  /** A whole number in [0, n): the top bits of a draw, again until below n; n at most 2³². */
  #below(n: number): number {
    const shift = Math.clz32(n); // 32 − the number of bits of n
    let value: number;
    do value = this.#twister.uint32() >>> shift;
    while (value >= n);
    return value;
  }
}
