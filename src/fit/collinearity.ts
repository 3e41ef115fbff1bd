import { cholesky } from "../linalg/cholesky.js";
import { symmetricEigen } from "../linalg/symmetricEigen.js";
import { exp, log } from "../numbers/elementary.js";
import { fromFixedPoint } from "../numbers/fixedPoint.js";
import { Factored } from "./factored.js";
import { BITS, inverseOfL } from "./ldl.js";
import { NormalEquations, type ScaledSystem } from "./normalEquations.js";
import type { Problem } from "./problem.js";
import type { Spectrum } from "./spectrum.js";
import { systemOf } from "./system.js";

/**
 * The variance inflation factor of each feature, 1/(1 − R²) with R² of a regression of this feature
 * on the others (with a bias): Sⱼⱼ·(S⁻¹)ⱼⱼ.
 * @returns [n], each ≥ 1; null for a constant column and for one that the others determine
 */
export function varianceInflation(problem: Problem): (number | null)[] {
  const about = { standardize: true, intercept: true };
  const equations = problem.equations();
  const exact = equations && (problem.intercept ? equations : new NormalEquations(equations.sums, about));
  if (exact !== null) return exactInflation(exact, problem.inputs.length);
  const system = systemOf(problem.moments, about, problem.constant);
  const factored = new Factored(system, 0);
  const { n, sxx } = system.flat;
  if (!factored.failed && factored.condition < 1 / Number.EPSILON / 100) {
    const inverse = factored.inverse();
    return Array.from({ length: n }, (_, j) =>
      system.constant[j] ? null : sxx[j * n + j]! * inverse[j * n + j]!,
    );
  }
  return spectralInflation(system.flat.n, sxx, system.constant);
}

function exactInflation(equations: NormalEquations, n: number): (number | null)[] {
  const { active, A, factors } = equations.scaled(0);
  const { basis, dependent, L, d } = factors;
  const inner = basis.map((row) => basis.map((column) => L[row]![column]!));
  const inverse = inverseOfL(inner);
  const determined = new Set(dependent);
  for (const j of dependent) for (const b of coefficientsOf(j, factors)) determined.add(b);
  const out = new Array<number | null>(n).fill(null);
  for (const [c, j] of basis.entries()) {
    if (determined.has(j)) continue;
    let sum = 0n;
    for (let i = c; i < basis.length; i++) sum += (inverse[i]![c]! * inverse[i]![c]!) / d[basis[i]!]!;
    out[active[j]!] = fromFixedPoint((sum * A[j]![j]!) >> BigInt(BITS), BITS);
  }
  return out;
}

/** The columns of the basis of which dependent column j is made. */
function coefficientsOf(j: number, { L, basis }: ScaledSystem["factors"]): number[] {
  const t = basis.map((b) => L[j]![b]!);
  for (let r = basis.length - 1; r >= 0; r--)
    for (let s = r + 1; s < basis.length; s++) t[r]! -= (L[basis[s]!]![basis[r]!]! * t[s]!) >> BigInt(BITS);
  const rounding = 1n << BigInt(BITS - 40);
  return basis.filter((_, r) => t[r]! > rounding || t[r]! < -rounding);
}

/** From the directions of standardised features that are not rounding. */
function spectralInflation(n: number, sxx: Float64Array, constant: readonly boolean[]): (number | null)[] {
  const { values, vectors: V } = symmetricEigen(sxx, n);
  const kept = values.filter((value) => value > n * Number.EPSILON * values[0]!).length;
  return Array.from({ length: n }, (_, j) => {
    if (constant[j]) return null;
    let inflation = 0;
    for (let c = 0; c < n; c++) {
      const part = V[j * n + c]! * V[j * n + c]!;
      if (c < kept) inflation += (part * sxx[j * n + j]!) / values[c]!;
      else if (part > n * Number.EPSILON) return null;
    }
    return inflation;
  });
}

/** A variance inflation factor of several features together, those of one category. */
export interface GroupInflation {
  /** The category. */
  column: string;
  /** Features that count: its levels without those that the others determine. */
  df: number;
  /** det(R of these)·det(R of the others)/det(R), R the correlations. */
  gvif: number;
  /** gvif^(1/(2·df)): its root comparable between columns, √VIF for one feature. */
  scaled: number;
}

/**
 * Generalised variance inflation of groups of features (Fox and Monette, JASA 87, 1992), which does not
 * depend on the level that goes without a feature.
 * @param groups the features of each category
 * @returns those that are determined: neither constant nor determined by other columns
 */
export function groupInflation(
  problem: Problem,
  groups: readonly { column: string; features: readonly number[] }[],
): GroupInflation[] {
  if (groups.length === 0) return [];
  const { flat, constant } = systemOf(
    problem.moments,
    { standardize: true, intercept: true },
    problem.constant,
  );
  const { n, sxx, weight } = flat;
  const correlation = (features: readonly number[]) =>
    Float64Array.from({ length: features.length * features.length }, (_, at) => {
      const [i, j] = [features[Math.floor(at / features.length)]!, features[at % features.length]!];
      return sxx[i * n + j]! / weight;
    });
  /** log det, or null where it is rounding */
  const logDeterminant = (features: readonly number[]) => {
    const { L, failedAt } = cholesky(correlation(features), features.length);
    if (failedAt !== null) return null;
    return features.reduce((sum, _, i) => sum + 2 * log(L[i * features.length + i]!), 0);
  };
  // all levels and the bias are dependent: one level of each such category is left out
  const independent = (features: readonly number[]) =>
    logDeterminant(features) === null ? features.slice(1) : features;
  const own = groups.map(({ features }) => independent(features.filter((j) => !constant[j])));
  const grouped = new Set(groups.flatMap(({ features }) => features));
  const single = Array.from({ length: n }, (_, j) => j).filter((j) => !grouped.has(j) && !constant[j]);
  const whole = logDeterminant([...single, ...own.flat()]);
  if (whole === null) return [];
  return groups.flatMap(({ column }, at) => {
    const these = own[at]!;
    const others = [...single, ...own.flatMap((features, other) => (other === at ? [] : features))];
    const [a, b] = [logDeterminant(these), logDeterminant(others)];
    if (these.length === 0 || a === null || b === null) return [];
    const gvif = Math.max(1, exp(a + b - whole));
    return [{ column, df: these.length, gvif, scaled: exp(log(gvif) / (2 * these.length)) }];
  });
}

/** A direction in the space of the features, along which ridge shrinks by itself. */
export interface Direction {
  /** d, the singular value of the centred features along it. */
  singularValue: number;
  /** d²/(d² + α) of each target [k]: 1 is not shrunk, 0 is shrunk away. */
  shrinkage: number[];
  /** The share of each feature [n], of length 1, the largest positive. */
  loadings: number[];
}

/** The directions of a system from the largest singular value to the smallest. */
export function directionsOf({ squares, V, flat }: Spectrum, alphas: readonly number[]): Direction[] {
  const { n } = flat;
  return Array.from(squares, (square, c) => {
    const loadings = Array.from({ length: n }, (_, j) => V[j * n + c]!);
    const most = loadings.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
    return {
      singularValue: Math.sqrt(square),
      shrinkage: alphas.map((alpha) => (square === 0 ? 0 : square / (square + alpha))),
      loadings: most < 0 ? loadings.map((x) => -x) : loadings,
    };
  });
}
