import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LAMBDA_SYSTEMS } from "../../src/compare/lambdaSystems.js";
import {
  Dataset,
  type LambdaSystemName,
  Moments,
  makeRegression,
  ridge,
  translateLambda,
} from "../../src/index.js";

const NAMES = Object.keys(LAMBDA_SYSTEMS) as LambdaSystemName[];
const [m, n, k, batchSize] = [24, 3, 2, 8];
const { X, Y } = makeRegression({
  nSamples: m,
  nFeatures: n,
  nTargets: k,
  noise: 9,
  bias: 3,
  randomState: 14,
});
const lambda = 0.7;

/** The population standard deviation of output l. */
const spread = (l: number) => {
  const y = Array.from({ length: m }, (_, i) => Y.data[i * k + l]!);
  const mean = y.reduce((a, b) => a + b) / m;
  return Math.sqrt(y.reduce((a, b) => a + (b - mean) ** 2, 0) / m);
};

/** What every row adds to the gradient of Σr² by the weights of one output, and by its bias (last). */
function pull(w: number[], b: number, l: number, start = 0, stop = m): number[] {
  const sums = new Array(n + 1).fill(0);
  for (let i = start; i < stop; i++) {
    let r = b - Y.data[i * k + l]!;
    for (let j = 0; j < n; j++) r += X.data[i * n + j]! * w[j]!;
    for (let j = 0; j < n; j++) sums[j] += 2 * r * X.data[i * n + j]!;
    sums[n] += 2 * r;
  }
  return sums;
}

/**
 * The gradients as those systems' own documents and sources have them, written anew: data is the
 * gradient of Σr², c the system's number.
 */
const gradients: Record<
  LambdaSystemName,
  (data: number, w: number, c: number, rows: number, sd: number) => number
> = {
  ell2: (data, w, c, rows) => data / (rows * k) + c * w,
  pytorch: (data, w, c, rows) => data / (rows * k) + c * w,
  keras: (data, w, c, rows) => data / (rows * k) + 2 * c * w,
  tfjs: (data, w, c, rows) => data / (rows * k) + 2 * c * w,
  sklearn: (data, w, c) => data + 2 * c * w,
  "sklearn-sgd": (data, w, c, rows) => data / 2 / rows + c * w,
  statsmodels: (data, w, c, rows) => data / 2 / rows + c * w,
  // y/σ and λ/σ in its units, for β/σ: both sides times σ are these
  glmnet: (data, w, c, rows, sd) => sd * (data / sd / 2 / rows + (c / sd) * (w / sd)),
  spark: (data, w, c, rows, sd) => sd * (data / sd / 2 / rows + (c / sd) * (w / sd)),
  clickhouse: (data, w, c, rows) => data / rows + 2 * c * w,
  playground: (data, w, c, rows) => (data / 2 + c * w) / rows,
};

describe("translateLambda(value, {from, to})", () => {
  it.each(NAMES)("%s: its gradient vanishes at our solution", (to) => {
    const { w, b } = ridge(new Dataset({ X, Y }), { lambda });
    for (let l = 0; l < k; l++) {
      // with batches of all rows the Playground's B is m
      const c = translateLambda(lambda, {
        from: "ell2",
        to,
        rows: m,
        outputs: k,
        ySpread: spread(l),
        batchSize: m,
      });
      const column = Array.from({ length: n }, (_, j) => w.data[j * k + l]!);
      const sums = pull(column, b.data[l]!, l);
      const size = Math.max(...column.map((x) => Math.abs(gradients[to](0, x, c, m, spread(l)))));
      for (let j = 0; j < n; j++) {
        expect(Math.abs(gradients[to](sums[j]!, column[j]!, c, m, spread(l)))).toBeLessThan(1e-12 * size * m);
      }
      expect(Math.abs(gradients[to](sums[n]!, 0, c, m, spread(l)))).toBeLessThan(1e-12 * size * m);
    }
  });

  it.each(NAMES.filter((name) => LAMBDA_SYSTEMS[name].rate !== null))(
    "%s: a step on a batch at its rate is our step",
    (to) => {
      const lr = 0.05;
      const rates: Record<string, number> = { lr, "2·lr/k": (2 * lr) / k, "lr/k": lr / k };
      const rows = to === "sklearn-sgd" ? 1 : batchSize;
      const c = translateLambda(lambda, { from: "pytorch", to, outputs: k, batchSize: rows });
      const [w, b] = [[1.5, -2, 0.25], 0.5];
      const sums = pull(w, b, 1, 0, rows);
      for (let j = 0; j < n; j++) {
        const ours = lr * (sums[j]! / (rows * k) + lambda * w[j]!);
        const theirs = rates[LAMBDA_SYSTEMS[to].rate!]! * gradients[to](sums[j]!, w[j]!, c, rows, 1);
        expect(theirs / ours).toBeCloseTo(1, 13);
      }
    },
  );

  it("has the values of the issue's formulas", () => {
    const of = { from: "pytorch", rows: 100, outputs: 3, ySpread: 2, batchSize: 10 } as const;
    const values = Object.fromEntries(NAMES.map((to) => [to, translateLambda(0.01, { ...of, to })]));
    expect(values).toEqual({
      ell2: 0.01,
      pytorch: 0.01,
      keras: 0.005,
      tfjs: 0.005,
      sklearn: 1.5,
      "sklearn-sgd": 0.015,
      statsmodels: 0.015,
      glmnet: 0.03,
      spark: 0.03,
      clickhouse: 0.015,
      playground: 0.15,
    });
  });

  it("goes there and back", () => {
    const name = fc.constantFrom(...NAMES);
    const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    const whole = fc.integer({ min: 1, max: 1e6 });
    fc.assert(
      fc.property(
        positive,
        name,
        name,
        positive,
        whole,
        positive,
        whole,
        (value, from, to, rows, outputs, ySpread, batch) => {
          const quantities = { rows, outputs, ySpread, batchSize: batch };
          const there = translateLambda(value, { from, to, ...quantities });
          const back = translateLambda(there, { from: to, to: from, ...quantities });
          expect(Math.abs(back / value - 1)).toBeLessThan(2e-15);
        },
      ),
    );
  });

  it("needs only what does not cancel", () => {
    expect(translateLambda(1.5, { from: "sklearn", to: "clickhouse", rows: 100 })).toBe(0.015);
    expect(translateLambda(2, { from: "glmnet", to: "spark" })).toBe(2);
    for (const [to, missing] of [
      ["sklearn", "rows"],
      ["sklearn-sgd", "outputs"],
      ["glmnet", "outputs"],
    ] as const) {
      expect(() => translateLambda(1, { from: "ell2", to })).toThrow(
        expect.objectContaining({ code: "OPTION", data: { missing } }),
      );
    }
    expect(() => translateLambda(1, { from: "spark", to: "sklearn", rows: 5 })).toThrow(/the option ySpread/);
    expect(() => translateLambda(1, { from: "ell2", to: "playground", outputs: 1 })).toThrow(/batchSize/);
  });

  it.each([
    [Number.NaN, {}, "VALUE"],
    [-1, {}, "VALUE"],
    [1, { rows: 0 }, "VALUE"],
    [1, { rows: Number.NaN }, "VALUE"],
    [1, { outputs: 1.5 }, "VALUE"],
    [1, { ySpread: Number.POSITIVE_INFINITY }, "VALUE"],
    [1, { batchSize: 0 }, "VALUE"],
    [1, { row: 3 }, "OPTION"],
    [1, { to: "torch" }, "OPTION"],
    [1, { from: "constructor" }, "OPTION"],
  ])("refuses %j with %j: %s", (value, options, code) => {
    const given = { from: "ell2", to: "sklearn", rows: 1, outputs: 1, ...options } as never;
    expect(() => translateLambda(value, given)).toThrow(expect.objectContaining({ code }));
  });
});

describe("LAMBDA_SYSTEMS", () => {
  it("puts the number into every call, and says where nothing standardises", () => {
    for (const name of NAMES) {
      const { call, standardized } = LAMBDA_SYSTEMS[name];
      expect(call("0.125")).toContain("0.125");
      if (name === "playground") expect(standardized("0.125")).toBeNull();
      else expect(standardized("0.125")).toContain("0.125");
    }
  });

  it("means by ySpread what the moments hold", () => {
    const { syy } = Moments.of(new Dataset({ X, Y }));
    for (let l = 0; l < k; l++) {
      const sd = Math.sqrt(syy.data[l * k + l]! / m);
      expect(sd / spread(l)).toBeCloseTo(1, 13);
    }
  });
});

describe("translateLambda of a number whose translation no double holds", () => {
  it.each([
    [1e308, "sklearn", 1000],
    [5e-324, "keras", 100],
  ] as const)("%d to %s is refused", (value, to, rows) => {
    expect(() => translateLambda(value, { from: "ell2", to, rows, outputs: 1 })).toThrow(
      /a number that is between 5e-324 and 1.8e308 in/,
    );
    expect(translateLambda(0, { from: "ell2", to, rows, outputs: 1 })).toBe(0);
  });
});
