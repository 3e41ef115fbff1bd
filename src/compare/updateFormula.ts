import type { Matrix } from "../linalg/matrix.js";
import { gradient } from "../model/objective.js";

/** What one step of an update rule is given. */
export interface Step {
  /** [m×n] */
  x: Matrix;
  /** [m×k] */
  yTrue: Matrix;
  /** [m×k] */
  yPred: Matrix;
  lr: number;
  /** The weight before the step [n×k]. */
  w: Matrix;
  /** The bias before the step [1×k]. */
  b: Matrix;
  lambda: number;
  /** What the first step on these data was given, and a rule may have remembered. */
  first: { rows: number; lr: number; lambda: number };
}

/**
 * The update rule in its parts, each of which can be got wrong alone:
 * w ← w − lr·(Xᵀδ + λw), b ← b − lr·1ᵀδ with δ = 2r/(mk).
 */
export interface Formula {
  /** r [m×k], from the predictions. */
  residual: (yPred: Matrix, step: Step) => Matrix;
  /** Xᵀr [n×k] */
  sumW: (r: Matrix, step: Step) => Matrix;
  /** 1ᵀr [1×k] */
  sumB: (r: Matrix, step: Step) => Matrix;
  /** What 2/(mk) is multiplied with, for w and for b. */
  factorW: (step: Step) => number;
  factorB: (step: Step) => number;
  lambda: (step: Step) => number;
  /** What λ is multiplied with, for w and for b. */
  decayW: (w: Matrix) => Matrix;
  decayB: (b: Matrix) => Matrix;
  rateW: (step: Step) => number;
  rateB: (step: Step) => number;
  /** Whether the decay is that of the weight after its step. */
  decayLast: boolean;
  /** What is changed first, before the predictions are made anew. */
  first: "w" | "b" | "decay" | null;
}

const one = () => 1;
const rate = ({ lr }: Step) => lr;

/** The rule as it should be. */
export const RIGHT: Formula = {
  residual: (yPred, { yTrue }) => yPred.minus(yTrue),
  sumW: (r, { x }) => x.T.matmul(r),
  sumB: (r) => r.sum(0),
  factorW: one,
  factorB: one,
  lambda: ({ lambda }) => lambda,
  decayW: (w) => w,
  decayB: (b) => b.times(0),
  rateW: rate,
  rateB: rate,
  decayLast: false,
  first: null,
};

/** The parameters after a step by this formula. */
export function take(formula: Formula, step: Step): { w: Matrix; b: Matrix } {
  const { x, w, b } = step;
  const predict = (weight: Matrix, bias: Matrix) => x.matmul(weight).plus(bias);
  const lambda = formula.lambda(step);
  const [rateW, rateB] = [formula.rateW(step), formula.rateB(step)];
  /** 2/(mk)·(Xᵀr, 1ᵀr), each with its factor. */
  const slopes = (yPred: Matrix) => {
    const r = formula.residual(yPred, step);
    const [w0, b0] = [w.times(0), b.times(0)];
    const out = new Float64Array(w.numel + b.numel);
    const sums = Float64Array.of(...formula.sumW(r, step).data, ...formula.sumB(r, step).data);
    gradient(sums, w0.data, 0, x.rows, b.cols, out);
    w0.data.set(out.subarray(0, w.numel));
    b0.data.set(out.subarray(w.numel));
    return { w: w0.times(formula.factorW(step)), b: b0.times(formula.factorB(step)) };
  };
  const weight = (yPred: Matrix) => {
    const moved = w.minus(slopes(yPred).w.times(rateW));
    return moved.minus(formula.decayW(formula.decayLast ? moved : w).times(lambda * rateW));
  };
  const bias = (yPred: Matrix) => b.minus(slopes(yPred).b.plus(formula.decayB(b).times(lambda)).times(rateB));
  switch (formula.first) {
    case "w": {
      const changed = weight(step.yPred);
      return { w: changed, b: bias(predict(changed, b)) };
    }
    case "b": {
      const changed = bias(step.yPred);
      return { w: weight(predict(w, changed)), b: changed };
    }
    case "decay": {
      const yPred = predict(w.minus(formula.decayW(w).times(lambda * rateW)), b);
      return { w: weight(yPred), b: bias(yPred) };
    }
    default:
      return { w: weight(step.yPred), b: bias(step.yPred) };
  }
}
