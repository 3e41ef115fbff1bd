import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { type RowFit, rowStatistics } from "../../src/fit/rowStatistics.js";
import type { WeightKind } from "../../src/fit/weightKind.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { NumPy } from "../../src/random/numpy.js";

/** A row as so many observations, each with so much weight: ω of weight 1, or for precisions one of weight ω. */
function rowWeights({ weights }: Dataset, kind: WeightKind) {
  const omega = (i: number) => weights?.[i] ?? 1;
  const one = () => 1;
  return kind === "frequency" ? { count: omega, size: one } : { count: one, size: omega };
}

const random = new NumPy(7);
const normal = (rows: number, cols: number) => new Matrix(rows, cols, random.normal(0, 1, rows * cols));
const ALL = { leverage: true, studentized: true, cooksDistance: true, hc3: true };

/** Gauss-Jordan with pivots: A⁻¹. */
function inverse(A: number[][]): number[][] {
  const n = A.length;
  const work = A.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let c = 0; c < n; c++) {
    let best = c;
    for (let i = c; i < n; i++) if (Math.abs(work[i]![c]!) > Math.abs(work[best]![c]!)) best = i;
    [work[c], work[best]] = [work[best]!, work[c]!];
    const pivot = work[c]![c]!;
    work[c] = work[c]!.map((x) => x / pivot);
    for (let i = 0; i < n; i++) {
      const factor = work[i]![c]!;
      if (i !== c) work[i] = work[i]!.map((x, j) => x - factor * work[c]![j]!);
    }
  }
  return work.map((row) => row.slice(n));
}

/** The inverse of the Cholesky factor of a positive definite matrix, row by row. */
function inverseFactor(S: number[][]): Matrix {
  const n = S.length;
  const L = S.map(() => new Array<number>(n).fill(0));
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const rest = S[i]![j]! - L[i]!.slice(0, j).reduce((sum, x, c) => sum + x * L[j]![c]!, 0);
      L[i]![j] = i === j ? Math.sqrt(rest) : rest / L[j]![j]!;
    }
  return Matrix.from(inverse(L));
}

interface Case {
  m: number;
  n: number;
  alphas: number[];
  weights?: Float64Array;
  weightKind?: WeightKind;
  intercept?: boolean;
}

/** Rows, ridge regressions of their targets by the textbook, and those as `rowStatistics` takes them. */
function make({ m, n, alphas, weights, weightKind = "frequency", intercept = true }: Case) {
  const k = alphas.length;
  const X = normal(m, n).plus(3);
  const Y = X.matmul(normal(n, k)).plus(normal(m, k)).plus(1);
  const data = new Dataset({ X, Y, ...(weights ? { weights } : {}) });
  const omega = (i: number) => weights?.[i] ?? 1;
  const W = Array.from({ length: m }, (_, i) => omega(i)).reduce((a, b) => a + b, 0);
  const mean = (A: Matrix, j: number) =>
    intercept ? A.toArray().reduce((sum, row, i) => sum + omega(i) * row[j]!, 0) / W : 0;
  const center = Float64Array.from({ length: n }, (_, j) => mean(X, j));
  const meanY = Array.from({ length: k }, (_, l) => mean(Y, l));
  const rows = X.toArray().map((row) => row.map((x, j) => x - center[j]!));
  const S = Array.from({ length: n }, (_, j) =>
    Array.from({ length: n }, (_, l) => rows.reduce((sum, row, i) => sum + omega(i) * row[j]! * row[l]!, 0)),
  );
  const penalised = (alpha: number) => S.map((row, i) => row.map((s, j) => s + (i === j ? alpha : 0)));
  const inverses = alphas.map((alpha) => inverse(penalised(alpha)));
  const factorOf = new Map(alphas.map((alpha) => [alpha, inverseFactor(penalised(alpha))]));
  const w = new Float64Array(n * k);
  const b = new Float64Array(k);
  for (let l = 0; l < k; l++) {
    const xy = Array.from({ length: n }, (_, j) =>
      rows.reduce((sum, row, i) => sum + omega(i) * row[j]! * (Y.data[i * k + l]! - meanY[l]!), 0),
    );
    for (let j = 0; j < n; j++) w[j * k + l] = inverses[l]![j]!.reduce((sum, x, at) => sum + x * xy[at]!, 0);
    b[l] = meanY[l]! - center.reduce((sum, c, j) => sum + c * w[j * k + l]!, 0);
  }
  const counted = weightKind === "frequency" ? W : (weights?.filter((x) => x > 0).length ?? m);
  const parameters = alphas.map(
    (_, l) =>
      inverses[l]!.reduce((sum, row, i) => sum + row.reduce((t, x, j) => t + x * S[j]![i]!, 0), 0) +
      (intercept ? 1 : 0),
  );
  const fit: RowFit = {
    w,
    b,
    center,
    base: intercept ? 1 / W : 0,
    factors: alphas.map((alpha) => factorOf.get(alpha)!),
    parameters,
    degrees: parameters.map((used) => counted - used),
    weightKind,
  };
  return { data, fit, rows, inverses };
}

/** The same by the definitions, a row at a time. */
function byDefinition({ data, fit, rows, inverses }: ReturnType<typeof make>) {
  const { Y, weights } = data;
  const [m, n, k] = [data.rows, data.inputs.length, Y.cols];
  const { count, size } = rowWeights(data, fit.weightKind);
  const residual = Y.minus(data.X.matmul(new Matrix(n, k, fit.w)).plus(new Matrix(1, k, fit.b)));
  const [leverage, studentized, cooksDistance, hc3] = [
    new Matrix(m, k),
    new Matrix(m, k),
    new Matrix(m, k),
    new Matrix(n, k),
  ];
  const [squares, absolute] = [new Array<number>(k).fill(0), new Array<number>(k).fill(0)];
  for (let l = 0; l < k; l++) {
    for (let i = 0; i < m; i++) {
      const r = residual.data[i * k + l]!;
      squares[l]! += (weights?.[i] ?? 1) * r * r;
      absolute[l]! += (weights?.[i] ?? 1) * Math.abs(r);
    }
    const variance = squares[l]! / fit.degrees[l]!;
    for (let i = 0; i < m; i++) {
      const p = inverses[l]!.map((row) => row.reduce((sum, x, j) => sum + x * rows[i]![j]!, 0));
      const h = size(i) * (fit.base + p.reduce((sum, x, j) => sum + x * rows[i]![j]!, 0));
      const e = Math.sqrt(size(i)) * residual.data[i * k + l]!;
      const counts = count(i) * size(i) > 0;
      const t = e / Math.sqrt(variance * (counts ? 1 - h : 1 + h));
      leverage.data[i * k + l] = h;
      studentized.data[i * k + l] = t;
      cooksDistance.data[i * k + l] = counts ? (t * t * h) / ((1 - h) * fit.parameters[l]!) : 0;
      for (let j = 0; j < n && counts; j++)
        hc3.data[j * k + l]! += count(i) * size(i) * p[j]! * p[j]! * (e / (1 - h)) ** 2;
    }
  }
  const most = Array.from({ length: m }, (_, i) =>
    Math.max(...cooksDistance.data.subarray(i * k, (i + 1) * k)),
  );
  const influential = Array.from(most.keys())
    .filter((i) => most[i]! > 0)
    .sort((a, b) => most[b]! - most[a]!)
    .slice(0, 10);
  return { squares, absolute, leverage, studentized, cooksDistance, hc3, influential };
}

function close(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-9): void {
  expect(found.length).toBe(expected.length);
  const largest = Array.from(expected, Math.abs).reduce((a, b) => Math.max(a, b), 0);
  for (let i = 0; i < found.length; i++)
    expect(Math.abs(found[i]! - expected[i]!), `entry ${i}`).toBeLessThanOrEqual(tolerance * largest);
}

const weightsOf = (m: number) => Float64Array.from({ length: m }, (_, i) => i % 4);
const cases: [string, Case][] = [
  ["fewer rows than a block", { m: 30, n: 3, alphas: [0] }],
  ["one block exactly", { m: 256, n: 3, alphas: [0] }],
  ["one row more than a block", { m: 257, n: 3, alphas: [0.5] }],
  ["several blocks and several α, two of them alike", { m: 700, n: 5, alphas: [0, 20, 0] }],
  ["no bias", { m: 60, n: 4, alphas: [1, 1], intercept: false }],
  ["frequencies, some of them 0", { m: 300, n: 3, alphas: [0, 2], weights: weightsOf(300) }],
  [
    "precisions, some of them 0",
    { m: 300, n: 3, alphas: [0, 2], weights: weightsOf(300), weightKind: "precision" },
  ],
];

describe("rowStatistics", () => {
  it.each(cases)("gives what the definitions give, row by row: %s", (_, of) => {
    const made = make(of);
    const found = rowStatistics(made.data, made.fit, ALL);
    const expected = byDefinition(made);
    for (const key of ["squares", "absolute"] as const) close(found[key], expected[key]);
    for (const key of ["leverage", "studentized", "cooksDistance", "hc3"] as const)
      close(found[key]!.data, expected[key].data);
    expect(found.influential).toEqual(expected.influential);
    expect(found.selfDetermined).toBe(0);
  });

  it("Cook's distance is how far all predictions move when a row is left out, over p·σ̂²", () => {
    const made = make({ m: 40, n: 3, alphas: [0] });
    const { data, fit } = made;
    const found = rowStatistics(data, fit, { cooksDistance: true });
    const variance = found.squares[0]! / fit.degrees[0]!;
    for (const out of [0, 17, 39]) {
      const X = data.X.toArray().map((row) => [1, ...row]);
      const rest = X.map((row, i) => ({ row, y: data.Y.data[i]! })).filter((_, i) => i !== out);
      const A = inverse(
        [0, 1, 2, 3].map((j) =>
          [0, 1, 2, 3].map((l) => rest.reduce((s, { row }) => s + row[j]! * row[l]!, 0)),
        ),
      );
      const xy = [0, 1, 2, 3].map((j) => rest.reduce((s, { row, y }) => s + row[j]! * y, 0));
      const beta = A.map((row) => row.reduce((s, x, j) => s + x * xy[j]!, 0));
      const full = [fit.b[0]!, ...fit.w];
      const moved = X.map((row) => row.reduce((s, x, j) => s + x * (beta[j]! - full[j]!), 0));
      const distance = moved.reduce((s, x) => s + x * x, 0) / (fit.parameters[0]! * variance);
      expect(found.cooksDistance!.data[out]).toBeCloseTo(distance, 10);
    }
  });

  it("takes residuals that are handed in as they are, and gives each output only when it is asked for", () => {
    const { data, fit } = make({ m: 300, n: 2, alphas: [0] });
    const residual = new Matrix(300, 1, new Float64Array(300).fill(-2));
    const found = rowStatistics(data, { ...fit, residual });
    expect(found.squares[0]).toBe(1200);
    expect(found.absolute[0]).toBe(600);
    for (const key of ["leverage", "studentized", "cooksDistance", "hc3"] as const) {
      expect(found[key]).toBeNull();
      expect(rowStatistics(data, fit, { [key]: true })[key]).not.toBeNull();
    }
  });

  it("keeps ten influential rows in whatever order they come", () => {
    const { data, fit } = make({ m: 300, n: 2, alphas: [0] });
    let size = 1;
    const falling = new Matrix(
      300,
      1,
      Float64Array.from({ length: 300 }, () => (size /= 10)),
    );
    const rising = new Matrix(300, 1, falling.data.slice().reverse());
    const first = Array.from({ length: 10 }, (_, i) => i);
    expect(rowStatistics(data, { ...fit, residual: falling }).influential).toEqual(first);
    expect(rowStatistics(data, { ...fit, residual: rising }).influential).toEqual(first.map((i) => 299 - i));
  });

  it("has no σ̂ without degrees of freedom for every target: nothing that rests on it is given", () => {
    const { data, fit } = make({ m: 30, n: 2, alphas: [0, 1] });
    const found = rowStatistics(data, { ...fit, degrees: [5, 0] }, ALL);
    expect([found.studentized, found.cooksDistance, found.influential]).toEqual([null, null, []]);
    expect(found.leverage!.data.every((h) => h > 0)).toBe(true);
  });

  it("a row that determines its own prediction comes first, is counted, and leaves no NaN and nothing infinite in HC3", () => {
    const X = Matrix.from(Array.from({ length: 300 }, (_, i) => [i === 270 ? 1 : 0, i]));
    const Y = new Matrix(
      300,
      1,
      Float64Array.from({ length: 300 }, (_, i) => (i * i) % 17),
    );
    const center = Float64Array.from([1 / 300, 149.5]);
    const S = [0, 1].map((j) =>
      [0, 1].map((l) =>
        X.toArray().reduce((s, row) => s + (row[j]! - center[j]!) * (row[l]! - center[l]!), 0),
      ),
    );
    const fit: RowFit = {
      w: new Float64Array(2),
      b: new Float64Array(1),
      center,
      base: 1 / 300,
      factors: [inverseFactor(S)],
      parameters: [3],
      degrees: [297],
      weightKind: "frequency",
    };
    const found = rowStatistics(new Dataset({ X, Y }), fit, ALL);
    expect(found.selfDetermined).toBe(1);
    expect(found.influential[0]).toBe(270);
    expect(found.cooksDistance!.data[270]).toBe(Number.POSITIVE_INFINITY);
    expect(found.leverage!.data[270]).toBeCloseTo(1, 12);
    expect(found.studentized!.data.every(Number.isFinite)).toBe(true);
    expect(found.hc3!.data.every(Number.isFinite)).toBe(true);
  });

  it("names no row that moves nothing: of residuals of 0, and of a row of weight 0 however far it lies", () => {
    const { data, fit } = make({ m: 30, n: 2, alphas: [0] });
    expect(rowStatistics(data, { ...fit, residual: new Matrix(30, 1) }).influential).toEqual([]);
    const weights = new Float64Array(30).fill(1);
    weights[4] = 0;
    const far = make({ m: 30, n: 2, alphas: [0], weights });
    far.data.Y.data[4] = 1e6;
    expect(rowStatistics(far.data, far.fit).influential).not.toContain(4);
  });
});
