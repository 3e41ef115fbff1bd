import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { Moments } from "../../src/data/moments.js";
import { alphaOf, inDataUnits, systemOf } from "../../src/fit/system.js";

const X = [[1, 5, 7], [3, 1, 7], [5, 4, 7], [9, 2, 7]]; // biome-ignore format: rows
const Y = [[2, 1], [0, 5], [4, 3], [8, 6]]; // biome-ignore format: rows
const moments = Moments.of(new Dataset({ X, Y }));
const products = (A: number[][], B: number[][]) =>
  A[0]!.flatMap((_, j) => B[0]!.map((_, l) => A.reduce((sum, row, i) => sum + row[j]! * B[i]![l]!, 0)));
const near = (values: Iterable<number>) => Array.from(values, (x) => expect.closeTo(x, 9));

describe("systemOf", () => {
  it("has the centred sums with a bias, and sums about 0 and means of 0 without", () => {
    const { flat, scaler } = systemOf(moments, { standardize: false, intercept: true });
    expect([scaler, [...flat.sxx]]).toEqual([null, [...moments.sxx.data]]);
    const bare = systemOf(moments, { standardize: false, intercept: false }).flat;
    expect([...bare.sxx]).toEqual(near(products(X, X)));
    expect([...bare.sxy]).toEqual(near(products(X, Y)));
    expect([...bare.syy]).toEqual(near([84, 71]));
    expect([...bare.meanX, ...bare.meanY]).toEqual([0, 0, 0, 0, 0]);
  });

  it("has a diagonal of W where it is standardised, and zeros for a constant column", () => {
    const { flat, scaler } = systemOf(moments, { standardize: true, intercept: true });
    expect(scaler!.constant).toEqual([2]);
    expect([0, 4, 8].map((at) => flat.sxx[at])).toEqual([expect.closeTo(4, 12), expect.closeTo(4, 12), 0]);
    const correlation = moments.sxx.data[1]! / Math.sqrt(moments.sxx.data[0]! * moments.sxx.data[4]!);
    expect(flat.sxx[1]).toBeCloseTo(4 * correlation, 12);
    expect(flat.sxx[3]).toBeCloseTo(4 * correlation, 12);
    const scale = Math.sqrt(moments.sxx.data[0]! / 4);
    expect([flat.sxy[0], flat.sxy[1]]).toEqual(near([0, 1].map((l) => moments.sxy.data[l]! / scale)));
    expect([flat.sxy[4], flat.sxy[5]]).toEqual([0, 0]);
    expect([...flat.meanX, ...flat.meanY]).toEqual([0, 0, 0, ...moments.meanY]);
  });
});

describe("alphaOf and inDataUnits", () => {
  it("alphaOf is λWk/2", () => {
    expect(alphaOf(3, systemOf(moments, { standardize: false, intercept: true }).flat)).toBe(12);
  });

  it("inDataUnits divides weights by the scale and moves the bias, and keeps what it was given", () => {
    const system = systemOf(moments, { standardize: true, intercept: true });
    const given = { w: Float64Array.of(1, 2, 3, 4, 0, 0), b: Float64Array.of(5, 6) };
    const { w, b } = inDataUnits(system, given);
    const [s, t] = system.scaler!.scale;
    expect([...w]).toEqual(near([1 / s!, 2 / s!, 3 / t!, 4 / t!, 0, 0]));
    expect([...b]).toEqual(near([5 - 4.5 / s! - 9 / t!, 6 - 9 / s! - 12 / t!]));
    expect([[...given.w], [...given.b]]).toEqual([[1, 2, 3, 4, 0, 0], [5, 6]]); // biome-ignore format: two arrays
  });
});
