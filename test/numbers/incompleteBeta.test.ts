import { describe, expect, it } from "vitest";
import { fisherTail } from "../../src/numbers/incompleteBeta.js";
import { studentTCdf } from "../../src/numbers/studentT.js";

// f, d1, d2, P(F > f): mpmath 1.3.0 with 60 digits, the regularised incomplete beta function
// biome-ignore format: a table
const TAILS = [
  [1, 1, 1, 0.5], [3.5, 2, 7, 0.08838834764831845], [0.1, 3, 20, 0.9590747827791757],
  [161.4476, 1, 1, 0.050000005983092066], [4.5, 1, 1e4, 0.03391938486834514],
  [1.05, 500, 2000, 0.239681127239669], [1000, 5, 4, 2.7932910726438367e-06],
  [1e-3, 1, 0.5, 0.982952692153891], [2, 0.01, 3, 0.021802026665177554],
  [2, 3, 0.01, 0.9714772475563552], [50, 10, 1e3, 3.0003813684070683e-81],
  [1e8, 1, 48, 2.5635538810165807e-153], [1e4, 2, 1000, 0],
  [1.02, 300, 300, 0.4319736818675725], [0.98, 300, 300, 0.5693868521150918],
  [89.57, 1, 48, 1.48907673149885e-12], [1e-12, 4, 9, 1], [1e300, 1, 2, 1e-300],
  [15, 3, 17.5, 4.376433433562332e-05], [1, 1, 1e9, 0.3173105081048848],
  [3.84, 1, 1e9, 0.05004352152606626], [2.5, 7, 1e7, 0.014441606935160955],
] as const;

describe("fisherTail(f, d1, d2)", () => {
  it.each(TAILS)("fisherTail(%d, %d, %d) has 12 digits", (f, d1, d2, p) => {
    const found = fisherTail(f, d1, d2);
    if (p === 0) expect(found).toBe(0);
    else expect(Math.abs(found / p - 1)).toBeLessThan(1e-12);
  });

  it("is 2·P(T < −t) for f = t² with one degree of freedom", () => {
    for (const t of [0.01, 0.7, 2, 9.464, 40])
      for (const degrees of [0.5, 1, 7, 48, 300])
        expect(fisherTail(t * t, 1, degrees) / (2 * studentTCdf(-t, degrees))).toBeCloseTo(1, 11);
  });

  it("is 1 − its own mirror image: P(F > f; d1, d2) + P(F > 1/f; d2, d1) = 1", () => {
    for (const f of [0.01, 0.5, 1, 3, 70])
      for (const [d1, d2] of [[1, 1], [2.5, 31], [200, 3], [5000, 7000]] as const) // biome-ignore format: a table
        expect(fisherTail(f, d1, d2) + fisherTail(1 / f, d2, d1)).toBeCloseTo(1, 12);
  });

  it("falls from 1 at 0 to 0 at infinity", () => {
    expect([fisherTail(0, 3, 5), fisherTail(Number.POSITIVE_INFINITY, 3, 5)]).toEqual([1, 0]);
    let before = 1;
    for (let f = 1e-6; f < 1e6; f *= 1.7) {
      const next = fisherTail(f, 4, 11);
      expect(next).toBeLessThanOrEqual(before);
      before = next;
    }
  });
});
