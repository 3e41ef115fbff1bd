import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TargetSums } from "../../src/model/targetSums.js";
import { refuses } from "../nn/help.js";

/** Rows as whole numbers, so that sums in BigInt are exact. */
const rows = fc.array(
  fc.record({
    y: fc.integer({ min: -1000, max: 1000 }),
    p: fc.integer({ min: -1000, max: 1000 }),
    w: fc.integer({ min: 0, max: 9 }),
  }),
  { minLength: 2, maxLength: 40 },
);
const ratio = (a: bigint, b: bigint) => Number((a * 10n ** 40n) / b) / 1e40;

/** Sums of parts of the rows. */
function sumsOf(
  list: readonly { y: number; p: number; w: number }[],
  size: number,
  { unit = 1, scale = 1, weighted = true } = {},
): TargetSums {
  const sums = new TargetSums(["y"]);
  for (let start = 0; start < list.length; start += size) {
    const part = list.slice(start, start + size);
    sums.add(
      Float64Array.from(part, ({ p }) => p * unit),
      Float64Array.from(part, ({ y }) => y * unit),
      weighted ? Float64Array.from(part, ({ w }) => w * scale) : null,
    );
  }
  return sums;
}

describe("TargetSums", () => {
  it("is exact rational arithmetic, whatever the units of targets and weights and the parts", () => {
    const sizes = fc.integer({ min: 1, max: 40 });
    const units = fc.constantFrom(1, 1e-3, 2 ** -540, 2 ** 500);
    const scales = fc.constantFrom(1, 1e-12, 2 ** -1060, 2 ** 1000);
    fc.assert(
      fc.property(rows, sizes, units, scales, fc.boolean(), (list, size, unit, scale, weighted) => {
        const sum = (f: (y: bigint, p: bigint) => bigint) =>
          list.reduce((all, { y, p, w }) => all + BigInt(weighted ? w : 1) * f(BigInt(y), BigInt(p)), 0n);
        const W = sum(() => 1n);
        fc.pre(W > 0n);
        const sums = sumsOf(list, size, { unit, scale, weighted });
        const [found] = sums.metrics(true);
        const squares = sum((y, p) => (y - p) * (y - p));
        const about = W * sum((y) => y * y) - sum((y) => y) ** 2n;
        const rmse = Math.sqrt(ratio(squares, W)) * unit;
        expect(sums.rows).toBe(list.length);
        expect(Math.abs(found!.rmse! - rmse)).toBeLessThanOrEqual(1e-14 * rmse);
        const mae =
          ratio(
            sum((y, p) => (y > p ? y - p : p - y)),
            W,
          ) * unit;
        expect(Math.abs(found!.mae! - mae)).toBeLessThanOrEqual(1e-14 * mae);
        const near = (value: number | null | undefined, right: number) =>
          expect(Math.abs(value! - right)).toBeLessThanOrEqual(1e-13 * (1 + Math.abs(right)));
        if (about === 0n) expect(found!.r2).toBeNull();
        else near(found!.r2, 1 - ratio(squares * W, about));
        const uncentred = sum((y) => y * y);
        if (uncentred === 0n) expect(found!.r2Uncentred).toBeNull();
        else near(found!.r2Uncentred, 1 - ratio(squares, uncentred));
      }),
    );
  });

  it("has no R² of a target that is constant over the rows that count", () => {
    const constant = [
      { y: 3.7, p: 3, w: 1 },
      { y: 5, p: 3, w: 0 },
      { y: 3.7, p: 4, w: 2 },
    ];
    expect(sumsOf(constant, 1).metrics(false)[0]).toMatchObject({
      r2: null,
      reasons: ["R² is not defined: the target is constant"],
    });
    expect(sumsOf(constant, 2, { weighted: false }).metrics(false)[0]!.r2).toBeLessThan(1);
    expect(sumsOf([{ y: 0, p: 0, w: 1 }], 1).metrics(true)[0]).toMatchObject({
      rmse: 0,
      r2: null,
      r2Uncentred: null,
    });
  });

  it("knows a target from a constant one whose spread is far below it", () => {
    const list = Array.from({ length: 5000 }, (_, i) => ({ y: 1e15 + (i % 3), p: 1e15 + 1, w: 1 }));
    expect(sumsOf(list, 2048).metrics(false)[0]!.r2).toBeCloseTo(0, 6);
  });

  it("says what is too large for a double", () => {
    const large = [
      { y: 1.7e308, p: -1.7e308, w: 1 },
      { y: -1.7e308, p: 1.7e308, w: 1 },
    ];
    expect(sumsOf(large, 2).metrics(false)).toEqual([
      {
        mse: null,
        rmse: null,
        mae: null,
        r2: -3,
        reasons: ["MSE is above 1.8e308", "RMSE is above 1.8e308", "MAE is above 1.8e308"],
      },
    ]);
    const off = [
      { y: 1, p: 1e200, w: 1 },
      { y: 2, p: 1e200, w: 1 },
    ];
    expect(sumsOf(off, 2).metrics(false)[0]!.reasons.join()).toContain("below −1.8e308");
    refuses(
      () => sumsOf([{ y: 1, p: Number.POSITIVE_INFINITY, w: 1 }], 1),
      "NOT_FINITE",
      /finite predictions of y/,
    );
  });

  it("knows whether a row counts", () => {
    expect(sumsOf([{ y: 1, p: 1, w: 0 }], 1).counts).toBe(false);
    expect(sumsOf([{ y: 1, p: 1, w: 1 }], 1).counts).toBe(true);
  });
});
