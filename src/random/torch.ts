import { Ell2Error } from "../errors.js";
import { checkInteger, checkNumber, checkOptions, show } from "../numbers/check.js";
import { cos, log, sin } from "../numbers/elementary.js";
import { fma } from "../numbers/fma.js";
import { log1p } from "../numbers/log1p.js";
import { MersenneTwister } from "./mersenneTwister.js";
import { wholeSeed } from "./seed.js";

const TWO_PI = 2 * Math.PI;

/** Which PyTorch's formula small normals follow: log1p(−u) in 2, log(1 − u) in 1.13. */
export type TorchRelease = "2" | "1.13";

/**
 * PyTorch's CPU generator in float64: the same numbers for the same seed.
 *
 * `rand`, `uniform` and `randperm` are exact; `randn` is within 1 ULP of PyTorch on Linux and has
 * the same bits in more than 99 % of the draws.
 * Source: PyTorch's CPUGenerator and its DistributionsHelper and DistributionTemplates.
 */
export class Torch {
  readonly #twister = new MersenneTwister();
  readonly #release: TorchRelease;
  /** The second value of the last small-size pair, or NaN: only seeding clears it. */
  #kept = Number.NaN;

  /**
   * @param seed a whole number in [−2⁶³, 2⁶⁴ − 1]; a negative one stands for 2⁶⁴ + seed; of the
   *   seed the low 32 bits count
   * @param options.release which release's formula `randn` follows below 16 values
   * @throws SEED for anything else, VALUE for another release, OPTION for an option that does not exist
   */
  constructor(seed: number | bigint, options: { release?: TorchRelease } = {}) {
    checkOptions("random.Torch", options, ["release"]);
    const { release = "2" } = options;
    if (release !== "2" && release !== "1.13") {
      throw new Ell2Error("VALUE", {
        where: "random.Torch",
        expected: 'release to be "2" or "1.13"',
        got: show(release),
      });
    }
    this.#release = release;
    this.manualSeed(seed);
  }

  /**
   * Starts again from a seed, like `torch.manual_seed`.
   * @param seed as for the constructor
   * @throws SEED as the constructor
   */
  manualSeed(seed: number | bigint): this {
    const whole = wholeSeed("random.Torch", seed, "in [−2⁶³, 2⁶⁴ − 1]");
    if (whole < -(2n ** 63n) || whole >= 2n ** 64n) {
      throw new Ell2Error("SEED", {
        where: "random.Torch",
        expected: "a whole number in [−2⁶³, 2⁶⁴ − 1], as PyTorch does",
        got: String(whole),
      });
    }
    this.#twister.seedWithNumber(Number(BigInt.asUintN(32, whole)));
    this.#kept = Number.NaN;
    return this;
  }

  /**
   * n float64 uniform in [0, 1), of 53 bits.
   * @param n how many, ≥ 0
   * @throws VALUE for an n that is not whole or below 0
   */
  rand(n: number): Float64Array {
    const out = new Float64Array(checkInteger("random.Torch.rand", "n", n, 0));
    for (let i = 0; i < n; i++) out[i] = this.#double();
    return out;
  }

  /**
   * n values u·(to − from) + from with u uniform in [0, 1), fused into one rounding as on every
   * processor with FMA, like `tensor.uniform_(from, to)`
   * @param from the lower end, |from| < 2⁹⁰⁰
   * @param to the upper end, ≥ from, |to| < 2⁹⁰⁰
   * @param n how many, ≥ 0
   * @throws VALUE for values out of these ranges
   */
  uniform(from: number, to: number, n: number): Float64Array {
    const where = "random.Torch.uniform";
    const bounded = (x: number) => Math.abs(x) < 2 ** 900;
    checkNumber(where, "from", from, "below 2⁹⁰⁰ in size", bounded);
    checkNumber(where, "to", to, `≥ from = ${from} and below 2⁹⁰⁰ in size`, (x) => x >= from && bounded(x));
    return this.rand(n).map((u) => fma(u, to - from, from));
  }

  /**
   * n values of mean 0 and variance 1, by the Box–Muller method: in pairs below 16 values, in
   * blocks of 16 from there.
   * @param n how many, ≥ 0
   * @throws VALUE for an n that is not whole or below 0
   */
  randn(n: number): Float64Array {
    checkInteger("random.Torch.randn", "n", n, 0);
    if (n < 16) return new Float64Array(n).map(() => this.#gauss());
    const out = this.rand(n);
    for (let start = 0; start + 16 <= n; start += 16) transformBlock(out, start);
    if (n % 16 !== 0) {
      // the last 16 are drawn and transformed again, over values that were already there
      out.set(this.rand(16), n - 16);
      transformBlock(out, n - 16);
    }
    return out;
  }

  /**
   * The whole numbers 0 … n − 1 in random order; n below 2³²/20.
   * @throws VALUE for an n that is not whole or out of its range
   */
  randperm(n: number): Uint32Array {
    checkInteger("random.Torch.randperm", "n", n, 0);
    checkNumber("random.Torch.randperm", "n", n, "below 2³²/20", (x) => x < 214748364);
    const out = new Uint32Array(n);
    for (let i = 0; i < n; i++) out[i] = i;
    for (let i = 0; i < n - 1; i++) {
      const u = this.#twister.uint32();
      const range = n - i;
      const j = i + (u - Math.floor(u / range) * range); // u % range, which engines do slowly beyond 31 bits
      const value = out[i]!;
      out[i] = out[j]!;
      out[j] = value;
    }
    return out;
  }

  /** The low 53 of 64 bits, the high word drawn first. */
  #double(): number {
    const high = this.#twister.uint32() & 0x1fffff;
    const low = this.#twister.uint32();
    return (high * 4294967296 + low) / 9007199254740992;
  }

  #gauss(): number {
    if (!Number.isNaN(this.#kept)) {
      const kept = this.#kept;
      this.#kept = Number.NaN;
      return kept;
    }
    const u1 = this.#double();
    const u2 = this.#double();
    const r = Math.sqrt(-2 * (this.#release === "2" ? log1p(-u2) : log(1 - u2)));
    const theta = TWO_PI * u1;
    this.#kept = r * sin(theta);
    return r * cos(theta);
  }
}

/** Box–Muller on 16 uniforms in place: 8 radii, then 8 angles. */
function transformBlock(values: Float64Array, start: number): void {
  for (let j = start; j < start + 8; j++) {
    const r = Math.sqrt(-2 * log(1 - values[j]!));
    const theta = TWO_PI * values[j + 8]!;
    values[j] = r * cos(theta);
    values[j + 8] = r * sin(theta);
  }
}

/** The generator that `nn` and `LinearRegression` draw from unless given one; its seed until `manualSeed` is PyTorch's own. */
export const defaultGenerator = new Torch(67280421310721);

/**
 * Seeds the default generator, like `torch.manual_seed`, and returns it.
 * @param seed a whole number in [−2⁶³, 2⁶⁴ − 1]
 * @throws SEED for anything else
 * Source: PyTorch's `manual_seed`.
 */
export function manualSeed(seed: number | bigint): Torch {
  return defaultGenerator.manualSeed(seed);
}
