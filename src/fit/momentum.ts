import { type Descend, descent } from "../model/descent.js";

/**
 * Gradient descent with momentum, as PyTorch's SGD: v ← g at the first step, then
 * v ← μ·v + (1 − dampening)·g; the step is along v, or along g + μ·v in Nesterov's form.
 * (Sutskever, Martens, Dahl and Hinton, ICML 2013.)
 *
 * @param lr the learning rate, ≥ 0
 * @param momentum μ in (0, 1]
 * @param dampening in [0, 1]
 * @returns a step that keeps v between calls
 */
export function momentumDescent(lr: number, momentum: number, dampening: number, nesterov: boolean): Descend {
  const descend = descent(lr);
  let velocity: Float64Array | null = null;
  let direction: Float64Array | null = null;
  return (w, b, gradient) => {
    if (velocity === null || direction === null) {
      velocity = gradient.slice();
      direction = new Float64Array(gradient.length);
    } else {
      for (let i = 0; i < gradient.length; i++) {
        velocity[i] = momentum * velocity[i]! + (1 - dampening) * gradient[i]!;
      }
    }
    for (let i = 0; i < gradient.length; i++) {
      direction[i] = nesterov ? gradient[i]! + momentum * velocity[i]! : velocity[i]!;
    }
    descend(w, b, direction);
  };
}
