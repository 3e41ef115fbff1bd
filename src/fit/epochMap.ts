import type { Moments } from "../data/moments.js";
import { Ell2Error } from "../errors.js";
import { solve } from "../linalg/lu.js";
import { Matrix } from "../linalg/matrix.js";
import { largestCurvature } from "../model/objective.js";
import { checkInteger, checkNonNegative, checkNumber, checkOptions } from "../numbers/check.js";
import { exp } from "../numbers/elementary.js";
import { type Affine, apply, applyTimes, compose, identity, logSpectralRadius } from "./affine.js";
import { epochLimit } from "./epochLimit.js";
import { checkMomentum, type MomentumOptions } from "./momentum.js";
import { determined, fromBasis, project, type Quadratic, quadratic, toBasis } from "./quadratic.js";

/** How batches are descended on: the options of `fit` that shape an epoch. */
export interface DescentOptions extends MomentumOptions {
  /** λ ≥ 0 */
  lambda: number;
}

interface Parameters {
  /** The weight [n×k]. */
  w: Matrix;
  /** The bias [1×k]. */
  b: Matrix;
}

/** What an epoch of fixed batches does, known before the first step. */
export interface EpochMap {
  /** ρ of the epoch's matrix, over the directions that the data and λ determine: below 1 training converges, by this factor an epoch. */
  spectralRadius: number;
  /** Whether training converges from every start. */
  converges: boolean;
  /** Features along which nothing determines the weights (λ = 0 and dependent columns): they keep what they start with. */
  undetermined: string[];
  /** Where training ends, from a start of zeros; null if it does not converge. */
  limit: Parameters | null;
  /**
   * Decimal digits of `limit` that the moments determine, whole, of its least exact entry: at least so many are right. Null
   * without a limit, or where some directions are undetermined.
   */
  limitDigits: number | null;
  /** The parameters after some epochs (Infinity: the limit) from a model's, which are not changed. */
  after(epochs: number, start: Parameters): Parameters;
  /** The first epoch after which no parameter is further than `tol` times the largest entry from the limit; null if there is none. */
  epochsTo(tol: number, start: Parameters): number | null;
}

const MOST_EPOCHS = 2 ** 53 - 1;

/**
 * The map of an epoch of gradient descent on fixed batches. A batch's step is affine in the
 * parameters, θ ↦ (I − lr·H)θ + lr·c with the batch's Hessian H, so an epoch is, θ ↦ Aθ + C: a
 * million epochs are some forty matrix products, and the limit is a linear solve in coordinates of the data's own units. With momentum the
 * state is (θ, v); the first step, which has no momentum yet, is taken apart as in PyTorch.
 *
 * @param batches the moments of each batch, in the order of the epoch
 * @param options.lr the learning rate, ≥ 0
 * @param options see `DescentOptions`
 * @returns what is known of the epoch, and the parameters after any number of them
 * @throws SHAPE without batches, VALUE or OPTION for options that do not fit; `after(Infinity)`
 *   DIVERGED where training does not converge
 * Source: docs/derivation.md, sections 8 and 11; the first step with momentum is PyTorch's.
 */
export function epochMap(
  batches: Moments | readonly Moments[],
  options: DescentOptions & { lr: number },
): EpochMap {
  const where = "epochMap";
  const parts = asBatches(where, batches);
  const { lr, ...rest } = options;
  const checked = checkDescent(where, rest);
  checkNonNegative(where, "lr", lr);
  const steps = parts.map((part) => quadratic(part, checked.lambda));
  const { n, k } = steps[0]!;
  const basis = determined(steps);
  const reduced = steps.map((step) => project(step, basis));
  const first = epochOf(reduced, lr, checked, true);
  const later = epochOf(reduced, lr, checked, false);

  const logRadius = logSpectralRadius(later.A, later.d);
  const spectralRadius = logRadius === Number.NEGATIVE_INFINITY ? 0 : exp(Math.min(logRadius, 700));
  const converges = logRadius < 0;
  const refined = converges && basis.r === n + 1 ? epochLimit(parts, { ...checked, lr }) : null;
  const fixedPoint =
    refined !== null
      ? toBasis(basis, stack(refined.w, refined.b, n, k), k)
      : converges
        ? solveFixedPoint(later)
        : null;

  /** The state that a start means in the basis, and the part of it that nothing changes. */
  const enter = ({ w, b }: Parameters) => {
    const theta = stack(w, b, n, k);
    const inside = toBasis(basis, theta, k);
    const kept = theta.map((x, i) => x - fromBasis(basis, inside, k)[i]!);
    const state = new Float64Array(later.d * k);
    state.set(inside);
    return { state, kept };
  };
  const leave = (state: Float64Array, kept: Float64Array): Parameters => {
    const theta = fromBasis(basis, state.subarray(0, basis.r * k), k);
    return unstack(
      theta.map((x, i) => x + kept[i]!),
      n,
      k,
    );
  };
  const stateAfter = (epochs: number, state: Float64Array) =>
    epochs === 0 ? state : applyTimes(later, epochs - 1, apply(first, state));

  return {
    spectralRadius,
    converges,
    undetermined: basis.undetermined.map((j) => parts[0]!.inputs[j] ?? "bias"),
    limit: fixedPoint && leave(fixedPoint, new Float64Array((n + 1) * k)),
    limitDigits: refined?.digits ?? null,
    after(epochs, start) {
      const { state, kept } = enter(start);
      if (epochs !== Number.POSITIVE_INFINITY) {
        return leave(stateAfter(checkInteger("epochMap.after", "epochs", epochs, 0), state), kept);
      }
      if (fixedPoint === null) throw noLimit("epochMap.after", spectralRadius);
      return leave(fixedPoint, kept);
    },
    epochsTo(tol, start) {
      checkNumber("epochMap.epochsTo", "tol", tol, "> 0", (x) => x > 0);
      if (fixedPoint === null) return null;
      const { state } = enter(start);
      const size = basis.r * k;
      const scale = fixedPoint.subarray(0, size).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      const near = (at: Float64Array) => {
        for (let i = 0; i < size; i++) if (Math.abs(at[i]! - fixedPoint[i]!) > tol * scale) return false;
        return true;
      };
      if (near(state)) return 0;
      return firstNear(later, apply(first, state), near);
    },
  };
}

/**
 * The largest rate for which gradient descent on fixed batches converges, or one that does.
 *
 * For one batch: 2/L, with momentum (2 + 2μ)/L, with Nesterov's (2 + 2μ)/((1 + 2μ)L), where L is the
 * curvature; this is the edge. For several, no bound of the whole holds, and the stable rates need
 * not form an interval: the edge of all rows together is halved until the epoch's spectral radius
 * is below 1.
 *
 * @param batches the moments of all rows, or of each batch
 * @param options see `DescentOptions`
 * @returns the rate, and whether it is the edge (`exact`) or the first that was found stable by halving
 * @throws as `epochMap`
 * Source: docs/derivation.md, section 11.
 */
export function stableLearningRate(
  batches: Moments | readonly Moments[],
  options: DescentOptions,
): { rate: number; exact: boolean } {
  const where = "stableLearningRate";
  const parts = asBatches(where, batches);
  const { lambda, momentum, dampening, nesterov } = checkDescent(where, options);
  const whole = parts.length === 1 ? parts[0]! : parts.reduce((sum, part) => sum.add(part));
  const { H, n } = quadratic(whole, lambda);
  const L = largestCurvature(H, n);
  const damped = momentum > 0 ? 1 - dampening : 1;
  const edge = nesterov ? (2 + 2 * momentum) / ((1 + 2 * momentum) * L) : (2 + 2 * momentum) / (damped * L);
  if (parts.length === 1) return { rate: edge, exact: true };
  for (let rate = edge; rate > 0; rate /= 2) {
    if (epochMap(parts, { ...options, lr: rate }).converges) return { rate, exact: false };
  }
  return { rate: 0, exact: false };
}

/** An epoch as one map of the state: θ without momentum, (θ, v) with. `first`: v starts with the first gradient. */
function epochOf(
  steps: readonly Quadratic[],
  lr: number,
  options: Required<DescentOptions>,
  first: boolean,
): Affine {
  const maps = steps.map((step, i) => stepOf(step, lr, options, first && i === 0));
  return maps.slice(1).reduce((epoch, map) => compose(map, epoch), maps[0]!);
}

function stepOf(
  { n: d, k, H, c }: Quadratic,
  lr: number,
  { momentum, dampening, nesterov }: Required<DescentOptions>,
  first: boolean,
): Affine {
  if (momentum === 0) {
    const map = identity(d, k);
    for (let i = 0; i < d * d; i++) map.A[i]! -= lr * H[i]!;
    for (let i = 0; i < d * k; i++) map.C[i] = lr * c[i]!;
    return map;
  }
  // v' = p·v + q·g, θ' = θ − lr·(u·v' + t·g), with g = Hθ − c
  const [p, q] = first ? [0, 1] : [momentum, 1 - dampening];
  const [u, t] = nesterov ? [momentum, 1] : [1, 0];
  const map = identity(2 * d, k);
  const size = 2 * d;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      map.A[i * size + j]! -= lr * (u * q + t) * H[i * d + j]!;
      map.A[(d + i) * size + j] = q * H[i * d + j]!;
    }
    map.A[i * size + d + i] = -lr * u * p;
    map.A[(d + i) * size + d + i] = p;
    for (let l = 0; l < k; l++) {
      map.C[i * k + l] = lr * (u * q + t) * c[i * k + l]!;
      map.C[(d + i) * k + l] = -q * c[i * k + l]!;
    }
  }
  return map;
}

/** The state that an epoch leaves as it is: (I − A)s = C. */
function solveFixedPoint({ d, k, A, C }: Affine): Float64Array | null {
  const M = A.map((a, at) => (Math.floor(at / d) === at % d ? 1 : 0) - a);
  const state = C.slice();
  return solve(M, d, state, k) ? state : null;
}

/** The first epoch (counted from 1, at `state`) whose state is near, found by doubling and then halving. */
function firstNear(map: Affine, state: Float64Array, near: (state: Float64Array) => boolean): number | null {
  if (near(state)) return 1;
  const powers = [map];
  let done = 1;
  let at = state;
  for (;;) {
    const next = apply(powers.at(-1)!, at);
    if (near(next)) break;
    done += 2 ** (powers.length - 1);
    at = next;
    if (done > MOST_EPOCHS / 4) return null;
    powers.push(compose(powers.at(-1)!, powers.at(-1)!));
  }
  for (let j = powers.length - 2; j >= 0; j--) {
    const next = apply(powers[j]!, at);
    if (near(next)) continue;
    done += 2 ** j;
    at = next;
  }
  return done + 1;
}

function stack(w: Matrix, b: Matrix, n: number, k: number): Float64Array {
  if (w.rows !== n || w.cols !== k || b.numel !== k) {
    throw new Ell2Error("SHAPE", {
      where: "epochMap",
      expected: `w [${n}×${k}] and b [1×${k}]`,
      got: `w ${w.shape} and b ${b.shape}`,
    });
  }
  const theta = new Float64Array((n + 1) * k);
  theta.set(w.data);
  theta.set(b.data, n * k);
  return theta;
}

const unstack = (theta: Float64Array, n: number, k: number): Parameters => ({
  w: new Matrix(n, k, theta.slice(0, n * k)),
  b: new Matrix(1, k, theta.slice(n * k)),
});

function asBatches(where: string, batches: Moments | readonly Moments[]): readonly Moments[] {
  const parts = Array.isArray(batches) ? (batches as readonly Moments[]) : [batches as Moments];
  if (parts.length > 0 && parts.every((part) => part.weight > 0)) return parts;
  throw new Ell2Error("SHAPE", { where, expected: "batches, none of them empty", got: `${parts.length}` });
}

function checkDescent(where: string, options: DescentOptions): Required<DescentOptions> {
  checkOptions(where, options, ["lambda", "momentum", "dampening", "nesterov"]);
  return { lambda: checkNonNegative(where, "lambda", options.lambda), ...checkMomentum(where, options) };
}

const noLimit = (where: string, radius: number) =>
  new Ell2Error("DIVERGED", {
    where,
    expected: "training that converges",
    got: `a spectral radius of ${radius}`,
    remedy: "take a smaller rate, see stableLearningRate",
    data: { spectralRadius: radius },
  });
