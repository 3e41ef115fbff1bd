import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { Moments } from "../../src/data/moments.js";
import { standardization, standardize } from "../../src/data/standardizer.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { NumPy } from "../../src/random/numpy.js";

/** Rows of n features and k targets around an offset. */
function draw(rows: number, n: number, k: number, offset: number, seed = 1): Dataset {
  const normals = (count: number, at: number) =>
    new NumPy([seed, at]).standardNormal(count).map((x) => x + offset);
  return new Dataset({
    X: new Matrix(rows, n, normals(rows * n, 1)),
    Y: new Matrix(rows, k, normals(rows * k, 2)),
  });
}

/** The largest difference of S between two moments, beside √(Sii·Sjj). */
function apart(a: Moments, b: Moments): number {
  const joint = ({ sxx, sxy, syy }: Moments) => {
    const [n, k] = [sxx.rows, syy.rows];
    const at = (i: number, j: number): number =>
      i >= n && j >= n
        ? syy.data[(i - n) * k + j - n]!
        : i < n && j < n
          ? sxx.data[i * n + j]!
          : sxy.data[Math.min(i, j) * k + Math.max(i, j) - n]!;
    return { p: n + k, at };
  };
  const [A, B] = [joint(a), joint(b)];
  let worst = 0;
  for (let i = 0; i < A.p; i++) {
    for (let j = 0; j < A.p; j++) {
      worst = Math.max(worst, Math.abs(A.at(i, j) - B.at(i, j)) / Math.sqrt(A.at(i, i) * A.at(j, j)));
    }
  }
  return worst;
}

describe("Moments.of", () => {
  it("counts rows and takes means and centred sums", () => {
    const moments = Moments.of(
      new Dataset({
        X: [
          [1, 2],
          [3, 6],
          [5, 4],
        ],
        Y: [[1], [2], [6]],
      }),
    );
    expect(moments.rows).toBe(3);
    expect(moments.weight).toBe(3);
    expect([...moments.meanX]).toEqual([3, 4]);
    expect([...moments.meanY]).toEqual([3]);
    expect(moments.sxx.toArray()).toEqual([
      [8, 4],
      [4, 8],
    ]);
    expect(moments.sxy.toArray()).toEqual([[10], [2]]);
    expect(moments.syy.toArray()).toEqual([[14]]);
  });

  it("takes no harm from an offset: the line through x = 1e8 + i is found to 1e-7", () => {
    const X = new Matrix(
      1000,
      1,
      Float64Array.from({ length: 1000 }, (_, i) => 1e8 + i),
    );
    const moments = Moments.of(
      new Dataset({
        X,
        Y: new Matrix(
          1000,
          1,
          X.data.map((x) => 3 * x + 7),
        ),
      }),
    );
    const slope = moments.sxy.data[0]! / moments.sxx.data[0]!;
    expect(Math.abs(slope - 3)).toBeLessThan(1e-7);
    expect(Math.abs(moments.meanY[0]! - slope * moments.meanX[0]! - 7)).toBeLessThan(1e-7);
  });

  it("agrees with sums taken exactly, over blocks, at offsets", () => {
    for (const rows of [1, 2, 1023, 1024, 1025, 5000]) {
      const dataset = draw(rows, 3, 2, 0);
      const shifted = new Dataset({ X: dataset.X.plus(2 ** 27), Y: dataset.Y.minus(2 ** 27) });
      const back = new Dataset({ X: shifted.X.minus(2 ** 27), Y: shifted.Y.plus(2 ** 27) });
      if (rows > 2) expect(apart(Moments.of(back), Moments.of(shifted))).toBeLessThan(1e-13);
    }
  });

  it("has zeros for no rows, and no spread for one", () => {
    const none = Moments.of(new Dataset({ X: new Matrix(0, 2), Y: new Matrix(0, 1) }));
    expect([none.rows, none.weight, ...none.sxx.data]).toEqual([0, 0, 0, 0, 0, 0]);
    const one = Moments.of(new Dataset({ X: [[5, 6]], Y: [[7]] }));
    expect([...one.meanX, ...one.meanY, ...one.sxx.data]).toEqual([5, 6, 7, 0, 0, 0, 0]);
    expect(JSON.stringify(none.add(one))).toBe(JSON.stringify(one));
    expect(JSON.stringify(one.add(none))).toBe(JSON.stringify(one));
  });

  it("counts whole weights as repeated rows", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 40 }), (weights) => {
        fc.pre(weights.filter((weight) => weight > 0).length > 2);
        const { X, Y } = draw(weights.length, 2, 1, 10);
        const weighted = Moments.of(new Dataset({ X, Y, weights }));
        const repeated = Moments.of(new Dataset({ X, Y }).take(weights.flatMap((w, i) => Array(w).fill(i))));
        expect(weighted.weight).toBe(repeated.weight);
        expect(apart(repeated, weighted)).toBeLessThan(1e-14);
        expect(weighted.meanX[0]).toBeCloseTo(repeated.meanX[0]!, 12);
      }),
    );
  });
});

/** W, means and S of whole numbers, in whole numbers: W·mean and W·S are exact. */
function exactly(columns: readonly number[][], weights: readonly number[]) {
  const big = columns.map((column) => column.map(BigInt));
  const w = weights.map(BigInt);
  const W = w.reduce((sum, x) => sum + x, 0n);
  const sum = (f: (i: number) => bigint) => w.reduce((total, x, i) => total + x * f(i), 0n);
  const sums = big.map((column) => sum((i) => column[i]!));
  return {
    mean: (i: number) => Number(sums[i]! / W) + Number(sums[i]! % W) / Number(W),
    s: (i: number, j: number) =>
      Number(W * sum((row) => big[i]![row]! * big[j]![row]!) - sums[i]! * sums[j]!) / Number(W),
  };
}

describe("Moments.of beside whole numbers added up exactly, at an offset of 1e9", () => {
  it.each([
    [5, false],
    [5, true],
    [255, false],
    [256, false],
    [300, true],
    [2500, false],
    [2500, true],
  ])("%i rows, weighted: %s: means to 1 ULP, S to 1e-13 of √(Sii·Sjj)", (rows, weighted) => {
    const random = new NumPy([rows, Number(weighted)]);
    const column = () => Array.from(random.randint(-1000, 1000, rows), (x) => x + 1e9);
    const columns = [column(), column(), column()];
    const weights = weighted ? Array.from(random.randint(0, 5, rows)) : columns[0]!.map(() => 1);
    const at = (row: number, from: number, to: number) =>
      columns.slice(from, to).map((values) => values[row]!);
    const moments = Moments.of(
      new Dataset({
        X: weights.map((_, row) => at(row, 0, 2)),
        Y: weights.map((_, row) => at(row, 2, 3)),
        ...(weighted ? { weights } : {}),
      }),
    );
    const exact = exactly(columns, weights);
    const means = [...moments.meanX, ...moments.meanY];
    for (const [i, mean] of means.entries()) expect(Math.abs(mean - exact.mean(i))).toBeLessThan(2.4e-7);
    const S = [
      [0, 0, moments.sxx.data[0]!],
      [0, 1, moments.sxx.data[1]!],
      [1, 0, moments.sxx.data[2]!],
      [1, 1, moments.sxx.data[3]!],
      [0, 2, moments.sxy.data[0]!],
      [1, 2, moments.sxy.data[1]!],
      [2, 2, moments.syy.data[0]!],
    ] as const;
    for (const [i, j, value] of S) {
      expect(Math.abs(value - exact.s(i, j)) / Math.sqrt(exact.s(i, i) * exact.s(j, j))).toBeLessThan(1e-13);
    }
  });
});

describe("Moments.ofBatches and Moments.merge", () => {
  it("ofBatches has the moments of each batch, the last one smaller", () => {
    const dataset = draw(10, 2, 1, 3);
    const batches = Moments.ofBatches(dataset, 4);
    expect(batches.map(({ rows }) => rows)).toEqual([4, 4, 2]);
    for (const [i, batch] of batches.entries()) {
      expect(JSON.stringify(batch)).toBe(
        JSON.stringify(Moments.of(dataset.slice(4 * i, Math.min(4 * i + 4, 10)))),
      );
    }
    for (const size of [0, 1.5, Number.NaN]) {
      expect(() => Moments.ofBatches(dataset, size)).toThrow(expect.objectContaining({ code: "VALUE" }));
    }
  });

  it("merge gives one part back as it is, and refuses none", () => {
    const one = Moments.of(draw(4, 2, 1, 0));
    expect(Moments.merge([one])).toBe(one);
    expect(() => Moments.merge([])).toThrow(expect.objectContaining({ code: "SHAPE" }));
  });

  it("merge of three parts merges the first two before", () => {
    const [a, b, c] = [1, 2, 3].map((seed) => Moments.of(draw(5, 2, 1, 1e6, seed))) as [
      Moments,
      Moments,
      Moments,
    ];
    expect(JSON.stringify(Moments.merge([a, b, c]))).toBe(JSON.stringify(a.add(b).add(c)));
  });
});

describe("Moments.add", () => {
  it("gives the same for any cut and any order, sorted rows too, at an offset of 1e8", () => {
    const dataset = draw(3000, 3, 2, 1e8);
    const whole = Moments.of(dataset);
    const order = Array.from({ length: 3000 }, (_, i) => i).sort(
      (a, b) => dataset.X.data[a * 3]! - dataset.X.data[b * 3]!,
    );
    const sorted = dataset.take(order);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 8 }),
        fc.boolean(),
        (cuts, backwards) => {
          const ends = [0, ...cuts.sort((a, b) => a - b), 3000];
          const parts = ends.slice(1).map((end, i) => Moments.of(sorted.slice(ends[i], end)));
          const sum = parts.reduce((total, part) => (backwards ? part.add(total) : total.add(part)));
          expect(sum.rows).toBe(3000);
          expect(apart(whole, sum)).toBeLessThan(1e-13);
          expect(apart(whole, Moments.merge(parts))).toBeLessThan(1e-13);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("refuses moments of other columns", () => {
    const other = new Dataset({ X: [[1, 2]], Y: [[1]], inputs: ["a", "b"] });
    expect(() => Moments.of(draw(3, 2, 1, 0)).add(Moments.of(other))).toThrow(
      expect.objectContaining({ code: "SHAPE" }),
    );
  });
});

describe("Moments.subtract", () => {
  it("takes rows out again, and says how many digits that cost", () => {
    const dataset = draw(2000, 3, 1, 1e6);
    const rest = Moments.of(dataset.slice(500));
    const { moments, digitsLost } = Moments.of(dataset).subtract(Moments.of(dataset.slice(0, 500)));
    expect(moments.rows).toBe(1500);
    expect(moments.weight).toBe(1500);
    for (const [j, mean] of rest.meanX.entries()) expect(moments.meanX[j]! / mean - 1).toBeCloseTo(0, 15);
    expect(moments.meanY[0]! / rest.meanY[0]! - 1).toBeCloseTo(0, 15);
    expect(apart(rest, moments)).toBeLessThan(1e-13);
    expect(digitsLost).toBeLessThan(1);
  });

  /** The rows (−x, −y) and (x, y): means 0, Sxx = 2x², Syy = 2y². */
  const pair = (x: number, y: number) => Moments.of(new Dataset({ X: [[-x], [x]], Y: [[-y], [y]] }));

  it("says how many decimal digits the worst column has lost", () => {
    // of Sxx = 2 + 18 there remain 2: a tenth; of Syy = 2 + 198 a hundredth
    expect(
      pair(1, 1)
        .add(pair(3, Math.sqrt(99)))
        .subtract(pair(3, Math.sqrt(99))).digitsLost,
    ).toBeCloseTo(2, 12);
    expect(pair(1, 1).add(pair(3, 1)).subtract(pair(3, 1)).digitsLost).toBeCloseTo(1, 12);
  });

  it("says that none are lost where a column is constant, or where nothing is taken out", () => {
    const [two, none] = [pair(1, 0), Moments.of(new Dataset({ X: new Matrix(0, 1), Y: new Matrix(0, 1) }))];
    const { moments, digitsLost } = two.subtract(none);
    expect(digitsLost).toBe(0);
    expect(JSON.stringify(moments)).toBe(JSON.stringify(two));
    expect(two.add(two).subtract(two).digitsLost).toBeCloseTo(Math.log10(2), 12);
  });

  it("leaves one row, which has no spread to lose digits of, and leaves none", () => {
    const dataset = draw(3, 1, 1, 0);
    const whole = Moments.of(dataset);
    const { moments: one, digitsLost } = whole.subtract(Moments.of(dataset.slice(0, 2)));
    expect([one.rows, one.weight, digitsLost]).toEqual([1, 1, 0]);
    expect(one.meanX[0]).toBeCloseTo(dataset.X.data[2]!, 14);
    const { moments: left } = whole.subtract(whole);
    expect([left.rows, left.weight, ...left.meanX, ...left.sxx.data]).toEqual([0, 0, 0, 0]);
  });

  it("takes out rows of weight 0, and counts them", () => {
    const { X, Y } = draw(4, 1, 1, 0);
    const whole = Moments.of(new Dataset({ X, Y, weights: [1, 2, 0, 0] }));
    const weightless = Moments.of(new Dataset({ X, Y, weights: [0, 0, 0, 0] }).slice(2, 4));
    const { moments } = whole.subtract(weightless);
    expect([moments.rows, moments.weight]).toEqual([2, 3]);
    expect(moments.sxx.data).toEqual(whole.sxx.data);
    expect([weightless.add(whole).rows, whole.add(weightless).rows]).toEqual([6, 6]);
  });

  it("refuses more rows of less weight", () => {
    const { X, Y } = draw(4, 1, 1, 0);
    const light = Moments.of(new Dataset({ X, Y, weights: [0.1, 0.1, 0.1, 0.1] }));
    const few = Moments.of(draw(3, 1, 1, 0));
    expect(() => few.subtract(light)).toThrow(expect.objectContaining({ code: "VALUE" }));
  });

  it("refuses as many rows of more weight", () => {
    const { X, Y } = draw(3, 1, 1, 0);
    const [light, heavy] = [1, 2].map((w) => Moments.of(new Dataset({ X, Y, weights: [w, w, w] })));
    expect(() => light!.subtract(heavy!)).toThrow(expect.objectContaining({ code: "VALUE" }));
  });

  it("refuses where fewer than six digits are left", () => {
    const [few, many] = [draw(3, 1, 1, 0), draw(3000, 1, 1, 0, 2)];
    const huge = new Dataset({ X: many.X.times(1e6), Y: many.Y });
    const whole = Moments.of(few).add(Moments.of(huge));
    expect(() => whole.subtract(Moments.of(huge))).toThrow(expect.objectContaining({ code: "DATA" }));
  });

  it("refuses to take out more rows than there are", () => {
    const moments = Moments.of(draw(3, 1, 1, 0));
    expect(() => moments.subtract(moments.add(moments))).toThrow(expect.objectContaining({ code: "VALUE" }));
  });
});

describe("Moments as JSON", () => {
  it("come back to the bit", () => {
    const moments = Moments.of(draw(1500, 3, 2, 1e8 / 3)).add(Moments.of(draw(7, 3, 2, 0)));
    const back = Moments.fromJSON(JSON.parse(JSON.stringify(moments)));
    expect(JSON.stringify(back)).toBe(JSON.stringify(moments));
    expect(back.sxx.data).toEqual(moments.sxx.data);
  });

  const three = JSON.parse(JSON.stringify(Moments.of(draw(3, 1, 1, 0))));

  it("come back where there are no rows", () => {
    const none = Moments.of(new Dataset({ X: new Matrix(0, 1), Y: new Matrix(0, 1) }));
    expect(Moments.fromJSON(JSON.parse(JSON.stringify(none))).rows).toBe(0);
  });

  it.each([
    ["nothing", null],
    ["another format", { format: "x", schema: 1 }],
    ["a wrong length", { ...three, mean: [1] }],
    ["a number that is none", { ...three, s: [1, 2, "3", 4] }],
    ["another format alone", { ...three, format: "x" }],
    ["another schema", { ...three, schema: 2 }],
    ["inputs that are no list", { ...three, inputs: "x" }],
    ["a name that is no text", { ...three, outputs: [1] }],
    ["one name too many", { ...three, inputs: ["a", "b"] }],
    ["half a row", { ...three, rows: 2.5 }],
    ["rows below 0", { ...three, rows: -1 }],
    ["a weight that is text", { ...three, weight: "3" }],
    ["means that are no list", { ...three, mean: "00" }],
    ["a negative weight", { ...three, weight: -1 }],
  ])("are refused with %s", (_, json) => {
    expect(() => Moments.fromJSON(json)).toThrow(expect.objectContaining({ code: "FORMAT" }));
  });
});

/** The sums of some rows about a centre, as a database gives them. */
function sumsAbout({ X, Y, weights }: Dataset, centre: Float64Array) {
  const [n, k] = [X.cols, Y.cols];
  const p = n + k;
  const sums = {
    rows: X.rows,
    weight: 0,
    centre,
    deviations: new Float64Array(p),
    products: new Float64Array(p * p),
  };
  for (let i = 0; i < X.rows; i++) {
    const w = weights?.[i] ?? 1;
    const d = centre.map((c, j) => (j < n ? X.data[i * n + j]! : Y.data[i * k + j - n]!) - c);
    sums.weight += w;
    for (let a = 0; a < p; a++) {
      sums.deviations[a]! += w * d[a]!;
      for (let b = a; b < p; b++) sums.products[a * p + b]! += w * d[a]! * d[b]!;
    }
  }
  return sums;
}

describe("Moments.fromSums", () => {
  it("gives the moments of the rows from sums about any centre near their means", () => {
    for (const offset of [0, 1e8]) {
      const plain = draw(500, 3, 2, offset);
      const rows = new Dataset({
        X: plain.X,
        Y: plain.Y,
        weights: Float64Array.from({ length: 500 }, (_, i) => i % 4),
      });
      const centre = Float64Array.from({ length: 5 }, (_, j) => offset + (j - 2) / 2);
      const moments = Moments.fromSums(rows, sumsAbout(rows, centre));
      const expected = Moments.of(rows);
      expect([moments.rows, moments.weight]).toEqual([500, expected.weight]);
      expect(apart(moments, expected)).toBeLessThan(1e-13);
      expect(moments.meanX[0]).toBeCloseTo(expected.meanX[0]!, offset === 0 ? 12 : 7);
      // the low parts of the means: merging loses nothing
      const more = draw(300, 3, 2, offset, 2);
      expect(apart(moments.add(Moments.of(more)), expected.add(Moments.of(more)))).toBeLessThan(1e-13);
    }
  });

  it("refuses other lengths, and sums that are not finite", () => {
    const rows = draw(5, 2, 1, 0);
    const sums = sumsAbout(rows, new Float64Array(3));
    expect(() => Moments.fromSums(rows, { ...sums, centre: new Float64Array(2) })).toThrow(/3, 3 and 9/);
    sums.products[1] = Number.POSITIVE_INFINITY;
    expect(() => Moments.fromSums(rows, sums)).toThrow(/not finite/);
  });
});

describe("moments.rescale", () => {
  it("gives the moments of (x − shift)/scale, 0 for an infinite scale", () => {
    const rows = draw(200, 3, 1, 1e6);
    const { mean, scale } = standardization(rows.X);
    const X = standardize(rows.X, { mean, scale, constant: [1] });
    const by = Moments.of(rows).rescale(mean, [scale[0]!, Number.POSITIVE_INFINITY, scale[2]!]);
    const expected = Moments.of(new Dataset({ X, Y: rows.Y }));
    for (const part of ["sxx", "sxy", "syy"] as const)
      for (const [i, value] of expected[part].data.entries()) expect(by[part].data[i]).toBeCloseTo(value, 8);
    for (const [j, value] of expected.meanX.entries()) expect(by.meanX[j]).toBeCloseTo(value, 12);
    expect(by.meanY).toEqual(Moments.of(rows).meanY);
  });
});
