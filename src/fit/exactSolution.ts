import { SUM_BITS } from "../data/exactSums.js";
import { largestEigenvalue } from "../linalg/largestEigenvalue.js";
import { Matrix } from "../linalg/matrix.js";
import {
  fixedProduct,
  fixedQuotient,
  fromFixedPoint,
  fromFixedPointPair,
  shifted,
  timesPowerOfTwo,
} from "../numbers/fixedPoint.js";
import { wholeDigits } from "./digits.js";
import { BITS, inverseOfL } from "./ldl.js";
import type { NormalEquations, ScaledSystem } from "./normalEquations.js";
import type { Solution, Solver, Spread } from "./solution.js";

/** What elimination alone rounds, beside the sizes of its terms: what is smaller is 0, where sums lose nothing. */
const ARITHMETIC_ERROR = 2 ** -236;
/** Variances of weights that the penalty has shrunk by this power of two are rounding. */
const LOST = 200n;
/** Pivots of dependent columns, beside their diagonal, up to which the columns are dependent without rounding. */
const EXACTLY_DEPENDENT = 2 ** -140;
/** Features up to which the inverse is taken for a bound; beyond, pivots give one. */
const MOST_FOR_INVERSE = 40;

const toSystem = BITS - SUM_BITS;

/** What normal equations in fixed point give for one λ. */
export class ExactSolution implements Solution {
  readonly w: Float64Array;
  readonly wLow: Float64Array;
  readonly b: Float64Array;
  readonly bLow: Float64Array;
  readonly rss: (number | null)[];
  readonly unexplained: (number | null)[] = [];
  readonly #equations: NormalEquations;
  readonly #system: ScaledSystem;
  /** Σωr² in the units of the sums [k]. */
  readonly #squares: number[] = [];
  /** For each target bounds of the worst relative error of its weights and its bias: of the sums, for an amplification of 1, and of subnormal doubles. */
  readonly #errors: { ofSums: number; ofDoubles: number }[] = [];
  /** Whether columns are independent, or dependent without rounding. */
  readonly #known: boolean;
  #inverseOfL: bigint[][] | undefined;
  #inverse: bigint[][] | undefined;
  #spread: Spread | undefined;

  /**
   * @param u the solution of the scaled system [row][target]
   * @param loss by how much its error is larger than that of the elimination of A
   */
  constructor(
    equations: NormalEquations,
    system: ScaledSystem,
    u: readonly (readonly bigint[])[],
    readonly lambda: number,
    loss: number,
  ) {
    this.#equations = equations;
    this.#system = system;
    const { n, k, sums, coordinates, means } = equations;
    const { active, shifts, targetShifts } = system;
    [this.w, this.wLow] = [new Float64Array(n * k), new Float64Array(n * k)];
    [this.b, this.bLow] = [new Float64Array(k), new Float64Array(k)];
    this.rss = [];
    this.#known = system.factors.leftOver <= EXACTLY_DEPENDENT && Number.isFinite(loss);
    const amplification = this.#roughAmplification();
    for (let l = 0; l < k; l++) {
      const unit = sums.ranges[n + l]!.exponent - targetShifts[l]!;
      const own = u.map((row) => row[l]!);
      const cross = system.cross.map((row) => row[l]!);
      const sizes = own.map((value) => Math.abs(fromFixedPoint(value, BITS)));
      const most = [...sizes, ...cross.map((value) => Math.abs(fromFixedPoint(value, BITS)))].reduce(
        (a, b) => Math.max(a, b),
        0,
      );
      const error = equations.rounding * (n + 1) * loss * most;
      const rounding = ARITHMETIC_ERROR * (n + 1) * amplification * most;
      const errors = { ofSums: 0, ofDoubles: 0 };
      const note = (ofSums: number, value: number) => {
        errors.ofSums = Math.max(errors.ofSums, ofSums);
        errors.ofDoubles = Math.max(errors.ofDoubles, roundingOf(value));
      };
      let bias = shifted(means[n + l]!, toSystem + targetShifts[l]!);
      let meanSizes = 0;
      for (const [i, j] of active.entries()) {
        const mean = shifted(means[j]!, toSystem + shifts[i]!);
        bias -= fixedProduct(own[i]!, mean, BITS);
        meanSizes += Math.abs(fromFixedPoint(mean, BITS));
        if (sizes[i]! <= rounding) continue; // the weight is 0
        const bits = BITS - shifts[i]! - unit + sums.ranges[j]!.exponent;
        [this.w[j * k + l], this.wLow[j * k + l]] = fromFixedPointPair(own[i]!, bits) as [number, number];
        note(error / sizes[i]!, this.w[j * k + l]!);
      }
      const biasSize = Math.abs(fromFixedPoint(bias, BITS));
      if (coordinates.intercept && biasSize > rounding * meanSizes) {
        [this.b[l], this.bLow[l]] = fromFixedPointPair(bias, BITS - unit) as [number, number];
        note((error * meanSizes) / biasSize, this.b[l]!);
      }
      this.#errors.push(errors);
      this.#squares.push(residualSquares(equations, system, own, l));
      const total = fromFixedPoint(equations.spread[n + l]!, SUM_BITS);
      this.unexplained.push(total > 0 ? this.#squares[l]! / total : null);
      const rss = timesPowerOfTwo(this.#squares[l]!, 2 * sums.ranges[n + l]!.exponent + sums.weightExponent);
      // beyond what a double holds, or holds with all digits
      const lost = !Number.isFinite(rss) || (rss < 2 ** -1022 && this.#squares[l]! > 0);
      this.rss.push(lost ? null : rss);
    }
  }

  get solver(): Solver {
    return this.dependent ? "least norm" : "exact";
  }

  get rank(): number {
    return this.#system.factors.basis.length;
  }

  get dependent(): boolean {
    return this.#system.factors.dependent.length > 0;
  }

  get digits(): (number | null)[] {
    const { basis } = this.#system.factors;
    if (basis.length > MOST_FOR_INVERSE || this.dependent) return this.roughDigits;
    const inverse = this.#inverseOfA();
    return this.#digitsFor(basis.reduce((sum, i) => sum + fromFixedPoint(inverse[i]![i]!, BITS), 0));
  }

  /** The same from the pivots alone, which may be too few. */
  get roughDigits(): (number | null)[] {
    return this.#digitsFor(this.#roughAmplification());
  }

  #digitsFor(amplification: number): (number | null)[] {
    return this.#errors.map(({ ofSums, ofDoubles }) =>
      this.#known ? wholeDigits([amplification * ofSums + ofDoubles]) : null,
    );
  }

  /** ‖A⁻¹‖ in the scaled system, or more. */
  #roughAmplification(): number {
    const { d, basis } = this.#system.factors;
    const least = basis.reduce((min, i) => Math.min(min, fromFixedPoint(d[i]!, BITS)), 1);
    return (64 * (basis.length + 1) * (basis.length + 1)) / least;
  }

  #inverseOfFactor(): bigint[][] {
    this.#inverseOfL ??= inverseOfL(this.#system.factors.L);
    return this.#inverseOfL;
  }

  /** A⁻¹ = L⁻ᵀ·d⁻¹·L⁻¹ of the scaled system, both triangles. */
  #inverseOfA(): bigint[][] {
    if (this.#inverse !== undefined) return this.#inverse;
    const { d } = this.#system.factors;
    const M = this.#inverseOfFactor();
    const divided = M.map((row, i) => row.map((value) => fixedQuotient(value, d[i]!, BITS)));
    const out = M.map(() => new Array<bigint>(d.length).fill(0n));
    for (let i = 0; i < d.length; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0n;
        for (let t = i; t < d.length; t++) sum += divided[t]![i]! * M[t]![j]!;
        out[i]![j] = out[j]![i] = sum >> BigInt(BITS);
      }
    }
    this.#inverse = out;
    return out;
  }

  get spread(): Spread | null {
    if (this.dependent) return null;
    this.#spread ??= this.#spreadOf();
    return this.#spread;
  }

  #spreadOf(): Spread {
    const { n, sums, coordinates, weight, means } = this.#equations;
    const { active, shifts, penalty } = this.#system;
    const inverse = this.#inverseOfA();
    const size = active.length;
    const penalised = penalty.some((value) => value > 0n);
    /** x̄ and Pᵢ·(A⁻¹x̄)ᵢ */
    const centre = active.map((j, i) => shifted(means[j]!, toSystem + shifts[i]!));
    const diagonal = new Float64Array(size);
    let trace = 0n;
    let bias = (1n << BigInt(BITS + SUM_BITS)) / weight;
    for (let i = 0; i < size; i++) {
      // A⁻¹SA⁻¹ = A⁻¹ − A⁻¹PA⁻¹ cancels where the penalty rules: it stays in fixed point
      let variance = inverse[i]![i]!;
      let v = 0n;
      for (let t = 0; t < size; t++) {
        v += inverse[i]![t]! * centre[t]!;
        if (penalised) {
          const product = fixedProduct(inverse[i]![t]!, inverse[i]![t]!, BITS);
          variance -= fixedProduct(product, penalty[t]!, BITS);
        }
      }
      v >>= BigInt(BITS);
      diagonal[i] = variance > inverse[i]![i]! >> LOST ? fromFixedPoint(variance, BITS) : Number.NaN;
      trace += fixedProduct(penalty[i]!, inverse[i]![i]!, BITS);
      bias += fixedProduct(v, centre[i]! - fixedProduct(penalty[i]!, v, BITS), BITS);
    }
    const rest = (BigInt(size) << BigInt(BITS)) - trace;
    const biasVariance = coordinates.intercept ? fromFixedPoint(bias, BITS) : 0;
    const deviation = (l: number, degrees: number) => Math.sqrt(this.#squares[l]! / degrees);
    const unit = (l: number) => sums.ranges[n + l]!.exponent;
    return {
      // below the last bits of the trace nothing is left of any direction
      df: rest > BigInt(size + 1) << 16n ? fromFixedPoint(rest, BITS) : 0,
      standardError: (j, l, degrees) => {
        const i = active.indexOf(j);
        if (i < 0) return 0;
        const exponent = shifts[i]! + unit(l) - sums.ranges[j]!.exponent;
        return timesPowerOfTwo(deviation(l, degrees) * Math.sqrt(diagonal[i]!), exponent);
      },
      biasStandardError: (l, degrees) =>
        timesPowerOfTwo(deviation(l, degrees) * Math.sqrt(biasVariance), unit(l)),
    };
  }

  /** diag(d)^−½·L⁻¹ of the independent rows. */
  get factor(): Matrix {
    const { n, sums } = this.#equations;
    const { active, shifts, factors } = this.#system;
    const { basis, d, L } = factors;
    const M = inverseOfL(basis.map((row) => basis.map((column) => L[row]![column]!)));
    const half = Math.sqrt(timesPowerOfTwo(1, -sums.weightExponent));
    const out = new Matrix(basis.length, n);
    for (const [r, i] of basis.entries()) {
      const root = half / Math.sqrt(fromFixedPoint(d[i]!, BITS));
      for (let c = 0; c <= r; c++) {
        const t = basis[c]!;
        const exponent = shifts[t]! - sums.ranges[active[t]!]!.exponent;
        out.data[r * n + active[t]!] = timesPowerOfTwo(fromFixedPoint(M[r]![c]!, BITS) * root, exponent);
      }
    }
    return out;
  }

  get condition(): number | null {
    if (this.dependent) return null;
    const { A } = this.#system;
    const size = A.length;
    if (size === 0) return 1;
    const root = A.map((row, i) => Math.sqrt(fromFixedPoint(row[i]!, BITS)));
    const inverse = this.#inverseOfA();
    const [scaled, scaledInverse] = [new Float64Array(size * size), new Float64Array(size * size)];
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const [row, column] = [Math.max(i, j), Math.min(i, j)];
        scaled[i * size + j] = fromFixedPoint(A[row]![column]!, BITS) / root[i]! / root[j]!;
        scaledInverse[i * size + j] = fromFixedPoint(inverse[i]![j]!, BITS) * root[i]! * root[j]!;
      }
    }
    return Math.max(1, largestEigenvalue(scaled, size) * largestEigenvalue(scaledInverse, size));
  }
}

/** What rounding takes from a result that is subnormal, beside it. */
const roundingOf = (x: number): number => (Math.abs(x) < 2 ** -1022 ? 2 ** -1074 / (2 * Math.abs(x)) : 0);

/** Syy − uᵀ(2Sxy − S·u) of a target; what the rounding of the sums leaves is 0. */
function residualSquares(
  equations: NormalEquations,
  { A, penalty, cross, targetShifts }: ScaledSystem,
  u: readonly bigint[],
  l: number,
): number {
  const shift = 2 * targetShifts[l]!;
  const total = shifted(equations.total(l), toSystem + shift);
  let squares = total;
  for (const [i, value] of u.entries()) {
    let product = (-2n * cross[i]![l]!) << BigInt(BITS);
    for (const [t, other] of u.entries()) product += A[Math.max(i, t)]![Math.min(i, t)]! * other;
    product -= penalty[i]! * value;
    squares += (value * (product >> BigInt(BITS))) >> BigInt(BITS);
  }
  return squares > total >> 130n ? fromFixedPoint(squares, BITS + shift) : 0;
}
