/**
 * Ridge regression in exact rational arithmetic, with the float64 numbers of the data as they are:
 *
 *   min Σω‖y − b − xw‖² + α·Σdⱼwⱼ²,   α = λWk/2,   dⱼ = 1, or Sⱼⱼ/W where features are standardised
 *
 * Nothing is shared with the library. Every column becomes whole numbers by a power of two of its own; what is
 * solved is W(S + αD)·w = W·Sxy, by elimination without fractions.
 */
import { solveExactly } from "../linalg/exactLeastSquares.js";
import { parts } from "../numbers/exact.js";
import {
  absolute,
  exactly,
  larger,
  minus,
  ONE,
  over,
  plus,
  type Rational,
  rational,
  root,
  times,
  toNumber,
  ZERO,
} from "./rational.js";

/** What is fitted, and how. */
export interface ExactProblem {
  /** [m×n] */
  X: readonly (readonly number[])[];
  /** [m×k] */
  Y: readonly (readonly number[])[];
  weights?: readonly number[] | undefined;
  weightKind?: "frequency" | "precision" | undefined;
  lambda: number;
  standardize: boolean;
  intercept: boolean;
}

/** What is known of one target. */
interface ExactTarget {
  /** In the data's units [n]; 0 for a constant column where there is a bias. */
  weight: Rational[];
  bias: Rational;
  /** Σωr² */
  rss: Rational;
  /** RSS/(N − df − 1), without the 1 where there is no bias; null without degrees of freedom. */
  variance: Rational | null;
  /** √(σ²·diag (S + αD)⁻¹S(S + αD)⁻¹) to 77 digits [n] */
  standardError: Rational[] | null;
  biasStandardError: Rational | null;
  /** 1 − RSS/Σω(y − ȳ)²; null for a constant target. */
  r2: Rational | null;
  /** The largest |wⱼ|·sⱼ, by which an error is measured where the exact value is 0. */
  size: Rational;
}

export interface ExactRidge {
  targets: ExactTarget[];
  /** tr (S + αD)⁻¹S; the bias is not counted. */
  df: Rational;
  /** What is left of the observations, N − df − 1, without the 1 where there is no bias, as a share of them. */
  spare: number;
  /** √(Sⱼⱼ/W) to 77 digits [n]; 1 for a constant column. */
  scale: Rational[];
  mean: Rational[];
  meanY: Rational[];
  constant: boolean[];
  /** κ₂ of the columns that are not constant, scaled to the same length, with the rows √(αdⱼ) of the penalty below them. */
  condition: number;
}

/** Numbers as whole numbers times one power of two. */
function whole(values: readonly number[]): { values: bigint[]; exponent: number } {
  const all = values.map(parts);
  const exponent = all.reduce((least, p) => (p.mantissa === 0n ? least : Math.min(least, p.exponent)), 1024);
  const shifted = all.map((p) => (p.mantissa === 0n ? 0n : p.mantissa << BigInt(p.exponent - exponent)));
  return { values: shifted, exponent: exponent === 1024 ? 0 : exponent };
}

/** W·Σωzz′ of two columns, less the product of their sums where it is centred. */
export interface WholeSums {
  m: number;
  n: number;
  k: number;
  /** ω/2^weightExponent and their sum. */
  W: bigint;
  weightExponent: number;
  /** Columns, features first, are whole numbers times 2^exponents[j]. */
  exponents: number[];
  sums: bigint[];
  centred: bigint[][];
  aboutZero: bigint[][];
  counted: Rational;
}

/** The sums of all columns; they do not depend on λ or the coordinates, and are the larger part of the work. */
export function wholeSums({
  X,
  Y,
  weights,
  weightKind = "frequency",
}: Pick<ExactProblem, "X" | "Y" | "weights" | "weightKind">): WholeSums {
  const [m, n, k] = [X.length, X[0]?.length ?? 0, Y[0]!.length];
  const omega = whole(weights ?? X.map(() => 1));
  const columns = Array.from({ length: n + k }, (_, j) =>
    whole(X.map((row, i) => (j < n ? row[j]! : Y[i]![j - n]!))),
  );
  const weighted = columns.map(({ values }) => values.map((x, i) => x * omega.values[i]!));
  const W = omega.values.reduce((total, x) => total + x, 0n);
  const sums = weighted.map((column) => column.reduce((total, x) => total + x, 0n));
  const aboutZero = columns.map(() => new Array<bigint>(n + k).fill(0n));
  const centred = columns.map(() => new Array<bigint>(n + k).fill(0n));
  for (let i = 0; i < n + k; i++) {
    for (let j = i; j < n + k; j++) {
      const { values } = columns[j]!;
      aboutZero[i]![j] = aboutZero[j]![i] =
        W * weighted[i]!.reduce((total, x, row) => total + x * values[row]!, 0n);
      centred[i]![j] = centred[j]![i] = aboutZero[i]![j]! - sums[i]! * sums[j]!;
    }
  }
  const counted =
    weightKind === "frequency"
      ? rational(W, 1n, omega.exponent)
      : rational(BigInt(omega.values.filter((x) => x > 0n).length));
  const exponents = columns.map(({ exponent }) => exponent);
  return { m, n, k, W, weightExponent: omega.exponent, exponents, sums, centred, aboutZero, counted };
}

/** @throws RangeError where the columns are dependent and λ = 0 */
export function exactRidge(
  { lambda, standardize, intercept }: Pick<ExactProblem, "lambda" | "standardize" | "intercept">,
  data: WholeSums,
): ExactRidge {
  const { n, k, W, weightExponent, exponents, sums, centred, aboutZero, counted } = data;
  const C = intercept ? centred : aboutZero;
  const constant = Array.from({ length: n }, (_, j) => centred[j]![j] === 0n);
  const free = Array.from({ length: n }, (_, j) => j).filter((j) => !(intercept && constant[j]));
  const penalty = free.map((j) => {
    const half = times(exactly(lambda), rational(BigInt(k), 1n, -1));
    return standardize && !constant[j]
      ? times(half, rational(centred[j]![j]!))
      : times(half, rational(W * W, 1n, -2 * exponents[j]!));
  });
  const shift = BigInt(-Math.min(0, ...penalty.map(({ n: top, e }) => (top === 0n ? 0 : e))));
  const Q = penalty.map(({ n: top, e }) => (top === 0n ? 0n : top << (BigInt(e) + shift)));
  const A = free.map((i, a) => free.map((j, b) => (C[i]![j]! << shift) + (a === b ? Q[a]! : 0n)));
  const B = free.map((i, a) => [
    ...Array.from({ length: k }, (_, l) => C[i]![n + l]! << shift),
    ...free.map((_, b) => (a === b ? 1n : 0n)),
  ]);
  const solved = free.length === 0 ? { X: [] as bigint[][], denominator: 1n } : solveExactly(A, B);
  if (solved === null) throw new RangeError("dependent columns");
  const D = solved.denominator;
  /** Z = D·A⁻¹ */
  const Z = solved.X.map((row) => row.slice(k));
  const df = minus(
    rational(BigInt(free.length)),
    rational(
      Q.reduce((total, q, a) => total + q * Z[a]![a]!, 0n),
      D,
    ),
  );
  // (C + P)⁻¹C(C + P)⁻¹ with A = 2^s(C + P): Z C Z/D²·2^2s, and C = A/2^s − P
  const quadratic = (v: readonly bigint[]): Rational => {
    const z = Z.map((row) => row.reduce((total, entry, b) => total + entry * v[b]!, 0n));
    const first = D * z.reduce((total, entry, a) => total + entry * v[a]!, 0n);
    const rest = z.reduce((total, entry, a) => total + entry * entry * Q[a]!, 0n);
    return rational(first - rest, D * D, Number(shift));
  };
  const spread = free.map((_, a) => {
    const column = Z[a]!; // Z is symmetric
    const rest = column.reduce((total, entry, b) => total + entry * entry * Q[b]!, 0n);
    return rational((D * column[a]! - rest) * W, D * D, Number(shift));
  });
  const meanSpread = intercept
    ? plus(
        rational(1n, W, -weightExponent),
        over(quadratic(free.map((j) => sums[j]!)), rational(W, 1n, weightExponent)),
      )
    : ZERO;
  const degrees = minus(counted, plus(df, intercept ? ONE : ZERO));
  const scale = Array.from({ length: n }, (_, j) =>
    constant[j] ? ONE : root(rational(centred[j]![j]!, W * W, 2 * exponents[j]!)),
  );
  const mean = sums.map((total, j) => rational(total, W, exponents[j]!));
  const targets = Array.from({ length: k }, (_, l): ExactTarget => {
    const f = exponents[n + l]!;
    const N = solved.X.map((row) => row[l]!);
    const weight = new Array<Rational>(n).fill(ZERO);
    for (const [a, j] of free.entries()) weight[j] = rational(N[a]!, D, f - exponents[j]!);
    const bias = intercept
      ? rational(D * sums[n + l]! - free.reduce((t, j, a) => t + N[a]! * sums[j]!, 0n), D * W, f)
      : ZERO;
    const cross = free.reduce((total, j, a) => total + N[a]! * C[j]![n + l]!, 0n);
    const shrunk = Q.reduce((total, q, a) => total + N[a]! * N[a]! * q, 0n);
    const rss = rational(
      ((C[n + l]![n + l]! * D * D - D * cross) << shift) - shrunk,
      D * D * W,
      2 * f + weightExponent - Number(shift),
    );
    const total = centred[n + l]![n + l]!;
    const variance = degrees.n > 0n ? over(rss, degrees) : null;
    const errors = new Array<Rational>(n).fill(ZERO);
    if (variance) {
      for (const [a, j] of free.entries()) {
        const { n: top, d, e } = spread[a]!;
        errors[j] = root(times(variance, rational(top, d, e - 2 * exponents[j]! - weightExponent)));
      }
    }
    return {
      weight,
      bias,
      rss,
      variance,
      standardError: variance && errors,
      biasStandardError: variance && root(times(variance, meanSpread)),
      r2: total === 0n ? null : minus(ONE, over(rss, rational(total, W, 2 * f + weightExponent))),
      size: weight.reduce((most, w, j) => larger(absolute(times(w, scale[j]!)), most), ZERO),
    };
  });
  return {
    targets,
    df,
    scale,
    mean: mean.slice(0, n),
    meanY: mean.slice(n),
    constant,
    spare: toNumber(over(degrees, counted)),
    condition: conditionOf(A, Z, D),
  };
}

/** The variance inflation factor of each feature, the diagonal of the inverse correlations [n]; null for a constant one. */
export function exactInflation({ n, centred }: WholeSums): (Rational | null)[] {
  const free = Array.from({ length: n }, (_, j) => j).filter((j) => centred[j]![j] !== 0n);
  const out = new Array<Rational | null>(n).fill(null);
  if (free.length === 0) return out;
  const Z = inverse(free.map((i) => free.map((j) => centred[i]![j]!)));
  for (const [a, j] of free.entries()) out[j] = times(rational(centred[j]![j]!), Z[a]![a]!);
  return out;
}

function inverse(A: bigint[][]): Rational[][] {
  const solved = solveExactly(
    A,
    A.map((_, i) => A.map((_, j) => (i === j ? 1n : 0n))),
  );
  if (solved === null) throw new RangeError("dependent columns");
  return solved.X.map((row) => row.map((entry) => rational(entry, solved.denominator)));
}

/**
 * √(λmax(R)·λmax(R⁻¹)) for A scaled to a diagonal of 1, R, with A⁻¹ = Z/D exact: so it holds for any size.
 */
function conditionOf(A: bigint[][], Z: bigint[][], D: bigint): number {
  const length = A.map((row, a) => root(rational(row[a]!)));
  const scaled = (M: bigint[][], by: (a: number, b: number) => Rational) =>
    M.map((row, a) => row.map((entry, b) => toNumber(times(rational(entry), by(a, b)))));
  const R = scaled(A, (a, b) => over(ONE, times(length[a]!, length[b]!)));
  const inverse = scaled(Z, (a, b) => over(times(length[a]!, length[b]!), rational(D)));
  return Math.sqrt(largestEigenvalue(R) * largestEigenvalue(inverse));
}

/** The largest eigenvalue of a positive semidefinite matrix to a few digits, by the power method. */
function largestEigenvalue(A: readonly (readonly number[])[]): number {
  let vector = A.map((_, i) => 1 + i / 7);
  let length = 1;
  for (let step = 0; step < 200; step++) {
    const next = A.map((row) => row.reduce((total, entry, j) => total + entry * vector[j]!, 0));
    length = Math.hypot(...next);
    vector = next.map((entry) => entry / length);
  }
  return length;
}
