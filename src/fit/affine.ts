import { matmul } from "../kernels/index.js";
import { log } from "../numbers/elementary.js";

/** s ↦ A·s + C on states s [d×k]: A [d×d], C [d×k]. */
export interface Affine {
  d: number;
  k: number;
  A: Float64Array;
  C: Float64Array;
}

/** s ↦ s */
export function identity(d: number, k: number): Affine {
  const A = new Float64Array(d * d);
  for (let i = 0; i < d; i++) A[i * d + i] = 1;
  return { d, k, A, C: new Float64Array(d * k) };
}

/** A·s + C */
export function apply({ d, k, A, C }: Affine, state: Float64Array): Float64Array {
  const out = new Float64Array(d * k);
  matmul(A, state, d, d, k, out);
  for (let i = 0; i < out.length; i++) out[i]! += C[i]!;
  return out;
}

/** First `inner`, then `outer`. */
export function compose(outer: Affine, inner: Affine): Affine {
  const { d, k } = outer;
  const A = new Float64Array(d * d);
  matmul(outer.A, inner.A, d, d, d, A);
  return { d, k, A, C: apply(outer, inner.C) };
}

/** The map applied `times` times to a state, by repeated squaring: some log₂(times) products. */
export function applyTimes(map: Affine, times: number, state: Float64Array): Float64Array {
  let power = map;
  let out = state;
  for (let rest = times; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) out = apply(power, out);
    if (rest > 1) power = compose(power, power);
  }
  return out;
}

/**
 * The spectral radius of A by rescaled squaring: ‖A^N‖^(1/N) for N = 2⁴⁸, the norm taken out at
 * every squaring (Gelfand's formula). Unlike power iteration it is right for complex pairs.
 * @returns the natural logarithm of the radius, −Infinity for a nilpotent A
 */
export function logSpectralRadius(A: Float64Array, d: number): number {
  let power = A;
  let logarithm = 0;
  for (let squarings = 0, share = 1; squarings <= 48; squarings++, share /= 2) {
    const norm = Math.sqrt(power.reduce((sum, a) => sum + a * a, 0));
    if (norm === 0) return Number.NEGATIVE_INFINITY;
    logarithm += log(norm) * share;
    const scaled = power.map((a) => a / norm);
    power = new Float64Array(d * d);
    matmul(scaled, scaled, d, d, d, power);
  }
  return logarithm;
}
