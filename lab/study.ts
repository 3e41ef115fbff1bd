import {
  chooseLambda,
  Dataset,
  type LinearRegression,
  Matrix,
  Moments,
  nn,
  optim,
  ridge,
  ridgePath,
  shrinkage,
} from "ell2";
import type { Problem } from "./problem.js";
import { pairOf } from "./series.js";
import type { State } from "./state.js";

/** What λ does to one set of rows, for every λ: computed once. */
export interface PathStudy {
  /** Those above 0 at which something changes, from large to small. */
  lambdas: number[];
  /** The weights at each λ [λ][n·k]. */
  w: Float64Array[];
  df: number[];
  /** MSE over all targets of the rows, of held-out folds (with its standard error), of the validation rows. */
  train: number[];
  folds: number[] | null;
  foldsError: number[] | null;
  valid: number[] | null;
  /** The λ with the least held-out error, which may be 0; null without folds. */
  best: number | null;
  /** 2d²/(mk), descending [n]. */
  curvatures: number[];
  truth: Float64Array | null;
  /** α is λ times this: mk/2. */
  alphaOfLambda: number;
}

/** The loss over two weights of a target, the others always at their best for this λ: m + ½(p − c)ᵀQ(p − c). */
export interface PairStudy {
  Q: [number, number, number];
  centre: [number, number];
  ridge: [number, number];
  /** Least squares of all weights; where the path begins. */
  leastSquares: [number, number];
  /** From large λ to small. */
  path: [number, number][];
  names: [string, string];
  lambda: number;
}

/** ‖w‖ over steps of full-batch training for four ways to decay. */
export interface DecayStudy {
  steps: number[];
  sgdCoupled: number[];
  sgdDecoupled: number[];
  adamCoupled: number[];
  adamDecoupled: number[];
  /** Largest difference of the two SGDs' norms, relative. */
  sgdApart: number;
  sgdRate: number;
  adamRate: number;
  lambda: number;
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

export function pathStudy({ train, valid, truth }: Problem): PathStudy {
  const { curvatures } = shrinkage(train, { lambda: 0 });
  // as `ell2 path --no-standardize --pool raw` chooses: the same grid and folds
  const choice = train.rows < 2 ? null : chooseLambda(train, { standardize: false, pool: "raw" });
  const { points: all } = choice?.path ?? ridgePath(train, { folds: 1 });
  const best = choice && (choice.least as number);
  const floor = leastShown(curvatures, best);
  const shown = all.flatMap(({ lambda }, i) => (lambda > 0 && lambda >= floor ? [i] : [])); // λ has a log axis
  const points = shown.map((i) => all[i]!);
  const curve = choice && shown.map((i) => choice.curve[i]!);
  return {
    lambdas: points.map(({ lambda }) => lambda),
    w: points.map(({ w }) => w.data),
    df: points.map(({ df }) => df),
    train: points.map(({ mse }) => mean(mse)),
    folds: curve?.map(({ error }) => error!) ?? null,
    foldsError: curve?.map(({ standardError }) => standardError!) ?? null,
    valid: valid && points.map(({ w, b }) => meanSquare(valid, w, b)),
    best,
    curvatures,
    truth: truth?.data ?? null,
    alphaOfLambda: (train.rows * train.Y.cols) / 2,
  };
}

/**
 * The λ below which no curve moves: least squares is kept to 1/10 000 along every direction that the rows determine.
 * A best λ that is smaller still, and a decade more, are shown too.
 */
function leastShown(curvatures: readonly number[], best: number | null): number {
  const weakest = curvatures.findLast((c) => c > 1e-12 * curvatures[0]!) ?? 0;
  return Math.min(weakest / 10_000, best ? best / 10 : Number.POSITIVE_INFINITY);
}

function meanSquare({ X, Y }: Dataset, w: Matrix, b: Matrix): number {
  const residual = X.matmul(w).plus(b).minus(Y);
  return residual.times(residual).sum() / residual.numel;
}

/**
 * The picture of two weights. The other weights follow: they are ridge's answer to what the two leave
 * over, so the loss over the two is quadratic with the Hessian 2/(mk)·(Spp − Spo(Soo + αI)⁻¹Sop), and
 * its gradient and λw cancel exactly at the ridge point.
 */
export function pairStudy({ train }: Problem, state: State, path: PathStudy): PairStudy {
  const { X, Y, inputs } = train;
  const [n, k, m] = [X.cols, Y.cols, train.rows];
  const target = Math.min(state.target, k - 1);
  const [i, j] = pairOf(state, n);
  const pair = new Dataset({ X: columns(X, [i, j]), Y: columns(Y, [target]) });
  const others = Array.from({ length: n }, (_, at) => at).filter((at) => at !== i && at !== j);
  const { sxx, sxy } = Moments.of(pair);
  const S = [sxx.data[0]!, sxx.data[1]!, sxx.data[3]!];
  const s = [sxy.data[0]!, sxy.data[1]!];
  if (others.length > 0) {
    // the same α = λmk/2 for the three targets x_i, x_j, y
    const rest = new Dataset({ X: columns(X, others), Y: stack(pair.X, pair.Y) });
    const { w } = ridge(rest, { lambda: (state.lambda * k) / 3 });
    const cross = Moments.of(rest).sxy.T.matmul(w); // S·o(Soo + αI)⁻¹So·  [3×3]
    S[0]! -= cross.data[0]!;
    S[1]! -= cross.data[1]!;
    S[2]! -= cross.data[4]!;
    s[0]! -= cross.data[2]!;
    s[1]! -= cross.data[5]!;
  }
  const scale = 2 / (m * k);
  const Q = S.map((x) => x * scale) as [number, number, number];
  const c = s.map((x) => x * scale) as [number, number];
  const at = (w: Float64Array): [number, number] => [w[i * k + target]!, w[j * k + target]!];
  return {
    Q,
    centre: solve2(Q, c, 0),
    ridge: solve2(Q, c, state.lambda),
    leastSquares: at(ridge(train, { lambda: 0 }).w.data),
    path: path.w.map(at),
    names: [inputs[i]!, inputs[j]!],
    lambda: state.lambda,
  };
}

/** (Q + λI)⁻¹c; NaN where Q is singular. */
function solve2([a, h, d]: PairStudy["Q"], c: [number, number], lambda: number): [number, number] {
  const [p, q] = [a + lambda, d + lambda];
  const determinant = p * q - h * h;
  const usable = determinant > 1e-12 * p * q ? determinant : Number.NaN;
  return [(q * c[0] - h * c[1]) / usable, (p * c[1] - h * c[0]) / usable];
}

function columns(A: Matrix, which: readonly number[]): Matrix {
  const out = new Matrix(A.rows, which.length);
  for (let i = 0; i < A.rows; i++) {
    for (const [at, j] of which.entries()) out.data[i * which.length + at] = A.data[i * A.cols + j]!;
  }
  return out;
}

const stack = (A: Matrix, B: Matrix): Matrix =>
  Matrix.from(A.toArray().map((row, i) => [...row, ...B.slice(i, i + 1).toArray()[0]!]));

const STEPS = 200;

/**
 * Four trainings from one start, on all rows at once: the penalty's gradient inside the optimiser's
 * gradient, or w ← (1 − ηλ)w outside of it; by SGD, and by Adam.
 */
export function decayStudy(
  { train }: Problem,
  start: LinearRegression,
  lambda: number,
  stable: number,
): DecayStudy {
  const x = nn.Tensor.from(train.X);
  const y = nn.Tensor.from(train.Y);
  const goal = ridge(train, { lambda: 0 }).w.data.reduce((most, w) => Math.max(most, Math.abs(w)), 0) || 1;
  const sgdRate = stable / 4;
  const adamRate = Number(Math.min((4 * goal) / STEPS, 0.5 / lambda).toPrecision(2)); // AdamW's decay diverges from 2/λ on;
  const loss = new nn.MSELoss();
  const norms = (make: (layer: nn.Linear) => { step(): void; zeroGrad(): void }, decay: number): number[] => {
    const layer = new nn.Linear(start.w.rows, start.w.cols);
    layer.weight.data.set(start.w.T.data);
    layer.bias.data.set(start.b.data);
    const optimizer = make(layer);
    const out: number[] = [];
    for (let step = 0; step <= STEPS; step++) {
      out.push(Math.sqrt(layer.weight.data.reduce((sum, w) => sum + w * w, 0)));
      optimizer.zeroGrad();
      loss.forward(layer.forward(x), y).backward();
      if (decay > 0)
        for (let at = 0; at < layer.weight.data.length; at++) layer.weight.data[at]! *= 1 - decay;
      optimizer.step();
    }
    return out;
  };
  const groups = (layer: nn.Linear, weightDecay: number) => [
    { params: layer.weight, weightDecay },
    { params: layer.bias, weightDecay: 0 },
  ];
  const sgdCoupled = norms((layer) => new optim.SGD(groups(layer, lambda), { lr: sgdRate }), 0);
  const sgdDecoupled = norms((layer) => new optim.SGD(groups(layer, 0), { lr: sgdRate }), sgdRate * lambda);
  return {
    steps: sgdCoupled.map((_, i) => i),
    sgdCoupled,
    sgdDecoupled,
    adamCoupled: norms((layer) => new optim.Adam(groups(layer, lambda), { lr: adamRate }), 0),
    adamDecoupled: norms((layer) => new optim.AdamW(groups(layer, lambda), { lr: adamRate }), 0),
    sgdApart: Math.max(...sgdCoupled.map((norm, i) => Math.abs(norm - sgdDecoupled[i]!) / (norm || 1))),
    sgdRate,
    adamRate,
    lambda,
  };
}
