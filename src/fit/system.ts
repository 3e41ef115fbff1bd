import type { Moments } from "../data/moments.js";
import {
  constantFeatures,
  constantTargets,
  type Standardization,
  standardizationOf,
} from "../data/standardizer.js";
import { Ell2Error } from "../errors.js";
import { type FlatMoments, flatten } from "../model/momentSums.js";

/** In which coordinates the weights are penalised, and whether there is a bias. */
export interface Coordinates {
  /** Whether the penalty is on the standardised weights. */
  standardize: boolean;
  /** Whether there is a bias. */
  intercept: boolean;
}

/** Moments in the coordinates in which the weights are penalised: (sxx + αI)·w = sxy, b = ȳ − wᵀx̄. */
export interface System extends Coordinates {
  /** Without a bias these are sums about 0, with means of 0, for which the bias comes out as 0. */
  flat: FlatMoments;
  scaler: Standardization | null;
  /** Features that do not vary, where there is a bias: their sums are 0, and their weights. */
  constant: readonly boolean[];
  /** Targets that do not vary, where that is known from sums. */
  constantTargets?: readonly boolean[];
}

/**
 * The system of some rows, from their moments: standardising is a rescaling of the sums, and leaving
 * the bias out is taking them about 0.
 * @param isConstant which features are of one value; by default as far as the sums can tell
 * @param isConstantTarget which targets are; by default likewise
 */
export function systemOf(
  moments: Moments,
  { standardize, intercept }: Coordinates,
  isConstant: readonly boolean[] = constantFeatures(moments),
  isConstantTarget: readonly boolean[] = constantTargets(moments),
): System {
  const flat = flatten(moments);
  const scaler = standardize ? standardizationOf(moments, intercept, isConstant) : null;
  const constant = intercept ? isConstant : isConstant.map(() => false);
  const about = intercept ? withoutConstants(flat, constant, isConstantTarget) : aboutZero(flat);
  const constants = { constant, constantTargets: isConstantTarget };
  return { flat: scaler ? rescaled(about, scaler) : about, scaler, ...constants, standardize, intercept };
}

/** Means of features and targets, and the weight of the rows. */
export type Means = Pick<Moments, "meanX" | "meanY" | "weight">;

/** Whether products of a sum of row weights with squares neither overflow nor lose digits in doubles. */
export const isPlainWeight = (weight: number): boolean => weight > 1e-250 && weight < 1e250;

/** Refuses row weights that are lost in doubles. @throws NOT_FINITE */
export function checkWeight(where: string, weight: number): void {
  if (isPlainWeight(weight)) return;
  throw new Ell2Error("NOT_FINITE", {
    where,
    expected: "row weights whose sums can be taken in doubles",
    got: `a sum of ${weight.toPrecision(2)}`,
    remedy: "multiply all weights by the same number, so that they are about 1",
  });
}

/** α = λWk/2 */
export const alphaOf = (lambda: number, { weight, k }: FlatMoments): number => (lambda * weight * k) / 2;

/** Weights and bias in the data's units: wⱼ/scaleⱼ, b − Σ meanⱼ·wⱼ/scaleⱼ; those that were given are kept. */
export function inDataUnits(
  { scaler, flat: { n, k } }: System,
  { w, b }: { w: Float64Array; b: Float64Array },
): { w: Float64Array; b: Float64Array } {
  if (scaler === null) return { w, b };
  const weight = w.map((value, at) => value / scaler.scale[Math.floor(at / k)]!);
  const bias = b.slice();
  for (let j = 0; j < n; j++) {
    for (let l = 0; l < k; l++) bias[l]! -= scaler.mean[j]! * weight[j * k + l]!;
  }
  return { w: weight, b: bias };
}

/** Sums that are 0 where a feature or a target does not vary. */
function withoutConstants(
  flat: FlatMoments,
  constant: readonly boolean[],
  constantTarget: readonly boolean[],
): FlatMoments {
  if (!constant.includes(true) && !constantTarget.includes(true)) return flat;
  const { n, k, sxx, sxy, syy } = flat;
  return {
    ...flat,
    sxx: sxx.map((s, at) => (constant[Math.floor(at / n)] || constant[at % n] ? 0 : s)),
    sxy: sxy.map((s, at) => (constant[Math.floor(at / k)] || constantTarget[at % k] ? 0 : s)),
    syy: syy.map((s, l) => (constantTarget[l] ? 0 : s)),
  };
}

/** S + W·x̄x̄ᵀ and the like: the sums about 0. */
function aboutZero(flat: FlatMoments): FlatMoments {
  const { weight, n, k, meanX, meanY, sxx, sxy, syy } = flat;
  return {
    ...flat,
    meanX: new Float64Array(n),
    meanY: new Float64Array(k),
    sxx: sxx.map((s, at) => s + weight * meanX[Math.floor(at / n)]! * meanX[at % n]!),
    sxy: sxy.map((s, at) => s + weight * meanX[Math.floor(at / k)]! * meanY[at % k]!),
    syy: syy.map((s, l) => s + weight * meanY[l]! * meanY[l]!),
  };
}

/** The sums of (x − mean)/scale. */
function rescaled(flat: FlatMoments, { scale }: Standardization): FlatMoments {
  const { n, k, sxx, sxy } = flat;
  return {
    ...flat,
    meanX: new Float64Array(n),
    sxx: sxx.map((s, at) => s / scale[Math.floor(at / n)]! / scale[at % n]!),
    sxy: sxy.map((s, at) => s / scale[Math.floor(at / k)]!),
  };
}
