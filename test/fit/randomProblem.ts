/** Small problems of every awkward kind that a table may hold, and how many digits of their solution are right. */
import fc from "fast-check";
import { Dataset } from "../../src/data/dataset.js";
import type { Solution } from "../../src/fit/solution.js";
import type { Coordinates } from "../../src/fit/system.js";
import { spread } from "../numbers/exact.js";
import { type RationalRidge, rightDigits, toNumber } from "./rational.js";

export interface RandomProblem {
  data: Dataset;
  lambda: number;
  coordinates: Coordinates;
}

type Column = (numbers: () => number, before: readonly number[][], m: number) => number[];

/** About normal, of full 53 bits. */
const bell = (numbers: () => number) => numbers() + numbers() + numbers() + numbers() - 2;

const fill = (m: number, value: () => number) => Array.from({ length: m }, value);

const COLUMNS: Record<string, Column> = {
  whole: (u, _, m) => fill(m, () => Math.floor(20 * u()) - 8),
  plain: (u, _, m) => fill(m, () => bell(u)),
  binary: (u, _, m) => fill(m, () => (u() < 0.5 ? 0 : 1)),
  far: (u, _, m) => {
    const offset = 10 ** Math.floor(9 * u() + 1);
    return fill(m, () => offset + bell(u));
  },
  units: (u, _, m) => {
    const factor = 10 ** Math.floor(24 * u() - 12);
    return fill(m, () => factor * bell(u));
  },
  near: (u, before, m) => {
    const [first] = before;
    if (first === undefined) return fill(m, () => bell(u));
    const most = Math.max(...first.map(Math.abs), 1e-3);
    const distance = most * 10 ** -Math.floor(8 * u() + 1);
    return first.map((x) => x + distance * bell(u));
  },
  copy: (u, before, m) => before[0]?.map((x) => -2 * x) ?? fill(m, () => bell(u)),
  constant: (u, _, m) => new Array<number>(m).fill([1, 0, 0.1, 2.9, 1e8 / 3][Math.floor(5 * u())]!),
  narrow: (u, _, m) => fill(m, () => 3.7 * (1 + 2 ** -52 * Math.floor(4 * u()))),
};

const TARGETS: Record<string, (u: number, sum: number) => number> = {
  noisy: (u, sum) => sum + u,
  nearlyExact: (u, sum) => sum + 1e-9 * u,
  whole: (u) => Math.floor(9 * u),
  constant: () => 3.7,
  far: (u) => 1e12 + u,
};

const WEIGHTS: Record<string, (u: number) => number> = {
  whole: (u) => 1 + Math.floor(4 * u),
  withZeros: (u) => Math.ceil(3 * u - 1),
  fractions: (u) => u,
  large: (u) => 1e12 * u,
  tiny: (u) => 1e-12 * u,
};

/** @param columns which kinds; all by default. @param more how many rows there are beyond the features */
export function randomProblem({
  columns = Object.keys(COLUMNS),
  lambdas = [0, 1e-14, 1e-6, 0.01, 1, 1e3],
  rows = [-1, 12],
  weighted = true,
} = {}): fc.Arbitrary<RandomProblem> {
  return fc
    .record({
      kinds: fc.array(fc.constantFrom(...columns), { minLength: 1, maxLength: 4 }),
      target: fc.constantFrom(...Object.keys(TARGETS)),
      weights: fc.constantFrom("none", ...(weighted ? Object.keys(WEIGHTS) : [])),
      more: fc.integer({ min: rows[0]!, max: rows[1]! }),
      k: fc.integer({ min: 1, max: 2 }),
      lambda: fc.constantFrom(...lambdas),
      standardize: fc.boolean(),
      intercept: fc.boolean(),
      seed: fc.integer({ min: 1, max: 1e6 }),
    })
    .map(({ kinds, target, weights, more, k, lambda, standardize, intercept, seed }) => {
      const m = Math.max(2, kinds.length + more);
      const pool = spread(100 * (m + 10), seed);
      let at = 0;
      const numbers = () => pool[at++ % pool.length]!;
      const found: number[][] = [];
      for (const kind of kinds) found.push(COLUMNS[kind]!(numbers, found, m));
      const X = Array.from({ length: m }, (_, i) => found.map((column) => column[i]!));
      const Y = X.map((row) => {
        const sum = row.reduce((a, x) => a + x, 1);
        return fill(k, () => TARGETS[target]!(numbers(), sum));
      });
      const omega = weights === "none" ? null : X.map(() => WEIGHTS[weights]!(numbers()));
      if (omega !== null && !omega.some((weight) => weight > 0)) omega[0] = 1;
      return {
        data: new Dataset({ X, Y, ...(omega && { weights: omega }) }),
        lambda,
        coordinates: { standardize, intercept },
      };
    });
}

/** Shares of the largest |wⱼ|·max|xⱼ| below which a weight counts as 0. */
const NOTHING = 1e-38;

/** The digits of a target's weights and bias that are right, entry by entry. */
export function digitsOf({ w, b }: Solution, right: RationalRidge, { X, Y }: Dataset, l = 0): number {
  const [n, k] = [X.cols, Y.cols];
  const sizes = Array.from({ length: n }, (_, j) =>
    X.toArray().reduce((most, row) => Math.max(most, Math.abs(row[j]!)), 0),
  );
  const shares = right.w.map((value, j) => Math.abs(toNumber(value)) * sizes[j]!);
  const largest = Math.max(...shares, Math.abs(toNumber(right.b)));
  // an entry that is 0 counts beside the largest; of what is far below that, a 0 is right
  const digits = (value: number, exact: RationalRidge["b"], share: number, size: number) => {
    if (value === 0 && share <= NOTHING * largest) return 17;
    if (exact.numerator !== 0n) return rightDigits(value, exact);
    return value === 0 ? 17 : Math.min(17, -Math.log10((Math.abs(value) * size) / largest));
  };
  return Math.min(
    digits(b[l]!, right.b, Math.abs(toNumber(right.b)), 1),
    ...right.w.map((exact, j) => digits(w[j * k + l]!, exact, shares[j]!, sizes[j]!)),
  );
}
