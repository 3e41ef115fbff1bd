import { Ell2Error } from "../errors.js";
import { checkBoolean, checkNonNegative, checkNumber } from "../numbers/check.js";
import { Optimizer, type Params } from "./optimizer.js";

/** Named, ordered and preset as in PyTorch. */
export interface SGDOptions {
  /** η ≥ 0; 0.001 */
  lr: number;
  /** μ in [0, 1]; 0 */
  momentum: number;
  /** τ, finite; 0 */
  dampening: number;
  /** λ ≥ 0; 0 */
  weightDecay: number;
  /** Needs a momentum, and no dampening; false */
  nesterov: boolean;
  /** Whether to climb instead of descend; false */
  maximize: boolean;
}

const DEFAULTS: SGDOptions = {
  lr: 0.001,
  momentum: 0,
  dampening: 0,
  weightDecay: 0,
  nesterov: false,
  maximize: false,
};

/** The momentum buffer, from the first step with a momentum on. */
interface SGDState {
  buffer: Float64Array | null;
}

/**
 * Stochastic gradient descent with momentum. For a parameter p with gradient g:
 *
 *   g ← g + λ·p                              (−g + λ·p to maximize)
 *   v ← g at the first step, then μ·v + (1 − τ)·g
 *   p ← p − η·v, with Nesterov p − η·(g + μ·v), without momentum p − η·g
 *
 * Source: PyTorch's `optim.SGD`, single-tensor path, without fused multiply-adds.
 */
export class SGD extends Optimizer<SGDOptions, SGDState> {
  /**
   * @param params parameters, or groups `{params, …}` with options of their own
   * @param options see `SGDOptions`
   * @throws VALUE for options out of range (PyTorch lets NaN, infinity and a momentum above 1
   *   pass) and for parameters that are none or given twice; OPTION for an unknown option, or
   *   Nesterov without momentum or with dampening
   */
  constructor(params: Params<SGDOptions>, options: Partial<SGDOptions> = {}) {
    super("optim.SGD", params, options, DEFAULTS, checkSGD);
  }

  protected override begin(): SGDState {
    return { buffer: null };
  }

  protected override update(p: Float64Array, grad: Float64Array, options: SGDOptions, state: SGDState): void {
    const { lr, momentum, dampening, weightDecay, nesterov, maximize } = options;
    const first = state.buffer === null;
    if (first && momentum !== 0) state.buffer = new Float64Array(p.length);
    const v = state.buffer;
    for (let i = 0; i < p.length; i++) {
      let g = maximize ? -grad[i]! : grad[i]!;
      if (weightDecay !== 0) g += weightDecay * p[i]!;
      if (momentum !== 0 && v !== null) {
        v[i] = first ? g : momentum * v[i]! + (1 - dampening) * g;
        g = nesterov ? g + momentum * v[i]! : v[i]!;
      }
      p[i]! -= lr * g;
    }
  }
}

function checkSGD(where: string, options: SGDOptions): void {
  const { lr, momentum, dampening, weightDecay, nesterov, maximize } = options;
  checkNonNegative(where, "lr", lr);
  checkNumber(where, "momentum", momentum, "in [0, 1]", (x) => x >= 0 && x <= 1);
  checkNumber(where, "dampening", dampening, "of any size", () => true);
  checkNonNegative(where, "weightDecay", weightDecay);
  checkBoolean(where, "nesterov", nesterov);
  checkBoolean(where, "maximize", maximize);
  if (nesterov && (momentum === 0 || dampening !== 0)) {
    throw new Ell2Error("OPTION", {
      where,
      expected: "Nesterov with a momentum above 0 and no dampening",
      got: `momentum ${momentum} and dampening ${dampening}`,
    });
  }
}
