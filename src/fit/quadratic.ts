import type { Moments } from "../data/moments.js";
import { matmul } from "../kernels/index.js";
import { symmetricEigen } from "../linalg/symmetricEigen.js";
import { flatten, momentGram } from "../model/momentSums.js";
import { scaleToHessian } from "../model/objective.js";
import { identity } from "./affine.js";

/** J on one batch as a function of θ = (w, b) [(n + 1)×k]: gradient Hθ − c. */
export interface Quadratic {
  n: number;
  k: number;
  H: Float64Array;
  c: Float64Array;
}

export function quadratic(moments: Moments, lambda: number): Quadratic {
  const flat = flatten(moments);
  const { weight, n, k, meanX, meanY, sxy } = flat;
  const H = momentGram(flat);
  scaleToHessian(H, n, weight, k, lambda);
  const c = new Float64Array((n + 1) * k);
  const scale = 2 / (weight * k);
  for (let l = 0; l < k; l++) {
    for (let j = 0; j < n; j++) c[j * k + l] = scale * (sxy[j * k + l]! + weight * meanX[j]! * meanY[l]!);
    c[n * k + l] = scale * weight * meanY[l]!;
  }
  return { n, k, H, c };
}

/** Orthonormal columns Q [(n + 1)×r] that span the directions in which some batch's J is curved. */
export interface Basis {
  size: number;
  r: number;
  Q: Float64Array;
  undetermined: number[];
}

export function determined(steps: readonly Quadratic[]): Basis {
  const { n } = steps[0]!;
  const size = n + 1;
  const sum = new Float64Array(size * size);
  for (const { H } of steps) for (let i = 0; i < sum.length; i++) sum[i]! += H[i]!;
  // scaled to a diagonal of 1, so that units of the features do not decide
  const scale = Float64Array.from({ length: size }, (_, j) => {
    const diagonal = sum[j * size + j]!;
    return diagonal > 0 ? 1 / Math.sqrt(diagonal) : 0;
  });
  const scaled = sum.map((x, at) => x * scale[Math.floor(at / size)]! * scale[at % size]!);
  const { values } = symmetricEigen(scaled, size);
  const tolerance = size * Number.EPSILON * 8;
  const r = values.filter((value) => value > tolerance * (values[0] ?? 0)).length;
  if (r === size) return { size, r, Q: identity(size, 1).A, undetermined: [] };
  const { vectors } = symmetricEigen(sum, size);
  const Q = new Float64Array(size * r);
  const undetermined = new Set<number>();
  for (let i = 0; i < size; i++) {
    for (let c = 0; c < size; c++) {
      if (c < r) Q[i * r + c] = vectors[i * size + c]!;
      else if (Math.abs(vectors[i * size + c]!) > 1e-6) undetermined.add(i);
    }
  }
  return { size, r, Q, undetermined: [...undetermined].sort((a, b) => a - b) };
}

/** Qᵀθ */
export function toBasis({ size, r, Q }: Basis, theta: Float64Array, k: number): Float64Array {
  const out = new Float64Array(r * k);
  for (let i = 0; i < size; i++) {
    for (let c = 0; c < r; c++)
      for (let l = 0; l < k; l++) out[c * k + l]! += Q[i * r + c]! * theta[i * k + l]!;
  }
  return out;
}

/** Q·s */
export function fromBasis({ size, r, Q }: Basis, inside: Float64Array, k: number): Float64Array {
  const out = new Float64Array(size * k);
  matmul(Q, inside, size, r, k, out);
  return out;
}

/** The same quadratic in the coordinates of a basis: QᵀHQ, Qᵀc. */
export function project({ n, k, H, c }: Quadratic, basis: Basis): Quadratic {
  const { size, r, Q } = basis;
  if (r === size) return { n: size, k, H, c };
  const HQ = new Float64Array(size * r);
  matmul(H, Q, n + 1, n + 1, r, HQ);
  return { n: r, k, H: toBasis(basis, HQ, r), c: toBasis(basis, c, k) };
}
