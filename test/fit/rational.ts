/**
 * Ridge regression in fractions of whole numbers (BigInt), independent of the library and straight from the
 * definition: what its numbers are compared with, without any rounding.
 */
import type { Dataset } from "../../src/data/dataset.js";
import { parts } from "../numbers/exact.js";

/** A fraction numerator/denominator·2^exponent, the denominator above 0. */
export interface Fraction {
  numerator: bigint;
  denominator: bigint;
  exponent: number;
}

/** The right values for one target. */
export interface RationalRidge {
  w: Fraction[];
  b: Fraction;
  rss: Fraction;
  /** Vⱼⱼ of V = (S + αD)⁻¹S(S + αD)⁻¹ [n] */
  variance: Fraction[];
  /** 1/W + x̄ᵀVx̄ */
  biasVariance: Fraction;
  df: Fraction;
}

/** Smaller than any λ that a double holds: what ridge tends to, least squares of least penalty, to some 600 digits. */
export const VANISHING = { mantissa: 1n, exponent: -4000 };

const size = (x: bigint) => (x < 0n ? -x : x);

/** v as whole numbers of one unit 2^exponent. */
function wholeNumbers(values: ArrayLike<number>): { whole: bigint[]; exponent: number } {
  const all = Array.from(values, parts).map(({ mantissa, exponent }) => {
    if (mantissa === 0n) return { mantissa, exponent: 0 };
    let [m, e] = [mantissa, exponent];
    for (; m % 2n === 0n; m /= 2n) e++;
    return { mantissa: m, exponent: e };
  });
  const exponent = all.reduce(
    (least, one) => (one.mantissa === 0n ? least : Math.min(least, one.exponent)),
    0,
  );
  return { whole: all.map((one) => one.mantissa << BigInt(one.exponent - exponent)), exponent };
}

/** A⁻¹ as adjugate/determinant, by Bareiss's elimination; null where A is singular. */
function inverse(A: bigint[][]): { adjugate: bigint[][]; determinant: bigint } | null {
  const n = A.length;
  const rows = A.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1n : 0n))]);
  let before = 1n;
  for (let j = 0; j < n; j++) {
    const at = rows.findIndex((row, i) => i >= j && row[j] !== 0n);
    if (at < 0) return null;
    [rows[j], rows[at]] = [rows[at]!, rows[j]!];
    const pivot = rows[j]![j]!;
    for (let i = 0; i < n; i++) {
      if (i === j) continue;
      const factor = rows[i]![j]!;
      rows[i] = rows[i]!.map((entry, c) => (entry * pivot - factor * rows[j]![c]!) / before);
    }
    before = pivot;
  }
  return { adjugate: rows.map((row) => row.slice(n)), determinant: before };
}

const fraction = (numerator: bigint, denominator: bigint, exponent: number): Fraction =>
  denominator < 0n
    ? { numerator: -numerator, denominator: -denominator, exponent }
    : { numerator, denominator, exponent };

/** Ridge regression of one target; the features are few. @param k how many targets share λ: α = λWk/2 */
export function rationalRidge(
  { X, Y, weights }: Dataset,
  given: number | { mantissa: bigint; exponent: number },
  { standardize, intercept }: { standardize: boolean; intercept: boolean },
  target = 0,
): RationalRidge {
  const [m, n, k] = [X.rows, X.cols, Y.cols];
  const lambda = typeof given === "number" ? parts(given) : given;
  const x = wholeNumbers(X.data);
  const y = wholeNumbers(Array.from({ length: m }, (_, i) => Y.data[i * k + target]!));
  const omega = wholeNumbers(weights ?? new Array<number>(m).fill(1));
  // all that follows is in units of W·(sums), so that means need no fractions
  const sum = (f: (i: number) => bigint) =>
    omega.whole.reduce((total, weight, i) => (weight === 0n ? total : total + weight * f(i)), 0n);
  const W = sum(() => 1n);
  const xs = (j: number) => (i: number) => x.whole[i * n + j]!;
  const ys = (i: number) => y.whole[i]!;
  const product = (f: (i: number) => bigint, g: (i: number) => bigint, centre: boolean) =>
    W * sum((i) => f(i) * g(i)) - (centre ? sum(f) * sum(g) : 0n);
  const columns = Array.from({ length: n }, (_, j) => xs(j));
  const S = columns.map((f) => columns.map((g) => product(f, g, intercept)));
  const cross = columns.map((f) => product(f, ys, intercept));
  const total = product(ys, ys, intercept);
  const spread = columns.map((f) => product(f, f, true));
  // λk/2·(W·Sⱼⱼ), or λk/2·W² in the units of x² and ω
  const [up, down] = [Math.max(0, -2 * x.exponent), Math.max(0, 2 * x.exponent)];
  const common = 2n << BigInt(down + Math.max(0, -lambda.exponent));
  const penalty = spread.map((own) => {
    const base =
      lambda.mantissa * BigInt(k) * (standardize && own > 0n ? own << BigInt(down) : (W * W) << BigInt(up));
    return base << BigInt(Math.max(0, lambda.exponent));
  });
  const constant = spread.map((own) => own === 0n);
  const active = columns.map((_, j) => j).filter((j) => (intercept ? !constant[j] : S[j]![j]! > 0n));
  const A = active.map((i) => active.map((j) => S[i]![j]! * common + (i === j ? penalty[i]! : 0n)));
  const inverted = inverse(A);
  if (inverted === null) throw new Error("dependent columns");
  const { adjugate, determinant } = inverted;
  const zero = () => fraction(0n, 1n, 0);
  const times = (v: bigint[]) =>
    adjugate.map((row) => common * row.reduce((all, entry, j) => all + entry * v[j]!, 0n));
  const u = times(active.map((j) => cross[j]!));
  const w = columns.map(zero);
  for (const [a, j] of active.entries()) w[j] = fraction(u[a]!, determinant, y.exponent - x.exponent);
  const sumX = active.map((j) => sum(xs(j)));
  const along = u.reduce((all, value, a) => all + value * sumX[a]!, 0n);
  const b = intercept ? fraction(sum(ys) * determinant - along, W * determinant, y.exponent) : zero();
  // W·RSS = total − 2uᵀcross + uᵀSu
  let squares = total * determinant * determinant;
  for (const [a, i] of active.entries()) {
    squares -= 2n * u[a]! * cross[i]! * determinant;
    for (const [c, j] of active.entries()) squares += u[a]! * u[c]! * S[i]![j]!;
  }
  // (S + αD)⁻¹ = W·common·adjugate/determinant
  const V = (left: bigint[], right: bigint[]) => {
    const [p, q] = [times(left), times(right)];
    let all = 0n;
    for (const [a, i] of active.entries())
      for (const [c, j] of active.entries()) all += p[a]! * S[i]![j]! * q[c]!;
    return fraction(W * all, determinant * determinant, -2 * x.exponent - omega.exponent);
  };
  const unit = (a: number) => active.map((_, c) => (a === c ? 1n : 0n));
  const variance = columns.map(zero);
  for (const [a, j] of active.entries()) variance[j] = V(unit(a), unit(a));
  let trace = 0n;
  for (const [a] of active.entries())
    for (const [c, j] of active.entries()) trace += common * adjugate[a]![c]! * S[j]![active[a]!]!;
  const quadratic = V(sumX, sumX); // W²·x̄ᵀVx̄ in units of x²
  return {
    w,
    b,
    rss: fraction(squares, W * determinant * determinant, 2 * y.exponent + omega.exponent),
    variance,
    biasVariance: intercept
      ? fraction(
          quadratic.numerator + W * quadratic.denominator,
          W * W * quadratic.denominator,
          -omega.exponent,
        )
      : zero(),
    df: fraction(trace, determinant, 0),
  };
}

/** A fraction as a double, to some 15 digits; out of range 0 or an infinity. */
export function toNumber({ numerator, denominator, exponent }: Fraction): number {
  if (numerator === 0n) return 0;
  const bits = denominator.toString(2).length - numerator.toString(2).length + 64;
  const quotient =
    bits >= 0 ? (numerator << BigInt(bits)) / denominator : numerator / (denominator << BigInt(-bits));
  let [value, rest] = [Number(quotient), exponent - bits];
  for (; rest > 1000; rest -= 1000) value *= 2 ** 1000;
  for (; rest < -1000; rest += 1000) value *= 2 ** -1000;
  return value * 2 ** rest;
}

/** −log₁₀|value − right|/|right|, at most 17: how many digits of a double are right. Of 0 all or none. */
export function rightDigits(value: number, right: Fraction): number {
  if (right.numerator === 0n) return value === 0 ? 17 : 0;
  if (!Number.isFinite(value)) return 0;
  const { mantissa, exponent } = parts(value);
  // value − right in units of 2^shared/denominator
  const shared = Math.min(exponent, right.exponent);
  const truth = right.numerator << BigInt(right.exponent - shared);
  const error = size(((mantissa * right.denominator) << BigInt(exponent - shared)) - truth);
  if (error === 0n) return 17;
  const ratio = toNumber({ numerator: error, denominator: size(truth), exponent: 0 });
  return Math.max(0, Math.min(17, -Math.log10(ratio)));
}
