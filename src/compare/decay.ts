/**
 * What one step of SGD leaves of a weight on which the data do not pull: with a gradient of λw alone,
 * w ← factor·w. Plain: 1 − ηλ. With momentum the steps settle into a factor, the larger root of
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

/**
 * The edge of η times a curvature below which SGD converges: 2, (2 + 2μ) with momentum,
 * (2 + 2μ)/(1 + 2μ) in Nesterov's form. The penalty's own curvature is λ.
 */
export const stableProduct = (momentum: number, nesterov: boolean): number =>
  (2 + 2 * momentum) / (nesterov ? 1 + 2 * momentum : 1);
