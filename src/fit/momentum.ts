import { Ell2Error } from "../errors.js";
import { type Descend, descent } from "../model/descent.js";
import { checkBoolean, checkNumber } from "../numbers/check.js";

/** The options that shape a step with momentum. */
export interface MomentumOptions {
  /** μ in [0, 1]; 0 by default. */
  momentum?: number;
  /** τ in [0, 1]; 0 by default. */
  dampening?: number;
  /** Nesterov's form, with momentum and without dampening; false by default. */
  nesterov?: boolean;
}

/** The options with their defaults. @throws VALUE out of range, OPTION for Nesterov without momentum or with dampening */
export function checkMomentum(where: string, options: MomentumOptions): Required<MomentumOptions> {
  const share = (name: "momentum" | "dampening") =>
    checkNumber(where, name, options[name] ?? 0, "in [0, 1]", (x) => x >= 0 && x <= 1);
  const checked = {
    momentum: share("momentum"),
    dampening: share("dampening"),
    nesterov: checkBoolean(where, "nesterov", options.nesterov ?? false),
  };
  if (!checked.nesterov || (checked.momentum > 0 && checked.dampening === 0)) return checked;
  throw new Ell2Error("OPTION", {
    where,
    expected: "nesterov with a momentum above 0 and no dampening",
    got: `momentum ${checked.momentum}, dampening ${checked.dampening}`,
  });
}

/**
 * Gradient descent with momentum, as PyTorch's SGD: v ← g at the first step, then
 * v ← μ·v + (1 − dampening)·g; the step is along v, or along g + μ·v in Nesterov's form.
 * (Sutskever, Martens, Dahl and Hinton, ICML 2013.)
 */
export class MomentumDescent {
  /** v of w [n×k] and then of b [k]; null before the first step. */
  velocity: Float64Array | null = null;
  readonly #descend: Descend;
  #direction: Float64Array | null = null;

  /**
   * @param lr the learning rate, ≥ 0
   * @param options μ in (0, 1], dampening in [0, 1]
   */
  constructor(
    lr: number,
    private readonly options: Required<MomentumOptions>,
  ) {
    this.#descend = descent(lr);
  }

  readonly step: Descend = (w, b, gradient) => {
    const { momentum, dampening, nesterov } = this.options;
    const { velocity } = this;
    this.#direction ??= new Float64Array(gradient.length);
    const v = velocity ?? gradient.slice();
    if (velocity !== null) {
      for (let i = 0; i < gradient.length; i++) {
        v[i] = momentum * v[i]! + (1 - dampening) * gradient[i]!;
      }
    }
    this.velocity = v;
    for (let i = 0; i < gradient.length; i++) {
      this.#direction[i] = nesterov ? gradient[i]! + momentum * v[i]! : v[i]!;
    }
    this.#descend(w, b, this.#direction);
  };
}
