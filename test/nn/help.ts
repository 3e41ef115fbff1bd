import fc from "fast-check";
import { expect } from "vitest";
import { Ell2Error, type ErrorCode } from "../../src/errors.js";
import { Tensor } from "../../src/nn/index.js";

/** Expects `fn` to refuse with a code, and the message to say something. */
export function refuses(fn: () => unknown, code: ErrorCode, message: RegExp = /expected/): void {
  let error: unknown;
  try {
    fn();
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(Ell2Error);
  expect((error as Ell2Error).code).toBe(code);
  expect((error as Ell2Error).message).toMatch(message);
}

/** Leaves of a shape, with entries between `least` and 3 in size and of either sign. */
export function tensors(shape: readonly number[], least = 0): fc.Arbitrary<Tensor> {
  const size = shape.reduce((n, x) => n * x, 1);
  const entry = fc
    .tuple(fc.double({ min: least, max: 3, noNaN: true }), fc.boolean())
    .map(([x, negative]) => (negative ? -x : x));
  return fc
    .array(entry, { minLength: size, maxLength: size })
    .map((entries) => new Tensor(Float64Array.from(entries), shape, { requiresGrad: true }));
}

/** Two shapes that broadcast: each leaves out leading dimensions of one shape, or has 1 in their place. */
export const broadcastShapes: fc.Arbitrary<[number[], number[]]> = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
  .chain((full) => {
    const part = fc
      .tuple(fc.integer({ min: 0, max: 2 }), fc.boolean(), fc.boolean())
      .map(([rank, oneRow, oneCol]) => [oneRow ? 1 : full[0], oneCol ? 1 : full[1]].slice(2 - rank));
    return fc.tuple(part, part);
  });

/** Some weight for each entry, so that no two entries' gradients look the same. */
const weights = (numel: number) => Float64Array.from({ length: numel }, (_, i) => 1 + ((i * 7) % 5) / 4);

/**
 * Holds the gradients of Σ weight·f(leaves) against central differences of step 1e-5. The
 * difference's own error is some 1e-10 by truncation and 1e-10 by rounding for values up to 1e2;
 * the bound is 1e-6 of the largest value that occurs.
 */
export function expectGradients(f: (...leaves: Tensor[]) => Tensor, ...leaves: Tensor[]): void {
  const value = (): number => {
    const out = f(...leaves);
    return out.data.reduce((sum, x, i) => sum + x * weights(out.numel)[i]!, 0);
  };
  const out = f(...leaves);
  out
    .mul(new Tensor(weights(out.numel), out.shape))
    .sum()
    .backward();
  const h = 1e-5;
  for (const leaf of leaves) {
    expect(leaf.grad!.shape).toEqual(leaf.shape);
    for (let i = 0; i < leaf.numel; i++) {
      const x = leaf.data[i]!;
      leaf.data[i] = x + h;
      const above = value();
      leaf.data[i] = x - h;
      const below = value();
      leaf.data[i] = x;
      const difference = (above - below) / (2 * h);
      const scale = Math.max(1, Math.abs(difference), Math.abs(above));
      expect(Math.abs(leaf.grad!.data[i]! - difference)).toBeLessThanOrEqual(1e-6 * scale);
    }
  }
}
