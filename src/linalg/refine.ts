import { ddAdd, ddDot } from "../numbers/doubleDouble.js";
import { low } from "../numbers/errorFree.js";
import { multiplyQ, multiplyQT, type QR } from "./qr.js";

/** Corrections after which it ends in any case; 1 to 3 are usual. */
const MOST_STEPS = 10;
/** The rounding to float64. */
export const UNIT = 2 ** -53;
/** The rounding to double-double. */
const DOUBLE_UNIT = 2 ** -106;

/** A number for each entry as high + low. */
interface Pair {
  high: Float64Array;
  low: Float64Array;
}

/** The solution of one least-squares problem. */
export interface Refined {
  /** [n] */
  x: Float64Array;
  /** [m], b − A·x */
  r: Float64Array;
  /** Corrections that were made. */
  steps: number;
  /** An estimate of the error of the largest entry of x, relative to it. */
  error: number;
}

/**
 * min‖b − A·x‖ by iterative refinement of the augmented system
 *
 *   r + A·x = b,   Aᵀr = 0
 *
 * (Björck, BIT 7, 1967): each correction is solved with A's QR factors, its right-hand side is
 * summed in double-double, and x and r are kept in double-double too, so that Aᵀr loses nothing
 * where r is large (Demmel, Hida, Riedy and Li, ACM TOMS 35, 2009). A correction is some κ·ε of the
 * one before. It ends where the next one could not be seen, or where they stop shrinking.
 *
 * @param A [m×n], columns of norm about 1
 * @param factored its QR factors, R not singular
 * @param b [m]
 * @param s A's singular values, descending
 * @param units [n] what a 1 in x counts for in `error`: the largest entry is that of x·units
 */
export function refine(
  A: Float64Array,
  factored: QR,
  b: Float64Array,
  s: Float64Array,
  units: Float64Array,
): Refined {
  const { m, n } = factored;
  const x: Pair = { high: new Float64Array(n), low: new Float64Array(n) };
  const r: Pair = { high: new Float64Array(m), low: new Float64Array(m) };
  const inUnits = (values: Float64Array) => largest(values.map((value, j) => value * units[j]!));

  /** How large a correction is beside x, in units or not. */
  const share = (dx: Float64Array, fromR: number) =>
    Math.max(
      relative(Math.max(largest(dx), fromR), largest(x.high)),
      relative(Math.max(inUnits(dx), fromR * largest(units)), inUnits(x.high)),
    );

  const contraction = (s[0]! / s[n - 1]!) * Number.EPSILON;
  let shrink = Math.min(0.5, contraction); // the worst ratio of a correction to the one before
  let previous = Number.POSITIVE_INFINITY;
  let error = 1;
  let steps = -1; // the first correction, of x = 0, is the plain solution
  while (steps < MOST_STEPS && error > UNIT / 8) {
    const { f, g } = augmentedResidual(A, m, n, b, x, r);
    const { dx, dr } = solveAugmented(factored, f, g);
    const fromR = largest(dr) / s[n - 1]!; // what an error of r may become in x, a step later
    const size = Math.max(largest(dx), fromR);
    const ratio = size === 0 ? 0 : size / previous;
    // where the plain solution has no digit, the second correction is as large as it, and says nothing
    if (ratio <= 0.5) shrink = Math.max(shrink, ratio);
    else if (steps > 0) {
      // noise of the sums where the factors are good for a digit; else x may be anything
      error = contraction * Math.max(m, n) < 0.1 ? 10 * share(dx, fromR) : 1;
      break;
    }
    accumulate(x, dx);
    accumulate(r, dr);
    steps++;
    previous = size;
    if (size === 0) error = 0;
    else if (steps > 0) error = (share(dx, fromR) * shrink) / (1 - shrink);
  }

  const noise = DOUBLE_UNIT * Math.sqrt(m + n) * summingNoise(s, largest(b), norm(x.high), norm(r.high));
  return {
    x: x.high,
    r: r.high,
    steps,
    error: UNIT + error + relative(noise * largest(units), inUnits(x.high)),
  };
}

/** How the error of one operation, in b − r − A·x and Aᵀr, reaches x. */
function summingNoise(s: Float64Array, b: number, x: number, r: number): number {
  const [most, least] = [s[0]!, s.at(-1)!];
  return (b + r + most * x) / least + ((most / least) * r) / least;
}

/** f = b − r − A·x and g = −Aᵀr, summed in double-double. */
export function augmentedResidual(
  A: Float64Array,
  m: number,
  n: number,
  b: Float64Array,
  x: Pair,
  r: Pair,
): { f: Float64Array; g: Float64Array } {
  const f = Float64Array.from({ length: m }, (_, i) => {
    const negated = -ddDot(n, A, i * n, 1, x.high, x.low, 0, 1);
    const negatedLow = -low;
    const rest = ddAdd([b[i]!, 0], [-r.high[i]!, -r.low[i]!]);
    return ddAdd(rest, [negated, negatedLow])[0];
  });
  const g = Float64Array.from({ length: n }, (_, j) => -ddDot(m, A, j, n, r.high, r.low, 0, 1));
  return { f, g };
}

/** δr + A·δx = f, Aᵀδr = g: with h = R⁻ᵀg and (d₁, d₂) = Qᵀf, δx = R⁻¹(d₁ − h) and δr = Q·(h, d₂). */
function solveAugmented(
  factored: QR,
  f: Float64Array,
  g: Float64Array,
): { dx: Float64Array; dr: Float64Array } {
  const { m, n, factors: R } = factored;
  multiplyQT(factored, f, 1);
  const dr = f.slice(0, m);
  for (let j = 0; j < n; j++) {
    let sum = g[j]!;
    for (let i = 0; i < j; i++) sum -= R[i * n + j]! * dr[i]!;
    dr[j] = sum / R[j * n + j]!;
  }
  const dx = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    let sum = f[i]! - dr[i]!;
    for (let j = i + 1; j < n; j++) sum -= R[i * n + j]! * dx[j]!;
    dx[i] = sum / R[i * n + i]!;
  }
  multiplyQ(factored, dr, 1);
  return { dx, dr };
}

function accumulate(sum: Pair, correction: Float64Array): void {
  for (const [i, value] of correction.entries()) {
    [sum.high[i], sum.low[i]] = ddAdd([sum.high[i]!, sum.low[i]!], [value, 0]);
  }
}

const relative = (size: number, whole: number): number => (size === 0 ? 0 : size / whole);

export const norm = (values: Float64Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/** The largest size of an entry; NaN where one is. */
export const largest = (values: Float64Array): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
