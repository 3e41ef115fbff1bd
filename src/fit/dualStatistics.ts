import type { Dataset } from "../data/dataset.js";
import { choleskySolve } from "../linalg/cholesky.js";
import { ddDot } from "../numbers/doubleDouble.js";
import { low, twoProduct, twoSum } from "../numbers/errorFree.js";
import { addTo, type Equations, type Pair, pair } from "./dualEquations.js";
import type { KnownRows } from "./rowStatistics.js";

/** Condition numbers up to which doubles leave ten digits, and up to which they leave three. */
const MOST_FOR_TEN_DIGITS = 1e4;
const MOST_FOR_THREE_DIGITS = 1e11;
/** m²n up to which the equations are corrected in double-double: about 10 s. */
const MOST_WORK = 1e9;
const MOST_CORRECTIONS = 8;
/** The last correction beside the solution. */
const SETTLED = 2 ** -45;

/** What follows from the equations for targets that are the features. */
export interface Explained {
  df: number;
  /** Vⱼⱼ·Dⱼ [n]; NaN where fewer than three digits are known */
  squares: Float64Array;
  /** 1/W + x̄ᵀVx̄; NaN where fewer than three digits are known */
  bias: number;
  rows: KnownRows;
}

/**
 * With V = Xc·D^−½ and aⱼ the solution of (VVᵀ + αΩ⁻¹)·a + 1·b = vⱼ, 1ᵀa = 0 with a bias, for each column vⱼ of V:
 * Vⱼⱼ·Dⱼ = Σa²/ω, the leverage of row i is Σⱼ Vᵢⱼ·aᵢⱼ, and √ωᵢ·pᵢ has the entries aᵢⱼ/√ωᵢ. A row v without a weight
 * has (‖v − Vᵀa‖² + αΣa²/ω)/α, with a for V·v. No difference of large terms is taken outside double-double.
 */
export function explain(equations: Equations, { X, weights }: Dataset): Explained {
  const { alpha, intercept, weight, centre, unit, weights: used } = equations;
  const [m, n] = [equations.X.rows, X.cols];
  const V = centredRows(equations, equations.X.data, m);
  const solver = solverOf(equations, V);
  const omega = (i: number) => used?.[i] ?? 1;
  const overWeights = ({ a }: Solved) =>
    a.high.reduce((sum, value, i) => sum + (value * value) / omega(i), 0);
  const variance = (solved: Solved) => (solved.known ? overWeights(solved) : Number.NaN);

  const [A, own, squares] = [new Float64Array(m * n), new Float64Array(m), new Float64Array(n)];
  for (let j = 0; j < n; j++) {
    const column = (values: Float64Array) => Float64Array.from({ length: m }, (_, i) => values[i * n + j]!);
    const solved = solver({ high: column(V.high), low: column(V.low) });
    const { a } = solved;
    squares[j] = variance(solved);
    for (let i = 0; i < m; i++) {
      A[i * n + j] = a.high[i]!;
      own[i]! += V.high[i * n + j]! * a.high[i]!;
    }
  }
  const mean = pair(n);
  for (let j = 0; j < n; j++) {
    mean.high[j] = twoProduct(centre[j]!, unit[j]!);
    mean.low[j] = low;
  }
  const base = intercept ? 1 / weight : 0;
  const bias = intercept ? base + variance(solver(timesVector(V, m, mean))) : 0;

  const counted = Array.from({ length: X.rows }, (_, i) => i).filter((i) => (weights?.[i] ?? 1) > 0);
  const leverage = new Float64Array(X.rows).fill(Number.NaN);
  for (const [at, i] of counted.entries()) leverage[i] = base + own[at]! / omega(at);
  for (let i = 0; i < X.rows; i++) {
    if (!Number.isNaN(leverage[i]!)) continue;
    const v = centredRows(equations, X.data.subarray(i * n, (i + 1) * n), 1);
    const solved = solver(timesVector(V, m, v), true);
    const { a } = solved;
    let left = 0;
    for (let j = 0; j < n; j++) {
      const explained = ddDot(m, V.high, j, n, a.high, a.low, 0, 1);
      let rest = low;
      for (let t = 0; t < m; t++) rest += V.low[t * n + j]! * a.high[t]!;
      const q = v.high[j]! - explained + (v.low[j]! - rest);
      left += q * q;
    }
    leverage[i] = base + left / alpha + overWeights(solved);
  }
  return {
    df: own.reduce((sum, value) => sum + value, 0),
    squares,
    bias,
    rows: {
      leverage,
      squares: (factor) => {
        const out = new Float64Array(n);
        for (const [at, i] of counted.entries()) {
          const share = factor[i]! / (omega(at) * omega(at));
          for (let j = 0; j < n; j++) out[j]! += share * A[at * n + j]! * A[at * n + j]!;
        }
        return out.map((sum, j) => sum * unit[j]! * unit[j]!);
      },
    },
  };
}

/** (x − c)·D^−½ of some rows, in double-double. */
function centredRows({ centre, unit }: Equations, rows: Float64Array, m: number): Pair {
  const n = unit.length;
  const V = pair(m * n);
  for (let at = 0; at < V.high.length; at++) {
    const j = at % n;
    const x = twoSum(rows[at]!, -centre[j]!);
    const rest = low * unit[j]!;
    V.high[at] = twoProduct(x, unit[j]!);
    V.low[at] = low + rest;
  }
  return V;
}

/** V·x */
function timesVector(V: Pair, m: number, x: Pair): Pair {
  const n = x.high.length;
  const out = pair(m);
  for (let i = 0; i < m; i++) productOf(n, V, i * n, x, 0, out, i);
  return out;
}

/** out[to] = Σₜ a[aAt + t]·x[xAt + t] for t < count, both in double-double. */
function productOf(count: number, a: Pair, aAt: number, x: Pair, xAt: number, out: Pair, to: number): void {
  out.high[to] = ddDot(count, a.high, aAt, 1, x.high, x.low, xAt, 1);
  let rest = low;
  for (let t = 0; t < count; t++) rest += a.low[aAt + t]! * x.high[xAt + t]!;
  out.low[to] = rest;
}

interface Solved {
  a: Pair;
  /** Whether three digits are right. */
  known: boolean;
}

/** Solves (VVᵀ + αΩ⁻¹)·a + 1·b = v, 1ᵀa = 0, as well as condition number and size allow; better where differences with a cancel. */
function solverOf(equations: Equations, V: Pair): (v: Pair, isCancelled?: boolean) => Solved {
  const { L, ones, sumOfOnes, intercept, ridge, condition } = equations;
  const m = ridge.length;
  const n = V.high.length / m;
  const step = (a: Pair, rest: Float64Array) => {
    choleskySolve(L, m, rest, 1);
    let sum = 0;
    for (let i = 0; i < m; i++) sum += rest[i]! + a.high[i]!;
    const shift = intercept ? sum / sumOfOnes : 0;
    let [move, most] = [0, 0];
    for (let i = 0; i < m; i++) {
      const change = rest[i]! - shift * ones[i]!;
      addTo(a, i, change);
      move = Math.max(move, Math.abs(change));
      most = Math.max(most, Math.abs(a.high[i]!));
    }
    return { shift, settled: move <= SETTLED * most };
  };
  let K: Pair | undefined;
  return (v, isCancelled = false) => {
    if ((condition <= MOST_FOR_TEN_DIGITS && !isCancelled) || m * m * n > MOST_WORK) {
      const a = pair(m);
      step(a, v.high.slice());
      return { a, known: condition <= MOST_FOR_THREE_DIGITS };
    }
    K ??= products(V, ridge);
    const a = pair(m);
    const b = pair(1);
    const product = pair(1);
    const rest = v.high.slice();
    for (let corrections = 0; corrections < MOST_CORRECTIONS; corrections++) {
      const { shift, settled } = step(a, rest);
      if (settled) return { a, known: true };
      addTo(b, 0, shift);
      for (let i = 0; i < m; i++) {
        productOf(m, K, i * m, a, 0, product, 0);
        const high = twoSum(v.high[i]!, -product.high[0]!);
        const lost = low + v.low[i]! - product.low[0]!;
        rest[i] = high - b.high[0]! + (lost - b.low[0]!);
      }
    }
    return { a, known: false };
  };
}

/** VVᵀ + αΩ⁻¹ [m×m] in double-double. */
function products(V: Pair, ridge: Float64Array): Pair {
  const m = ridge.length;
  const n = V.high.length / m;
  const K = pair(m * m);
  for (let i = 0; i < m; i++) {
    for (let t = 0; t <= i; t++) {
      productOf(n, V, i * n, V, t * n, K, i * m + t);
      if (i === t) addTo(K, i * m + i, ridge[i]!);
      K.high[t * m + i] = K.high[i * m + t]!;
      K.low[t * m + i] = K.low[i * m + t]!;
    }
  }
  return K;
}
