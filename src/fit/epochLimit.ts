import type { Moments } from "../data/moments.js";
import { solve } from "../linalg/lu.js";
import { Matrix } from "../linalg/matrix.js";
import { flatten } from "../model/momentSums.js";
import { ddDot } from "../numbers/doubleDouble.js";
import { log } from "../numbers/elementary.js";
import { low, twoProduct, twoSum } from "../numbers/errorFree.js";
import { powerOfTwoBelow } from "../numbers/powerOfTwo.js";
import type { MomentumOptions } from "./momentum.js";

/** Where training ends, and the decimal digits of its least exact entry that the moments determine. */
export interface EpochLimit {
  w: Matrix;
  b: Matrix;
  digits: number;
}

/** What roundings of moments and of the sums here come to, in ε of the largest entries that they are made of. */
const ROUNDINGS = 8;

/**
 * The parameters that an epoch of fixed batches leaves as they are, where λ and the data determine all of them.
 *
 * In φ = (s∘w, b + x̄ᵀw − ȳ), with the means and about the spreads of all rows, the Hessians H of the batches are about as well
 * conditioned as the data allow, and a step is φ ← φ − lr·P·(u·y + t·g) with g = Hφ − c, y ← p·y + q·g and
 * P = [diag(s²) s∘x̄; (s∘x̄)ᵀ 1 + x̄ᵀx̄]. So φ moves by −P·e in an epoch, where e and y at its end are linear in φ and y at its
 * beginning: φ is where e is 0 and y returns. Only these small systems are formed, and never I − A, of which nearly all digits
 * cancel. The solution is corrected with residuals in double-double. The digits follow from the bound
 * |M⁻¹|·(|δM|·|φ| + |δc|) of what the rounding of moments and sums does.
 *
 * @param parts batches in the order of the epoch
 * @returns null where the system is singular
 * Source: docs/derivation.md, section 11.
 */
export function epochLimit(
  parts: readonly Moments[],
  { lr, lambda, momentum, dampening, nesterov }: Required<MomentumOptions> & { lr: number; lambda: number },
): EpochLimit | null {
  const whole = parts.reduce((sum, part) => sum.add(part));
  const { inputs, outputs, meanX, meanY, sxx, weight } = whole;
  const [n, k] = [inputs.length, outputs.length];
  const d = n + 1;
  // powers of two round nothing
  const s = Array.from(meanX, (_, j) => powerOfTwoBelow(Math.sqrt(sxx.data[j * n + j]! / weight) || 1));
  const batches = parts.map((part) => batchOf(part, whole, s, lambda));
  // one batch: g is 0, whatever the momentum
  const keeps = momentum > 0 && parts.length > 1;
  const size = keeps ? 2 * d : d;
  const cols = size + k;
  const [p, q] = momentum > 0 ? [momentum, 1 - dampening] : [0, 1];
  const [u, t] = nesterov ? [momentum, 1] : [1, 0];

  // rows of linear forms in φ, y and 1: e so far and y; beside them bounds of their roundings, in ε
  const P = preconditioner(s, meanX);
  const [e, y, errorE, errorY] = Array.from({ length: 4 }, () => new Float64Array(d * cols)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  if (keeps) for (let i = 0; i < d; i++) y[i * cols + d + i] = 1;
  for (const { H, c, size: scale } of batches) {
    const at = times(P, e, d, cols).map((x) => -x);
    const most = times(P.map(Math.abs), e.map(Math.abs), d, cols);
    for (let i = 0; i < d; i++) {
      at[i * cols + i]! += 1;
      most[i * cols + i]! += 1;
    }
    const g = times(H, at, d, cols);
    const errorG = times(H.map(Math.abs), most, d, cols);
    for (let i = 0; i < d; i++) for (let l = 0; l < k; l++) g[i * cols + size + l]! -= c[i * k + l]!;
    for (let j = 0; j < cols; j++) {
      let reach = 0;
      for (let i = 0; i < d; i++) reach += Math.abs(at[i * cols + j]!);
      const rounding = scale(-1) * reach + (j < size ? 0 : scale(j - size));
      for (let i = 0; i < d; i++) {
        const here = i * cols + j;
        y[here] = p * y[here]! + q * g[here]!;
        e[here]! += lr * (u * y[here]! + t * g[here]!);
        errorG[here]! += rounding;
        errorY[here] = p * errorY[here]! + q * errorG[here]! + Math.abs(y[here]!);
        errorE[here]! += lr * (u * errorY[here]! + t * errorG[here]!) + Math.abs(e[here]!);
      }
    }
  }

  const M = new Float64Array(size * size);
  const rhs = new Float64Array(size * k);
  const bound = { M: new Float64Array(size * size), rhs: new Float64Array(size * k) };
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < cols; j++) {
      const from = (i % d) * cols + j;
      // both halves of one size
      const back = i < d ? e[from]! : lr * (y[from]! - (j === i ? 1 : 0));
      const wrong = ROUNDINGS * Number.EPSILON * (i < d ? errorE[from]! : lr * errorY[from]!);
      if (j < size) [M[i * size + j], bound.M[i * size + j]] = [back, wrong];
      else [rhs[i * k + j - size], bound.rhs[i * k + j - size]] = [-back, wrong];
    }
  }
  const inverse = inverseOf(M, size);
  if (inverse === null) return null;
  const phi = refined(M, inverse, rhs, size, k);
  const spread = errorsOf(inverse, bound, phi, size, k);
  return inUnits(phi, spread, { s, meanX, meanY, n, k });
}

/** A batch in φ: its H, its c, and how large the roundings of an entry of H (−1) or of target l's c are. */
function batchOf(part: Moments, whole: Moments, s: readonly number[], lambda: number) {
  const { weight, n, k, meanX, meanY, sxx, sxy, syy } = flatten(part.rescale(Array.from(whole.meanX), s));
  const d = n + 1;
  const scale = 2 / (weight * k);
  const H = new Float64Array(d * d);
  const c = new Float64Array(d * k);
  const aboutY = Array.from(meanY, (mean, l) => mean - whole.meanY[l]!);
  const x = (j: number) => (j < n ? meanX[j]! : 1);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++)
      H[i * d + j] = scale * ((i < n && j < n ? sxx[i * n + j]! : 0) + weight * x(i) * x(j));
    if (i < n) H[i * d + i]! += lambda / s[i]! / s[i]!;
    for (let l = 0; l < k; l++)
      c[i * k + l] = scale * ((i < n ? sxy[i * k + l]! : 0) + weight * x(i) * aboutY[l]!);
  }
  let most = 0;
  for (let i = 0; i < d; i++) most = Math.max(most, H[i * d + i]!);
  // means of targets are doubles, and so are their differences from those of all rows
  const spreads = aboutY.map(
    (about, l) =>
      Math.sqrt(most * scale * (syy[l]! + weight * about * about)) +
      (about === 0 ? 0 : Math.sqrt(most * scale * weight) * Math.abs(meanY[l]!)),
  );
  return { H, c, size: (l: number) => (l < 0 ? most : spreads[l]!) };
}

/** P [d×d] */
function preconditioner(s: readonly number[], meanX: Float64Array): Float64Array {
  const n = s.length;
  const d = n + 1;
  const P = new Float64Array(d * d);
  P[d * d - 1] = 1;
  for (let j = 0; j < n; j++) {
    P[j * d + j] = s[j]! * s[j]!;
    P[j * d + n] = P[n * d + j] = s[j]! * meanX[j]!;
    P[d * d - 1]! += meanX[j]! * meanX[j]!;
  }
  return P;
}

function times(A: Float64Array, B: Float64Array, d: number, cols: number): Float64Array {
  const out = new Float64Array(d * cols);
  for (let i = 0; i < d; i++)
    for (let l = 0; l < d; l++) {
      const a = A[i * d + l]!;
      for (let j = 0; j < cols; j++) out[i * cols + j]! += a * B[l * cols + j]!;
    }
  return out;
}

function inverseOf(M: Float64Array, size: number): Float64Array | null {
  const inverse = new Float64Array(size * size);
  for (let i = 0; i < size; i++) inverse[i * size + i] = 1;
  return solve(M.slice(), size, inverse, size) && inverse.every(Number.isFinite) ? inverse : null;
}

/** M·φ = rhs, corrected with residuals in double-double. */
function refined(
  M: Float64Array,
  inverse: Float64Array,
  rhs: Float64Array,
  size: number,
  k: number,
): Float64Array {
  const phi = times(inverse, rhs, size, k);
  const none = new Float64Array(phi.length);
  for (let step = 0; step < 3; step++) {
    const residual = new Float64Array(phi.length);
    for (let i = 0; i < size; i++)
      for (let l = 0; l < k; l++) {
        const high = ddDot(size, M, i * size, 1, phi, none, l, k);
        const rest = low;
        residual[i * k + l] = rhs[i * k + l]! - high - rest;
      }
    const correction = times(inverse, residual, size, k);
    for (let i = 0; i < phi.length; i++) phi[i]! += correction[i]!;
  }
  return phi;
}

/** |M⁻¹|·(|δM|·|φ| + |δc|) */
function errorsOf(
  inverse: Float64Array,
  bound: { M: Float64Array; rhs: Float64Array },
  phi: Float64Array,
  size: number,
  k: number,
): Float64Array {
  const moved = times(bound.M, phi.map(Math.abs), size, k);
  for (let i = 0; i < moved.length; i++) moved[i]! += bound.rhs[i]!;
  return times(inverse.map(Math.abs), moved, size, k);
}

/** φ as w and b, and the digits of the least exact of these. */
function inUnits(
  phi: Float64Array,
  errors: Float64Array,
  {
    s,
    meanX,
    meanY,
    n,
    k,
  }: { s: readonly number[]; meanX: Float64Array; meanY: Float64Array; n: number; k: number },
): EpochLimit {
  const [w, b] = [new Matrix(n, k), new Matrix(1, k)];
  let digits = 16;
  const claim = (value: number, error: number, largest: number) => {
    const relative = error / (value === 0 ? largest : Math.abs(value));
    digits = Math.min(digits, relative > 0 ? Math.max(0, Math.floor(-log(relative) / Math.LN10)) : 16);
  };
  for (let l = 0; l < k; l++) {
    let largest = 0;
    for (let j = 0; j < n; j++) largest = Math.max(largest, Math.abs(phi[j * k + l]!));
    // β + ȳ − x̄ᵀw in double-double
    let high = twoSum(phi[n * k + l]!, meanY[l]!);
    let rest = low;
    let error = errors[n * k + l]! + 2 * Number.EPSILON * Math.abs(meanY[l]!);
    for (let j = 0; j < n; j++) {
      const value = phi[j * k + l]! / s[j]!;
      w.data[j * k + l] = value;
      claim(phi[j * k + l]!, errors[j * k + l]! + Number.EPSILON * Math.abs(phi[j * k + l]!), largest);
      const product = twoProduct(-meanX[j]!, value);
      rest += low;
      high = twoSum(high, product);
      rest += low;
      error += Math.abs(meanX[j]!) * (errors[j * k + l]! / s[j]! + 2 * Number.EPSILON * Math.abs(value));
    }
    b.data[l] = high + rest;
    claim(b.data[l]!, error + Number.EPSILON * Math.abs(b.data[l]!), largest);
  }
  return { w, b, digits };
}
