import { exp, log } from "./elementary.js";
import { betaFraction } from "./incompleteBeta.js";
import { log1p } from "./log1p.js";

/**
 * The distribution function of Student's t with `dof` degrees of freedom, P(T ≤ t), to a relative
 * error of some 1e-13, in the lower tail too; below 1e-300 it is 0.
 *
 * With y = t²/(dof + t²), P(0 < T < |t|) = ½·I_y(½, dof/2) and P(T > |t|) = ½·I_{1−y}(dof/2, ½), each where
 * the continued fraction of the incomplete beta function converges fast (Abramowitz and Stegun 26.7.1;
 * Didonato and Morris, ACM TOMS 18, 1992, equation 9).
 *
 * @param t any number; ±∞ give 0 and 1, NaN gives NaN
 * @param dof in [1, 1e9], whole or not
 */
export function studentTCdf(t: number, dof: number): number {
  const size = Math.abs(t);
  if (size < 1e-300) return 0.5;
  if (size === Number.POSITIVE_INFINITY) return t > 0 ? 1 : 0;
  if (size < MIDDLE) {
    const half = exp(central(size, dof).logP);
    return t > 0 ? 0.5 + half : 0.5 - half;
  }
  const outside = exp(tail(size, dof).logP);
  return t > 0 ? 1 - outside : outside;
}

/**
 * The t for which P(T ≤ t) = p: the inverse of `studentTCdf`, to a relative error of some 1e-13 next to
 * p = ½ and in the tails too. Newton's method on log P over log t, which is straight at both ends,
 * inside a bracket that shrinks.
 *
 * @param p in [0, 1]; 0 and 1 give ∓∞, what is outside gives NaN; other than 0, not below 1e-300
 * @param dof in [1, 1e9], whole or not
 */
export function studentTQuantile(p: number, dof: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  const outside = Math.min(p, 1 - p);
  const sign = p < 0.5 ? -1 : 1;
  if (outside === 0) return sign * Number.POSITIVE_INFINITY;
  if (p === 0.5) return 0;
  return sign * (outside < 0.15 ? solve(tail, outside, dof) : solve(central, Math.abs(p - 0.5), dof));
}

/** Where the two ways meet: |t| below it goes by the middle, above by the tail. */
const MIDDLE = 1.1;

/** A probability and d log P/d log t. */
interface Part {
  logP: number;
  slope: number;
}

/** P(0 < T < t) */
function central(t: number, dof: number): Part {
  const { x, y, logWeight } = pieces(t, dof);
  const fraction = betaFraction(0.5, dof / 2, y, x, 0.5 - (dof / 2 + 0.5) * y);
  return { logP: logWeight + log(fraction / 2), slope: 2 / fraction };
}

/** P(T > t) */
function tail(t: number, dof: number): Part {
  const { x, y, logWeight } = pieces(t, dof);
  const fraction = betaFraction(dof / 2, 0.5, x, y, (dof / 2 + 0.5) * y - 0.5);
  return { logP: logWeight + log(fraction / 2), slope: -2 / fraction };
}

/** y = t²/(dof + t²), x = 1 − y, and log(x^(dof/2)·y^½/B(dof/2, ½)), which is log(t·density). */
function pieces(t: number, dof: number): { x: number; y: number; logWeight: number } {
  const u = t / Math.sqrt(dof);
  const [x, y] =
    u < 1 ? [1 / (1 + u * u), (u * u) / (1 + u * u)] : [1 / u / (1 / u + u), 1 / (1 + 1 / u / u)];
  const logOnePlus = u < 1000 ? log1p(u * u) : 2 * log(u) + log1p(1 / u / u);
  const logRoot = u < 1 ? log(u) - logOnePlus / 2 : -log1p(1 / u / u) / 2;
  return {
    x,
    y,
    logWeight: logRoot - (dof / 2) * logOnePlus + log(gammaRatio(dof / 2) / Math.sqrt(Math.PI)),
  };
}

/** The first coefficients of Γ(a + ½)/(Γ(a)·√a) in powers of 1/a (Tricomi and Erdélyi, Pacific J. Math. 1, 1951). */
const RATIO = [1, -1 / 8, 1 / 128, 5 / 1024, -21 / 32768, -399 / 262144, 869 / 4194304];

/** Γ(a + ½)/Γ(a), for a ≥ ½: by its series from a = 64 up, below by Γ(a + 1) = a·Γ(a). */
function gammaRatio(a: number): number {
  let product = 1;
  for (; a < 64; a++) product *= a / (a + 0.5);
  let sum = 0;
  for (let j = RATIO.length - 1; j >= 0; j--) sum = sum / a + RATIO[j]!;
  return product * Math.sqrt(a) * sum;
}

/** The t > 0 for which a part has probability p. */
function solve(part: (t: number, dof: number) => Part, p: number, dof: number): number {
  const target = log(p);
  let low = -700; // of log t
  let high = 700;
  let at = 0;
  for (let step = 0; step < 200; step++) {
    const { logP, slope } = part(exp(at), dof);
    const error = logP - target;
    if (error > 0 === slope > 0) high = at;
    else low = at;
    const newton = at - error / slope;
    const next = newton >= low && newton <= high ? newton : (low + high) / 2;
    if (!(Math.abs(next - at) > Number.EPSILON)) break;
    at = next;
  }
  return exp(at);
}
