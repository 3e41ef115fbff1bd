import { Ell2Error } from "../errors.js";
import { checkBoolean, checkNonNegative, checkNumber, show } from "../numbers/check.js";
import { wholePower } from "../numbers/wholePower.js";
import { Optimizer, type Params } from "./optimizer.js";

/** Named, ordered and preset as in PyTorch. */
export interface AdamOptions {
  /** η ≥ 0; 0.001 */
  lr: number;
  /** β₁ and β₂ in [0, 1); 0.9 and 0.999 */
  betas: readonly [number, number];
  /** ε ≥ 0; 1e-8 */
  eps: number;
  /** λ ≥ 0; 0, for AdamW 0.01 */
  weightDecay: number;
  /** Whether to climb instead of descend; false */
  maximize: boolean;
}

const DEFAULTS: AdamOptions = {
  lr: 0.001,
  betas: Object.freeze([0.9, 0.999] as const),
  eps: 1e-8,
  weightDecay: 0,
  maximize: false,
};

interface AdamState {
  /** Steps taken. */
  t: number;
  /** The running mean of the gradient. */
  m: Float64Array;
  /** The running mean of its square. */
  v: Float64Array;
}

/** Adam's step; the two optimisers differ in where the decay sits. */
abstract class AdamFamily extends Optimizer<AdamOptions, AdamState> {
  protected abstract readonly decoupled: boolean;

  protected override begin(size: number): AdamState {
    return { t: 0, m: new Float64Array(size), v: new Float64Array(size) };
  }

  protected override update(
    p: Float64Array,
    grad: Float64Array,
    options: AdamOptions,
    state: AdamState,
  ): void {
    const { lr, betas, eps, weightDecay, maximize } = options;
    const [beta1, beta2] = betas;
    const { m, v } = state;
    state.t += 1;
    const stepSize = lr / (1 - wholePower(beta1, state.t));
    const rootCorrection = Math.sqrt(1 - wholePower(beta2, state.t));
    for (let i = 0; i < p.length; i++) {
      let g = maximize ? -grad[i]! : grad[i]!;
      if (weightDecay !== 0) {
        if (this.decoupled) p[i]! *= 1 - lr * weightDecay;
        else g += weightDecay * p[i]!;
      }
      m[i] = interpolate(m[i]!, g, 1 - beta1);
      v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
      p[i]! -= (stepSize * m[i]!) / (Math.sqrt(v[i]!) / rootCorrection + eps);
    }
  }
}

/**
 * Adam. For a parameter p with gradient g, at its step t:
 *
 *   g ← g + λ·p                                        (−g + λ·p to maximize)
 *   m ← m + (1 − β₁)·(g − m),  v ← β₂·v + (1 − β₂)·g²
 *   p ← p − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
 *
 * The decay passes through the scaling by √v, so it is no ℓ₂ penalty in effect; AdamW's does not.
 * Source: PyTorch 2's `optim.Adam`, single-tensor path, without AMSGrad and fused multiply-adds.
 */
export class Adam extends AdamFamily {
  protected override readonly decoupled = false;

  /**
   * @param params parameters, or groups `{params, …}` with options of their own
   * @param options see `AdamOptions`
   * @throws VALUE for options out of range, and for parameters that are none or given twice; OPTION
   *   for an unknown option
   */
  constructor(params: Params<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super("optim.Adam", params, options, DEFAULTS, checkAdam);
  }
}

/**
 * Adam with the decay beside the gradient: p ← (1 − η·λ)·p, then Adam's step with λ = 0.
 * Source: PyTorch 2's `optim.AdamW`, single-tensor path, without AMSGrad and fused multiply-adds.
 */
export class AdamW extends AdamFamily {
  protected override readonly decoupled = true;

  /**
   * @param params parameters, or groups `{params, …}` with options of their own
   * @param options see `AdamOptions`; `weightDecay` is 0.01 unless given
   * @throws as `Adam`
   */
  constructor(params: Params<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super("optim.AdamW", params, options, { ...DEFAULTS, weightDecay: 0.01 }, checkAdam);
  }
}

/** from + weight·(to − from), from the nearer end, as `torch.lerp` does. */
function interpolate(from: number, to: number, weight: number): number {
  return weight < 0.5 ? from + weight * (to - from) : to - (to - from) * (1 - weight);
}

function checkAdam(where: string, options: AdamOptions): void {
  const { lr, betas, eps, weightDecay, maximize } = options;
  checkNonNegative(where, "lr", lr);
  if (!Array.isArray(betas) || betas.length !== 2) {
    throw new Ell2Error("VALUE", {
      where,
      expected: "betas to be an array of two numbers",
      got: show(betas),
    });
  }
  for (const [i, beta] of betas.entries()) {
    checkNumber(where, `betas[${i}]`, beta, "in [0, 1)", (x) => x >= 0 && x < 1);
  }
  checkNonNegative(where, "eps", eps);
  checkNonNegative(where, "weightDecay", weightDecay);
  checkBoolean(where, "maximize", maximize);
}
