import { exp, log } from "./elementary.js";
import { log1p } from "./log1p.js";

/**
 * I_x(a, b)·B(a, b)/(xᵃyᵇ) by Didonato and Morris's continued fraction, with Lentz's method (ACM TOMS 18,
 * 1992, equation 9): it converges fast where lambda ≥ 0.
 * @param y 1 − x
 * @param lambda a − (a + b)·x, given by itself since it may cancel
 */
export function betaFraction(a: number, b: number, x: number, y: number, lambda: number): number {
  let value = (a / (a + 1)) * (lambda + 1);
  let C = value;
  let D = 0;
  for (let n = 1; n <= 100_000; n++) {
    const c = a + 2 * n - 1;
    const alpha = ((a + n - 1) / c) * ((a + b + n - 1) / c) * n * (b - n) * x * x;
    const beta = n + (n * (b - n) * x) / c + ((a + n) / (c + 2)) * (lambda + 1 + n * (1 + y));
    D = 1 / (beta + alpha * D);
    C = beta + alpha / C;
    value *= C * D;
    if (!(Math.abs(C * D - 1) > Number.EPSILON)) break;
  }
  return 1 / value;
}

/** Coefficients of Stirling's series of log Γ in odd powers of 1/a. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360];

/** log Γ(a) − (a − ½)·log a + a − ½·log 2π, for a ≥ 10. */
function stirlingRest(a: number): number {
  const square = 1 / (a * a);
  let sum = 0;
  for (let j = STIRLING.length - 1; j >= 0; j--) sum = sum * square + STIRLING[j]!;
  return sum / a;
}

/** Where Stirling's series has all digits. */
const LARGE = 16;

/**
 * log(xᵃyᵇ/B(a, b)), for a, b > 0, x + y = 1.
 * @param lambda a·y − b·x
 */
function logWeight(a: number, b: number, x: number, y: number, lambda: number): number {
  if (a < b) return logWeight(b, a, y, x, -lambda);
  if (b >= LARGE) {
    // what is large cancels: x·(a + b)/a = 1 − lambda/a, y·(a + b)/b = 1 + lambda/b
    const rest = stirlingRest(a + b) - stirlingRest(a) - stirlingRest(b);
    const powers = a * log1p(-lambda / a) + b * log1p(lambda / b);
    return powers + rest + log((a / (a + b)) * (b / (2 * Math.PI))) / 2;
  }
  let product = 1; // Γ(a) = Γ(a + s)/(a(a + 1)…)
  let [p, q, sum] = [a, b, a + b];
  for (; p < LARGE; p++) product *= p;
  for (; q < LARGE; q++) product *= q;
  for (; sum < LARGE; sum++) product /= sum;
  const more = sum - p;
  const gammas = more * log(sum) + (p - 0.5) * log1p(more / p) - (q - 0.5) * log(q) + (q - more);
  const rest = stirlingRest(sum) - stirlingRest(p) - stirlingRest(q);
  return gammas + rest + a * logOf(x, y) + b * logOf(y, x) - log(2 * Math.PI) / 2 + log(product);
}

/** log x, where y = 1 − x: from the smaller of the two. */
const logOf = (x: number, y: number): number => (y < 0.5 ? log1p(-y) : log(x));

/**
 * P(F > f) of Fisher's F with d1 and d2 degrees of freedom, to a relative error of some 1e-12: with
 * x = d2/(d2 + d1·f) it is I_x(d2/2, d1/2) (Abramowitz and Stegun 26.6.2).
 * @param f ≥ 0
 * @param d1 > 0, whole or not
 * @param d2 > 0, whole or not
 */
export function fisherTail(f: number, d1: number, d2: number): number {
  if (!(f > 0)) return 1;
  if (f === Number.POSITIVE_INFINITY) return 0;
  const ratio = (d1 / d2) * f;
  const x = 1 / (1 + ratio);
  const y = ratio / (1 + ratio);
  const [a, b] = [d2 / 2, d1 / 2];
  const lambda = a * y - b * x;
  const weight = logWeight(a, b, x, y, lambda);
  if (lambda >= 0) return exp(weight + log(betaFraction(a, b, x, y, lambda)));
  return 1 - exp(weight + log(betaFraction(b, a, y, x, -lambda)));
}
