import { type ExactSums, isConstant, SUM_BITS } from "../data/exactSums.js";
import type { Standardization } from "../data/standardizer.js";
import {
  bitLength,
  fixedProduct,
  fixedQuotient,
  fromFixedPoint,
  integerAndExponent,
  shifted,
  timesPowerOfTwo,
  toFixedPoint,
} from "../numbers/fixedPoint.js";
import { ExactSolution } from "./exactSolution.js";
import { BITS, factored, type LDL, ONE, solveLDL } from "./ldl.js";
import type { Coordinates } from "./system.js";

/** A penalised system, scaled by powers of two to a diagonal in [1/4, 1), and its factors. */
export interface ScaledSystem {
  /** The features that vary: the rows of the system, in order. */
  active: number[];
  /** Row i of the system is that of the sums times 2^shifts[i]. */
  shifts: number[];
  /** A = S + P, the lower triangle [row][column]. */
  A: bigint[][];
  /** The diagonal P. */
  penalty: bigint[];
  factors: LDL;
  /** Sxy, scaled: that of a target besides by 2^targetShifts, so that its largest entry is about 1 [row][target]. */
  cross: bigint[][];
  targetShifts: number[];
}

/**
 * The normal equations (S + αD)·w = Sxy from sums that lose nothing, in fixed-point arithmetic of 256 bits:
 * Gauss's elimination keeps every digit that a double holds up to condition numbers of the scaled S of
 * about 1e30. D is 1, or where the penalty is on the standardised weights Sⱼⱼ/W, in which no root occurs.
 */
export class NormalEquations {
  readonly n: number;
  readonly k: number;
  /** Columns of one value: of features with a bias their weight is 0. */
  readonly constant: boolean[];
  /** W, in the units of the sums. */
  readonly weight: bigint;
  /** S, about the means or, without a bias, about 0 [(n + k)×(n + k)]. */
  readonly #products: bigint[];
  /** Sⱼⱼ about the mean of each column [n + k]. */
  readonly spread: bigint[];
  /** The mean of each column, in the units of the sums [n + k]. */
  readonly means: bigint[];
  /** A bound of the rounding of an entry of S beside √(Sᵢᵢ·Sⱼⱼ): what three parts lose, times what centring cancels. */
  readonly rounding: number;

  constructor(
    readonly sums: ExactSums,
    readonly coordinates: Coordinates,
  ) {
    const { n, k, weight, totals, products, ranges } = sums;
    const p = n + k;
    this.n = n;
    this.k = k;
    this.weight = weight;
    const centres = ranges.map(({ centre }) => toFixedPoint(centre, SUM_BITS));
    this.means = totals.map((total, j) => fixedQuotient(total, weight, SUM_BITS) + centres[j]!);
    const centred = (i: number, j: number) => products[i * p + j]! - (totals[i]! * totals[j]!) / weight;
    const aboutZero = (i: number, j: number) => {
      const mixed = centres[i]! * totals[j]! + centres[j]! * totals[i]!;
      const both = fixedProduct(centres[i]! * centres[j]!, weight, SUM_BITS);
      return products[i * p + j]! + ((mixed + both) >> BigInt(SUM_BITS));
    };
    const product = coordinates.intercept ? centred : aboutZero;
    this.#products = new Array<bigint>(p * p).fill(0n);
    for (let i = 0; i < p; i++) {
      for (let j = 0; j < p; j++) if (i < n || j < n || i === j) this.#products[i * p + j] = product(i, j);
    }
    this.spread = ranges.map((_, j) => centred(j, j));
    // of rows without those of a fold, a column may be constant that is not in all
    this.constant = this.spread.map(
      (own, j) => isConstant(ranges[j]!) || own <= products[j * p + j]! >> 100n,
    );
    const cancelled = this.spread.map((own, j) => (own > 0n ? Number(products[j * p + j]! / own) : 0));
    this.rounding = 2 ** -152 * (sums.rows + 1) * (1 + cancelled.reduce((a, b) => Math.max(a, b), 0));
  }

  /** Syy of a target, as the products are taken. */
  total(target: number): bigint {
    const at = this.n + target;
    return this.#products[at * (this.n + this.k) + at]!;
  }

  /** The means of the features, in the data's units [n]. */
  get meanX(): Float64Array {
    const { means, sums, n } = this;
    return Float64Array.from({ length: n }, (_, j) =>
      timesPowerOfTwo(fromFixedPoint(means[j]!, SUM_BITS), sums.ranges[j]!.exponent),
    );
  }

  /** Means and population deviations of the features, as `momentStandardization` has them, each rounded once. */
  standardization(): Standardization {
    const { means, spread, weight, sums, constant, coordinates, n } = this;
    const features = Array.from({ length: n }, (_, j) => j);
    const inUnits = (value: number, j: number) => timesPowerOfTwo(value, sums.ranges[j]!.exponent);
    const deviation = (j: number) =>
      Math.sqrt(fromFixedPoint(fixedQuotient(spread[j]!, weight, SUM_BITS), SUM_BITS));
    return {
      mean: features.map((j) =>
        coordinates.intercept ? inUnits(fromFixedPoint(means[j]!, SUM_BITS), j) : 0,
      ),
      scale: features.map((j) => (constant[j] ? 1 : inUnits(deviation(j), j))),
      constant: coordinates.intercept ? features.filter((j) => constant[j]) : [],
    };
  }

  /** Σω(y − ȳ)² and Σωy² of a target, in the data's units. */
  totals(target: number): { centred: number; aboutZero: number } {
    const { sums, means, weight, spread } = this;
    const at = this.n + target;
    const unit = 2 * sums.ranges[at]!.exponent + sums.weightExponent;
    const square = fixedProduct(means[at]!, means[at]!, SUM_BITS);
    const inUnits = (v: bigint) => timesPowerOfTwo(fromFixedPoint(v, SUM_BITS), unit);
    return {
      centred: inUnits(spread[at]!),
      aboutZero: inUnits(spread[at]! + fixedProduct(square, weight, SUM_BITS)),
    };
  }

  /** λk/2·C or λWk/2 of each feature, in the units of the sums. */
  #penalties(lambda: number): bigint[] {
    const { integer, exponent } = integerAndExponent(lambda);
    const half = (v: bigint, power: number) => shifted(v * integer * BigInt(this.k), exponent - 1 + power);
    return Array.from({ length: this.n }, (_, j) =>
      this.coordinates.standardize && !this.constant[j]
        ? half(this.spread[j]!, 0)
        : half(this.weight, -2 * this.sums.ranges[j]!.exponent),
    );
  }

  scaled(lambda: number): ScaledSystem {
    const p = this.n + this.k;
    const penalties = this.#penalties(lambda);
    const active = penalties
      .map((_, j) => j)
      .filter((j) => (this.coordinates.intercept ? !this.constant[j] : this.#products[j * p + j]! > 0n));
    const shifts = active.map((j) =>
      Math.floor((SUM_BITS - bitLength(this.#products[j * p + j]! + penalties[j]!)) / 2),
    );
    const move = BITS - SUM_BITS;
    const penalty = active.map((j, i) => shifted(penalties[j]!, 2 * shifts[i]! + move));
    const A = active.map((row, i) =>
      active
        .slice(0, i + 1)
        .map(
          (column, j) =>
            shifted(this.#products[row * p + column]!, shifts[i]! + shifts[j]! + move) +
            (i === j ? penalty[i]! : 0n),
        ),
    );
    const targetShifts = Array.from({ length: this.k }, (_, l) => {
      const lengths = active.flatMap((row, i) => {
        const product = this.#products[row * p + this.n + l]!;
        return product === 0n ? [] : [bitLength(product) + shifts[i]!];
      });
      return lengths.length === 0 ? 0 : SUM_BITS - lengths.reduce((a, b) => Math.max(a, b));
    });
    const cross = active.map((row, i) =>
      targetShifts.map((shift, l) =>
        shifted(this.#products[row * p + this.n + l]!, shifts[i]! + shift + move),
      ),
    );
    return { active, shifts, A, penalty, factors: factored(A), cross, targetShifts };
  }

  /** The weights for a λ ≥ 0: where columns are dependent and λ does not decide, those of least penalty. */
  solve(lambda: number): ExactSolution {
    const system = this.scaled(lambda);
    const { factors, cross } = system;
    const { u, loss } =
      factors.dependent.length === 0
        ? { u: solveLDL(factors, cross), loss: 1 }
        : leastPenalty(system, this.#relativePenalties(system), lambda, this.k);
    return new ExactSolution(this, system, u, lambda, loss);
  }

  /** The penalties of λ = 1 in a system's scale, times 2^power, with which the least is about 1. */
  #relativePenalties({ active, shifts }: ScaledSystem): { values: bigint[]; power: number } {
    const parts = active.map((j, i) =>
      this.coordinates.standardize && !this.constant[j]
        ? { value: this.spread[j]! * BigInt(this.k), exponent: 2 * shifts[i]! - 1 }
        : {
            value: this.weight * BigInt(this.k),
            exponent: 2 * (shifts[i]! - this.sums.ranges[j]!.exponent) - 1,
          },
    );
    const least = parts.reduce(
      (min, { value, exponent }) => Math.min(min, bitLength(value) + exponent),
      Number.POSITIVE_INFINITY,
    );
    const values = parts.map(({ value, exponent }) => shifted(value, exponent + BITS - least));
    return { values, power: SUM_BITS - least };
  }
}

/**
 * Where column j = Σ_B t·x_B of a basis B: the weights depend on v = T·w alone, for which, with
 * M = T·P⁻¹·Tᵀ, ½vᵀM⁻¹v is the least penalty: (S_BB + λM⁻¹)·v = S_By, w = P⁻¹Tᵀ·M⁻¹·v. `loss` is how much
 * the elimination of M multiplies errors; infinite where its scales are too far apart.
 */
function leastPenalty(
  system: ScaledSystem,
  penalties: { values: bigint[]; power: number },
  lambda: number,
  k: number,
): { u: bigint[][]; loss: number } {
  const { factors, cross } = system;
  const { basis, dependent, L } = factors;
  const size = system.active.length;
  const inverse = penalties.values.map((value) => fixedQuotient(ONE, value, BITS));
  const T = basis.map((_, r) => Array.from({ length: size }, (_, j) => (j === basis[r] ? ONE : 0n)));
  for (const j of dependent) {
    const t = basis.map((b) => L[j]![b]!);
    for (let r = basis.length - 1; r >= 0; r--) {
      for (let s = r + 1; s < basis.length; s++)
        t[r]! -= fixedProduct(L[basis[s]!]![basis[r]!]!, t[s]!, BITS);
      T[r]![j] = t[r]!;
    }
  }
  const M = basis.map((_, r) =>
    basis.slice(0, r + 1).map((_, s) => {
      let sum = 0n;
      for (let j = 0; j < size; j++)
        if (T[r]![j] !== 0n && T[s]![j] !== 0n) sum += T[r]![j]! * fixedProduct(inverse[j]!, T[s]![j]!, BITS);
      return sum >> BigInt(BITS);
    }),
  );
  const metric = factored(M);
  const identity = basis.map((_, r) => basis.map((_, s) => (r === s ? ONE : 0n)));
  const inverseM = solveLDL(metric, identity);
  const { integer, exponent } = integerAndExponent(lambda);
  const S = basis.map((row, r) =>
    basis
      .slice(0, r + 1)
      .map(
        (column, s) =>
          system.A[row]![column]! + shifted(inverseM[r]![s]! * integer, exponent - penalties.power),
      ),
  );
  for (const [r, row] of basis.entries()) S[r]![r]! -= system.penalty[row]!;
  const v = solveLDL(
    factored(S),
    basis.map((row) => cross[row]!),
  );
  const z = solveLDL(metric, v);
  const u = Array.from({ length: size }, (_, j) =>
    Array.from({ length: k }, (_, l) => {
      let sum = 0n;
      for (const r of basis.keys()) sum += T[r]![j]! * z[r]![l]!;
      return fixedProduct(sum >> BigInt(BITS), inverse[j]!, BITS);
    }),
  );
  const least = metric.d.reduce((min, pivot) => Math.min(min, fromFixedPoint(pivot, BITS)), 1);
  return { u, loss: 1 / least };
}
