/** The problems on which the digits of the library are counted: small, so that they can be solved exactly, and hard. */
import { spread } from "../numbers/exact.js";
import type { ExactProblem } from "./ridge.js";

/** Rows without a λ; at λ > 0 there may be other columns. */
export type Rows = Pick<ExactProblem, "X" | "Y" | "weights" | "weightKind"> & { penalised?: number[][] };

export interface Family {
  name: string;
  rows: Rows[];
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** `count` numbers over (−1, 1), always the same ones. */
const noise = (count: number, seed: number) => spread(count, seed).map((x) => 2 * x - 1);

/** x, x², …, each the product of the one before and x. */
export function powers(x: number, degree: number): number[] {
  const all = [x];
  while (all.length < degree) all.push(all.at(-1)! * x);
  return all;
}

/** y = 1 + x + … + x^degree and a noise of some size, on 21 points. */
function polynomial(degree: number, step: number): Rows {
  const errors = noise(21, degree);
  const X = range(21).map((i) => powers(i * step, degree));
  const total = (row: readonly number[]) => row.reduce((sum, x) => sum + x, 1);
  return { X, Y: X.map((row, i) => [total(row) + 0.1 * errors[i]!]) };
}

/** x, x + ε·noise, and a third column. */
function duplicates(epsilon: number): Rows {
  const [m, random] = [24, noise(4 * 24, 5)];
  const at = (i: number) => random.slice(4 * i, 4 * i + 4) as [number, number, number, number];
  return {
    X: range(m).map((i) => [at(i)[0], at(i)[0] + epsilon * at(i)[1], at(i)[2]]),
    Y: range(m).map((i) => [at(i)[0] + 2 * at(i)[2] + 0.1 * at(i)[3]]),
  };
}

/** Three ordinary columns, moved and stretched, and two targets. */
function linear(options: {
  offset?: number;
  units?: number[];
  size?: number;
  m?: number;
  offsetY?: number;
}): Rows {
  const { offset = 0, units = [1, 1, 1], size = 0.1, m = 20, offsetY = 0 } = options;
  const random = noise(5 * m, 11);
  const at = (i: number) => random.slice(5 * i, 5 * i + 5);
  return {
    X: range(m).map((i) => units.map((unit, j) => unit * (offset * (1 + j / 4) + at(i)[j]!))),
    Y: range(m).map((i) => {
      const [a, b, c, first, second] = at(i) as [number, number, number, number, number];
      return [offsetY + 1 + 2 * a - 3 * b + 0.5 * c + size * first, offsetY - a + 0.25 * c + size * second];
    }),
  };
}

/** Fractions between 0.2 and 3.2, times a scale. */
const rowWeights = (m: number, scale = 1) => spread(m, 3).map((x) => scale * (0.2 + 3 * x));

/** Two text columns of three and five levels as 0 and 1, and a number; without a penalty the first level of each is left out. */
function categories(m: number, offset: number): Rows {
  const random = noise(2 * m, 17);
  const levels = (i: number) => [(i * i + (i % 7)) % 3, (3 * i + (i % 4)) % 5] as const;
  const hot = (level: number, count: number, from: number) =>
    range(count)
      .slice(from)
      .map((l) => (l === level ? 1 : 0));
  const row = (i: number, from: number) => [
    ...hot(levels(i)[0], 3, from),
    ...hot(levels(i)[1], 5, from),
    offset + random[2 * i]!,
  ];
  return {
    X: range(m).map((i) => row(i, 1)),
    penalised: range(m).map((i) => row(i, 0)),
    Y: range(m).map((i) => [levels(i)[0] - levels(i)[1] / 3 + random[2 * i]! + 0.2 * random[2 * i + 1]!]),
  };
}

/** At least as many columns as rows, and two targets. */
function wide(m: number, n: number, { offset = 0, unit = 1 }): Rows {
  const random = noise(m * (n + 2), n);
  const at = (i: number) => random.slice(i * (n + 2), (i + 1) * (n + 2));
  return {
    X: range(m).map((i) => range(n).map((j) => (offset + at(i)[j]!) * [1, unit, unit * unit][j % 3]!)),
    Y: range(m).map((i) => [at(i)[n]!, at(i)[n + 1]! + 3]),
  };
}

const degrees = range(10).map((d) => d + 1);
const powersOfTen = (...exponents: number[]) => exponents.map((e) => Number(`1e${e}`));

export const families: Family[] = [
  { name: "polynomials of degree 1 to 10 on 0, 1, …, 20", rows: degrees.map((d) => polynomial(d, 1)) },
  { name: "polynomials of degree 1 to 10 on [0, 1]", rows: degrees.map((d) => polynomial(d, 1 / 20)) },
  { name: "near-duplicates at 1e-4 to 1e-8", rows: powersOfTen(-4, -5, -6, -7, -8).map(duplicates) },
  { name: "near-duplicates at 1e-9 to 1e-13", rows: powersOfTen(-9, -10, -11, -12, -13).map(duplicates) },
  {
    name: "offsets of 1e3 to 1e9",
    rows: powersOfTen(3, 6, 9).flatMap((offset) => [linear({ offset }), linear({ offset, offsetY: offset })]),
  },
  {
    name: "units that spread over 1e12",
    rows: [
      linear({ units: [1e-6, 1, 1e6] }),
      linear({ units: [1e6, 1e-6, 1], offset: 30 }),
      linear({ units: [1, 1e12, 3] }),
    ],
  },
  {
    name: "row weights scaled by 1e-12 to 1e12",
    rows: powersOfTen(-12, -6, 0, 6, 12).flatMap((scale) => {
      const rows = { ...linear({ offset: 3 }), weights: rowWeights(20, scale) };
      const precision = { ...rows, weightKind: "precision" as const };
      return scale < 1 ? [precision] : [precision, { ...rows, weightKind: "frequency" as const }];
    }),
  },
  {
    name: "noise of 1e-2 to 1e-12",
    rows: powersOfTen(-2, -4, -6, -8, -10, -12).map((size) => linear({ size })),
  },
  { name: "categories", rows: [categories(36, 0), categories(45, 1000)] },
  {
    name: "more columns than rows",
    rows: [
      wide(8, 12, {}),
      wide(8, 8, { offset: 100 }),
      wide(9, 11, { unit: 1e-4 }),
      wide(6, 14, { offset: 1e6 }),
    ],
  },
];

/**
 * Every way in which rows are fitted: standardised or not, weighted or not, with a bias or without, three λ (two where
 * λ = 0 leaves the weights open).
 */
export function waysOf(rows: Rows): ExactProblem[] {
  const { penalised, ...plain } = rows;
  const weighted: Rows = { ...plain, weights: rowWeights(rows.X.length), weightKind: "precision" };
  const both = rows.weights ? [plain] : [plain, weighted];
  const lambdas = rows.X.length > rows.X[0]!.length ? [0, 1e-10, 0.1] : [1e-10, 0.1];
  return both.flatMap((given) =>
    lambdas.flatMap((lambda) =>
      [true, false].flatMap((standardize) =>
        [true, false].map((intercept) => ({
          ...given,
          X: lambda > 0 && penalised ? penalised : given.X,
          lambda,
          standardize,
          intercept,
        })),
      ),
    ),
  );
}
