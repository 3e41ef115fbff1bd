/** Inputs on which a first version printed wrong numbers, each with two of its kind, and what is right. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { powers } from "../exact/families.js";
import type { ExactProblem } from "../exact/ridge.js";
import { spread } from "../numbers/exact.js";

/** A table, and how it is fitted. */
export interface Case {
  name: string;
  inputs: string[];
  outputs: string[];
  problem: ExactProblem;
  /** What must be said of it. */
  warns?: RegExp;
}

type Options = Partial<Pick<ExactProblem, "lambda" | "standardize" | "intercept" | "weightKind">> & {
  weight?: string;
  warns?: RegExp;
};

const PLAIN = { lambda: 0, standardize: true, intercept: true };

/** A file beside this one; every column but y and the weight is a feature. */
function file(name: string, { weight, warns, ...options }: Options = {}): Case {
  const text = readFileSync(join(import.meta.dirname, `${name}.csv`), "utf8");
  const [header, ...rows] = text
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const inputs = header!.filter((column) => column !== "y" && column !== weight);
  const column = (which: string) => rows.map((row) => Number(row[header!.indexOf(which)]));
  const columns = inputs.map(column);
  return {
    name,
    inputs,
    outputs: ["y"],
    problem: {
      X: rows.map((_, i) => columns.map((values) => values[i]!)),
      Y: column("y").map((y) => [y]),
      ...(weight && { weights: column(weight) }),
      ...PLAIN,
      ...options,
    },
    ...(warns && { warns }),
  };
}

/** Uniform numbers over (−1, 1): noise(i, j) is always the same one. */
function noise(seed: number) {
  const values = spread(64 * 8, seed).map((x) => 2 * x - 1);
  return (i: number, j: number) => values[8 * i + j]!;
}

/** A table that is made: m rows of features and targets. */
function made(
  name: string,
  m: number,
  row: (i: number, noise: (j: number) => number) => { x: number[]; y: number[]; weight?: number },
  { warns, weight: _, ...options }: Options = {},
): Case {
  const random = noise(name.length + m);
  const rows = Array.from({ length: m }, (_row, i) => row(i, (j) => random(i, j)));
  const weights = rows.flatMap(({ weight }) => weight ?? []);
  return {
    name,
    inputs: rows[0]!.x.map((_x, j) => `x${j + 1}`),
    outputs: rows[0]!.y.map((_y, l) => (l === 0 ? "y" : `y${l + 1}`)),
    problem: {
      X: rows.map(({ x }) => x),
      Y: rows.map(({ y }) => y),
      ...(weights.length > 0 && { weights }),
      ...PLAIN,
      ...options,
    },
    ...(warns && { warns }),
  };
}

/** Numbers at the ends of what a float64 holds: right, or refused in words. */
export const extremes: Case[] = [
  made("a target of ±1.7e308", 12, (i, u) => ({ x: [u(0)], y: [i % 2 === 0 ? 1.7e308 : -1.7e308] })),
  made("a target of 1e155", 12, (_, u) => ({ x: [u(0)], y: [1e155 * (u(0) + 0.1 * u(1))] })),
  made("features of 1e155", 12, (_, u) => ({ x: [1e155 * u(0), u(1)], y: [u(0) + 0.1 * u(2)] })),
  made("features of 1e-300", 12, (_, u) => ({ x: [1e-300 * u(0)], y: [u(0) + 0.1 * u(1)] })),
  made("a target of 1e-300", 12, (_, u) => ({ x: [u(0)], y: [1e-300 * (u(0) + 0.1 * u(1))] })),
  made(
    "precisions of 1e-320",
    12,
    (i, u) => ({ x: [u(0)], y: [u(0) + 0.1 * u(1)], weight: (1 + (i % 3)) * 1e-320 }),
    {
      weightKind: "precision",
    },
  ),
  made(
    "precisions of 1e300",
    12,
    (i, u) => ({ x: [u(0)], y: [u(0) + 0.1 * u(1)], weight: (1 + (i % 3)) * 1e300 }),
    {
      weightKind: "precision",
    },
  ),
  made("a duplicated column at λ = 1e-300", 12, (_, u) => ({ x: [u(0), u(0)], y: [u(0) + 0.1 * u(1)] }), {
    lambda: 1e-300,
  }),
  made("a duplicated column at λ = 1e-30", 12, (_, u) => ({ x: [u(0), 3 * u(0)], y: [u(0) + 0.1 * u(1)] }), {
    lambda: 1e-30,
    standardize: false,
  }),
];

/** The same table without standardising. */
const raw = (of: Case): Case => ({
  ...of,
  name: `${of.name}, not standardised`,
  problem: { ...of.problem, standardize: false },
});

const PERFECT = /perfect/i;
const precision = { weightKind: "precision" } as const;

const celsius = file("celsius", { warns: PERFECT });
const quintic = file("quintic");
const far = file("far_from_zero");
const precise = file("precision_weights", { weight: "w", ...precision });

/** Perfect fits and nearly perfect ones: standard errors of rounding must not be NaN, and small ones must be right. */
const perfect = [
  celsius,
  made("kelvin", 9, (i) => ({ x: [37.5 * i - 40 + 273.15], y: [1.8 * (37.5 * i - 40 + 273.15) - 459.67] }), {
    warns: PERFECT,
  }),
  made("whole numbers on a line", 7, (i) => ({ x: [i, i * i], y: [2 * i - 3 * i * i + 7] }), {
    warns: PERFECT,
  }),
  file("near_perfect"),
  file("near_perfect2"),
  made("noise of 1e-7 far from 0", 14, (i, u) => ({
    x: [2000 + i, u(1)],
    y: [2 * i - 3 * u(1) + 1 + 1e-7 * u(2)],
  })),
  made(
    "noise of 1e-9 with precisions",
    16,
    (_, u) => ({
      x: [u(0), 10 * u(1)],
      y: [2 * u(0) - u(1) + 1e-9 * u(2)],
      weight: 2 + u(3),
    }),
    precision,
  ),
];

/** Columns that are nearly dependent, and still of full rank. */
const collinear = [
  file("near_collinear"),
  made("a near-duplicate among three", 18, (_, u) => ({
    x: [u(0), u(1), u(0) + 2e-7 * u(2)],
    y: [u(0) + u(1) + 0.1 * u(3)],
  })),
  made("nearly a sum of two columns", 18, (_, u) => ({
    x: [u(0), u(1), u(0) + u(1) + 1e-7 * u(2)],
    y: [u(0) - u(1) + 0.1 * u(3)],
  })),
  file("full_rank"),
  raw(file("full_rank")),
  made("a near-duplicate at 3e-9", 15, (_, u) => ({
    x: [u(0), u(0) + 3e-9 * u(1)],
    y: [2 * u(0) + 0.1 * u(2)],
  })),
  made("a near-duplicate far from 0", 15, (_, u) => ({
    x: [50 + u(0), 50 + u(0) + 1e-8 * u(1)],
    y: [2 * u(0) + 0.1 * u(2)],
  })),
  file("digits"),
  raw(file("digits")),
  made("a near-duplicate at 1e-11, in other units", 15, (_, u) => ({
    x: [u(0), 1000 * (u(0) + 1e-11 * u(1))],
    y: [2 * u(0) + 0.1 * u(2)],
  })),
  made("nearly a difference, at 1e-11", 20, (_, u) => ({
    x: [u(0), u(1), u(0) - u(1) + 1e-11 * u(2)],
    y: [u(0) + 0.1 * u(3)],
  })),
];

/** Constant features: no weight, no error, no t value, whatever λ and the row weights. */
const constants = [
  file("constant_t", { warns: /constant/ }),
  { ...file("constant_t", { lambda: 0.01, warns: /constant/ }), name: "constant_t, λ 0.01" },
  made("a constant of 0.1", 21, (_, u) => ({ x: [u(0), 0.1], y: [u(0) + u(1)] }), {
    lambda: 1,
    warns: /constant/,
  }),
  made(
    "a constant of 1e9 + 0.3 with frequencies",
    19,
    (i, u) => ({
      x: [1e9 + 0.3, u(0)],
      y: [u(0) + u(1)],
      weight: 1 + (i % 3),
    }),
    { warns: /constant/ },
  ),
  file("constant_weighted", { weight: "w", warns: /constant/ }),
  made(
    "a constant of 0.7 with weights of thirds",
    25,
    (i, u) => ({
      x: [u(0), 0.7],
      y: [u(0) + u(1)],
      weight: (1 + (i % 4)) / 3,
    }),
    { warns: /constant/ },
  ),
  made(
    "a constant of -123.456 with precisions",
    17,
    (_, u) => ({
      x: [-123.456, u(0)],
      y: [u(0) + u(1)],
      weight: 1e6 * (2 + u(2)),
    }),
    { ...precision, warns: /constant/ },
  ),
];

/** Targets of which there is nothing to explain. */
const constantTargets = [
  file("constant_target", { warns: /constant/ }),
  made("a target of 0.1, weighted", 23, (_, u) => ({ x: [u(0), u(1)], y: [0.1], weight: 2 + u(2) }), {
    warns: /constant/,
  }),
  made("a constant target beside another", 20, (_, u) => ({ x: [u(0)], y: [u(0) + u(1), 1e15 / 7] }), {
    warns: /constant/,
  }),
];

/** Columns and row weights in units far from 1. */
const units = [
  file("tiny_units"),
  made("units of 1e-155 beside ordinary ones", 12, (_, u) => ({
    x: [1e-155 * u(0), u(1)],
    y: [u(0) + u(1) + 0.1 * u(2)],
  })),
  made("a target in units of 1e-150", 12, (_, u) => ({
    x: [u(0), u(1)],
    y: [1e-150 * (u(0) + u(1) + 0.1 * u(2))],
  })),
  raw(file("units")),
  raw(
    made("units of 1e-8 and 1e9", 14, (_, u) => ({
      x: [1e-8 * (3 + u(0)), 1e9 * (2 + u(1))],
      y: [u(0) - u(1) + 0.1 * u(2)],
    })),
  ),
  raw(
    made("three units over 1e20", 16, (_, u) => ({
      x: [1e-10 * u(0), u(1), 1e10 * u(2)],
      y: [u(0) - u(1) + u(2) + 0.1 * u(3)],
    })),
  ),
  precise,
  raw(precise),
  made(
    "precisions of about 1e-11",
    15,
    (i, u) => ({ x: [1990 + i], y: [i + 0.1 * u(0)], weight: 1e-11 * (2 + u(1)) }),
    precision,
  ),
  made(
    "precisions of about 1e13",
    15,
    (_, u) => ({ x: [u(2), 5 + u(3)], y: [u(2) + 0.1 * u(0)], weight: 1e13 * (2 + u(1)) }),
    precision,
  ),
];

/** Columns far from 0, that a rounding of the moments would take for constant. */
const offsets = [
  far,
  raw(far),
  made("1e12 ± 1", 50, (_, u) => ({ x: [1e12 + u(0)], y: [3 * u(0) + 0.1 * u(1)] })),
  raw(
    made("microseconds within 0.3 s", 60, (_, u) => ({
      x: [1.76e15 + Math.round(1.5e5 * u(0))],
      y: [3 * u(0) + 0.1 * u(1)],
    })),
  ),
];

/** Polynomials: badly conditioned, and every coefficient counts. */
const polynomials = [
  quintic,
  raw(quintic),
  made("a sextic of even numbers", 20, (i, u) => ({
    x: powers(2 * i, 6),
    y: [powers(2 * i, 6).reduce((a, b) => a + b, u(0))],
  })),
  raw(
    made("a cubic of years", 30, (i, u) => ({
      x: powers(1990 + i, 3),
      y: [(i - 10) * (i - 10) * (i - 10) + u(0)],
    })),
  ),
];

/** In groups, so that a failure says of which kind it is. */
export const kinds: Record<string, Case[]> = {
  "a perfect or nearly perfect fit": perfect,
  "nearly dependent columns": collinear,
  "a constant feature": constants,
  "a constant target": constantTargets,
  "units far from 1": units,
  "columns far from 0": offsets,
  "a polynomial": polynomials,
};
