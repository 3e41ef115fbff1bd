import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contourChart, descentOf, ellipseOf, excess } from "../../lab/contour.js";
import type { PairStudy } from "../../lab/study.js";

const pairOf = (Q: PairStudy["Q"], centre: [number, number]): PairStudy => ({
  Q,
  centre,
  ridge: [1, 1],
  leastSquares: centre,
  path: [],
  names: ["a", "<b>"],
  lambda: 1,
});
/** Positive definite: LLᵀ. */
const quadratics = fc
  .tuple(
    fc.double({ min: 0.1, max: 5, noNaN: true }),
    fc.double({ min: -3, max: 3, noNaN: true }),
    fc.double({ min: 0.1, max: 5, noNaN: true }),
  )
  .map(([a, b, d]): PairStudy["Q"] => [a * a, a * b, b * b + d * d]);

describe("the contours", () => {
  it("are where the loss has the level: at the ends of both axes of the ellipse", () => {
    fc.assert(
      fc.property(quadratics, fc.double({ min: 0.01, max: 100, noNaN: true }), (Q, level) => {
        const pair = pairOf(Q, [0.3, -2]);
        const { short, long, angle } = ellipseOf(Q, level);
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        expect(excess(pair, [0.3 + short * c, -2 + short * s]) / level).toBeCloseTo(1, 8);
        expect(excess(pair, [0.3 - long * s, -2 + long * c]) / level).toBeCloseTo(1, 6);
        expect(short).toBeLessThanOrEqual(long);
      }),
    );
  });

  it("have the arrow of the loss against its gradient", () => {
    fc.assert(
      fc.property(quadratics, (Q) => {
        const pair = pairOf(Q, [1, 2]);
        const [h, p] = [1e-5, [0.5, -0.7] as const];
        const slope = (u: number, v: number) =>
          (excess(pair, [p[0] + u * h, p[1] + v * h]) - excess(pair, [p[0] - u * h, p[1] - v * h])) / (2 * h);
        const [across, up] = descentOf(pair, p);
        expect(across).toBeCloseTo(-slope(1, 0), 5);
        expect(up).toBeCloseTo(-slope(0, 1), 5);
      }),
    );
  });

  it("are drawn with the names of columns as text, also where least squares is nowhere", () => {
    const svg = contourChart(pairOf([1, 1, 1], [Number.NaN, Number.NaN]), [[0, 0]]);
    expect(svg).toContain("weight of &#60;b&#62;");
    expect(svg).not.toMatch(/NaN|Infinity|<b>/);
  });
});
