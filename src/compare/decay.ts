import { type DoubleDouble, ddAdd, ddMultiply } from "../numbers/doubleDouble.js";
import { low, twoProduct } from "../numbers/errorFree.js";
import { wholePower } from "../numbers/wholePower.js";

/**
 * The factor by which SGD's steps multiply a weight on which the data do not pull: with a gradient of λw
 * alone, w ← factor·w. Plain: 1 − ηλ. With momentum the steps settle into a factor, the larger root of
 *
 *   z² − (1 + μ − c)z + μ = 0,                    c = ηλ
 *   z² − (1 + μ − (1 + μ)c)z + μ(1 − c) = 0       Nesterov
 *
 * and where the roots are complex, its modulus: the weight then swings.
 *
 * @param lr η > 0
 * @param lambda λ ≥ 0
 * @param momentum μ in [0, 1]
 */
export function decayFactor(lr: number, lambda: number, momentum: number, nesterov: boolean): number {
  const c = lr * lambda;
  if (momentum === 0 || c === 0) return 1 - c;
  const half = (1 + momentum - (nesterov ? (1 + momentum) * c : c)) / 2;
  const product = nesterov ? momentum * (1 - c) : momentum;
  const discriminant = half * half - product;
  if (discriminant < 0) return Math.sqrt(product);
  return half < 0 ? half - Math.sqrt(discriminant) : half + Math.sqrt(discriminant);
}

/** Entries of a 2×2 matrix, row by row, or of a vector of 2, times UNIT^exponent. */
interface Scaled {
  entries: DoubleDouble[];
  exponent: number;
}

const UNIT = 2 ** 256;

/**
 * What the first steps of SGD leave of a weight of 1 on which the data do not pull. The state is (w, u) with
 * u = η·velocity; with c = ηλ the first step and the later ones are
 *
 *   first:  u ← c·w               later:  u ← μ·u + c·w
 *           w ← w − u                     w ← w − u                 Nesterov, both: w ← w − c·w − μ·u
 *
 * so the steps behind the first are a power of a 2×2 matrix, taken by squaring in double-double.
 * While the momentum builds up, less is decayed than by `decayFactor` a step, and where the weight swings the
 * result may be negative.
 *
 * @param lr η > 0
 * @param lambda λ ≥ 0
 * @param momentum μ in [0, 1]
 * @param steps whole, ≥ 1
 * @returns ±∞ beyond the largest numbers
 */
export function decayAfter(
  lr: number,
  lambda: number,
  momentum: number,
  nesterov: boolean,
  steps: number,
): number {
  const high = twoProduct(lr, lambda);
  const c: DoubleDouble = [high, low];
  if (!Number.isFinite(low)) return wholePower(1 - high, steps);
  const mu: DoubleDouble = [momentum, 0];
  const negative = ([a, b]: DoubleDouble): DoubleDouble => [-a, -b];
  const plain = ddAdd([1, 0], negative(c));
  // Nesterov's w ← w − c·w − μ·(μ·u + c·w)
  const [wFromW, wFromU] = nesterov
    ? [ddAdd(plain, negative(ddMultiply(mu, c))), negative(ddMultiply(mu, mu))]
    : [plain, negative(mu)];
  let state = scaled([wFromW, c], 0);
  let power = scaled([wFromW, wFromU, c, mu], 0);
  for (let rest = steps - 1; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) state = times(power, state);
    if (rest > 1) power = times(power, power);
  }
  let [[left]] = state.entries as [DoubleDouble];
  for (; state.exponent > 0 && Number.isFinite(left) && left !== 0; state.exponent--) left *= UNIT;
  for (; state.exponent < 0 && left !== 0; state.exponent++) left /= UNIT;
  return left;
}

/** A 2×2 matrix times another, or a vector of 2. */
function times(A: Scaled, B: Scaled): Scaled {
  const [a, b, c, d] = A.entries as [DoubleDouble, DoubleDouble, DoubleDouble, DoubleDouble];
  const cols = B.entries.length / 2;
  const row = (p: DoubleDouble, q: DoubleDouble) =>
    Array.from({ length: cols }, (_, j) =>
      ddAdd(ddMultiply(p, B.entries[j]!), ddMultiply(q, B.entries[cols + j]!)),
    );
  return scaled([...row(a, b), ...row(c, d)], A.exponent + B.exponent);
}

/** The same numbers, neither so large nor so small that a product or its error overflows or underflows. */
function scaled(entries: DoubleDouble[], exponent: number): Scaled {
  const most = Math.max(...entries.map(([high]) => Math.abs(high)));
  if (most === 0 || (most <= UNIT && most >= 1 / UNIT)) return { entries, exponent };
  const [factor, step] = most > UNIT ? [1 / UNIT, 1] : [UNIT, -1];
  return scaled(
    entries.map(([high, rest]): DoubleDouble => [high * factor, rest * factor]),
    exponent + step,
  );
}

/**
 * The edge of η times a curvature below which SGD converges: 2, (2 + 2μ) with momentum,
 * (2 + 2μ)/(1 + 2μ) in Nesterov's form. The penalty's own curvature is λ.
 */
export const stableProduct = (momentum: number, nesterov: boolean): number =>
  (2 + 2 * momentum) / (nesterov ? 1 + 2 * momentum : 1);
