import { Ell2Error } from "../errors.js";

/** How many `noGrad` calls are under way. */
let depth = 0;

/** Whether operations on tensors are recorded for `backward` at the moment. */
export const isRecording = (): boolean => depth === 0;

/**
 * Runs `fn` with recording off: results of operations inside need no gradient and keep no graph.
 * Calls nest, and recording comes back even when `fn` throws.
 * @param fn a synchronous function
 * @returns what `fn` returns
 * @throws VALUE if `fn` returns a promise: recording would be on again before the promise is done
 * Source: PyTorch's `torch.no_grad`.
 */
export function noGrad<T>(fn: () => T): T {
  depth++;
  try {
    const result = fn();
    if (result instanceof Promise) {
      throw new Ell2Error("VALUE", {
        where: "nn.noGrad",
        expected: "a function that is done when it returns",
        got: "one that returns a promise",
        remedy: "await first, and wrap only the computation",
      });
    }
    return result;
  } finally {
    depth--;
  }
}
